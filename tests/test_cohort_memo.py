"""What is worked out of a cohort stays with that cohort, and with no other."""

from __future__ import annotations

import pickle

import pandas as pd

from tests.cohorts import cohort_of
from thal_core import Options, Selection, select
from thal_core.derive.visits import visit_values
from thal_core.groups import responses
from thal_core.view import Condition

PAIR = (
    {"phenotype": "NTDT", "sex": "male", "hb": {0: 70, 6: 95}},
    {"phenotype": "NTDT", "sex": "female", "hb": {0: 70, 6: 75}},
)


def test_a_question_is_worked_out_once() -> None:
    cohort, asked = cohort_of(*PAIR), []
    for _ in range(2):
        assert cohort.once("question", lambda: asked.append(1) or "answer") == "answer"
    assert asked == [1]


def test_what_is_handed_out_may_be_changed() -> None:
    cohort = cohort_of(*PAIR)
    handed_out = visit_values(cohort, "hb_g_per_l")
    handed_out["value"] = 0.0
    assert visit_values(cohort, "hb_g_per_l")["value"].min() == 70


def test_a_smaller_cohort_starts_with_nothing_worked_out() -> None:
    cohort = cohort_of(*PAIR)
    responses(cohort, Options())
    assert cohort.memo
    men = select(cohort, Selection((Condition.parse("sex=male"),)))
    assert not men.memo and len(responses(men, Options())) == 1


def test_nothing_worked_out_travels() -> None:
    cohort = cohort_of(*PAIR)
    responses(cohort, Options())
    again = pickle.loads(pickle.dumps(cohort))
    assert again.memo == {} and cohort.memo
    pd.testing.assert_frame_equal(again.visits, cohort.visits)
