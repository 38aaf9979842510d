"""Wilcoxon's rank tests with R's defaults (wilcox.test, conf.int = TRUE).

Exact where every n < 50 and nothing ties, else normal with tie and continuity
correction. The Hodges-Lehmann shift is the median of all pairwise differences (Walsh
averages); interval ends are order statistics of the same differences. Where R looks for
them with uniroot (ties), it stops within 1e-4 of these.
"""

from dataclasses import replace
from math import ceil, sqrt

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import midranks, observed, paired_differences
from thal_core.stats.comparison import SMALLEST_PAIRS, Comparison
from thal_core.stats.distributions import normal_quantile, normal_two_sided
from thal_core.stats.means import too_few
from thal_core.stats.pairwise import Differences, PairwiseDifferences, WalshAverages, kth, median
from thal_core.stats.rank_distributions import (
    lower_quantile,
    rank_sum_cdf,
    signed_rank_cdf,
    two_sided,
)

EXACT_BELOW = 50


def mann_whitney(group_1: ArrayLike, group_2: ArrayLike, level: float = 0.95) -> Comparison:
    """Mann-Whitney (Wilcoxon rank sum) test; `statistic` is W, the U of group 1.

    `effect` is the Hodges-Lehmann shift group_1 - group_2, in the unit of the values. From
    three in each group; an interval that cannot reach its level is blank.

    >>> found = mann_whitney([5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1])
    >>> found.statistic, round(found.effect, 3), round(found.p_value, 4)
    (13.0, 1.45, 0.2)
    """
    x, y = observed(group_1), observed(group_2)
    n_1, n_2 = len(x), len(y)
    result = Comparison("mann_whitney", n=n_1 + n_2, n_1=n_1, n_2=n_2)
    if reason := too_few(x, y):
        return replace(result, reason=reason)
    ranks = midranks(np.concatenate([x, y]))
    differences = PairwiseDifferences(x, y)
    result = replace(
        result, statistic=float(ranks[:n_1].sum() - n_1 * (n_1 + 1) / 2), effect=median(differences)
    )
    ties = len(np.unique(ranks)) < len(ranks)
    small = max(n_1, n_2) < EXACT_BELOW
    if small and not ties:
        return _exact(result, rank_sum_cdf(n_1, n_2), differences, level)
    sigma = _rank_sum_sigma(x, y, ranks)
    if sigma == 0:
        return replace(result, reason=reasons.ZERO_VARIANCE)
    result = _normal(result, n_1 * n_2 / 2, sigma, reasons.TIES_NO_EXACT if small else "")
    # between two neighbouring differences only ties inside a group remain
    within = _rank_sum_sigma(x, y, np.concatenate([midranks(x), n_1 + midranks(y)]))
    return _normal_interval(result, differences, within, level)


def wilcoxon(first: ArrayLike, second: ArrayLike | None = None, level: float = 0.95) -> Comparison:
    """Wilcoxon signed rank test of first - second (complete pairs), or of `first` against 0.

    Three pairs or more. Zero differences are dropped (and rule out the exact test); `n` counts all
    pairs and `n_1` the differences ranked. `effect` is the pseudo-median of the ranked differences.

    >>> found = wilcoxon([5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1])
    >>> found.statistic, round(found.effect, 3), round(found.p_value, 4)
    (10.0, 1.525, 0.125)
    """
    pairs = observed(first) if second is None else paired_differences(first, second)
    differences = pairs[pairs != 0]
    n = len(differences)
    result = Comparison("wilcoxon", n=len(pairs), n_1=n, n_2=n)
    if len(pairs) < SMALLEST_PAIRS:
        return replace(result, reason=reasons.TOO_FEW)
    if n == 0:
        return replace(result, reason=reasons.ALL_ZERO)
    ranks = midranks(np.abs(differences))
    walsh = WalshAverages(differences)
    result = replace(result, statistic=float(ranks[differences > 0].sum()), effect=median(walsh))
    ties, zeroes, small = len(np.unique(ranks)) < n, n < len(pairs), n < EXACT_BELOW
    if small and not ties and not zeroes:
        return _exact(result, signed_rank_cdf(n), walsh, level)
    inexact = (reasons.ZEROES_NO_EXACT if zeroes else reasons.TIES_NO_EXACT) if small else ""
    result = _normal(result, n * (n + 1) / 4, _signed_rank_sigma(ranks), inexact)
    within = _signed_rank_sigma(midranks(differences))
    if not _signed_rank_interval_exists(differences, level):
        return replace(result, reason=reasons.INTERVAL_NOT_REACHED)
    return _normal_interval(result, walsh, within, level)


def _exact(
    result: Comparison, cdf: np.ndarray, differences: Differences, level: float
) -> Comparison:
    """p and interval by counting; R warns where the level cannot be had, we leave it blank."""
    result = replace(result, p_value=two_sided(cdf, result.statistic), variant="exact")
    alpha = 1 - level
    k = max(1, lower_quantile(cdf, alpha / 2))
    if 2 * cdf[k - 1] - alpha > alpha / 2:
        return replace(result, reason=reasons.INTERVAL_NOT_REACHED)
    return _between(result, differences, k)


def _normal(result: Comparison, expected: float, sigma: float, reason: str) -> Comparison:
    distance = result.statistic - expected
    z = (distance - 0.5 * np.sign(distance)) / sigma
    return replace(result, p_value=normal_two_sided(z), variant="normal", reason=reason)


def _normal_interval(
    result: Comparison, differences: Differences, sigma: float, level: float
) -> Comparison:
    """Shifts d at which the corrected z of the shifted data crosses the normal quantile.

    Between the k-th and the next smallest difference, z = (N/2 - k - 1/2) / sigma for N
    differences, so the crossing is an order statistic.
    """
    crossing = ceil(differences.size / 2 - 0.5 - normal_quantile((1 + level) / 2) * sigma)
    if crossing < 1:
        return replace(result, reason=reasons.INTERVAL_NOT_REACHED)
    return _between(result, differences, crossing)


def _between(result: Comparison, differences: Differences, k: int) -> Comparison:
    """Interval from the k-th smallest to the k-th largest difference."""
    low, high = kth(differences, k), kth(differences, differences.size + 1 - k)
    return replace(result, conf_low=low, conf_high=high)


def _rank_sum_sigma(x: np.ndarray, y: np.ndarray, ranks: np.ndarray) -> float:
    n_1, n_2 = len(x), len(y)
    n = n_1 + n_2
    return sqrt(max(0.0, n_1 * n_2 / 12 * (n + 1 - _tie_term(ranks) / (n * (n - 1)))))


def _signed_rank_sigma(ranks: np.ndarray) -> float:
    n = len(ranks)
    return sqrt(n * (n + 1) * (2 * n + 1) / 24 - _tie_term(ranks) / 48)


def _signed_rank_interval_exists(differences: np.ndarray, level: float) -> bool:
    """R's condition: z at the smallest and at the largest difference passes the quantile."""
    limit = normal_quantile((1 + level) / 2)
    return (
        _edge_z(differences - differences.min()) >= limit
        and _edge_z(differences.max() - differences) >= limit
    )


def _edge_z(shifted: np.ndarray) -> float:
    shifted = shifted[shifted > 0]
    if len(shifted) == 0:
        return 0.0
    ranks = midranks(shifted)
    return (ranks.sum() / 2 - 0.5) / _signed_rank_sigma(ranks)


def _tie_term(ranks: np.ndarray) -> float:
    counts = np.unique(ranks, return_counts=True)[1].astype(float)
    return float((counts**3 - counts).sum())
