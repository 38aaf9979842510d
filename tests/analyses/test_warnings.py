"""No library has anything to say on standard error, whatever is asked of whatever cohort."""

from __future__ import annotations

import contextlib
import warnings
from pathlib import Path

import pytest

from tests.cohorts import cohort_of
from thal_core import CohortError, Options, Selection, analyse, read_cohort, select
from thal_core.analyses import REGISTRY

ROOT = Path(__file__).parents[2]
RASH = {"event": "rash", "month": 1.0}
COHORTS = {
    "sample": lambda: read_cohort(ROOT / "data" / "sample_cohort.csv"),
    "thirteen": lambda: read_cohort(ROOT / "tests" / "data" / "table3_2024.csv"),
    "nobody": lambda: select(COHORTS["sample"](), Selection("age_years>=99")),
    "one": lambda: cohort_of({"phenotype": "NTDT", "hb": {0: 70.0, 6: 90.0}, "events": [RASH]}),
    "events without a grade": lambda: cohort_of(
        *({"phenotype": "NTDT", "hb": {0: 70.0 + i, 6: 90.0}, "events": [RASH]} for i in range(4))
    ),
    "some graded": lambda: cohort_of(
        *(
            {
                "phenotype": "TDT",
                "units": {-1: 2.0, 6: i},
                "events": [RASH | {"grade": float(i)}, RASH],
            }
            for i in range(1, 5)
        )
    ),
}


@pytest.mark.parametrize("name", COHORTS)
def test_no_analysis_warns(name: str) -> None:
    cohort = COHORTS[name]()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for result in REGISTRY:
            with contextlib.suppress(CohortError):
                answer = analyse(cohort, result, Options(p_values=True))
                if answer.draw is not None and len(answer.table):
                    answer.figure("zh", "screen")
