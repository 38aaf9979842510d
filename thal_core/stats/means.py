"""Tests of means: Student, Welch and paired t, from values or from printed summaries."""

from dataclasses import replace
from math import exp, lgamma, log, sqrt

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import observed, paired_differences
from thal_core.stats.comparison import NAN, SMALLEST_GROUP, SMALLEST_PAIRS, Comparison
from thal_core.stats.distributions import noncentral_t_limits, t_quantile, t_two_sided


def student(group_1: ArrayLike, group_2: ArrayLike, level: float = 0.95) -> Comparison:
    """Two-sample t test with pooled variance (R: t.test(var.equal = TRUE)).

    `effect` = mean(group_1) - mean(group_2), in the unit of the values. Values, unlike
    printed summaries, are tested from three in each group.

    >>> found = student([5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1])
    >>> round(found.effect, 3), round(found.p_value, 4)
    (1.575, 0.1275)
    """
    if reason := too_few(group_1, group_2):
        return replace(_unanswered("student", *_sizes(group_1, group_2)), reason=reason)
    return student_from_summary(*_summary(group_1), *_summary(group_2), level=level)


def welch(group_1: ArrayLike, group_2: ArrayLike, level: float = 0.95) -> Comparison:
    """Two-sample t test without equal variances (R: t.test), from three in each group.

    >>> found = welch([5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1])
    >>> round(found.effect, 3), round(found.df, 2), round(found.p_value, 4)
    (1.575, 5.51, 0.132)
    """
    if reason := too_few(group_1, group_2):
        return replace(_unanswered("welch", *_sizes(group_1, group_2)), reason=reason)
    return welch_from_summary(*_summary(group_1), *_summary(group_2), level=level)


def paired_t(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Comparison:
    """Paired t test of first - second over the complete pairs, three or more.

    >>> found = paired_t([5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1])
    >>> round(found.effect, 3), round(found.p_value, 4)
    (1.575, 0.0093)
    """
    differences = paired_differences(first, second)
    n = len(differences)
    if n < SMALLEST_PAIRS:
        return Comparison("paired_t", n=n, n_1=n, n_2=n, reason=reasons.TOO_FEW)
    return paired_t_from_summary(*_summary(differences), level=level)


def too_few(group_1: ArrayLike, group_2: ArrayLike) -> str:
    """Why two groups are too small for a test of means or ranks; "" where they are not.

    >>> too_few([1, 2], [3, 4, 5])
    'too_few'
    """
    n_1, n_2 = _sizes(group_1, group_2)
    if min(n_1, n_2) == 0 < max(n_1, n_2):
        return reasons.ONE_GROUP_EMPTY
    return reasons.TOO_FEW if min(n_1, n_2) < SMALLEST_GROUP else ""


def student_from_summary(
    mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int, level: float = 0.95
) -> Comparison:
    """`student` from means, SDs (n - 1) and group sizes, as papers print them.

    >>> round(student_from_summary(85.8, 11.1, 13, 79.2, 9.8, 20).p_value, 4)
    0.0825
    """
    if min(n_1, n_2) < 1 or n_1 + n_2 < 3:
        return _unanswered("student", n_1, n_2)
    df = n_1 + n_2 - 2
    pooled = _pooled_sd(sd_1, n_1, sd_2, n_2)
    std_error = pooled * sqrt(1 / n_1 + 1 / n_2)
    result = _t_result(
        "student", mean_1 - mean_2, std_error, df, max(abs(mean_1), abs(mean_2)), level
    )
    return _with_hedges(replace(result, n=n_1 + n_2, n_1=n_1, n_2=n_2), pooled, level)


def welch_from_summary(
    mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int, level: float = 0.95
) -> Comparison:
    """`welch` from means, SDs (n - 1) and group sizes, as papers print them.

    >>> round(welch_from_summary(85.8, 11.1, 13, 79.2, 9.8, 20).p_value, 4)
    0.0938
    """
    if min(n_1, n_2) < 2:
        return _unanswered("welch", n_1, n_2)
    part_1, part_2 = sd_1**2 / n_1, sd_2**2 / n_2
    total = part_1 + part_2
    df = total**2 / (part_1**2 / (n_1 - 1) + part_2**2 / (n_2 - 1)) if total > 0 else NAN
    result = _t_result(
        "welch", mean_1 - mean_2, sqrt(total), df, max(abs(mean_1), abs(mean_2)), level
    )
    result = replace(result, n=n_1 + n_2, n_1=n_1, n_2=n_2)
    return _with_hedges(result, _pooled_sd(sd_1, n_1, sd_2, n_2), level)


def paired_t_from_summary(
    mean_diff: float, sd_diff: float, n: int, level: float = 0.95
) -> Comparison:
    """`paired_t` from mean and SD of the differences and the number of pairs.

    >>> round(paired_t_from_summary(9.1, 14.2, 20).p_value, 4)
    0.0099
    """
    if n < 2:
        return replace(_unanswered("paired_t", n, n), n=n)
    result = _t_result("paired_t", mean_diff, sd_diff / sqrt(n), n - 1, abs(mean_diff), level)
    return replace(result, n=n, n_1=n, n_2=n)


def hedges_g(
    mean_1: float, sd_1: float, n_1: int, mean_2: float, sd_2: float, n_2: int, level: float = 0.95
) -> tuple[float, float, float]:
    """Hedges' g (pooled SD, exact small-sample factor) and its non-central t interval.

    >>> [round(g, 3) for g in hedges_g(85.8, 11.1, 13, 79.2, 9.8, 20)]
    [0.624, -0.08, 1.318]
    """
    if min(n_1, n_2) < 1 or n_1 + n_2 < 3:
        return NAN, NAN, NAN
    return _hedges(mean_1 - mean_2, _pooled_sd(sd_1, n_1, sd_2, n_2), n_1, n_2, level)


def _sizes(group_1: ArrayLike, group_2: ArrayLike) -> tuple[int, int]:
    return len(observed(group_1)), len(observed(group_2))


def _summary(values: ArrayLike) -> tuple[float, float, int]:
    """Mean, SD and n; a single value has SD 0 so that it can join a pooled variance."""
    numbers = observed(values)
    n = len(numbers)
    mean = float(numbers.mean()) if n else NAN
    return mean, float(np.std(numbers, ddof=1)) if n > 1 else 0.0, n


def _pooled_sd(sd_1: float, n_1: int, sd_2: float, n_2: int) -> float:
    return sqrt(((n_1 - 1) * sd_1**2 + (n_2 - 1) * sd_2**2) / (n_1 + n_2 - 2))


def _unanswered(method: str, n_1: int, n_2: int) -> Comparison:
    reason = reasons.ONE_GROUP_EMPTY if min(n_1, n_2) == 0 < max(n_1, n_2) else reasons.TOO_FEW
    return Comparison(method, n=n_1 + n_2, n_1=n_1, n_2=n_2, reason=reason)


def _t_result(
    method: str, difference: float, std_error: float, df: float, magnitude: float, level: float
) -> Comparison:
    """A t statistic, unless the data are constant (R's criterion: 10 machine epsilons)."""
    if not std_error > 10 * np.finfo(float).eps * magnitude:
        return Comparison(method, effect=difference, reason=reasons.ZERO_VARIANCE)
    statistic = difference / std_error
    half = t_quantile((1 + level) / 2, df) * std_error
    return Comparison(
        method,
        statistic=statistic,
        df=float(df),
        effect=difference,
        std_error=std_error,
        conf_low=difference - half,
        conf_high=difference + half,
        p_value=t_two_sided(statistic, df),
        variant="t",
    )


def _with_hedges(result: Comparison, pooled_sd: float, level: float) -> Comparison:
    if result.reason:
        return result
    g, low, high = _hedges(result.effect, pooled_sd, result.n_1, result.n_2, level)
    return replace(result, hedges_g=g, hedges_g_low=low, hedges_g_high=high)


def _hedges(
    difference: float, pooled_sd: float, n_1: int, n_2: int, level: float
) -> tuple[float, float, float]:
    if pooled_sd == 0:
        return NAN, NAN, NAN
    df, root = n_1 + n_2 - 2, sqrt(1 / n_1 + 1 / n_2)
    factor = exp(lgamma(df / 2) - 0.5 * log(df / 2) - lgamma((df - 1) / 2)) if df > 1 else NAN
    low, high = noncentral_t_limits(difference / pooled_sd / root, df, level)
    return factor * difference / pooled_sd, factor * low * root, factor * high * root
