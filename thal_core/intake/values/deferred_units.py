"""Conversions that need another quantity of the same patient: HbF in g/L needs Hb, mg/kg needs the
weight.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from thal_core.intake.ledger.issue_log import ERROR, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.values.quantities import Values, limits_of
from thal_core.intake.values.visit_frame import NUMBER, Timed

MARK = "@"  # hbf_percent@g/L: a visit column that still waits


def waiting_name(field: str, values: Values) -> str:
    """The visit column for these values: the field itself, or a waiting one."""
    return field if values.waiting is None else f"{field}{MARK}{values.waiting.unit}"


def convert_visits(
    ledger: Ledger, visits: pd.DataFrame, found: Sequence[Timed], weight: pd.Series
) -> pd.DataFrame:
    """The visits with their waiting columns in canonical units; values that lack the other quantity
    are reported.
    """
    for name in [c for c in visits.columns if MARK in c and not c.endswith("_censored")]:
        visits = _converted(ledger, visits, [t for t in found if t.field == name], name, weight)
    return visits


def _converted(
    ledger: Ledger, visits: pd.DataFrame, found: list[Timed], name: str, weight: pd.Series
) -> pd.DataFrame:
    field, unit = name.split(MARK)
    percent = field.endswith("_percent")
    other, waiting = _other(visits, field, weight), visits[name]
    value = 100 * waiting / other if percent else waiting * other
    code = "intake.cell.needs_hb" if percent else "intake.cell.needs_weight"
    lost = waiting.notna() & other.isna()
    _report_lost(ledger, visits, found, lost, code, unit=unit)
    limits = limits_of(field)
    if limits is not None:
        wrong = (value < limits.hard_low) | (value > limits.hard_high)
        bounds = {"low": limits.hard_low, "high": limits.hard_high, "unit": limits.unit}
        _report_lost(ledger, visits, found, wrong, "intake.cell.impossible", **bounds)
        value = value.mask(wrong)
    earlier = visits[field] if field in visits else pd.Series(np.nan, index=visits.index)
    visits = visits.assign(**{field: earlier.fillna(value)}).drop(columns=name)
    return visits.rename(columns={f"{name}_censored": f"{field}_censored"})


def _other(visits: pd.DataFrame, field: str, weight: pd.Series) -> pd.Series:
    blank = pd.Series(np.nan, index=visits.index)
    if field.endswith("_percent"):
        return visits.get("hb_g_per_l", blank)
    weighed = visits.get("weight_kg", blank)
    return weighed.fillna(visits["patient_id"].map(weight))


def _report_lost(
    ledger: Ledger,
    visits: pd.DataFrame,
    found: list[Timed],
    lost: pd.Series,
    code: str,
    **params: object,
) -> None:
    """Report the cells behind these visits."""
    places = set(zip(visits.loc[lost, NUMBER], visits.loc[lost, "month"], strict=True))
    for timed in found if places else ():
        rows = np.flatnonzero(np.isfinite(timed.values.value) & (timed.patient >= 0))
        keys = zip(timed.patient[rows], timed.month[rows], strict=True)
        hit = [row for row, key in zip(rows, keys, strict=True) if key in places]
        ledger.report_cells(ERROR, code, timed.values.column, hit, **params)


def convert_static(
    ledger: Ledger, values: Values, patients: np.ndarray, weight: np.ndarray
) -> Values:
    """A static dose per kg × the patient's weight."""
    if values.waiting is None:
        return values
    weights = np.where(patients >= 0, weight[np.maximum(patients, 0)], np.nan)
    lacking = np.flatnonzero(np.isfinite(values.value) & np.isnan(weights))
    ledger.report_cells(
        ERROR, "intake.cell.needs_weight", values.column, lacking, unit=values.waiting.unit
    )
    if len(lacking) < np.isfinite(values.value).sum():
        ledger.report_column(
            WARNING, "intake.unit.by_weight", values.column, unit=values.waiting.unit
        )
    return Values(values.column, values.value * weights, values.censored)
