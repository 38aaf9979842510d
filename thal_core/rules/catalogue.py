"""The rules as frozen values: read once from the CSV files beside this module."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

from thal_core.issues import CohortError, UnknownChoice
from thal_core.rows import RULES, read_paper_rules, read_rules
from thal_core.vocabulary import Response
from thal_core.words import label, tr
from thal_core.words.wording import ENGLISH, Wording

__all__ = ["RULES", "read_paper_rules", "read_rules"]


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
    words: Wording
    source: str

    def label(self, language: str = "en") -> str:
        return self.words.text(language)

    text = label  # a Field can be the parameter of a Message


@lru_cache(maxsize=1)
def fields() -> dict[str, Field]:
    """Every column of the cohort by name."""
    known: dict[str, Field] = {}
    for row in read_rules("fields"):
        twice = row["field"] in known and known[row["field"]].table != row["table"]
        known[row["field"]] = _field(row | {"table": "both"} if twice else row)
    return known


def _field(row: dict[str, str]) -> Field:
    limits = {
        name: float(row[name])
        if row[name]
        else (float("-inf") if name.endswith("low") else float("inf"))
        for name in ("warn_low", "warn_high", "hard_low", "hard_high")
    }
    texts = {name: row[name] for name in ("field", "table", "kind", "unit", "source")}
    return Field(**texts, **limits, words=Wording.of_row(row, "label"))


@lru_cache(maxsize=1)
def event_words() -> dict[str, Wording]:
    """What the events of rules/events.csv are called; in English often only their own name."""
    return {row["event"]: Wording.of_row(row, "label") for row in read_rules("events")}


def event_label(event: str, language: str = "en") -> str:
    """What an event is called (rules/events.csv), else as it was written."""
    known = event_words().get(event, Wording())
    return (known.text(language) or event).replace("_", " ")


def field_label(column: str, language: str = "en") -> str:
    """The label of a cohort column; a column of ``extra`` keeps its own name."""
    known = fields().get(column)
    return known.label(language) if known else column


@lru_cache(maxsize=1)
def _conventions() -> dict[str, float]:
    return {row["convention"]: float(row["value"]) for row in read_rules("conventions")}


def convention(name: str) -> float:
    """A number that nobody printed and everybody needs, once (rules/conventions.csv)."""
    return _conventions()[name]


STUDY = "study"  # the class of the drug whose effect is studied


@dataclass(frozen=True)
class Drug:
    """One drug (rules/drugs.csv). ``dose_unit``: what a dose is written in, empty for mg per day;
    such a dose is given every ``interval_days``, and ``mg_per_unit`` (per kg of weight where the
    unit ends in /kg) makes mg of it.
    """

    drug: str
    kind: str
    names: tuple[str, ...]
    dose_unit: str
    mg_per_unit: float  # NaN: the unit is no mass
    interval_days: float
    instead: bool = False  # given against the anaemia, as the study drug is

    @property
    def per_kg(self) -> bool:
        return self.dose_unit.endswith("/kg")


@lru_cache(maxsize=1)
def drugs() -> dict[str, Drug]:
    """Every drug by name."""
    return {
        row["drug"]: Drug(
            row["drug"],
            row["class"],
            tuple(row["names"].split("|")),
            row["dose_unit"],
            float(row["mg_per_unit"] or "nan"),
            float(row["interval_days"] or 1),
            row["instead"] == "yes",
        )
        for row in read_rules("drugs")
    }


def study_drug() -> str:
    """The drug whose effect is studied."""
    return next(name for name, drug in drugs().items() if drug.kind == STUDY)


@lru_cache(maxsize=1)
def papers() -> dict[str, Wording]:
    """The papers whose printed figures are known, with what each is called (paper.csv of its
    folder).
    """
    return {row["paper"]: Wording.of_row(row, "label") for row in read_paper_rules("paper")}


def paper_label(paper: str, language: str = "en") -> str:
    """What a paper is called; one that is not in rules/papers keeps its own name."""
    return papers()[paper].text(language) if paper in papers() else paper


@dataclass(frozen=True)
class Level:
    """One class of a criterion: the clauses a person reads and a machine compares
    (rules/criteria.csv).

    ``basis`` is what is compared: ``hb`` (g/L gained), ``transfusion`` (percent less, rates) or
    ``transfusion_free``. ``operator`` is one of > >= < <= or ``is``. The first level, top down,
    whose clause holds is the class.
    """

    level: str
    basis: str
    phenotype: str  # TDT, NTDT or all
    operator: str
    threshold: float
    also: str  # a second clause that must hold as well, e.g. "volume_less_ml>=800"
    counts_as_response: bool
    sentence: Wording
    source: str
    called: Wording  # what the class is called; written once, on any row of any criterion


@dataclass(frozen=True)
class Criterion:
    """A named set of response rules.

    Transfusion is counted over the ``window_months`` that end at the month; for dated transfusions
    a month of the window is ``days_per_month`` long (28 where the source counts weeks).
    ``evidence``: what may say how much less is transfused, of rows, totals and stated.
    ``stop_other``: the class of a patient who stopped before the month for another reason than lack
    of effect; empty: the criterion has no rule for stopping. ``headline``: the criterion that the
    first screen uses when this one is chosen.
    """

    criterion: str
    month: float
    window_months: float
    days_per_month: float
    hb_statistic: str  # "visit" (Hb at the month) or "window_mean"
    evidence: str
    stop_other: str
    headline: str
    words: Wording
    levels: tuple[Level, ...]
    note: str  # words code, or empty
    source: str
    stop_source: str

    def takes(self, evidence: str) -> bool:
        """May this kind of evidence say how much less is transfused?"""
        return evidence in self.evidence.split()

    def label(self, language: str = "en") -> str:
        return self.words.text(language)

    text = label  # a Criterion can be the parameter of a Message

    @property
    def classes(self) -> tuple[str, ...]:
        """Classes best first, each once."""
        return tuple(dict.fromkeys(level.level for level in self.levels))

    @property
    def best(self) -> str:
        """The class that the others are compared with: the first."""
        return self.levels[0].level

    @property
    def responses(self) -> frozenset[str]:
        """The classes that count as a response (ORR)."""
        return frozenset(level.level for level in self.levels if level.counts_as_response)

    @property
    def no_response(self) -> str:
        """The class of those who did not respond: the last that does not count as a response."""
        return [level.level for level in self.levels if not level.counts_as_response][-1]

    @property
    def phenotypes(self) -> frozenset[str]:
        """TDT, NTDT or both; empty where the clauses do not ask for it."""
        return frozenset(level.phenotype for level in self.levels) - {"all"}


NOT_EVALUABLE = "NE"
_DEFAULTS = {
    "evidence": "rows totals stated",
    "stop_other": NOT_EVALUABLE,
    "headline": "",
    "note": "",
    "stop_source": "",
}


@lru_cache(maxsize=1)
def criteria() -> dict[str, Criterion]:
    """All criteria by id, in the order of rules/criteria.csv. Raises CohortError, in one sentence,
    for a file that contradicts itself.
    """
    rows = read_rules("criteria")
    clauses = _clauses(read_rules("criteria_levels"), {row["criterion"] for row in rows})
    found = {row["criterion"]: _criterion(_DEFAULTS | row, clauses) for row in rows}
    for rules in found.values():
        if rules.stop_other not in ("", NOT_EVALUABLE, *rules.classes):
            raise CohortError(
                "criteria.unknown_class",
                criterion=rules.criterion,
                given=rules.stop_other,
                allowed=[NOT_EVALUABLE, *rules.classes],
            )
    return found


def _clauses(rows: list[dict[str, str]], known: set[str]) -> dict[str, list[Level]]:
    """The levels of each criterion in order; a level of no criterion or written twice is a mistake
    in the file.
    """
    clauses: dict[str, list[Level]] = {}
    seen: set[tuple[str, ...]] = set()
    for row in rows:
        name, clause = (
            row["criterion"],
            tuple(row[k] for k in ("criterion", "level", "basis", "phenotype", "operator", "also")),
        )
        if name not in known:
            raise CohortError("criteria.unknown_criterion", criterion=name, level=row["level"])
        counts = {
            level.counts_as_response
            for level in clauses.get(name, ())
            if level.level == row["level"]
        }
        if clause in seen or counts - {row["counts_as_response"] == "yes"}:
            raise CohortError("criteria.two_rows", criterion=name, level=row["level"])
        seen.add(clause)
        clauses.setdefault(name, []).append(_level(row))
    return clauses


def _level(row: dict[str, str]) -> Level:
    texts = ("level", "basis", "phenotype", "operator", "also", "source")
    return Level(
        **{name: row[name] for name in texts},
        threshold=float(row["threshold"] or "nan"),
        counts_as_response=row["counts_as_response"] == "yes",
        sentence=Wording.of_row(row, "sentence"),
        called=Wording.of_row(row, "class"),
    )


def _criterion(row: dict[str, str], clauses: dict[str, list[Level]]) -> Criterion:
    levels = clauses.get(row["criterion"], [])
    if all(level.counts_as_response for level in levels):
        raise CohortError("criteria.no_level", criterion=row["criterion"])
    texts = ("criterion", "hb_statistic", "evidence", "stop_other", "note", "source", "stop_source")
    numbers = ("month", "window_months", "days_per_month")
    return Criterion(
        **{name: row[name] for name in texts},
        **{name: float(row[name]) for name in numbers},
        headline=row["headline"] or row["criterion"],
        words=Wording.of_row(row, "label"),
        levels=tuple(levels),
    )


def criterion(name: str) -> Criterion:
    """Raises UnknownChoice, naming the criteria there are."""
    if name not in criteria():
        raise UnknownChoice(
            "choice.unknown", what="criterion", given=name, allowed=list(criteria())
        )
    return criteria()[name]


@lru_cache(maxsize=1)
def class_order() -> tuple[str, ...]:
    """Every class of any criterion, best first in the order of each criterion; NE is last."""
    order: list[str] = []
    for one in criteria().values():
        place = len(order)
        for name in reversed(one.classes):
            if name in order:
                place = order.index(name)
            else:
                order.insert(place, name)
    return (*order, Response.NE.value)


def classes_in(found: Iterable[object], order: Iterable[str] | None = None) -> list[str]:
    """The classes that occur in ``found``, best first; NE is last.

    order: classes best first; None for those of every criterion. Raises ValueError for a class that
    is not among them: nobody may be left out of a table or a figure without a word.
    """
    order = dict.fromkeys((*(class_order() if order is None else order), Response.NE.value))
    present = {str(name) for name in found if isinstance(name, str)}
    if not present <= order.keys():
        raise ValueError(f"classes of no criterion: {sorted(present - order.keys())}")
    return [name for name in order if name in present]


@lru_cache(maxsize=1)
def _class_words() -> dict[str, Wording]:
    rows = [level for one in criteria().values() for level in one.levels if level.called]
    return {level.level: level.called for level in reversed(rows)}


def class_word(name: str) -> Wording:
    """What a class is called ("main response"); its letters where its rows do not say."""
    return _class_words().get(name, Wording(((ENGLISH, name),)))


def class_title(name: str, language: str = "en") -> str:
    """The word of a class as a title begins: "Main response"."""
    word = class_word(name).text(language)
    return word[:1].upper() + word[1:]


def class_label(name: str, language: str = "en") -> str:
    """A class with its word, "MaR (main response)"; ORR, NE and names of no criterion as the words
    have them.
    """
    if name in _class_words():
        return tr("class.named", {"level": name, "word": class_word(name)}, language)
    return label(f"figure.level.{name}", language, name)
