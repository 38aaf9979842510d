"""Totals of blood: the window that a header names is no visit's month."""

from __future__ import annotations

from dataclasses import replace

from thal_core.intake.fields.header_months import header_month
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.timepoints import Timepoint


def with_windows(columns: list[Column]) -> list[Column]:
    """``用药前6个月输血量`` and ``units (U/24m) before`` as totals of a window, not of one month.

    One month before, and months counted one by one, are months. A window after is known by the
    window before beside it; alone it may be either, and is asked.
    """
    rated = _with_rates(columns)
    given = [c for c in rated if c.target == "transfusion" and c.header.direction]
    windows = {_window(c) for c in given if _is_total(c, given, "before")} - {None}
    after = [c for c in given if _is_total(c, given, "after")]
    found: dict[int, Column] = {}
    for column in given:
        if _is_total(column, given, "before"):
            found[column.index] = _total(column, "before", _window(column))
        elif column in after:
            found[column.index] = _after(column, windows, len(after))
    return _with_pair([found.get(c.index, c) for c in rated])


def _after(column: Column, windows: set[float | None], n: int) -> Column:
    month = header_month(column)
    if month is None or column.header.window is not None or month in windows:
        return _total(column, "after", _window(column))
    if windows and n == 1:
        return _total(column, "after", month)
    return column.read_as(field="extra", confidence=0.3, how="how.time_unclear")


def _window(column: Column) -> float | None:
    """The months that the total counts, where the header says them."""
    month = header_month(column)
    return column.header.window or (abs(month) if month else None)


def _is_total(column: Column, given: list[Column], side: str) -> bool:
    """Is this a total of that side, not one of months counted one by one (or the one before)?"""
    if column.header.direction != side:
        return False
    if column.header.window is not None or column.header.unit.endswith(("/year", "/month")):
        return True
    siblings = [c for c in given if c.header.direction == side]
    months = sorted({abs(m) for m in map(header_month, siblings) if m})
    counted = len(months) > 1 and months == [float(n + 1) for n in range(len(months))]
    visits = side == "after" and len(months) > 2
    first = side == "before" and header_month(column) == -1
    return not header_month(column) or not (counted or visits or first)


def _with_pair(columns: list[Column]) -> list[Column]:
    """``输血量 -6M`` beside ``输血量 6M``: totals of two windows, not of two months."""
    timed = [c for c in columns if c.target == "transfusion" and header_month(c) is not None]
    months = [header_month(c) or 0.0 for c in timed]
    rates = any(c.header.unit.endswith(("/year", "/month")) for c in timed)
    if len(timed) != 2 or not min(months) <= 0 < max(months) or rates:
        return columns
    last = max(months)
    totals = {
        c.index: _total(c, "after" if month > 0 else "before", abs(month) or last)
        for c, month in zip(timed, months, strict=True)
    }
    return [totals.get(c.index, c) for c in columns]


def _total(column: Column, side: str, window: float | None) -> Column:
    total = column.headed(time=None).read_as(field=f"transfusion_units_{side}")
    return replace(total, window=window)


def _with_rates(columns: list[Column]) -> list[Column]:
    """``输血量(U/月)`` at 0, 3 and 6 months is a rate at each visit; only every month in turn makes
    monthly amounts.
    """
    rates = [c for c in columns if c.target == "transfusion" and c.header.unit.endswith("/month")]
    months = sorted({m for m in map(header_month, rates) if m is not None and m > 0})
    if not months or (len(months) > 2 and months == [float(n) for n in range(1, len(months) + 1)]):
        return columns
    last = 6.0 if 6.0 in months else months[-1]
    found = {c.index: _as_rate(c, last) for c in rates}
    return [found.get(c.index, c) for c in columns]


def _as_rate(column: Column, last: float) -> Column:
    month = header_month(column)
    if month is None or month <= 0:
        return column
    field = "transfusion_units_after" if month == last else "extra"
    how = "how.header" if field == "extra" else column.reading.how
    return column.read_as(field=field, how=how).headed(time=Timepoint("post"))
