"""Events and drugs: numbered column groups, separate sheets and yes/no columns → events and
treatments.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thal_core.intake.fields.roles import DATES
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.text.clinical_terms import denies, drugs_in, events_in
from thal_core.intake.text.codes import MISSING, parse_code
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import EVENT
from thal_core.intake.timeline.treatment_time import Clock, RowTimes, month_labels
from thal_core.intake.values.extra import read_phrases
from thal_core.intake.values.quantities import read_quantities
from thal_core.vocabulary import DAYS_PER_MONTH

DRUG_CLASSES = ("chelator", "antithrombotic", "hydroxyurea")
EVENT_PARTS = frozenset({"event", "event_month", "end_month", "grade", "action", "outcome"})
OTHER_EVENT, OTHER_DRUG = "other event", "other drug"
_NAMED_BY_CLASS = {"hydroxyurea": "hydroxyurea"}


def read_events(
    context: Context,
    columns: list[Column],
    patients: np.ndarray,
    times: RowTimes,
    clock: Clock,
) -> list[pd.DataFrame]:
    """Event rows of one table: one per event named, whichever way the table writes them."""
    groups: dict[int | None, dict[str, Column]] = {}
    for column in columns:
        if column.target in EVENT_PARTS or column.target == "stop_date":
            groups.setdefault(_group(column), {}).setdefault(column.target, column)
    return [
        _event_group(context, parts, patients, times, clock)
        for parts in groups.values()
        if "event" in parts
    ]


def _group(column: Column) -> int | None:
    if column.header.number is not None:
        return column.header.number
    time = column.header.time
    return int(time.value) if time is not None and time.kind == "bare" else None


def _event_group(
    context: Context,
    parts: dict[str, Column],
    patients: np.ndarray,
    times: RowTimes,
    clock: Clock,
) -> pd.DataFrame:
    codes, texts = parts["event"].coded()
    context.mark(parts["event"], Fate.USED)
    named = [_event_names(t) for t in texts]
    unknown = [c for c, t in enumerate(texts) if named[c] and not events_in(t)]
    context.cell_issues(
        NOTE,
        "intake.event.unknown",
        parts["event"],
        np.flatnonzero(np.isin(codes, unknown)),
        Fate.USED,
    )
    header = parts["event"].header.time
    own = header.value if header is not None and header.kind == "month" else None
    month = month_labels(context, parts["event_month"]) if "event_month" in parts else times.month
    month = np.full(len(codes), own) if own is not None else month
    filled = {
        "month": month,
        "end_month": _end(context, parts, patients, clock, len(codes)),
        "grade": grades(context, parts["grade"])
        if "grade" in parts
        else np.full(len(codes), np.nan),
        "action": _phrases(context, parts.get("action"), "action", len(codes)),
        "outcome": _phrases(context, parts.get("outcome"), "outcome", len(codes)),
    }
    _name_orphans(context, parts, "event", np.array([bool(names) for names in named])[codes])
    rows = [(p, name) for p in np.flatnonzero(patients >= 0) for name in named[codes[p]]]
    where = np.array([p for p, _ in rows], dtype=int)
    frame = {name: values[where] for name, values in filled.items()}
    return pd.DataFrame(
        {"patient_id": context.ids[patients[where]], "event": [name for _, name in rows], **frame}
    )


def _name_orphans(context: Context, parts: dict[str, Column], main: str, named: np.ndarray) -> None:
    """A month, grade or action beside no event (or drug) is named, for it goes nowhere."""
    for part, column in parts.items():
        if part == main or column.target in DATES:
            continue
        codes, texts = column.coded()
        says = np.array([parse_code(t, "bool") not in ("no", MISSING) for t in texts])[codes]
        context.cell_issues(
            WARNING, "intake.cell.part_of_nothing", column, np.flatnonzero(says & ~named)
        )


def _event_names(text: str) -> list[str]:
    """Events that a cell names; words nobody knows are "other event"; "none" is no event."""
    if not plain(text) or parse_code(text, "bool") in ("no", MISSING):
        return []
    found = [f.event for f in events_in(text)]
    return found or ([] if denies(text) else [OTHER_EVENT])


def grades(context: Context, column: Column) -> np.ndarray:
    """Grades 0–5 out of numbers, Roman numerals and words; others are named."""
    codes, texts = column.coded()
    words = [parse_code(t, "grade") for t in texts]
    bad = [c for c, (t, w) in enumerate(zip(texts, words, strict=True)) if w is None and plain(t)]
    context.cell_issues(ERROR, "intake.cell.grade", column, np.flatnonzero(np.isin(codes, bad)))
    context.mark(column, Fate.USED)
    return np.array([float(w) if w else np.nan for w in words])[codes]


def read_flags(
    context: Context, column: Column, patients: np.ndarray, times: RowTimes
) -> pd.DataFrame:
    """A column named after an adverse event, with yes, no or a grade: one event per yes."""
    codes, texts = column.coded()
    context.mark(column, Fate.USED)
    graded = len({parse_code(t, "grade") for t in texts} - {None, MISSING, "0", "1"}) > 0
    said = [parse_code(t, "bool") if not graded else parse_code(t, "grade") for t in texts]
    strange = [
        c for c, (t, s) in enumerate(zip(texts, said, strict=True)) if s is None and plain(t)
    ]
    context.cell_issues(
        ERROR, "intake.cell.strange_code", column, np.flatnonzero(np.isin(codes, strange))
    )
    happened = np.array([s not in (None, MISSING, "no", "0") for s in said])[codes] & (
        patients >= 0
    )
    grade = np.array([float(s) if graded and s else np.nan for s in said])[codes]
    where = np.flatnonzero(happened)
    month = (
        times.month if column.reading.month is None else np.full(len(codes), column.reading.month)
    )
    return pd.DataFrame(
        {
            "patient_id": context.ids[patients[where]],
            "month": month[where],
            "event": column.target.removeprefix(EVENT),
            "grade": grade[where],
        }
    )


def _end(
    context: Context, parts: dict[str, Column], patients: np.ndarray, clock: Clock, n: int
) -> np.ndarray:
    if "end_month" in parts:
        return month_labels(context, parts["end_month"])
    if "stop_date" in parts:
        return clock.since_first_dose(parts["stop_date"], patients) / DAYS_PER_MONTH
    return np.full(n, np.nan)


def _phrases(context: Context, column: Column | None, kind: str, n: int) -> np.ndarray:
    if column is None:
        return np.full(n, None, dtype=object)
    meanings = read_phrases(context, column, kind)
    return np.where(meanings == "", None, meanings)


def read_treatments(
    context: Context,
    columns: list[Column],
    patients: np.ndarray,
    times: RowTimes,
    clock: Clock,
) -> list[pd.DataFrame]:
    """Treatment rows of one table: drug columns with their months, or a sheet of drugs."""
    by_target: dict[str, Column] = {}
    for column in columns:
        by_target.setdefault(column.target, column)
    return [
        _drug_rows(context, group, name, patients, times, clock)
        for name, group in _drug_groups(by_target)
    ]


def _drug_groups(columns: dict[str, Column]) -> Iterator[tuple[str, dict[str, Column]]]:
    for name in DRUG_CLASSES:
        if name in columns:
            ends = {
                part: columns[f"{name}_{part}"]
                for part in ("start_month", "stop_month")
                if f"{name}_{part}" in columns
            }
            yield name, {"drug": columns[name], **ends}
    if "drug" in columns:
        parts = (
            "drug",
            "start_month",
            "stop_month",
            "start_date",
            "stop_date",
            "treatment_dose",
            "reason",
        )
        yield "", {part: columns[part] for part in parts if part in columns}


def _drug_rows(
    context: Context,
    parts: dict[str, Column],
    kind: str,
    patients: np.ndarray,
    times: RowTimes,
    clock: Clock,
) -> pd.DataFrame:
    codes, texts = parts["drug"].coded()
    context.mark(parts["drug"], Fate.USED)
    named = [_drug_names(t, kind) for t in texts]
    unknown = [code for code, names in enumerate(named) if OTHER_DRUG in names]
    context.cell_issues(
        NOTE,
        "intake.drug.unknown",
        parts["drug"],
        np.flatnonzero(np.isin(codes, unknown)),
        Fate.USED,
    )
    start = _drug_month(context, parts, "start", patients, clock)
    start = times.month if start is None and not kind else start
    stop = _drug_month(context, parts, "stop", patients, clock)
    n = len(codes)
    dose = (
        read_quantities(context, [parts["treatment_dose"]])[0].value
        if "treatment_dose" in parts
        else np.full(n, np.nan)
    )
    reason = _phrases(context, parts.get("reason"), "indication", n)
    _name_orphans(context, parts, "drug", np.array([bool(names) for names in named])[codes])
    rows = [(p, name) for p in np.flatnonzero(patients >= 0) for name in named[codes[p]]]
    where = np.array([p for p, _ in rows], dtype=int)
    blank = np.full(n, np.nan)
    return pd.DataFrame(
        {
            "patient_id": context.ids[patients[where]],
            "drug": [name for _, name in rows],
            "start_month": (blank if start is None else start)[where],
            "stop_month": (blank if stop is None else stop)[where],
            "dose_mg_per_day": dose[where],
            "reason": reason[where],
        }
    )


def _drug_names(text: str, kind: str) -> list[str]:
    answer = parse_code(text, "bool")
    if not plain(text) or answer in ("no", MISSING) or denies(text):
        return []
    found = list(drugs_in(text))
    if answer == "yes" and not found:
        return [_NAMED_BY_CLASS.get(kind, kind)]
    return found or [OTHER_DRUG]


def _drug_month(
    context: Context, parts: dict[str, Column], end: str, patients: np.ndarray, clock: Clock
) -> np.ndarray | None:
    if f"{end}_month" in parts:
        return month_labels(context, parts[f"{end}_month"])
    if f"{end}_date" in parts:
        return clock.since_first_dose(parts[f"{end}_date"], patients) / DAYS_PER_MONTH
    return None
