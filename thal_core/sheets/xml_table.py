"""Workbooks in the XML form of Excel 2003 (SpreadsheetML). Runs in the child process only."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from thal_core.sheets.grid import ERROR, FORMULA, Grid, grid_from_ragged, with_cells
from thal_core.sheets.limits import Refused, limit, thousands
from thal_core.sheets.sheet_xml import cell_name
from thal_core.sheets.xml_events import read_events

_SPACE = "urn:schemas-microsoft-com:office:spreadsheet"


@dataclass
class _Sheet:
    name: str
    hidden: bool = False
    rows: list[list[object]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    errors: list[tuple[int, int, str]] = field(default_factory=list)
    formulas: list[tuple[int, int]] = field(default_factory=list)


class _Reader:
    """Events of the XML parser → sheets."""

    def __init__(self) -> None:
        self.sheets: list[_Sheet] = []
        self.row = self.column = -1
        self.kind: str | None = None
        self.words: list[str] = []
        self.formula = self.visible_word = False

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        values = {key.removeprefix(_SPACE + " "): value for key, value in attributes.items()}
        match tag.removeprefix(_SPACE + " "):
            case "Worksheet":
                self.sheets.append(_Sheet(values.get("Name", "")))
                self.row = -1
            case "Row":
                self.row, self.column = _index(values, self.row), -1
            case "Cell":
                self._start_cell(values)
            case "Data":
                self.kind, self.words = values.get("Type", "String"), []
            case other:
                self.visible_word = other.endswith(" Visible")

    def _start_cell(self, values: dict[str, str]) -> None:
        self.column, self.formula = _index(values, self.column), "Formula" in values
        across, down = _number(values.get("MergeAcross")), _number(values.get("MergeDown"))
        if across or down:
            self.sheets[-1].merged.append(
                (self.row, self.column, self.row + down, self.column + across)
            )
        self.across = across

    def end(self, tag: str) -> None:
        match tag.removeprefix(_SPACE + " "):
            case "Data":
                self._put("".join(self.words))
                self.kind, self.formula = None, False
            case "Cell":
                if self.formula:
                    self._put("")
                    self.sheets[-1].formulas.append((self.row, self.column))
                self.column += self.across
            case _:
                self.visible_word = False

    def data(self, text: str) -> None:
        if self.kind is not None:
            self.words.append(text)
        elif self.visible_word and self.sheets:
            self.sheets[-1].hidden |= text.strip() in ("SheetHidden", "SheetVeryHidden")

    def _put(self, text: str) -> None:
        sheet = self.sheets[-1]
        if self.row >= limit("rows") or self.column >= limit("columns"):
            raise Refused(
                "reading.far_cell",
                cell=cell_name(self.row, self.column),
                sheet=sheet.name,
                rows=thousands(limit("rows")),
                columns=thousands(limit("columns")),
            )
        if self.kind == "Error":
            sheet.errors.append((self.row, self.column, text))
        sheet.rows.extend([] for _ in range(self.row + 1 - len(sheet.rows)))
        cells = sheet.rows[self.row]
        cells.extend([""] * (self.column + 1 - len(cells)))
        cells[self.column] = _value(text, self.kind)


def read_spreadsheet_xml(data: bytes, progress: Callable[[float, str], None]) -> list[Grid]:
    """Every work sheet, from UTF-8 bytes. Refused for entity declarations and broken XML."""
    reader = _Reader()
    try:
        whole = read_events(
            data,
            reader.start,
            reader.end,
            reader.data,
            encoding="utf-8",
            on_share=lambda share: progress(0.8 * share, "reading.progress.cells"),
        )
    except IndexError as error:  # a cell outside any sheet
        raise Refused("reading.damaged") from error
    if not whole:
        raise Refused("reading.damaged")
    if len(reader.sheets) > limit("sheets"):
        raise Refused(
            "reading.too_many_sheets", count=len(reader.sheets), limit=int(limit("sheets"))
        )
    return [_grid(sheet) for sheet in reader.sheets]


def _grid(sheet: _Sheet) -> Grid:
    grid = grid_from_ragged(sheet.name, sheet.rows, tuple(sheet.merged))
    grid = with_cells(grid, sheet.errors, ERROR)
    grid = with_cells(grid, ((row, column, "") for row, column in sheet.formulas), FORMULA)
    return replace(grid, hidden=sheet.hidden)


def _value(text: str, kind: str | None) -> object:
    try:
        match kind:
            case "Number":
                return float(text)
            case "Boolean":
                return text.strip() == "1"
            case "DateTime":
                moment = dt.datetime.fromisoformat(text)
                return moment.date() if moment.time() == dt.time() else moment
    except ValueError:
        pass
    return text


def _index(values: dict[str, str], last: int) -> int:
    return _number(values["Index"]) - 1 if "Index" in values else last + 1


def _number(text: str | None) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else 0
