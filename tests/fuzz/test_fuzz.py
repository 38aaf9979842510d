"""Mutated files of every format: no error of ours, no hang, no cell lost. A few here; the twenty
thousand by ``make fuzz``, which names a seed for each fault (the same file until the mutations or
the tests' sheets change): the smallest such sheet becomes a test beside the reader's.
"""

from __future__ import annotations

import signal
import sys
import time

import pytest

from bench.fuzz import campaign
from bench.fuzz.campaign import Outcome, judged, outcomes
from bench.fuzz.mutate import FORMATS, mutated

FEW = 20
pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="each batch is a forked process")


def test_a_few_files_through_reading() -> None:
    """The first of them also through every analysis, figure and table."""
    found = list(outcomes(range(FEW), lambda seed: judged(seed, every=FEW)))
    assert len(found) == FEW
    assert [one for one in found if one.is_fault] == []
    assert sum(one.what == "read" for one in found) > FEW / 2


def test_every_format_is_among_them() -> None:
    assert {mutated(seed)[1].rsplit(".", 1)[1] for seed in range(FEW)} == set(FORMATS)


def test_a_seed_makes_the_same_file_again() -> None:
    assert all(mutated(seed)[1] == mutated(seed)[1] for seed in range(5))
    csv = next(seed for seed in range(99) if mutated(seed)[1].endswith("csv"))
    assert mutated(csv)[0] == mutated(csv)[0] != mutated(csv + 1)[0]


def _odd(seed: int) -> str:
    """Stands for a reader that fails in the ways a reader can."""
    if seed == 1:
        signal.raise_signal(signal.SIGABRT)
    if seed == 2:
        while True:
            pass
    if seed == 3:
        raise ValueError("ours")
    return "read"


def test_what_takes_a_process_down_is_named_and_the_rest_goes_on(monkeypatch) -> None:
    monkeypatch.setattr(campaign, "CPU_SECONDS", 0)
    start = time.process_time()
    what = [one.what for one in outcomes(range(5), _odd)]
    assert what[0] == what[4] == "read" and time.process_time() - start < 60
    assert what[1] == "refused: ended by SIGABRT"
    assert what[2].startswith("FAULT: more than") and what[3].startswith("FAULT: the process ended")


def test_a_fault_is_one() -> None:
    assert Outcome(1, "FAULT: x", 0.0).is_fault and not Outcome(1, "refused: y", 0.0).is_fault
