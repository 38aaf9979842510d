"""The filter: what a person means is what is kept."""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of
from thal_core.cohort import Cohort
from thal_core.groups import derive_groups
from thal_core.issues import CohortError, UnknownChoice
from thal_core.selection import select
from thal_core.view import Options, Selection


@pytest.fixture
def cohort() -> Cohort:
    return cohort_of(
        {
            "sex": "female",
            "age_years": 14,
            "genotype": "CD41-42/-28",
            "splenectomy": True,
            "phenotype": "NTDT",
            "hb": {0: 70, 6: 95},
        },
        {
            "sex": "male",
            "age_years": 13.9,
            "genotype": "CD17/-28",
            "splenectomy": False,
            "phenotype": "NTDT",
            "hb": {0: 80, 6: 85},
        },
        {
            "sex": "female",
            "genotype": "CD17/-29",
            "phenotype": "TDT",
            "transfusion_reduction_percent": 100,
            "center": "A, B",
        },
        {"phenotype": "TDT", "hb": {0: 60}},
    )


@pytest.mark.parametrize(
    ("where", "kept"),
    [
        ("sex=female", "13"),
        ("sex=FEMALE,male", "123"),
        ("sex!=female", "2"),
        ("sex=missing", "4"),
        ("sex=female,missing", "134"),
        ("sex!=missing", "123"),
        ("age_years>=14", "1"),
        ("age_years>13.9", "1"),
        ("age_years<=13.9", "2"),
        ("age_years<14", "2"),
        ("genotype=-28/CD41-42", "1"),
        ("genotype=βCD17/β-28,CD17/-29", "23"),
        ("splenectomy=yes", "1"),
        ("splenectomy=no", "2"),
        ("splenectomy=missing", "34"),
        ("hb_g_per_l>=70", "12"),
        ("center=nowhere", ""),
    ],
)
def test_who_is_kept(cohort: Cohort, where: str, kept: str) -> None:
    assert "".join(select(cohort, Selection(where)).patients.index) == kept


def test_conditions_are_joined_by_and_and_rows_follow_their_patient(cohort: Cohort) -> None:
    chosen = select(cohort, Selection(("sex=female", "phenotype=NTDT")))
    assert list(chosen.patients.index) == ["1"] and set(chosen.visits["patient_id"]) == {"1"}
    assert len(chosen.provenance.selections) == 2


def test_a_value_with_a_comma(cohort: Cohort) -> None:
    assert list(select(cohort, Selection(((("center", "=", ("A, B",))),))).patients.index) == ["3"]


def test_an_unknown_column_names_those_there_are(cohort: Cohort) -> None:
    with pytest.raises(UnknownChoice, match="phenotype"):
        select(cohort, Selection("shoe_size>=40"))


def test_words_have_no_order(cohort: Cohort) -> None:
    with pytest.raises(CohortError, match="sex"):
        select(cohort, Selection("sex>=3"))


def test_groups(cohort: Cohort) -> None:
    assert derive_groups(cohort, "response", Options()).fillna("-").tolist() == [
        "MaR",
        "other",
        "MaR",
        "-",
    ]
    assert derive_groups(cohort, "splenectomy", Options()).fillna("-").tolist() == [
        "yes",
        "no",
        "-",
        "-",
    ]
    assert set(derive_groups(cohort, "all", Options())) == {"all"}
