"""Quantiles and tails of the usual distributions (scipy.special, which imports fast)."""

import numpy as np
from scipy import special

LARGEST_T = 1e5  # scipy's non-central t is unreliable beyond


def t_quantile(probability: float, df: float) -> float:
    return float(special.stdtrit(df, probability))


def t_two_sided(statistic: float, df: float) -> float:
    """P(|T| >= |statistic|), accurate in the far tail."""
    return float(2 * special.stdtr(df, -abs(statistic)))


def normal_quantile(probability: float) -> float:
    return float(special.ndtri(probability))


def normal_two_sided(z: float) -> float:
    return float(min(1.0, 2 * special.ndtr(-abs(z))))


def chi_square_upper(statistic: float, df: float) -> float:
    return float(special.chdtrc(df, statistic))


def f_upper(statistic: float, df1: float, df2: float) -> float:
    return float(special.fdtrc(df1, df2, statistic))


def noncentral_t_limits(statistic: float, df: float, level: float) -> tuple[float, float]:
    """Non-centralities under which `statistic` is the upper and the lower tail point."""
    if abs(statistic) > LARGEST_T:
        return float("nan"), float("nan")
    tail = (1 - level) / 2
    return _noncentrality(statistic, df, 1 - tail), _noncentrality(statistic, df, tail)


def _noncentrality(statistic: float, df: float, probability: float) -> float:
    """Searched outward from the statistic itself; scipy's CDF is NaN in the far tails."""
    from scipy.optimize import brentq

    def excess(noncentrality):
        value = special.nctdtr(df, noncentrality, statistic)
        return (noncentrality < statistic if np.isnan(value) else value) - probability

    step = -1.0 if probability > 0.5 else 1.0
    while excess(statistic + step) * step > 0:
        step *= 2
    return float(brentq(excess, statistic, statistic + step, xtol=1e-12))
