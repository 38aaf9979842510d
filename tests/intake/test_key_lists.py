"""A list of keys: which study number belongs to which record number of the clinical sheet."""

from __future__ import annotations

from itertools import permutations

import pytest

from tests.intake.reading import codes, read_sheets_of
from tests.layouts.grid import Grid
from thal_core.cohort import Cohort

CLINICAL = [
    ["住院号", "性别", "Hb 0m (g/L)", "Hb 6m (g/L)"],
    ["Z300001", "男", 70, 90],
    ["Z300002", "女", 75, 95],
    ["Z300003", "男", 80, 100],
]
KEYS = [["S01", "Z300001"], ["S02", "Z300002"], ["S03", "Z300003"]]


def cohort_with(keys: list[list[object]]) -> Cohort:
    return read_sheets_of(Grid("Data", CLINICAL), Grid("Keys", [["研究编号", "住院号"], *keys]))


def first_hb(cohort: Cohort) -> dict[str, float]:
    visits = cohort.visits[cohort.visits["month"] == 0]
    return dict(zip(visits["patient_id"], visits["hb_g_per_l"], strict=True))


@pytest.mark.parametrize("keys", list(map(list, permutations(KEYS))))
def test_each_study_number_stands_for_its_record_number_in_any_order(
    keys: list[list[object]],
) -> None:
    cohort = cohort_with(keys)
    assert first_hb(cohort) == {"S01": 70, "S02": 75, "S03": 80}
    assert cohort.n == 3


def test_a_key_to_no_record_makes_nobody_a_patient() -> None:
    cohort = cohort_with([*KEYS, ["S04", "Z300004"]])
    assert sorted(cohort.patients.index) == ["S01", "S02", "S03"]
    assert "intake.row.foreign" in codes(cohort)


def test_a_record_without_a_key_stays_a_patient_without_a_name() -> None:
    cohort = cohort_with(KEYS[:2])
    assert cohort.n == 3 and first_hb(cohort)["S01"] == 70


def test_two_keys_to_one_record_name_it_once() -> None:
    cohort = cohort_with([*KEYS, ["S09", "Z300001"]])
    assert cohort.n == 3 and first_hb(cohort)["S01"] == 70
