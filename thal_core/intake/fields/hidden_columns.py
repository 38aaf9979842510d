"""Columns and rows that a spreadsheet program does not show: they yield to visible ones that say
the same, and are read where nothing visible does.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.layout.columns import Column, table_columns
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import compact, plain
from thal_core.rules.catalogue import fields


def without_hidden(ledger: Ledger, table: Table) -> Table:
    """The table without the hidden columns and rows that a visible one stands for; each is
    reported, as are those that are read.
    """
    return _without_rows(ledger, _without_columns(ledger, table))


def _without_columns(ledger: Ledger, table: Table) -> Table:
    hidden = set(table.sheet.hidden_columns)
    if not hidden & set(table.columns):
        return table
    columns = table_columns(table)
    seen = {key for c in columns if c.index not in hidden for key in _meanings(c)}
    left_out = {c.index for c in columns if c.index in hidden and _meanings(c) & seen}
    for column in columns:
        if column.index in left_out:
            ledger.report_column(WARNING, "intake.column.hidden_left_out", column)
            ledger.fates.mark(column.sheet, table.rows, column.index, Fate.ISSUE)
        elif column.index in hidden and column.filled():
            ledger.report_column(NOTE, "intake.column.hidden", column)
    remaining = [n for n, index in enumerate(table.columns) if index not in left_out]
    return replace(
        table,
        columns=tuple(table.columns[n] for n in remaining),
        headers=tuple(table.headers[n] for n in remaining),
    )


def _meanings(column: Column) -> set[object]:
    """By what a visible column is known to say the same: the header's words, or the quantity and
    its time.
    """
    words = compact(column.reading.header)
    found: set[object] = {words} if words else set()
    if column.header.target in fields():
        found.add((column.header.target, column.header.time))
    return found


def _without_rows(ledger: Ledger, table: Table) -> Table:
    hidden = np.isin(table.rows, table.sheet.hidden_rows)
    if not hidden.any():
        return table
    again = hidden & _named_again(table, hidden)
    for row in table.rows[again].tolist():
        ledger.report_row(WARNING, "intake.row.hidden_left_out", table.sheet.name, row)
    n = int((hidden & ~again).sum())
    if n:
        ledger.report(NOTE, "intake.rows_hidden", sheet=table.sheet.name, n=n)
    return replace(table, rows=table.rows[~again])


def _named_again(table: Table, hidden: np.ndarray) -> np.ndarray:
    """Which rows have an id that a visible row has, in a table of one row a patient."""
    ids = next((c for c in table_columns(table) if c.header.target == "patient_id"), None)
    if ids is None:
        return np.zeros(len(table.rows), dtype=bool)
    texts = np.array([plain(t) for t in ids.texts().to_pylist()], dtype=object)
    visible = texts[~hidden & (texts != "")]
    if len(set(visible)) < len(visible):
        return np.zeros(len(table.rows), dtype=bool)
    return np.isin(texts, visible) & (texts != "")
