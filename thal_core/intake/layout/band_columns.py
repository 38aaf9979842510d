"""Group titles become columns: each kind of title (phenotype, splenectomy, sex, drug, month,
centre, group) one, with the title's words in the rows under it.

A title holds until the next of its kind or a row that sums up; one of a kind that stood before ends
those named inside it.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.layout.bands import DRUG, MONTH, Meaning, group_meanings
from thal_core.intake.layout.find_tables import Table, find_tables
from thal_core.intake.layout.header_rows import id_columns, texts_at
from thal_core.intake.layout.pieces import (
    Cell,
    Piece,
    filled_places,
    may_move,
    noted,
    with_cells,
    with_columns,
    without_cells,
)
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import read_header
from thal_core.sheets.sheet import Kind, Sheet

_TITLED = frozenset({"sex", "age_years", "phenotype", "genotype"})
_OFTEN_ONCE = frozenset({"phenotype", "splenectomy", "sex"})  # a kind is also the field
_ROWS_A_GROUP = 3
_FEW = 12  # groups that a column may tell apart
_MOST_ROWS = 20_000
Columns = dict[str, dict[int, Cell]]  # kind → row → cell


def with_band_columns(piece: Piece) -> Piece:
    """The piece with a column for each kind of title between or above its patients."""
    sheet = piece.sheet
    if not may_move(sheet) or len(sheet.text) > _MOST_ROWS:
        return piece
    tables = [table for table in find_tables(sheet) if len(table.rows)]
    piece = _with_named_columns(_with_groups_filled_down(piece, tables), tables)
    piece = _with_groups_written_once(piece, tables)
    columns: Columns = {}
    moved: list[tuple[int, int]] = []
    ended = sum(map(_rows_after_the_end, tables))
    for table in tables:
        titles = _titles(piece, table, of_sheet=len(tables) == 1 or _like_first(table, tables))
        inside, covered = _inside(piece, table)
        for kind, cells in _together(titles, inside).items():
            if kind in inside or kind not in _targets(table):
                heads = dict.fromkeys((table.header_rows[-1], *table.repeated), _head(kind))
                columns.setdefault(kind, {}).update({**heads, **cells})
        moved += covered
    if columns:
        piece = noted(piece, "intake.layout.groups", kinds=", ".join(columns))
    if ended:
        piece = noted(piece, "intake.layout.groups_ended", n=str(ended))
    height = len(sheet.text)
    wide = [[cells.get(row, Cell()) for row in range(height)] for cells in columns.values()]
    lines = piece.cells() if moved else []
    spent = filled_places(lines[row][column] for row, column in moved)
    wider = without_cells(with_columns(piece, wide), moved)
    return replace(wider, spent=(*wider.spent, *spent))


def _head(kind: str) -> Cell:
    return Cell(kind, Kind.TEXT)


def _together(titles: Columns, inside: Columns) -> Columns:
    return {kind: {**titles.get(kind, {}), **inside.get(kind, {})} for kind in {**titles, **inside}}


def _targets(table: Table) -> set[str]:
    return {
        read_header(text).target for texts in table.headers for text in (*texts, " ".join(texts))
    }


def _like_first(table: Table, tables: list[Table]) -> bool:
    return table.headers == tables[0].headers


def _titles(piece: Piece, table: Table, of_sheet: bool) -> Columns:
    """What the rows above the table, or else the sheet's name, say of all its patients."""
    found: dict[str, Cell] = {}
    for row in reversed(table.titles):
        for column, text in texts_at(piece.sheet, row).items():
            for meaning in group_meanings(text):
                place = tuple(piece.places()[row, column].tolist())
                found.setdefault(meaning.kind, Cell(meaning.value, Kind.TEXT, place))
    for meaning in group_meanings(plain(piece.sheet.title)) if of_sheet else ():
        found.setdefault(meaning.kind, Cell(meaning.value, Kind.TEXT))
    found.pop(MONTH, None)  # a title that names a visit gives its quantities their month
    targets = _targets(table)
    if not targets & _TITLED:
        found.pop(DRUG, None)  # a list of drugs given, not of an arm's patients
    end = min(_new_starts(table), default=len(piece.sheet.text))
    rows = [int(row) for row in table.rows if row < end]
    return {kind: dict.fromkeys(rows, cell) for kind, cell in found.items()}


def _new_starts(table: Table) -> set[int]:
    """Where the header comes again behind a blank row: perhaps the patients of another group."""
    empty = (table.sheet.kind == Kind.EMPTY).all(axis=1)
    return {row for row in table.repeated if empty[row - 1]}


def _inside(piece: Piece, table: Table) -> tuple[Columns, list[tuple[int, int]]]:
    """The cells that rows between the patients give to those below, and the titles that did."""
    bands = {band.row: band for band in table.bands}
    ends = _ends(table)
    columns: Columns = {}
    holding: dict[str, tuple[int, Cell]] = {}  # kind → row of its title, cell; outer ones first
    used: set[int] = set()
    for row in sorted({*bands, *ends, *table.rows.tolist()}):
        if row in bands:
            holding = _opened(holding, _cells_of(piece, table, bands[row].row), row)
        elif row in ends:
            holding = {}
        else:
            for kind, (title, cell) in holding.items():
                columns.setdefault(kind, {})[row] = cell
                used.add(title)
    filled = piece.sheet.kind != Kind.EMPTY
    moved = [(row, c) for row in used for c in np.flatnonzero(filled[row]).tolist()]
    return columns, moved


def _rows_after_the_end(table: Table) -> int:
    """How many rows stand under no title any more, where there was one above."""
    bands, ends = {band.row for band in table.bands}, _ends(table)
    n, ended = 0, False
    for row in sorted({*bands, *ends, *table.rows.tolist()}):
        if row in bands | ends:
            ended = row in ends
        else:
            n += ended and bool(table.titles or min(bands, default=row) < row)
    return n


def _ends(table: Table) -> set[int]:
    """The rows that end what a title says."""
    return {*table.summaries, *_new_starts(table)}


def _cells_of(piece: Piece, table: Table, row: int) -> list[tuple[Meaning, Cell]]:
    band = next(band for band in table.bands if band.row == row)
    place = tuple(piece.places()[row, band.column].tolist())
    return [(meaning, Cell(meaning.value, Kind.TEXT, place)) for meaning in band.meanings]


def _opened(
    holding: dict[str, tuple[int, Cell]], cells: list[tuple[Meaning, Cell]], row: int
) -> dict[str, tuple[int, Cell]]:
    """The titles that hold after a further one: it ends those of its kind and what they hold."""
    kinds = [meaning.kind for meaning, _ in cells]
    order = list(holding)
    first = min((order.index(kind) for kind in kinds if kind in order), default=len(order))
    outer = {kind: holding[kind] for kind in order[:first]}
    return {**outer, **{meaning.kind: (row, cell) for meaning, cell in cells}}


def _with_named_columns(piece: Piece, tables: list[Table]) -> Piece:
    """A column without a header whose cells all name groups of one kind is headed by that kind."""
    heads = {}
    for table in tables:
        for column, texts in zip(table.columns, table.headers, strict=True):
            kind = "" if any(texts) else _kind_named(piece, table, column)
            if kind:
                heads[table.header_rows[-1], column] = _head(kind)
    return with_cells(piece, heads)


def _kind_named(piece: Piece, table: Table, column: int) -> str:
    """The kind of group that every cell of a column names; "" where it is none."""
    texts = set(piece.sheet.text.iloc[table.rows, column].unique()) - {""}
    if not 0 < len(texts) <= _FEW:
        return ""
    kinds = {tuple(m.kind for m in group_meanings(text)) for text in texts}
    kind = kinds.pop() if len(kinds) == 1 else ()
    return kind[0] if len(kind) == 1 else ""


def _with_groups_filled_down(piece: Piece, tables: list[Table]) -> Piece:
    """Cells merged downwards over several patients hold for each of them, where they name a
    group.
    """
    sheet, places = piece.sheet, piece.places()
    data = {int(row) for table in tables for row in table.rows}
    cells: dict[tuple[int, int], Cell] = {}
    for top, left, bottom, right in sheet.merged:
        if bottom == top or right != left or not _within(sheet, top, left):
            continue
        text = sheet.text.iat[top, left]
        if group_meanings(text):
            cell = Cell(text, Kind.TEXT, tuple(places[top, left].tolist()))
            rows = (row for row in range(top + 1, bottom + 1) if row in data)
            cells |= {(row, left): cell for row in rows if not sheet.text.iat[row, left]}
    return with_cells(piece, cells)


def _with_groups_written_once(piece: Piece, tables: list[Table]) -> Piece:
    """A column that says each group once, in the first of its rows, says it in all of them."""
    for table in tables:
        for column, texts in zip(table.columns, table.headers, strict=True):
            kind = read_header(" ".join(dict.fromkeys(t for t in texts if t))).target
            written = _written_in(piece, table, column) if kind in _OFTEN_ONCE else {}
            if _are_groups_written_once(table, written, kind):
                piece = _filled_down(piece, table, column, written)
                n = len(table.rows) - len(written)
                piece = noted(piece, "intake.layout.filled_down", n=str(n), kinds=kind)
    return piece


def _written_in(piece: Piece, table: Table, column: int) -> dict[int, str]:
    """Row → text of the column's cells that are not blank."""
    texts = piece.sheet.text.iloc[table.rows, column].tolist()
    return {int(row): plain(t) for row, t in zip(table.rows, texts, strict=True) if t}


def _are_groups_written_once(table: Table, written: dict[int, str], kind: str) -> bool:
    """Two or more groups, each written once, the first in the first row, with several rows each."""
    return (
        len(written) > 1
        and len(set(written.values())) == len(written)
        and int(table.rows[0]) in written
        and len(table.rows) >= _ROWS_A_GROUP * len(written)
        and all([m.kind for m in group_meanings(text)] == [kind] for text in written.values())
        and _ids_in_every_row(table)
    )


def _ids_in_every_row(table: Table) -> bool:
    ids = id_columns(texts_at(table.sheet, table.header_rows[-1]))
    return any((table.sheet.text.iloc[table.rows, c] != "").all() for c in ids)


def _filled_down(piece: Piece, table: Table, column: int, written: dict[int, str]) -> Piece:
    places, cell, cells = piece.places(), Cell(), {}
    for row in map(int, table.rows):
        if row in written:
            cell = Cell(written[row], Kind.TEXT, tuple(places[row, column].tolist()))
        else:
            cells[row, column] = cell
    return with_cells(piece, cells)


def _within(sheet: Sheet, row: int, column: int) -> bool:
    return row < sheet.text.shape[0] and column < sheet.text.shape[1]
