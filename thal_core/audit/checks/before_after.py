"""Before and after in the same patients: P and SD of the change, bounded over the correlation that
is not printed.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from thal_core.audit.checks.moments import MOST, Group
from thal_core.audit.checks.summaries import p_of_paired, p_of_ratio, sd_of_change
from thal_core.audit.checktable import Case
from thal_core.audit.finding import (
    Finding,
    Verdict,
    between,
    disagrees,
    finding,
    judged,
    missing,
    short,
)
from thal_core.audit.printed import Printed
from thal_core.audit.rounding import Interval, over_corners

BELIEVABLE = (
    -0.9,
    0.99,
)  # correlation of before and after; overridden by the option ``believable``


def check_paired(case: Case) -> Iterable[Finding]:
    """Mean change, its SD and the P of a paired t test, bounded over the correlation, which is not
    printed.

    ``first`` before, ``second`` after, ``total`` n. Consistent: whatever the correlation;
    plausible: for a believable one.
    """
    before, after = Group.of(case.first, case.total), Group.of(case.second, case.total)
    lacking = before.lacks("n", "mean", "sd") or after.lacks("mean", "sd")
    if lacking or before.n.value < 2:
        return missing(case, case.targets, lacking or "n")
    change = after.mean.interval - before.mean.interval
    printed = {f.statistic: f for f in case.targets}
    found = []
    for f in case.targets:
        if f.statistic == "mean_diff":
            found.append(judged(case, f, change, kind="difference"))
        elif f.statistic == "sd":
            found.append(
                _bounded(
                    case,
                    f,
                    lambda r: sd_of_change(before.sd.interval, after.sd.interval, r),
                    before.n.value,
                )
            )
        elif f.statistic == "p" and "sd" in printed:
            error = printed["sd"].interval.scaled(1 / math.sqrt(before.n.value))
            found.append(
                judged(
                    case,
                    f,
                    p_of_ratio(change, error, Interval.point(before.n.value - 1)),
                    kind="from_error",
                    test="paired_t",
                    df=short(before.n.value - 1),
                )
            )
        elif f.statistic == "p":
            found.append(
                _bounded(case, f, lambda r: p_of_paired(change, before, after, r), before.n.value)
            )
    return found


def check_t_from_se(case: Case) -> Iterable[Finding]:
    """P of a paired t test from the printed mean change and its standard error; n in ``total``.

    The option ``comparisons`` also tries Bonferroni's correction for that many. Where nothing fits,
    the n that would fit is named.
    """
    printed = {f.statistic: f for f in [*case.targets, *case.first]}
    if case.size < 2:
        return missing(case, case.targets, "n")
    if not {"mean_diff", "se"} <= set(printed):
        return missing(case, case.targets, "se")
    change, error, n = (
        printed["mean_diff"].interval,
        printed["se"].interval,
        int(case.total[0].value),
    )
    many = case.number("comparisons", 1)
    return [
        _p_from_error(case, f, change, error, n, many) for f in case.targets if f.statistic == "p"
    ]


def _bounded(case: Case, f: Printed, at: Callable[[float], Interval], n: float) -> Finding:
    """A figure that falls as the correlation rises: verdict by the correlations that give the
    printed one.
    """
    low, high = _correlations(f.interval, at)
    believable = _believable(case)
    if low > high:
        return finding(
            case,
            f,
            Verdict.INCONSISTENT,
            Interval(at(1.0).low, at(-1.0).high),
            test="paired_t",
            n=short(n),
            kind=f"paired_{f.statistic}",
        )
    if (low, high) == (-1.0, 1.0):
        return finding(
            case,
            f,
            Verdict.CONSISTENT,
            Interval(at(1.0).low, at(-1.0).high),
            test="paired_t",
            n=short(n),
            kind=f"paired_{f.statistic}",
        )
    within = (max(low, believable[0]), min(high, believable[1]))
    verdict = Verdict.PLAUSIBLE if within[0] <= within[1] else Verdict.INCONSISTENT
    shown = Interval(low, high)
    kind = f"paired_{f.statistic}" + ("" if verdict is Verdict.PLAUSIBLE else "_edge")
    return finding(
        case,
        f,
        verdict,
        Interval(at(believable[1]).low, at(believable[0]).high),
        kind=kind,
        test="paired_t",
        n=short(n),
        r=_signed(shown),
    )


def _correlations(printed: Interval, at: Callable[[float], Interval]) -> tuple[float, float]:
    """Correlations at which the interval of the figure meets the printed one; low > high: none."""
    low = -1.0 if at(-1.0).low <= printed.high else _crossing(lambda r: at(r).low - printed.high)
    high = 1.0 if at(1.0).high >= printed.low else _crossing(lambda r: at(r).high - printed.low)
    if at(1.0).low > printed.high or at(-1.0).high < printed.low:
        return 1.0, -1.0
    return low, high


def _crossing(falling: Callable[[float], float]) -> float:
    low, high = -1.0, 1.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if falling(middle) > 0 else (low, middle)
    return (low + high) / 2


def _p_from_error(
    case: Case, f: Printed, change: Interval, error: Interval, n: int, many: float
) -> Finding:
    def chance(size: int, times: float) -> Interval:
        return over_corners(
            lambda p: min(1.0, times * p), p_of_ratio(change, error, Interval.point(size - 1))
        )

    routes = {"paired_t": chance(n, 1), "bonferroni": chance(n, many)}
    fitting = [test for test, interval in routes.items() if interval.overlaps(f.interval)]
    words = {
        "df": short(n - 1),
        "n": n,
        "many": short(many),
        "bonferroni": between(routes["bonferroni"]),
        "plain": between(routes["paired_t"]),
    }
    if fitting:
        return judged(
            case, f, routes[fitting[0]], test=fitting[0], kind=f"from_error_{fitting[0]}", **words
        )
    sizes = [
        m
        for m in range(3, min(n, MOST))
        if any(chance(m, k).overlaps(f.interval) for k in (1, many))
    ]
    span = f"{sizes[0]}–{sizes[-1]}" if sizes else "–"
    return disagrees(case, f, routes.values(), kind="from_error_none", sizes=span, **words)


def _believable(case: Case) -> tuple[float, float]:
    low, dots, high = case.option("believable").partition("..")
    return (float(low), float(high)) if dots else BELIEVABLE


def _signed(interval: Interval) -> str:
    low, high = f"{interval.low:.3g}", f"{interval.high:.3g}"
    return low if low == high else f"{low} … {high}"
