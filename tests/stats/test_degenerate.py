"""Data that cannot answer: NaN and a reason, never an exception or a warning."""

import warnings

import numpy as np
import pandas as pd
import pytest

from thal_core.stats import (
    adjusted,
    agreement,
    compare,
    describe,
    discrimination,
    logistic,
    multiplicity,
    partial_pooling,
    proportions,
    reasons,
    repeated,
    survival,
)


@pytest.fixture(autouse=True)
def _warnings_are_failures():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        yield


EMPTY, BLANK, ONE, SAME = [], [None, np.nan], [70], [70, 70, 70]


@pytest.mark.parametrize(
    ("method", "x", "y", "reason"),
    [
        ("student", EMPTY, EMPTY, "too_few"),
        ("student", BLANK, [70, 71], "one_group_empty"),
        ("student", ONE, ONE, "too_few"),
        ("student", SAME, SAME, "zero_variance"),
        ("student", SAME, [80, 80, 80], "zero_variance"),
        ("student", [70], [80, 82, 87], "too_few"),
        ("student", [70, 71], [80, 82, 87], "too_few"),
        ("welch", EMPTY, EMPTY, "too_few"),
        ("welch", [70, 71], BLANK, "one_group_empty"),
        ("welch", ONE, [70, 71], "too_few"),
        ("welch", [70, 71], [80, 82, 87], "too_few"),
        ("mann_whitney", [70, 71], [80, 82, 87], "too_few"),
        ("welch", SAME, SAME, "zero_variance"),
        ("mann_whitney", EMPTY, EMPTY, "too_few"),
        ("mann_whitney", [70], BLANK, "one_group_empty"),
        ("mann_whitney", SAME, SAME, "zero_variance"),
    ],
)
def test_two_groups_without_answer(method, x, y, reason):
    answer = compare.two_groups(method, x, y)
    assert answer.reason == reason
    assert (
        np.isnan(answer.p_value)
        and np.isnan(answer.conf_low)
        and np.isnan(answer.statistic * 0 + answer.p_value)
    )


@pytest.mark.parametrize("method", compare.TWO_GROUPS)
def test_three_in_each_group_are_tested(method):
    answer = compare.two_groups(method, [70, 75, 71], [80, 82, 87])
    assert answer.p_value > 0 and np.isfinite(answer.effect)
    assert np.isfinite(answer.conf_low) or answer.reason == "interval_not_reached"


@pytest.mark.parametrize("method", compare.PAIRS)
def test_three_pairs_are_tested_and_two_are_not(method):
    assert compare.pairs(method, [70, 75, 71, None], [80, 82, 87, 90]).p_value > 0
    assert compare.pairs(method, [70, 75, None], [80, 82, 87]).reason == "too_few"


@pytest.mark.parametrize("method", compare.CORRELATIONS)
def test_four_pairs_are_correlated_and_three_are_not(method):
    few = compare.correlation(method, [1, 4, 2], [3, 9, 1])
    assert few.reason == "too_few" and np.isnan([few.effect, few.p_value]).all()
    four = compare.correlation(method, [1, 4, 2, 7], [3, 9, 1, 8])
    assert four.p_value > 0 and -1 < four.conf_low < four.effect < four.conf_high < 1


def test_a_perfect_rank_correlation_has_no_interval():
    answer = compare.spearman([1, 2, 3, 4, 5], [1, 4, 9, 16, 25])
    assert (answer.effect, answer.reason) == (1, "interval_not_reached") and np.isnan(
        answer.conf_low
    )


def test_chi_square_says_an_expected_count_below_five():
    assert compare.chi_square([[5, 5], [5, 5]]).reason == ""
    few = compare.chi_square([[4, 5], [5, 5]])
    assert few.reason == "expected_below_five" and few.p_value > 0
    assert (
        few.effect == pytest.approx(100 * (4 / 9 - 5 / 10))
        and few.conf_low < few.effect < few.conf_high
    )


@pytest.mark.parametrize(
    ("method", "first", "second", "reason"),
    [
        ("paired_t", EMPTY, EMPTY, "too_few"),
        ("paired_t", [70, None], [None, 80], "too_few"),
        ("paired_t", [70], [80], "too_few"),
        ("paired_t", [70, 80, 90], [75, 85, 95], "zero_variance"),
        ("wilcoxon", EMPTY, EMPTY, "too_few"),
        ("wilcoxon", SAME, SAME, "all_zero"),
        ("pearson", [1, 2], [3, 4], "too_few"),
        ("pearson", [70] * 4, [1, 2, 3, 4], "zero_variance"),
        ("spearman", [1, 2, 3, 4], [70] * 4, "zero_variance"),
        ("spearman", EMPTY, EMPTY, "too_few"),
    ],
)
def test_pairs_without_answer(method, first, second, reason):
    run = compare.pairs if method in compare.PAIRS else compare.correlation
    answer = run(method, first, second)
    assert answer.reason == reason
    assert np.isnan(answer.p_value)


@pytest.mark.parametrize(("n", "has_interval"), [(4, False), (5, True)])
def test_a_rank_interval_needs_five_pairs(n, has_interval):
    answer = compare.wilcoxon(np.arange(1, n + 1) ** 2)
    assert np.isfinite(answer.conf_low) == has_interval
    assert (answer.reason == "interval_not_reached") != has_interval
    assert answer.p_value == 2 * 0.5**n


def test_equal_values_are_named_where_the_exact_test_was_due():
    assert compare.mann_whitney([1, 2, 2, 4], [3, 5, 6]).reason == "ties_no_exact"
    assert compare.mann_whitney([1, 2, 4], [3, 5, 6, 7]).variant == "exact"
    assert compare.wilcoxon([1, 2, 3, 4, 5, 7, 8, 9, 0]).reason == "zeroes_no_exact"


@pytest.mark.parametrize(
    ("sizes", "variant"), [((49, 49), "exact"), ((50, 49), "normal"), ((3, 50), "normal")]
)
def test_exact_rank_sum_below_fifty_in_each_group(sizes, variant):
    values = np.random.default_rng(1).permutation(sum(sizes))
    assert compare.mann_whitney(values[: sizes[0]], values[sizes[0] :]).variant == variant


@pytest.mark.parametrize(("n", "variant"), [(49, "exact"), (50, "normal")])
def test_exact_signed_rank_below_fifty(n, variant):
    assert compare.wilcoxon(np.arange(1, n + 1) * np.resize([1, -1, 1], n)).variant == variant


def test_decimal_differences_tie_as_on_paper():
    answer = compare.wilcoxon([8.4, 10.1, 7.7, 9.0], [5.4, 7.1, 7.6, 7.0])
    assert answer.reason in ("ties_no_exact", "interval_not_reached")
    assert answer.variant == "normal"


@pytest.mark.parametrize(
    ("counts", "reason"),
    [
        ([[0, 0], [0, 0]], "too_few"),
        ([[5, 0], [3, 0]], "one_group_empty"),
        ([[5, 3], [0, 0]], "one_level"),
        (np.empty((0, 0)), "too_few"),
    ],
)
def test_tables_without_answer(counts, reason):
    for method in compare.COUNTS:
        answer = compare.counts(method, counts)
        assert (answer.reason, np.isnan(answer.p_value)) == (reason, True)


def test_an_empty_row_does_not_change_a_table():
    assert (
        compare.fisher([[3, 1], [0, 0], [1, 4]]).p_value == compare.fisher([[3, 1], [1, 4]]).p_value
    )
    assert compare.chi_square([[3, 1], [0, 0], [1, 4]]).df == 1


def test_describing_little():
    assert describe.describe(BLANK).reason == "too_few" and describe.describe(BLANK).missing == 2
    one = describe.describe([72, None])
    assert (one.n, one.missing, one.mean, one.median, one.reason) == (1, 1, 72, 72, "too_few")
    assert np.isnan(one.sd)
    assert describe.describe(SAME).sd == 0
    assert describe.geometric_mean([3, 0, 5]).reason == "not_positive"
    assert np.isnan(describe.standardised_difference(SAME, SAME))
    assert np.isnan(describe.standardised_difference_levels([[0, 3], [0, 4]]))
    assert describe.standardised_difference_levels([[2, 4], [3, 6]]) == 0


def test_proportions_of_nobody_and_of_all():
    assert proportions.wilson(0, 0).reason == "too_few"
    none, all_of_them = proportions.wilson(0, 7), proportions.wilson(7, 7)
    assert (none.conf_low, all_of_them.conf_high) == (0, 100)
    assert none.conf_high == pytest.approx(100 - all_of_them.conf_low)
    with pytest.raises(ValueError, match="n=8, total=7"):
        proportions.wilson(8, 7)


def test_adjusting_nothing():
    assert len(multiplicity.holm([])) == 0
    assert np.isnan(multiplicity.holm([np.nan, None])).all()
    assert multiplicity.bonferroni([0.01], comparisons=3)[0] == pytest.approx(0.03)


@pytest.mark.parametrize(
    ("wide", "reason"),
    [
        (np.empty((0, 3)), "too_few"),
        ([[70, 80, 90]], "too_few"),
        ([[70], [80]], "one_visit"),
        ([[70, 80], [75, 85], [60, 70]], "zero_variance"),
        ([[70, 82], [75, 85]], "too_few"),
        ([[70, 82, 90], [75, 85, 84], [60, 77, 80]], "too_few"),
        ([[70, np.nan], [75, 85]], "too_few"),
    ],
)
def test_anova_without_answer(wide, reason):
    for run in (repeated.repeated_anova, repeated.greenhouse_geisser):
        answer = run(wide)
        assert (answer.reason, np.isnan(answer.p_value)) == (reason, True)


@pytest.mark.parametrize(
    ("visits", "reason"),
    [
        ([], "too_few"),
        ([("a", 0, np.nan)], "too_few"),
        ([("a", 0, 70), ("b", 0, 80), ("c", 0, 75)], "one_visit"),
        ([("a", 0, 70), ("a", 3, 80), ("a", 6, 90)], "too_few"),
        ([("a", 0, 70), ("b", 3, 80), ("c", 3, 81)], "too_few"),
        ([("a", 0, 70), ("a", 3, 80), ("b", 0, 71), ("b", 3, 85)], "too_few"),
        ([(p, m, 70 + m) for p in "abc" for m in (0, 3)], "zero_variance"),
        (
            [("a", 0, 70), ("a", 3, 80), ("b", 0, 60), ("b", 3, 70), ("c", 0, 75), ("c", 3, 85)],
            "zero_variance",
        ),
    ],
)
def test_mixed_model_without_answer(visits, reason):
    frame = pd.DataFrame(visits, columns=["patient", "month", "hb"])
    answer = repeated.fit_random_intercept(frame["patient"], frame["month"], frame["hb"])
    assert (answer.reason, np.isnan(answer.p_value), len(answer.contrasts)) == (reason, True, 0)


HBF = pd.DataFrame({"hbf_percent": [3, 8, 12, 25, 30, 44.0]})


@pytest.mark.parametrize(
    ("outcome", "predictors", "separation", "reason"),
    [
        ([0, 0, 0, 1, 1, 1], HBF, "complete", "separated"),
        ([0, 0, 1, 0, 1, 1], HBF, "none", ""),
        (
            [0, 0, 0, 1, 1, 1],
            HBF.assign(hbf_percent=[3, 8, 12, 12, 30, 44]),
            "quasi_complete",
            "separated",
        ),
        ([1, 1, 1, 1, 1, 1], HBF, "", "one_class"),
        ([0, 1, None, None, None, None], HBF.assign(hbf_percent=5), "", "collinear"),
        ([0, 0, 1, 0, 1, 1], HBF.assign(twice=HBF["hbf_percent"] * 2), "", "collinear"),
        ([None] * 6, HBF, "", "too_few"),
    ],
)
def test_logistic_reasons(outcome, predictors, separation, reason):
    fit = logistic.fit_maximum_likelihood(outcome, predictors)
    assert (fit.separation, fit.reason) == (separation, reason)
    assert fit.terms["odds_ratio"].isna().all() == bool(reason)
    assert list(fit.terms["term"]) == list(predictors.columns)
    firth = logistic.fit_firth(outcome, predictors)
    assert firth.reason == ("" if reason == "separated" else reason)


def test_firth_answers_under_separation():
    term = logistic.fit_firth([0, 0, 0, 1, 1, 1], HBF).terms.iloc[0]
    assert 1 < term["odds_ratio"] < np.inf
    assert 0 < term["conf_low"] < term["odds_ratio"] < term["conf_high"]


def test_events_per_variable_count_the_smaller_class():
    two = HBF.assign(ntdt=[0, 1, 0, 0, 1, 0])
    assert logistic.fit_firth([0, 0, 1, 0, 1, 0], two).epv == 1


def test_one_patient_more_than_months_can_be_tested():
    answer = repeated.repeated_anova([[70, 82, 90], [75, 85, 84], [60, 77, 80], [66, 70, 71]])
    assert answer.n == 4 and 0 < answer.p_value < 1 and 0 < answer.effect < 1


def test_a_mixed_contrast_needs_three_at_its_month():
    visits = [
        (p, m, 60 + 3 * i + m + (i * m) % 5)
        for i, p in enumerate("abcde")
        for m in (0, 3, 6)
        if m < 6 or i < 2
    ]
    frame = pd.DataFrame(visits, columns=["patient", "month", "hb"])
    contrasts = repeated.fit_random_intercept(
        frame["patient"], frame["month"], frame["hb"]
    ).contrasts.set_index("month")
    assert contrasts.loc[3, "p_value"] > 0 and contrasts.loc[3, "reason"] == ""
    assert (
        np.isnan(contrasts.loc[6, ["mean_diff", "p_value"]].astype(float)).all()
        and contrasts.loc[6, "reason"] == "too_few"
    )


def test_a_nearly_separated_limit_is_finite_and_the_likelihood_ratio_stands_beside_wald():
    """D10: the limit was printed as infinite although it is finite, and Wald's P was 0.24 beside an
    interval above 1.
    """
    x = pd.DataFrame({"hbf_percent": [2, 5, 9, 11, 14, 20, 19.6, 25, 31, 33, 40.0, 52]})
    term = logistic.fit_maximum_likelihood([0] * 6 + [1] * 6, x).terms.iloc[0]
    assert 1 < term["conf_low"] < term["odds_ratio"] < term["conf_high"] < np.inf
    assert term["p_value"] > 0.05 > term["p_likelihood_ratio"] and term["reason"] == ""


def test_an_end_that_does_not_exist_is_blank_with_the_reason():
    x = pd.DataFrame({"hbf_percent": [1, 2, 3, 4, 5.001, 5, 6, 7, 8, 9.0]})
    term = logistic.fit_maximum_likelihood([0] * 5 + [1] * 5, x).terms.iloc[0]
    assert np.isnan(term["conf_high"]) and term["reason"] in (
        "limit_infinite",
        "limit_not_converged",
    )


@pytest.mark.parametrize(
    ("first", "second", "kappa", "reason"),
    [
        ([1, 1, 0, 0], [1, 0, 0, 0], 0.5, ""),
        ([1, 1, 1], [1, 0, 0], None, "one_level"),
        ([1, 0, None], [1, 0, 1], 1, "interval_not_reached"),
        ([None, 1], [1, None], None, "too_few"),
    ],
)
def test_kappa_of_few(first, second, kappa, reason):
    found = agreement.cohens_kappa(first, second)
    assert found.reason == reason
    assert np.isnan(found.kappa) if kappa is None else found.kappa == pytest.approx(kappa)


@pytest.mark.parametrize(("groups", "known"), [(4, False), (5, True)])
def test_pooling_needs_five_groups(groups, known):
    assert (partial_pooling.pooled_rates([2] * groups, [3] * groups) is not None) == known


def test_two_of_two_is_pulled_further_than_twenty_of_twenty():
    rates = partial_pooling.pooled_rates([2, 20, 3, 1, 4, 2], [2, 20, 8, 5, 9, 6])
    small, large = (partial_pooling.quantiles([(1.0, rate)]) for rate in rates[:2])
    assert small[0] < large[0] < 1 and small[2] - small[1] > large[2] - large[1]


@pytest.mark.parametrize(("events", "interval"), [(4, False), (5, True)])
def test_the_area_has_an_interval_from_five_in_each_class(events, interval):
    score = np.arange(20) % 7
    outcome = np.arange(20) < events
    assert np.isfinite(discrimination.area_interval(score, outcome)).all() == interval


def test_no_interval_of_a_perfect_area():
    assert np.isnan(discrimination.area_interval(np.arange(12), np.arange(12) > 5)).all()


@pytest.mark.parametrize(("n", "answered"), [(4, False), (5, True)])
def test_a_baseline_adjusted_difference_needs_five_in_each_group(n, answered):
    group = [0] * 9 + [1] * n
    found = adjusted.baseline_adjusted(np.arange(9 + n) ** 1.5 % 7, np.arange(9 + n) % 5, group)
    assert (found.reason == "") == answered and np.isfinite(found.effect) == answered


@pytest.mark.parametrize(("smaller", "answered"), [(19, False), (20, True)])
def test_correction_for_optimism_needs_twenty_in_each_class(smaller, answered):
    generator = np.random.default_rng(4)
    outcome = np.r_[np.ones(smaller), np.zeros(30)]
    noise = pd.DataFrame(
        {"a": generator.normal(size=len(outcome)), "b": generator.normal(size=len(outcome))}
    )
    answer = discrimination.estimate_discrimination(outcome, noise, replicates=40)
    assert (answer.reason == "") == answered
    assert answer.conf_low < answer.auc < answer.conf_high
    assert np.isfinite(answer.auc_corrected) == answered
    if answered:
        assert answer.auc_corrected <= answer.auc
        assert answer == discrimination.estimate_discrimination(outcome, noise, replicates=40)


@pytest.mark.parametrize(
    ("time", "event", "group", "reason"),
    [
        ([], [], [], "too_few"),
        ([3, 5], [1, 0], ["a", "a"], "one_group_empty"),
        ([3, 5], [0, 0], ["a", "b"], "no_events"),
        ([3, 5], [1, 1], ["a", None], "one_group_empty"),
    ],
)
def test_log_rank_without_answer(time, event, group, reason):
    assert survival.log_rank(time, event, group).reason == reason


def test_curve_of_nobody_is_empty_and_of_all_ends_at_zero():
    assert survival.kaplan_meier([], []).empty
    end = survival.kaplan_meier([3, 6], [1, 1]).iloc[-1]
    assert end["survival"] == 0
    assert np.isnan(end["conf_low"])


def test_large_tables_are_sampled_reproducibly_within_their_error(monkeypatch):
    counts = np.array([[6, 2, 4], [1, 5, 3], [2, 2, 6], [4, 1, 0]])
    exact = compare.fisher(counts)
    monkeypatch.setattr("thal_core.stats.fisher_exact.MAX_STATES", 10)
    sampled = compare.fisher(counts)
    assert (sampled.variant, sampled.reason) == ("monte_carlo", "monte_carlo")
    assert sampled == compare.fisher(counts)
    assert sampled.p_value == pytest.approx(exact.p_value, abs=4 * sampled.std_error)


def test_many_patients_are_searched_instead_of_listed(monkeypatch):
    x = np.random.default_rng(6).normal(size=(70, 2)).round(2)
    listed = compare.mann_whitney(*x.T), compare.wilcoxon(*x.T)
    monkeypatch.setattr("thal_core.stats.pairwise.LISTED_UP_TO", 0)
    searched = compare.mann_whitney(*x.T), compare.wilcoxon(*x.T)
    for one, other in zip(listed, searched, strict=True):
        for column in ("effect", "conf_low", "conf_high"):
            assert getattr(one, column) == pytest.approx(getattr(other, column), abs=1e-12)


def test_every_reason_is_listed_once():
    assert len(set(reasons.REASONS)) == len(reasons.REASONS)
    assert {
        value for name, value in vars(reasons).items() if name.isupper() and name != "REASONS"
    } == set(reasons.REASONS)
