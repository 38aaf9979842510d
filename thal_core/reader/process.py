"""The parent's side: a child is started (one waits, warm), handed one file, watched, and ended."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import queue
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import IO

import psutil

from thal_core.issues import CohortError
from thal_core.reader.messages import (
    ANSWER,
    DATA,
    PROGRESS,
    REFUSED,
    REQUEST,
    read_frame,
    write_frame,
)
from thal_core.sheets.limits import limit
from thal_core.words import unpacked

Child = subprocess.Popen  # of bytes
Report = Callable[[float, str], object]
PACKAGE_PARENT = Path(__file__).parents[2]
TICK_SECONDS = 0.1
_TOO_HEAVY = (
    "SIGXCPU",
    "SIGABRT",
)  # the limit of CPU seconds; a parser that could get no more memory
_FROM_OUTSIDE = ("SIGKILL", "SIGTERM", "SIGHUP", "SIGINT")
_WINDOWS_TOO_HEAVY = (1816, 0xC0000409, 0xC0000017)  # job limit reached; abort; no memory


def ask(task: str, data: bytes, request: dict[str, object], report: Report) -> bytes:
    """What a child of its own answers about this file. CohortError where it refuses, dies or is
    stopped.

    ``report(share, words code)`` is asked a few times a second, False stops the child at once.
    """
    child = _WAITING.take()
    try:
        return _answer(child, {"task": task} | request, data, report)
    finally:
        child.kill()
        for stream in (child.stdin, child.stdout):
            with contextlib.suppress(OSError):
                stream.close()
        child.wait()


def keep_warm() -> None:
    """From now on one child always waits with everything imported, so that nobody pays for its
    start.
    """
    _WAITING.keep()


class _Waiting:
    """The child that waits. It holds nothing of anybody: it has read no file, and reads one
    only.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._kept = False

    def keep(self) -> None:
        with self._lock:
            self._kept = True
            if self._child is None or self._child.poll() is not None:
                self._child = start()

    def take(self) -> Child:
        with self._lock:
            child, self._child = self._child, None
            if self._kept:
                self._child = start()
        return child if child is not None and child.poll() is None else start()


def start() -> Child:
    """A child that imports what it needs and waits for its one request."""
    paths = [str(PACKAGE_PARENT), os.environ.get("PYTHONPATH", "")]
    return subprocess.Popen(
        [sys.executable, "-P", "-m", "thal_core.reader.worker"],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,  # a traceback may show cells
        env=os.environ
        | {"PYTHONPATH": os.pathsep.join(p for p in paths if p), "OMP_NUM_THREADS": "1"},
        creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
    )


FAILED = "reading.failed"
_WAITING = _Waiting()


def _answer(child: Child, request: dict[str, object], data: bytes, report: Report) -> bytes:
    heard: queue.SimpleQueue[tuple[bytes, bytes] | None] = queue.SimpleQueue()
    threading.Thread(target=_listen, args=(child.stdout, heard), daemon=True).start()
    threading.Thread(target=_tell, args=(child.stdin, request, data), daemon=True).start()
    state, watch = (0.0, "reading.progress.starting"), _Watch(child)
    while True:
        if report(*state) is False:
            raise CohortError("reading.cancelled")
        try:
            frame = heard.get(timeout=TICK_SECONDS)
        except queue.Empty:
            if watch.stands_still():
                raise CohortError("reading.ended") from None
            continue
        if frame is None:
            raise _why_it_ended(child)
        kind, body = frame
        if kind == ANSWER:
            return body
        if kind == REFUSED:
            raise _refusal(json.loads(body))
        if kind == PROGRESS:
            state = tuple(json.loads(body))


def _refusal(refusal: dict) -> CohortError:
    params = {name: unpacked(value) for name, value in refusal["params"].items()}
    if refusal["code"] == FAILED:  # our own error: logged by its place, never with a value
        logging.getLogger(__name__).error("reading failed at %s", params["place"])
    return CohortError(refusal["code"], **params)


def _tell(stdin: IO[bytes], request: dict[str, object], data: bytes) -> None:
    with contextlib.suppress(
        OSError, ValueError
    ):  # the child may be gone: its silence is answered elsewhere
        write_frame(stdin, REQUEST, json.dumps(request).encode())
        write_frame(stdin, DATA, data)


def _listen(stdout: IO[bytes], heard: queue.SimpleQueue[tuple[bytes, bytes] | None]) -> None:
    frame: tuple[bytes, bytes] | None = (b"", b"")
    while frame is not None:
        frame = None
        with contextlib.suppress(OSError, ValueError):
            frame = read_frame(stdout)
        heard.put(frame)


class _Watch:
    """Has the child used no processor time for long? A busy machine gives it some; a stopped
    process gets none.
    """

    def __init__(self, child: Child) -> None:
        self._child, self._used, self._since = child, -1.0, time.monotonic()

    def stands_still(self) -> bool:
        try:
            times = psutil.Process(self._child.pid).cpu_times()
        except psutil.Error:  # it has ended: its closed output says so
            return False
        used = times.user + times.system
        if used > self._used:
            self._used, self._since = used, time.monotonic()
        return time.monotonic() - self._since > limit("still_seconds")


def _why_it_ended(child: Child) -> CohortError:
    """An end without an answer: by its limits, from outside, or by the file."""
    code = child.wait()
    if code == 1:  # python ended with an error of ours before it could answer
        return _refusal({"code": FAILED, "params": {"place": "reader/worker.py"}})
    if code >= 0:
        return CohortError("reading.too_heavy" if code in _WINDOWS_TOO_HEAVY else "reading.damaged")
    with contextlib.suppress(ValueError):
        name = signal.Signals(-code).name
        if name in _TOO_HEAVY or name in _FROM_OUTSIDE:
            return CohortError("reading.too_heavy" if name in _TOO_HEAVY else "reading.ended")
    return CohortError("reading.damaged")
