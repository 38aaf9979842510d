"""A row per patient and quantity with a column per month → a row per patient: ``Hb 6月 (g/L)``.

The id stands in each row, or in the first of a patient's rows, or in a row of its own above them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

from thal_core.intake.layout.bands import group_meanings, says_patient
from thal_core.intake.layout.find_tables import Table, find_tables
from thal_core.intake.layout.header_rows import names_a_person
from thal_core.intake.layout.pieces import Cell, Piece, filled_places, may_move, noted, piece_from
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.headers import read_header
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import parse_time
from thal_core.intake.text.units import all_spellings
from thal_core.rules.catalogue import fields
from thal_core.sheets.sheet import Kind
from thal_core.vocabulary import ANALYTES

_BESIDE = re.compile(r"[\s()（）,，、/]+")
_MOST_ROWS = 20_000
_LOOKED_AT = 600  # rows from which a column's nature is told
_BAND_CELLS = 6  # words of a row that names a patient
_MOSTLY = 0.7  # share of a column's cells that must name quantities
MEASURED = frozenset({*ANALYTES, "hb_pre_g_per_l", "hb_post_g_per_l", "dose", "transfusion"})
Line = list[Cell]


@dataclass(frozen=True)
class _Shape:
    """Which columns of a table are its times, its quantity, unit and ids; the others belong to the
    patient.
    """

    times: dict[int, str]  # column → its header
    parameter: int
    unit: int | None
    ids: tuple[int, ...]
    others: tuple[int, ...]
    headers: dict[int, str]
    id_header: str


@dataclass
class _Patient:
    """The rows of one patient, and the row above them that names the patient alone."""

    band: Line | None = None
    rows: list[Line] = field(default_factory=list)


def with_parameters_across(piece: Piece, id_header: str) -> Piece:
    """The piece with every table of quantities in rows and months in columns turned into one row a
    patient. ``id_header`` heads the ids that stand in rows of their own.
    """
    if not may_move(piece.sheet) or len(piece.sheet.text) > _MOST_ROWS:
        return piece
    tables = find_tables(piece.sheet)
    shapes = [_shape(table, id_header) for table in tables]
    if not any(shapes):
        return piece
    cells, rows, spent = piece.cells(), [], []
    above = 0
    for table, shape in zip(tables, shapes, strict=True):
        end = max((*table.rows.tolist(), *_other_rows(table), table.header_rows[-1])) + 1
        if shape is None:
            rows += [*cells[above:end]]
        else:
            wide, left, used = _wide(table, shape, cells, range(table.header_rows[-1] + 1, end))
            rows += [*cells[above : table.header_rows[0]], *wide, *left, []]
            spent += used
        above = end
    made = piece_from(piece, [*rows, *cells[above:]])
    made = replace(made, spent=(*piece.spent, *spent), unread=piece.unread)
    return noted(made, "intake.layout.parameters")


def _other_rows(table: Table) -> tuple[int, ...]:
    return (*table.notes, *table.summaries, *table.repeated, *(b.row for b in table.bands))


def _shape(table: Table, id_header: str) -> _Shape | None:
    """The roles of the columns, None where the table is not of this kind."""
    headers = {
        c: next((t for t in reversed(texts) if t), "")
        for c, texts in zip(table.columns, table.headers, strict=True)
    }
    times = time_columns(table)
    others = [c for c in headers if c not in times]
    parameter = parameter_column(table, others) if len(times) > 1 else None
    if parameter is None:
        return None
    rest = [c for c in headers if c not in times and c != parameter]
    unit = next((c for c in rest if _holds_units(table, c)), None)
    ids = tuple(c for c in rest if headers[c] and names_a_person(headers[c]))
    others = tuple(c for c in rest if c != unit and c not in ids)
    return _Shape(times, parameter, unit, ids, others, headers, id_header)


def time_columns(table: Table) -> dict[int, str]:
    """The columns whose lowest header is a time alone (a bare number too, where months are headed
    0, 3, 6), each with its text.
    """
    lowest = {
        column: next((t for t in reversed(texts) if t), "")
        for column, texts in zip(table.columns, table.headers, strict=True)
    }
    return {c: text for c, text in lowest.items() if text and parse_time(text) is not None}


def parameter_column(table: Table, columns: list[int]) -> int | None:
    """The column of these that names a quantity in each row."""
    for column in columns:
        texts = [plain(t) for t in table.sheet.text.iloc[table.rows[:_LOOKED_AT], column]]
        filled = [t for t in texts if t]
        named = [t for t in filled if read_header(t).target in MEASURED]
        if len(set(filled)) > 1 and len(named) >= _MOSTLY * len(filled) - 1 and len(named) > 1:
            return column
        known = sum(1 for t in filled if _is_parameter(t))
        if named and len(set(named)) > 1 and known >= 0.5 * len(filled):
            return column
    return None


def _is_parameter(text: str) -> bool:
    target = read_header(text).target
    return target in MEASURED or (target in fields() and fields()[target].kind == "number")


def _holds_units(table: Table, column: int) -> bool:
    texts = [compact(t) for t in table.sheet.text.iloc[table.rows, column].tolist() if t.strip()]
    return bool(texts) and sum(t in all_spellings() or t in "%" for t in texts) > 0.5 * len(texts)


def _wide(
    table: Table, shape: _Shape, cells: list[Line], body: range
) -> tuple[list[Line], list[Line], list[tuple[int, int, int]]]:
    """(header and rows, rows that are none of it, cells spent)."""
    apart = {*table.notes, *table.summaries} - _naming_rows(table, shape, cells)
    repeated = {*table.repeated}
    left = [cells[row] for row in body if row in apart]
    lines = [cells[row] for row in body if row not in apart | repeated]
    patients = _patients(shape, [line for line in lines if filled_places(line)])
    columns = _Columns(shape, [row for p in patients for row in p.rows])
    bands = [_band_cells(p) for p in patients]
    n = max(map(len, bands), default=0)
    once_headers = [Cell(shape.headers[c], Kind.TEXT) for c in (*shape.ids, *shape.others)]
    header = [*_band_headers(bands, shape), *once_headers, *columns.headers()]
    wide = [
        [*_padded(_band_cells(p), n), *(_first(p.rows, c) for c in (*shape.ids, *shape.others))]
        + columns.values(part)
        for p in patients
        for part in _without_repeats(p, shape)
    ]
    spent = [
        place for row in (*table.header_rows, *repeated) for place in filled_places(cells[row])
    ]
    for p in patients:
        spent += _spent(p, shape)
    return [header, *wide], left, spent


def _naming_rows(table: Table, shape: _Shape, cells: list[Line]) -> set[int]:
    """Notes that may be a patient's name above the patient's rows."""
    if shape.ids:
        return set()
    return {row for row in table.notes if _names_a_patient(cells[row], shape)}


def _names_a_patient(line: Line, shape: _Shape) -> bool:
    """A row of words without a quantity and numbers."""
    texts = [c for c in line if c.kind != Kind.EMPTY]
    parameter = plain(line[shape.parameter].text)
    measured = any(parse_number(line[c].text).state == "ok" for c in shape.times if line[c].text)
    return (
        0 < len(texts) <= _BAND_CELLS
        and not measured
        and not (parameter and _is_parameter(parameter))
    )


def _begins_a_patient(line: Line, following: Line | None, seen: set[str], shape: _Shape) -> bool:
    """A row that names a patient, before a quantity that the patient above has already."""
    if shape.ids or following is None or not _names_a_patient(line, shape):
        return False
    name = compact(following[shape.parameter].text)
    return _is_parameter(plain(following[shape.parameter].text)) and (not seen or name in seen)


def _patients(shape: _Shape, lines: list[Line]) -> list[_Patient]:
    """The rows of each patient; one without an id of its own belongs to the patient above it, as
    long as its quantity is a new one.
    """
    found: list[_Patient] = []
    key: tuple[str, ...] = ()
    for line, following in zip(lines, [*lines[1:], None], strict=True):
        seen = {compact(row[shape.parameter].text) for row in found[-1].rows} if found else set()
        if _begins_a_patient(line, following, seen, shape):
            found.append(_Patient(band=line))
            continue
        ids = tuple(plain(line[c].text) for c in shape.ids)
        parameter = compact(line[shape.parameter].text)
        same = any(ids) and ids == key if any(ids) else parameter not in seen
        if not found or (any(ids) and not same) or not same:
            found.append(_Patient())
        key = ids if any(ids) else (key if same else ())
        found[-1].rows.append(line)
    return [p for p in found if p.rows or p.band]


def _band_cells(patient: _Patient) -> Line:
    """The words of the row that names a patient: ``编号：P001`` without its label."""
    cells = [c for c in patient.band or () if c.kind != Kind.EMPTY]
    return [part for c in cells for part in _parted(c._replace(text=_unlabelled(c.text)))]


def _parted(cell: Cell) -> Line:
    """``P001（TDT）`` → P001, TDT: an id with the groups it belongs to."""
    first, *rest = [t for t in _BESIDE.split(cell.text) if t] or [""]
    if rest and not group_meanings(first) and all(map(group_meanings, rest)):
        return [cell._replace(text=text) for text in (first, *rest)]
    return [cell]


def _unlabelled(text: str) -> str:
    label, mark, value = plain(text).partition(":")
    known = bool(read_header(label).target) or says_patient(label)
    return value.strip() if mark and value.strip() and known else plain(text)


def _band_headers(bands: list[Line], shape: _Shape) -> Line:
    """Headers of the words that name patients: the id first, then what kind of group each names."""
    headers = [Cell(shape.id_header, Kind.TEXT)] if any(bands) else []
    for place in range(1, max(map(len, bands), default=0)):
        texts = [band[place].text for band in bands if len(band) > place]
        kinds = {tuple(m.kind for m in group_meanings(text)) for text in texts}
        kind = kinds.pop() if len(kinds) == 1 else ()
        headers.append(Cell(kind[0], Kind.TEXT) if len(kind) == 1 else Cell())
    return headers


def _padded(cells: Line, n: int) -> Line:
    return [*cells, *[Cell()] * (n - len(cells))]


def _first(rows: list[Line], column: int) -> Cell:
    return next((row[column] for row in rows if row[column].kind != Kind.EMPTY), Cell())


def _without_repeats(patient: _Patient, shape: _Shape) -> list[list[Line]]:
    """The patient's rows, and once more for each further row of a quantity."""
    parts: list[list[Line]] = []
    for row in patient.rows:
        name = compact(row[shape.parameter].text)
        part = next(
            (p for p in parts if name not in {compact(r[shape.parameter].text) for r in p}), None
        )
        if part is None:
            parts.append([row])
        else:
            part.append(row)
    return parts or [[]]


def _spent(patient: _Patient, shape: _Shape) -> list[tuple[int, int, int]]:
    """Cells that name the quantity or unit, and repeats of what the patient's first row says."""
    names = [row[c] for row in patient.rows for c in (shape.parameter, shape.unit) if c is not None]
    for column in (*shape.ids, *shape.others):
        first = _first(patient.rows, column)
        names += [r[column] for r in patient.rows if plain(r[column].text) == plain(first.text)]
    return list(filled_places(names))


class _Columns:
    """The columns of the wide table: one for each quantity, unit and time in order of
    appearance.
    """

    def __init__(self, shape: _Shape, rows: list[Line]) -> None:
        self.shape = shape
        self.names: dict[tuple[str, str], tuple[str, str]] = {}  # key → spelling, unit
        for row in rows:
            text, unit = self._words(row)
            self.names.setdefault(self._key(row), (text, unit))
        self.used = {
            (self._key(row), c) for row in rows for c in shape.times if row[c].kind != Kind.EMPTY
        }

    def _words(self, row: Line) -> tuple[str, str]:
        unit = plain(row[self.shape.unit].text) if self.shape.unit is not None else ""
        return plain(row[self.shape.parameter].text), unit

    def _key(self, row: Line) -> tuple[str, str]:
        """Two spellings of one quantity are one column."""
        text, unit = self._words(row)
        header = read_header(text)
        name = header.target if header.target and header.time is None else compact(text)
        return f"{name}/{header.unit}", compact(unit) or unit

    def _places(self) -> list[tuple[tuple[str, str], int]]:
        return [(key, c) for key in self.names for c in self.shape.times if (key, c) in self.used]

    def headers(self) -> Line:
        return [Cell(self._header(key, c), Kind.TEXT) for key, c in self._places()]

    def _header(self, key: tuple[str, str], column: int) -> str:
        """``Hb 6月 (g/L)``; what is known once of a patient has no time."""
        text, unit = self.names[key]
        times = [c for k, c in self._places() if k == key]
        target = read_header(text).target
        timed = target in MEASURED or target not in fields() or len(times) > 1
        words = [text, self.shape.times[column] if timed else "", f"({unit})" if unit else ""]
        return " ".join(word for word in words if word)

    def values(self, rows: list[Line]) -> Line:
        by_key = {self._key(row): row for row in rows}
        return [by_key[key][c] if key in by_key else Cell() for key, c in self._places()]
