"""Tests from means and SDs alone, against what the 2024 paper printed (its Table 4)."""

import numpy as np
import pytest

from thal_core.stats import compare


@pytest.mark.parametrize(
    ("other", "mar", "printed_error"),
    [
        ((74.73, 11.49, 15), (81.79, 6.88, 33), 2.662),
        ((88.67, 12.94, 15), (111.24, 10.47, 33), 3.513),
        ((86.47, 13.20, 15), (110.49, 10.04, 33), 3.455),
        ((90.20, 12.78, 15), (109.33, 9.45, 33), 3.292),
    ],
)
def test_printed_standard_errors_are_student(other, mar, printed_error):
    answer = compare.student_from_summary(*other, *mar)
    assert answer.std_error == pytest.approx(printed_error, abs=2e-3)
    assert answer.effect == pytest.approx(other[0] - mar[0])


def test_printed_p_value_at_baseline():
    assert (
        round(compare.student_from_summary(74.73, 11.49, 15, 81.79, 6.88, 33).p_value, 3) == 0.011
    )


@pytest.mark.parametrize("method", ["student", "welch"])
def test_summaries_give_what_the_values_give(method):
    generator = np.random.default_rng(8)
    x, y = generator.normal(75, 11, 13), generator.normal(82, 7, 21)
    summary = [each for group in (x, y) for each in (group.mean(), group.std(ddof=1), len(group))]
    from_summary = getattr(compare, f"{method}_from_summary")(*summary).row()
    from_values = compare.two_groups(method, x, y).row()
    assert {k: v for k, v in from_summary.items() if not isinstance(v, str)} == pytest.approx(
        {k: v for k, v in from_values.items() if not isinstance(v, str)}
    )


def test_paired_summary_gives_what_the_pairs_give():
    before, after = np.array([70.0, 74, 66, 81]), np.array([88.0, 80, 79, 92])
    change = after - before
    summary = compare.paired_t_from_summary(change.mean(), change.std(ddof=1), 4)
    assert summary.p_value == pytest.approx(compare.paired_t(after, before).p_value)
    assert summary.conf_low == pytest.approx(compare.paired_t(after, before).conf_low)
