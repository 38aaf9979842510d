"""Checks of means and standard deviations: of whole groups, of parts, of patients, of whole
numbers.
"""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterable
from dataclasses import dataclass

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
from thal_core.audit.rounding import (
    INFINITY,
    Interval,
    greatest_spread,
    least_spread,
    unit_in_last_place,
)

_SLACK = 1e-9
MOST = 1000  # sizes and sums tried one by one


@dataclass(frozen=True)
class Group:
    """n, mean and SD as printed; what is not printed is None."""

    n: Printed | None = None
    mean: Printed | None = None
    sd: Printed | None = None

    @classmethod
    def of(cls, figures: list[Printed], sizes: list[Printed] = (), own: bool = False) -> Group:  # type: ignore[assignment]
        """From rows of one group; n may stand elsewhere (``sizes``), under the same group or (not
        ``own``) alone.
        """
        found = {f.statistic: f for f in figures}
        n = found.get("n", found.get("count"))
        if n is None:
            named = [f for f in sizes if any(f.group == one.group for one in figures)] or (
                [] if own else list(sizes)
            )
            n = named[0] if len(named) == 1 else None
        return cls(n, found.get("mean"), found.get("sd"))

    def lacks(self, *names: str) -> str:
        """The first of the named statistics that is not printed, or nothing."""
        return next((name for name in names if self._lacks(name)), "")

    def _lacks(self, name: str) -> bool:
        figure = getattr(self, name)
        return figure is None or (name == "n" and figure.value < 1)

    @property
    def squares(self) -> Interval:
        """Sum of squares about the group's own mean."""
        return self.sd.interval.squared().scaled(self.n.value - 1)


def check_combine(case: Case) -> Iterable[Finding]:
    """n, mean and SD of a whole from its parts (``first``; their n also in ``total``).

    The option ``parts`` names the column that tells the parts apart (row or group).
    """
    column = case.option("parts", "group")
    labels = list(dict.fromkeys(f.key(column) for f in case.first if f.statistic == "mean"))
    parts = [
        Group.of(
            [f for f in case.first if f.key(column) == label],
            [f for f in case.total if f.key(column) == label],
        )
        for label in labels
    ]
    if not parts or any(part.lacks("n", "mean") for part in parts):
        return missing(case, case.targets, "n")
    n = sum(part.n.value for part in parts)
    mean = sum(
        (part.mean.interval.scaled(part.n.value) for part in parts), Interval.point(0.0)
    ).scaled(1 / n)
    found = []
    for f in case.targets:
        if f.statistic == "sd":
            found.append(_combined_sd(case, f, parts, n))
        else:
            recomputed = Interval.point(n) if f.statistic in ("n", "count") else mean
            found.append(judged(case, f, recomputed, parts=len(parts), n=short(n)))
    return found


def check_values(case: Case) -> Iterable[Finding]:
    """n, mean, SD, median, least and greatest of the patients' values printed in ``first``.

    Plausible where the figure follows only if the patients' values were themselves rounded.
    """
    values = [f.value for f in case.first]
    if len(values) < 2:
        return missing(case, case.targets, "patients")
    return [_from_values(case, f, values) for f in case.targets]


def check_whole_numbers(case: Case) -> Iterable[Finding]:
    """Means (and SDs) that n values recorded in steps of the option ``step`` can have (GRIM,
    GRIMMER).

    Brown and Heathers 2017, doi:10.1177/1948550616673876. Says nothing where every printed value is
    possible.
    """
    step = case.number("step", 1.0)
    if not case.total or case.total[0].value < 1:
        return missing(case, case.targets, "n")
    n = int(case.total[0].value)
    means = {(f.row, f.group, f.timepoint_months): f for f in case.targets if f.statistic != "sd"}
    fitting = [
        m
        for m in range(2, min(n, MOST))
        if all(_multiples(f.interval, m, step) for f in means.values())
    ]
    found = []
    for f in case.targets:
        if f.statistic == "sd":
            found.append(
                _possible_sd(case, f, means.get((f.row, f.group, f.timepoint_months)), n, step)
            )
        else:
            found.append(_possible_mean(case, f, n, step, fitting))
    return [one for one in found if one is not None]


def check_subset(case: Case) -> Iterable[Finding]:
    """The SD of a whole (targets; n and mean in ``second``) is at least what a part of it
    (``first``) needs.

    The option ``assumed=yes`` says that the paper does not state that the part lies in the whole:
    then a conflict is only plausible. ``floor`` is a limit below which no value lies.
    """
    if not case.first:
        return []
    part, whole = Group.of(case.first, case.total), Group.of([*case.second, *case.targets])
    lacking = part.lacks("n", "mean", "sd") or whole.lacks("n", "mean")
    if lacking:
        return missing(case, case.targets, lacking)
    rest = whole.n.value - part.n.value
    if rest <= 0:
        return []
    apart = (part.mean.interval - whole.mean.interval).squared()
    least = part.squares.low + apart.low * (part.n.value + part.n.value**2 / rest)
    others = (
        whole.mean.interval.scaled(whole.n.value) - part.mean.interval.scaled(part.n.value)
    ).scaled(1 / rest)
    possible = others.high >= case.number("floor", -INFINITY)
    allowed = Interval(math.sqrt(least / (whole.n.value - 1)), INFINITY)
    return [_as_part(case, f, allowed, possible, part, rest, others) for f in case.targets]


def check_range(case: Case) -> Iterable[Finding]:
    """Mean and SD that n values (``total``) can have when the least and the greatest are printed
    (``first``).
    """
    ends = {f.statistic: f.interval for f in case.first}
    if not {"min", "max"} <= set(ends) or not case.total:
        return missing(case, case.targets, "limits")
    low, high, n = ends["min"].low, ends["max"].high, case.total[0].value
    means = [f.interval for f in case.targets if f.statistic == "mean"]
    found = []
    for f in case.targets:
        if f.statistic == "mean":
            found.append(judged(case, f, Interval(low, high)))
        elif f.statistic == "sd":
            mean = means[0] if means else Interval(low, high)
            found.append(judged(case, f, _sd_within(low, high, mean, n)))
    return found


def _combined_sd(case: Case, f: Printed, parts: list[Group], n: float) -> Finding:
    if any(part.lacks("sd") for part in parts):
        return missing(case, [f], "sd")[0]
    weighted = [(part.n.value, part.mean.interval) for part in parts]
    within = sum((part.squares for part in parts), Interval.point(0.0))
    apart = Interval(least_spread(weighted), greatest_spread(weighted))
    return judged(
        case, f, (within + apart).scaled(1 / (n - 1)).root(), parts=len(parts), n=short(n)
    )


_OF_VALUES = {
    "n": len,
    "count": len,
    "mean": statistics.fmean,
    "percent": statistics.fmean,
    "sd": statistics.stdev,
    "median": statistics.median,
    "min": min,
    "max": max,
}


def _from_values(case: Case, f: Printed, values: list[float]) -> Finding:
    if f.statistic not in _OF_VALUES:
        return missing(case, [f], "patients")[0]
    exact = Interval.point(float(_OF_VALUES[f.statistic](values)))
    halves = max(unit_in_last_place(one.printed) for one in case.first) / 2
    stretch = math.sqrt(len(values) / (len(values) - 1)) if f.statistic == "sd" else 1.0
    rounded = exact.widened(0 if f.statistic in ("n", "count") else halves * stretch)
    if not exact.overlaps(f.interval) and rounded.overlaps(f.interval):
        return finding(case, f, Verdict.PLAUSIBLE, rounded, n=len(values))
    return judged(case, f, exact, n=len(values))


def _possible_mean(
    case: Case, f: Printed, n: int, step: float, fitting: list[int]
) -> Finding | None:
    unit = unit_in_last_place(f.printed)
    if step / n <= unit:
        return None
    sums = _multiples(f.interval, n, step)
    if sums:
        means = Interval(sums[0] * step / n, sums[-1] * step / n)
        return finding(case, f, Verdict.CONSISTENT, means, n=n, step=short(step))
    below, above = (edge(f.value * n / step) * step / n for edge in (math.floor, math.ceil))
    nearest = Interval.point(below if f.value - below <= above - f.value else above)
    words = {"n": n, "step": short(step), "nearest": between(Interval(below, above))}
    if _multiples(f.interval.widened(unit / 20), n, step):
        return finding(case, f, Verdict.PLAUSIBLE, nearest, **words)
    return finding(case, f, Verdict.INCONSISTENT, nearest, **words, fitting=_runs(fitting))


def _runs(numbers: list[int]) -> str:
    """Whole numbers as runs, at most the six largest: 28, 35, 41–44."""
    runs: list[list[int]] = []
    for number in numbers:
        if runs and number == runs[-1][-1] + 1:
            runs[-1].append(number)
        else:
            runs.append([number])
    shown = [str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs[-6:]]
    return ", ".join(shown) or "–"


def _multiples(mean: Interval, n: int, step: float) -> range:
    """Sums, in steps, that n values with this mean can have."""
    return range(
        math.ceil(mean.low * n / step - _SLACK * n),
        math.floor(mean.high * n / step + _SLACK * n) + 1,
    )


def _possible_sd(
    case: Case, f: Printed, mean: Printed | None, n: int, step: float
) -> Finding | None:
    if mean is None or n < 2:
        return None
    squares = f.interval.squared().scaled((n - 1) / step**2)
    if squares.high - squares.low >= 2:
        return None
    totals = _multiples(mean.interval, n, step)
    if len(totals) > MOST:
        return None
    windows = [
        (total, Interval(squares.low + total**2 / n, squares.high + total**2 / n))
        for total in totals
    ]
    if not windows:
        return None
    fits = [
        q
        for total, window in windows
        for q in range(math.ceil(window.low - 1e-6), math.floor(window.high + 1e-6) + 1)
        if (q - total) % 2 == 0
    ]
    verdict = Verdict.CONSISTENT if fits else Verdict.INCONSISTENT
    return finding(case, f, verdict, f.interval, kind="whole_numbers_sd", n=n, step=short(step))


def _as_part(
    case: Case,
    f: Printed,
    allowed: Interval,
    possible: bool,
    part: Group,
    rest: float,
    others: Interval,
) -> Finding:
    fits = allowed.overlaps(f.interval) and possible
    conflict = Verdict.PLAUSIBLE if case.option("assumed") == "yes" else Verdict.INCONSISTENT
    return finding(
        case,
        f,
        Verdict.CONSISTENT if fits else conflict,
        allowed,
        part=short(part.n.value),
        there=where(case.first),
        rest=short(rest),
        others=short(others.middle),
        least=short(allowed.low),
    )


def _sd_within(low: float, high: float, mean: Interval, n: float) -> Interval:
    """SDs of n values of which the least is ``low`` and the greatest ``high`` (Bhatia and Davis
    2000).
    """
    if n < 2:
        return Interval(0.0, 0.0)
    centre = min(max((low + high) / 2, mean.low), mean.high)
    greatest = max(high - centre, 0.0) * max(centre - low, 0.0) * n / (n - 1)
    return Interval(0.0, math.sqrt(greatest))
