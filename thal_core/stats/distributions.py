"""Quantiles and tails of the usual distributions (scipy.special, which imports fast)."""

import numpy as np
from scipy import special

LARGEST_T = 1e5  # scipy's non-central t is unreliable beyond


def t_quantile(probability: float, df: float) -> float:
    """Quantile of the t distribution (R: qt).

    >>> round(t_quantile(0.975, 10), 4)
    2.2281
    """
    return float(special.stdtrit(df, probability))


def t_two_sided(statistic: float, df: float) -> float:
    """P(|T| >= |statistic|), accurate in the far tail.

    >>> round(t_two_sided(2.228139, 10), 4)
    0.05
    """
    return float(2 * special.stdtr(df, -abs(statistic)))


def normal_quantile(probability: float) -> float:
    """Quantile of the standard normal distribution (R: qnorm).

    >>> round(normal_quantile(0.975), 4)
    1.96
    """
    return float(special.ndtri(probability))


def normal_two_sided(z: float) -> float:
    """P(|Z| >= |z|), standard normal.

    >>> round(normal_two_sided(1.959964), 4)
    0.05
    """
    return float(min(1.0, 2 * special.ndtr(-abs(z))))


def chi_square_upper(statistic: float, df: float) -> float:
    """P(chi-square >= statistic) (R: pchisq(lower.tail = FALSE)).

    >>> round(chi_square_upper(3.841459, 1), 4)
    0.05
    """
    return float(special.chdtrc(df, statistic))


def f_upper(statistic: float, df1: float, df2: float) -> float:
    """P(F >= statistic) (R: pf(lower.tail = FALSE)).

    >>> round(f_upper(4.964603, 1, 10), 4)
    0.05
    """
    return float(special.fdtrc(df1, df2, statistic))


def noncentral_t_limits(statistic: float, df: float, level: float) -> tuple[float, float]:
    """Non-centralities under which `statistic` is the upper and the lower tail point.

    >>> [round(limit, 3) for limit in noncentral_t_limits(2.0, 10, 0.95)]
    [-0.184, 4.101]
    """
    if abs(statistic) > LARGEST_T:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    return _noncentrality(statistic, df, 1 - tail), _noncentrality(statistic, df, tail)


def _noncentrality(statistic: float, df: float, probability: float) -> float:
    """Searched outward from the statistic itself; scipy's CDF is NaN in the far tails."""
    from scipy.optimize import brentq

    def excess(noncentrality: float) -> float:
        value = special.nctdtr(df, noncentrality, statistic)
        return (noncentrality < statistic if np.isnan(value) else value) - probability

    step = -1.0 if probability > 0.5 else 1.0
    while excess(statistic + step) * step > 0:
        step *= 2
    return float(brentq(excess, statistic, statistic + step, xtol=1e-12))
