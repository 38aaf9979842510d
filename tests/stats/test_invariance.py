"""What must not change a result: order of rows, unit, blanks; what swapping the groups does."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thal_core.stats import compare, describe, logistic, repeated, survival

whole_numbers = st.lists(st.integers(40, 160), min_size=3, max_size=25)
pairs = st.lists(st.tuples(st.integers(40, 160), st.integers(40, 160)), min_size=4, max_size=25)
TWO_GROUPS = ["student", "welch", "mann_whitney"]
PAIRED = ["paired_t", "wilcoxon"]
quick = settings(max_examples=40, deadline=None)

UNITLESS = ["statistic", "df", "p_value", "hedges_g", "hedges_g_low", "hedges_g_high"]
WITH_UNIT = ["effect", "std_error", "conf_low", "conf_high"]


def assert_same(first, second, columns, factor=1.0):
    for column in columns:
        ours, theirs = getattr(first, column), getattr(second, column)
        assert ours * factor == pytest.approx(theirs, rel=1e-7, abs=1e-9, nan_ok=True), column
    assert (first.variant, first.reason) == (second.variant, second.reason)


@pytest.mark.parametrize("method", TWO_GROUPS)
@quick
@given(x=whole_numbers, y=whole_numbers, seed=st.integers(0, 99))
def test_two_groups_keep_their_answer(method, x, y, seed):
    answer = compare.two_groups(method, x, y)
    shuffled = np.random.default_rng(seed).permutation(x)
    assert_same(answer, compare.two_groups(method, shuffled, y), UNITLESS + WITH_UNIT)
    assert_same(
        answer, compare.two_groups(method, [*x, None, np.nan], [np.nan, *y]), UNITLESS + WITH_UNIT
    )
    in_grams_per_decilitre = compare.two_groups(method, np.array(x) / 10, np.array(y) / 10)
    assert_same(answer, in_grams_per_decilitre, UNITLESS)
    assert_same(answer, in_grams_per_decilitre, WITH_UNIT, factor=0.1)


@pytest.mark.parametrize("method", TWO_GROUPS)
@quick
@given(x=whole_numbers, y=whole_numbers)
def test_swapping_groups_turns_the_sign(method, x, y):
    forth, back = compare.two_groups(method, x, y), compare.two_groups(method, y, x)
    assert forth.p_value == pytest.approx(back.p_value, nan_ok=True)
    assert forth.effect == pytest.approx(-back.effect, nan_ok=True)
    assert forth.conf_low == pytest.approx(-back.conf_high, nan_ok=True)
    assert forth.hedges_g_low == pytest.approx(-back.hedges_g_high, nan_ok=True)


@pytest.mark.parametrize("method", PAIRED)
@quick
@given(rows=pairs, seed=st.integers(0, 99))
def test_pairs_keep_their_answer(method, rows, seed):
    first, second = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    answer = compare.pairs(method, first, second)
    order = np.random.default_rng(seed).permutation(len(rows))
    assert_same(answer, compare.pairs(method, first[order], second[order]), UNITLESS + WITH_UNIT)
    blanks = compare.pairs(method, np.r_[first, np.nan, 1], np.r_[second, 7, np.nan])
    assert_same(answer, blanks, UNITLESS + WITH_UNIT)
    smaller = compare.pairs(method, first / 10, second / 10)
    assert_same(answer, smaller, UNITLESS)
    assert_same(answer, smaller, WITH_UNIT, factor=0.1)
    back = compare.pairs(method, second, first)
    assert answer.p_value == pytest.approx(back.p_value, nan_ok=True)
    assert answer.conf_low == pytest.approx(-back.conf_high, nan_ok=True)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
@quick
@given(rows=pairs)
def test_correlations_keep_their_answer(method, rows):
    x, y = (np.array(column, dtype=float) for column in zip(*rows, strict=True))
    answer = compare.correlation(method, x, y)
    columns = ["effect", "p_value", "conf_low", "conf_high"]
    assert_same(answer, compare.correlation(method, x[::-1], y[::-1]), columns)
    assert_same(answer, compare.correlation(method, y, x), columns)
    assert_same(answer, compare.correlation(method, x / 10, y * 1000), columns)
    assert_same(answer, compare.correlation(method, np.r_[x, np.nan], np.r_[y, 3]), columns)


@quick
@given(table=st.lists(st.lists(st.integers(0, 6), min_size=3, max_size=3), min_size=2, max_size=4))
def test_fisher_does_not_see_order_or_side(table):
    counts = np.array(table)
    answer = compare.fisher(counts)
    for other in (counts.T, counts[::-1], counts[:, ::-1]):
        assert answer.p_value == pytest.approx(compare.fisher(other).p_value, nan_ok=True)


@quick
@given(values=whole_numbers)
def test_description_scales(values):
    answer, smaller = describe.describe(values), describe.describe([*(np.array(values) / 10), None])
    assert smaller.missing == 1
    for column in ("mean", "sd", "median", "q1", "q3", "conf_low", "conf_high"):
        assert getattr(answer, column) / 10 == pytest.approx(
            getattr(smaller, column), rel=1e-9, abs=1e-12
        )


def course(seed: int = 5) -> pd.DataFrame:
    generator = np.random.default_rng(seed)
    rows = [
        (f"P{p}", month, 70 + month + level + generator.normal(0, 6))
        for p, level in enumerate(generator.normal(0, 8, 15))
        for month in (0, 3, 6)
        if generator.uniform() > 0.2
    ]
    return pd.DataFrame(rows, columns=["patient", "month", "hb"])


@quick
@given(seed=st.integers(0, 1000))
def test_mixed_model_keeps_its_answer(seed):
    visits = course(seed)
    answer = repeated.fit_random_intercept(visits["patient"], visits["month"], visits["hb"])
    shuffled = pd.concat(
        [visits, pd.DataFrame({"patient": ["P1"], "month": [12], "hb": [np.nan]})]
    ).sample(frac=1, random_state=seed)
    other = repeated.fit_random_intercept(
        shuffled["patient"], shuffled["month"], shuffled["hb"] / 10
    )
    for column in ("n", "n_observations", "statistic", "df1", "df2", "p_value"):
        assert getattr(answer, column) == pytest.approx(getattr(other, column), rel=1e-5), column
    ratio = answer.contrasts["mean_diff"] / other.contrasts["mean_diff"]
    assert ratio.to_numpy() == pytest.approx(10, rel=1e-5)


def test_mixed_model_of_complete_data_is_the_anova():
    wide = pd.DataFrame(
        np.random.default_rng(2).normal(80, 10, (14, 4)) + np.arange(14)[:, None] * 3
    )
    long = wide.melt(ignore_index=False).reset_index()
    model = repeated.fit_random_intercept(long["index"], long["variable"], long["value"])
    anova = repeated.repeated_anova(wide)
    assert model.statistic == pytest.approx(anova.statistic, rel=1e-6)
    assert (model.df1, model.df2) == pytest.approx((anova.df1, anova.df2), rel=1e-6)


@pytest.mark.parametrize("fit", [logistic.fit_maximum_likelihood, logistic.fit_firth])
def test_odds_ratio_is_per_unit(fit):
    generator = np.random.default_rng(3)
    x = pd.DataFrame({"hb": generator.normal(75, 10, 50), "ntdt": generator.integers(0, 2, 50)})
    y = (generator.uniform(size=50) < 0.4).astype(int)
    answer, other = fit(y, x), fit(y[::-1], x.assign(hb=x["hb"] / 10)[::-1])
    ours, theirs = answer.terms.set_index("term"), other.terms.set_index("term")
    columns = ["odds_ratio", "conf_low", "conf_high"]
    assert (ours.loc["hb", columns] ** 10).to_numpy() == pytest.approx(
        theirs.loc["hb", columns].to_numpy(), rel=1e-6
    )
    assert ours.loc["ntdt", columns].to_numpy() == pytest.approx(
        theirs.loc["ntdt", columns].to_numpy(), rel=1e-6
    )
    assert ours["p_value"].to_numpy() == pytest.approx(theirs["p_value"].to_numpy(), rel=1e-6)
    flipped = fit(1 - y, x).terms
    assert flipped["odds_ratio"].to_numpy() == pytest.approx(
        1 / answer.terms["odds_ratio"].to_numpy(), rel=1e-6
    )


@quick
@given(
    rows=st.lists(
        st.tuples(st.integers(1, 24), st.booleans(), st.sampled_from("ab")), min_size=1, max_size=30
    )
)
def test_curves_do_not_see_row_order_and_fall(rows):
    time, event, group = zip(*rows, strict=True)
    curve = survival.kaplan_meier(time, event)
    pd.testing.assert_frame_equal(curve, survival.kaplan_meier(time[::-1], event[::-1]))
    assert curve["survival"].is_monotonic_decreasing
    assert (curve["events"].sum(), curve["censored"].sum()) == (sum(event), len(rows) - sum(event))
    forth, back = (
        survival.log_rank(time, event, group),
        survival.log_rank(time, event, ["ba"["ab".index(g)] for g in group]),
    )
    assert forth.p_value == pytest.approx(back.p_value, nan_ok=True)
