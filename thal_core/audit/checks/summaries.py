"""Standard errors and P values as intervals, from printed means and SDs with their rounding."""

from __future__ import annotations

import math

from thal_core.audit.checks.moments import Group
from thal_core.audit.rounding import Interval, over_corners
from thal_core.stats.distributions import t_two_sided


def student_error(one: Group, two: Group) -> Interval:
    """Standard error of a difference of means with the pooled variance."""
    n, m = one.n.value, two.n.value
    if n + m < 3:
        return Interval(0.0, math.inf)
    return (one.squares + two.squares).scaled((1 / n + 1 / m) / (n + m - 2)).root()


def welch_error(one: Group, two: Group) -> Interval:
    """Standard error of a difference of means with each group's own variance."""
    return (_variance(one) + _variance(two)).root()


def welch_df(one: Group, two: Group) -> Interval:
    """Welch–Satterthwaite degrees of freedom: greatest where the variances are as n - 1 to m -
    1.
    """
    n, m = max(one.n.value - 1, 1), max(two.n.value - 1, 1)

    def df(a: float, b: float) -> float:
        return (a + b) ** 2 / (a * a / n + b * b / m) if a + b > 0 else n + m

    a, b = _variance(one), _variance(two)
    found = over_corners(df, a, b)
    if a.low * m <= b.high * n and b.low * n <= a.high * m:
        return Interval(found.low, n + m)
    return found


def p_of_ratio(difference: Interval, error: Interval, df: Interval) -> Interval:
    """Two-sided P of difference / error: falls with the difference and the df, rises with the
    error.
    """
    size = difference.size()
    return Interval(_p(size.high, error.low, df.high), _p(size.low, error.high, df.low))


def p_of_paired(change: Interval, before: Group, after: Group, r: float) -> Interval:
    """Two-sided P of a paired t test when before and after correlate by r."""
    n = before.n.value
    error = sd_of_change(before.sd.interval, after.sd.interval, r).scaled(1 / math.sqrt(n))
    return p_of_ratio(change, error, Interval.point(n - 1))


def sd_of_change(before: Interval, after: Interval, r: float) -> Interval:
    """SD of after - before: √(a² + b² - 2rab) over the box of both SDs; convex, so least inside or
    on an edge.
    """

    def variance(a: float, b: float) -> float:
        return max(a * a + b * b - 2 * r * a * b, 0.0)

    corners = over_corners(variance, before, after)
    edges = [variance(a, min(max(r * a, after.low), after.high)) for a in before.corners()]
    edges += [variance(min(max(r * b, before.low), before.high), b) for b in after.corners()]
    inside = [0.0] if r == 1.0 and before.overlaps(after) else []
    return Interval(min([corners.low, *edges, *inside]), corners.high).root()


def _variance(group: Group) -> Interval:
    return group.sd.interval.squared().scaled(1 / group.n.value)


def _p(difference: float, error: float, df: float) -> float:
    if df < 1 or difference == 0:
        return 1.0
    return t_two_sided(difference / error, df) if error > 0 else 0.0
