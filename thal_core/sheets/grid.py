"""A sheet as columns of Arrow text and kinds, as the parsers of workbooks make it, and the Sheet it
becomes.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import partial
from itertools import islice

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from thal_core.sheets.limits import check_size
from thal_core.sheets.sheet import Sheet

EMPTY, TEXT, NUMBER, DATE, BOOLEAN, ERROR, FORMULA = range(7)  # the values of sheet.Kind
ERROR_WORDS = (
    "#NULL!",
    "#DIV/0!",
    "#VALUE!",
    "#REF!",
    "#NAME?",
    "#NUM!",
    "#N/A",
    "#GETTING_DATA",
    "#SPILL!",
    "#CALC!",
)
BLOCK_ROWS = 2048
ARROW_EXPONENT = 1e15  # from here on Arrow writes 1e+15
Chunk = pa.Array | np.ndarray
_strings = partial(pa.array, type=pa.string())
_doubles = partial(np.array, dtype=np.float64)


@dataclass(frozen=True)
class Grid:
    """text: one Arrow string array a column, "" where empty; kinds: one int8 array a column, same
    lengths.
    """

    name: str
    text: tuple[pa.Array, ...]
    kinds: tuple[np.ndarray, ...]
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: bool = False
    notes: tuple[tuple[str, dict[str, str]], ...] = ()
    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()

    @property
    def height(self) -> int:
        return len(self.kinds[0]) if self.kinds else 0


def grid_from_rows(
    name: str,
    rows: Iterable[Sequence[object]],
    left: int = 0,
    on_rows: Callable[[int], None] | None = None,
) -> Grid:
    """Rows of Python values (all of one length) → Grid, ``left`` empty columns before them.

    ``on_rows`` hears how many rows are done. Small blocks of rows stay in the processor's cache.
    """
    source, done = iter(rows), 0
    columns: list[_Column] = []
    while block := list(islice(source, BLOCK_ROWS)):
        if not columns:
            columns = [_Column() for _ in block[0]]
        for column, values in zip(columns, zip(*block, strict=True), strict=True):
            column.add(values)
        done += len(block)
        if on_rows:
            on_rows(done)
    blank = (_strings([""] * done), np.zeros(done, np.int8))
    finished = [blank] * left + [column.finish() for column in columns]
    return Grid(name, tuple(text for text, _ in finished), tuple(kind for _, kind in finished))


def grid_from_ragged(
    name: str, rows: list[list[object]], merged: tuple[tuple[int, int, int, int], ...] = ()
) -> Grid:
    """Rows of unequal length, filled up with empty cells; without its empty edges."""
    width = max(map(len, rows), default=0)
    check_size(len(rows), width, name)
    padded = (row + [""] * (width - len(row)) for row in rows)
    return replace(trimmed(grid_from_rows(name, padded)), merged=merged)


def number_text(numbers: np.ndarray) -> pa.Array:
    """Doubles as a spreadsheet shows them: 654, 8.4; at most 15 significant digits; whole numbers
    in full.
    """
    large = np.abs(numbers) >= ARROW_EXPONENT
    if not large.any() and (numbers == np.rint(numbers)).all():
        return pa.array(numbers.astype(np.int64)).cast(pa.string())
    text = pa.array(numbers + 0.0).cast(pa.string())  # + 0.0: no "-0"
    unlike = pc.or_(pc.greater(pc.binary_length(text), 16), pa.array(large))
    if pc.any(unlike).as_py():
        text = pc.replace_with_mask(
            text, unlike, _strings([_digits(x) for x in numbers[np.asarray(unlike)].tolist()])
        )
    return text


def _digits(number: float) -> str:
    text = f"{number:.15g}"
    return format(Decimal(text), "f") if ARROW_EXPONENT <= abs(number) < 1e22 else text


def _duration(value: dt.timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02d}:{seconds:02d}"


def _moment(value: dt.datetime) -> str:
    rounded = (value + dt.timedelta(microseconds=500_000)).replace(microsecond=0)
    return rounded.isoformat()


def _words(write: Callable[[object], str]) -> Callable[[Sequence[object]], pa.Array]:
    return lambda values: _strings([write(v) for v in values])


# type of Python value → kind of cell, how a block of them is packed
_TYPES: dict[type, tuple[int, Callable[[Sequence[object]], Chunk]]] = {
    str: (TEXT, _strings),
    float: (NUMBER, _doubles),
    int: (NUMBER, _doubles),
    bool: (BOOLEAN, _words(lambda v: "TRUE" if v else "FALSE")),
    dt.date: (DATE, _words(dt.date.isoformat)),
    dt.datetime: (DATE, _words(_moment)),
    dt.time: (TEXT, _words(lambda v: v.isoformat("seconds"))),
    dt.timedelta: (TEXT, _words(_duration)),
}
_CODES = {one: code for code, one in enumerate(_TYPES)}
_KINDS = np.array([kind for kind, _ in _TYPES.values()], np.int8)


class _Column:
    """The cells of one column, kept apart by type until all are there, then written at once."""

    def __init__(self) -> None:
        self.codes: list[np.ndarray] = []
        self.chunks: dict[type, list[Chunk]] = {}

    def add(self, values: tuple[object, ...]) -> None:
        types = set(map(type, values))
        if len(types) == 1:
            (one,) = types
            self.codes.append(np.full(len(values), _CODES[one], np.int8))
            self.chunks.setdefault(one, []).append(_TYPES[one][1](values))
            return
        self.codes.append(
            np.fromiter(map(_CODES.__getitem__, map(type, values)), np.int8, len(values))
        )
        for one in types:
            self.chunks.setdefault(one, []).append(
                _TYPES[one][1]([v for v in values if v.__class__ is one])
            )

    def finish(self) -> tuple[pa.Array, np.ndarray]:
        codes = np.concatenate(self.codes)
        texts = [_text_of(chunks) for chunks in self.chunks.values()]
        kinds = _KINDS[codes]
        if len(texts) == 1:
            return _without_blanks(texts[0], kinds)
        places = np.concatenate([np.flatnonzero(codes == _CODES[one]) for one in self.chunks])
        order = np.empty(len(codes), np.int64)
        order[places] = np.arange(len(codes))
        return _without_blanks(pa.concat_arrays(texts).take(pa.array(order)), kinds)


def _text_of(chunks: list[Chunk]) -> pa.Array:
    return (
        number_text(np.concatenate(chunks))
        if isinstance(chunks[0], np.ndarray)
        else pa.concat_arrays(chunks)
    )


def _without_blanks(text: pa.Array, kinds: np.ndarray) -> tuple[pa.Array, np.ndarray]:
    """A cell of spaces alone is an empty cell."""
    blank = pc.or_(pc.equal(text, ""), pc.utf8_is_space(text))
    where = np.asarray(blank)
    if not where.any():
        return text, kinds
    kinds = np.where(where, EMPTY, kinds).astype(np.int8)
    return pc.if_else(blank, "", text), kinds


def with_cells(grid: Grid, cells: Iterable[tuple[int, int, str]], kind: int) -> Grid:
    """The grid with these (row, column, text) cells set to ``kind``; it grows where they lie
    outside.
    """
    by_column: dict[int, dict[int, str]] = {}
    for row, column, text in cells:
        by_column.setdefault(column, {})[row] = text
    if not by_column:
        return grid
    grid = _grown(grid, 1 + max(max(rows) for rows in by_column.values()), 1 + max(by_column))
    texts, kinds = list(grid.text), list(grid.kinds)
    for column, rows in by_column.items():
        places = np.array(sorted(rows))
        mask = np.zeros(grid.height, bool)
        mask[places] = True
        texts[column] = pc.replace_with_mask(
            texts[column], pa.array(mask), _strings([rows[r] for r in places])
        )
        kinds[column] = np.where(mask, kind, kinds[column]).astype(np.int8)
    return replace(grid, text=tuple(texts), kinds=tuple(kinds))


def _grown(grid: Grid, height: int, width: int) -> Grid:
    height = max(height, grid.height)
    more = height - grid.height
    blank, none = _strings([""] * more), np.zeros(more, np.int8)
    texts = [pa.concat_arrays([t, blank]) if more else t for t in grid.text]
    kinds = [np.concatenate([k, none]) if more else k for k in grid.kinds]
    for _ in range(width - len(texts)):
        texts.append(_strings([""] * height))
        kinds.append(np.zeros(height, np.int8))
    return replace(grid, text=tuple(texts), kinds=tuple(kinds))


def trimmed(grid: Grid) -> Grid:
    """Without the empty rows below and the empty columns right of the last cell that says
    something.
    """
    used = [np.flatnonzero(kind) for kind in grid.kinds]
    width = max((i + 1 for i, rows in enumerate(used) if rows.size), default=0)
    height = max((int(rows[-1]) + 1 for rows in used if rows.size), default=0)
    return replace(
        grid,
        text=tuple(t.slice(0, height) for t in grid.text[:width]),
        kinds=tuple(k[:height] for k in grid.kinds[:width]),
    )


def sheet_of(grid: Grid) -> Sheet:
    """The grid as a sheet, its text a DataFrame."""
    text = (
        pa.table({str(i): column for i, column in enumerate(grid.text)}).to_pandas()
        if grid.text
        else pd.DataFrame()
    )
    text.columns = pd.RangeIndex(len(grid.text))
    kind = np.column_stack(grid.kinds) if grid.kinds else np.zeros(text.shape, np.int8)
    return Sheet(
        grid.name,
        text,
        np.asfortranarray(kind),
        grid.merged,
        grid.hidden,
        grid.notes,
        hidden_rows=grid.hidden_rows,
        hidden_columns=grid.hidden_columns,
    )
