"""The tables of an HTML page, which hospital systems save under the name .xls. Runs in the child
process only.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from lxml import etree

from thal_core.sheets.grid import Grid, grid_from_ragged
from thal_core.sheets.limits import Refused, limit, thousands

_CHUNK = 1 << 19
_SILENT = frozenset({"script", "style", "title", "noscript"})
_SPACES = re.compile(r"[ \t\r\n\f\xa0]+")


@dataclass
class _Table:
    """A table being read: its finished rows, and the cells that earlier rows' rowspans still
    cover.
    """

    rows: list[list[str]] = field(default_factory=list)
    merged: list[tuple[int, int, int, int]] = field(default_factory=list)
    covered: dict[int, int] = field(default_factory=dict)  # column → rows still covered
    row: list[str] | None = None
    words: list[str] | None = None
    span: tuple[int, int] = (1, 1)

    def start_row(self) -> None:
        self.end_row()
        self.row = []

    def end_row(self) -> None:
        self.end_cell()
        if self.row is not None:
            self.rows.append(self.row)
            if len(self.rows) > limit("rows"):
                raise Refused(
                    "reading.too_many_rows",
                    count=thousands(len(self.rows)),
                    limit=thousands(limit("rows")),
                )
            self.covered = {c: n - 1 for c, n in self.covered.items() if n > 1}
            self.row = None

    def start_cell(self, attributes: dict[str, str]) -> None:
        self.end_cell()
        if self.row is None:
            self.row = []
        self.words, self.span = [], (_span(attributes, "rowspan"), _span(attributes, "colspan"))

    def end_cell(self) -> None:
        if self.words is None or self.row is None:
            return
        while len(self.row) in self.covered:
            self.row.append("")
        down, across = self.span
        top, left = len(self.rows), len(self.row)
        if left + across > limit("columns"):
            raise Refused(
                "reading.too_many_columns",
                count=thousands(left + across),
                limit=thousands(limit("columns")),
            )
        self.row.extend([_plain("".join(self.words))] + [""] * (across - 1))
        if down > 1 or across > 1:
            self.merged.append((top, left, top + down - 1, left + across - 1))
        if down > 1:
            self.covered.update(dict.fromkeys(range(left, left + across), down))
        self.words = None


class _Reader:
    """Events of lxml's HTML parser → tables. A table inside a cell is a table of its own."""

    def __init__(self) -> None:
        self.open: list[_Table] = []
        self.tables: list[_Table] = []
        self.silent = 0

    def start(self, tag: object, attributes: dict[str, str]) -> None:
        if tag in _SILENT:
            self.silent += 1
        elif tag == "table":
            self.open.append(_Table())
            self.tables.append(self.open[-1])
        elif self.open and tag == "tr":
            self.open[-1].start_row()
        elif self.open and tag in ("td", "th"):
            self.open[-1].start_cell(attributes)
        elif self.open and tag in ("br", "p", "div"):
            self.data("\n" if tag == "br" else " ")

    def end(self, tag: object) -> None:
        if tag in _SILENT:
            self.silent = max(0, self.silent - 1)
        elif self.open and tag == "table":
            self.open.pop().end_row()
        elif self.open and tag == "tr":
            self.open[-1].end_row()
        elif self.open and tag in ("td", "th"):
            self.open[-1].end_cell()

    def data(self, text: str) -> None:
        if self.open and self.open[-1].words is not None and not self.silent:
            self.open[-1].words.append("\v" if text == "\n" else text)

    def close(self) -> list[_Table]:
        while self.open:
            self.open.pop().end_row()
        return self.tables


def read_html(data: bytes, name: str, progress: Callable[[float, str], None]) -> list[Grid]:
    """Every table of the page that holds something, from UTF-8 bytes. Refused where there is
    none.
    """
    reader = _Reader()
    parser = etree.HTMLParser(target=reader, encoding="utf-8", huge_tree=True)
    for start in range(0, len(data), _CHUNK):
        progress(0.8 * start / len(data), "reading.progress.cells")
        parser.feed(data[start : start + _CHUNK])
    tables = [t for t in parser.close() if any(any(row) for row in t.rows)]
    if not tables:
        raise Refused("reading.no_table")
    if len(tables) > limit("sheets"):
        raise Refused("reading.too_many_sheets", count=len(tables), limit=int(limit("sheets")))
    return [
        grid_from_ragged(
            name if len(tables) == 1 else f"{name} {number}", table.rows, tuple(_within(table))
        )
        for number, table in enumerate(tables, 1)
    ]


def _within(table: _Table) -> list[tuple[int, int, int, int]]:
    """A rowspan may promise more rows than there are."""
    last = len(table.rows) - 1
    return [
        (top, left, min(bottom, last), right)
        for top, left, bottom, right in table.merged
        if (top, left) != (min(bottom, last), right)
    ]


def _span(attributes: dict[str, str], name: str) -> int:
    text = attributes.get(name, "1").strip()
    number = int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1
    return min(max(number, 1), int(limit("rows")))


def _plain(text: str) -> str:
    """As a browser shows it: runs of white space are one space, <br> is a line end."""
    return "\n".join(part.strip() for part in _SPACES.sub(" ", text).split("\v")).strip()
