"""Columns that tell the course of transfusion in words: amounts per month, whatever they are
called.
"""

from __future__ import annotations

import numpy as np

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.headers import read_header
from thal_core.intake.text.regimens import Regimen, parse_regimen, speaks_of_transfusion

TRANSFUSED = frozenset(
    {"units", "volume_ml", "transfusion_units_before", "transfusion_units_after"}
)
_MAY_BE = frozenset({*TRANSFUSED, "transfusion", "extra", "drug"})
_SAMPLE = 500  # different texts that are looked at
_MOSTLY = 0.7  # share of the filled rows that are regimens
_NONE = frozenset({"none"})
_REGIMENS = frozenset({"none", "rate", "count", "range", "irregular", "continuing"})
_TIMED = ("rate", "count", "range", "irregular")


def with_regimens(columns: list[Column], row_time: bool) -> list[Column]:
    """The columns, those of regimens as transfusion per month. One that no time is known of stays
    unread: before and after cannot be told apart.

    ``row_time``: do the rows have a time of their own?
    """
    regimens = [c.index for c in columns if c.target in _MAY_BE and holds_regimens(c)]
    beside = [
        c.index for c in columns if regimens and c.target in _MAY_BE and _share(c, _NONE) >= _MOSTLY
    ]
    return [_as_transfusion(c, row_time) if c.index in (*regimens, *beside) else c for c in columns]


def holds_regimens(column: Column) -> bool:
    """Are most of the column's cells regimens, one of them at least more than "none", in a column
    that speaks of transfusion?
    """
    found = [regimen for _, regimen in _counted(column)]
    rated = any(r.state in _TIMED and r.per_month != 0 for r in found)
    return rated and _share(column, _REGIMENS) >= _MOSTLY and _speaks(column)


def _speaks(column: Column) -> bool:
    """Does the header mean transfusion, or do the header or the cells name it?"""
    texts = [column.reading.header, *column.distinct(_SAMPLE)]
    named = column.target in (*TRANSFUSED, "transfusion")
    return named or any(map(speaks_of_transfusion, texts))


def _counted(column: Column) -> list[tuple[int, Regimen]]:
    """The regimens of the column's first different texts, each with its number of rows."""
    codes, texts = column.coded()
    rows = np.bincount(codes, minlength=len(texts)).tolist()
    found = [(n, parse_regimen(text)) for n, text in zip(rows[:_SAMPLE], texts) if n]
    return [(n, regimen) for n, regimen in found if regimen.state != "missing"]


def _share(column: Column, states: frozenset[str]) -> float:
    """The share of the filled rows whose regimen has one of these states; "none": no blood, in
    words that speak of it.
    """
    counted = _counted(column)
    every = sum(n for n, _ in counted)
    matching = sum(
        n for n, r in counted if ("none" if r.sure and r.per_month == 0 else r.state) in states
    )
    return matching / every if every else 0.0


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
    column = column.headed(time=column.header.time or read_header(column.reading.header).time)
    if column.header.time is None and not row_time and column.target not in sides:
        return column.read_as(field="extra", how="how.time_unclear", confidence=0.3)
    field = column.target if column.target in sides else "transfusion"
    timed = column.headed(target=field, unit=unit, strong=True)
    return timed.read_as(field=field, unit=unit, how="how.regimens", confidence=0.8)
