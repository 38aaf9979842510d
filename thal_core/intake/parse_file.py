"""Sheets → a Cohort: the steps of reading in order."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from importlib import metadata

import numpy as np

from thal_core.cohort import Cohort, Provenance, make_cohort
from thal_core.intake.assemble import assemble, nothing_measured
from thal_core.intake.collect import collect_table
from thal_core.intake.fields.assign import with_examples
from thal_core.intake.fields.data_dictionary import is_dictionary
from thal_core.intake.fields.duplicate_rows import without_copies
from thal_core.intake.fields.read_tables import (
    TableRead,
    read_tables,
    report_leftovers,
    report_unplaced,
    report_without_patients,
)
from thal_core.intake.fields.roles import rows_have_time
from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import upright
from thal_core.intake.layout.forms import is_form
from thal_core.intake.layout.pieces import Piece
from thal_core.intake.layout.reshape import plain_sheets
from thal_core.intake.ledger.cell_fates import CellFates, Fate
from thal_core.intake.ledger.issue_log import ERROR
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.ledger.long_cells import Cells, long_cells, report_long_cells, without
from thal_core.intake.ledger.origins import (
    Origins,
    origins_of,
    returned_fates,
    returned_patients,
)
from thal_core.intake.text.shown import shown_filename, shown_names
from thal_core.intake.timeline.other_arms import without_other_arms
from thal_core.intake.timeline.patient_ids import (
    PatientIds,
    find_patients,
    report_rows_without_patient,
)
from thal_core.intake.timeline.treatment_time import read_treatment_time
from thal_core.intake.values.contributions import Contributions, together
from thal_core.issues import CohortError
from thal_core.mapping import ColumnReading, Mapping
from thal_core.memo import forget
from thal_core.sheets.read_sheets import read_sheets
from thal_core.sheets.sheet import Sheet, cell_address

Progress = Callable[[float, str], object]  # share done, words code; False cancels
_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "plotly", "python-calamine")


@dataclass(frozen=True, eq=False)
class Reading:
    """A cohort and where each cell of its file went.

    ``sheets`` as they lay; ``standing`` the same by name with patients in rows, as ``fates`` and
    ``patients`` (the patient number of each row, −1 none) have them; ``turned``: which of them lay
    on their side.
    """

    cohort: Cohort
    fates: CellFates
    sheets: tuple[Sheet, ...] = ()
    standing: dict[str, Sheet] = field(default_factory=dict)
    patients: dict[str, np.ndarray] = field(default_factory=dict)
    turned: frozenset[str] = frozenset()
    relaid: frozenset[str] = frozenset()  # sheets whose columns stand elsewhere in the file

    @property
    def cohort_ids(self) -> list[str]:
        """The id of each patient number."""
        return self.cohort.patients.index.tolist()


def parse_file(data: bytes, filename: str, mapping: Mapping, on_progress: Progress) -> Reading:
    """Bytes → cohort and fates, in this process. Raises CohortError (or Refused, from a
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
    """Sheets → cohort and fates; ``parse_file`` without the reading of bytes."""
    report = on_progress or (lambda fraction, code: None)
    layout = _layout(sheets)
    ledger = Ledger(layout.plain, layout.turned, layout.origins)
    _step(report, 0.0, "intake.progress.columns")
    tables = read_tables(ledger, layout.plain, mapping)
    _step(report, 0.2, "intake.progress.values")
    rows = _rows_with_patients(ledger, tables)
    found = _collect(ledger, rows, mapping)
    if nothing_measured(found):
        ledger.report(ERROR, "intake.nothing_measured")
    _step(report, 0.7, "intake.progress.cohort")
    frames = assemble(ledger, found, rows.patient_ids.index, mapping)
    fates = _fates(ledger, layout, tables)
    owners = _owners(layout.plain, rows)
    cohort = make_cohort(
        **frames,
        issues=ledger.issues.frame(lambda *cell: _patient_at(owners, rows.patient_ids, *cell)),
        mapping=Mapping(_readings(ledger, tables), mapping.settings),
        provenance=_provenance(filename, sha256, layout, rows.patient_ids, tables),
    )
    _step(report, 1.0, "intake.progress.cohort")
    standing = {sheet.name: sheet for sheet in layout.standing}
    patients = returned_patients(owners, layout.standing, layout.pieces)
    lying = tuple(layout.lying)
    return Reading(cohort, fates, lying, standing, patients, layout.turned, layout.relaid)


@dataclass(frozen=True, eq=False)
class _Layout:
    """The sheets of a file: as they lie in it (without cells that are too long), with patients in
    rows, and the plain tables that are made of them.
    """

    lying: list[Sheet]
    too_long: list[Cells]
    standing: list[Sheet]
    pieces: list[Piece]

    @cached_property
    def turned(self) -> frozenset[str]:
        """The sheets that lie on their side."""
        pairs = zip(self.standing, self.lying, strict=True)
        return frozenset(stands.name for stands, lies in pairs if stands is not lies)

    @property
    def relaid(self) -> frozenset[str]:
        """The plain tables whose columns stand elsewhere in the file."""
        return frozenset(piece.sheet.name for piece in self.pieces if piece.relaid)

    @cached_property
    def plain(self) -> list[Sheet]:
        return [piece.sheet for piece in self.pieces]

    @cached_property
    def origins(self) -> Origins:
        return origins_of(self.standing, self.pieces)


def _layout(sheets: list[Sheet]) -> _Layout:
    named = _named(sheets)
    too_long = [long_cells(sheet) for sheet in named]
    lying = [without(sheet, cells) for sheet, cells in zip(named, too_long, strict=True)]
    standing = [_standing(sheet) for sheet in lying]
    pieces = plain_sheets(standing, [not is_dictionary(sheet) for sheet in standing])
    return _Layout(lying, too_long, standing, pieces)


def _fates(ledger: Ledger, layout: _Layout, tables: dict[int, TableRead]) -> CellFates:
    """Where each cell of the file went; what no step has spoken for is reported."""
    report_leftovers(ledger, layout.plain, tables)
    fates = returned_fates(ledger.fates, layout.standing, layout.pieces)
    for sheet, cells in zip(layout.standing, layout.too_long, strict=True):
        report_long_cells(ledger, fates, sheet, cells, sheet.name in layout.turned)
    report_unplaced(ledger, fates)
    return fates


def _provenance(
    filename: str,
    sha256: str,
    layout: _Layout,
    patient_ids: PatientIds,
    tables: dict[int, TableRead],
) -> Provenance:
    return Provenance(
        shown_filename(filename),
        sha256,
        tuple(sheet.name for sheet in layout.lying),
        versions(),
        (),
        len(patient_ids.ids),
        _places_of_replaced(patient_ids, tables, layout.turned, layout.origins),
    )


def _standing(sheet: Sheet) -> Sheet:
    """The sheet with patients in rows."""
    return sheet if is_dictionary(sheet) or is_form(sheet) else upright(sheet)


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


@dataclass(frozen=True, eq=False)
class _Rows:
    """The tables that hold patients: the columns of each, its kind, and the patient of each row."""

    patient_ids: PatientIds
    columns: dict[int, list[Column]]
    kinds: dict[int, str]
    patients: dict[int, np.ndarray]


def _rows_with_patients(ledger: Ledger, tables: dict[int, TableRead]) -> _Rows:
    """The tables joined by patient, without copies of rows; what has no patient is reported."""
    columns = {number: read.columns for number, read in tables.items()}
    kinds = {number: read.kind for number, read in tables.items()}
    many = {n for n, every in columns.items() if kinds[n] != "clinical" or rows_have_time(every)}
    patient_ids = find_patients(ledger, columns, many)
    clinical = {number for number, kind in kinds.items() if kind == "clinical"}
    patient_ids = without_other_arms(ledger, patient_ids, clinical)
    known: dict[int, list[Column]] = {}
    patients: dict[int, np.ndarray] = {}
    for number, numbers in patient_ids.of.items():
        every = patient_ids.tables[number]
        once, positions = without_copies(ledger, every, numbers, kinds[number])
        known[number], patients[number] = once, numbers[positions]
        report_rows_without_patient(ledger, once, patients[number])
    for table in (every[0].table for n, every in columns.items() if n not in known):
        report_without_patients(ledger, table.sheet.name, table.rows)
    return _Rows(patient_ids, known, kinds, patients)


def _collect(ledger: Ledger, rows: _Rows, mapping: Mapping) -> Contributions:
    """What the columns of all tables contribute."""
    patient_ids = replace(rows.patient_ids, of=rows.patients)
    treatment_time = read_treatment_time(ledger, rows.columns, patient_ids, mapping)
    return together(
        collect_table(
            ledger,
            rows.columns[number],
            rows.kinds[number],
            rows.patients[number],
            patient_ids,
            treatment_time,
            mapping,
        )
        for number in sorted(rows.columns)
    )


def _owners(sheets: Sequence[Sheet], rows: _Rows) -> dict[str, np.ndarray]:
    """The patient number of each row of each sheet that holds patients, −1 for none."""
    lengths = {sheet.name: len(sheet.text) for sheet in sheets}
    owners: dict[str, np.ndarray] = {}
    for number, columns in rows.columns.items():
        table = columns[0].table
        owner = owners.setdefault(table.sheet.name, np.full(lengths[table.sheet.name], -1))
        owner[table.rows] = rows.patients[number]
    return owners


def _patient_at(
    owners: dict[str, np.ndarray], patient_ids: PatientIds, sheet: str, row: int
) -> str:
    """The id of the patient of a sheet's row, '' where there is none."""
    number = owners[sheet][row] if sheet in owners else -1
    return patient_ids.ids[number] if number >= 0 else ""


def _places_of_replaced(
    patient_ids: PatientIds, tables: dict[int, TableRead], turned: frozenset[str], origins: Origins
) -> tuple[tuple[str, str], ...]:
    """Each replaced id with the row of the sheet it first stands in (the column, where the sheet
    lies on its side).
    """
    first: dict[int, str] = {}
    for number, patients in patient_ids.of.items():
        table = tables[number].columns[0].table
        for position in np.flatnonzero(np.isin(patients, list(patient_ids.replaced))):
            name, row, _ = origins.place(table.sheet.name, int(table.rows[position]), 0)
            letter = cell_address(0, row).rstrip("1")
            place = letter if name in turned else str(row + 1)
            first.setdefault(int(patients[position]), place)
    return tuple((patient_ids.ids[number], first[number]) for number in sorted(first))


def _readings(ledger: Ledger, tables: dict[int, TableRead]) -> tuple[ColumnReading, ...]:
    """Every column once; of a column that stands in several parts of a sheet, the best understood
    reading.
    """
    best: dict[tuple[str, int], ColumnReading] = {}
    for read in tables.values():
        for column in read.columns:
            known = replace(column, reading=ledger.readings.get(column.key, column.reading))
            place = (column.sheet, column.table.rows, column.index)
            names = ledger.fates.holds(*place, Fate.IDENTIFYING)
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
