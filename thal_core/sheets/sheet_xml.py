"""What calamine does not tell about a sheet of an xlsx: error words, formulas without a value,
cells far away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from thal_core.sheets.limits import Refused, limit, thousands

_ERROR = re.compile(
    rb' r="([A-Z]{1,50})(\d+)"[^<>]{0,100} t="e"[^<>]{0,100}>\s{0,99}'
    rb"(?:<(?:\w{1,20}:)?f[^<>]{0,400}(?:/>|>[^<]{0,9000}</(?:\w{1,20}:)?f>)\s{0,99})?<(?:\w{1,20}:)?v>([^<]*)"
)
_FORMULA = re.compile(
    rb' r="([A-Z]{1,50})(\d+)"([^<>]{0,200})>\s{0,99}'
    rb"<(?:\w{1,20}:)?f\b[^<>]{0,400}(?:/>|>[^<]{0,9000}</(?:\w{1,20}:)?f>)\s{0,99}"
    rb"(<(?:\w{1,20}:)?v\s?/>|<(?:\w{1,20}:)?v>\s{0,99}</(?:\w{1,20}:)?v>)?\s{0,99}</(?:\w{1,20}:)?c>"
)
_HAS_CONTENT = rb'"[^<>]{0,200}[^/<>]>\s{0,99}<(?:\w{1,20}:)?(?:v>[^<]|is\b|f\b)'


@dataclass(frozen=True)
class SheetFindings:
    """Cells as (row, column[, error word]), 0-based."""

    errors: tuple[tuple[int, int, str], ...] = ()
    formulas: tuple[tuple[int, int], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def scan_sheet_xml(xml: bytes, sheet: str) -> SheetFindings:
    """Error cells and formulas without a stored value. Refused, naming the cell, for a value beyond
    the limits.
    """
    if b"='" in xml[:4096]:  # a writer that prefers single quotes does so from the start
        xml = re.sub(rb"='([^'\"<>]*)'", rb'="\1"', xml)
    _refuse_far_cells(xml, sheet)
    errors = (
        tuple(
            (int(row) - 1, column_number(letters), word.decode("utf-8", "replace"))
            for letters, row, word in _ERROR.findall(xml)
        )
        if b't="e"' in xml
        else ()
    )
    return SheetFindings(errors, tuple(_unstored(xml)))


def column_number(letters: bytes) -> int:
    """b"A" → 0, b"XFD" → 16383."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """0-based row and column → B2 (sheet.cell_address, without pandas)."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


def _unstored(xml: bytes) -> list[tuple[int, int]]:
    """A formula's empty text (t="str" with an empty value) is a stored value; no value element is
    none.
    """
    if b"f>" not in xml:
        return []
    return [
        (int(row) - 1, column_number(letters))
        for letters, row, attributes, value in _FORMULA.findall(xml)
        if not (value and b't="str"' in attributes)
    ]


def _refuse_far_cells(xml: bytes, sheet: str) -> None:
    """Formatting alone may reach as far as it likes; only a cell that says something counts."""
    rows, columns = int(limit("rows")), int(limit("columns"))
    far_row, far_column = _beyond(rows), f"[A-Z]{{3,}}|[{_first_letter(columns)}-Z][A-Z]"
    if not (
        re.search(f'row [^<>]{{0,90}}?r="(?:{far_row})"'.encode(), xml)
        or re.search(f' r="(?:{far_column})'.encode(), xml)
    ):
        return
    far = f' r="(?=(?:{far_column})\\d|[A-Z]{{0,50}}(?:{far_row})")([A-Z]{{1,50}})(\\d+)'.encode()
    for match in re.finditer(far + _HAS_CONTENT, xml):
        letters, row = match.groups()
        if int(row) > rows or column_number(letters) >= columns:
            raise Refused(
                "reading.far_cell",
                cell=(letters + row).decode(),
                sheet=sheet,
                rows=thousands(rows),
                columns=thousands(columns),
            )


def _beyond(number: int) -> str:
    """A pattern of every number beyond the limit and of few within (200000 → 2xxxxx and up)."""
    digits, first = len(str(number)), str(number)[0]
    return f"[{first}-9]\\d{{{digits - 1}}}|\\d{{{digits + 1},}}"


def _first_letter(columns: int) -> str:
    """The first letter of the limit's two-letter column name (500 → SF → S)."""
    return chr(64 + (columns - 1) // 26) if columns > 26 else "A"
