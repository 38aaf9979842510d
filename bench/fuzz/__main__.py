"""``python -m bench.fuzz [--files 20000] [--first 0] [--jobs 2]``: the long campaign, whose figures
go into bench/results.md. ``--one SEED`` runs one file again, here, with its traceback, and writes
it out.
"""

from __future__ import annotations

import argparse
import contextlib
import logging
import os
import platform
import sys
from collections import Counter
from functools import partial
from pathlib import Path

import numpy as np

from bench.fuzz.campaign import Outcome, judged, outcomes
from bench.fuzz.judge import judge
from bench.fuzz.mutate import mutated
from thal_core.derive.conclusions import conclude
from thal_core.intake.parse_file import parse_file
from thal_core.mapping import Mapping

EVERY = 50  # one file in so many is followed into analyses and exports


def main(given: list[str] | None = None) -> int:
    """Exit status 1 where a fault was found."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz", description=__doc__)
    parser.add_argument("--files", type=int, default=20_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    parser.add_argument("--one", type=int)
    wanted = parser.parse_args(given)
    if wanted.one is not None:
        return again(wanted.one)
    found: list[Outcome] = []
    files = range(wanted.first, wanted.first + wanted.files)
    with contextlib.suppress(KeyboardInterrupt):  # Ctrl-C: the figures so far
        for outcome in outcomes(files, partial(judged, every=EVERY), wanted.jobs):
            found.append(outcome)
            if outcome.is_fault:
                print(outcome.seed, outcome.what, flush=True)
            if len(found) % 500 == 0:
                print(len(found), "files", file=sys.stderr, flush=True)
    print(figures(found))
    return int(any(one.is_fault for one in found))


def again(seed: int) -> int:
    """One file, followed all the way, an error of ours with its traceback; the file itself lies in
    the folder for a look.
    """
    logging.basicConfig(level=logging.DEBUG)
    data, name = mutated(seed)
    Path(name).write_bytes(data)
    what = judge(data, name, deep=True)
    print(name, len(data), what)
    if "failed at" in what:
        conclude(parse_file(data, name, Mapping(), lambda share, code: None).cohort)
    return int(what.startswith("FAULT"))


def figures(found: list[Outcome]) -> str:
    """What came of all of them, as lines for bench/results.md."""
    kinds = Counter(one.what if one.what[0] != "F" else "fault" for one in found)
    seconds = np.array([one.seconds for one in found])
    lines = [
        f"{len(found)} files, seeds {found[0].seed}–{found[-1].seed}, "
        f"Python {platform.python_version()}, {platform.machine()}, {os.cpu_count()} cores",
        f"seconds of processor time a file: median {np.median(seconds):.2f}, "
        f"99 % {np.quantile(seconds, 0.99):.2f}, most {seconds.max():.1f}",
        *(f"- {what}: {n}" for what, n in kinds.most_common()),
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    sys.exit(main())
