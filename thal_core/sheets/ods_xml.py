"""What calamine does not tell about the sheets of an ods: error words, formulas without a value,
merged cells.

Also refuses cells far away: in an ods one tag can stand for millions of cells.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from thal_core.sheets.grid import ERROR_WORDS
from thal_core.sheets.limits import Refused, limit, thousands
from thal_core.sheets.sheet_xml import SheetFindings, cell_name
from thal_core.sheets.xml_events import local_name, read_events

_TABLE = "urn:oasis:names:tc:opendocument:xmlns:table:1.0 "
_CELLS = (_TABLE + "table-cell", _TABLE + "covered-table-cell")


@dataclass
class _Sheet:
    """Where the reading of a sheet stands, and what was found in it so far."""

    name: str = ""
    row: int = 0
    next_row: int = 0
    column: int = 0
    row_repeat: int = 1
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)

    def findings(self) -> SheetFindings:
        return SheetFindings(tuple(self.errors), tuple(self.formulas), tuple(self.merged))


def scan_ods_xml(xml: bytes) -> dict[str, SheetFindings]:
    """Sheet name → findings. Refused, naming the cell, for a value beyond the limits. Of XML that
    breaks off, what stands before the break.
    """
    reader = _Reader()
    read_events(xml, reader.start, reader.end, reader.data)
    return {sheet.name: sheet.findings() for sheet in reader.sheets}


class _Reader:
    """Events of the XML parser → sheets."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.cell: dict[str, str] | None = None
        self.words: list[str] = []
        self.paragraph = False
        self.notes = 0  # annotations that are open

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        if tag in _CELLS:
            self.cell, self.words, self.paragraph = attributes, [], False
        elif tag == _TABLE + "table-row" and self.sheets:
            self._start_row(attributes)
        elif tag == _TABLE + "table":
            self.sheets.append(_Sheet(attributes.get(_TABLE + "name", "")))
        elif local_name(tag) == "p":
            self.paragraph = True
        elif local_name(tag) == "annotation":
            self.notes += 1

    def _start_row(self, attributes: dict[str, str]) -> None:
        sheet = self.sheets[-1]
        sheet.row, sheet.column = sheet.next_row, 0
        sheet.row_repeat = _count("rows-repeated", attributes)
        sheet.next_row += sheet.row_repeat

    def data(self, text: str) -> None:
        if self.cell is not None and not self.notes:
            self.words.append(text)

    def end(self, tag: str) -> None:
        if tag in _CELLS and self.cell is not None and self.sheets:
            _add_cell(self.sheets[-1], self.cell, "".join(self.words).strip(), self.paragraph)
            self.cell = None
        elif self.notes and local_name(tag) == "annotation":
            self.notes -= 1


def _add_cell(sheet: _Sheet, attributes: dict[str, str], text: str, paragraph: bool) -> None:
    repeat = _count("columns-repeated", attributes)
    kinds = [value for name, value in attributes.items() if name.endswith(" value-type")]
    if kinds or paragraph:
        _refuse_far(sheet, repeat)
        if text and (text in ERROR_WORDS or "error" in kinds):
            sheet.errors += [(*place, text) for place in _places(sheet, repeat)]
    elif _TABLE + "formula" in attributes:
        _refuse_far(sheet, repeat)
        sheet.formulas += _places(sheet, repeat)
    bottom = sheet.row + _count("rows-spanned", attributes) - 1
    right = sheet.column + _count("columns-spanned", attributes) - 1
    if (bottom, right) != (sheet.row, sheet.column):
        sheet.merged.append((sheet.row, sheet.column, bottom, right))
    sheet.column += repeat


def _places(sheet: _Sheet, repeat: int) -> list[tuple[int, int]]:
    """The cells that one tag stands for."""
    if repeat * sheet.row_repeat > limit("cells"):
        raise Refused("reading.too_heavy")
    return [
        (row, column)
        for row in range(sheet.row, sheet.row + sheet.row_repeat)
        for column in range(sheet.column, sheet.column + repeat)
    ]


def _refuse_far(sheet: _Sheet, repeat: int) -> None:
    last_row, last_column = sheet.row + sheet.row_repeat - 1, sheet.column + repeat - 1
    if last_row >= limit("rows") or last_column >= limit("columns"):
        raise Refused(
            "reading.far_cell",
            cell=cell_name(last_row, last_column),
            sheet=sheet.name,
            rows=thousands(limit("rows")),
            columns=thousands(limit("columns")),
        )


def _count(name: str, attributes: dict[str, str]) -> int:
    text = attributes.get(f"{_TABLE}number-{name}", "1").strip()
    return int(text) if text.isascii() and text.isdigit() and len(text) < 19 else 1
