"""Where every cell of a file went: used, kept in extra, named in an issue, or dropped as
identifying.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import IntEnum

import numpy as np

from thal_core.sheets.sheet import Kind, Sheet


class Fate(IntEnum):
    EMPTY = 0
    UNSEEN = 1
    USED = 2
    EXTRA = 3
    ISSUE = 4
    IDENTIFYING = 5


class CellFates:
    """One fate per cell of each sheet. ``fate[sheet name]``: array of ``Fate``, the sheet's
    shape.
    """

    def __init__(self, sheets: Iterable[Sheet]) -> None:
        self.cells = {
            sheet.name: np.asfortranarray((sheet.kind != Kind.EMPTY).astype(np.int8))
            for sheet in sheets
        }

    def mark(
        self,
        sheet: str,
        rows: np.ndarray | slice | int,
        column: np.ndarray | slice | int,
        fate: Fate,
    ) -> None:
        """Give the non-empty ones of these cells a fate. The first stands, but an issue or
        "identifying" goes before used and extra, and "identifying" before all.
        """
        cells = self.cells[sheet]
        here = cells[rows, column]
        open_to_all = here == Fate.UNSEEN
        if fate in (Fate.ISSUE, Fate.IDENTIFYING):
            open_to_all = (here != Fate.EMPTY) & (here < fate)
        cells[rows, column] = np.where(open_to_all, np.int8(fate), here)

    def unseen(self, sheet: str) -> tuple[np.ndarray, np.ndarray]:
        """Rows and columns of the cells that nothing has spoken for yet."""
        return np.nonzero(self.cells[sheet] == Fate.UNSEEN)

    def holds(self, sheet: str, rows: np.ndarray, column: int, fate: Fate) -> bool:
        """Has any of these cells of one column this fate?"""
        return bool((self.cells[sheet][rows, column] == fate).any())

    def counts(self) -> dict[str, dict[str, int]]:
        """Number of cells per sheet and fate."""
        return {
            name: {fate.name.lower(): int((cells == fate).sum()) for fate in Fate}
            for name, cells in self.cells.items()
        }
