"""A column's header text → what it means: field or role, time, unit.

The words of a header must be covered whole: one name of a field (rules/aliases.csv), at most one
time (rules/timepoints.csv), at most one unit (rules/units.csv) and words that say nothing
(rules/header_words.csv). So ``Hb 6M (g/L)``, ``6M_Hb`` and ``血红蛋白第6月`` are understood, and ``ΔHb
6M`` or ``HbA1c`` are not.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.fold import LONGEST, compact, cut_number, filler_words
from thal_core.intake.text.timepoints import Timepoint, times_at
from thal_core.intake.text.units import all_spellings, unit_spellings
from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

IDENTIFYING, EVENT = "identifying", "event/"
_LAST_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")


@dataclass(frozen=True)
class Header:
    """What a header says. ``target`` is a field or role, empty where no name of one was found."""

    target: str = ""
    strong: bool = False
    time: Timepoint | None = None
    unit: str = ""
    number: int | None = None  # event_2_month: 2

    @property
    def says_something(self) -> bool:
        return bool(self.target or self.time or self.unit)


@dataclass(frozen=True)
class _Cover:
    tokens: int
    time: Timepoint | None
    unit: str


@lru_cache(maxsize=1)
def aliases() -> dict[str, tuple[str, bool]]:
    """Compact alias → (field or role, strong). The first row of the file wins.

    Headers of identifying columns mean ``identifying/<what>`` (rules/identifiers.csv), names of
    adverse events ``event/<event>`` (rules/events.csv), a hint that yes or no must bear out.
    """
    names = {
        compact(word): (f"{IDENTIFYING}/{row['what']}", True)
        for row in read_rules("identifiers")
        if row["kind"] == "header"
        for word in row["pattern"].split("|")
    }
    for row in read_rules("aliases"):
        names.setdefault(compact(row["alias"]), (row["field"], row["strength"] == "strong"))
    for row in read_rules("events"):
        for term in row["terms"].split("|"):
            names.setdefault(compact(term), (f"{EVENT}{row['event']}", False))
    return names


@lru_cache(maxsize=1)
def _beginnings() -> frozenset[str]:
    return frozenset(name[:2] for name in aliases())


@remembered
def read_header(text: str) -> Header:
    """What the header says; an empty Header where it cannot be covered whole."""
    short = compact(text)
    if not 0 < len(short) <= LONGEST:
        return Header()
    if short not in aliases():
        numbered = _numbered(short)
        if numbered:
            return numbered
    found = [*_with_name(short)]
    return min(found, key=lambda pair: pair[0])[1] if found else _without_name(short)


def _with_name(text: str) -> Iterator[tuple[tuple[int, int, int], Header]]:
    """All coverings with one field name, each with its rank (few tokens, no bare number, long
    name).
    """
    covers = _Covers(text)
    for begin in range(len(text)):
        if text[begin : begin + 2] not in _beginnings() and text[begin] not in _beginnings():
            continue
        for end in range(len(text), begin, -1):
            target, strong = aliases().get(text[begin:end], ("", False))
            if not target or cut_number(text, begin, end):
                continue
            units = unit_spellings(target)
            left = covers.best(0, begin, frozenset(units))
            right = covers.best(end, len(text), frozenset(units)) if left else None
            joined = _join(left, right)
            if joined:
                unit = units[joined.unit].unit if joined.unit else ""
                bare = joined.time is not None and joined.time.kind == "bare"
                rank = (joined.tokens, int(bare), begin - end)
                yield rank, Header(target, strong, joined.time, unit)


def _join(left: _Cover | None, right: _Cover | None) -> _Cover | None:
    if left is None or right is None:
        return None
    times, units = {left.time, right.time} - {None}, {left.unit, right.unit} - {""}
    if len(times) > 1 or len(units) > 1:
        return None
    return _Cover(left.tokens + right.tokens, next(iter(times), None), next(iter(units), ""))


class _Covers:
    """The coverings of one header's text. Each stretch of it is worked out once: a text in which
    every letter could be a word has more coverings than anybody can count.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.known: dict[tuple[int, int, frozenset[str]], _Cover | None] = {}
        self.beginning: dict[tuple[int, frozenset[str]], list[tuple[int, _Cover]]] = {}

    def best(self, begin: int, end: int, units: frozenset[str]) -> _Cover | None:
        """text[begin:end] as times, units and words that say nothing, in the fewest pieces; None if
        it cannot.
        """
        if begin == end:
            return _Cover(0, None, "")
        place = (begin, end, units)
        if place not in self.known:
            self.known[place] = self._best(begin, end, units)
        return self.known[place]

    def _best(self, begin: int, end: int, units: frozenset[str]) -> _Cover | None:
        best: _Cover | None = None
        if (begin, units) not in self.beginning:
            self.beginning[begin, units] = list(_pieces(self.text, begin, units))
        for stop, piece in self.beginning[begin, units]:
            rest = _join(piece, self.best(stop, end, units)) if stop <= end else None
            if rest and (best is None or rest.tokens < best.tokens):
                best = rest
        return best


def _pieces(text: str, begin: int, units: frozenset[str]) -> Iterator[tuple[int, _Cover]]:
    """Every time, unit and word without meaning that begins here: where it ends, and what it
    says.
    """
    for stop, time in times_at(text, begin):
        yield stop, _Cover(2 if time.kind == "bare" else 1, time, "")
    for stop in range(begin + 1, len(text) + 1):
        word = text[begin:stop]
        if word in units and not cut_number(text, begin, stop):
            yield stop, _Cover(1, None, word)
        elif word in filler_words():
            yield stop, _Cover(1, None, "")


def _numbered(text: str) -> Header | None:
    """``event_2_month``, ``不良反应2时间``: the name with one number taken out of its middle."""
    for match in _LAST_NUMBER.finditer(text):
        rest = text[: match.start()] + text[match.end() :]
        if match.end() < len(text) and rest in aliases():
            target, strong = aliases()[rest]
            return Header(target, strong, number=int(match[0]))
    return None


def _without_name(text: str) -> Header:
    """A time or a unit alone: the lower row of a two-row header."""
    cover = _Covers(text).best(0, len(text), all_spellings())
    return Header(time=cover.time, unit=cover.unit) if cover else Header()
