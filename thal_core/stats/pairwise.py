"""Order statistics of all pairwise differences, or of all Walsh averages.

Small samples are listed; large ones are searched by counting, so that memory stays
proportional to the number of patients and not to its square.
"""

from math import nextafter

import numpy as np

LISTED_UP_TO = 4_000_000


class PairwiseDifferences:
    """x_i - y_j over all pairs."""

    def __init__(self, x: np.ndarray, y: np.ndarray) -> None:
        self.x, self.y = np.sort(x), np.sort(y)
        self.size = len(x) * len(y)
        self.listed = (
            np.sort(np.subtract.outer(x, y), axis=None) if self.size <= LISTED_UP_TO else None
        )
        self.lowest, self.highest = float(self.x[0] - self.y[-1]), float(self.x[-1] - self.y[0])

    def at_most(self, value: float) -> int:
        """How many differences are <= value."""
        return int((len(self.y) - np.searchsorted(self.y, self.x - value)).sum())


class WalshAverages:
    """(x_i + x_j) / 2 over i <= j."""

    def __init__(self, x: np.ndarray) -> None:
        self.x = np.sort(x)
        self.size = len(x) * (len(x) + 1) // 2
        self.listed = None
        if self.size <= LISTED_UP_TO:
            rows, columns = np.triu_indices(len(x))
            self.listed = np.sort((x[rows] + x[columns]) / 2)
        self.lowest, self.highest = float(self.x[0]), float(self.x[-1])

    def at_most(self, value: float) -> int:
        """How many averages are <= value: half of all ordered pairs and of the diagonal."""
        pairs = np.searchsorted(self.x, 2 * value - self.x, side="right").sum()
        return int(pairs + (self.x <= value).sum()) // 2


Differences = PairwiseDifferences | WalshAverages


def kth(values: Differences, k: int) -> float:
    """k-th smallest, k from 1.

    >>> kth(WalshAverages(np.array([1.0, 2.0, 4.0])), 2)
    1.5
    """
    if values.listed is not None:
        return float(values.listed[k - 1])
    low, high = nextafter(values.lowest, -np.inf), values.highest
    while low < (middle := low + (high - low) / 2) < high:
        if values.at_most(middle) >= k:
            high = middle
        else:
            low = middle
    return high


def median(values: Differences) -> float:
    """The middle one, or the mean of the two in the middle.

    >>> median(PairwiseDifferences(np.array([5.0, 7.0]), np.array([1.0, 2.0])))
    4.5
    """
    lower, upper = (values.size + 1) // 2, values.size // 2 + 1
    return (kth(values, lower) + kth(values, upper)) / 2
