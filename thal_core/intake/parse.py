"""Sheets → a Cohort: the steps of reading in order."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass, field, replace
from importlib import metadata

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort, Provenance, make_cohort
from thal_core.intake.assemble import assemble, nothing_measured
from thal_core.intake.collect import gather
from thal_core.intake.fields.assign import with_examples
from thal_core.intake.fields.data_dictionary import is_dictionary
from thal_core.intake.fields.duplicate_rows import without_copies
from thal_core.intake.fields.read_tables import (
    TableRead,
    name_leftovers,
    name_without_patients,
    read_tables,
)
from thal_core.intake.fields.roles import rows_have_time
from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import upright
from thal_core.intake.ledger.cell_fates import Account, Fate
from thal_core.intake.ledger.context import Context, Progress
from thal_core.intake.ledger.issue_log import ERROR
from thal_core.intake.ledger.long_cells import long_cells, name_long_cells, without
from thal_core.intake.text.shown import shown_filename, shown_names
from thal_core.intake.timeline.patient_ids import People, find_people, rows_without_patient
from thal_core.intake.timeline.treatment_time import set_clock
from thal_core.intake.values.contributions import Harvest
from thal_core.issues import CohortError
from thal_core.mapping import ColumnReading, Mapping
from thal_core.memo import forget
from thal_core.sheets.read_sheets import read_sheets
from thal_core.sheets.sheet import Sheet, cell_address

_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "plotly", "python-calamine")


@dataclass(frozen=True, eq=False)
class Reading:
    """A cohort and where each cell of its file went.

    ``sheets`` as they lay; ``standing`` the same by name with patients in rows, as ``account`` and
    ``patients`` (the patient number of each row, −1 none) have them; ``turned``: which of them lay
    on their side.
    """

    cohort: Cohort
    account: Account
    sheets: tuple[Sheet, ...] = ()
    standing: dict[str, Sheet] = field(default_factory=dict)
    patients: dict[str, np.ndarray] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()

    @property
    def cohort_ids(self) -> list[str]:
        """The id of each patient number."""
        return self.cohort.patients.index.tolist()


def parse_file(data: bytes, filename: str, mapping: Mapping, on_progress: Progress) -> Reading:
    """Bytes → cohort and account, in this process. Raises CohortError (or Refused, from a
    workbook's parser).

    Workbooks of strangers are read in a child process only: ``thal_core.reader`` sees to that.
    """
    sheets = read_sheets(
        data,
        filename,
        encoding=mapping.setting("encoding") or None,
        on_progress=lambda share, code: on_progress(0.5 * share, code),
    )
    try:
        return parse_sheets(
            sheets,
            mapping,
            hashlib.sha256(data).hexdigest(),
            filename,
            lambda share, code: on_progress(0.5 + 0.5 * share, code),
        )
    finally:
        forget()


def parse_sheets(
    sheets: list[Sheet],
    mapping: Mapping,
    sha256: str = "",
    filename: str = "",
    on_progress: Progress | None = None,
) -> Reading:
    """Sheets → cohort and account; ``parse_file`` without the reading of bytes."""
    report = on_progress or (lambda fraction, code: None)
    sheets = _named(sheets)
    too_long = [long_cells(sheet) for sheet in sheets]
    sheets = [without(sheet, cells) for sheet, cells in zip(sheets, too_long, strict=True)]
    standing = [sheet if is_dictionary(sheet) else upright(sheet) for sheet in sheets]
    context = Context(standing, mapping, Account(standing))
    context.findings.turned = {
        new.name for new, old in zip(standing, sheets, strict=True) if new is not old
    }
    for sheet, cells in zip(standing, too_long, strict=True):
        name_long_cells(context, sheet, cells)
    _step(report, 0.0, "intake.progress.columns")
    tables = read_tables(context)
    _step(report, 0.2, "intake.progress.values")
    harvest = _harvest(context, tables)
    if nothing_measured(harvest):
        context.findings.add(ERROR, "intake.nothing_measured")
    _step(report, 0.7, "intake.progress.cohort")
    frames = assemble(context, harvest)
    name_leftovers(context, tables)
    issues = context.findings.frame(context.patient_at)
    provenance = Provenance(
        shown_filename(filename),
        sha256,
        tuple(s.name for s in sheets),
        versions(),
        (),
        len(context.ids),
        context.replaced,
    )
    cohort = make_cohort(
        **frames,
        issues=issues,
        mapping=Mapping(_readings(context, tables), mapping.settings),
        provenance=provenance,
    )
    _step(report, 1.0, "intake.progress.cohort")
    return Reading(
        cohort,
        context.account,
        tuple(sheets),
        {s.name: s for s in standing},
        context.patients,
        frozenset(context.findings.turned),
    )


def _named(sheets: list[Sheet]) -> list[Sheet]:
    """Sheets under names that may be shown; what a sheet was called stays its title."""
    names = shown_names(sheet.title or sheet.name for sheet in sheets)
    return [
        replace(sheet, name=name, title=sheet.title or sheet.name)
        for name, sheet in zip(names, sheets, strict=True)
    ]


def _step(report: Progress, fraction: float, code: str) -> None:
    if report(fraction, code) is False:
        raise CohortError("reading.cancelled")


def _harvest(context: Context, tables: dict[int, TableRead]) -> Harvest:
    """Join the tables by patient, set the clock, read every column."""
    columns = {number: read.columns for number, read in tables.items()}
    many = {
        number
        for number, read in tables.items()
        if read.kind != "clinical" or rows_have_time(read.columns)
    }
    people = find_people(context, columns, many)
    context.names = people.ids
    context.replaced = _rows_of(context, people, columns)
    context.ids = pd.Index(people.ids, dtype="str")
    known: dict[int, list[Column]] = {}
    for number, patients in people.of.items():
        own = people.tables[number]
        own, kept = without_copies(context, own, patients, tables[number].kind)
        people.of[number] = patients[kept]
        rows_without_patient(context, own, people.of[number])
        context.remember(own[0].table, people.of[number])
        known[number] = own
    for read in (read for number, read in tables.items() if number not in known):
        name_without_patients(context, read.columns[0].sheet, read.columns[0].table.rows)
    clock = set_clock(context, known, people)
    harvest = Harvest()
    for number in sorted(known):
        gather(context, harvest, known[number], people.of[number], tables[number].kind, clock)
    return harvest


def _rows_of(
    context: Context, people: People, columns: dict[int, list[Column]]
) -> tuple[tuple[str, str], ...]:
    """Each replaced id with the row of the sheet it first stands in (the column, where the sheet
    lies on its side).
    """
    first: dict[int, str] = {}
    for number, patients in people.of.items():
        table = columns[number][0].table
        turned = table.sheet.name in context.findings.turned
        for position in np.flatnonzero(np.isin(patients, list(people.replaced))):
            row = int(table.rows[position])
            place = cell_address(0, row).rstrip("1") if turned else str(row + 1)
            first.setdefault(int(patients[position]), place)
    return tuple((people.ids[number], first[number]) for number in sorted(first))


def _readings(context: Context, tables: dict[int, TableRead]) -> tuple[ColumnReading, ...]:
    """Every column once; of a column that stands in several parts of a sheet, the best understood
    reading.
    """
    best: dict[tuple[str, int], ColumnReading] = {}
    for read in tables.values():
        for column in read.columns:
            known = replace(column, reading=context.readings.get(column.key, column.reading))
            rows, fates = column.table.rows, context.account
            names = fates.holds(column.sheet, rows, column.index, Fate.IDENTIFYING)
            reading = with_examples(known, silent=names)
            key = (reading.sheet, reading.index)
            if key not in best or reading.confidence > best[key].confidence:
                best[key] = reading
    return tuple(
        best[key] for key in sorted(best, key=lambda k: ([s for s, _ in best].index(k[0]), k[1]))
    )


def versions() -> tuple[tuple[str, str], ...]:
    """Python and the libraries that numbers come from."""
    found = [("python", platform.python_version())]
    for name in _LIBRARIES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)
