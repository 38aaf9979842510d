"""Differences with something else held equal: of two groups at one baseline, of two slopes."""

from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import as_floats
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import t_quantile, t_two_sided

SMALLEST_ADJUSTED = 5  # in each group


@dataclass(frozen=True)
class Adjusted:
    """One coefficient of a least-squares model with its t interval; n: patients in the model."""

    n: int
    effect: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    p_value: float = NAN
    reason: str = ""


def baseline_adjusted(
    value: ArrayLike, baseline: ArrayLike, group: ArrayLike, level: float = 0.95
) -> Adjusted:
    """ANCOVA: group 1 minus group 0 at the same baseline (R: lm(value ~ baseline + group)).

    group: 1 or 0. Complete rows; five or more in each group. An association, not an effect:
    the groups were not allocated.

    >>> baseline_adjusted([5, 6, 8, 9, 11, 9, 9, 12, 13, 15], range(10), [0] * 5 + [1] * 5).n
    10
    """
    value, baseline, group = (as_floats(x) for x in (value, baseline, group))
    return _last_term(value, np.column_stack([baseline, group]), group, level)


def difference_of_slopes(
    x: ArrayLike, y: ArrayLike, group: ArrayLike, level: float = 0.95
) -> Adjusted:
    """Slope of y on x in group 1 minus that in group 0 (R: lm(y ~ x * group)); as above.

    >>> x, group = [1, 2, 3, 4, 5] * 2, [0] * 5 + [1] * 5
    >>> y = [1, 2, 3, 4, 6, 2, 4, 6, 8, 9]
    >>> round(difference_of_slopes(x, y, group).effect, 3)
    0.6
    """
    x, y, group = (as_floats(values) for values in (x, y, group))
    return _last_term(y, np.column_stack([x, group, x * group]), group, level)


def _last_term(y: np.ndarray, terms: np.ndarray, group: np.ndarray, level: float) -> Adjusted:
    kept = np.isfinite(y) & np.isfinite(terms).all(axis=1)
    y, terms, group = y[kept], terms[kept], group[kept]
    result = Adjusted(len(y))
    if min((group == 1).sum(), (group == 0).sum()) < SMALLEST_ADJUSTED:
        return replace(result, reason=reasons.TOO_FEW_ADJUSTED)
    centre, spread = terms.mean(axis=0), terms.std(axis=0)
    if (spread <= 1e-12 * np.abs(terms).max(axis=0)).any():
        return replace(result, reason=reasons.COLLINEAR)
    design = np.column_stack([np.ones(len(y)), (terms - centre) / spread])
    orthonormal, upper = np.linalg.qr(design)
    if np.abs(np.diag(upper)).min() < 1e-8 * np.sqrt(len(y)):
        return replace(result, reason=reasons.COLLINEAR)
    beta = np.linalg.solve(upper, orthonormal.T @ y)
    residual, df = y - design @ beta, len(y) - design.shape[1]
    if np.abs(residual).max() <= 1e-12 * np.abs(y).max(initial=1.0):
        return replace(result, reason=reasons.ZERO_VARIANCE)
    std_error = np.sqrt(residual @ residual / df) / abs(upper[-1, -1]) / spread[-1]
    effect = beta[-1] / spread[-1]
    half = t_quantile((1 + level) / 2, df) * std_error
    return replace(
        result,
        effect=float(effect),
        conf_low=float(effect - half),
        conf_high=float(effect + half),
        p_value=t_two_sided(effect / std_error, df),
    )
