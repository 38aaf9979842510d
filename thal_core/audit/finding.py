"""What one check says of one printed figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum

from thal_core.audit.checktable import Case
from thal_core.audit.printed import Printed
from thal_core.audit.rounding import Interval


class Verdict(StrEnum):
    """Gravest first. ``plausible``: follows for a believable value of one quantity that is not
    printed.
    """

    INCONSISTENT = "inconsistent"
    PLAUSIBLE = "plausible"
    CONSISTENT = "consistent"
    CANNOT = "cannot_be_checked"


SMALL = 1e-4
NOTHING = Interval(math.nan, math.nan)


@dataclass(frozen=True)
class Finding:
    """``low``–``high``: what the figure can be; ``code`` with ``params``: the one line of why."""

    figure: Printed
    verdict: Verdict
    recomputed: Interval
    code: str
    params: dict[str, object]
    case: Case
    test: str = ""
    used: tuple[str, ...] = field(default=())


def judged(
    case: Case,
    figure: Printed,
    recomputed: Interval,
    *,
    kind: str = "",
    test: str = "",
    **params: object,
) -> Finding:
    """Consistent where the recomputed interval meets the printed one, else inconsistent."""
    if math.isnan(recomputed.low) or math.isnan(recomputed.high):
        return finding(case, figure, Verdict.CANNOT, kind="open")
    agrees = recomputed.overlaps(figure.interval)
    return finding(
        case,
        figure,
        Verdict.CONSISTENT if agrees else Verdict.INCONSISTENT,
        recomputed,
        kind=kind,
        test=test,
        **params,
    )


def finding(
    case: Case,
    figure: Printed,
    verdict: Verdict,
    recomputed: Interval = NOTHING,
    *,
    kind: str = "",
    test: str = "",
    **params: object,
) -> Finding:
    """A finding whose sentence is ``audit.<kind>.<verdict>``; ``where`` and the interval come with
    it.
    """
    used = [f for rows in case.roles.values() for f in rows]
    beside = [f for f in case.targets if f is not figure]
    words = {
        "printed": figure.shown,
        "where": where(used or beside),
        "what": between(recomputed),
        **params,
    }
    return Finding(
        figure,
        verdict,
        recomputed,
        f"audit.{kind or case.check.kind}.{verdict.value}",
        words,
        case,
        test,
        tuple(dict.fromkeys(f.id for f in [*used, *beside])),
    )


def disagrees(
    case: Case, figure: Printed, routes: Iterable[Interval], *, kind: str, **params: object
) -> Finding:
    """Inconsistent with every route (test) by which it may have been computed; the nearest is
    shown.
    """
    nearest = min(routes, key=figure.interval.distance)
    return finding(case, figure, Verdict.INCONSISTENT, nearest, kind=kind, **params)


def missing(case: Case, figures: list[Printed], what: str) -> list[Finding]:
    """The figures cannot be checked because ``what`` (n, sd …) is not printed."""
    return [finding(case, f, Verdict.CANNOT, kind="missing", missing=what) for f in figures]


def where(figures: list[Printed]) -> str:
    """The places of figures, briefly: items, with the row where it is one and the same."""
    items = list(dict.fromkeys(f.item.removeprefix("text: ") for f in figures))
    rows = {f.row for f in figures}
    shown = ", ".join(items[:3]) + (" …" if len(items) > 3 else "")
    return f"{shown} ({rows.pop()})" if len(rows) == 1 else shown


def between(interval: Interval) -> str:
    """An interval as a person writes it: 82.15, 0.0374–0.0386, ≥ 13.7; digits enough to tell the
    ends apart.
    """
    low, high = interval.corners()
    if math.isnan(low):
        return ""
    if math.isinf(low) or math.isinf(high):
        return f"≤ {short(high)}" if math.isinf(low) else f"≥ {short(low)}"
    size = max(abs(low), abs(high))
    if math.isclose(low, high, rel_tol=1e-9, abs_tol=1e-12) or size < SMALL:
        return short(high)
    places = max(0, 3 - math.floor(math.log10(size)))
    places = next(
        (p for p in range(places, places + 6) if f"{low:.{p}f}" != f"{high:.{p}f}"), places
    )
    ends = [f"{low:.{places}f}", f"{high:.{places}f}"]
    while (
        "." in ends[0]
        and all(end[-1] in "0." for end in ends)
        and "." not in (ends[0][0], ends[1][0])
    ):
        ends = [end[:-1] for end in ends]
    shown = "<0.0001" if 0 <= low < SMALL and ends[0].strip("0.") == "" and low > 0 else ends[0]
    return f"{shown}–{ends[1]}" if low >= 0 else f"{shown} … {ends[1]}"


def short(value: float) -> str:
    """A number with five significant digits; between 0 and 0.0001 only that."""
    if 0 < value < SMALL:
        return "<0.0001"
    return f"{value:.5g}" if abs(value) < 1e5 else f"{value:.0f}"
