"""Adjusted p values, as R's p.adjust: missing ones stay missing and do not count."""

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats.arrays import as_floats


def holm(p_values: ArrayLike) -> np.ndarray:
    """Holm's step-down adjustment, in the order given (R: p.adjust(method = "holm")).

    >>> holm([0.01, 0.04, None, 0.03]).round(3).tolist()
    [0.03, 0.06, nan, 0.06]
    """
    return _adjust(
        p_values, lambda p: np.minimum(1, np.maximum.accumulate(p * np.arange(len(p), 0, -1)))
    )


def bonferroni(p_values: ArrayLike, comparisons: int | None = None) -> np.ndarray:
    """p times the number of comparisons (by default the number of p values present).

    >>> bonferroni([0.01, 0.04, None, 0.03]).round(3).tolist()
    [0.03, 0.12, nan, 0.09]
    """
    return _adjust(p_values, lambda p: np.minimum(1, p * (comparisons or len(p))))


def benjamini_hochberg(p_values: ArrayLike) -> np.ndarray:
    """Benjamini-Hochberg false discovery rate (R: method = "BH").

    >>> benjamini_hochberg([0.01, 0.04, None, 0.03]).round(3).tolist()
    [0.03, 0.04, nan, 0.04]
    """
    return _adjust(p_values, _step_up)


ADJUSTMENTS = {"holm": holm, "bonferroni": bonferroni, "benjamini_hochberg": benjamini_hochberg}


def adjust(p_values: ArrayLike, method: str = "holm") -> np.ndarray:
    """Adjusted p values by one of `ADJUSTMENTS`, in the order given, NaN kept.

    >>> adjust([0.01, 0.04], "bonferroni").tolist()
    [0.02, 0.08]
    """
    return ADJUSTMENTS[method](p_values)


def _step_up(p: np.ndarray) -> np.ndarray:
    n = len(p)
    scaled = p * n / np.arange(1, n + 1)
    return np.minimum(1, np.minimum.accumulate(scaled[::-1])[::-1])


def _adjust(p_values: ArrayLike, on_sorted: Callable[[np.ndarray], np.ndarray]) -> np.ndarray:
    adjusted = as_floats(p_values)
    present = np.flatnonzero(~np.isnan(adjusted))
    order = present[np.argsort(adjusted[present], kind="stable")]
    adjusted[order] = on_sorted(adjusted[order])
    return adjusted
