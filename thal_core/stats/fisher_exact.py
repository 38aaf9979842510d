"""Fisher's exact test: enumeration of tables with given margins, and the odds ratio."""

import numpy as np
from scipy import special

MAX_STATES = 1_500_000
SAMPLES = 100_000
# R counts tables as probable as the observed one up to this relative error
RELATIVE_ERROR = 1e-7


def fisher_p_value(table: np.ndarray, seed: int) -> tuple[float, float]:
    """Two-sided p of an r x c table (R: fisher.test) and its Monte Carlo standard error (0 where
    exact).

    >>> p_value, std_error = fisher_p_value(np.array([[8, 2], [3, 7]]), seed=1)
    >>> round(p_value, 4), std_error
    (0.0698, 0.0)
    """
    if table.shape[0] > table.shape[1]:
        table = table.T
    rows, columns = table.sum(axis=1), np.sort(table.sum(axis=0))[::-1]
    limit = -_log_factorial(table).sum() + RELATIVE_ERROR
    p_value = _share_up_to(limit, rows, columns)
    return _sample(table, limit, seed) if p_value is None else (min(1.0, p_value), 0.0)


def _share_up_to(limit: float, rows: np.ndarray, columns: np.ndarray) -> float | None:
    """Probability of the tables with these margins whose -sum(log n_ij!) is <= limit.

    Columns are filled one after the other. Partial tables that leave the same row totals
    open and have the same weight are one state; a state is settled as soon as all its
    completions lie on one side of the limit (the network algorithm: Mehta CR, Patel NR.
    J Am Stat Assoc 1983;78:427-34, with simpler bounds). None beyond MAX_STATES.
    """
    open_rows, weights, multiplicity = rows[None, :], np.zeros(1), np.ones(1)
    everything = _log_mass(open_rows, columns)
    total = 0.0
    for done, column in enumerate(columns[:-1], start=1):
        fillings = _fillings(open_rows, column)
        if fillings is None:
            return None
        parents, cells = fillings
        weights = weights[parents] - _log_factorial(cells).sum(axis=1)
        open_rows = np.sort(open_rows[parents] - cells, axis=1)
        open_rows, weights, multiplicity = _merge(open_rows, weights, multiplicity[parents])
        lowest, highest = _bounds(open_rows, columns[done:])
        inside, undecided = weights + highest <= limit, weights + lowest <= limit
        total += (
            multiplicity * np.exp(weights + _log_mass(open_rows, columns[done:]) - everything)
        )[inside].sum()
        undecided &= ~inside
        open_rows, weights, multiplicity = (
            open_rows[undecided],
            weights[undecided],
            multiplicity[undecided],
        )
        if len(weights) == 0:
            break
    return float(total)


def _log_mass(open_rows: np.ndarray, columns: np.ndarray) -> np.ndarray:
    """log of the sum of prod(1 / n_ij!) over all tables with these margins."""
    return (
        _log_factorial(columns.sum())
        - _log_factorial(open_rows).sum(axis=1)
        - _log_factorial(columns).sum()
    )


def _bounds(open_rows: np.ndarray, columns: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Bounds of -sum(log n_ij!) over the completions of each state.

    Lowest: rows (or columns) each filled as unevenly as the other margin's largest totals
    allow. Highest: Lagrangian dual at the expected cells m_ij = R_i C_j / N, where the best
    cell is the whole part of m_ij.
    """
    by_row = sum(_uneven(row[:, None], columns[None, :]) for row in open_rows.T)
    descending = open_rows[:, ::-1]
    by_column = sum(_uneven(np.full((len(open_rows), 1), column), descending) for column in columns)
    margins = (
        special.xlogy(open_rows, open_rows).sum(axis=1) + special.xlogy(columns, columns).sum()
    )
    total = columns.sum()
    highest = total * np.log(total) - margins
    for column in columns:
        expected = open_rows * (column / total)
        whole = np.floor(expected)
        highest = highest + (special.xlogy(whole, expected) - _log_factorial(whole)).sum(axis=1)
    return np.maximum(by_row, by_column), highest


def _uneven(total: np.ndarray, capacities: np.ndarray) -> np.ndarray:
    """-sum(log n!) of `total` poured into the capacities, largest first."""
    before = np.cumsum(capacities, axis=1) - capacities
    return -_log_factorial(np.clip(total - before, 0, capacities)).sum(axis=1)


def _fillings(open_rows: np.ndarray, total: int) -> tuple[np.ndarray, np.ndarray] | None:
    """All ways to put `total` into one column: index of the state, and the cells."""
    parents, left = np.arange(len(open_rows)), np.full(len(open_rows), total)
    cells = np.empty((len(open_rows), 0), dtype=int)
    for row in range(open_rows.shape[1]):
        capacity = open_rows[parents, row]
        after = open_rows[parents][:, row + 1 :].sum(axis=1)
        lowest, highest = np.maximum(0, left - after), np.minimum(capacity, left)
        choices = highest - lowest + 1
        if choices.sum() > MAX_STATES:
            return None
        source = np.repeat(np.arange(len(parents)), choices)
        step = np.arange(len(source)) - np.repeat(np.cumsum(choices) - choices, choices)
        value = lowest[source] + step
        parents, left = parents[source], left[source] - value
        cells = np.column_stack([cells[source], value])
    return parents, cells


def _merge(
    open_rows: np.ndarray, weights: np.ndarray, multiplicity: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    keys = [*open_rows.T, np.round(weights * 1e9).astype(np.int64)]
    order = np.lexsort(keys)
    changed = np.any([np.diff(key[order]) != 0 for key in keys], axis=0)
    group = np.concatenate([[0], np.cumsum(changed)])
    first = order[np.flatnonzero(np.concatenate([[True], changed]))]
    return open_rows[first], weights[first], np.bincount(group, weights=multiplicity[order])


def _sample(table: np.ndarray, threshold: float, seed: int) -> tuple[float, float]:
    """Seeded random tables with the same margins; p as R: (1 + hits) / (1 + samples)."""
    from scipy.stats import random_table

    generator = np.random.default_rng(seed)
    draws = random_table(table.sum(axis=1), table.sum(axis=0)).rvs(
        size=SAMPLES, random_state=generator
    )
    hits = int((-_log_factorial(draws).sum(axis=(1, 2)) <= threshold).sum())
    p_value = (1 + hits) / (1 + SAMPLES)
    return p_value, float(np.sqrt(p_value * (1 - p_value) / SAMPLES))


def conditional_odds_ratio(table: np.ndarray, level: float) -> tuple[float, float, float]:
    """Conditional maximum likelihood odds ratio of a 2 x 2 table and its exact interval (R:
    fisher.test): estimate, low, high; 0 or infinity where a cell is empty.

    >>> [round(x, 3) for x in conditional_odds_ratio(np.array([[3, 1], [1, 3]]), 0.95)]
    [6.408, 0.212, 626.244]
    """
    from scipy.stats.contingency import odds_ratio

    found = odds_ratio(table)
    interval = found.confidence_interval(level)
    return float(found.statistic), float(interval.low), float(interval.high)


def _log_factorial(counts: np.ndarray) -> np.ndarray:
    return special.gammaln(np.asarray(counts) + 1.0)
