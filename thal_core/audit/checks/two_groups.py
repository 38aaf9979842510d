"""Two groups from their printed n, means and SDs: difference, standard error and P (Student and
Welch).
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from thal_core.audit.checks.moments import Group
from thal_core.audit.checks.summaries import p_of_ratio, student_error, welch_df, welch_error
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
from thal_core.audit.rounding import INFINITY, Interval
from thal_core.stats.distributions import t_quantile


def check_t_test(case: Case) -> Iterable[Finding]:
    """Difference, standard error and P of two groups from n, mean and SD; Student's and Welch's
    tests.

    The difference is ``first`` less ``second`` (either way round is accepted). Where the standard
    error does not follow from the SDs, the odd one out is named: the SDs when difference, SE and P
    agree among themselves (or with the option ``suspect=sd``), else the SE.
    """
    one, two = (
        Group.of(case.first, case.total, own=True),
        Group.of(case.second, case.total, own=True),
    )
    lacking = one.lacks("n", "mean") or two.lacks("n", "mean")
    if lacking or _df(one, two) < 1:
        return missing(case, case.targets, lacking or "n")
    printed = {f.statistic: f for f in case.targets}
    difference = one.mean.interval - two.mean.interval
    found = _differences(case, printed.get("mean_diff"), one, two, difference)
    if one.lacks("sd") or two.lacks("sd"):
        return [
            *found,
            *missing(case, [f for f in case.targets if f.statistic in ("se", "p")], "sd"),
        ]
    errors = {"student": student_error(one, two), "welch": welch_error(one, two)}
    chances = {
        "student": p_of_ratio(difference, errors["student"], Interval.point(_df(one, two))),
        "welch": p_of_ratio(difference, errors["welch"], welch_df(one, two)),
    }
    return [*found, *_errors_and_chances(case, printed, (one, two), difference, errors, chances)]


def _differences(
    case: Case, printed: Printed | None, one: Group, two: Group, difference: Interval
) -> list[Finding]:
    """The printed difference, and when it follows, the two means it confirms."""
    if printed is None:
        return []
    turned = not difference.overlaps(printed.interval) and (-difference).overlaps(printed.interval)
    signed = -difference if turned else difference
    found = [judged(case, printed, signed, kind="difference")]
    if found[0].verdict is Verdict.CONSISTENT:
        apart = -printed.interval if turned else printed.interval
        found += [
            judged(case, one.mean, two.mean.interval + apart, kind="mean_confirmed"),
            judged(case, two.mean, one.mean.interval - apart, kind="mean_confirmed"),
        ]
    return found


def _errors_and_chances(
    case: Case,
    printed: dict[str, Printed],
    groups: tuple[Group, Group],
    difference: Interval,
    errors: dict[str, Interval],
    chances: dict[str, Interval],
) -> list[Finding]:
    error, chance = printed.get("se"), printed.get("p")
    tests = {"student": between(chances["student"]), "welch": between(chances["welch"])}
    if error is None:
        return [] if chance is None else [_chance(case, chance, chances, tests)]
    fitting = [test for test, interval in errors.items() if interval.overlaps(error.interval)]
    if fitting:
        found = [
            judged(
                case,
                error,
                errors[fitting[0]],
                kind="error",
                test=fitting[0],
                student=between(errors["student"]),
                welch=between(errors["welch"]),
            )
        ]
        found += _confirmed_sds(case, groups, error, fitting[0])
        return found if chance is None else [*found, _chance(case, chance, chances, tests)]
    apart = printed["mean_diff"].interval if "mean_diff" in printed else difference
    computed = p_of_ratio(apart, error.interval, Interval.point(_df(*groups)))
    return _odd_one_out(case, error, chance, groups, errors, chances, computed)


def _odd_one_out(
    case: Case,
    error: Printed,
    chance: Printed | None,
    groups: tuple[Group, Group],
    errors: dict[str, Interval],
    chances: dict[str, Interval],
    own: Interval,
) -> list[Finding]:
    """SE and SDs disagree: which of them does the P side with?"""
    with_error = chance is not None and own.overlaps(chance.interval)
    with_sds = chance is not None and any(p.overlaps(chance.interval) for p in chances.values())
    tests = {"student": between(chances["student"]), "welch": between(chances["welch"])}
    if case.option("suspect") == "sd" or (with_error and not with_sds):
        found = [_suspect_sd(case, group.sd, groups, error, errors) for group in groups]
        allowed = (
            _error_of_p(case, error, chance, groups) if with_error else Interval(0.0, INFINITY)
        )
        found.append(judged(case, error, allowed, kind="error_confirmed", test="student"))
        if chance is not None:
            found.append(
                judged(case, chance, own, kind="from_error", test="student", df=short(_df(*groups)))
            )
        return found
    found = [
        disagrees(
            case,
            error,
            errors.values(),
            kind="error",
            student=between(errors["student"]),
            welch=between(errors["welch"]),
        )
    ]
    return found if chance is None else [*found, _chance(case, chance, chances, tests)]


def _chance(
    case: Case, printed: Printed, chances: dict[str, Interval], tests: dict[str, str]
) -> Finding:
    """P from the SDs, with the test that gives it."""
    fitting = [test for test, interval in chances.items() if interval.overlaps(printed.interval)]
    if not fitting:
        return disagrees(case, printed, chances.values(), kind="p", **tests)
    kind = fitting[0] if len(fitting) == 1 else "both"
    return judged(
        case, printed, chances[fitting[0]], kind=f"p_{kind}", test="+".join(fitting), **tests
    )


def _confirmed_sds(
    case: Case, groups: tuple[Group, Group], error: Printed, test: str
) -> list[Finding]:
    """Each SD from the printed standard error and the other SD."""
    one, two = groups
    found = []
    for own, other in ((one, two), (two, one)):
        if test == "student":
            n, m = own.n.value, other.n.value
            squares = error.interval.squared().scaled((n + m - 2) / (1 / n + 1 / m)) - other.squares
            needed = squares.scaled(1 / max(n - 1, 1)).root()
        else:
            share = error.interval.squared() - other.sd.interval.squared().scaled(1 / other.n.value)
            needed = share.scaled(own.n.value).root()
        found.append(judged(case, own.sd, needed, kind="sd_confirmed", test=test))
    return found


def _suspect_sd(
    case: Case,
    sd: Printed,
    groups: tuple[Group, Group],
    error: Printed,
    errors: dict[str, Interval],
) -> Finding:
    """What both SDs together would have to be for the printed standard error."""
    one, two = groups
    needed = error.interval.scaled(1 / math.sqrt(1 / one.n.value + 1 / two.n.value))
    return finding(
        case,
        sd,
        Verdict.INCONSISTENT,
        needed,
        kind="sd",
        se=error.printed,
        student=between(errors["student"]),
        needed=between(needed),
    )


def _error_of_p(
    case: Case, error: Printed, chance: Printed, groups: tuple[Group, Group]
) -> Interval:
    """The standard errors that the printed difference and P allow."""
    apart = next((f.interval for f in case.targets if f.statistic == "mean_diff"), None)
    apart = (groups[0].mean.interval - groups[1].mean.interval if apart is None else apart).size()
    df = _df(*groups)
    ratio = [
        INFINITY if p <= 0 else -t_quantile(min(p, 1.0) / 2, df) for p in chance.interval.corners()
    ]
    low = apart.low / ratio[0] if ratio[0] else 0.0
    return Interval(low, apart.high / ratio[1] if ratio[1] > 0 else INFINITY)


def _df(one: Group, two: Group) -> float:
    return one.n.value + two.n.value - 2
