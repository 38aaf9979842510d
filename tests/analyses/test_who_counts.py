"""What is not known bounds a rate from both sides and never leaves the denominator silently."""

from __future__ import annotations

import pandas as pd
import pytest

from tests.cohorts import cohort_of, sample_cohort
from thal_core.analyses import analyse
from thal_core.cohort import Cohort
from thal_core.view import Options

NTDT, TDT = {"phenotype": "NTDT"}, {"phenotype": "TDT"}
GOOD, BAD = NTDT | {"hb": {0: 70, 6: 95}}, NTDT | {"hb": {0: 70, 6: 72}}
LOST = NTDT | {"hb": {0: 70, 3: 80, 12: 80}}


def rates(cohort: Cohort, population: str = "all", **options: object) -> pd.DataFrame:
    table = analyse(cohort, "response_rates", Options(**options)).table
    return table.query("population == @population and denominator == 'evaluable'").set_index(
        "level"
    )


def test_low_is_the_known_and_high_the_known_with_all_who_may() -> None:
    table = rates(cohort_of(GOOD, GOOD, BAD, LOST, TDT | {"hb": {0: 80, 6: 80}}))
    assert table.loc[
        "ORR", ["percent_low", "percent_high", "n_unknown", "bounds_total"]
    ].tolist() == [40, 80, 2, 5]
    assert table.loc["SLR", ["percent_low", "percent_high"]].tolist() == [
        0,
        20,
    ]  # Hb alone never says SLR
    assert table.loc["NR", ["percent_low", "percent_high"]].tolist() == [20, 60]


def test_bounds_are_the_same_beside_both_denominators() -> None:
    table = analyse(cohort_of(GOOD, BAD, LOST), "response_rates").table.query("level != 'NE'")
    for _, own in table.groupby(["population", "level"]):
        assert own[["percent_low", "percent_high", "n_unknown"]].drop_duplicates().shape[0] == 1


def test_everything_known_leaves_no_range() -> None:
    table = rates(cohort_of(GOOD, BAD))
    assert (table["percent_low"] == table["percent"]).all() and (
        table["percent_high"] == table["percent"]
    ).all()


def test_the_other_phenotype_is_not_in_the_denominator_of_a_criterion() -> None:
    believe = rates(
        cohort_of(GOOD, TDT | {"dated": [(-40, 12), (100, 8)], "hb": {0: 80, 6: 90}}),
        criterion="believe",
    )
    assert believe.at["ORR", "bounds_total"] == 1 and believe.at["ORR", "percent_high"] == 100


def test_sensitivity_has_six_rules_for_every_level() -> None:
    result = analyse(cohort_of(GOOD, GOOD, BAD, LOST), "response_sensitivity")
    table = result.table.query("population == 'all' and level == 'ORR'").set_index("rule")
    assert list(table.index) == [
        "as_ruled",
        "stops_left_out",
        "unknown_as_no_response",
        "unknown_as_best",
        "blanks_as_unknown",
        "unconfirmed_as_not_free",
    ]
    assert table[["n", "total"]].to_numpy().tolist() == [
        [2, 3],
        [2, 3],
        [2, 4],
        [3, 4],
        [2, 3],
        [2, 3],
    ]
    assert result.figure() is not None and result.figure("zh") is not None


@pytest.mark.parametrize(("lost", "is_range"), [(1, False), (2, True)])
def test_the_headline_is_the_range_beyond_ten_points(lost: int, is_range: bool) -> None:
    """1 of 10 unknown moves the rate by ten points, 2 of 11 by more."""
    result = analyse(cohort_of(*[GOOD] * 5, *[BAD] * 4, *[LOST] * lost), "response_rates")
    assert ("are not known" in result.figure().layout.title.text) is is_range


def test_last_response_says_its_months_and_tests_no_duration() -> None:
    people = [
        GOOD | {"duration_months": d, "hb": {0: 70, 6: 95, d: 95}, "sex": "female"}
        for d in (12, 18, 24)
    ]
    people += [BAD | {"duration_months": d, "sex": "male"} for d in (6, 7, 8)]
    cohort = cohort_of(*people)
    notes = str(analyse(cohort, "response_rates", Options(month="last")).notes)
    assert "median 9, range 6 to 24" in notes
    assert "duration_months" in analyse(cohort, "predictors").table["variable"].tolist()
    assert (
        "duration_months"
        not in analyse(cohort, "predictors", Options(month="last")).table["variable"].tolist()
    )


@pytest.mark.parametrize(
    "name",
    [
        "summary",
        "flow",
        "response_by_patient",
        "response_transitions",
        "genotype_response",
        "still_transfused",
        "hb_by_response",
        "baseline_table",
        "response_print",
        "review_list",
        "trajectory",
    ],
)
def test_every_question_can_be_asked_of_the_last_response(name: str) -> None:
    result = analyse(sample_cohort(), name, Options(month="last"))
    assert len(result.table) and "{" not in str(result.method) + result.method.text("zh")
    assert "month='last'" in result.code


def test_a_share_of_the_gain_outside_0_to_1_is_explained() -> None:
    odd = {"hb": {0: 70, 6: 80}, "hbf_percent": {0: 10, 6: 60}}
    assert "opposite ways" in str(analyse(cohort_of(NTDT | odd), "hb_composition").notes)
    assert "opposite ways" not in str(
        analyse(cohort_of(NTDT | odd | {"hbf_percent": {0: 10, 6: 15}}), "hb_composition").notes
    )


def test_the_2020_odds_ratio_stands_beside_ntdt_alone() -> None:
    table = analyse(
        sample_cohort(2020),
        "predictors_model",
        Options(criterion="yang2020", month="last"),
    ).table
    own = table.query("population == 'NTDT' and model == 'maximum_likelihood'")
    assert own["terms"].tolist() == ["hbf_percent"] and own["n"].iloc[0] == 39
