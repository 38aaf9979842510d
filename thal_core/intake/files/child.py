"""The parent's side of the child process: start it, hand it the bytes, watch it, end it."""

from __future__ import annotations

import contextlib
import json
import os
import queue
import struct
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO

import pandas as pd
import pyarrow as pa

from thal_core.intake.files.grid import Grid, unpack
from thal_core.intake.files.limits import limit
from thal_core.intake.sheet import Sheet
from thal_core.issues import CohortError
from thal_core.words import Message

PACKAGE_PARENT = Path(__file__).parents[3]
FRAME = struct.Struct(">cQ")  # kind (P progress, H sheet header, B sheet body, E refusal, D done) and length
TICK_SECONDS = 0.2


def read_in_child(data: bytes, form: str, name: str, report: Callable[[float, str], object]) -> list[Sheet]:
    """The sheets of a file that only the child may parse. CohortError when it refuses, dies or falls silent."""
    child = _start()
    try:
        return _collect(_frames(child, {"form": form, "name": name}, data, report))
    finally:
        child.kill()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        child.wait()


def _start() -> subprocess.Popen[bytes]:
    paths = [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "thal_core.intake.worker"],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,  # a traceback may show cells
        env=os.environ | {"PYTHONPATH": os.pathsep.join(p for p in paths if p), "OMP_NUM_THREADS": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


def _frames(child: subprocess.Popen[bytes], request: dict[str, object], data: bytes,
            report: Callable[[float, str], object]) -> Iterator[tuple[bytes, bytes]]:
    """What the child says, until it is done; meanwhile ``report`` is asked whether to go on."""
    said: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(child.stdout, said), daemon=True).start()
    threading.Thread(target=_tell, args=(child.stdin, request, data), daemon=True).start()
    state, last_word = (0.0, "reading.progress.starting"), time.monotonic()
    while True:
        if report(*state) is False:
            raise CohortError("reading.cancelled")
        try:
            frame = said.get(timeout=TICK_SECONDS)
        except queue.Empty:
            if time.monotonic() - last_word > limit("silent_seconds"):
                raise CohortError("reading.too_heavy") from None
            continue
        if frame is None:
            raise CohortError("reading.too_heavy")
        last_word = time.monotonic()
        if frame[0] == b"P":
            share, code = json.loads(frame[1])
            state = (share, code)
        else:
            yield frame
        if frame[0] == b"D":
            return


def _tell(stdin: IO[bytes], request: dict[str, object], data: bytes) -> None:
    header = json.dumps(request).encode()
    with contextlib.suppress(OSError, ValueError):  # the child may be gone: its silence is answered elsewhere
        stdin.write(FRAME.pack(b"R", len(header)) + header + FRAME.pack(b"B", len(data)))
        stdin.write(data)
        stdin.close()


def _listen(stdout: IO[bytes], said: queue.SimpleQueue[tuple[bytes, bytes] | None]) -> None:
    with contextlib.suppress(OSError, ValueError):
        while len(head := stdout.read(FRAME.size)) == FRAME.size:
            kind, length = FRAME.unpack(head)
            body = stdout.read(length)
            if len(body) < length:
                break
            said.put((kind, body))
    said.put(None)


def _collect(frames: Iterator[tuple[bytes, bytes]]) -> list[Sheet]:
    sheets, header = [], b""
    for kind, body in frames:
        if kind == b"E":
            refusal = json.loads(body)
            raise CohortError(refusal["code"], **{k: Message(v) if k == "form" else v for k, v in refusal["params"].items()})
        if kind == b"H":
            header = body
        elif kind == b"B":
            sheets.append(_sheet(unpack(header, body)))
    return sheets


def _sheet(grid: Grid) -> Sheet:
    text = pa.table(dict(enumerate_names(grid.text))).to_pandas() if grid.text else pd.DataFrame()
    text.columns = pd.RangeIndex(len(grid.text))
    kind = pd.DataFrame(dict(enumerate(grid.kinds))).to_numpy(dtype="int8") if grid.kinds else text.to_numpy(dtype="int8")
    return Sheet(grid.name, text, kind, grid.merged, grid.hidden, grid.notes)


def enumerate_names(columns: tuple[pa.Array, ...]) -> Iterator[tuple[str, pa.Array]]:
    """Arrow tables want text for column names."""
    return ((str(place), column) for place, column in enumerate(columns))
