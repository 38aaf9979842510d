"""A sheet or table for each quantity, with months as columns: the quantity that only its title
names is said in each header (``Hb`` over ``0月``, ``3月`` → ``Hb 0月``).
"""

from __future__ import annotations

from thal_core.intake.layout.find_tables import Table, find_tables
from thal_core.intake.layout.header_rows import texts_at
from thal_core.intake.layout.parameter_rows import MEASURED, parameter_column, time_columns
from thal_core.intake.layout.pieces import Cell, Piece, may_move, with_cells
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import read_header
from thal_core.sheets.sheet import Kind


def with_titled_quantities(piece: Piece) -> Piece:
    """The piece with the quantity of a title in each header that is a time alone."""
    if not may_move(piece.sheet):
        return piece
    tables = find_tables(piece.sheet)
    heads = {}
    for table in tables:
        times = _times_alone(table)
        quantity = _quantity(piece, table, alone=len(tables) == 1) if len(times) > 1 else ""
        others = [c for c in table.columns if c not in times]
        if quantity and parameter_column(table, others) is None:
            heads |= _heads(piece, table, times, quantity)
    return with_cells(piece, heads)


def _heads(
    piece: Piece, table: Table, times: dict[int, str], quantity: str
) -> dict[tuple[int, int], Cell]:
    """The lowest header cell of each time with the quantity before it."""
    texts, places = piece.sheet.text, piece.places()
    found = {}
    for column, time in times.items():
        row = max(r for r in table.header_rows if texts.iat[r, column])
        place = tuple(places[row, column].tolist())
        found[row, column] = Cell(f"{quantity} {time}", Kind.TEXT, place)
    return found


def _times_alone(table: Table) -> dict[int, str]:
    """The columns over which nothing stands but a time."""
    words = {
        c: {t for t in texts if t} for c, texts in zip(table.columns, table.headers, strict=True)
    }
    return {c: text for c, text in time_columns(table).items() if words[c] == {text}}


def _quantity(piece: Piece, table: Table, alone: bool) -> str:
    """The quantity that the title of the table, or else of the sheet, is."""
    titles = [
        text for row in reversed(table.titles) for text in texts_at(piece.sheet, row).values()
    ]
    if alone:
        titles.append(plain(piece.sheet.title))
    return next((text for text in titles if _is_quantity(text)), "")


def _is_quantity(text: str) -> bool:
    header = read_header(text)
    return header.target in MEASURED and header.time is None
