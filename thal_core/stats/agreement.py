"""Agreement of two judges on yes or no, in the patients both judged."""

from dataclasses import dataclass, replace
from math import sqrt

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import observed_pairs
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import normal_quantile


@dataclass(frozen=True)
class Agreement:
    """n: patients both judged; n_agree: of them with one answer; kappa: agreement beyond chance."""

    n: int
    n_agree: int = 0
    kappa: float = NAN
    kappa_low: float = NAN
    kappa_high: float = NAN
    reason: str = ""


def cohens_kappa(first: ArrayLike, second: ArrayLike, level: float = 0.95) -> Agreement:
    """Cohen's kappa of two columns of 0 and 1, missing pairs dropped, with its large-sample
    interval.

    Blank where one judge gives one answer only. The interval (cut at -1 and 1) is blank where
    all agree: its standard error is 0 there. Source: Fleiss JL, Cohen J, Everitt BS. Psychol
    Bull 1969;72:323-7.

    >>> cohens_kappa([1, 1, 0, 0], [1, 0, 0, 0]).kappa
    0.5
    """
    first, second = observed_pairs(first, second)
    n = len(first)
    result = Agreement(n, int((first == second).sum()))
    if n == 0:
        return replace(result, reason=reasons.TOO_FEW)
    if len(np.unique(first)) < 2 or len(np.unique(second)) < 2:
        return replace(result, reason=reasons.ONE_LEVEL)
    shares = np.array([[((first == i) & (second == j)).mean() for j in (0, 1)] for i in (0, 1)])
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    observed, chance = np.trace(shares), float(rows @ columns)
    kappa = (observed - chance) / (1 - chance)
    result = replace(result, kappa=float(kappa))
    if observed == 1:
        return replace(result, reason=reasons.INTERVAL_NOT_REACHED)
    half = normal_quantile((1 + level) / 2) * _std_error(shares, kappa, chance, n)
    return replace(result, kappa_low=max(-1.0, kappa - half), kappa_high=min(1.0, kappa + half))


def _std_error(shares: np.ndarray, kappa: float, chance: float, n: int) -> float:
    rows, columns = shares.sum(axis=1), shares.sum(axis=0)
    margins = columns[:, None] + rows[None, :]
    agreeing = sum(shares[i, i] * (1 - margins[i, i] * (1 - kappa)) ** 2 for i in (0, 1))
    apart = (1 - kappa) ** 2 * sum(shares[i, 1 - i] * margins[i, 1 - i] ** 2 for i in (0, 1))
    variance = agreeing + apart - (kappa - chance * (1 - kappa)) ** 2
    return sqrt(max(0.0, variance) / n) / (1 - chance)
