"""A sheet that was laid out anew, and where each of its cells stands in the file.

A strange sheet (a form, band rows, months as columns) becomes a plain one before it is read; issues
and the account of cells are told in the addresses of the file.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

import numpy as np
import pandas as pd

from thal_core.sheets.sheet import Kind, Sheet

MOST_CELLS = 2_000_000  # of a sheet that may be laid out anew
Place = tuple[int, int, int]  # number of the sheet in the file, row, column
NOWHERE: Place = (-1, -1, -1)


class Cell(NamedTuple):
    """One cell and where it stands in the file."""

    text: str = ""
    kind: int = Kind.EMPTY
    place: Place = NOWHERE


@dataclass(frozen=True, eq=False)
class Piece:
    """``origin``: the ``Place`` of each cell, an array of (rows, columns, 3); None where the sheet
    is sheet ``number`` of the file as it lies.
    """

    sheet: Sheet
    number: int
    origin: np.ndarray | None = None
    relaid: bool = False  # do its columns stand elsewhere in the file?
    spent: tuple[Place, ...] = ()  # cells whose words became headers, or that repeat others
    unread: tuple[Place, ...] = ()  # cells that a note of the sheet speaks for

    def places(self) -> np.ndarray:
        """The place of each cell, worked out where it is the cell itself."""
        if self.origin is not None:
            return self.origin
        rows, columns = np.indices(self.sheet.text.shape, dtype=np.int32)
        return np.stack([np.full_like(rows, self.number), rows, columns], axis=-1)

    def cells(self, most: int | None = None) -> list[list[Cell]]:
        """Every cell of the sheet (or of its first rows), row by row."""
        texts = self.sheet.text.iloc[:most].to_numpy(dtype=object)
        kinds, places = self.sheet.kind[:most].tolist(), self.places()[:most].tolist()
        return [
            [Cell(t, k, tuple(p)) for t, k, p in zip(*line, strict=True)]
            for line in zip(texts.tolist(), kinds, places, strict=True)
        ]


def may_move(sheet: Sheet) -> bool:
    """Is the sheet small enough to be laid out anew?"""
    return 0 < sheet.text.size <= MOST_CELLS


def filled_places(cells: Iterable[Cell]) -> tuple[Place, ...]:
    """Where the cells that are not empty stand in the file."""
    return tuple(c.place for c in cells if c.kind != Kind.EMPTY and c.place != NOWHERE)


def noted(piece: Piece, code: str, **params: str) -> Piece:
    """The piece with a further sentence about its sheet."""
    notes = (*piece.sheet.notes, (code, params))
    return replace(piece, sheet=replace(piece.sheet, notes=notes))


def piece_from(
    like: Piece, rows: Sequence[Sequence[Cell]], name: str = "", title: str | None = None
) -> Piece:
    """A piece of these cells, with the rest (name, notes, hidden) as ``like`` has it."""
    width = max(map(len, rows), default=0)
    full = [[*row, *[Cell()] * (width - len(row))] for row in rows]
    hidden = (("intake.layout.hidden", {}),) if _has_hidden(like.sheet) else ()
    sheet = replace(
        like.sheet,
        notes=(*like.sheet.notes, *hidden),
        name=name or like.sheet.name,
        title=like.sheet.title if title is None else title,
        text=pd.DataFrame([[c.text for c in row] for row in full], dtype="str"),
        kind=np.array([[c.kind for c in row] for row in full], dtype=np.int8),
        merged=(),
        hidden_rows=(),
        hidden_columns=(),
    )
    places = [[c.place for c in row] for row in full]
    return Piece(sheet, like.number, _origin(places), relaid=True)


def _has_hidden(sheet: Sheet) -> bool:
    return bool(sheet.hidden_rows or sheet.hidden_columns)


def _origin(places: list[list[Place]]) -> np.ndarray:
    return np.array(places, dtype=np.int32).reshape(len(places), -1, 3)


def with_columns(piece: Piece, columns: Sequence[Sequence[Cell]]) -> Piece:
    """The piece with further columns at its right; ``columns``: a cell for each of its rows."""
    if not columns:
        return piece
    sheet, width = piece.sheet, piece.sheet.text.shape[1]
    more = pd.DataFrame(
        {width + n: [c.text for c in column] for n, column in enumerate(columns)}, dtype="str"
    )
    kinds = np.array([[c.kind for c in column] for column in columns], dtype=np.int8).T
    places = np.array([[c.place for c in column] for column in columns], dtype=np.int32)
    wide = replace(
        sheet,
        text=pd.concat([sheet.text, more], axis=1),
        kind=np.asfortranarray(np.hstack([sheet.kind, kinds])),
    )
    origin = np.hstack([piece.places(), places.transpose(1, 0, 2)])
    return replace(piece, sheet=wide, origin=origin)


def without_cells(piece: Piece, cells: Iterable[tuple[int, int]]) -> Piece:
    """The piece with these (row, column) cells emptied: something else holds them now."""
    where = list(cells)
    if not where:
        return piece
    text, kind, origin = piece.sheet.text.copy(), piece.sheet.kind.copy(), piece.places().copy()
    for row, column in where:
        text.iat[row, column] = ""
        kind[row, column] = Kind.EMPTY
        origin[row, column] = NOWHERE
    rows = {row for row, _ in where}
    merged = tuple(m for m in piece.sheet.merged if not (m[0] == m[2] and m[0] in rows))
    sheet = replace(piece.sheet, text=text, kind=kind, merged=merged)
    return replace(piece, sheet=sheet, origin=origin)


def with_cells(piece: Piece, cells: Mapping[tuple[int, int], Cell]) -> Piece:
    """The piece with other cells at these (row, column) addresses."""
    if not cells:
        return piece
    text, kind, origin = piece.sheet.text.copy(), piece.sheet.kind.copy(), piece.places().copy()
    for (row, column), cell in cells.items():
        text.iat[row, column], kind[row, column], origin[row, column] = cell
    return replace(piece, sheet=replace(piece.sheet, text=text, kind=kind), origin=origin)


def only_columns(piece: Piece, first: int, last: int, name: str) -> Piece:
    """The piece with every cell outside these columns emptied, under another name."""
    outside = np.ones(piece.sheet.text.shape[1], dtype=bool)
    outside[first : last + 1] = False
    text, kind, origin = piece.sheet.text.copy(), piece.sheet.kind.copy(), piece.places().copy()
    text.loc[:, outside] = ""
    kind[:, outside] = Kind.EMPTY
    origin[:, outside] = NOWHERE
    merged = tuple(m for m in piece.sheet.merged if first <= m[1] and m[3] <= last)
    sheet = replace(piece.sheet, name=name, text=text, kind=kind, merged=merged)
    return replace(piece, sheet=sheet, origin=origin)
