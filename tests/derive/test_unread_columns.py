"""A number that rests on a column nobody understood is provisional, and says which column."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.cohorts import cohort_of
from thal_core.analyses import analyse
from thal_core.cohort import Cohort
from thal_core.derive.response import classify_response
from thal_core.derive.unread_columns import columns_behind, transfusion_columns
from thal_core.mapping import Candidate, ColumnReading, Mapping
from thal_core.rules.catalogue import criterion
from thal_core.view import LAST, Options

RULES = criterion("yang2024")
TDT = {"phenotype": "TDT", "transfusion_free_from_month": 3.0}
UNKNOWN = {"phenotype": "TDT"}
NTDT = {"phenotype": "NTDT", "hb": {0: 70, 6: 95}}


def unread(cohort: Cohort, *candidates: Candidate, **more: object) -> Cohort:
    """The cohort with one column that was not understood."""
    column = ColumnReading(
        "s", 4, "mystery", how="how.not_understood", label="mystery", candidates=candidates, **more
    )
    return replace(cohort, mapping=Mapping((column,)))


def behind(cohort: Cohort, headline: str = "response", month: float | str = 6.0) -> int:
    return len(columns_behind(cohort, headline, RULES, month))


@pytest.mark.parametrize(
    ("patient", "field", "n"),
    [
        (TDT, "transfusion_reduction_percent", 1),
        (TDT, "units", 1),
        (TDT, "hb_g_per_l", 0),  # TDT are judged by transfusion alone
        (NTDT, "units", 0),
        (NTDT, "hb_g_per_l", 1),
        (NTDT, "ferritin_ng_per_ml", 0),
        (NTDT, "phenotype", 0),  # known of everybody
        ({"sex": "male"}, "phenotype", 1),
        ({"sex": "male"}, "units", 1),  # may be TDT
        (TDT, "withdrawn_month", 1),
    ],
)
def test_which_proposals_a_response_rests_on(patient: dict, field: str, n: int) -> None:
    assert behind(unread(cohort_of(patient), Candidate(field))) == n


@pytest.mark.parametrize(
    ("month", "at", "n"), [(6, 6.0, 1), (0, 6.0, 1), (3, 6.0, 0), (12, 6.0, 0), (12, LAST, 1)]
)
def test_a_measurement_of_another_month_changes_nothing(month: float, at: object, n: int) -> None:
    cohort = unread(cohort_of(NTDT), Candidate("hb_g_per_l", float(month)))
    assert behind(cohort, month=at) == n


def test_any_of_the_proposals_counts_and_an_answer_ends_it() -> None:
    proposals = (Candidate("center"), Candidate("units"))
    assert behind(unread(cohort_of(TDT), *proposals)) == 1
    assert behind(unread(cohort_of(TDT), *proposals, by_hand=True)) == 0
    assert behind(unread(cohort_of(TDT))) == 0


def test_each_headline_rests_on_its_own_fields() -> None:
    cohort = unread(cohort_of(NTDT), Candidate("ferritin_ng_per_ml", 0.0))
    found = [
        name for name in ("response", "ferritin", "hb_change", "stopped") if behind(cohort, name)
    ]
    assert found == ["ferritin"]


@pytest.mark.parametrize("month", [None, LAST])
def test_the_reason_names_the_columns_that_look_like_transfusion(month: object) -> None:
    plain = cohort_of(UNKNOWN, NTDT)
    named = unread(plain, Candidate("transfusion_reduction_percent"))
    reasons = [classify_response(c, "yang2024", month)["reason"].iloc[0] for c in (plain, named)]
    assert "mystery" not in reasons[0] and reasons[0].endswith("is not recorded")
    assert reasons[1].endswith("not understood: mystery")
    assert [c.header for c in transfusion_columns(named)] == ["mystery"]


def test_results_built_on_response_say_that_they_are_provisional() -> None:
    cohort = cohort_of(TDT, NTDT)
    for name in ("summary", "response_rates", "response_by_patient"):
        notes = analyse(unread(cohort, Candidate("units")), name, Options()).notes
        assert "mystery" in notes.text("en") and "mystery" in notes.text("zh")
        assert "mystery" not in analyse(unread(cohort, Candidate("center")), name).notes.text("en")
