"""Rates of transfusion in a table of visits: one before treatment, one on it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.values.quantities import Values

BEFORE, AFTER = "transfusion_units_before", "transfusion_units_after"
_JUDGED = 6.0  # the month that the criteria judge; else the last month that has a rate


def rates_by_time(values: Values, months: np.ndarray) -> dict[str, Values]:
    """The rates of rows at or before month 0, and of the rows of month 6 or else the last month.

    ``months``: of each row. What other months say belongs to neither.
    """
    known = np.isfinite(values.value) & np.isfinite(months)
    later = np.unique(months[known & (months > 0)])
    last = _JUDGED if _JUDGED in later else later[-1] if len(later) else np.nan
    sides = {BEFORE: known & (months <= 0), AFTER: known & (months == last)}
    return {
        side: replace(values, value=np.where(rows, values.value, np.nan))
        for side, rows in sides.items()
        if rows.any()
    }


def is_rate_of_rows(values: Values, rows_have_time: bool) -> bool:
    """Is it a rate whose time stands in its row?"""
    column = values.column
    timed = column.header.time is not None or column.reading.month is not None
    return rows_have_time and not timed and column.reading.unit.endswith("/month")
