"""Tests of a contingency table of counts: rows are levels, columns are groups."""

from dataclasses import replace
from math import sqrt

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.comparison import NAN, Comparison
from thal_core.stats.distributions import chi_square_upper, normal_quantile
from thal_core.stats.fisher_exact import conditional_odds_ratio, fisher_p_value


def chi_square(counts: ArrayLike, level: float = 0.95) -> Comparison:
    """Pearson's chi-square without continuity correction (R: chisq.test(correct = FALSE)).

    Rows and columns without any observation are left out. 2 x 2: `effect` is the first row's
    share in the first column minus that in the second, in percentage points, with the
    interval of R's prop.test(correct = FALSE). An expected count below five is said.

    >>> found = chi_square([[8, 2], [3, 7]])
    >>> round(found.statistic, 3), round(found.p_value, 4), round(found.effect, 1)
    (5.051, 0.0246, np.float64(50.5))
    """
    table, reason = _informative(counts)
    result = _sized("chi_square", table)
    if reason:
        return replace(result, reason=reason)
    expected = np.outer(table.sum(axis=1), table.sum(axis=0)) / table.sum()
    statistic = float(((table - expected) ** 2 / expected).sum())
    df = (table.shape[0] - 1) * (table.shape[1] - 1)
    reason = reasons.EXPECTED_BELOW_FIVE if expected.min() < 5 else ""
    result = replace(
        result,
        statistic=statistic,
        df=float(df),
        p_value=chi_square_upper(statistic, df),
        reason=reason,
    )
    return _with_difference(result, table, level) if table.shape == (2, 2) else result


def cramers_v(counts: ArrayLike) -> float:
    """Cramer's V of a table of any size, 0 (independent) to 1: the effect size of its tests.

    >>> round(cramers_v([[8, 2], [3, 7]]), 3)
    0.503
    """
    table, reason = _informative(counts)
    if reason:
        return NAN
    return sqrt(chi_square(table).statistic / table.sum() / (min(table.shape) - 1))


def _with_difference(result: Comparison, table: np.ndarray, level: float) -> Comparison:
    """Difference of the first row's shares between the two columns, in percentage points."""
    sizes = table.sum(axis=0)
    shares = table[0] / sizes
    std_error = sqrt((shares * (1 - shares) / sizes).sum())
    half = normal_quantile((1 + level) / 2) * std_error
    difference = shares[0] - shares[1]
    low, high = max(-1.0, difference - half), min(1.0, difference + half)
    return replace(
        result,
        effect=100 * difference,
        std_error=100 * std_error,
        conf_low=100 * low,
        conf_high=100 * high,
    )


def fisher(counts: ArrayLike, level: float = 0.95, seed: int = 20240619) -> Comparison:
    """Fisher's exact test (R: fisher.test), two-sided by the probability of the table.

    2 x 2: `effect` is the conditional maximum likelihood odds ratio with its exact
    interval. Larger tables: p only, exact by enumeration; beyond the budget of
    `fisher_exact.MAX_STATES` by seeded sampling, with `std_error` that of the p value,
    variant and reason `monte_carlo`. (R 4.2.2 errs silently on some tables as wide as 14 x 4;
    its own simulation agrees with the enumeration here.)

    >>> found = fisher([[8, 2], [3, 7]])
    >>> round(found.effect, 2), round(found.p_value, 4)
    (8.15, 0.0698)
    """
    table, reason = _informative(counts)
    result = _sized("fisher", table)
    if reason:
        return replace(result, reason=reason)
    p_value, std_error = fisher_p_value(table.astype(int), seed)
    if std_error:
        return replace(
            result,
            p_value=p_value,
            std_error=std_error,
            variant="monte_carlo",
            reason=reasons.MONTE_CARLO,
        )
    result = replace(result, p_value=p_value, variant="exact")
    if table.shape != (2, 2):
        return result
    effect, low, high = conditional_odds_ratio(table.astype(int), level)
    return replace(result, effect=effect, conf_low=low, conf_high=high)


def cross_table(rows: ArrayLike, columns: ArrayLike) -> pd.DataFrame:
    """Counts of two categorical variables over the positions where both are present.

    >>> cross_table(["low", "low", "high"], ["MaR", "NR", "MaR"]).loc["low"].tolist()
    [1, 1]
    """
    return pd.crosstab(pd.Series(list(rows), name="row"), pd.Series(list(columns), name="column"))


def _informative(counts: ArrayLike) -> tuple[np.ndarray, str]:
    """The table without empty rows and columns, and why it cannot be tested, if so."""
    table = np.asarray(counts, dtype=float)
    if table.ndim != 2 or (table < 0).any() or not np.isfinite(table).all():
        raise ValueError("a contingency table holds counts in rows and columns")
    columns_before = table.shape[1]
    table = table[table.sum(axis=1) > 0][:, table.sum(axis=0) > 0]
    if table.sum() == 0:
        return table, reasons.TOO_FEW
    if table.shape[1] < 2 <= columns_before:
        return table, reasons.ONE_GROUP_EMPTY
    return table, reasons.ONE_LEVEL if min(table.shape) < 2 else ""


def _sized(method: str, table: np.ndarray) -> Comparison:
    groups = table.sum(axis=0).astype(int)
    n_1, n_2 = (int(groups[0]), int(groups[1])) if len(groups) == 2 else (0, 0)
    return Comparison(method, n=int(groups.sum()), n_1=n_1, n_2=n_2)
