"""What calamine does not tell about an xls: that a password protects it, and its error words.

Records after MS-XLS, only as much as these two questions need. (A formula of an xls always has a
stored value.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from thal_core.sheets.limits import Refused
from thal_core.sheets.look import Look, fills_of_xls, look_of_xls
from thal_core.sheets.sheet_xml import SheetFindings

_BOF, _EOF, _BOUNDSHEET, _FILEPASS, _BOOLERR = 0x0809, 0x000A, 0x0085, 0x002F, 0x0205
_FORMULAS = (0x0006, 0x0206, 0x0406)
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
}
Stream = bytes


class Unreadable(Exception):
    """Not the plain structure expected: calamine may still manage, but nothing is found here."""


def scan_xls(stream: Stream) -> list[SheetFindings]:
    """One finding a sheet of the workbook's stream, in its order. Refused where a password protects
    it.
    """
    try:
        return [_sheet(stream, start) for start in _starts(stream)]
    except (struct.error, IndexError) as error:
        raise Unreadable from error


def looks_of_xls(stream: Stream) -> list[Look]:
    """The look of each sheet, in the workbook's order."""
    try:
        fills = fills_of_xls(_records(stream, 0), stream)
        return [look_of_xls(stream, _records_of(stream, s), fills) for s in _starts(stream)]
    except (struct.error, IndexError):
        return []


def _starts(stream: Stream) -> list[int]:
    """Where the sheets begin."""
    starts = []
    for kind, body in _records(stream, 0):
        if kind == _FILEPASS:
            raise Refused("reading.password")
        if kind == _BOUNDSHEET:
            starts.append(struct.unpack_from("<I", stream, body)[0])
        if kind == _EOF:
            break
    return starts


def _records_of(stream: Stream, start: int) -> Iterator[tuple[int, int]]:
    """The records of one sheet, without those of charts in it."""
    depth = 0
    for kind, body in _records(stream, start):
        if kind == _BOF:
            depth += 1  # an embedded chart is a stream within the stream
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                return
        elif depth == 1:
            yield kind, body


def _sheet(stream: Stream, start: int) -> SheetFindings:
    errors = []
    for kind, body in _records_of(stream, start):
        if kind == _BOOLERR:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, body)
            if is_error:
                errors.append((row, column, _ERRORS.get(code, "#N/A")))
        elif kind in _FORMULAS:
            row, column, _, result, special = struct.unpack_from("<HHH6sH", stream, body)
            if special == 0xFFFF and result[0] == 2:
                errors.append((row, column, _ERRORS.get(result[2], "#N/A")))
    return SheetFindings(tuple(errors))


def _records(stream: Stream, place: int) -> Iterator[tuple[int, int]]:
    """(record type, place of its body) from ``place`` on."""
    end = len(stream) - 4
    head = struct.Struct("<HH")
    while place <= end:
        kind, length = head.unpack_from(stream, place)
        yield kind, place + 4
        place += 4 + length
