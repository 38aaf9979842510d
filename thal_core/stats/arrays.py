"""Observed values out of whatever array the caller holds."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike


def as_floats(values: ArrayLike) -> np.ndarray:
    """One-dimensional float array; missing, non-numeric and infinite values become NaN.

    >>> as_floats(["7", None, "high"]).tolist()
    [7.0, nan, nan]
    """
    series = pd.Series(values)
    if series.empty:
        return np.empty(0)
    numbers = pd.to_numeric(series, errors="coerce").to_numpy(dtype=float, na_value=np.nan)
    return np.where(np.isfinite(numbers), numbers, np.nan)


def observed(values: ArrayLike) -> np.ndarray:
    """The values that are present.

    >>> observed([7, None, 9]).tolist()
    [7.0, 9.0]
    """
    numbers = as_floats(values)
    return numbers[~np.isnan(numbers)]


def observed_pairs(first: ArrayLike, second: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Both columns, restricted to the rows (by position) where both are present.

    >>> [part.tolist() for part in observed_pairs([7, None, 9], [1, 2, 3])]
    [[7.0, 9.0], [1.0, 3.0]]
    """
    first, second = as_floats(first), as_floats(second)
    if len(first) != len(second):
        raise ValueError(f"pairs need equal lengths, got {len(first)} and {len(second)}")
    both = ~np.isnan(first) & ~np.isnan(second)
    return first[both], second[both]


def paired_differences(first: ArrayLike, second: ArrayLike) -> np.ndarray:
    """first - second of the complete pairs, freed of floating-point noise.

    8.4 - 5.4 and 10.1 - 7.1 are one and the same difference on paper; without rounding
    to 12 significant digits of the larger value they would not tie.

    >>> paired_differences([8.4, 10.1], [5.4, 7.1]).tolist()
    [3.0, 3.0]
    """
    first, second = observed_pairs(first, second)
    scale = np.maximum(np.abs(first), np.abs(second)).max(initial=0.0)
    if scale == 0:
        return first - second
    return np.round(first - second, 11 - int(np.floor(np.log10(scale))))


def midranks(values: np.ndarray) -> np.ndarray:
    """Ranks from 1, ties sharing their mean rank.

    >>> midranks(np.array([7, 9, 9])).tolist()
    [1.0, 2.5, 2.5]
    """
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts - 1) / 2)[inverse]
