"""Exact null distributions of the two Wilcoxon statistics (no ties)."""

from functools import lru_cache

import numpy as np


@lru_cache(maxsize=64)
def signed_rank_cdf(n: int) -> np.ndarray:
    """P(V <= k), k = 0 .. n(n+1)/2: each rank 1..n is positive with probability 1/2.

    >>> signed_rank_cdf(2).tolist()
    [0.25, 0.5, 0.75, 1.0]
    """
    probability = np.zeros(n * (n + 1) // 2 + 1)
    probability[0] = 1.0
    for rank in range(1, n + 1):
        shifted = np.zeros_like(probability)
        shifted[rank:] = probability[:-rank]
        probability = (probability + shifted) / 2
    return np.cumsum(probability)


@lru_cache(maxsize=64)
def rank_sum_cdf(n_1: int, n_2: int) -> np.ndarray:
    """P(U <= k), k = 0 .. n_1 n_2.

    Recursion on the largest observation: it belongs to group 1 (and beats all of group 2)
    with probability i / (i + j), else to group 2.

    >>> rank_sum_cdf(1, 3).tolist()
    [0.25, 0.5, 0.75, 1.0]
    """
    size = n_1 * n_2 + 1
    start = np.zeros(size)
    start[0] = 1.0
    column = [start] * (n_1 + 1)
    for j in range(1, n_2 + 1):
        current = start
        updated = [start]
        for i in range(1, n_1 + 1):
            beats = np.zeros(size)
            beats[j:] = current[:-j]
            current = (i * beats + j * column[i]) / (i + j)
            updated.append(current)
        column = updated
    return np.cumsum(column[n_1])


def two_sided(cdf: np.ndarray, statistic: float) -> float:
    """Twice the smaller tail, at most 1; the distributions are symmetric.

    >>> two_sided(rank_sum_cdf(1, 3), 0)
    0.5
    """
    k = int(round(statistic))
    smaller = min(k, len(cdf) - 1 - k)
    return float(min(1.0, 2 * cdf[smaller]))


def lower_quantile(cdf: np.ndarray, probability: float) -> int:
    """Smallest k with P(X <= k) >= probability (R: qwilcox, qsignrank).

    >>> lower_quantile(rank_sum_cdf(4, 4), 0.025)
    1
    """
    return int(np.searchsorted(cdf, probability * (1 - 64 * np.finfo(float).eps)))
