"""What has to be said beside the numbers is said, and every result says how it was computed."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from tests.analyses.test_against_r import KEYS, answer
from tests.cohorts import cohort_of
from thal_core.analyses import REGISTRY, analyse
from thal_core.cohort import Cohort, make_cohort
from thal_core.view import Options

WITHOUT_METHOD = {"patient_timeline", "paper_audit", "published"}


@pytest.mark.parametrize("name", sorted(set(REGISTRY) - WITHOUT_METHOD))
def test_method_in_both_languages(name: str) -> None:
    result = answer("sample", name)
    if result.table.empty:
        pytest.skip("the sample has nothing to say here")
    english, chinese = result.method.text("en"), result.method.text("zh")
    assert len(english) > 30 and english != chinese and "{" not in english + chinese


@pytest.mark.parametrize("name", ["hb_by_response", "hbf_by_response", "ferritin_by_response"])
def test_groups_chosen_by_outcome_are_called_circular(name: str) -> None:
    assert "circular" in str(answer("sample", name).notes)


@pytest.mark.parametrize("name", ["predictors", "trajectory", "time_to_transfusion_free"])
@pytest.mark.parametrize(("group_by", "said"), [("genotype_group_2024", True), ("sex", False)])
def test_circular_only_where_genotypes_are_compared(name: str, group_by: str, said: bool) -> None:
    assert ("circular" in str(answer("sample", name, Options(group_by=group_by)).notes)) is said


def test_the_class_of_ntdt_is_the_gain_itself() -> None:
    assert "descriptive" in str(answer("sample", "hb_by_response").notes)


def test_pooled_correlation_stands_beside_those_by_phenotype() -> None:
    result = answer("sample", "hb_gain_vs_hbf")
    assert result.table["population"].tolist() == ["all", "TDT", "NTDT"] and "by phenotype" in str(
        result.notes
    )


def test_response_rates_on_both_denominators() -> None:
    orr = (
        answer("sample", "response_rates")
        .table.query("level == 'ORR' and population == 'all'")
        .set_index("denominator")
    )
    assert orr["n"].tolist() == [44, 44] and orr["total"].to_dict() == {
        "evaluable": 48,
        "enrolled": 52,
    }


def test_what_was_not_recorded_is_named() -> None:
    patients = [
        {"phenotype": "NTDT", "sex": s, "hb": {0: 70, 6: h}}
        for s, h in (("female", 95), ("male", 99), ("male", 75))
    ]
    notes = str(analyse(cohort_of(*patients), "predictors").notes)
    named = notes.split("looked at: ")[1].split(".")[0]
    assert "HbF" in named and "Sex" not in named and "TDT" not in named and "3 variables" in notes


def test_a_simulated_p_says_its_error() -> None:
    rng = np.random.default_rng(1)
    patients = pd.DataFrame(
        {
            "patient_id": [str(i) for i in range(400)],
            "center": [f"c{k:02d}" for k in rng.integers(0, 25, 400)],
            "genotype_group_2024": [f"g{k}" for k in rng.integers(0, 6, 400)],
            "sex": ["female", "male"] * 200,
        }
    )
    result = analyse(
        make_cohort(patients),
        "baseline_table",
        Options(group_by="genotype_group_2024", p_values=True),
    )
    assert "simulation" in str(result.notes) and "ender" not in str(result.notes)


@pytest.mark.parametrize("name", sorted(KEYS))
def test_whole_cohort_first_and_paper_first(name: str) -> None:
    table = answer("clinic", name).table
    if "population" in table:
        assert (
            table["population"]
            .map(["all", "TDT", "NTDT", "still_transfused"].index)
            .is_monotonic_increasing
        )
    if "way" in table:
        comparison = [c for c in KEYS[name].split() if c not in ("method", "group")]
        for _, own in table.groupby(comparison, sort=False):
            assert own["way"].map(["paper", "recommended"].index).is_monotonic_increasing


def test_n_used_is_who_has_a_group_and_a_value() -> None:
    cohort: Cohort = cohort_of(
        {"phenotype": "NTDT", "genotype_group_2024": "favourable", "hb": {0: 70}},
        {"phenotype": "NTDT", "hb": {0: 70, 6: 95}},
        {"phenotype": "NTDT", "hb": {0: 70, 6: 72}},
        {"phenotype": "NTDT", "hb": {0: 70}},
        {"genotype_group_2024": "other"},
    )
    result = analyse(cohort, "hb_by_response")
    assert (result.n_used, result.n_excluded) == (3, 2)
