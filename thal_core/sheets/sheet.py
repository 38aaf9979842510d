"""A sheet as it was written: every cell as text, with what kind of cell it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import IntEnum

import numpy as np
import pandas as pd


class Kind(IntEnum):
    """What the file said the cell is (a CSV only knows TEXT and EMPTY)."""

    EMPTY = 0
    TEXT = 1
    NUMBER = 2
    DATE = 3
    BOOLEAN = 4
    ERROR = 5  # #NAME?, #N/A … ; the text is the error word
    FORMULA = 6  # a formula without a stored value; the text is empty


@dataclass(frozen=True, eq=False)
class Sheet:
    """One sheet of a file, from cell A1 on.

    text: DataFrame of ``str`` (columns 0…), "" where empty; numbers in their shortest form ("654",
    "8.4"), dates ISO ("2024-08-09" or "2024-08-09T10:30:00"), booleans "TRUE"/"FALSE". name is what
    may be shown of the sheet's name, and each once; title is the name as typed. kind: array of
    ``Kind``, same shape. merged: (first row, first column, last row, last column), 0-based.
    """

    name: str
    text: pd.DataFrame
    kind: np.ndarray
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    notes: tuple[tuple[str, dict[str, str]], ...] = field(
        default=()
    )  # words codes the reader wants said
    title: str = ""
    hidden_rows: tuple[int, ...] = ()  # 0-based; those that a spreadsheet program does not show
    hidden_columns: tuple[int, ...] = ()


def cell_address(row: int, column: int) -> str:
    """0-based row and column → spreadsheet address (1, 1 → B2)."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"
