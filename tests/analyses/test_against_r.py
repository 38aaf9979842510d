"""Every result table against what R computed for the same cohort from the contract
(tests/reference/results/results.R).

Relative agreement 1e-6; 1e-4 where an optimiser (mixed model, profile likelihood) or the root
search of a tied Hodges–Lehmann interval decides.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from thal_core.analyses import analyse
from thal_core.cohort import Cohort, make_cohort
from thal_core.results import Result
from thal_core.view import Options
from thal_core.vocabulary import TEXT_COLUMNS

REFERENCE = Path(__file__).parents[1] / "reference" / "results"
COHORTS = ("sample", "clinic", "tiny", "n7", "n20", "n150")
KEYS = {
    "response_by_patient": "patient_id",
    "response_rates": "population denominator level",
    "summary": "item detail",
    "baseline_table": "variable level group",
    "genotype_response": "genotype",
    "hb_by_genotype": "genotype phenotype month",
    "hb_by_response": "population grouping month group method",
    "hbf_by_response": "population grouping month group method",
    "ferritin_by_response": "population grouping month group method",
    "ferritin_change": "month_i month_j method",
    "iron_response": "phenotype month",
    "hb_gain_vs_hbf": "population month",
    "labs_before_after": "analyte phenotype month method",
    "hb_composition": "phenotype month",
    "hb_over_time": "phenotype month",
    "hb_over_time_tests": "phenotype months model",
    "hb_contrasts": "phenotype month method",
    "transfusion_burden": "population",
    "time_to_transfusion_free": "group month",
    "clinical_features": "feature",
    "predictors": "variable level method",
    "predictors_model": "population model terms term",
    "adverse_events": "event grade",
    "exposure": "patient_id",
}
OPTIONS = {
    "baseline_table": Options(p_values=True),
    "time_to_transfusion_free": Options(group_by="sex"),
}
BY_AN_OPTIMISER = {  # rows where lmer, a profile likelihood or a root search among ties decides
    "hb_over_time_tests": lambda t: t["model"] == "mixed_random_intercept",
    "hb_contrasts": lambda t: t["method"] == "mixed_random_intercept",
    "predictors_model": lambda t: t["model"] != "",
    "predictors": lambda t: t["method"] == "mann_whitney",
    "labs_before_after": lambda t: t["method"] == "wilcoxon",
    "hb_by_response": lambda t: t["method"] == "mann_whitney",
    "hbf_by_response": lambda t: t["method"] == "mann_whitney",
    "ferritin_by_response": lambda t: t["method"] == "mann_whitney",
    "ferritin_change": lambda t: t["method"] == "wilcoxon",
}
OURS_ALONE = {
    "time_to_transfusion_free": lambda t: t["month"] == 0
}  # the curve's start, which survfit does not print


@lru_cache(maxsize=6)
def cohort(name: str) -> Cohort:
    def read(table: str) -> pd.DataFrame:
        frame = pd.read_csv(
            REFERENCE / name / f"{table}.csv",
            dtype={c: "str" for c in (*TEXT_COLUMNS, "patient_id")},
        )
        return frame

    return make_cohort(
        read("patients"), *(read(t) for t in ("visits", "transfusions", "treatments", "events"))
    )


@lru_cache
def answer(name: str, result: str, options: Options = Options()) -> Result:  # noqa: B008
    """What is answered of one of these cohorts, asked once for all tests."""
    return analyse(cohort(name), result, options)


def expected(name: str, result: str) -> pd.DataFrame:
    path = REFERENCE / name / "expected" / f"{result}.csv"
    keys = KEYS[result].split()
    text = {c: "str" for c in keys if c not in ("month", "month_i", "month_j")}
    frame = pd.read_csv(
        path,
        dtype=text,
        keep_default_na=False,
        na_values={c: [""] for c in _columns(path) if c not in text},
    )
    return frame.set_index(keys)


def _columns(path: Path) -> list[str]:
    return list(pd.read_csv(path, nrows=0).columns)


CASES = [
    (c, r) for c in COHORTS for r in KEYS if (REFERENCE / c / "expected" / f"{r}.csv").exists()
]


@pytest.mark.parametrize(("name", "result"), CASES)
def test_agrees_with_r(name: str, result: str) -> None:
    table = answer(name, result, OPTIONS.get(result, Options())).table
    if result == "summary":
        table = table.assign(detail=table["detail"].astype("str").str.removesuffix(".0"))
    theirs = expected(name, result)
    ours = table.set_index(KEYS[result].split())
    assert ours.index.is_unique
    assert not set(theirs.index) - set(ours.index), "rows R has and we have not"
    extra = table[~ours.index.isin(theirs.index)]
    allowed = OURS_ALONE.get(result)
    assert extra.empty or allowed(extra).all(), f"rows we have and R has not:\n{extra}"
    loose = BY_AN_OPTIMISER.get(result, lambda t: pd.Series(False, t.index))(table).set_axis(
        ours.index
    )
    for column in theirs.columns:
        mine = ours.loc[theirs.index, column]
        if theirs[column].dtype.kind not in "biuf":
            assert list(mine.fillna("")) == list(theirs[column].fillna("")), column
            continue
        searched = column.startswith("hedges_g_")  # effectsize searches the non-central t to 1e-6
        tolerance = np.where(loose[theirs.index] | searched, 1e-4, 1e-6)
        if column.startswith(
            "pooled_"
        ):  # R's grid there is the coarser one; tests/stats/test_effects.py has a finer
            tolerance = np.full(len(theirs), 2e-3)
        _close(
            mine.astype(float),
            theirs[column].astype(float),
            tolerance,
            2e-6 if searched else 1e-12,
            f"{result}.{column}",
        )


def _close(
    ours: pd.Series, theirs: pd.Series, tolerance: np.ndarray, least: float, what: str
) -> None:
    a, b = ours.to_numpy(), theirs.to_numpy()
    with np.errstate(invalid="ignore"):
        right = (
            (np.isnan(a) & np.isnan(b))
            | (a == b)
            | (np.abs(a - b) <= tolerance * np.abs(b) + least)
        )
    assert right.all(), (
        f"{what}\n" + pd.DataFrame({"ours": a, "R": b}, ours.index)[~right].to_string()
    )
