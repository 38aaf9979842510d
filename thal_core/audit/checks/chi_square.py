"""Checks of contingency tables: which test of the printed counts gives the printed P."""

from __future__ import annotations

from collections.abc import Iterable
from math import isnan

from thal_core.audit.checktable import Case
from thal_core.audit.finding import Finding, between, disagrees, judged, missing
from thal_core.audit.printed import Printed
from thal_core.audit.rounding import Interval
from thal_core.stats.contingency import chi_square, fisher
from thal_core.stats.distributions import chi_square_upper

MANY = 10_000  # patients beyond which Fisher's test is left out: it equals chi-square there


def check_chi_square(case: Case) -> Iterable[Finding]:
    """P of the counts of ``first`` against ``second``: Pearson without and with correction, Fisher.

    Counts are paired by row. Where only one level is printed, n of ``total`` gives the other.
    """
    table = _table(case.first, case.second, case.total)
    if table is None:
        return missing(case, case.targets, "counts")
    chances = _chances(table)
    if not chances:
        return missing(case, case.targets, "counts")
    words = {test: between(Interval.point(p)) for test, p in chances.items()}
    words = {"chi_square": "–", "chi_square_yates": "–", "fisher": "–"} | words
    return [_judged(case, f, chances, words) for f in case.targets if f.statistic == "p"]


def _judged(case: Case, f: Printed, chances: dict[str, float], words: dict[str, str]) -> Finding:
    fitting = [test for test, p in chances.items() if Interval.point(p).overlaps(f.interval)]
    if not fitting:
        return disagrees(case, f, map(Interval.point, chances.values()), kind="counts", **words)
    return judged(
        case,
        f,
        Interval.point(chances[fitting[0]]),
        kind=f"counts_{fitting[0]}",
        test="+".join(fitting),
        **words,
    )


def _table(
    first: list[Printed], second: list[Printed], sizes: list[Printed]
) -> list[list[float]] | None:
    one, two = (
        {f.row: f.value for f in group if f.statistic == "count"} for group in (first, second)
    )
    rows = [row for row in one if row in two]
    if not rows or len(rows) < max(len(one), len(two)):
        return None
    table = [[one[row], two[row]] for row in rows]
    n = [
        next((s.value for s in sizes if s.group == group[0].group), None)
        for group in (first, second)
    ]
    if len(rows) == 1:
        if None in n:
            return None
        rest = [n[0] - table[0][0], n[1] - table[0][1]]
        return None if min(rest) < 0 else [*table, rest]
    return table


def _chances(table: list[list[float]]) -> dict[str, float]:
    plain = chi_square(table)
    if isnan(plain.p_value):
        return {}
    found = {"chi_square": plain.p_value}
    if len(table) == 2:
        found["chi_square_yates"] = chi_square_upper(_corrected(table), 1)
    exact = {"fisher": fisher(table).p_value} if plain.n <= MANY else {}
    return found | exact


def _corrected(table: list[list[float]]) -> float:
    """Chi-square of a 2 × 2 table with Yates's correction (R: chisq.test)."""
    (a, b), (c, d) = table
    n = a + b + c + d
    apart = abs(a * d - b * c)
    return n * max(apart - n / 2, 0.0) ** 2 / ((a + b) * (c + d) * (a + c) * (b + d))
