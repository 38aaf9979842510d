"""The tables of a file with the meaning of their columns; what is no table is named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from thal_core.intake.fields.assign import understand
from thal_core.intake.fields.data_dictionary import read_dictionaries
from thal_core.intake.fields.foreign_rows import foreign_rows
from thal_core.intake.fields.hidden_columns import without_hidden
from thal_core.intake.fields.instruments import by_instrument
from thal_core.intake.fields.legend_codes import legend_entries, legends_of
from thal_core.intake.layout.columns import Column, table_columns
from thal_core.intake.layout.fallback_header import tables_of
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.cell_fates import CellFates, Fate
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.ledger.origins import unplaced
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.sheets.sheet import Kind, Sheet, cell_address

_LISTED = 50  # unplaced cells of one sheet that are named one by one


@dataclass(frozen=True, eq=False)
class TableRead:
    """One table: its kind (clinical, parameters, events, treatments, transfusions) and its
    columns.
    """

    kind: str
    columns: list[Column]


def read_tables(ledger: Ledger, sheets: Sequence[Sheet], mapping: Mapping) -> dict[int, TableRead]:
    """Every table of the file, numbered in order. Raises CohortError where there is none with
    rows.
    """
    for sheet in sheets:
        for code, params in sheet.notes:
            ledger.report(NOTE, code, sheet=sheet.name, **params)
        _report_formulas(ledger, sheet)
    entries, with_patients = read_dictionaries(ledger, sheets)
    on_sheets = [
        _reported(ledger, sheet, found)
        for sheet, found in zip(with_patients, tables_of(with_patients), strict=True)
    ]
    beside = [s for s, found in zip(with_patients, on_sheets, strict=True) if not found]
    legends = legends_of(beside)
    tables = [table for found in on_sheets for table in found]
    parts = [
        (part, entries | legend_entries(ledger, table, table_columns(table), legends))
        for table in tables
        if len(table.rows)
        for part in _parts(table)
    ]
    if not parts:
        raise CohortError("intake.header_alone" if tables else "intake.no_table")
    return {
        n: TableRead(*understand(mapping, part, part_entries))
        for n, (part, part_entries) in enumerate(parts)
    }


def _reported(ledger: Ledger, sheet: Sheet, tables: list[Table]) -> list[Table]:
    """The tables of one sheet; what stands around them is reported."""
    if sheet.hidden:
        ledger.report(NOTE, "intake.sheet_hidden", sheet=sheet.name)
    found = list(map(_alone, tables))
    if not found:
        report_without_patients(ledger, sheet.name, np.arange(len(sheet.text)))
    for table in found:
        _report_other_rows(ledger, table)
    return [without_hidden(ledger, table) for table in found]


def _parts(table: Table) -> list[Table]:
    return by_instrument(table, table_columns(table))


def _alone(table: Table) -> Table:
    """The table without the rows of another one that stands under it."""
    foreign = foreign_rows(table, table_columns(table)) if len(table.rows) else []
    return (
        replace(table, rows=table.rows[~np.isin(table.rows, foreign)], foreign=tuple(foreign))
        if foreign
        else table
    )


def report_without_patients(ledger: Ledger, sheet: str, rows: np.ndarray) -> None:
    """Rows of a sheet that hold no patients: left out, with one finding for all of them."""
    if (ledger.fates.cells[sheet][rows] != Fate.EMPTY).any():
        ledger.report(WARNING, "intake.sheet_without_table", sheet=sheet)
        ledger.fates.mark(sheet, rows, slice(None), Fate.ISSUE)


def _report_formulas(ledger: Ledger, sheet: Sheet) -> None:
    """Formulas that were saved without their result say nothing: every such cell is named."""
    rows, columns = np.nonzero(sheet.kind == Kind.FORMULA)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        ledger.report(WARNING, "intake.cell.formula", sheet=sheet.name, row=row, index=column)
    ledger.fates.mark(sheet.name, rows, columns, Fate.ISSUE)


def _report_other_rows(ledger: Ledger, table: Table) -> None:
    """Titles, notes, summaries, repeated headers and rows of other lists: reported, not read."""
    sheet = table.sheet.name
    for row in table.header_rows:
        ledger.fates.mark(sheet, row, slice(None), Fate.USED)
    for row in table.foreign:
        ledger.report_row(WARNING, "intake.row.foreign", sheet, row)
    groups = {
        "title": table.titles,
        "note": (*table.notes, *(band.row for band in table.bands)),
        "summary": table.summaries,
        "repeated": table.repeated,
    }
    for what, rows in groups.items():
        for row in rows:
            first = np.flatnonzero(table.sheet.kind[row] != Kind.EMPTY)[0]
            ledger.report_row(NOTE, f"intake.row.{what}", sheet, row, first)


def report_leftovers(ledger: Ledger, sheets: Sequence[Sheet], tables: dict[int, TableRead]) -> None:
    """Whatever nothing has spoken for is reported, so that no cell vanishes."""
    titles = {(c.sheet, c.index): c.title for read in tables.values() for c in read.columns}
    for sheet in sheets:
        rows, indices = ledger.fates.unseen(sheet.name)
        blank = np.array(
            [not sheet.text.iat[r, i].strip() for r, i in zip(rows, indices, strict=True)],
            dtype=bool,
        )
        ledger.fates.mark(sheet.name, rows[blank], indices[blank], Fate.USED)
        _report_leftover_cells(ledger, sheet, rows[~blank], indices[~blank], titles)
        ledger.fates.mark(sheet.name, rows[~blank], indices[~blank], Fate.ISSUE)


def report_unplaced(ledger: Ledger, fates: CellFates) -> None:
    """Cells of the file that stand in no sheet as it was read: reported, and marked in
    ``fates``.
    """
    for sheet, (rows, indices) in unplaced(fates).items():
        places = list(zip(rows.tolist(), indices.tolist(), strict=True))
        for row, index in places[:_LISTED]:
            place = {"sheet": sheet, "row": row, "index": index}
            ledger.report(WARNING, "intake.cell.unplaced", **place, in_file=True)
        if len(places) > _LISTED:
            cells = ":".join(cell_address(*places[n]) for n in (_LISTED, -1))
            left = len(places) - _LISTED
            ledger.report(WARNING, "intake.cells.unplaced", sheet=sheet, n=left, cells=cells)
        fates.mark(sheet, rows, indices, Fate.ISSUE)


def _report_leftover_cells(
    ledger: Ledger,
    sheet: Sheet,
    rows: np.ndarray,
    indices: np.ndarray,
    titles: dict[tuple[str, int], str],
) -> None:
    """A few cells one by one, many as one range per column."""
    if len(rows) <= _LISTED:
        for row, index in zip(rows.tolist(), indices.tolist(), strict=True):
            ledger.report(
                WARNING,
                "intake.cell.unplaced",
                sheet=sheet.name,
                row=row,
                index=index,
                column=titles.get((sheet.name, index), ""),
            )
        return
    for index in np.unique(indices).tolist():
        column_rows = rows[indices == index]
        first, last = (cell_address(int(column_rows[end]), index) for end in (0, -1))
        ledger.report(
            WARNING,
            "intake.cells.unplaced",
            sheet=sheet.name,
            n=len(column_rows),
            cells=f"{first}:{last}",
            column=titles.get((sheet.name, index), ""),
        )
