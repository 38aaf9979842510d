"""How a sheet of an xlsx or xls looks, as far as it may mean something: what is hidden, how many
cells have comments or a fill colour of their own. calamine tells none of it. No comment's text is
kept.
"""

from __future__ import annotations

import struct
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from thal_core.sheets.limits import limit
from thal_core.sheets.xml_events import local_name, read_elements, read_events

_MOST_BYTES = 30_000_000  # of XML in which colours are looked for
_HEADERS = 3  # rows at the top whose colours are decoration
_STRIPES = 0.4  # share of rows coloured as a whole from which colour is decoration
_PLAIN = frozenset({"FFFFFFFF", "00FFFFFF", "FFFFFF", "#ffffff", "transparent"})
_TRUE = frozenset({"1", "true"})
_XF, _COLINFO, _ROW, _NOTE = 0x00E0, 0x007D, 0x0208, 0x001C
_EOF = 0x000A
_CELLS = frozenset({0x0203, 0x027E, 0x00FD, 0x0204, 0x0006})  # numbers, texts, formulas
_SEVERAL = 0x00BD  # numbers side by side
_HIDDEN_ROW, _WHITE = 0x20, (1, 9, 64)  # colour numbers of white and of no colour


@dataclass(frozen=True)
class Look:
    """0-based rows and columns that are hidden; numbers of cells with comments and colours."""

    hidden_rows: tuple[int, ...] = ()
    hidden_columns: tuple[int, ...] = ()
    comments: int = 0
    coloured: int = 0

    def notes(self) -> tuple[tuple[str, dict[str, str]], ...]:
        """Sentences about what is not read."""
        counts = (
            ("intake.sheet_comments", self.comments),
            ("intake.sheet_colours", self.coloured),
        )
        return tuple((code, {"n": str(n)}) for code, n in counts if n)


def coloured(cells: Iterable[tuple[int, bool]]) -> int:
    """How many cells have a colour that may mean something. ``cells``: row of each cell that says
    something, and whether it is coloured. Headers and stripes are decoration.
    """
    filled: Counter[int] = Counter()
    marked: Counter[int] = Counter()
    for row, is_marked in cells:
        filled[row] += 1
        marked[row] += is_marked
    first = sorted(filled)[:_HEADERS]
    whole = [row for row in filled if marked[row] == filled[row] and filled[row] > 1]
    striped = len(whole) >= _STRIPES * len(filled)
    left_out = {*first, *(whole if striped else ())}
    return sum(n for row, n in marked.items() if row not in left_out)


def coloured_styles(xml: bytes) -> frozenset[str]:
    """The numbers of the cell styles of an xlsx that fill a cell with a colour."""
    fills: list[bool] = []
    styles: list[bool] = []
    inside = ""
    for name, attributes in read_elements(xml):
        if name in ("fills", "cellXfs", "cellStyleXfs", "dxfs", "borders", "cellStyles", "fonts"):
            inside = name
        elif name == "fill" and inside == "fills":
            fills.append(False)
        elif name == "patternFill" and inside == "fills":
            fills[-1] = attributes.get("patternType", "none") not in ("none", "gray125")
        elif name == "fgColor" and inside == "fills":
            fills[-1] &= not _is_plain(attributes)
        elif name == "xf" and inside == "cellXfs":
            number = attributes.get("fillId", "0")
            styles.append(number.isdigit() and int(number) < len(fills) and fills[int(number)])
    return frozenset(str(n) for n, marked in enumerate(styles) if marked)


def _is_plain(colour: dict[str, str]) -> bool:
    return colour.get("rgb", "") in _PLAIN or (colour.get("theme") == "0" and "tint" not in colour)


def look_of_sheet_xml(xml: bytes, styles: frozenset[str], comments: int) -> Look:
    """The look of a sheet of an xlsx; ``styles``: those that colour a cell."""
    if b"hidden=" not in xml and (not styles or len(xml) > _MOST_BYTES):
        return Look(comments=comments)
    reader = _Reader(styles)
    read_events(xml, reader.start)
    rows = tuple(sorted(set(reader.hidden_rows)))
    return Look(rows, tuple(sorted(reader.columns)), comments, coloured(reader.cells))


class _Reader:
    """Starts of elements → hidden rows and columns, and the cells that say something."""

    def __init__(self, styles: frozenset[str]) -> None:
        self.styles = styles
        self.hidden_rows: list[int] = []
        self.columns: set[int] = set()
        self.cells: list[tuple[int, bool]] = []
        self.row, self.marked, self.open = -1, False, False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "c":
            self.marked, self.open = attributes.get("s", "") in self.styles, True
        elif name in ("v", "is") and self.open:
            self.cells.append((self.row, self.marked))
            self.open = False
        elif name == "row":
            number = attributes.get("r", "")
            self.row = int(number) - 1 if number.isdigit() else self.row + 1
            if attributes.get("hidden", "").lower() in _TRUE:
                self.hidden_rows.append(self.row)
        elif name == "col" and attributes.get("hidden", "").lower() in _TRUE:
            first, last = (int(attributes.get(k, "0") or 0) for k in ("min", "max"))
            self.columns |= set(range(first - 1, min(last, int(limit("columns")))))


def look_of_xls(stream: bytes, records: Iterable[tuple[int, int]], fills: list[bool]) -> Look:
    """The look of a sheet of an xls. ``records``: those of the sheet (type, place of the body);
    ``fills``: see ``fills_of_xls``.
    """
    rows: set[int] = set()
    columns: set[int] = set()
    comments, cells = 0, []
    for kind, body in records:
        if kind == _COLINFO:
            first, last, _, _, flags = struct.unpack_from("<HHHHH", stream, body)
            columns |= set(range(first, min(last, 255) + 1)) if flags & 1 else set()
        elif kind == _ROW:
            row = struct.unpack_from("<H", stream, body)[0]
            rows |= {row} if stream[body + 12] & _HIDDEN_ROW else set()
        elif kind == _NOTE:
            comments += 1
        elif kind in _CELLS:
            row, _, style = struct.unpack_from("<HHH", stream, body)
            cells.append((row, style < len(fills) and fills[style]))
        elif kind == _SEVERAL:
            row, styles = _several(stream, body)
            cells += [(row, style < len(fills) and fills[style]) for style in styles]
    return Look(tuple(sorted(rows)), tuple(sorted(columns)), comments, coloured(cells))


def _several(stream: bytes, body: int) -> tuple[int, list[int]]:
    """(row, formats) of a record that holds several numbers of a row."""
    length = struct.unpack_from("<H", stream, body - 2)[0]
    row = struct.unpack_from("<H", stream, body)[0]
    places = range(body + 4, body + length - 2, 6)
    return row, [struct.unpack_from("<H", stream, place)[0] for place in places]


def fills_of_xls(records: Iterable[tuple[int, int]], stream: bytes) -> list[bool]:
    """Which of the workbook's cell formats, in their order, fill a cell with a colour.
    ``records``: those of the workbook before its sheets.
    """
    fills = []
    for kind, body in records:
        if kind == _EOF:
            break
        if kind == _XF:
            border, colours = struct.unpack_from("<IH", stream, body + 14)
            fills.append(bool(border >> 26 & 0x3F) and (colours & 0x7F) not in _WHITE)
    return fills
