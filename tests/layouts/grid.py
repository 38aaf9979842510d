"""Grids of cells, as a test writes them: to a Sheet for the parser, or to a workbook or text
file.
"""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import xlsxwriter

from thal_core.sheets.sheet import Kind, Sheet

Merge = tuple[int, int, int, int]


@dataclass
class Grid:
    """One sheet: rows of cells (None is empty) and merged ranges (first row, first column, last
    row, last column).
    """

    name: str
    rows: list[list[object]]
    merged: list[Merge] = field(default_factory=list)

    def sheet(self) -> Sheet:
        width = max(len(row) for row in self.rows)
        text = pd.DataFrame(
            [[cell_text(c) for c in row] + [""] * (width - len(row)) for row in self.rows],
            dtype="str",
        )
        kind = np.where(text.to_numpy() != "", Kind.TEXT, Kind.EMPTY).astype(np.int8)
        return Sheet(self.name, text, kind, tuple(self.merged))


def cell_text(cell: object) -> str:
    if cell is None or (isinstance(cell, float) and np.isnan(cell)) or cell is pd.NA:
        return ""
    return f"{cell:g}" if isinstance(cell, float) else str(cell)


def workbook(grids: list[Grid]) -> bytes:
    """The grids as an xlsx file, numbers as numbers."""
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"strings_to_formulas": False, "strings_to_urls": False})
    for grid in grids:
        sheet = book.add_worksheet(grid.name)
        for top, left, bottom, right in grid.merged:
            sheet.merge_range(top, left, bottom, right, "")
        for r, row in enumerate(grid.rows):
            for c, cell in enumerate(row):
                if (
                    isinstance(cell, int | float)
                    and not isinstance(cell, bool)
                    and not pd.isna(cell)
                ):
                    sheet.write_number(r, c, cell)
                elif cell_text(cell):
                    sheet.write_string(r, c, cell_text(cell))
    book.close()
    return out.getvalue()


def text_file(grid: Grid, separator: str = ",", encoding: str = "utf-8") -> bytes:
    out = io.StringIO()
    csv.writer(out, delimiter=separator).writerows(
        [[cell_text(c) for c in row] for row in grid.rows]
    )
    return out.getvalue().encode(encoding)
