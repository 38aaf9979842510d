"""The tables of a file with the meaning of their columns; what is no table is named."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from thal_core.intake.fields.assign import understand
from thal_core.intake.fields.data_dictionary import Entry, take_dictionaries
from thal_core.intake.fields.foreign_rows import foreign_rows
from thal_core.intake.fields.instruments import by_instrument
from thal_core.intake.layout.columns import Column, table_columns
from thal_core.intake.layout.fallback_header import unread_table
from thal_core.intake.layout.find_tables import Table, find_tables
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.issues import CohortError
from thal_core.sheets.sheet import Kind, Sheet, cell_address

_LISTED = 50  # unplaced cells of one sheet that are named one by one


@dataclass(frozen=True, eq=False)
class TableRead:
    """One table: its kind (clinical, parameters, events, treatments, transfusions) and its
    columns.
    """

    kind: str
    columns: list[Column]


def read_tables(context: Context) -> dict[int, TableRead]:
    """Every table of the file, numbered in order. Raises CohortError where there is none with
    rows.
    """
    for sheet in context.sheets:
        for code, params in sheet.notes:
            context.findings.add(NOTE, code, sheet=sheet.name, **params)
        _name_formulas(context, sheet)
    entries = take_dictionaries(context)
    tables: dict[int, TableRead] = {}
    headers_alone = False
    for sheet, found in zip(context.sheets, _tables_of(context.sheets), strict=True):
        if sheet.hidden:
            context.findings.add(NOTE, "intake.sheet_hidden", sheet=sheet.name)
        if not found:
            name_without_patients(context, sheet.name, np.arange(len(sheet.text)))
        for table in map(_alone, found):
            _name_other_rows(context, table)
            headers_alone = headers_alone or not len(table.rows)
            _add_parts(context, tables, table, entries)
    if not tables:
        raise CohortError("intake.header_alone" if headers_alone else "intake.no_table")
    return tables


def _tables_of(sheets: list[Sheet]) -> list[list[Table]]:
    """The tables of each sheet; where no sheet has a header that is understood, the largest table
    whose header is not.
    """
    found = [find_tables(sheet) for sheet in sheets]
    if any(found):
        return found
    unread = [unread_table(sheet) for sheet in sheets]
    sizes = [
        0 if table is None else int((s.kind != Kind.EMPTY).sum())
        for s, table in zip(sheets, unread)
    ]
    largest = int(np.argmax(sizes))
    return [[t] if n == largest and t is not None else [] for n, t in enumerate(unread)]


def _alone(table: Table) -> Table:
    """The table without the rows of another one that stands under it."""
    foreign = foreign_rows(table, table_columns(table)) if len(table.rows) else []
    return (
        replace(table, rows=table.rows[~np.isin(table.rows, foreign)], foreign=tuple(foreign))
        if foreign
        else table
    )


def name_without_patients(context: Context, sheet: str, rows: np.ndarray) -> None:
    """Rows of a sheet that hold no patients: left out, with one finding for all of them."""
    if (context.account.fate[sheet][rows] != Fate.EMPTY).any():
        context.findings.add(WARNING, "intake.sheet_without_table", sheet=sheet)
        context.account.mark(sheet, rows, slice(None), Fate.ISSUE)


def _name_formulas(context: Context, sheet: Sheet) -> None:
    """Formulas that were saved without their result say nothing: every such cell is named."""
    rows, columns = np.nonzero(sheet.kind == Kind.FORMULA)
    for row, column in zip(rows.tolist(), columns.tolist(), strict=True):
        context.findings.add(
            WARNING, "intake.cell.formula", sheet=sheet.name, row=row, index=column
        )
    context.account.mark(sheet.name, rows, columns, Fate.ISSUE)


def _add_parts(
    context: Context, tables: dict[int, TableRead], table: Table, entries: dict[str, Entry]
) -> None:
    for part in by_instrument(table, table_columns(table)) if len(table.rows) else ():
        kind, columns = understand(context.mapping, part, entries)
        tables[len(tables)] = TableRead(kind, columns)


def _name_other_rows(context: Context, table: Table) -> None:
    """Titles, notes, summaries and repeated headers: named, not read."""
    account, sheet = context.account, table.sheet.name
    for row in table.header_rows:
        account.mark(sheet, row, slice(None), Fate.USED)
    context.foreign_rows(sheet, table.foreign)
    groups = {
        "title": table.titles,
        "note": table.notes,
        "summary": table.summaries,
        "repeated": table.repeated,
    }
    for what, rows in groups.items():
        for row in rows:
            filled = np.flatnonzero(table.sheet.kind[row] != Kind.EMPTY)
            context.findings.add(
                NOTE, f"intake.row.{what}", sheet=sheet, row=row, index=int(filled[0])
            )
            account.mark(sheet, row, slice(None), Fate.ISSUE)


def name_leftovers(context: Context, tables: dict[int, TableRead]) -> None:
    """Whatever nothing has spoken for is named, so that no cell vanishes."""
    titles = {(c.sheet, c.index): c.title for read in tables.values() for c in read.columns}
    for sheet in context.sheets:
        rows, indices = context.account.unseen(sheet.name)
        blank = np.array(
            [not sheet.text.iat[r, i].strip() for r, i in zip(rows, indices, strict=True)],
            dtype=bool,
        )
        context.account.mark(sheet.name, rows[blank], indices[blank], Fate.USED)
        _name_cells(context, sheet, rows[~blank], indices[~blank], titles)
        context.account.mark(sheet.name, rows[~blank], indices[~blank], Fate.ISSUE)


def _name_cells(
    context: Context,
    sheet: Sheet,
    rows: np.ndarray,
    indices: np.ndarray,
    titles: dict[tuple[str, int], str],
) -> None:
    """A few cells one by one, many as one range per column."""
    if len(rows) <= _LISTED:
        for row, index in zip(rows.tolist(), indices.tolist(), strict=True):
            context.findings.add(
                WARNING,
                "intake.cell.unplaced",
                sheet=sheet.name,
                row=row,
                index=index,
                column=titles.get((sheet.name, index), ""),
            )
        return
    for index in np.unique(indices).tolist():
        own = rows[indices == index]
        cells = f"{cell_address(int(own[0]), index)}:{cell_address(int(own[-1]), index)}"
        context.findings.add(
            WARNING,
            "intake.cells.unplaced",
            sheet=sheet.name,
            n=len(own),
            cells=cells,
            column=titles.get((sheet.name, index), ""),
        )
