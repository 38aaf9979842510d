"""The recorded Windows wheels: for every Python whole, pinned, each with its hash."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from tools.kit import wheels
from tools.kit.wheels import PYTHONS, Incomplete, complete, hashed_requirements, pins, read_record

RECORD = read_record()


@pytest.mark.parametrize("python", PYTHONS)
def test_every_needed_wheel_is_recorded_in_its_pinned_version(python):
    """Where this fails after a change of the lists: ``python -m tools.kit.record``."""
    found = complete(RECORD, python)
    assert {wheel.package for wheel in found} > {"streamlit", "pywin32", "tzdata"}
    assert {wheel.package: wheel.version for wheel in found}.items() <= pins().items()
    assert all(wheel.file.endswith(("-any.whl", "win_amd64.whl")) for wheel in found)


def test_nothing_is_recorded_that_nobody_needs():
    needed = {wheel for python in PYTHONS for wheel in complete(RECORD, python)}
    assert set(RECORD) == needed
    assert all(re.fullmatch("[0-9a-f]{64}", wheel.sha256) for wheel in RECORD)
    assert len({wheel.sha256 for wheel in RECORD}) == len(RECORD)


def test_a_missing_wheel_is_named():
    without = [wheel for wheel in RECORD if "scipy" not in wheel.file or "cp312" not in wheel.file]
    complete(without, "3.11")
    with pytest.raises(Incomplete, match="Python 3.12: no wheel for scipy"):
        complete(without, "3.12")


def test_a_wheel_of_another_python_or_system_does_not_count():
    def moved(wheel):
        return replace(wheel, file=wheel.file.replace("win_amd64", "win_arm64"))

    with pytest.raises(Incomplete, match="no wheel for"):
        complete(list(map(moved, RECORD)), "3.11")
    with pytest.raises(Incomplete, match="no wheel for"):
        complete(RECORD, "3.14")


def test_a_pin_that_does_not_fit_what_asks_for_it_is_named(monkeypatch):
    monkeypatch.setattr(wheels, "pins", lambda: pins() | {"numpy": "1.0"})
    with pytest.raises(Incomplete, match="numpy.*1.0"):
        complete(RECORD, "3.11")


def test_pip_gets_one_line_a_package_with_every_hash():
    lines = list(hashed_requirements(RECORD))
    assert len(lines) == len({wheel.package for wheel in RECORD})
    (numpy,) = [line for line in lines if line.startswith("numpy==")]
    assert numpy.count("--hash=sha256:") == len(PYTHONS)
