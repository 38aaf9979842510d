"""What calamine does not tell about a sheet of an xlsx: error words, formulas without a value,
cells far away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thal_core.sheets.limits import Refused, limit, thousands
from thal_core.sheets.xml_events import local_name, read_events

_DIGITS = "0123456789"


@dataclass(frozen=True)
class SheetFindings:
    """Cells as (row, column[, error word]), 0-based."""

    errors: tuple[tuple[int, int, str], ...] = ()
    formulas: tuple[tuple[int, int], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def scan_sheet_xml(xml: bytes, sheet: str) -> SheetFindings:
    """Error cells and formulas without a stored value. Refused, naming the cell, for a value beyond
    the limits. Of XML that breaks off, what stands before the break.
    """
    if not _worth_reading(xml):
        return SheetFindings()
    reader = _Reader(sheet)
    read_events(xml, reader)
    return SheetFindings(tuple(reader.errors), tuple(reader.formulas))


def column_number(letters: str) -> int:
    """A → 0, XFD → 16383."""
    number = 0
    for letter in letters.upper():
        number = number * 26 + ord(letter) - 64
    return number - 1


def cell_name(row: int, column: int) -> str:
    """0-based row and column → B2 (sheet.cell_address, without pandas)."""
    letters, number = "", column + 1
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return f"{letters}{row + 1}"


class _Reader:
    """Events of the XML parser → errors and formulas."""

    def __init__(self, sheet: str) -> None:
        self.sheet, self.rows, self.columns = sheet, limit("rows"), limit("columns")
        self.errors: list[tuple[int, int, str]] = []
        self.formulas: list[tuple[int, int]] = []
        self.row = self.column = -1
        self.kind: str | None = None
        self.formula = self.inline = self.in_value = False
        self.value: str | None = None

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = local_name(tag)
        if name == "c":
            self.row, self.column = _place(attributes.get("r", ""), self.row, self.column)
            self.kind, self.value = attributes.get("t"), None
            self.formula = self.inline = False
        elif name == "v":
            self.value, self.in_value = "", True
        elif name == "f":
            self.formula = True
        elif name == "is":
            self.inline = True
        elif name == "row":
            number = attributes.get("r", "").strip()
            self.row = int(number) - 1 if _is_number(number) else self.row + 1
            self.column = -1

    def data(self, text: str) -> None:
        if self.in_value and self.value is not None:
            self.value += text

    def end(self, tag: str) -> None:
        name = local_name(tag)
        if name == "v":
            self.in_value = False
        elif name == "c":
            self._end_cell()

    def _end_cell(self) -> None:
        value = (self.value or "").strip()
        if (value or self.formula or self.inline) and (
            self.row >= self.rows or self.column >= self.columns
        ):
            self._refuse_far()
        if self.kind == "e" and self.value is not None:
            self.errors.append((self.row, self.column, value))
        elif self.formula and not value and not (self.kind == "str" and self.value is not None):
            self.formulas.append((self.row, self.column))  # no value at all; "" is one of a text

    def _refuse_far(self) -> None:
        raise Refused(
            "reading.far_cell",
            cell=cell_name(self.row, self.column),
            sheet=self.sheet,
            rows=thousands(self.rows),
            columns=thousands(self.columns),
        )


def _place(address: str, row: int, column: int) -> tuple[int, int]:
    """Where a cell says it stands (B2), or else behind the last one."""
    address = address.strip()
    letters = address.rstrip(_DIGITS)
    number = address[len(letters) :]
    if letters.isascii() and letters.isalpha() and _is_number(number):
        return int(number) - 1, column_number(letters)
    return row, column + 1


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


def _worth_reading(xml: bytes) -> bool:
    """Could the sheet hold an error, a formula or a far cell? Most hold none, and the parser takes
    as long as calamine does.
    """
    marks = (b"<f", b":f", b'"e"', b"'e'")
    return any(mark in xml for mark in marks) or bool(_far_address().search(xml))


@lru_cache(maxsize=1)
def _far_address() -> re.Pattern[bytes]:
    """Every address beyond the limits, and some within."""
    rows, columns = str(int(limit("rows"))), int(limit("columns"))
    far_row = f"[{rows[0]}-9]\\d{{{len(rows) - 1}}}|\\d{{{len(rows) + 1},}}"  # 200000: 2xxxxx …
    first = chr(64 + (columns - 1) // 26) if columns > 26 else "A"  # 500 is SF: S …
    far_column = f"[A-Za-z]{{3}}|[{first}-Z{first.lower()}-z][A-Za-z]"
    return re.compile(
        f"r\\s{{0,9}}=\\s{{0,9}}[\"']\\s{{0,9}}(?:{far_column}|[A-Za-z]{{0,2}}(?:{far_row}))".encode()
    )
