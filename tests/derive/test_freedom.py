"""Freedom is a state, reduction is an average: each has its own evidence, and records refute
statements.
"""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of
from thal_core import read_cohort
from thal_core.analyses import analyse
from thal_core.derive.response import classify_response
from thal_core.view import Options

TDT = {"phenotype": "TDT"}
SEEN = {"hb": {m: 85 for m in (0, 3, 6, 9, 12)}}
BASE = {m: 4 for m in (-2, -1, 0)}


def months(first: int, last: int, units: float) -> dict[int, float]:
    return {m: units for m in range(first, last + 1)}


def judged(patient: dict, month: float | None = None, *others: dict) -> tuple[str, str]:
    row = classify_response(cohort_of(TDT | SEEN | patient, *others), "yang2024", month).iloc[0]
    return row["response"], row["reason"]


def totals(before: float, after: float, window: float = 24) -> dict:
    return {
        "transfusion_units_before": before,
        "transfusion_months_before": window,
        "transfusion_units_after": after,
        "transfusion_months_after": window,
    }


def test_two_units_every_month_are_not_freedom_whatever_is_stated() -> None:
    patient = {"transfusion_free_from_month": 2, "units": months(-2, 12, 2)}
    assert judged(patient)[0] == "NR"
    reasons = analyse(cohort_of(TDT | SEEN | patient), "review_list").table["reason"].tolist()
    assert "freedom_disagrees" in reasons


def test_a_relapse_is_seen_where_it_is_recorded() -> None:
    patient = {
        "transfusion_free_from_month": 2,
        "units": BASE | {1: 4, 2: 4} | months(3, 8, 0) | months(9, 12, 4),
    }
    assert judged(patient)[0] == "MaR" and judged(patient, 12)[0] == "NR"
    table = analyse(cohort_of(TDT | SEEN | patient), "response_transitions").table
    assert table.query("to_month == 12")[["from_response", "to_response"]].to_numpy().tolist() == [
        ["MaR", "NR"]
    ]
    assert "Of 1 patients who ever became free of transfusion, 0 are still free" in str(
        analyse(cohort_of(TDT | SEEN | patient), "time_to_transfusion_free").notes
    )


def test_a_relapse_without_later_records_is_not_freedom() -> None:
    patient = {
        "transfusion_free_from_month": 2,
        "units": BASE | {1: 4, 2: 4} | months(3, 8, 0) | {9: 4},
    }
    assert judged(patient, 12)[0] == "NE"


def test_zero_units_in_every_month_are_freedom_whatever_is_stated() -> None:
    assert judged({"transfusion_free_from_month": 9, "units": BASE | months(1, 12, 0)})[0] == "MaR"


@pytest.mark.parametrize("percent", [89, 94])
def test_an_average_over_two_years_does_not_refute_freedom(percent: float) -> None:
    """Five of the 21 free patients of 2024: the months before they were free are in the total."""
    response, reason = judged(totals(100, 100 - percent) | {"transfusion_free_from_month": 3})
    assert response == "MaR" and "%" not in reason


@pytest.mark.parametrize(("after", "expected"), [(30, "MaR"), (30.1, "MiR")])
def test_a_total_refutes_freedom_only_beyond_what_the_months_before_it_explain(
    after: float, expected: str
) -> None:
    """Free from 6 of 24 months: at least 75 % less, and 5 points for rounding."""
    assert judged(totals(100, after) | {"transfusion_free_from_month": 6})[0] == expected


def test_without_a_window_a_reduction_is_no_test_of_freedom() -> None:
    assert (
        judged({"transfusion_reduction_percent": 40, "transfusion_free_from_month": 3})[0] == "MaR"
    )


@pytest.mark.parametrize(("month_given", "expected"), [(5, "NE"), (8, "NE"), (9, "MaR")])
def test_a_transfusion_within_two_months_refutes_the_stated_month(
    month_given: int, expected: str
) -> None:
    """Stated from 6, judged at 6: a transfusion at 8 is within two months, one at 9 a later
    relapse. Before 6 it is what freedom ended: then, with months 4 and 6 blank, only the statement
    speaks.
    """
    patient = {"transfusion_free_from_month": 6, "units": BASE | {month_given: 2}}
    expected = "MaR" if month_given < 6 else expected
    assert judged(patient)[0] == expected


def test_not_free_before_the_stated_month() -> None:
    response, reason = judged({"transfusion_free_from_month": 9})
    assert response == "NE" and "not free by month 6" in reason
    assert (
        judged({"transfusion_free_from_month": 9, "transfusion_reduction_percent": 100})[0] == "MiR"
    )


@pytest.mark.parametrize(("window", "expected"), [(6, "MaR"), (5, "MiR")])
def test_a_total_of_0_says_free_where_its_window_reaches_the_month(
    window: float, expected: str
) -> None:
    assert judged(totals(20, 0, window))[0] == expected


def test_a_stated_100_percent_is_the_last_to_be_believed() -> None:
    stated = {"transfusion_reduction_percent": 100}
    assert judged(stated)[0] == "MaR"
    assert judged(stated | {"units": months(-2, 6, 2)})[0] == "NR"


def test_totals_are_said_to_be_averages() -> None:
    response, reason = judged(totals(100, 60))
    assert response == "SLR" and "average over 24 months" in reason


@pytest.mark.parametrize(("percent", "expected"), [(-20, "NR"), (100, "MaR"), (150, "NE")])
def test_a_reduction_above_100_is_unused_and_a_negative_one_an_increase(
    percent: float, expected: str
) -> None:
    assert judged({"transfusion_reduction_percent": percent})[0] == expected


def test_above_100_is_an_issue_of_the_sheet() -> None:
    cohort = read_cohort(
        b"id,phenotype,Hb_0M,Hb_6M,transfusion_reduction_percent\n1,TDT,80,85,150\n2,TDT,80,85,50\n",
        filename="a.csv",
    )
    assert "1" in cohort.issues.loc[cohort.issues["severity"] != "note", "patient_id"].tolist()


def test_where_records_contradict_an_issue_says_so() -> None:
    header = "id,phenotype,transfusion_free_from_month," + ",".join(
        f"Transfusion_{m}M (U)" for m in range(-2, 7)
    )
    sheet = f"{header}\n1,TDT,2,{','.join(['2'] * 9)}\n2,TDT,2,4,4,4,4,4,0,0,0,0\n"
    cohort = read_cohort(sheet.encode(), filename="a.csv")
    found = cohort.issues[cohort.issues["code"] == "record.freedom_disagrees"]
    assert (
        found["patient_id"].tolist() == ["1"]
        and "not free" in found["message"].iloc[0]
        and found["action"].iloc[0]
    )


@pytest.mark.parametrize(("since", "at_6"), [(4, "MaR"), (4.1, "unconfirmed"), (6, "unconfirmed")])
def test_freedom_of_less_than_two_months_is_unconfirmed_and_has_its_own_row(
    since: float, at_6: str
) -> None:
    cohort = cohort_of(
        TDT | SEEN | {"transfusion_free_from_month": since, "transfusion_reduction_percent": 60}
    )
    assert classify_response(cohort)["response"].iloc[0] == "MaR"
    row = analyse(cohort, "response_sensitivity").table.query(
        "population == 'TDT' and rule == 'unconfirmed_as_not_free' and level == 'MaR'"
    )
    assert row["n"].iloc[0] == (at_6 == "MaR")


# --- a blank among filled cells
# --------------------------------------------------------------------------------
def column(free: int, blank: int, **more: object) -> list[dict]:
    return [TDT | SEEN | {"transfusion_free_from_month": 3}] * free + [TDT | SEEN | more] * blank


def test_34_tdt_21_free_13_blank() -> None:
    cohort = cohort_of(*column(21, 13))
    classes = classify_response(cohort)
    assert classes["response"].value_counts().to_dict() == {"MaR": 21, "NE": 13}
    assert "not free by month 6; how much less is not recorded" in classes["reason"].iloc[-1]
    rates = (
        analyse(cohort, "response_rates")
        .table.query("population == 'TDT'")
        .set_index(["denominator", "level"])
    )
    for denominator in ("evaluable", "enrolled"):
        mar, orr = rates.loc[(denominator, "MaR")], rates.loc[(denominator, "ORR")]
        assert mar["percent_low"] == mar["percent_high"] == pytest.approx(100 * 21 / 34)
        assert (orr["percent_low"], orr["percent_high"], orr["n_unknown"]) == (
            pytest.approx(100 * 21 / 34),
            100,
            13,
        )
    table = (
        analyse(cohort, "response_sensitivity")
        .table.query("population == 'TDT' and level == 'MaR'")
        .set_index("rule")
    )
    assert table.loc["as_ruled", ["n", "total"]].tolist() == [21, 34] and table.loc[
        "blanks_as_unknown", ["n", "total"]
    ].tolist() == [21, 21]
    strip = analyse(cohort, "summary").table.set_index("item")
    assert strip.loc["mar", ["n", "total"]].tolist() == [21, 34]


@pytest.mark.parametrize(("filled", "inferred"), [(2, True), (1, False)])
def test_a_blank_speaks_where_at_least_half_are_filled(filled: int, inferred: bool) -> None:
    row = classify_response(cohort_of(*column(filled, 2))).iloc[-1]
    assert row["response"] == "NE" and ("not free" in row["reason"]) is inferred


def test_a_filter_does_not_change_what_a_blank_says() -> None:
    from thal_core.selection import select
    from thal_core.view import Selection

    blank = select(cohort_of(*column(3, 1, sex="female")), Selection("sex=female"))
    assert "not free" in classify_response(blank)["reason"].iloc[0]


@pytest.mark.parametrize(
    "more", [{"hb": {0: 80, 3: 85}}, {"off": {6, 9, 12}}, {"phenotype": "NTDT"}]
)
def test_only_tdt_seen_on_the_drug_at_the_month_are_inferred(more: dict) -> None:
    row = classify_response(cohort_of(*column(3, 1, **more))).iloc[-1]
    assert "not free" not in row["reason"]


def test_better_evidence_is_used_before_a_blank() -> None:
    assert (
        classify_response(cohort_of(*column(3, 1, transfusion_reduction_percent=60)))[
            "response"
        ].iloc[-1]
        == "MiR"
    )
    assert (
        classify_response(cohort_of(*column(3, 1, transfusion_reduction_percent=100)))[
            "response"
        ].iloc[-1]
        == "MaR"
    )


# --- no base
# ------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("before", "expected"),
    [(months(-2, 0, 0), "NE"), ({-5: 4} | months(-2, 0, 0), "MaR"), ({}, "MaR")],
)
def test_tdt_with_zero_before_treatment_has_nothing_to_reduce(before: dict, expected: str) -> None:
    response, reason = judged({"units": before | months(1, 6, 0)})
    assert response == expected and (expected != "NE" or "nothing to reduce" in reason)


def test_totals_of_zero_before_and_after_are_no_response() -> None:
    assert "nothing to reduce" in judged(totals(0, 0))[1]
    assert judged(totals(0, 0) | {"units": BASE | months(1, 6, 0)})[0] == "MaR"


def test_the_review_list_looks_before_it_says_that_no_transfusion_is_recorded() -> None:
    low = {"hb": {0: 80, 6: 80, 12: 70}, "transfusion_free_from_month": 3}

    def detail(patient: dict) -> str:
        table = analyse(cohort_of(TDT | low | patient), "review_list", Options()).table
        return table.loc[table["reason"] == "blood_withheld", "detail"].iloc[0]

    assert "no transfusion is recorded after month 6" in detail(
        {"units": BASE | {1: 4, 2: 4} | months(3, 12, 0)}
    )
    assert "a transfusion is recorded in month 11" in detail(
        {"units": BASE | {1: 4, 2: 4} | months(3, 10, 0) | {11: 2, 12: 0}}
    )
    assert "not recorded in this sheet" in detail({})
