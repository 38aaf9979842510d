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
_MARKS = (b"<f", b":f", b'"e"', b"'e'")  # an error or a formula; most sheets hold none


@dataclass(frozen=True)
class SheetFindings:
    """Cells as (row, column[, error word]), 0-based."""

    errors: tuple[tuple[int, int, str], ...] = ()
    formulas: tuple[tuple[int, int], ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()


def scan_sheet_xml(xml: bytes, sheet: str) -> SheetFindings:
    """Error cells and formulas without a stored value. Refused, naming the cell, for a value beyond
    the limits. Of XML that breaks off, what stands before the break. A sheet without any mark of
    them is not parsed: that takes as long as calamine does.
    """
    far = bool(_not_plainly_near().search(xml))
    if not far and not any(mark in xml for mark in _MARKS):
        return SheetFindings()
    reader = _Reader(sheet, far)
    read_events(xml, reader.start, data=reader.words.append)
    reader.end_cell()
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
    """Starts of elements → errors and formulas. A cell ends where the next one starts: a large
    sheet has millions of elements, and each call counts.
    """

    def __init__(self, sheet: str, far: bool) -> None:
        self.sheet, self.far = sheet, far
        self.rows, self.columns = limit("rows"), limit("columns")
        self.errors: list[tuple[int, int, str]] = []
        self.formulas: list[tuple[int, int]] = []
        self.row, self.address, self.behind = -1, "", -1  # the last address, and cells behind it
        self.kind: str | None = None
        self.formula = self.inline = self.valued = False
        self.words: list[str] = []
        self.space = ""  # the namespace of rows and cells

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        name = tag[-2:].lstrip()
        if name == "v":
            self.words.clear()
            self.valued = True
        elif name == "c":
            self._start_cell(attributes)
        elif name == "f":
            self.formula |= tag[:-1] == self.space
        elif name == "is":
            self.inline = True
        elif name == "ow" and local_name(tag) == "row":
            self.space = tag[:-3]
            self._start_row(attributes.get("r", "").strip())

    def _start_cell(self, attributes: dict[str, str]) -> None:
        if self.formula or self.far or self.kind == "e":
            self.end_cell()
        address = attributes.get("r")
        if address is None:
            self.behind += 1
        else:
            self.address, self.behind = address, 0
        self.kind = attributes.get("t")
        self.formula = self.inline = self.valued = False
        self.words.clear()

    def _start_row(self, number: str) -> None:
        self.end_cell()
        self.row = int(number) - 1 if _is_number(number) else self.row + 1
        self.address, self.behind, self.kind = "", -1, None
        self.formula = self.inline = self.valued = False

    def end_cell(self) -> None:
        """Notes what the last cell was, once all of it has been heard."""
        value = "".join(self.words).strip() if self.valued else ""
        if not (value or self.formula or self.inline or self.kind == "e"):
            return
        row, column = self._place()
        if row >= self.rows or column >= self.columns:
            self._refuse_far(row, column)
        if self.kind == "e" and self.valued:
            self.errors.append((row, column, value))
        elif self.formula and not value and not (self.kind == "str" and self.valued):
            self.formulas.append((row, column))  # no value at all; "" is the value of a text

    def _place(self) -> tuple[int, int]:
        """Where the last cell says it stands (B2), or else behind the one before."""
        address = self.address.strip()
        letters = address.rstrip(_DIGITS)
        number = address[len(letters) :]
        if letters.isascii() and letters.isalpha() and _is_number(number):
            return int(number) - 1, column_number(letters) + self.behind
        return self.row, self.behind

    def _refuse_far(self, row: int, column: int) -> None:
        raise Refused(
            "reading.far_cell",
            cell=cell_name(row, column),
            sheet=self.sheet,
            rows=thousands(self.rows),
            columns=thousands(self.columns),
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) < 19


@lru_cache(maxsize=1)
def _not_plainly_near() -> re.Pattern[bytes]:
    """An address (``r="B2"``) or number of a row that is not seen at once to be within the limits,
    however it is written.
    """
    rows, columns = str(int(limit("rows"))), int(limit("columns"))
    first = chr(64 + (columns - 1) // 26)  # of the last column's name: 500 is SF
    near_column = f"[A-{chr(ord(first) - 1)}]?[A-Z]" if columns > 52 else "[A-Z]"
    more = f"|[1-{int(rows[0]) - 1}]\\d{{{len(rows) - 1}}}" if rows[0] > "1" else ""
    near_row = f"\\d{{1,{len(rows) - 1}}}{more}"  # of 200000: five digits, or six from 1
    return re.compile(f' r\\b(?!="(?:{near_column})?(?:{near_row})")'.encode())
