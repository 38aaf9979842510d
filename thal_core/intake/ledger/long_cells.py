"""A cell of more characters than any quantity, code or header needs is free text: dropped whole,
never cut.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from thal_core.intake.ledger.cell_fates import CellFates, Fate
from thal_core.intake.ledger.issue_log import WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.numbers import column_texts
from thal_core.sheets.limits import limit
from thal_core.sheets.sheet import Sheet

Cells = list[tuple[int, int]]


def long_cells(sheet: Sheet) -> Cells:
    """(row, column) of each cell beyond the limit."""
    most = limit("cell_characters")
    lengths = (
        pc.utf8_length(column_texts(sheet.text.iloc[:, c])) for c in range(sheet.text.shape[1])
    )
    return [
        (int(row), c)
        for c, length in enumerate(lengths)
        for row in np.flatnonzero(pc.greater(length, most))
    ]


def without(sheet: Sheet, cells: Cells) -> Sheet:
    """The sheet with these cells emptied; their kind stays, so that they are accounted for."""
    if not cells:
        return sheet
    text = sheet.text.copy()
    for row, column in cells:
        text.iat[row, column] = ""
    return replace(sheet, text=text)


def report_long_cells(
    ledger: Ledger, fates: CellFates, sheet: Sheet, cells: Cells, turned: bool
) -> None:
    """Each dropped cell by its address. ``fates`` of the file's sheets; ``cells`` as the sheet lay;
    ``turned``: it is read with rows and columns exchanged.
    """
    for cell in cells:
        row, column = reversed(cell) if turned else cell
        ledger.report(
            WARNING,
            "intake.cell.too_long",
            sheet=sheet.name,
            row=row,
            index=column,
            in_file=True,
            limit=limit("cell_characters"),
        )
        fates.mark(sheet.name, row, column, Fate.IDENTIFYING)
