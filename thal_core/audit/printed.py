"""One printed figure of a paper, with the interval its rounding allows."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cached_property, lru_cache

from thal_core.audit.rounding import Interval, rounding_interval
from thal_core.rules.catalogue import read_rules
from thal_core.words.wording import Wording

COLUMNS = (
    "id",
    "paper",
    "item",
    "row",
    "group",
    "timepoint_months",
    "statistic",
    "value",
    "unit",
    "operator",
    "note",
)
_MONTH = re.compile(r"\s?(?<!\d)\d+\s?M$")


@dataclass(frozen=True)
class Statistic:
    """What a figure can be (rules/audit_statistics.csv).

    kind: ``rounded`` (what a reader sees is rounded), ``recorded`` (as it was noted), ``whole``,
    ``text``.
    """

    statistic: str
    kind: str
    low: float
    high: float
    words: Wording

    def label(self, language: str = "en") -> str:
        return self.words.text(language)


@lru_cache(maxsize=1)
def statistics() -> dict[str, Statistic]:
    """Every statistic by its name and by its other spellings."""
    known: dict[str, Statistic] = {}
    for row in read_rules("audit_statistics"):
        low, high = float(row["low"] or "-inf"), float(row["high"] or "inf")
        words = Wording.of_row(row, "label")
        one = Statistic(row["statistic"], row["kind"], low, high, words)
        for name in (row["statistic"], *filter(None, row["also"].split("|"))):
            known[name] = one
    return known


def statistic_of(text: str) -> Statistic | None:
    """The statistic a cell names, or None; ``value_hb`` and the like are patients' values."""
    known = statistics()
    if text.startswith("value_"):
        return known["value_*"]
    return known.get(text) or known.get(text.lower())


@dataclass(frozen=True)
class Printed:
    """One row of a paper's published.csv. ``printed`` is the figure as it stands there, without its
    operator.
    """

    id: str
    paper: str
    item: str
    row: str
    group: str
    timepoint_months: str
    statistic: str
    printed: str
    operator: str
    unit: str
    note: str

    @cached_property
    def kind(self) -> str:
        found = statistic_of(self.statistic)
        return found.kind if found else "text"

    @cached_property
    def value(self) -> float:
        return math.nan if self.kind == "text" else float(self.printed)

    @cached_property
    def interval(self) -> Interval:
        """What the figure may have been before rounding; counts and recorded values are exact."""
        if self.operator in ("", "=") and self.kind in ("whole", "recorded"):
            return Interval.point(self.value)
        interval = rounding_interval(self.printed, self.operator)
        if self.statistic in ("p", "sd", "se", "F"):
            interval = Interval(max(interval.low, 0.0), interval.high)
        return (
            Interval(interval.low, min(interval.high, 1.0)) if self.statistic == "p" else interval
        )

    @cached_property
    def measure(self) -> str:
        """The quantity without its month or level: "Hb 3M" and "Hb0M" are Hb, "Sex: Male" is
        Sex.
        """
        return _MONTH.sub("", self.row).partition(": ")[0]

    @property
    def shown(self) -> str:
        return f"{self.operator if self.operator != '=' else ''}{self.printed}"

    def key(self, column: str) -> str:
        return getattr(self, column)


def siblings_of(figures: list[Printed]) -> dict[tuple, Printed]:
    """The figures by the cell they stand in, for ``sibling``."""
    return {(f.paper, f.item, f.row, f.group, f.timepoint_months, f.statistic): f for f in figures}


def sibling(figure: Printed, statistic: str, siblings: dict[tuple, Printed]) -> Printed | None:
    """Another statistic of the same printed cell; n may stand under the phenotype, at the later
    month or once.
    """
    month = figure.row.rpartition(" ")[2].removesuffix("M")
    for group in (figure.group, figure.group.partition(" ")[0]):
        for row in (figure.row, "header"):
            for time in (figure.timepoint_months, month, ""):
                found = siblings.get((figure.paper, figure.item, row, group, time, statistic))
                if found is not None:
                    return found
    return None
