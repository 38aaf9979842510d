"""What is known of transfusion: as far as it is recorded, and no further. Both ways of writing it
down.
"""

from __future__ import annotations

import numpy as np
import pytest

from tests.cohorts import cohort_of
from thal_core.analyses import analyse
from thal_core.derive.on_drug import derive_last_dose
from thal_core.derive.response import classify_response
from thal_core.derive.transfusion import derive_transfusion_rates
from thal_core.view import Options

TDT = {"phenotype": "TDT"}
SEEN = {"hb": {0: 80, 6: 85, 12: 85, 24: 85}}  # they come to the clinic for two years
MONTH_TOTALS = {
    "units": {-2: 4, -1: 4, 0: 4, 1: 4, 2: 4, 3: 4, 4: 3, 5: 3, 6: 3}
}  # written for six months only


def response(patient: dict, month: float, *others: dict) -> str:
    return classify_response(cohort_of(patient, *others), "yang2024", month)["response"].iloc[0]


@pytest.mark.parametrize("month", [12, 24])
def test_months_after_the_last_total_are_not_months_without_transfusion(month: float) -> None:
    assert response(TDT | SEEN | MONTH_TOTALS, 6) == "SLR"
    assert response(TDT | SEEN | MONTH_TOTALS, month) == "NE"


def test_transitions_do_not_invent_independence() -> None:
    table = analyse(cohort_of(TDT | SEEN | MONTH_TOTALS), "response_transitions").table
    assert set(table["to_response"]) == {"NE"}


def test_after_a_dated_transfusion_none_followed_while_he_is_seen() -> None:
    patient = TDT | SEEN | {"dated": [(-60, 4), (-30, 4), (40, 4)]}
    assert (response(patient, 6), response(patient, 24)) == ("MaR", "MaR")
    assert response(patient | {"hb": {0: 80}}, 6) == "NE"


def test_a_blank_month_is_unknown_and_never_free_of_transfusion() -> None:
    blank = TDT | SEEN | {"units": {-2: 4, -1: 4, 0: 4, 1: 2}}
    assert response(blank, 6, TDT | SEEN | MONTH_TOTALS) == "NE"
    assert (
        response(
            blank | {"units": {-2: 4, -1: 4, 0: 4, 1: 2, 4: 0, 6: 0}}, 6, TDT | SEEN | MONTH_TOTALS
        )
        == "NE"
    )
    assert (
        response(
            blank | {"units": {-2: 4, -1: 4, 0: 4, 4: 0, 5: 0, 6: 0}}, 6, TDT | SEEN | MONTH_TOTALS
        )
        == "MaR"
    )


def test_where_months_without_are_written_as_0_a_blank_is_unknown() -> None:
    unknown = TDT | SEEN | {"units": {-2: 4, -1: 4, 0: 4, 1: 2}}
    written = TDT | SEEN | {"units": {-2: 4, -1: 4, 0: 4, 1: 2, 2: 0, 3: 0, 4: 0, 5: 0, 6: 0}}
    assert response(unknown, 6, written) == "NE"
    assert response(written, 6, unknown) == "MaR"


def test_free_only_later_is_not_recorded_before() -> None:
    """Totals say nothing of month 1; that they are free from month 3 says only that they
    were not free then.
    """
    row = classify_response(
        cohort_of(TDT | {"transfusion_free_from_month": 3}), "yang2024", 1
    ).iloc[0]
    assert row["response"] == "NE" and "not recorded" in row["reason"]


@pytest.mark.parametrize("before", [{-2: 4, -1: 4, 0: 4}, {-3: 4, -2: 4, -1: 4}])
def test_three_months_before_with_or_without_a_month_0(before: dict) -> None:
    patient = TDT | {"units": before | {4: 2, 5: 2, 6: 2}}
    assert classify_response(cohort_of(patient))["value"].iloc[0] == 50
    rates = derive_transfusion_rates(cohort_of(patient)).iloc[0]
    assert rates["before"] == 4 and rates["after"] == 1


def test_the_rate_is_over_the_months_recorded() -> None:
    rates = derive_transfusion_rates(cohort_of(TDT | SEEN | MONTH_TOTALS)).iloc[0]
    assert rates["before"] == 4 and rates["after"] == pytest.approx(21 / 6)


def test_whoever_was_never_transfused_again_counts_in_the_burden() -> None:
    patient = TDT | SEEN | {"dated": [(-60.875, 4), (-30.4375, 4)]}
    rates = derive_transfusion_rates(cohort_of(patient)).iloc[0]
    assert rates["before"] == pytest.approx(4) and rates["after"] == 0
    row = analyse(cohort_of(patient), "transfusion_burden").table.iloc[0]
    assert row["n"] == 1 and row["percent_change"] == -100


def test_the_stop_of_the_last_treatment_row_is_the_last_dose() -> None:
    steps = [
        {"drug": "thalidomide", "start_month": 0, "stop_month": 2, "dose_mg_per_day": 50},
        {"drug": "thalidomide", "start_month": 2, "stop_month": 4, "dose_mg_per_day": 25},
    ]
    stopped, going_on = (
        TDT | {"treatments": steps},
        TDT | {"treatments": [steps[0], steps[1] | {"stop_month": None}]},
    )
    written = TDT | {"treatments": steps, "withdrawn_month": 5, "duration_months": 9}
    known = derive_last_dose(cohort_of(stopped, going_on, written, TDT | {"duration_months": 9}))
    assert known.iloc[0] == 4 and np.isnan(known.iloc[1]) and list(known.iloc[2:]) == [5, 9]
    assert response(stopped | {"transfusion_reduction_percent": 60}, 6) == "NE"
    assert response(going_on | {"transfusion_reduction_percent": 60}, 6) == "MiR"


def test_only_tdt_becomes_free_of_transfusion() -> None:
    """2024 Table 1 counts, among TDT, who left transfusion; an NTDT patient has none to leave."""
    genotype = {"genotype": "CD17/-28", "beta_class": "β0/β+"}
    table = analyse(
        cohort_of(
            TDT | genotype | {"transfusion_free_from_month": 1},
            TDT | genotype | {"transfusion_free_from_month": 3},
            genotype | {"phenotype": "NTDT", "transfusion_free_from_month": 0},
        ),
        "genotype_response",
    ).table
    assert list(table.loc[0, ["free_by_1_month", "free_1_to_3_months", "free_by_3_months"]]) == [
        1,
        1,
        2,
    ]


def test_transplantation_is_named_among_those_censored() -> None:
    left = {"withdrawn_month": 4, "withdrawal_reason": "transplantation"}
    result = analyse(
        cohort_of(
            TDT | left | SEEN,
            TDT | {"transfusion_free_from_month": 3} | left,
            {"phenotype": "NTDT"} | left | SEEN,
        ),
        "time_to_transfusion_free",
    )
    assert "transplantation while still transfused: 1" in str(result.notes)
    assert "circular" not in str(result.notes)


def test_curves_by_genotype_group_say_that_they_are_circular() -> None:
    cohort = cohort_of(
        *[
            TDT | {"transfusion_free_from_month": m, "genotype_group_2024": g}
            for m, g in ((1, "favourable"), (3, "other"))
        ]
    )
    assert "circular" in str(
        analyse(cohort, "time_to_transfusion_free", Options(group_by="genotype_group_2024")).notes
    )
