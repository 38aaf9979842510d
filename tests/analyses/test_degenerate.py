"""n = 0, 1, 2, one class, one visit, zero variance: a row with the reason or a sentence, never an
exception.
"""

from __future__ import annotations

import warnings
from dataclasses import replace
from functools import lru_cache

import pandas as pd
import pytest

from tests.cohorts import cohort_of
from thal_core.analyses import REGISTRY, analyse
from thal_core.analyses.build_result import columns_of
from thal_core.cohort import Cohort
from thal_core.issues import UnknownChoice
from thal_core.selection import select
from thal_core.view import Options, Selection

ONE = {
    "phenotype": "NTDT",
    "sex": "female",
    "age_years": 15,
    "genotype": "CD17/-28",
    "hb": {0: 70, 3: 90, 6: 95},
    "hbf_percent": {0: 20, 6: 40},
    "ferritin_ng_per_ml": {0: 900, 12: 800, 24: 700},
}
TWIN = ONE | {"sex": "male"}
TDT = {"phenotype": "TDT", "transfusion_reduction_percent": 30, "hb": {0: 80, 6: 80}}
OF_THE_COHORT = sorted(set(REGISTRY) - {"published", "paper_audit"})
MAKERS = {
    "nobody": lambda: select(cohort_of(ONE), Selection("sex=male")),
    "one patient": lambda: cohort_of(ONE),
    "two alike": lambda: cohort_of(ONE, TWIN),
    "one class": lambda: cohort_of(ONE, TWIN, ONE | {"hb": {0: 71, 6: 99}}),
    "one visit": lambda: cohort_of(
        {"phenotype": "NTDT", "hb": {0: 70}}, {"phenotype": "NTDT", "hb": {0: 75}}
    ),
    "nothing measured": lambda: cohort_of({"sex": "female"}, {}),
    "zero variance": lambda: cohort_of(
        *[
            {
                "phenotype": p,
                "hb": {0: 70, 6: 90},
                "hbf_percent": {0: 30},
                "transfusion_reduction_percent": 10,
            }
            for p in ("TDT", "NTDT") * 3
        ]
    ),
    "tdt without dates": lambda: cohort_of(TDT, TDT | {"transfusion_reduction_percent": 100}),
}


@lru_cache
def degenerate(which: str) -> Cohort:
    return MAKERS[which]()


@lru_cache
def three_patients() -> Cohort:
    return cohort_of(ONE, TWIN, TDT)


@pytest.mark.parametrize("name", REGISTRY)
@pytest.mark.parametrize("which", MAKERS)
def test_every_question_is_answered_with_a_table_or_a_sentence(name: str, which: str) -> None:
    cohort = degenerate(which)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        result = analyse(cohort, name)
    assert list(result.table.columns) == list(columns_of(name))
    assert len(result.table) or len(str(result.notes)) > 20
    assert name == "paper_audit" or result.n_used + result.n_excluded == len(cohort.patients)
    assert result.notes.text("zh") != str(result.notes) or not result.notes


@pytest.mark.parametrize("criterion", ["yang2020", "believe", "beyond", "yang2024_printed"])
@pytest.mark.parametrize("name", OF_THE_COHORT)
def test_under_every_criterion(name: str, criterion: str) -> None:
    result = analyse(three_patients(), name, Options(criterion=criterion))
    assert list(result.table.columns) == list(columns_of(name))


def test_an_unknown_name_lists_those_there_are() -> None:
    with pytest.raises(UnknownChoice, match="response_rates"):
        analyse(cohort_of(ONE), "responce_rates")


def test_a_month_nobody_has_is_a_sentence() -> None:
    result = analyse(cohort_of(ONE, TDT), "hb_gain_vs_hbf", Options(month=18))
    assert result.table.empty and "18" in str(result.notes)


@lru_cache
def mixed_cohort() -> Cohort:
    patients = []
    for i in range(12):
        tdt = i % 2
        patients.append(
            {
                "patient_id": f"p{i}",
                "phenotype": "TDT" if tdt else "NTDT",
                "sex": ("female", "male")[i % 3 == 0],
                "age_years": 12 + i,
                "genotype": ("CD17/-28", "CD41-42/-28", "CD17/-29")[i % 3],
                "splenectomy": bool(i % 4 == 0),
                "transfusion_reduction_percent": (100, 30, 60)[i % 3] if tdt else None,
                "hb": {0: 60 + 2 * i, 3: 75 + i, 6: 72 + 3 * i, 12: 90 + i},
                "hbf_percent": {0: 10.0 + i * i % 17, 6: 30 + i},
                "ferritin_ng_per_ml": {0: 900 + 31 * i, 12: 800 + 7 * i, 24: 600 + 11 * i},
            }
        )
    return cohort_of(*patients)


BY_PATIENT = {
    "response_by_patient",
    "criteria_concordance",
    "still_transfused",
    "chelation_stopped",
    "exposure",
    "safety_flags",
    "review_list",
    "patient_timeline",
    "dose_changes",
    "swimmer",
}


@lru_cache
def turned_cohort() -> Cohort:
    """The mixed cohort with its rows in another order."""
    cohort = mixed_cohort()
    return replace(
        cohort,
        patients=cohort.patients.iloc[::-1],
        visits=cohort.visits.sample(frac=1, random_state=3),
    )


@lru_cache
def one_more() -> Cohort:
    """The mixed cohort and a patient in whom nothing is measured."""
    cohort = mixed_cohort()
    blank = cohort_of({"patient_id": "blank"}).patients
    return replace(cohort, patients=pd.concat([cohort.patients, blank]))


@pytest.mark.parametrize("name", OF_THE_COHORT)
def test_row_order_and_patient_names_do_not_matter(name: str) -> None:
    here, there = (analyse(c, name).table for c in (mixed_cohort(), turned_cohort()))
    if name in BY_PATIENT:
        here, there = (
            t.sort_values(list(t.columns[:3])).reset_index(drop=True) for t in (here, there)
        )
    pd.testing.assert_frame_equal(here, there, check_dtype=False)


@pytest.mark.parametrize(
    "name",
    sorted(
        set(OF_THE_COHORT)
        - BY_PATIENT
        - {
            "summary",
            "flow",
            "response_rates",
            "treatment_summary",
            "strobe",
            "baseline_table",
            "response_transitions",
        }
    ),
)
def test_a_patient_with_nothing_measured_changes_no_number(name: str) -> None:
    here, there = (analyse(c, name).table for c in (mixed_cohort(), one_more()))
    pd.testing.assert_frame_equal(here, there, check_dtype=False)


def test_the_shown_code_runs_and_gives_the_same_table() -> None:
    import subprocess
    import sys

    from thal_core import read_cohort

    file = "tests/data/table3_2024.csv"
    cohort = select(read_cohort(file), Selection(("sex=female", "age_years>=14")))
    result = analyse(cohort, "response_by_patient")
    script = result.code.replace(".to_string()", ".to_csv(index=False)")
    assert "table3_2024" not in script
    out = subprocess.run(
        [sys.executable, "-c", script, file],
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    assert out.stdout.strip() == result.table.to_csv(index=False).strip()
