"""Describing one variable, and the standardised difference of a variable between groups."""

from collections.abc import Callable
from dataclasses import asdict, dataclass
from itertools import combinations

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import as_floats, observed
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import t_quantile


@dataclass(frozen=True)
class Description:
    """Moments and quantiles, in the unit of the values.

    `sd` uses n - 1; quartiles are R's type 7; `conf_low`, `conf_high` are the t interval
    of the mean.
    """

    n: int
    missing: int
    mean: float = NAN
    sd: float = NAN
    std_error: float = NAN
    median: float = NAN
    q1: float = NAN
    q3: float = NAN
    minimum: float = NAN
    maximum: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


@dataclass(frozen=True)
class GeometricMean:
    """Geometric mean with its interval: the t interval of the logarithms, back-transformed."""

    n: int
    missing: int
    mean: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


def describe(values: ArrayLike, level: float = 0.95) -> Description:
    """n, mean, SD, quartiles and interval of the mean. `sd` and interval need two values.

    >>> found = describe([70, 80, None, 96])
    >>> found.n, found.missing, found.mean, round(found.sd, 2)
    (3, 1, 82.0, 13.11)
    """
    numbers = as_floats(values)
    present = numbers[~np.isnan(numbers)]
    n, missing = len(present), len(numbers) - len(present)
    if n == 0:
        return Description(n, missing, reason=reasons.TOO_FEW)
    q1, median, q3 = (float(q) for q in np.quantile(present, [0.25, 0.5, 0.75]))
    mean = float(present.mean())
    places = dict(
        median=median, q1=q1, q3=q3, minimum=float(present.min()), maximum=float(present.max())
    )
    if n == 1:
        return Description(n, missing, mean=mean, **places, reason=reasons.TOO_FEW)
    sd = float(present.std(ddof=1))
    std_error = sd / np.sqrt(n)
    half = t_quantile((1 + level) / 2, n - 1) * std_error
    return Description(
        n,
        missing,
        mean=mean,
        sd=sd,
        std_error=float(std_error),
        conf_low=float(mean - half),
        conf_high=float(mean + half),
        **places,
    )


def geometric_mean(values: ArrayLike, level: float = 0.95) -> GeometricMean:
    """Geometric mean of positive values; one value at or below zero leaves it undefined.

    >>> found = geometric_mean([100, 400, 1600])
    >>> round(found.mean), round(found.conf_low), round(found.conf_high)
    (400, 13, 12522)
    """
    numbers = as_floats(values)
    present = numbers[~np.isnan(numbers)]
    n, missing = len(present), len(numbers) - len(present)
    if n == 0:
        return GeometricMean(n, missing, reason=reasons.TOO_FEW)
    if (present <= 0).any():
        return GeometricMean(n, missing, reason=reasons.NOT_POSITIVE)
    logs = describe(np.log(present), level)
    low, mean, high = (float(np.exp(x)) for x in (logs.conf_low, logs.mean, logs.conf_high))
    return GeometricMean(n, missing, mean, low, high, logs.reason)


def standardised_difference(*groups: ArrayLike) -> float:
    """Absolute standardised mean difference of a continuous variable, without unit.

    |m1 - m2| / sqrt((s1^2 + s2^2) / 2); with more than two groups the mean over all pairs.
    NaN where a group has fewer than two values or neither varies.

    >>> round(standardised_difference([1, 2, 3], [2, 3, 4]), 3)
    1.0
    """
    samples = [observed(group) for group in groups]
    return _mean_over_pairs(samples, _continuous_difference)


def standardised_difference_levels(counts: ArrayLike) -> float:
    """Absolute standardised difference of a categorical variable.

    counts: levels x groups. Mahalanobis distance of the level proportions, which for two
    levels is |p1 - p2| / sqrt((p1 q1 + p2 q2) / 2); more than two groups: mean over pairs.
    Source: Yang D, Dalton JE. SAS Global Forum 2012, paper 335.

    >>> round(standardised_difference_levels([[12, 8], [8, 12]]), 3)
    0.408
    """
    table = np.asarray(counts, dtype=float)
    return _mean_over_pairs(list(table.T), _level_difference)


def _mean_over_pairs(
    samples: list[np.ndarray], difference: Callable[[np.ndarray, np.ndarray], float]
) -> float:
    distances = [difference(a, b) for a, b in combinations(samples, 2)]
    return float(np.mean(distances)) if distances else NAN


def _continuous_difference(a: np.ndarray, b: np.ndarray) -> float:
    if len(a) < 2 or len(b) < 2:
        return NAN
    pooled = np.sqrt((a.var(ddof=1) + b.var(ddof=1)) / 2)
    return float(abs(a.mean() - b.mean()) / pooled) if pooled > 0 else NAN


def _level_difference(a: np.ndarray, b: np.ndarray) -> float:
    if a.sum() == 0 or b.sum() == 0:
        return NAN
    p, q = (a / a.sum())[1:], (b / b.sum())[1:]
    if np.array_equal(p, q):
        return 0.0
    covariance = (np.diag(p) - np.outer(p, p) + np.diag(q) - np.outer(q, q)) / 2
    step = p - q
    solved = np.linalg.pinv(covariance, hermitian=True) @ step
    if not np.allclose(covariance @ solved, step, atol=1e-9):
        return NAN
    return float(np.sqrt(step @ solved))
