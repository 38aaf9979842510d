"""Cumulative dose, and visits on and off the drug."""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of
from thal_core.derive.dose import derive_dose_changes, derive_exposure
from thal_core.derive.visits import values_at, visit_values

GRAMS_A_MONTH = 30.4375 * 50 / 1000  # 50 mg/day


def test_the_starting_dose_holds_until_the_first_dose_written_at_a_visit() -> None:
    cohort = cohort_of(
        {"dose_start_mg_per_day": 50, "dose_mg_per_day": {3: 100, 6: 100}, "duration_months": 12}
    )
    exposure = derive_exposure(cohort).iloc[0]
    assert exposure["months"] == 12 and exposure["cumulative_g"] == pytest.approx(
        GRAMS_A_MONTH * (3 + 2 * 9)
    )
    assert exposure["last_dose"] == 100
    assert derive_dose_changes(cohort)["kind"].tolist() == ["increase"]


def test_a_dose_at_month_0_needs_no_starting_dose() -> None:
    cohort = cohort_of(
        {"dose_start_mg_per_day": 75, "dose_mg_per_day": {0: 50, 6: 50}, "duration_months": 6}
    )
    assert derive_exposure(cohort)["cumulative_g"].iloc[0] == pytest.approx(GRAMS_A_MONTH * 6)


def test_months_without_drug_add_nothing() -> None:
    cohort = cohort_of({"dose_mg_per_day": {0: 50, 3: 0, 6: 50}, "duration_months": 12})
    exposure = derive_exposure(cohort).iloc[0]
    assert exposure["months"] == 9 and exposure["cumulative_g"] == pytest.approx(GRAMS_A_MONTH * 9)


def test_a_visit_before_the_first_dose_is_not_off_the_drug() -> None:
    """A sheet may say "not on thalidomide" of the baseline visit: it stays the baseline."""
    cohort = cohort_of({"phenotype": "NTDT", "hb": {0: 70, 6: 95, 12: 80}, "off": {0, 12}})
    assert values_at(cohort, "hb_g_per_l", 0).iloc[0] == 70
    assert visit_values(cohort, "hb_g_per_l", on_drug_only=True)["month"].tolist() == [0, 6]
