"""One last dose: response, exposure, flow and every mean on thalidomide agree on who is on it."""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of, sample_cohort
from thal_core import read_cohort
from thal_core.analyses import analyse
from thal_core.derive.dose import derive_exposure
from thal_core.derive.on_drug import derive_last_dose, derive_stopped
from thal_core.derive.response import classify_response
from thal_core.derive.visits import visit_values
from thal_core.view import Options

NTDT = {"phenotype": "NTDT"}
HB = {"hb": {0: 70, 3: 90, 6: 95, 12: 96}}


def on(patient: dict) -> list[float]:
    return visit_values(cohort_of(NTDT | HB | patient), "hb_g_per_l", on_drug_only=True)[
        "month"
    ].tolist()


def judged(patient: dict, month: float | None = None) -> tuple[str, str]:
    row = classify_response(cohort_of(NTDT | HB | patient), "yang2024", month).iloc[0]
    return row["response"], row["reason"]


def test_time_on_treatment_ends_every_mean_on_thalidomide() -> None:
    assert on({"duration_months": 4}) == [0, 3]
    table = analyse(cohort_of(NTDT | HB | {"duration_months": 4}), "hb_over_time").table.query(
        "phenotype == 'all'"
    )
    assert table["month"].tolist() == [0, 3]


def test_strip_and_flow_agree_on_who_stopped() -> None:
    cohort = cohort_of(
        NTDT | HB,
        NTDT | HB | {"duration_months": 4},
        NTDT | HB | {"withdrawn_month": 2, "withdrawal_reason": "rash"},
    )
    strip = analyse(cohort, "summary").table.set_index("item")
    withdrawn = analyse(cohort, "flow").table.query("step == 'withdrawn'")
    assert strip.at["stopped", "n"] == withdrawn["n"].sum() == 2


def test_treated_for_less_than_the_month_so_far_is_not_stopped() -> None:
    patient = {"hb": {0: 70, 3: 90}, "duration_months": 3}
    assert "so far" in judged(patient)[1]
    cohort = cohort_of(NTDT | patient, NTDT | HB)
    assert not derive_stopped(cohort).any()
    rates = analyse(cohort, "response_rates")
    row = rates.table.query("population == 'all' and level == 'ORR'").iloc[0]
    assert (row["percent_low"], row["percent_high"], row["n_unknown"], row["bounds_total"]) == (
        100,
        100,
        0,
        1,
    )
    assert "1 more have been treated for less than the month" in str(rates.notes)


def test_a_dose_of_0_is_off_the_drug_from_that_visit_until_a_restart() -> None:
    dose = {"dose_mg_per_day": {0: 50, 3: 0, 6: 50, 12: 50}}
    assert on(dose) == [0, 6, 12] and judged(dose)[0] == "MaR" and "paused" in judged(dose, 3)[1]
    assert on({"dose_mg_per_day": {0: 50, 3: 0, 6: 0}}) == [0]


def test_a_blank_dose_after_a_stop_stays_off_the_drug() -> None:
    assert on({"dose_mg_per_day": {0: 50, 6: 0}}) == [0, 3]
    assert on({"withdrawn_month": 3, "dose_mg_per_day": {0: 50, 3: 50}}) == [0, 3]


def test_0_at_the_judged_visit_with_an_unknown_stop_is_not_evaluable_and_listed() -> None:
    patient = {"dose_mg_per_day": {0: 50, 3: 50, 6: 0}}
    assert "the dose at month 6 is 0" in judged(patient)[1]
    assert (
        "zero_dose"
        in analyse(cohort_of(NTDT | HB | patient), "review_list").table["reason"].tolist()
    )
    assert judged(patient | {"withdrawn_month": 5.5})[0] == "MaR"


def test_a_dose_after_a_stop_is_a_restart_an_issue_and_on_the_review_list() -> None:
    assert on({"withdrawn_month": 4, "dose_mg_per_day": {0: 50, 3: 50, 6: 50}}) == [0, 3, 6, 12]
    sheet = (
        "id,phenotype,withdrawn_month,Hb_0M,Hb_6M,Dose_0M,Dose_6M\n"
        "1,NTDT,4,70,95,50,50\n2,NTDT,,70,95,50,50\n"
    )
    cohort = read_cohort(sheet.encode(), filename="a.csv")
    found = cohort.issues[cohort.issues["code"] == "record.restarted"]
    assert found["patient_id"].tolist() == ["1"] and cohort.visits["on_drug"].all()
    assert "restarted" in analyse(cohort, "review_list").table["reason"].tolist()


@pytest.mark.parametrize(
    ("stop", "expected"), [(6 - 30 / 30.4375, True), (6 - 31 / 30.4375, False)]
)
def test_thirty_days_are_the_same_for_a_visit_and_for_the_class(
    stop: float, expected: bool
) -> None:
    patient = {"withdrawn_month": stop, "withdrawal_reason": "rash"}
    assert (6 in on(patient)) is expected and (judged(patient)[0] == "MaR") is expected


@pytest.mark.parametrize(
    ("patient", "last"),
    [
        ({"withdrawn_month": 4, "duration_months": 9}, 4),
        ({"duration_months": 9}, 9),
        (
            {
                "treatments": [
                    {
                        "drug": "thalidomide",
                        "start_month": 0,
                        "stop_month": 5,
                        "dose_mg_per_day": 50,
                    }
                ],
                "duration_months": 9,
            },
            5,
        ),
        (
            {
                "treatments": [
                    {"drug": "thalidomide", "start_month": 0, "dose_mg_per_day": 50},
                    {"drug": "thalidomide", "start_month": 7, "dose_mg_per_day": 0},
                ]
            },
            7,
        ),
    ],
)
def test_withdrawal_then_the_last_step_with_a_dose_then_the_duration(
    patient: dict, last: float
) -> None:
    assert derive_last_dose(cohort_of(NTDT | HB | patient)).iloc[0] == last


def test_exposure_stops_where_the_drug_does_and_goes_on_after_a_restart() -> None:
    dose = {"dose_mg_per_day": {0: 50, 3: 50, 12: 50}, "withdrawn_month": 4}
    assert derive_exposure(cohort_of(NTDT | HB | dose))["months"].iloc[0] == 4
    assert (
        derive_exposure(cohort_of(NTDT | HB | dose | {"duration_months": 15}))["months"].iloc[0]
        == 7
    )


# --- stopping for no effect
# ------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    "reason", ["no response", "Lack of efficacy", "ineffective", "无效", "治疗6个月疗效不佳"]
)
def test_stopping_for_no_effect_before_the_month_is_no_response(reason: str) -> None:
    response, why = judged(
        {"withdrawn_month": 3, "withdrawal_reason": reason, "hb": {0: 70, 3: 72}}
    )
    assert response == "NR" and "lack of effect" in why


@pytest.mark.parametrize("reason", ["rash", "pregnancy wish", "transplantation", "皮疹", None])
def test_stopping_for_another_reason_is_what_the_criterion_says(reason: str | None) -> None:
    patient = {"withdrawn_month": 3, "withdrawal_reason": reason, "hb": {0: 70, 3: 72, 4: 74}}
    cohort = cohort_of(NTDT | patient, {"phenotype": "TDT"} | patient)
    by = {
        name: classify_response(cohort, name)["response"].tolist()
        for name in ("yang2024", "yang2024_printed", "believe", "beyond")
    }
    assert by == {
        "yang2024": ["NE", "NE"],
        "yang2024_printed": ["NE", "NE"],
        "believe": ["NE", "NR"],
        "beyond": ["NR", "NE"],
    }


def test_the_printed_wording_has_no_rule_for_stopping_and_is_no_headline() -> None:
    cohort = cohort_of(
        NTDT | {"withdrawn_month": 3, "withdrawal_reason": "no response", "hb": {0: 70, 3: 72}},
        NTDT | HB,
    )
    assert classify_response(cohort, "yang2024_printed")["response"].iloc[0] == "NE"
    strip = analyse(cohort, "summary", Options(criterion="yang2024_printed"))
    assert (
        "as applied" in str(strip.method)
        and strip.table.set_index("item").at["evaluable", "n"] == 2
    )


def test_what_was_measured_within_30_days_of_the_last_dose_decides_first() -> None:
    stop = {"withdrawn_month": 5.5, "withdrawal_reason": "no response"}
    assert judged(stop)[0] == "MaR"
    assert judged(stop | {"hb": {0: 70, 3: 71}})[0] == "NR"
    assert judged(stop | {"withdrawn_month": 6, "hb": {0: 70, 3: 71}})[0] == "NE"


def test_stopping_after_the_month_changes_nothing() -> None:
    assert judged({"withdrawn_month": 8, "withdrawal_reason": "no response"})[0] == "MaR"


def test_bundled_2020_sample_at_month_6() -> None:
    cohort = sample_cohort(2020)
    rates = analyse(cohort, "response_rates").table
    row = rates.query("population == 'all' and denominator == 'evaluable' and level == 'ORR'").iloc[
        0
    ]
    assert (row["n"], row["total"]) == (45, 49)
    without = (
        analyse(cohort, "response_sensitivity")
        .table.query("population == 'all' and rule == 'stops_left_out' and level == 'ORR'")
        .iloc[0]
    )
    assert (without["n"], without["total"]) == (45, 47)
    flow = analyse(cohort, "flow").table
    assert flow.loc[flow["step"] == "evaluable", "n"].iloc[0] == 49
