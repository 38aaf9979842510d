"""How the sheets of an ods look: what is hidden, how many cells have comments or a fill colour."""

from __future__ import annotations

from dataclasses import dataclass, field

from thal_core.sheets.limits import limit
from thal_core.sheets.look import Look, coloured
from thal_core.sheets.xml_events import local_name, read_events

_MARKS = (b"visibility=", b"annotation", b"background-color")  # most sheets have none of them
_HIDDEN = frozenset({"collapse", "filter"})


@dataclass
class _Sheet:
    """What was seen of a sheet so far, and where its reading stands."""

    row: int = 0
    rows: int = 1  # that one tag stands for
    column: int = 0
    hidden_rows: set[int] = field(default_factory=set)
    hidden_columns: set[int] = field(default_factory=set)
    comments: int = 0
    cells: list[tuple[int, bool]] = field(default_factory=list)

    def look(self) -> Look:
        rows, columns = tuple(sorted(self.hidden_rows)), tuple(sorted(self.hidden_columns))
        return Look(rows, columns, self.comments, coloured(self.cells))


def looks_of_ods(xml: bytes) -> dict[str, Look]:
    """Sheet name → look."""
    if not any(mark in xml for mark in _MARKS):
        return {}
    reader = _Reader()
    read_events(xml, reader.start, reader.end)
    return {name: sheet.look() for name, sheet in reader.sheets.items()}


class _Reader:
    """Events of the XML parser → looks."""

    def __init__(self) -> None:
        self.sheets: dict[str, _Sheet] = {}
        self.sheet = _Sheet()
        self.style = ""
        self.coloured: set[str] = set()

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        values = {local_name(key): value for key, value in attributes.items()}
        if name == "style":
            self.style = values.get("name", "")
        elif name == "table-cell-properties":
            colour = values.get("background-color", "transparent").lower()
            self.coloured |= set() if colour in ("transparent", "#ffffff") else {self.style}
        elif name == "table":
            self.sheet = self.sheets.setdefault(values.get("name", ""), _Sheet())
        elif name == "annotation":
            self.sheet.comments += 1
        elif name == "table-column":
            self._add_columns(values)
        elif name == "table-row":
            self._start_row(values)
        elif name == "table-cell" and "value-type" in values:
            marked = values.get("style-name", "") in self.coloured
            self.sheet.cells.append((self.sheet.row, marked))

    def _add_columns(self, values: dict[str, str]) -> None:
        n = min(_count(values, "columns"), int(limit("columns")))
        if values.get("visibility") in _HIDDEN:
            self.sheet.hidden_columns |= set(range(self.sheet.column, self.sheet.column + n))
        self.sheet.column += n

    def _start_row(self, values: dict[str, str]) -> None:
        self.sheet.rows = _count(values, "rows")
        n = min(self.sheet.rows, int(limit("rows")))
        if values.get("visibility") in _HIDDEN:
            self.sheet.hidden_rows |= set(range(self.sheet.row, self.sheet.row + n))

    def end(self, tag: str) -> None:
        if local_name(tag) == "table-row":
            self.sheet.row += self.sheet.rows


def _count(values: dict[str, str], what: str) -> int:
    text = values.get(f"number-{what}-repeated", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 1
