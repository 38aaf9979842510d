"""The sheets of a file as plain tables: what clinics lay out otherwise is laid out anew, with the
place of every cell.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.layout.band_columns import with_band_columns
from thal_core.intake.layout.forms import forms_together
from thal_core.intake.layout.header_rows import best_header, id_columns, texts_at
from thal_core.intake.layout.id_headers import with_id_header
from thal_core.intake.layout.parameter_rows import with_parameters_across
from thal_core.intake.layout.pieces import Piece
from thal_core.intake.layout.side_by_side import side_by_side
from thal_core.intake.layout.titled_quantities import with_titled_quantities
from thal_core.sheets.sheet import Kind, Sheet


def plain_sheets(sheets: list[Sheet], may_hold_patients: list[bool]) -> list[Piece]:
    """Every sheet as one or several plain ones, patients in rows; the sheets that hold none (data
    dictionaries) stay as they are.
    """
    pieces = [Piece(sheet, number) for number, sheet in enumerate(sheets)]
    fixed = {n for n, may in enumerate(may_hold_patients) if not may}
    word = _id_header(sheets)
    together = forms_together(pieces, may_hold_patients, word)
    out: list[Piece] = []
    for piece in together:
        out += [piece] if piece.number in fixed else _plain(piece, word)
    return _named_once(out)


def _plain(piece: Piece, id_header: str) -> list[Piece]:
    parts = side_by_side(with_id_header(piece, id_header))
    parts = [with_titled_quantities(with_band_columns(part)) for part in parts]
    return [with_parameters_across(part, id_header) for part in parts]


def _id_header(sheets: list[Sheet]) -> str:
    """What the file calls the column of patients; it heads those that are made."""
    for sheet in sheets:
        best = best_header(sheet, np.flatnonzero((sheet.kind != Kind.EMPTY).any(axis=1)))
        texts = texts_at(sheet, best[0]) if best else {}
        for column in id_columns(texts):
            return texts[column]
    return "patient_id"


def _named_once(pieces: list[Piece]) -> list[Piece]:
    """The pieces under names that none of them shares; a sheet that lies as in the file keeps its
    own.
    """
    taken = {piece.sheet.name for piece in pieces if piece.origin is None}
    out: list[Piece] = []
    for piece in pieces:
        if piece.origin is None:
            out.append(piece)
            continue
        name, number = piece.sheet.name, 2
        while name in taken:
            name, number = f"{piece.sheet.name} ({number})", number + 1
        taken.add(name)
        out.append(replace(piece, sheet=replace(piece.sheet, name=name)))
    return out
