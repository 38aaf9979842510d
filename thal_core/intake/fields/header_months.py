"""The months that headers say: written, or plain from the columns around."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import Timepoint
from thal_core.rules.catalogue import read_rules

BEFORE = "before"
_AFTER = ("post", "last")  # times that no number tells
_VARIABLE = re.compile(r"[A-Za-z]{1,8}_?\d{1,2}")  # hb3: a name of a statistics program


def header_month(column: Column) -> float | None:
    """The month that the header itself says."""
    time = column.header.time
    return time.value if time is not None and time.kind == "month" else None


def with_months(
    columns: list[Column], timed: frozenset[str], visit_months: dict[str, str], post_month: str
) -> list[Column]:
    """Visit labels, bare numbers and "after" in headers as months, where that is certain.

    ``timed``: the fields and roles whose headers may name a visit.
    """
    by_target: dict[str, list[Column]] = {}
    for column in columns:
        if column.target in timed:
            by_target.setdefault(column.target, []).append(column)
    found: dict[int, Column] = {}
    for siblings in by_target.values():
        upright = _without_dashes(siblings)
        sure = {kind: _are_months(upright, kind) for kind in ("bare", "visit")}
        found |= {c.index: _with_month(c, sure, visit_months, post_month) for c in upright}
    return _by_neighbours([found.get(c.index, c) for c in columns], timed)


def _are_months(siblings: list[Column], kind: str) -> bool:
    """Are the numbers of this kind months? Not beside ``6M``: who writes that writes 4M as well,
    unless the number ends the name of a variable (``hb3``) and is a month of usual visits.
    """
    months = {m for m in map(header_month, siblings) if m is not None}
    same_kind = [c for c in siblings if c.header.time is not None and c.header.time.kind == kind]
    numbers = {c.header.time.value for c in same_kind if c.header.time is not None}
    named = (
        all(_VARIABLE.fullmatch(c.reading.header) for c in same_kind) and numbers <= _usual_months()
    )
    return (named or not months - {0.0}) and numbers_are_months(numbers | months)


@lru_cache(maxsize=1)
def _usual_months() -> frozenset[float]:
    return frozenset(float(row["month"]) for row in read_rules("nominal_months"))


def _by_neighbours(columns: list[Column], timed: frozenset[str]) -> list[Column]:
    """``Ferritin 6`` beside ``Hb 6M``: a number that other quantities name as a month is one. So is
    0: every way of counting begins with the baseline.
    """
    months = [(c.target, header_month(c)) for c in columns if c.target in timed]
    known = {month for _, month in months} | {0.0}
    found = []
    for column in columns:
        time = column.header.time
        taken = {month for target, month in months if target == column.target}
        bare = column.target in timed and time is not None and time.kind == "bare"
        if bare and time is not None and time.value in known - taken:
            column = column.headed(time=Timepoint("month", time.value))
        found.append(column)
    return found


def numbers_are_months(numbers: Iterable[float]) -> bool:
    """0, 1, 3, 6 are months; 1, 2, 3 may be anything. At least three, not a plain count, 0 or a
    half year among them.
    """
    seen = sorted(set(numbers))
    counting = seen in (
        [float(n) for n in range(len(seen))],
        [float(n + 1) for n in range(len(seen))],
    )
    return (
        len(seen) >= 3
        and not counting
        and (seen[0] <= 0 or seen[-1] >= 6)
        or (len(seen) == 2 and seen[0] == 0 and seen[1] >= 3)
    )


def _without_dashes(siblings: list[Column]) -> list[Column]:
    """``Hb -6M``: where every month that a dash makes negative is at or below 0, the dash was a
    separator. A month that words put before treatment stays there.
    """
    plain = [c for c in siblings if c.header.time is not None and c.header.direction != BEFORE]
    months = [m for m in map(header_month, plain) if m is not None]
    negative = min(months, default=0) < 0 and max(months) <= 0
    if not negative or siblings[0].target == "transfusion":
        return siblings
    return [_without_dash(c) if c in plain else c for c in siblings]


def _without_dash(column: Column) -> Column:
    time = column.header.time
    return column if time is None else column.headed(time=replace(time, value=abs(time.value)))


def _with_month(
    column: Column, sure: dict[str, bool], visit_months: dict[str, str], post_month: str
) -> Column:
    time = column.header.time
    if time is None or time.kind == "month":
        return column
    after = time.kind in _AFTER
    visit = visit_months.get(f"v{time.value:g}", visit_months.get(f"{time.value:g}", ""))
    given = post_month if after else visit
    number = parse_number(given).value if given else float("nan")
    if number == number:
        return column.headed(time=Timepoint("month", number))
    if not after and sure[time.kind]:
        return column.headed(time=Timepoint("month", time.value))
    return column
