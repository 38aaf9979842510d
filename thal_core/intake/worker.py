"""The child process that parses workbooks: ``python -m thal_core.intake.worker``.

One request on standard input (JSON header, then the file's bytes), frames on standard output. A hostile file
may take this process down; the parent says so in one sentence and lives on. Keep the imports light.
"""

from __future__ import annotations

import contextlib
import gc
import json
import struct
import sys
from collections.abc import Iterable
from typing import BinaryIO

from thal_core.intake.files.limits import Refused, limit

FRAME = struct.Struct(">cQ")


def main() -> None:
    """Read one request, answer it, end."""
    gc.disable()  # millions of short-lived cells and no cycles
    _limit_resources()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    request = json.loads(_read_frame(stdin))
    data = _read_frame(stdin)
    try:
        for grid in _grids(data, request, Progress(stdout)):
            _send_grid(stdout, grid)
    except Refused as refusal:
        _send(stdout, b"E", json.dumps({"code": refusal.code, "params": refusal.params}).encode())
    except MemoryError:
        _send(stdout, b"E", json.dumps({"code": "reading.too_heavy", "params": {}}).encode())
    except BaseException:  # a parser's panic is no Exception; whatever it was, the file could not be read
        _send(stdout, b"E", json.dumps({"code": "reading.damaged", "params": {}}).encode())
    _send(stdout, b"D", b"")


class Progress:
    """Tells the parent how far the work is, in shares of one."""

    def __init__(self, stdout: BinaryIO) -> None:
        self._stdout = stdout

    def __call__(self, share: float, code: str) -> None:
        _send(self._stdout, b"P", json.dumps([round(share, 3), code]).encode())


def _grids(data: bytes, request: dict[str, str], progress: Progress) -> Iterable[object]:
    if request["form"] in ("zip", "ole"):
        from thal_core.intake.files.workbook import read_workbook
        return read_workbook(data, request["form"], progress)
    if request["form"] == "html":
        from thal_core.intake.files.html_table import read_html
        return read_html(data, request["name"], progress)
    from thal_core.intake.files.xml_table import read_spreadsheet_xml
    return read_spreadsheet_xml(data, progress)


def _limit_resources() -> None:
    try:
        import resource
    except ImportError:  # Windows: the parent's watch and the checks before parsing must do
        return
    memory, seconds = int(limit("memory_bytes")), int(limit("cpu_seconds"))
    for what, amount in ((resource.RLIMIT_AS, memory), (resource.RLIMIT_CPU, seconds), (resource.RLIMIT_CORE, 0)):
        with contextlib.suppress(ValueError, OSError):  # an outer, lower limit stays
            resource.setrlimit(what, (amount, amount))


def _read_frame(stdin: BinaryIO) -> bytes:
    _, length = FRAME.unpack(stdin.read(FRAME.size))
    return stdin.read(length)


def _send(stdout: BinaryIO, kind: bytes, body: bytes) -> None:
    stdout.write(FRAME.pack(kind, len(body)))
    stdout.write(body)
    stdout.flush()


def _send_grid(stdout: BinaryIO, grid: object) -> None:
    from thal_core.intake.files.grid import pack
    header, body = pack(grid)
    _send(stdout, b"H", json.dumps(header).encode())
    _send(stdout, b"B", body)


if __name__ == "__main__":
    main()
