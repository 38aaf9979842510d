"""What calamine does not tell about the sheets of an ods: error words, formulas without a value,
merged cells.

Also refuses cells far away: in an ods one tag can stand for millions of cells.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field

from thal_core.sheets.grid import ERROR_WORDS
from thal_core.sheets.limits import Refused, limit, thousands
from thal_core.sheets.sheet_xml import SheetFindings, cell_name

_TAG = re.compile(rb"<table:(table|table-row|table-cell|covered-table-cell)(?=[\s/>])([^<>]*)>")
_NUMBER = {
    name: re.compile(rf'table:number-{name}="(\d{{1,18}})'.encode())
    for name in ("columns-repeated", "rows-repeated", "columns-spanned", "rows-spanned")
}
_NAME = re.compile(rb'table:name="([^"]*)"')


@dataclass
class _Walk:
    """Where the reading stands, and what was found in the sheet so far."""

    sheet: str = ""
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
    """Sheet name → findings. Refused, naming the cell, for a value beyond the limits."""
    found, walk = {}, _Walk()
    tags = list(_TAG.finditer(xml))
    for tag, following in zip(tags, [*tags[1:], None], strict=True):
        kind, attributes = tag.groups()
        if kind == b"table":
            name = _NAME.search(attributes)
            walk = _Walk(html.unescape(name[1].decode("utf-8", "replace")) if name else "")
            found[walk.sheet] = walk
        elif kind == b"table-row":
            walk.row, walk.column = walk.next_row, 0
            walk.row_repeat = _count("rows-repeated", attributes)
            walk.next_row += walk.row_repeat
        else:
            content = (
                b""
                if attributes.endswith(b"/")
                else xml[tag.end() : following.start() if following else len(xml)]
            )
            _cell(walk, attributes, content)
    return {name: walk.findings() for name, walk in found.items()}


def _cell(walk: _Walk, attributes: bytes, content: bytes) -> None:
    repeat = _count("columns-repeated", attributes) if b"repeated" in attributes else 1
    if b"value-type" in attributes or b"<text:p" in content:
        _refuse_far(walk, repeat)
        text = _text(content) if b"#" in content or b'"error"' in attributes else ""
        if text and (text in ERROR_WORDS or b'value-type="error"' in attributes):
            _add_each(walk, repeat, text)
    elif b"table:formula" in attributes:
        _refuse_far(walk, repeat)
        _add_each(walk, repeat, None)
    if b"spanned" in attributes:
        bottom = walk.row + _count("rows-spanned", attributes) - 1
        right = walk.column + _count("columns-spanned", attributes) - 1
        if (bottom, right) != (walk.row, walk.column):
            walk.merged.append((walk.row, walk.column, bottom, right))
    walk.column += repeat


def _add_each(walk: _Walk, repeat: int, error: str | None) -> None:
    if repeat * walk.row_repeat > limit("cells"):
        raise Refused("reading.too_heavy")
    for row in range(walk.row, walk.row + walk.row_repeat):
        for column in range(walk.column, walk.column + repeat):
            if error is None:
                walk.formulas.append((row, column))
            else:
                walk.errors.append((row, column, error))


def _refuse_far(walk: _Walk, repeat: int) -> None:
    last_row, last_column = walk.row + walk.row_repeat - 1, walk.column + repeat - 1
    if last_row >= limit("rows") or last_column >= limit("columns"):
        raise Refused(
            "reading.far_cell",
            cell=cell_name(last_row, last_column),
            sheet=walk.sheet,
            rows=thousands(limit("rows")),
            columns=thousands(limit("columns")),
        )


def _count(name: str, attributes: bytes) -> int:
    match = _NUMBER[name].search(attributes)
    return int(match[1]) if match else 1


def _text(content: bytes) -> str:
    *noted, rest = content.split(b"</office:annotation>")
    words = b"".join(part.partition(b"<office:annotation")[0] for part in noted) + rest
    plain = re.sub(rb"<[^<>]*>", b"", words)
    return html.unescape(plain.decode("utf-8", "replace")).strip()
