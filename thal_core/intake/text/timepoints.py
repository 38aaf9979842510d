"""Words for a point in time (``6M``, ``第6月``, ``baseline``, ``W12``) → months from the first
dose.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from thal_core.intake.text.fold import INSIDE, LONGEST, compact, filler_words, plain
from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

_NUMBER = r"(−?\d{1,9}(?:\.\d{1,9})?)"
_ARM = re.compile(r"[_ ]{0,9}\(?arm[_ ]{0,9}\d.*", re.IGNORECASE | re.DOTALL)
_WORDS = ("word", "post", "last", "joined")
_KINDS = ("month", "post", "last", "visit", "bare")  # the surest first


@dataclass(frozen=True)
class Timepoint:
    """``kind`` month: ``value`` is months. post: after treatment, no month. last: the last visit.
    visit: number of a visit. bare: a number without a word.
    """

    kind: Literal["month", "post", "last", "visit", "bare"]
    value: float = 0.0


@dataclass(frozen=True)
class TimeWord:
    """A time found in a text: where it ends, and whether its words say before or after the drug.

    ``joined``: it is one only where it is written together with a name (``BHB``).
    """

    end: int
    time: Timepoint
    direction: str = ""
    joined: bool = False


@dataclass(frozen=True)
class _Rule:
    kind: Literal["month", "visit", "bare"]
    pattern: re.Pattern[str]
    months: float
    direction: str


def _rows(*kinds: str) -> list[dict[str, str]]:
    return [row for row in read_rules("timepoints") if row["kind"] in kinds]


def _either(words: str) -> str:
    """The words as one alternative of a pattern, the longest first."""
    found = sorted({compact(word) for word in words.split("|")}, key=len, reverse=True)
    return "|".join(map(re.escape, found))


@lru_cache(maxsize=1)
def _anchors() -> tuple[str, ...]:
    return tuple(word for row in _rows("anchor") for word in row["pattern"].split("|"))


@lru_cache(maxsize=1)
def _rules() -> tuple[_Rule, ...]:
    """Every pattern, once for each unit of time that it may name."""
    anchor = f"(?:{_either('|'.join(_anchors()))})"
    rules: list[_Rule] = []
    for row in _rows("pattern"):
        for unit in _rows("unit"):
            text = row["pattern"].replace("A", anchor).replace("N", _NUMBER)
            text = text.replace("T", f"(?:{_either(unit['pattern'])})")
            months = _factor(row["months"]) * _factor(unit["months"])
            rules.append(_Rule("month", re.compile(text), months, row["direction"]))
    for row in _rows("visit", "bare"):
        kind: Literal["visit", "bare"] = "visit" if row["kind"] == "visit" else "bare"
        rules.append(_Rule(kind, re.compile(row["pattern"].replace("N", _NUMBER)), 0.0, ""))
    return tuple(rules)


def _factor(text: str) -> float:
    top, _, bottom = text.partition("/")
    return float(top or 0) / float(bottom or 1)


@lru_cache(maxsize=1)
def _time_words() -> dict[str, TimeWord]:
    """Words that stand for a time by themselves, in compact form."""
    words: dict[str, TimeWord] = {}
    for row in _rows(*_WORDS):
        kind: Literal["month", "post", "last"] = "month"
        if row["kind"] in ("post", "last"):
            kind = "post" if row["kind"] == "post" else "last"
        time = Timepoint(kind, float(row["months"] or 0))
        for word in row["pattern"].split("|"):
            for spelling in _with_anchors(word):
                short = compact(spelling)
                joined = row["kind"] == "joined"
                words.setdefault(short, TimeWord(len(short), time, row["direction"], joined))
    return words


def _with_anchors(word: str) -> list[str]:
    """``before A`` with every name of the first dose for A."""
    return [word.replace("A", name) for name in _anchors()] if "A" in word else [word]


@lru_cache(maxsize=1)
def _by_first_letter() -> dict[str, list[tuple[str, TimeWord]]]:
    words: dict[str, list[tuple[str, TimeWord]]] = {}
    for word, time in _time_words().items():
        words.setdefault(word[0], []).append((word, time))
    return words


def is_time_word(text: str) -> bool:
    """Is this compact text a word for a time (``baseline``, ``before``)?"""
    return text in _time_words()


def times_at(text: str, begin: int, edges: tuple[int, ...] = ()) -> list[TimeWord]:
    """Every reading of a time that starts at ``begin``; it ends where a word ends."""
    found = [
        TimeWord(begin + len(word), time.time, time.direction, time.joined)
        for word, time in _by_first_letter().get(text[begin : begin + 1], ())
        if text.startswith(word, begin)
    ]
    for rule in _rules() if any(c.isdigit() for c in text[begin:]) else ():
        match = rule.pattern.match(text, begin)
        if match:
            group = next(g for g in range(1, rule.pattern.groups + 1) if match[g] is not None)
            number = float(match[group].replace("−", "-"))
            if not _cut(text, *match.span(group)):
                found.append(TimeWord(match.end(), _time(rule, number), rule.direction))
    return [word for word in found if not edges or edges[word.end] != INSIDE]


def _cut(text: str, begin: int, end: int) -> bool:
    """Does text[begin:end] start or end in the middle of a number?"""
    figures = "0123456789."
    after = text[end : end + 1]
    return (begin > 0 and text[begin - 1] in figures and text[begin].isdigit()) or (
        bool(after) and after.isdigit()
    )


def _time(rule: _Rule, number: float) -> Timepoint:
    return Timepoint(rule.kind, number * rule.months if rule.kind == "month" else number)


@remembered
def parse_time(text: str) -> Timepoint | None:
    """The time that the whole text says, e.g. of a cell in a month column; None where it says none.

    ``baseline_arm_1`` and ``Month 6 (Arm 1: Thalidomide)`` (REDCap events) are understood.
    """
    short = compact(_ARM.sub("", text))
    if not 0 < len(short) <= LONGEST:
        return None
    whole = [w.time for w in times_at(short, 0) if w.end == len(short) and not w.joined]
    if whole:
        return min(whole, key=lambda t: _KINDS.index(t.kind))
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
        word.time
        for begin, here in enumerate(times)
        for word in here
        if word.time.kind == "month" and not word.joined and before[begin] and behind[word.end]
    }
    return readings.pop() if len(readings) == 1 else None


def _silent_ends(text: str, begin: int, times: list[TimeWord]) -> list[int]:
    """Where the words end that begin here and say nothing of a month."""
    ends = [stop for stop in range(begin + 1, len(text) + 1) if text[begin:stop] in filler_words()]
    return ends + [word.end for word in times if word.time.kind == "visit"]


@remembered
def without_window(text: str) -> tuple[str, float | None]:
    """(the text without a window, its months): ``units (U/24m)`` → ``units (U)``, 24.

    ``(3/12)`` becomes ``3 months``: how clinicians write them.
    """
    short = plain(text)
    for row in _rows("shorthand"):
        short = re.sub(row["pattern"], rf" \1 {row['months']} ", short)
    for row in _rows("window"):
        match = re.search(row["pattern"], short, re.IGNORECASE)
        if match:
            months = float(match[1]) * float(row["months"])
            return short[: match.start()] + short[match.end() :], months
    return short, None
