"""Adverse events: numbered column groups, separate sheets and yes/no columns → rows of events."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.fields.roles import DATES
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import parse_distinct, read_distinct
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.clinical_terms import denies, events_in
from thal_core.intake.text.codes import MISSING, parse_code
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import EVENT
from thal_core.intake.timeline.treatment_time import TreatmentTime, month_labels
from thal_core.intake.values.contributions import Part
from thal_core.intake.values.extra import read_phrases
from thal_core.vocabulary import DAYS_PER_MONTH

EVENT_PARTS = frozenset({"event", "event_month", "end_month", "grade", "action", "outcome"})
OTHER_EVENT = "other event"
Parts = dict[str, Column]  # what each column of one group of columns holds


def read_events(ledger: Ledger, part: Part, treatment_time: TreatmentTime) -> list[pd.DataFrame]:
    """Event rows of one table: one per event named, whichever way the table writes them."""
    groups: dict[int | None, Parts] = {}
    for column in part.columns:
        if column.target in EVENT_PARTS or column.target == "stop_date":
            groups.setdefault(_group(column), {}).setdefault(column.target, column)
    return [
        _event_rows(ledger, part, group, treatment_time)
        for group in groups.values()
        if "event" in group
    ]


def _group(column: Column) -> int | None:
    if column.header.number is not None:
        return column.header.number
    time = column.header.time
    return int(time.value) if time is not None and time.kind == "bare" else None


def _event_rows(
    ledger: Ledger, part: Part, group: Parts, treatment_time: TreatmentTime
) -> pd.DataFrame:
    named = parse_distinct(group["event"], _event_names)
    ledger.mark(group["event"], Fate.USED)
    unknown = named.rows([names == [OTHER_EVENT] for names in named.values])
    ledger.report_cells(NOTE, "intake.event.unknown", group["event"], unknown, Fate.USED)
    n = len(part.patients)
    filled = {
        "month": _event_month(ledger, part, group),
        "end_month": _end(ledger, part, group, treatment_time),
        "grade": read_grades(ledger, group["grade"]) if "grade" in group else np.full(n, np.nan),
        "action": phrases_of(ledger, group.get("action"), "action", n),
        "outcome": phrases_of(ledger, group.get("outcome"), "outcome", n),
    }
    report_orphans(ledger, group, "event", named.rows([bool(names) for names in named.values]))
    where, names = exploded(part, named.codes, named.values)
    frame = {name: values[where] for name, values in filled.items()}
    return pd.DataFrame({"patient_id": part.ids_at(where), "event": names, **frame})


def exploded(part: Part, codes: np.ndarray, named: list[list[str]]) -> tuple[np.ndarray, list[str]]:
    """One row for each thing a cell names: the position of its row, and the name."""
    rows = [(p, name) for p in np.flatnonzero(part.patients >= 0) for name in named[codes[p]]]
    return np.array([p for p, _ in rows], dtype=int), [name for _, name in rows]


def _event_month(ledger: Ledger, part: Part, group: Parts) -> np.ndarray:
    time = group["event"].header.time
    column = group.get("event_month")
    labels = part.times.month if column is None else month_labels(ledger, column, part.mapping)
    if time is not None and time.kind == "month":
        return np.full(len(part.patients), time.value)
    return labels


def _end(ledger: Ledger, part: Part, group: Parts, treatment_time: TreatmentTime) -> np.ndarray:
    if "end_month" in group:
        return month_labels(ledger, group["end_month"], part.mapping)
    if "stop_date" in group:
        return treatment_time.since_first_dose(group["stop_date"], part.patients) / DAYS_PER_MONTH
    return np.full(len(part.patients), np.nan)


def phrases_of(ledger: Ledger, column: Column | None, kind: str, n: int) -> np.ndarray:
    """The phrases of a column (see ``read_phrases``), None in each of ``n`` rows where it says
    nothing.
    """
    if column is None:
        return np.full(n, None, dtype=object)
    meanings = read_phrases(ledger, column, kind)
    return np.where(meanings == "", None, meanings)


def report_orphans(ledger: Ledger, group: Parts, main: str, named: np.ndarray) -> None:
    """A month, grade or action beside no event (or drug) is reported, for it goes nowhere.
    ``named``: positions of the rows that name one.
    """
    for column in (c for name, c in group.items() if name != main and c.target not in DATES):
        answers = parse_distinct(column, lambda text: parse_code(text, "bool"))
        speaking = answers.rows([word not in ("no", MISSING) for word in answers.values])
        lonely = np.setdiff1d(speaking, named)
        ledger.report_cells(WARNING, "intake.cell.part_of_nothing", column, lonely)


def _event_names(text: str) -> list[str]:
    """Events that a cell names; words nobody knows are "other event"; "none" is no event."""
    if not plain(text) or parse_code(text, "bool") in ("no", MISSING):
        return []
    found = [f.event for f in events_in(text)]
    return found or ([] if denies(text) else [OTHER_EVENT])


def read_grades(ledger: Ledger, column: Column) -> np.ndarray:
    """Grades 0–5 out of numbers, Roman numerals and words; others are reported."""
    read = read_distinct(
        ledger, column, lambda text: parse_code(text, "grade"), ERROR, "intake.cell.grade"
    )
    return np.array([float(word) if word else np.nan for word in read.values])[read.codes]


def read_flags(ledger: Ledger, part: Part, column: Column) -> pd.DataFrame:
    """A column named after an adverse event, with yes, no or a grade: one event per yes."""
    grades = parse_distinct(column, lambda text: parse_code(text, "grade"))
    graded = bool(set(grades.values) - {None, MISSING, "0", "1"})
    kind = "grade" if graded else "bool"
    read = read_distinct(
        ledger, column, lambda text: parse_code(text, kind), ERROR, "intake.cell.strange_code"
    )
    happened = read.rows([word not in (None, MISSING, "no", "0") for word in read.values])
    where = happened[part.patients[happened] >= 0]
    grade = np.array([float(word) if graded and word else np.nan for word in read.values])
    month = column.reading.month
    return pd.DataFrame(
        {
            "patient_id": part.ids_at(where),
            "month": part.times.month[where] if month is None else float(month),
            "event": column.target.removeprefix(EVENT),
            "grade": grade[read.codes][where],
        }
    )
