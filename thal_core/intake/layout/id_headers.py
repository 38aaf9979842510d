"""A column of patients' codes whose header says nothing of them (blank, or ``指标`` of a sheet that
lay on its side) is headed as the file heads its patients.
"""

from __future__ import annotations

import numpy as np

from thal_core.intake.layout.header_rows import are_ids, best_header, has_id, texts_at
from thal_core.intake.layout.pieces import Cell, Piece, may_move, with_cells
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import read_header
from thal_core.sheets.sheet import Kind

_LOOKED_AT = 500  # rows from which codes are told
_SILENT = ("", "param")  # what a header over ids may mean


def with_id_header(piece: Piece, id_header: str) -> Piece:
    """The piece with ``id_header`` over its first column, where that holds a different code in each
    row and no other column tells the patients apart.
    """
    sheet = piece.sheet
    best = best_header(sheet, np.flatnonzero((sheet.kind != Kind.EMPTY).any(axis=1)))
    if best is None or not may_move(sheet) or best[1] < 1:
        return piece
    row, texts = best[0], texts_at(sheet, best[0])
    column = int(np.flatnonzero((sheet.kind[row:] != Kind.EMPTY).any(axis=0))[0])
    header = texts.get(column, "")
    below = [plain(t) for t in sheet.text.iloc[row + 1 : row + _LOOKED_AT, column].tolist()]
    if has_id(texts) or read_header(header).target not in _SILENT or not are_ids(below):
        return piece
    place = tuple(piece.places()[row, column].tolist())
    return with_cells(piece, {(row, column): Cell(id_header, Kind.TEXT, place)})
