"""Checks that need no statistics: sums, shares, figures printed twice, limits, units."""

from __future__ import annotations

import math
from collections.abc import Iterable

from thal_core.audit.checktable import Case
from thal_core.audit.finding import (
    Finding,
    Verdict,
    between,
    finding,
    judged,
    missing,
    short,
    where,
)
from thal_core.audit.printed import Printed
from thal_core.audit.rounding import INFINITY, Interval

EXACT_ZERO = Interval.point(0.0)


def check_sum(case: Case) -> Iterable[Finding]:
    """The figure is the sum of ``first`` less the sum of ``second``."""
    if not case.first and not case.second:
        return missing(case, case.targets, "parts")
    total = _total(case.first) - _total(case.second)
    return [judged(case, f, total, terms=_terms(case)) for f in case.targets]


def check_product(case: Case) -> Iterable[Finding]:
    """The figure is the product of ``first`` and the option ``factor``; ``tolerance`` widens it
    ("about").
    """
    product = Interval.point(case.number("factor", 1.0))
    for f in case.first:
        product = product * f.interval
    product = product.widened(case.number("tolerance", 0.0))
    return [
        judged(case, f, product, terms=" × ".join(f.printed for f in case.first))
        for f in case.targets
    ]


def check_percent(case: Case) -> Iterable[Finding]:
    """100 × ``first`` / ``total``; without ``first``, a share that whole patients can make of
    ``total``.
    """
    total = sum(f.value for f in case.total)
    if not total:
        return missing(case, case.targets, "n")
    if not case.first:
        return [_possible_share(case, f, total) for f in case.targets]
    part = sum(f.value for f in case.first)
    share = Interval.point(100 * part / total)
    return [judged(case, f, share, part=short(part), total=short(total)) for f in case.targets]


def check_same(case: Case) -> Iterable[Finding]:
    """The figure is printed again in ``first``. ``other``: where it might have been taken from
    instead.
    """
    if not case.first:
        return missing(case, case.targets, "twin")
    there = Interval.hull(f.interval for f in case.first)
    agreed = [
        f for f in case.targets if all(f.interval.overlaps(one.interval) for one in case.first)
    ]
    twins = ", ".join(dict.fromkeys(f.shown for f in case.first))
    for f in case.targets:
        if f in agreed:
            yield finding(case, f, Verdict.CONSISTENT, there, twins=twins, there=where(case.first))
            continue
        elsewhere = [one for one in case.other if one.interval.overlaps(f.interval)]
        kind = "same_elsewhere" if elsewhere else "same"
        yield finding(
            case,
            f,
            Verdict.INCONSISTENT,
            there,
            kind=kind,
            twins=twins,
            there=where(case.first),
            elsewhere=where(elsewhere),
        )


def check_count_rows(case: Case) -> Iterable[Finding]:
    """The figure is the number of different rows (patients, genotypes) chosen by ``first``."""
    counted = len({(f.item, f.row) for f in case.first})
    return [judged(case, f, Interval.point(counted), counted=counted) for f in case.targets]


def check_at_most(case: Case) -> Iterable[Finding]:
    """The figure lies above none of ``first`` and below none of ``second``."""
    low = max((f.interval.low for f in case.second), default=-INFINITY)
    high = min((f.interval.high for f in case.first), default=INFINITY)
    if low == -INFINITY and high == INFINITY:
        return missing(case, case.targets, "limits")
    return [judged(case, f, Interval(low, high)) for f in case.targets]


def check_copied(case: Case) -> Iterable[Finding]:
    """A whole column equals another (``first``) although it describes something else.

    Figures are paired by the option ``pair`` (columns). Says nothing unless all of three or more
    agree.
    """
    columns = case.option("pair", "group,timepoint_months").split(",")
    column = {tuple(f.key(c) for c in columns): f for f in case.first}
    pairs = [(f, column.get(tuple(f.key(c) for c in columns))) for f in case.targets]
    if len(pairs) < 3 or not all(twin is not None and twin.value == f.value for f, twin in pairs):
        return []
    return [
        finding(
            case, f, Verdict.INCONSISTENT, cells=len(pairs), there=where(case.first).split(" (")[0]
        )
        for f, _ in pairs
    ]


def check_distinct(case: Case) -> Iterable[Finding]:
    """Limits that have to tell two classes apart must differ from ``first``."""
    for f in case.targets:
        alike = [
            one
            for one in case.first
            if one.interval.overlaps(f.interval) and one.operator == f.operator
        ]
        verdict = Verdict.INCONSISTENT if alike else Verdict.CONSISTENT
        yield finding(case, f, verdict, twins=", ".join(one.row for one in alike))


def check_unit(case: Case) -> Iterable[Finding]:
    """Pooled over its groups the quantity equals ``first`` in the printed unit, not a tenth or ten
    times it.

    Means are pooled with the n of ``total`` (matched by group); ``second`` holds the n of
    ``first``.
    """
    own, other = _pooled(case.targets, case.total), _pooled(case.first, case.second)
    if own is None or other is None:
        return missing(case, case.targets, "n")
    ratios = [
        power for power in (-3, -2, -1, 0, 1, 2, 3) if own.overlaps(other.scaled(10.0**power))
    ]
    if not ratios:
        return [finding(case, f, Verdict.CANNOT) for f in case.targets]
    factor = 10.0 ** -ratios[0]
    verdict = Verdict.CONSISTENT if 0 in ratios else Verdict.INCONSISTENT
    return [
        finding(
            case,
            f,
            verdict,
            f.interval.scaled(factor),
            pooled=short(own.middle),
            there_pooled=short(other.middle),
            there=where(case.first),
            unit=_unit(f),
        )
        for f in case.targets
    ]


def check_threshold(case: Case) -> Iterable[Finding]:
    """None of the patients who are not in the class may meet its limit: rises are ``second`` less
    ``first``.

    Patients are paired by row. The option ``factor`` is the unit the limit probably has (10: g/dL
    for g/L).
    """
    before = {f.row: f.value for f in case.first}
    rises = [f.value - before[f.row] for f in case.second if f.row in before]
    if not rises:
        return missing(case, case.targets, "patients")
    found = []
    for f in case.targets:
        meeting = sum(rise >= f.value for rise in rises)
        rescaled = sum(rise >= f.value * case.number("factor", 1.0) for rise in rises)
        verdict = Verdict.INCONSISTENT if meeting else Verdict.CONSISTENT
        found.append(
            finding(
                case,
                f,
                verdict,
                Interval(max(rises), INFINITY),
                meeting=meeting,
                patients=len(rises),
                rescaled=rescaled,
                factor=case.option("factor", "1"),
                unit=_unit(f),
            )
        )
    return found


def _total(figures: list[Printed]) -> Interval:
    return sum((f.interval for f in figures), EXACT_ZERO)


def _terms(case: Case) -> str:
    plus = " + ".join(f.printed for f in case.first)
    return plus + "".join(f" − {f.printed.removeprefix('-')}" for f in case.second)


def _possible_share(case: Case, f: Printed, total: float) -> Finding:
    low, high = (total * edge / 100 for edge in f.interval.corners())
    counts = range(math.ceil(low - 1e-9), math.floor(high + 1e-9) + 1)
    if counts:
        return finding(
            case,
            f,
            Verdict.CONSISTENT,
            Interval(100 * counts[0] / total, 100 * counts[-1] / total),
            kind="share",
            part=counts[0],
            total=short(total),
        )
    below, above = 100 * math.floor(low) / total, 100 * math.ceil(high) / total
    nearest = Interval.point(below if f.value - below <= above - f.value else above)
    return finding(
        case,
        f,
        Verdict.INCONSISTENT,
        nearest,
        kind="share",
        total=short(total),
        nearest=between(Interval(below, above)),
    )


def _unit(f: Printed) -> str:
    return f.unit.removesuffix(" (as printed)")


def _pooled(means: list[Printed], sizes: list[Printed]) -> Interval | None:
    n = {f.group: f.value for f in sizes}
    weighted = [
        (n.get(f.group) or n.get(f.group.rpartition(" ")[0]), f.interval)
        for f in means
        if f.statistic == "mean"
    ]
    if not weighted or any(not w for w, _ in weighted):
        return None
    whole = sum((m.scaled(w) for w, m in weighted), EXACT_ZERO)
    return whole.scaled(1 / sum(w for w, _ in weighted))
