"""What the numbers allow to say: P never alone, smallest n, by definition, agreement, titles,
pooled rates.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from tests.analyses.test_against_r import answer
from tests.cohorts import cohort_of
from thal_core.analyses import analyse
from thal_core.figures.headline import headline
from thal_core.view import Options

ONE_P = (
    "hb_by_response",
    "hbf_by_response",
    "ferritin_by_response",
    "ferritin_change",
    "hb_contrasts",
    "transfusion_burden",
    "labs_before_after",
    "predictors",
    "hb_gain_vs_hbf",
    "predictors_model",
)
COHORTS = ("sample", "clinic", "tiny", "n7", "n20", "n150")


@pytest.mark.parametrize("name", COHORTS)
@pytest.mark.parametrize("result", ONE_P)
def test_p_is_never_alone(name: str, result: str) -> None:
    table = answer(name, result).table
    effect = {"hb_gain_vs_hbf": "r", "predictors_model": "odds_ratio"}.get(result, "effect")
    tested = table[table["p_value"].notna()]
    assert tested[effect].notna().all()
    bare = tested[tested["conf_low"].isna() | tested["conf_high"].isna()]
    assert (bare["notes"] != "").all(), "an interval is blank without its reason"
    if "method" in table:
        assert set(bare["method"]) <= {"mann_whitney", "wilcoxon"}, (
            "only a rank interval may be out of reach"
        )
    shown = tested.dropna(subset=["conf_low", "conf_high"])
    assert ((shown["conf_low"] <= shown[effect]) & (shown[effect] <= shown["conf_high"])).all()


@pytest.mark.parametrize("name", COHORTS)
def test_no_mean_or_rank_is_tested_with_fewer_than_three(name: str) -> None:
    for result in ("hb_by_response", "hbf_by_response", "ferritin_by_response"):
        table = answer(name, result).table
        fewest = table.groupby(["population", "grouping", "month", "method"])["n"].transform("min")
        assert table.loc[fewest < 3, ["p_value", "statistic", "conf_low"]].isna().all(axis=None)
        assert (table.loc[fewest < 3, "notes"] != "").all()
    for result in ("ferritin_change", "labs_before_after", "hb_contrasts"):
        table = answer(name, result).table
        assert table.loc[table["n"] < 3, "p_value"].isna().all()
    tested = (
        answer(name, "hb_over_time_tests")
        .table.query("model != 'mixed_random_intercept'")
        .dropna(subset=["p_value"])
    )
    months = tested["months"].str.count(",") + 1
    assert (tested["n"] > months)[tested["months"] != "all"].all() and tested["effect"].between(
        0, 1
    ).all()


def test_table_1_has_an_effect_beside_each_p() -> None:
    table = answer("clinic", "baseline_table", Options(p_values=True)).table
    tested = table[table["p_value"].notna()]
    assert tested["effect"].notna().all() and len(tested)
    levels = tested.groupby("variable")["level"].transform("nunique")
    assert tested.loc[levels <= 2, ["conf_low", "conf_high"]].notna().all(axis=None)
    assert tested.loc[levels > 2, "effect"].between(0, 1).all()


def test_one_against_three_is_no_longer_p_0_0009() -> None:
    patients = [{"phenotype": "NTDT", "hb": {0: 70, 6: h}} for h in (95, 71, 72, 73)]
    result = analyse(cohort_of(*patients), "hb_by_response")
    assert result.table["p_value"].isna().all() and result.table["mean_diff"].notna().any()
    assert "3 in each group" in str(result.notes)


@pytest.mark.parametrize("name", ["clinic", "n150"])
def test_no_p_where_the_class_is_the_gain_itself(name: str) -> None:
    table = answer(name, "hb_by_response").table
    ntdt = table[(table["population"] == "NTDT") & (table["grouping"] == "response")]
    recommended = ntdt[ntdt["way"] == "recommended"]
    assert recommended["p_value"].isna().all() and recommended["mean_diff"].notna().any()
    both = ntdt.groupby("month")["group"].transform("nunique") == 2
    if (ntdt.loc[both, "n"] >= 3).any():
        assert recommended["notes"].str.contains("By definition").any()
    tdt = table[
        (table["population"] == "TDT")
        & (table["way"] == "recommended")
        & (table["grouping"] == "response")
    ]
    assert tdt["p_value"].notna().any()


def test_the_papers_way_keeps_its_p_by_definition() -> None:
    patients = [
        {"phenotype": "NTDT", "hb": {0: 70 + i, 6: 92 + 2 * i if i % 2 else 75 + i}}
        for i in range(12)
    ]
    table = analyse(cohort_of(*patients), "hb_by_response").table.query(
        "population == 'NTDT' and month == 6"
    )
    assert table.query("way == 'paper'")["p_value"].notna().all()
    shown = table.query("way == 'recommended'")
    assert shown["p_value"].isna().all() and shown["effect"].notna().all()


def test_holm_runs_within_each_method() -> None:
    table = answer("clinic", "predictors").table
    for _, own in table.dropna(subset=["p_value"]).groupby(["way", "method"]):
        smallest = own.nsmallest(1, "p_value").iloc[0]
        assert smallest["p_adjusted"] == pytest.approx(min(1, smallest["p_value"] * len(own)))


def test_the_model_is_fitted_within_ntdt_too() -> None:
    table = answer("clinic", "predictors_model").table
    assert list(dict.fromkeys(table["population"])) == ["all", "TDT", "NTDT"]
    estimated = table.dropna(subset=["odds_ratio"])
    assert estimated["p_likelihood_ratio"].notna().all()
    assert not np.isinf(estimated[["conf_low", "conf_high"]].to_numpy()).any()


def test_agreement_is_of_the_patients_both_criteria_judge() -> None:
    patients = [
        {"phenotype": "NTDT", "hb": {0: 70, 3: 70 + g, 6: 70 + g}} for g in (25, 22, 12, 3, 2)
    ]
    patients += [{"phenotype": "TDT", "transfusion_reduction_percent": p} for p in (100, 60, 30, 0)]
    made = cohort_of(*patients)
    classes = analyse(made, "criteria_concordance").table
    table = analyse(made, "criteria_agreement").table.set_index(["criterion_1", "criterion_2"])
    for (first, second), row in table.iterrows():
        both = classes[(classes[first] != "NE") & (classes[second] != "NE")]
        assert row["n"] == len(both)
    assert table.loc[("believe", "beyond"), "n"] == 0
    one = table.loc[("yang2020", "yang2024")]
    assert 0 < one["n_agree"] <= one["n"] and one["percent"] == pytest.approx(
        100 * one["n_agree"] / one["n"]
    )


def test_kappa_is_blank_where_a_criterion_says_one_thing_only() -> None:
    patients = [{"phenotype": "NTDT", "hb": {0: 70, 3: 100, 6: 100}} for _ in range(6)]
    table = analyse(cohort_of(*patients), "criteria_agreement").table
    known = table[table["n"] > 0]
    assert (
        len(known)
        and known["kappa"].isna().all()
        and (known["notes"] != "").all()
        and (known["percent"] == 100).all()
    )


def test_the_title_of_the_concordance_is_no_range_of_rates() -> None:
    title = answer("sample", "criteria_concordance").figure().layout.meta["title"]
    assert "both judge" in title and "%" not in title


def rows(*given: tuple[str, float, float, float, int]) -> pd.DataFrame:
    return pd.DataFrame(given, columns=["population", "estimate", "low", "high", "fewest"])


NOTHING = (math.nan, math.nan)


@pytest.mark.parametrize(
    ("given", "apart", "said"),
    [
        (
            rows(
                ("all", 0.4, 0.1, 0.6, 40), ("TDT", 0.4, 0.05, 0.7, 25), ("NTDT", 0.5, 0.1, 0.8, 10)
            ),
            NOTHING,
            "up",
        ),
        (
            rows(
                ("all", 0.4, 0.1, 0.6, 40), ("TDT", 0.4, 0.05, 0.7, 25), ("NTDT", 0.5, 0.1, 0.8, 9)
            ),
            NOTHING,
            "not_shown",
        ),
        (rows(("all", 0.4, 0.0, 0.6, 40)), NOTHING, "not_shown"),
        (rows(("all", -0.4, -0.6, -0.1, 40)), NOTHING, "down"),
        (
            rows(
                ("all", 0.1, -0.2, 0.4, 40),
                ("TDT", 0.3, -0.1, 0.6, 20),
                ("NTDT", -0.3, -0.7, 0.1, 20),
            ),
            (0.1, 0.9),
            "opposite",
        ),
        (
            rows(
                ("all", 0.1, -0.2, 0.4, 40),
                ("TDT", 0.3, -0.1, 0.6, 20),
                ("NTDT", -0.3, -0.7, 0.1, 20),
            ),
            (-0.1, 0.9),
            "not_shown",
        ),
        (
            rows(
                ("all", 0.1, -0.2, 0.4, 29),
                ("TDT", 0.3, -0.1, 0.6, 20),
                ("NTDT", -0.3, -0.7, 0.1, 9),
            ),
            (0.1, 0.9),
            "not_shown",
        ),
        (rows(), NOTHING, "not_shown"),
    ],
)
def test_a_title_states_only_what_is_shown(
    given: pd.DataFrame, apart: tuple[float, float], said: str
) -> None:
    assert headline(given, apart, 0.0) == said


@pytest.mark.parametrize("result", ["hb_gain_vs_hbf", "predictors_model"])
@pytest.mark.parametrize("name", ["sample", "tiny", "n7"])
def test_small_cohorts_have_no_direction_in_the_title(result: str, name: str) -> None:
    drawn = answer(name, result)
    if not drawn.table.empty:
        assert "not shown" in drawn.figure().layout.meta["title"]
        assert "未显示" in drawn.figure("zh").layout.meta["title"]


def test_two_of_two_is_pulled_towards_the_others() -> None:
    table = answer("sample", "genotype_response").table.set_index("genotype")
    two = table[(table["total"] == 2) & (table["percent_mar"] == 100)]
    assert len(two) and (two["pooled_percent"] < 90).all() and (two["pooled_low"] < 50).all()
    assert table["pooled_percent"].between(table["pooled_low"], table["pooled_high"]).all()


def test_fewer_than_five_genotypes_are_not_pooled() -> None:
    patients = [
        {"phenotype": "NTDT", "genotype": g, "hb": {0: 70, 6: h}}
        for g in ("CD17/-28", "CD17/-29", "-28/-28", "CD17/CD17")
        for h in (95, 75)
    ]
    assert analyse(cohort_of(*patients), "genotype_response").table["pooled_percent"].isna().all()


@pytest.mark.parametrize(
    "name",
    ["labs_before_after", "hb_contrasts", "ferritin_change", "iron_response", "hb_gain_vs_hbf"],
)
def test_regression_to_the_mean_is_said(name: str) -> None:
    assert "Regression to the mean" in str(answer("sample", name).notes)


def test_curves_by_response_say_where_the_class_came_from() -> None:
    result = answer("sample", "hbf_by_response")
    assert "same visits" in str(result.notes) and "same visits" in " ".join(
        result.figure().layout.meta["caption"]
    )


def test_omnibus_tests_name_the_contrasts() -> None:
    assert "hb_contrasts" in str(answer("sample", "hb_over_time_tests").notes)


def test_percent_of_the_intended_dose() -> None:
    steps = [
        {"drug": "thalidomide", "start_month": 0, "stop_month": 6, "dose_mg_per_day": 100.0},
        {"drug": "thalidomide", "start_month": 6, "stop_month": 12, "dose_mg_per_day": 50.0},
    ]
    whole, cut = (
        {
            "phenotype": "NTDT",
            "dose_start_mg_per_day": 100.0,
            "duration_months": 12.0,
            "hb": {0: 70, 12: 90},
            "treatments": s,
        }
        for s in ([steps[0] | {"stop_month": 12}], steps)
    )
    assert analyse(cohort_of(whole, cut), "exposure").table[
        "percent_of_intended"
    ].tolist() == pytest.approx([100, 75])
