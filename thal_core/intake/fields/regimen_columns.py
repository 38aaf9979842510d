"""Columns that tell the course of transfusion in words: amounts per month, whatever they are
called.
"""

from __future__ import annotations

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.regimens import Regimen, parse_regimen

TRANSFUSED = frozenset(
    {"units", "volume_ml", "transfusion_units_before", "transfusion_units_after"}
)
_MAY_BE = frozenset({*TRANSFUSED, "transfusion", "extra", "drug"})
_SAMPLE = 200
_MOSTLY = 0.8  # share of the different texts that are regimens
_TIMED = ("rate", "count", "range", "irregular")


def with_regimens(columns: list[Column], row_time: bool) -> list[Column]:
    """The columns, those of regimens as transfusion per month. One that no time is known of stays
    unread: before and after cannot be told apart.

    ``row_time``: do the rows have a time of their own?
    """
    return [
        _as_transfusion(c, row_time) if c.target in _MAY_BE and holds_regimens(c) else c
        for c in columns
    ]


def holds_regimens(column: Column) -> bool:
    """Are most of the column's texts regimens, and at least one of them more than "none"?"""
    found = regimens_of(column)
    speaking = [r for r in found if r.state != "missing"]
    understood = [r for r in speaking if r.state not in ("unknown", "amount")]
    rated = any(r.state in _TIMED and r.per_month != 0 and r.sure for r in speaking)
    return rated and len(understood) >= _MOSTLY * len(speaking)


def regimens_of(column: Column) -> list[Regimen]:
    """The regimens of the column's first different texts."""
    return [parse_regimen(text) for text in column.distinct(_SAMPLE)]


def in_ml(column: Column) -> bool:
    """Are most of the column's amounts millilitres?"""
    rates = [r for r in regimens_of(column) if r.state == "rate" and r.per_month > 0]
    return 2 * sum(r.in_ml for r in rates) > len(rates)


def _as_transfusion(column: Column, row_time: bool) -> Column:
    unit = "mL/month" if in_ml(column) else "U/month"
    if column.reading.by_hand:
        return column if column.reading.unit else column.headed(unit=unit).read_as(unit=unit)
    sides = ("transfusion_units_before", "transfusion_units_after")
    if column.header.time is None and not row_time and column.target not in sides:
        return column.read_as(field="extra", how="how.time_unclear", confidence=0.3)
    field = column.target if column.target in sides else "transfusion"
    timed = column.headed(target=field, unit=unit, strong=True)
    return timed.read_as(field=field, unit=unit, how="how.regimens", confidence=0.8)
