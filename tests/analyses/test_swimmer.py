"""One line a patient: what is known is there once, what is not is said to be unknown."""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of
from thal_core import Options, analyse


def lines(*patients: dict, **options: object):
    return analyse(cohort_of(*patients), "swimmer", Options(**options)).table


def of(table, patient: str, kind: str) -> list[tuple[float, float]]:
    rows = table[(table["patient_id"] == patient) & (table["kind"] == kind)]
    return list(zip(rows["start_month"], rows["end_month"], strict=True))


NTDT = {"phenotype": "NTDT", "hb": {0: 70, 6: 95, 12: 72}}


def test_equal_doses_are_one_step_and_a_gap_is_none() -> None:
    seen = lines(
        {
            "phenotype": "NTDT",
            "hb": {0: 70, 9: 90},
            "dose_mg_per_day": {0: 50, 3: 50, 6: 75, 9: 75},
        },
        {
            "phenotype": "NTDT",
            "hb": {0: 70, 9: 90},
            "treatments": [
                {"drug": "thalidomide", "start_month": 2, "stop_month": 5, "dose_mg_per_day": 50},
                {"drug": "thalidomide", "start_month": 7, "stop_month": 9, "dose_mg_per_day": 50},
            ],
        },
    )
    assert of(seen, "1", "dose") == [(0, 6), (6, 9)]
    assert of(seen, "2", "dose") == [(2, 5), (7, 9)]
    assert of(seen, "2", "dose_unknown") == [(0, 2)]


def test_without_a_dose_the_time_on_drug_is_unknown_up_to_the_stop() -> None:
    seen = lines(NTDT, {**NTDT, "withdrawn_month": 8, "withdrawal_reason": "rash"})
    assert of(seen, "1", "dose_unknown") == [(0, 12)] and of(seen, "1", "stop") == []
    assert of(seen, "2", "dose_unknown") == [(0, 8)] and of(seen, "2", "stop") == [(8, 8)]
    assert seen.loc[seen["kind"] == "stop", "detail"].tolist() == ["rash"]


def test_time_on_treatment_is_no_stop() -> None:
    assert of(lines({**NTDT, "duration_months": 12}), "1", "stop") == []


def test_a_record_of_no_blood_is_no_transfusion() -> None:
    seen = lines({"phenotype": "TDT", "units": {-1: 2, 0: 2, 1: 0, 2: 1}})
    assert [start for start, _ in of(seen, "1", "transfusion")] == [-1, 0, 2]


def test_everybody_has_a_line_and_the_class_is_that_of_the_criterion() -> None:
    seen = lines(NTDT, {"phenotype": "TDT"}, {**NTDT, "hb": {0: 70, 6: 71}})
    first = seen.drop_duplicates("patient_id")
    assert first["patient_id"].tolist() == ["1", "3", "2"] and first["response"].tolist() == [
        "MaR",
        "NR",
        "NE",
    ]
    assert of(seen, "2", "followed") == [] and of(seen, "2", "response") == [(6, 6)]
    later = seen[(seen["patient_id"] == "1") & (seen["kind"] == "response")]
    assert later[["start_month", "detail"]].to_numpy().tolist() == [[6, "MaR"], [12, "NR"]]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_it_is_drawn(language: str) -> None:
    result = analyse(
        cohort_of(NTDT, {"phenotype": "TDT", "transfusion_free_from_month": 2}), "swimmer"
    )
    figure = result.figure(language)
    assert "n = 2" in figure.layout.meta["subtitle"]
