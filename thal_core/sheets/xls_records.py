"""What calamine does not tell about an xls: that a password protects it, and its error words.

Compound files after MS-CFB, records after MS-XLS; only as much of both as these two questions need.
(A formula of an xls always has a stored value.)
"""

from __future__ import annotations

import struct
from collections.abc import Iterator

from thal_core.sheets.limits import Refused
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
_END_OF_CHAIN = 0xFFFFFFFA  # this and higher numbers are no sectors
Stream = bytes


class Unreadable(Exception):
    """Not the plain structure expected: calamine may still manage, but nothing is found here."""


def scan_xls(data: bytes) -> list[SheetFindings]:
    """One finding a sheet, in the workbook's order. Refused where a password protects it."""
    try:
        stream = _workbook_stream(data)
        starts = []
        for kind, body in _records(stream, 0):
            if kind == _FILEPASS:
                raise Refused("reading.password")
            if kind == _BOUNDSHEET:
                starts.append(struct.unpack_from("<I", stream, body)[0])
            if kind == _EOF:
                break
        return [_sheet(stream, start) for start in starts]
    except (struct.error, IndexError) as error:
        raise Unreadable from error


def _sheet(stream: Stream, start: int) -> SheetFindings:
    errors, depth = [], 0
    for kind, body in _records(stream, start):
        if kind == _BOF:
            depth += 1  # an embedded chart is a stream within the stream
        elif kind == _EOF:
            depth -= 1
            if depth == 0:
                break
        elif kind == _BOOLERR and depth == 1:
            row, column, _, code, is_error = struct.unpack_from("<HHHBB", stream, body)
            if is_error:
                errors.append((row, column, _ERRORS.get(code, "#N/A")))
        elif kind in _FORMULAS and depth == 1:
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


def _workbook_stream(data: bytes) -> Stream:
    size = 1 << struct.unpack_from("<H", data, 0x1E)[0]
    fat_sectors, directory, cutoff = (
        struct.unpack_from("<I", data, at)[0] for at in (0x2C, 0x30, 0x38)
    )
    if size not in (512, 4096):
        raise Unreadable
    fat = _fat(data, size, fat_sectors)
    entries = _chain(data, size, fat, directory)
    for at in range(0, len(entries) - 127, 128):
        length = struct.unpack_from("<H", entries, at + 64)[0]
        if entries[at : at + max(length - 2, 0)].decode("utf-16-le", "replace") in (
            "Workbook",
            "Book",
        ):
            start, bytes_ = struct.unpack_from("<II", entries, at + 116)
            if bytes_ < cutoff:
                raise Unreadable
            return _chain(data, size, fat, start)[:bytes_]
    raise Unreadable


def _fat(data: bytes, size: int, count: int) -> tuple[int, ...]:
    """The sector table; its own sectors are listed in the header and, beyond 109, in a chain of
    sectors.
    """
    if count > len(data) // size:
        raise Unreadable
    listed = list(struct.unpack_from("<109I", data, 0x4C))
    following, per_sector = struct.unpack_from("<I", data, 0x44)[0], size // 4
    while len(listed) < count:
        sector = struct.unpack_from(f"<{per_sector}I", data, (following + 1) * size)
        listed.extend(sector[:-1])
        following = sector[-1]
    fat: list[int] = []
    for sector in listed[:count]:
        fat.extend(struct.unpack_from(f"<{per_sector}I", data, (sector + 1) * size))
    return tuple(fat)


def _chain(data: bytes, size: int, fat: tuple[int, ...], sector: int) -> bytes:
    parts: list[bytes] = []
    while sector < _END_OF_CHAIN:
        if len(parts) > len(fat):
            raise Unreadable  # a ring of sectors
        parts.append(data[(sector + 1) * size : (sector + 2) * size])
        sector = fat[sector]
    return b"".join(parts)
