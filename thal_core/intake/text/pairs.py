"""Before and after in one cell: ``85→102`` under ``治疗前后Hb`` (rules/pairs.csv)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.fold import plain
from thal_core.intake.text.timepoints import Timepoint
from thal_core.rules.catalogue import read_rules


@dataclass(frozen=True)
class PairedHeader:
    """``rest``: the header without its words for before and after; the times of both sides."""

    rest: str
    before: Timepoint
    after: Timepoint


def parse_pair(text: str) -> tuple[str, str] | None:
    """The two texts of a cell, either of which may be blank; None where it holds no two.

    Only for a column whose header says before and after: ``80-90`` is a range anywhere else.
    """
    words = plain(text)
    for sign in _signs():
        if words.count(sign) != 1:
            continue
        before, after = (part.strip() for part in words.split(sign))
        if any(char.isdigit() for char in before + after) or (before and after):
            return before, after
    return None


def paired_header(text: str) -> PairedHeader | None:
    """What a header says that speaks of before and after; None where it does not."""
    words = plain(text)
    for pattern, before, after in _patterns():
        match = pattern.search(words)
        if match and _stands_alone(words, match):
            rest = f"{words[: match.start()]} {words[match.end() :]}"
            return PairedHeader(
                " ".join(rest.replace("()", " ").split()),
                _time(before, match),
                _time(after, match),
            )
    return None


def _stands_alone(words: str, match: re.Match[str]) -> bool:
    """Is the match cut out of no longer word or number?"""

    def cuts(left: str, right: str) -> bool:
        same = (str.isdigit, lambda c: c.isascii() and c.isalpha())
        return bool(left and right) and any(kind(left) and kind(right) for kind in same)

    begin, end = match.span()
    return not (
        cuts(words[begin - 1 : begin], words[begin : begin + 1])
        or cuts(words[end - 1 : end], words[end : end + 1])
    )


def _time(rule: str, match: re.Match[str]) -> Timepoint:
    if rule == "post":
        return Timepoint("post")
    number = rule or next(value for value in match.groupdict().values() if value)
    return Timepoint("month", float(number))


@lru_cache(maxsize=1)
def _signs() -> tuple[str, ...]:
    """The longest first; a bare dash, which may be a minus, last."""
    signs = {plain(row["pattern"]) for row in read_rules("pairs") if row["kind"] == "sign"}
    words = {f" {sign} " if sign.isascii() and sign.isalpha() else sign for sign in signs}
    return tuple(sorted(words, key=lambda sign: (sign == "-", -len(sign))))


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[re.Pattern[str], str, str], ...]:
    return tuple(
        (re.compile(row["pattern"], re.IGNORECASE), row["before"], row["after"])
        for row in read_rules("pairs")
        if row["kind"] == "header"
    )
