"""Many files, each under the limits of the reading process; what takes a process down is counted
and named, and the campaign goes on.
"""

from __future__ import annotations

import faulthandler
import gc
import os
import resource
import signal
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from bench.fuzz.judge import FAULT, judge
from bench.fuzz.mutate import mutated
from thal_core.sheets.limits import limit

CPU_SECONDS, BATCH = 30, 50
Judge = Callable[[int], str]


@dataclass(frozen=True)
class Outcome:
    """What came of the file with this number; seconds of processor time."""

    seed: int
    what: str
    seconds: float

    @property
    def is_fault(self) -> bool:
        return self.what.startswith(FAULT)


def judged(seed: int, every: int = 0) -> str:
    """The file with this number; each ``every``-th is followed into analyses and exports."""
    data, name = mutated(seed)
    return judge(data, name, deep=bool(every) and seed % every == 0)


def outcomes(seeds: range, judge_one: Judge = judged, jobs: int = 1) -> Iterator[Outcome]:
    """Of every file, in batches, each batch in a process of its own, ``jobs`` at a time."""
    batches = [list(seeds[n : n + BATCH]) for n in range(0, len(seeds), BATCH)]
    with ThreadPoolExecutor(jobs) as hands:
        for done in hands.map(lambda batch: list(_whole_batch(batch, judge_one)), batches):
            yield from done


def _whole_batch(seeds: list[int], judge_one: Judge) -> Iterator[Outcome]:
    """Also what comes after a file that ended the process."""
    while seeds:
        done = list(_batch(seeds, judge_one))
        yield from done
        seeds = seeds[len(done) :]


def _batch(seeds: list[int], judge_one: Judge) -> Iterator[Outcome]:
    """The outcomes until the last seed, or until one that ended the process."""
    reading, writing = os.pipe()
    child = os.fork()
    if child == 0:
        _work(seeds, judge_one, writing)
    os.close(writing)
    at = 0
    with os.fdopen(reading, encoding="utf-8") as lines:
        for line in lines:
            seconds, what = line.rstrip("\n").split(" ", 1)
            yield Outcome(seeds[at], what, float(seconds))
            at += 1
    _, status = os.waitpid(child, 0)
    if at < len(seeds):
        yield Outcome(seeds[at], _ended(status), 0.0)


def _ended(status: int) -> str:
    if not os.WIFSIGNALED(status):
        return f"{FAULT}: the process ended with {os.waitstatus_to_exitcode(status)}"
    name = signal.Signals(os.WTERMSIG(status)).name
    if name == "SIGXCPU":
        return f"{FAULT}: more than {CPU_SECONDS} s of processor time"
    return f"refused: ended by {name}"  # the parent of a reading process says so in one sentence


def _work(seeds: list[int], judge_one: Judge, writing: int) -> None:
    """In the child: one line a file, then the end. Nothing of the parent's is run."""
    status = 1
    try:
        gc.disable()
        faulthandler.disable()
        memory = int(limit("memory_bytes"))
        resource.setrlimit(resource.RLIMIT_AS, (memory, memory))
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        os.dup2(os.open(os.devnull, os.O_WRONLY), 2)  # a parser's last words
        for seed in seeds:
            start = time.process_time()
            _allow_seconds(start + CPU_SECONDS)
            what = judge_one(seed)
            line = f"{time.process_time() - start:.3f} {what}\n"
            os.write(writing, line.encode())
        status = 0
    finally:
        os._exit(status)


def _allow_seconds(until: float) -> None:
    hard = resource.getrlimit(resource.RLIMIT_CPU)[1]
    resource.setrlimit(resource.RLIMIT_CPU, (int(until) + 1, hard))
