"""xlsx, xlsm, xls and ods through calamine. Runs in the child process only.

calamine leaves error cells and formulas without a stored value blank; where the file's own XML can
be read, those cells are named.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace

import python_calamine as calamine

from thal_core.sheets.grid import ERROR, FORMULA, Grid, grid_from_rows, trimmed, with_cells
from thal_core.sheets.limits import Refused, check_size, limit
from thal_core.sheets.package import Package
from thal_core.sheets.sheet_xml import SheetFindings

OnProgress = Callable[[float, str], None]


def read_workbook(
    data: bytes, open_package: Callable[[bytes], Package], progress: OnProgress
) -> Iterator[Grid]:
    """The work sheets of a workbook, one after the other. Refused where it is no workbook or
    hostile.
    """
    progress(0.0, "reading.progress.checking")
    package = open_package(data)
    book = _open(data)
    sheets = [
        (i, m)
        for i, m in enumerate(book.sheets_metadata)
        if m.typ == calamine.SheetTypeEnum.WorkSheet
    ]
    if len(sheets) > limit("sheets"):
        raise Refused("reading.too_many_sheets", count=len(sheets), limit=int(limit("sheets")))
    for number, (index, sheet) in enumerate(sheets):

        def report(share: float, code: str, done: int = number) -> None:
            progress((done + share) / len(sheets), code)

        report(0.0, "reading.progress.checking")
        found = package.findings(index, sheet.name)
        report(0.3, "reading.progress.cells")
        grid = _grid(book, sheet.name, found, report)
        hidden = sheet.visible != calamine.SheetVisibleEnum.Visible
        look = package.look(index, sheet.name)
        yield replace(
            grid,
            hidden=hidden,
            notes=(*package.notes, *look.notes()),
            hidden_rows=look.hidden_rows,
            hidden_columns=look.hidden_columns,
        )


def _open(data: bytes) -> calamine.CalamineWorkbook:
    try:
        return calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
    except calamine.PasswordError as error:
        raise Refused("reading.password") from error
    except (calamine.CalamineError, ValueError) as error:
        raise Refused("reading.damaged") from error


def _grid(
    book: calamine.CalamineWorkbook, name: str, found: SheetFindings, report: OnProgress
) -> Grid:
    try:
        sheet = book.get_sheet_by_name(name)
    except (calamine.CalamineError, ValueError) as error:
        raise Refused("reading.damaged") from error
    (_, left), (last_row, last_column) = (sheet.start or (0, 0)), (sheet.end or (-1, -1))
    check_size(last_row + 1, last_column + 1, name)
    grid = grid_from_rows(
        name,
        sheet.iter_rows() if sheet.end else (),
        left,
        lambda done: report(0.7 + 0.3 * done / (last_row + 1), "reading.progress.cells"),
    )
    grid = with_cells(grid, found.errors, ERROR)
    grid = with_cells(grid, ((row, column, "") for row, column in found.formulas), FORMULA)
    merged = sheet.merged_cell_ranges or ()
    spans = (
        tuple((top, left, bottom, right) for (top, left), (bottom, right) in merged) or found.merged
    )
    return replace(trimmed(grid), merged=spans)
