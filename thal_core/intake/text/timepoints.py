"""Words for a point in time (``6M``, ``第6月``, ``baseline``, ``W12``) → months from the first
dose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from thal_core.intake.text.fold import LONGEST, compact, cut_number, filler_words
from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

_NUMBER = r"(−?\d{1,9}(?:\.\d{1,9})?)"
_ARM = re.compile(r"[_ ]{0,9}\(?arm[_ ]{0,9}\d.*", re.IGNORECASE | re.DOTALL)


@dataclass(frozen=True)
class Timepoint:
    """``kind`` month: ``value`` is months. post: after treatment, no month. visit: number of a
    visit. bare: a number without a word.
    """

    kind: Literal["month", "post", "visit", "bare"]
    value: float = 0.0


@dataclass(frozen=True)
class _Rule:
    kind: str
    pattern: re.Pattern[str]
    months: float


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    return tuple(
        _Rule(row["kind"], re.compile(row["pattern"].replace("N", _NUMBER)), _factor(row["months"]))
        for row in read_rules("timepoints")
        if row["kind"] in ("pattern", "visit", "bare")
    )


def _factor(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top or 0) / float(bottom or 1)


@lru_cache(maxsize=1)
def time_words() -> dict[str, Timepoint]:
    """Words that stand for a time by themselves, in compact form."""
    words = {}
    for row in read_rules("timepoints"):
        if row["kind"] in ("word", "post"):
            kind: Literal["month", "post"] = "month" if row["kind"] == "word" else "post"
            for word in row["pattern"].split("|"):
                words[compact(word)] = Timepoint(kind, float(row["months"] or 0))
    return words


@lru_cache(maxsize=1)
def _by_first_letter() -> dict[str, list[tuple[str, Timepoint]]]:
    words: dict[str, list[tuple[str, Timepoint]]] = {}
    for word, time in time_words().items():
        words.setdefault(word[0], []).append((word, time))
    return words


def times_at(text: str, begin: int) -> list[tuple[int, Timepoint]]:
    """Every reading of a time that starts at ``begin``: (end, time)."""
    found = [
        (begin + len(word), time)
        for word, time in _by_first_letter().get(text[begin : begin + 1], ())
        if text.startswith(word, begin)
    ]
    for rule in _rules():
        match = rule.pattern.match(text, begin)
        if match:
            group = next(g for g in range(1, rule.pattern.groups + 1) if match[g] is not None)
            if not cut_number(text, *match.span(group)):
                found.append((match.end(), _time(rule, float(match[group].replace("−", "-")))))
    return found


def _time(rule: _Rule, number: float) -> Timepoint:
    if rule.kind == "pattern":
        return Timepoint("month", number * rule.months)
    return Timepoint("visit" if rule.kind == "visit" else "bare", number)


@remembered
def parse_time(text: str) -> Timepoint | None:
    """The time that the whole text says, e.g. of a cell in a month column; None where it says none.

    ``baseline_arm_1`` and ``Month 6 (Arm 1: Thalidomide)`` (REDCap events) are understood.
    """
    short = compact(_ARM.sub("", text))
    if len(short) > LONGEST:
        return None
    whole = [time for end, time in times_at(short, 0) if end == len(short)] if len(short) else []
    if whole:
        return min(whole, key=lambda t: ("month", "post", "visit", "bare").index(t.kind))
    return _with_words_around(short)


def _with_words_around(text: str) -> Timepoint | None:
    """``visit 3 month 6`` or ``M6 follow-up``: one month among words that say nothing else."""
    times = [times_at(text, begin) for begin in range(len(text))]
    words = [_silent_ends(text, begin, here) for begin, here in enumerate(times)]
    before, behind = [True] + [False] * len(text), [False] * len(text) + [True]
    for begin, ends in enumerate(words):
        for end in ends if before[begin] else ():
            before[end] = True
    for begin in reversed(range(len(text))):
        behind[begin] = any(behind[end] for end in words[begin])
    readings = {
        time
        for begin, here in enumerate(times)
        for end, time in here
        if time.kind == "month" and before[begin] and behind[end]
    }
    return readings.pop() if len(readings) == 1 else None


def _silent_ends(text: str, begin: int, times: list[tuple[int, Timepoint]]) -> list[int]:
    """Where the words end that begin here and say nothing of a month."""
    ends = [stop for stop in range(begin + 1, len(text) + 1) if text[begin:stop] in filler_words()]
    return ends + [stop for stop, time in times if time.kind == "visit"]
