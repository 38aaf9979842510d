"""Printed test statistics and estimates with their P: F, odds ratio with limits, correlation."""

from __future__ import annotations

import math
from collections.abc import Iterable

from thal_core.audit.checktable import Case
from thal_core.audit.finding import Finding, Verdict, between, finding, judged, missing, short
from thal_core.audit.rounding import over_corners
from thal_core.stats.distributions import (
    f_upper,
    normal_quantile,
    normal_two_sided,
    t_quantile,
    t_two_sided,
)


def check_f_test(case: Case) -> Iterable[Finding]:
    """P of repeated measures ANOVA from the printed F, the option ``df1`` and df2 = df1 (n - 1)."""
    statistic = next((f for f in [*case.targets, *case.first] if f.statistic == "F"), None)
    if statistic is None or case.size < 2:
        return missing(case, case.targets, "n" if statistic else "F")
    df1 = case.number("df1", 1)
    df2 = df1 * (case.total[0].value - 1)
    chance = over_corners(lambda f: f_upper(f, df1, df2), statistic.interval)
    return [
        judged(case, f, chance, test="f", df1=short(df1), df2=short(df2), f=statistic.printed)
        for f in case.targets
        if f.statistic == "p"
    ]


def check_odds_ratio(case: Case) -> Iterable[Finding]:
    """An odds ratio is the geometric middle of its (Wald) limits, and they give its P."""
    printed = {f.statistic: f for f in [*case.first, *case.targets]}
    if not {"ci_low", "ci_high"} <= set(printed):
        return missing(case, case.targets, "limits")
    low, high = printed["ci_low"].interval, printed["ci_high"].interval
    if (
        low.low <= 0
        or low.high >= high.low
        or ("or" in printed and printed["or"].interval.low <= 0)
    ):
        return missing(case, case.targets, "limits")
    middle = over_corners(lambda a, b: math.sqrt(a * b), low, high)
    z = normal_quantile(0.5 + case.number("level", 95) / 200)
    found = []
    for f in case.targets:
        if f.statistic == "or":
            found.append(judged(case, f, middle))
        elif f.statistic == "p":
            ratio = printed["or"].interval if "or" in printed else middle
            chance = over_corners(
                lambda o, a, b: normal_two_sided(2 * z * math.log(o) / math.log(b / a)),
                ratio,
                low,
                high,
            )
            found.append(judged(case, f, chance, kind="odds_ratio_p", test="wald"))
    return found


def check_correlation(case: Case) -> Iterable[Finding]:
    """P of a correlation: from a printed r, or the r that it needs (plausible) when only n is
    printed.
    """
    if case.size < 3:
        return missing(case, case.targets, "n")
    df = case.total[0].value - 2
    printed = next((f for f in [*case.targets, *case.first] if f.statistic == "r"), None)
    found = []
    for f in (one for one in case.targets if one.statistic == "p"):
        if printed is not None:
            size = printed.interval.size()
            chance = over_corners(lambda r: _p_of_r(r, df), size)
            found.append(judged(case, f, chance, test="pearson"))
        elif f.operator in ("", "=") and f.interval.low > 0:
            needed = over_corners(lambda p: _r_of_p(p, df), f.interval)
            found.append(
                finding(
                    case,
                    f,
                    Verdict.PLAUSIBLE,
                    kind="correlation",
                    test="pearson",
                    r=between(needed),
                    n=short(df + 2),
                )
            )
    return found


def _p_of_r(r: float, df: float) -> float:
    return 0.0 if r >= 1 else t_two_sided(r * math.sqrt(df / (1 - r * r)), df)


def _r_of_p(p: float, df: float) -> float:
    t = t_quantile(p / 2, df)
    return abs(t) / math.sqrt(t * t + df)
