"""The header of a table that holds no word the rules know: the last resort, for a file in which no
table was found.
"""

from __future__ import annotations

import re

import numpy as np

from thal_core.intake.layout.find_tables import Table, find_tables, table_under
from thal_core.intake.text.fold import plain
from thal_core.sheets.sheet import Kind, Sheet

_LOOKED_AT = 30  # rows in which a header is looked for
_LEAST_COLUMNS, _LEAST_BARE_ROWS = 2, 2
_MOSTLY_FULL = 0.8  # share of the rows of a table without a header that are filled
_LEAST_FILLED = 0.6  # share of the columns that the header names
_LEAST_DISTINCT = 0.8  # share of its names that differ
_VALUE = re.compile(r"[\d\s.,:/%<>+≤≥=-]+")  # numbers and dates name nothing
_LONGEST_NAME = 80  # characters: a longer cell is a sentence


def tables_of(sheets: list[Sheet]) -> list[list[Table]]:
    """The tables of each sheet; where no sheet has a header that is understood, the largest table
    whose header is not.
    """
    found = [find_tables(sheet) for sheet in sheets]
    if any(found):
        return found
    unread = [unread_table(sheet) for sheet in sheets]
    cells = [int((sheet.kind != Kind.EMPTY).sum()) for sheet in sheets]
    sizes = [size if table else 0 for size, table in zip(cells, unread, strict=True)]
    return [
        [table] if table is not None and n == sizes.index(max(sizes)) else []
        for n, table in enumerate(unread)
    ]


def unread_table(sheet: Sheet) -> Table | None:
    """The table of a sheet without a known word: under its fallback header, else of rows alike
    without any header; None where there is neither. Never asked of a sheet beside one that was
    understood: a legend has such rows too.
    """
    header = fallback_header(sheet)
    return _bare_table(sheet) if header is None else table_under(sheet, header)


def _bare_table(sheet: Sheet) -> Table | None:
    """Rows of values alone: their columns have no names but their letters."""
    filled = sheet.kind != Kind.EMPTY
    rows = np.flatnonzero(filled.sum(axis=1) >= _LEAST_COLUMNS)
    columns = tuple(np.flatnonzero(filled.any(axis=0)).tolist())
    full = filled[rows].sum(axis=1) >= _LEAST_FILLED * len(columns)
    if len(rows) < _LEAST_BARE_ROWS or full.mean() < _MOSTLY_FULL:
        return None
    return Table(sheet, (), rows, columns, tuple(("",) for _ in columns))


def fallback_header(sheet: Sheet) -> int | None:
    """The first row of mostly different texts over rows of at least two cells; None where there is
    none.
    """
    filled = sheet.kind != Kind.EMPTY
    occupied = np.flatnonzero(filled.any(axis=1))
    if len(occupied) < 2:  # a header and nothing under it is no table
        return None
    widest = int(np.sort(filled[occupied].sum(axis=1))[-2])  # but for one long line
    if widest < _LEAST_COLUMNS:
        return None
    rows = (int(row) for row in occupied[:_LOOKED_AT])
    return next((row for row in rows if _is_header(sheet, filled, row, widest)), None)


def _is_header(sheet: Sheet, filled: np.ndarray, row: int, widest: int) -> bool:
    texts = [plain(text) for text in sheet.text.iloc[row].tolist()]
    texts = [text for text in texts if text]
    names = [t for t in texts if not _VALUE.fullmatch(t) and len(t) <= _LONGEST_NAME]
    if len(texts) < max(_LEAST_COLUMNS, _LEAST_FILLED * widest):
        return False
    below = filled[row + 1 :].sum(axis=1)
    wide_rows = (below >= _LEAST_COLUMNS).sum() >= 0.5 * max(1, (below > 0).sum())
    return (
        len(names) > len(texts) / 2
        and len(set(names)) >= _LEAST_DISTINCT * len(names)
        and bool(wide_rows)
    )
