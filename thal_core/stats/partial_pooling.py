"""Rates of many small groups, each drawn towards what the groups have in common.

Beta-binomial: the group rates are Beta(mean x size, (1 - mean) x size); the mean is uniform on
0 to 1 and the size (how many patients the common rate is worth) log-uniform on 2 to 50, both
integrated on a grid. An empirical-Bayes fit of the two degenerates with few groups.
"""

import numpy as np
from numpy.typing import ArrayLike
from scipy import special

FEWEST_GROUPS = 5
LEAST_SIZE, LARGEST_SIZE = 2.0, 50.0
MEAN_NODES, SIZE_NODES, PLACES, DRAWS, HALVINGS = 48, 16, 400, 400, 40
NEGLIGIBLE = 1e-10


class Rate:
    """Posterior of one group's rate: a mixture of beta distributions over the grid."""

    def __init__(self, weight: np.ndarray, a: np.ndarray, b: np.ndarray) -> None:
        self.weight, self.a, self.b = weight, a, b

    def at_most(self, rate: ArrayLike) -> np.ndarray:
        """P(group's rate <= rate), for every element of `rate`."""
        rate = np.clip(np.atleast_1d(np.asarray(rate, dtype=float)), 0, 1)
        return self.weight @ special.betainc(self.a[:, None], self.b[:, None], rate[None, :])

    def quantiles(self, probabilities: ArrayLike) -> np.ndarray:
        """By bisection, all at once."""
        low, high = np.zeros(len(probabilities)), np.ones(len(probabilities))
        for _ in range(HALVINGS):
            middle = (low + high) / 2
            short = self.at_most(middle) < probabilities
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return (low + high) / 2

    def places(self) -> tuple[np.ndarray, np.ndarray]:
        """A grid of rates and P(at most) on it, to interpolate in."""
        grid = np.sin(np.linspace(0, np.pi / 2, PLACES)) ** 2
        return grid, self.at_most(grid)


def pooled_rates(events: ArrayLike, totals: ArrayLike) -> list[Rate] | None:
    """Posterior of every group's rate; None with fewer than five groups.

    events, totals: one number a group, totals above 0.

    >>> rates = pooled_rates([5, 2, 0, 3, 1], [6, 4, 2, 5, 4])
    >>> [round(float(rate.quantiles([0.5])[0]), 2) for rate in rates]
    [0.63, 0.5, 0.41, 0.54, 0.43]
    """
    events, totals = np.asarray(events, dtype=float), np.asarray(totals, dtype=float)
    if len(events) < FEWEST_GROUPS:
        return None
    mean, mean_weight = _nodes(0.0, 1.0, MEAN_NODES)
    log_size, size_weight = _nodes(np.log(LEAST_SIZE), np.log(LARGEST_SIZE), SIZE_NODES)
    mean, size = (axis.ravel() for axis in np.meshgrid(mean, np.exp(log_size), indexing="ij"))
    prior = np.outer(mean_weight, size_weight).ravel()
    a, b = mean * size, (1 - mean) * size
    fit = (
        special.betaln(a[:, None] + events, b[:, None] + totals - events)
        - special.betaln(a, b)[:, None]
    )
    log_weight = fit.sum(axis=1) + np.log(prior)
    weight = np.exp(log_weight - log_weight.max())
    weight /= weight.sum()
    kept = weight > NEGLIGIBLE
    weight, a, b = weight[kept] / weight[kept].sum(), a[kept], b[kept]
    return [Rate(weight, a + k, b + n - k) for k, n in zip(events, totals, strict=True)]


def quantiles(
    parts: list[tuple[float, Rate]], probabilities: ArrayLike = (0.5, 0.025, 0.975)
) -> list[float]:
    """Quantiles of a group's rate: by default posterior median and both ends of the 95 % interval.

    parts: (share of patients, posterior) of each phenotype of the group; shares add up to 1. Of
    two, the rate is their weighted mean, the posteriors being independent.

    >>> rates = pooled_rates([5, 2, 0, 3, 1], [6, 4, 2, 5, 4])
    >>> [round(share, 2) for share in quantiles([(1.0, rates[0])])]
    [0.63, 0.34, 0.9]
    """
    if len(parts) == 1:
        return parts[0][1].quantiles(probabilities).tolist()
    (share, rate), (other_share, other) = parts
    grid, below = rate.places()
    drawn = np.interp((np.arange(DRAWS) + 0.5) / DRAWS, below, grid)
    rest = (grid[None, :] - share * drawn[:, None]) / other_share
    together = np.interp(rest, *other.places(), left=0.0, right=1.0).mean(axis=0)
    return [float(np.interp(probability, together, grid)) for probability in probabilities]


def _nodes(low: float, high: float, count: int) -> tuple[np.ndarray, np.ndarray]:
    """Gauss-Legendre nodes and weights between two bounds."""
    nodes, weights = np.polynomial.legendre.leggauss(count)
    return low + (high - low) * (nodes + 1) / 2, weights / 2
