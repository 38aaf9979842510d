"""Patients on another drug instead of the study drug are left out, each with an issue."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.issue_log import ERROR, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.arms import INSTEAD, STUDY, Arm, arm_in, beside_header, parse_arm
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.numbers import is_missing
from thal_core.intake.timeline.patient_ids import REPORTED, PatientIds

_MAY_BE = frozenset({"drug", "extra"})
_MOST = 0.5  # share of a column's filled rows that name an arm and nothing else


@dataclass(frozen=True)
class _Mention:
    """What one row says of a patient."""

    patient: int
    arm: Arm
    sheet: str
    row: int
    index: int
    column: str


def without_other_arms(ledger: Ledger, patient_ids: PatientIds, clinical: set[int]) -> PatientIds:
    """The people without those whom only another drug is named of, in a file that names the study
    drug as an arm.

    ``clinical``: the tables of patients and visits; a table of treatments names no arms.
    """
    _report_unclear(ledger, patient_ids, clinical)
    mentions = list(_mentions(patient_ids, clinical))
    kinds: dict[int, set[str]] = defaultdict(set)
    for one in mentions:
        kinds[one.patient].add(one.arm.kind)
    out = {p for p, found in kinds.items() if INSTEAD in found and STUDY not in found}
    if not out:
        return patient_ids
    _report(ledger, patient_ids, [one for one in mentions if one.patient in out])
    return _without(patient_ids, out)


def _mentions(patient_ids: PatientIds, clinical: set[int]) -> Iterator[_Mention]:
    columns = [
        (n, c) for n in patient_ids.of if n in clinical for c in patient_ids.tables[n] if _names(c)
    ]
    studied = {_called(c) for _, c in columns if STUDY in _kinds(c)}
    for n, column in columns:
        if _called(column) in studied:
            yield from _rows(patient_ids.of[n], column)
    titles = {n: _titled(patient_ids.tables[n][0].table) for n in patient_ids.of}
    if studied or any(arm is not None and arm.kind == STUDY for arm in titles.values()):
        for n in clinical & set(patient_ids.of):
            arm, table = titles[n], patient_ids.tables[n][0].table
            rows = [] if arm is None else zip(table.rows, patient_ids.of[n], strict=True)
            first = int(table.columns[0])
            yield from (
                _Mention(int(patient), arm, table.sheet.name, int(row), first, "")
                for row, patient in rows
                if arm is not None and patient >= 0
            )


def _titled(table: Table) -> Arm | None:
    """The arm that the sheet's name or a title above the table names; None where no drug is."""
    cells = [plain(t) for row in table.titles for t in table.sheet.text.iloc[row].tolist()]
    named = [arm for t in (table.sheet.title, *cells) if (arm := parse_arm(t) or arm_in(t))]
    study = [arm for arm in named if arm.kind == STUDY]
    return next(iter([*study, *(arm for arm in named if arm.kind == INSTEAD)]), None)


def _report_unclear(ledger: Ledger, patient_ids: PatientIds, clinical: set[int]) -> None:
    """A column or a title that names only other drugs, where nothing names the study drug: beside
    it, or instead of it?
    """
    numbers = [n for n in patient_ids.of if n in clinical]
    columns = [c for n in numbers for c in patient_ids.tables[n] if _names(c)]
    titles = {
        n: arm for n in numbers if (arm := _titled(patient_ids.tables[n][0].table)) is not None
    }
    studied = {_called(c) for c in columns if STUDY in _kinds(c)}
    for column in columns:
        other = column.target == "drug" and _kinds(column) == {INSTEAD}
        if other and _called(column) not in studied:
            ledger.report_column(ERROR, "intake.arms_unclear", column)
    if not studied and all(arm.kind == INSTEAD for arm in titles.values()):
        for n, arm in titles.items():
            sheet = patient_ids.tables[n][0].sheet
            ledger.report(ERROR, "intake.title_other_drug", sheet=sheet, drugs=list(arm.drugs))


def _called(column: Column) -> str:
    return compact(column.reading.header)


def _names(column: Column) -> bool:
    """Does the column name arms and little else? A column that a person has mapped is what they
    say.
    """
    if column.target not in _MAY_BE or (column.reading.by_hand and column.target != "drug"):
        return False
    time = column.header.time
    later = time is not None and (time.kind != "month" or time.value > 0)
    if later or beside_header(column.reading.header):  # what came after may follow the study drug
        return False
    codes, texts = column.coded()
    counts = np.bincount(codes, minlength=len(texts))
    filled = sum(int(counts[c]) for c, t in enumerate(texts) if plain(t) and not is_missing(t))
    arms = sum(int(counts[c]) for c, t in enumerate(texts) if parse_arm(t) is not None)
    return bool(filled) and arms > _MOST * filled


def _kinds(column: Column) -> set[str]:
    return {arm.kind for text in column.distinct() if (arm := parse_arm(text)) is not None}


def _rows(patients: np.ndarray, column: Column) -> Iterator[_Mention]:
    table = column.table
    for patient, row, text in zip(patients, table.rows, column.texts().to_pylist(), strict=True):
        arm = parse_arm(text)
        if arm is not None and patient >= 0:
            title = column.title
            yield _Mention(int(patient), arm, table.sheet.name, int(row), column.index, title)


def _report(ledger: Ledger, patient_ids: PatientIds, mentions: list[_Mention]) -> None:
    """One issue a patient, at the first cell that names the other drug."""
    first: dict[int, _Mention] = {}
    for one in mentions:
        if one.arm.kind == INSTEAD:
            first.setdefault(one.patient, one)
    for patient, one in first.items():
        ledger.report(
            WARNING,
            "patient.other_drug",
            sheet=one.sheet,
            row=one.row,
            index=one.index,
            column=one.column,
            patient=patient_ids.ids[patient],
            drugs=list(one.arm.drugs),
        )


def _without(patient_ids: PatientIds, out: set[int]) -> PatientIds:
    """The people without these, the others numbered anew."""
    stay = [number for number in range(len(patient_ids.ids)) if number not in out]
    new = np.full(len(patient_ids.ids), REPORTED)
    new[stay] = np.arange(len(stay))
    of = {
        n: np.where(rows >= 0, new[np.maximum(rows, 0)], rows) for n, rows in patient_ids.of.items()
    }
    replaced = frozenset(int(new[number]) for number in patient_ids.replaced if number not in out)
    return replace(patient_ids, ids=[patient_ids.ids[n] for n in stay], of=of, replaced=replaced)
