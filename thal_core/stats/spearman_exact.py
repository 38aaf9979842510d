"""Null distribution of Spearman's S without ties, as R computes it.

Source: Best DJ, Roberts DE. Algorithm AS 89. Appl Stat 1975;24:377-9, exact here up to
n = 9 and the Edgeworth series of AS 89 beyond.
"""

from functools import lru_cache
from itertools import permutations
from math import exp, sqrt

import numpy as np
from scipy import special

EXACT_UP_TO = 9


def spearman_p_value(s: float, n: int) -> tuple[float, str]:
    """Two-sided p of S = sum of squared rank differences, and the route taken.

    >>> spearman_p_value(4, 5)
    (0.13333333333333333, 'exact')
    """
    s = 2 * round(s / 2)
    upper = s > (n**3 - n) / 6
    if n <= EXACT_UP_TO:
        counts = _exact_counts(n)
        tail = counts[s:].sum() if upper else counts[: s + 1].sum()
        return float(min(1.0, 2 * tail / counts.sum())), "exact"
    tail = _edgeworth_upper(s, n) if upper else _edgeworth_lower(s, n)
    return min(1.0, 2 * tail), "edgeworth"


@lru_cache(maxsize=EXACT_UP_TO)
def _exact_counts(n: int) -> np.ndarray:
    """Number of permutations with S = 0, 1, 2, ... ."""
    ranks = np.arange(n, dtype=np.int16)
    orders = np.array(list(permutations(range(n))), dtype=np.int16)
    return np.bincount(((orders - ranks) ** 2).sum(axis=1))


def _edgeworth_upper(s: float, n: int) -> float:
    """P(S >= s)."""
    x, correction = _edgeworth(s, n)
    return float(np.clip(special.ndtr(-x) + correction, 0, 1))


def _edgeworth_lower(s: float, n: int) -> float:
    """P(S <= s) = P(S < s + 2), S being even."""
    x, correction = _edgeworth(s + 2, n)
    return float(np.clip(special.ndtr(x) - correction, 0, 1))


def _edgeworth(s: float, n: int) -> tuple[float, float]:
    """Standardised S (with continuity correction) and the series' correction of its tail."""
    b = 1 / n
    x = (6 * (s - 1) / (n * (n * n - 1.0)) - 1) * sqrt(n - 1)
    y = x * x
    inner = 0.0879 + 0.0151 * b - y * (0.0072 - 0.0831 * b + y * b * (0.0131 - 4.6e-4 * y))
    series = (
        0.2274
        + b * (0.2531 + 0.1745 * b)
        + y * (-0.0758 + b * (0.1033 + 0.3932 * b) - y * b * inner)
    )
    return x, x * b * series / exp(y / 2)
