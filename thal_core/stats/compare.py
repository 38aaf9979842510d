"""The door to all comparisons: each method by its own name, or by its code.

compare.student(mar, other)              compare.two_groups("student", mar, other)
compare.paired_t(after, before)          compare.pairs("paired_t", after, before)
compare.fisher(counts)                   compare.counts("fisher", table)
compare.pearson(hbf, gain)               compare.correlation("pearson", hbf, gain)
"""

from numpy.typing import ArrayLike

from thal_core.stats.adjusted import baseline_adjusted, difference_of_slopes
from thal_core.stats.association import Line, fit_line, line_band, pearson, spearman
from thal_core.stats.comparison import Comparison, comparison_table
from thal_core.stats.contingency import chi_square, cross_table, fisher
from thal_core.stats.means import (
    hedges_g,
    paired_t,
    paired_t_from_summary,
    student,
    student_from_summary,
    welch,
    welch_from_summary,
)
from thal_core.stats.ranks import mann_whitney, wilcoxon

__all__ = [
    "Comparison",
    "Line",
    "baseline_adjusted",
    "chi_square",
    "comparison_table",
    "correlation",
    "counts",
    "cross_table",
    "difference_of_slopes",
    "fisher",
    "fit_line",
    "hedges_g",
    "line_band",
    "mann_whitney",
    "paired_t",
    "paired_t_from_summary",
    "pairs",
    "pearson",
    "spearman",
    "student",
    "student_from_summary",
    "two_groups",
    "welch",
    "welch_from_summary",
    "wilcoxon",
]

TWO_GROUPS = {"student": student, "welch": welch, "mann_whitney": mann_whitney}
PAIRS = {"paired_t": paired_t, "wilcoxon": wilcoxon}
COUNTS = {"chi_square": chi_square, "fisher": fisher}
CORRELATIONS = {"pearson": pearson, "spearman": spearman}


def two_groups(method: str, group_1: ArrayLike, group_2: ArrayLike) -> Comparison:
    """`student`, `welch` or `mann_whitney`; effect = group_1 - group_2.

    >>> round(two_groups("welch", [5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1]).effect, 3)
    1.575
    """
    return TWO_GROUPS[method](group_1, group_2)


def pairs(method: str, first: ArrayLike, second: ArrayLike) -> Comparison:
    """`paired_t` or `wilcoxon`; effect = first - second over complete pairs.

    >>> round(pairs("paired_t", [5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1]).p_value, 4)
    0.0093
    """
    return PAIRS[method](first, second)


def counts(method: str, table: ArrayLike) -> Comparison:
    """`chi_square` or `fisher` of a table of counts (levels x groups).

    >>> round(counts("fisher", [[8, 2], [3, 7]]).p_value, 4)
    0.0698
    """
    return COUNTS[method](table)


def correlation(method: str, x: ArrayLike, y: ArrayLike) -> Comparison:
    """`pearson` or `spearman` over complete pairs.

    >>> round(correlation("pearson", [5.1, 6.0, 7.2, 8.4], [4.0, 4.4, 5.9, 6.1]).effect, 3)
    0.957
    """
    return CORRELATIONS[method](x, y)
