"""No library has anything to say on standard error, whatever is asked of whatever cohort."""

from __future__ import annotations

import contextlib
import warnings

import pytest

from tests.cohorts import cohort_of, sample_cohort, thirteen_patients
from thal_core import CohortError, Options, Selection, analyse, select
from thal_core.analyses import REGISTRY

RASH = {"event": "rash", "month": 1.0}
COHORTS = {
    "sample": sample_cohort,
    "thirteen": thirteen_patients,
    "nobody": lambda: select(sample_cohort(), Selection("age_years>=99")),
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
