"""The rules as frozen values: read once from the CSV files beside this module."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from thal_core.issues import UnknownChoice
from thal_core.words import Bilingual

RULES = Path(__file__).parent


def read_rules(name: str) -> list[dict[str, str]]:
    """The rows of ``rules/<name>.csv``, every cell as text."""
    with (RULES / f"{name}.csv").open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


@dataclass(frozen=True)
class Field:
    """One quantity of the cohort: its table, kind, unit, limits and labels (rules/fields.csv).

    Outside ``warn`` a value is kept and listed; outside ``hard`` it is left out and named.
    """

    field: str
    table: str
    kind: str
    unit: str
    warn_low: float
    warn_high: float
    hard_low: float
    hard_high: float
    label_en: str
    label_zh: str
    source: str

    def label(self, language: str = "en") -> str:
        return self.label_zh if language == "zh" else self.label_en

    text = label  # a Field can be the parameter of a Message


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """Every column of the cohort by name."""
    return {row["field"]: _field(row) for row in read_rules("fields")}


def _field(row: dict[str, str]) -> Field:
    limits = {
        name: float(row[name]) if row[name] else (float("-inf") if name.endswith("low") else float("inf"))
        for name in ("warn_low", "warn_high", "hard_low", "hard_high")
    }
    return Field(**{**row, **limits})  # type: ignore[arg-type]


def field_label(column: str, language: str = "en") -> str:
    """The label of a cohort column; a column of ``extra`` keeps its own name."""
    known = fields().get(column)
    return known.label(language) if known else column


@dataclass(frozen=True)
class Level:
    """One class of a criterion: the clauses a person reads and a machine compares (rules/criteria.csv).

    ``basis`` is what is compared: ``hb`` (g/L gained), ``transfusion`` (percent less, rates) or
    ``transfusion_free``. ``operator`` is one of > >= < <= or ``is``. The first level, top down, whose clause holds is the class.
    """

    level: str
    basis: str
    phenotype: str  # TDT, NTDT or all
    operator: str
    threshold: float
    also: str  # a second clause that must hold as well, e.g. "volume_less_ml>=800"
    counts_as_response: bool
    sentence_en: str
    sentence_zh: str
    source: str

    @property
    def sentence(self) -> Bilingual:
        return Bilingual(self.sentence_en, self.sentence_zh)


@dataclass(frozen=True)
class Criterion:
    """A named set of response rules.

    Transfusion is counted over the ``window_months`` that end at the month; for dated transfusions a month
    of the window is ``days_per_month`` long (28 where the source counts weeks).
    """

    criterion: str
    month: float
    window_months: float
    days_per_month: float
    hb_statistic: str  # "visit" (Hb at the month) or "window_mean"
    label_en: str
    label_zh: str
    levels: tuple[Level, ...]
    note: str  # words code, or empty
    source: str

    def label(self, language: str = "en") -> str:
        return self.label_zh if language == "zh" else self.label_en

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes best first, each once."""
        return tuple(dict.fromkeys(level.level for level in self.levels))

    @property
    def responses(self) -> frozenset[str]:
        """The classes that count as a response (ORR)."""
        return frozenset(level.level for level in self.levels if level.counts_as_response)


@lru_cache(maxsize=1)
def criteria() -> dict[str, Criterion]:
    """All criteria by id, in the order of rules/criteria.csv."""
    clauses: dict[str, list[Level]] = {}
    for row in read_rules("criteria_levels"):
        criterion = row.pop("criterion")
        clauses.setdefault(criterion, []).append(Level(**{  # type: ignore[arg-type]
            **row, "threshold": float(row["threshold"] or "nan"),
            "counts_as_response": row["counts_as_response"] == "yes"}))
    return {
        row["criterion"]: Criterion(**{  # type: ignore[arg-type]
            **row, **{k: float(row[k]) for k in ("month", "window_months", "days_per_month")},
            "levels": tuple(clauses[row["criterion"]])})
        for row in read_rules("criteria")
    }


def criterion(name: str) -> Criterion:
    """Raises UnknownChoice, naming the criteria there are."""
    if name not in criteria():
        raise UnknownChoice("choice.unknown", what="criterion", given=name, allowed=list(criteria()))
    return criteria()[name]
