"""The sheets of a file as plain tables: what clinics lay out otherwise is laid out anew, with the
place of every cell.
"""

from __future__ import annotations

from thal_core.intake.layout.band_columns import with_band_columns
from thal_core.intake.layout.pieces import Piece
from thal_core.sheets.sheet import Sheet


def plain_sheets(sheets: list[Sheet], tables: list[bool]) -> list[Piece]:
    """Every sheet as one or several plain ones, patients in rows. ``tables``: which of the sheets
    may hold patients; the others (data dictionaries) stay as they are.
    """
    pieces = [Piece(sheet, number) for number, sheet in enumerate(sheets)]
    return [
        with_band_columns(piece) if table else piece
        for piece, table in zip(pieces, tables, strict=True)
    ]
