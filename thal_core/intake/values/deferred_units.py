"""Conversions that need another quantity of the same patient: HbF in g/L needs Hb, mg/kg needs the
weight.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import ERROR, WARNING
from thal_core.intake.values.quantities import Values, limits_of
from thal_core.intake.values.visit_frame import Timed

MARK = "@"  # hbf_percent@g/L: a visit column that still waits


def waiting_name(field: str, values: Values) -> str:
    """The visit column for these values: the field itself, or a waiting one."""
    return field if values.waiting is None else f"{field}{MARK}{values.waiting.unit}"


def settle_visits(
    context: Context, visits: pd.DataFrame, found: list[Timed], weight: pd.Series
) -> pd.DataFrame:
    """Turn the waiting columns of the visits into canonical ones; values that lack the other
    quantity are named.
    """
    for name in [c for c in visits.columns if MARK in c and not c.endswith("_censored")]:
        field, unit = name.split(MARK)
        other = _other(visits, field, weight)
        waiting = visits[name]
        value = 100 * waiting / other if field.endswith("_percent") else waiting * other
        code = "intake.cell.needs_hb" if field.endswith("_percent") else "intake.cell.needs_weight"
        _name_lost(context, visits, found, name, waiting.notna() & other.isna(), code, unit=unit)
        limits = limits_of(field)
        if limits is not None:
            wrong = (value < limits.hard_low) | (value > limits.hard_high)
            _name_lost(
                context,
                visits,
                found,
                name,
                wrong,
                "intake.cell.impossible",
                low=limits.hard_low,
                high=limits.hard_high,
                unit=limits.unit,
            )
            value = value.mask(wrong)
        earlier = visits[field] if field in visits else pd.Series(np.nan, index=visits.index)
        visits = visits.assign(**{field: earlier.fillna(value)}).drop(columns=name)
        flag = f"{name}_censored"
        if flag in visits:
            visits = visits.rename(columns={flag: f"{field}_censored"})
    return visits


def _other(visits: pd.DataFrame, field: str, weight: pd.Series) -> pd.Series:
    blank = pd.Series(np.nan, index=visits.index)
    if field.endswith("_percent"):
        return visits.get("hb_g_per_l", blank)
    own = visits.get("weight_kg", blank)
    return own.fillna(visits["patient_id"].map(weight))


def _name_lost(
    context: Context,
    visits: pd.DataFrame,
    found: list[Timed],
    name: str,
    lost: pd.Series,
    code: str,
    **params: object,
) -> None:
    """Name the cells behind these visits."""
    if not lost.any():
        return
    places = {
        (p, m)
        for p, m in zip(visits.loc[lost, "patient_id"], visits.loc[lost, "month"], strict=True)
    }
    for timed in (t for t in found if t.field == name):
        rows = np.flatnonzero(np.isfinite(timed.values.value) & (timed.patient >= 0))
        ids = context.ids[timed.patient[rows]]
        hit = [
            r
            for r, key in zip(rows, zip(ids, timed.month[rows], strict=True), strict=True)
            if key in places
        ]
        context.cell_issues(ERROR, code, timed.values.column, hit, **params)


def settle_static(
    context: Context, values: Values, patients: np.ndarray, weight: np.ndarray
) -> Values:
    """A static dose per kg × the patient's weight."""
    if values.waiting is None:
        return values
    own = np.where(patients >= 0, weight[np.maximum(patients, 0)], np.nan)
    lacking = np.flatnonzero(np.isfinite(values.value) & np.isnan(own))
    context.cell_issues(
        ERROR, "intake.cell.needs_weight", values.column, lacking, unit=values.waiting.unit
    )
    if len(lacking) < np.isfinite(values.value).sum():
        context.column_issue(
            WARNING, "intake.unit.by_weight", values.column, unit=values.waiting.unit
        )
    return Values(values.column, values.value * own, values.censored)
