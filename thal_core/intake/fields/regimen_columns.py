"""Columns that tell the course of transfusion in words: amounts per month, whatever they are
called.
"""

from __future__ import annotations

import numpy as np

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.regimens import parse_regimen

TRANSFUSED = frozenset(
    {"units", "volume_ml", "transfusion_units_before", "transfusion_units_after"}
)
_MAY_BE = frozenset({*TRANSFUSED, "transfusion", "extra", "drug"})
_SAMPLE = 500  # different texts that are looked at
_MOSTLY = 0.7  # share of the filled rows that are regimens
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
    """Are most of the column's cells regimens, and at least one of them more than "none"?"""
    codes, texts = column.coded()
    rows = np.bincount(codes, minlength=len(texts))
    found = [(int(n), parse_regimen(text)) for n, text in zip(rows[:_SAMPLE], texts) if n]
    speaking = [(n, r) for n, r in found if r.state != "missing"]
    understood = [n for n, r in speaking if r.state not in ("unknown", "amount")]
    rated = any(r.state in _TIMED and r.per_month != 0 and r.sure for _, r in speaking)
    return rated and sum(understood) >= _MOSTLY * sum(n for n, _ in speaking)


def in_ml(column: Column) -> bool:
    """Are most of the column's amounts millilitres?"""
    found = [parse_regimen(text) for text in column.distinct(_SAMPLE)]
    rates = [r for r in found if r.state == "rate" and r.per_month > 0]
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
