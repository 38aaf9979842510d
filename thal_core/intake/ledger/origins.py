"""Back from sheets that were laid out anew to the sheets of the file: places, fates, patients."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thal_core.intake.layout.pieces import Piece
from thal_core.intake.ledger.cell_fates import CellFates, Fate
from thal_core.sheets.sheet import Kind, Sheet

NOBODY = -1


@dataclass(frozen=True, eq=False)
class Origins:
    """The sheets of the file by number, and the pieces that were laid out anew, by name."""

    names: tuple[str, ...] = ()
    moved: dict[str, np.ndarray] | None = None

    def place(self, sheet: str, row: int | None, index: int | None) -> tuple[str, int, int] | None:
        """Where a cell stands in the file; None where it stands in none of its sheets."""
        if row is None or index is None:
            return None
        origin = (self.moved or {}).get(sheet)
        if origin is None:
            return sheet, row, index
        number, own_row, own_index = origin[row, index].tolist()
        if number < 0:  # the row is named by the first of its cells
            placed = origin[row][origin[row][:, 0] >= 0]
            if not len(placed):
                return None
            number, own_row, own_index = placed[0].tolist()
        return self.names[number], own_row, own_index


def origins_of(sheets: list[Sheet], pieces: list[Piece]) -> Origins:
    """``sheets`` as they lie, and the pieces that they became."""
    moved = {p.sheet.name: p.origin for p in pieces if p.origin is not None}
    return Origins(tuple(sheet.name for sheet in sheets), moved)


def returned_fates(fates: CellFates, sheets: list[Sheet], pieces: list[Piece]) -> CellFates:
    """The fates of the pieces' cells at their places in the file; a cell that stands in several
    pieces has the gravest.
    """
    back = CellFates(sheets)
    for piece in pieces:
        for places, fate in ((piece.spent, Fate.USED), (piece.unread, Fate.ISSUE)):
            for number, row, column in places:
                back.mark(sheets[number].name, row, column, fate)
        piece_fates = fates.cells[piece.sheet.name]
        if piece.origin is None:
            back.cells[piece.sheet.name] = piece_fates
            continue
        for number in np.unique(piece.origin[..., 0]).tolist():
            if number >= 0:
                here = piece.origin[..., 0] == number
                cells = back.cells[sheets[number].name]
                rows, columns = piece.origin[here][:, 1], piece.origin[here][:, 2]
                np.maximum.at(cells, (rows, columns), piece_fates[here])
    for sheet in sheets:  # a piece may name what is blank in the file
        back.cells[sheet.name][sheet.kind == Kind.EMPTY] = Fate.EMPTY
    return back


def returned_patients(
    patients: dict[str, np.ndarray], sheets: list[Sheet], pieces: list[Piece]
) -> dict[str, np.ndarray]:
    """The patient of each row in the file, NOBODY where there is none or several."""
    back: dict[str, np.ndarray] = {}
    for piece in pieces:
        numbers = patients.get(piece.sheet.name)
        if numbers is None:
            continue
        if piece.origin is None:
            back[piece.sheet.name] = numbers
            continue
        for number in np.unique(piece.origin[..., 0]).tolist():
            if number >= 0:
                name = sheets[number].name
                rows = back.setdefault(name, np.full(len(sheets[number].text), NOBODY))
                _give(rows, piece.origin, number, numbers)
    return back


def _give(rows: np.ndarray, origin: np.ndarray, number: int, numbers: np.ndarray) -> None:
    """Write each patient to the rows of the file that their cells stand in."""
    here = (origin[..., 0] == number) & (numbers >= 0)[:, None]
    owner = np.broadcast_to(numbers[:, None], here.shape)[here]
    places = origin[here][:, 1]
    least, most = np.full(len(rows), np.iinfo(np.int64).max), np.full(len(rows), NOBODY)
    np.minimum.at(least, places, owner)
    np.maximum.at(most, places, owner)
    one = (most >= 0) & (least == most) & ((rows == NOBODY) | (rows == most))
    several = (most >= 0) & ~one
    rows[one], rows[several] = most[one], NOBODY


def unplaced(fates: CellFates) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Cells of the file that stand in no piece, by sheet: rows and columns."""
    return {
        name: np.nonzero(cells == Fate.UNSEEN)
        for name, cells in fates.cells.items()
        if (cells == Fate.UNSEEN).any()
    }
