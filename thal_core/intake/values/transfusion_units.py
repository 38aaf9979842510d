"""Transfusion quantities: units, millilitres, per kg, per year → units of the unit volume set."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import ERROR, NOTE
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.values.quantities import Values, limits_of
from thal_core.intake.values.visit_frame import Timed

DEFAULT_UNIT_VOLUME_ML = 200.0  # China: a unit is the red cells of 200 mL of whole blood
_WINDOWS = {"year": 12.0, "month": 1.0}


@dataclass(frozen=True)
class _Meaning:
    in_ml: bool
    per_kg: bool
    months: float  # the window the unit itself names, NaN where it names none


def _meaning(unit: str) -> _Meaning:
    parts = unit.split("/")
    return _Meaning(parts[0] == "mL", "kg" in parts, _WINDOWS.get(parts[-1], float("nan")))


def unit_volume(context: Context) -> float:
    """Millilitres in one unit: the setting ``unit_volume_ml``, else 200."""
    chosen = (
        parse_number(context.setting("unit_volume_ml")).value
        if context.setting("unit_volume_ml")
        else float("nan")
    )
    return chosen if chosen > 0 else DEFAULT_UNIT_VOLUME_ML


def in_units(
    context: Context, values: Values, patients: np.ndarray, weight: np.ndarray
) -> np.ndarray:
    """The column's values in units; a value per kg of a patient without a weight is named and left
    out.
    """
    column, meaning = values.column, _meaning(values.column.reading.unit)
    amount = values.value / unit_volume(context) if meaning.in_ml else values.value
    if meaning.in_ml and np.isfinite(amount).any():
        context.column_issue(NOTE, "intake.unit.unit_volume", column, volume=unit_volume(context))
    if meaning.per_kg:
        own = np.where(patients >= 0, weight[np.maximum(patients, 0)], np.nan)
        lacking = np.isfinite(amount) & np.isnan(own)
        context.cell_issues(
            ERROR,
            "intake.cell.needs_weight",
            column,
            np.flatnonzero(lacking),
            unit=column.reading.unit,
        )
        amount = amount * own
    limits = limits_of(column.target)
    if limits is not None and (meaning.in_ml or meaning.per_kg):
        wrong = (amount < limits.hard_low) | (amount > limits.hard_high)
        context.cell_issues(
            ERROR,
            "intake.cell.impossible",
            column,
            np.flatnonzero(wrong),
            low=limits.hard_low,
            high=limits.hard_high,
            unit=limits.unit,
        )
        amount = np.where(wrong, np.nan, amount)
    return amount


def window_months(values: Values) -> float:
    """12 for a unit per year, 1 per month, what the header says; NaN where nothing names a
    window.
    """
    own = values.column.window
    return _meaning(values.column.reading.unit).months if own is None else own


def transfusion_frame(
    context: Context, found: list[Timed], ids: pd.Index, weight: np.ndarray
) -> pd.DataFrame:
    """One row per transfusion or month's total: patient_id, month, day, units, volume_ml."""
    rows: dict[tuple[str, int, float], pd.DataFrame] = {}
    for timed in found:
        values, n = timed.values, len(timed.patient)
        units = in_units(context, values, timed.patient, weight)
        volume = values.value if values.column.reading.unit == "mL" else np.full(n, np.nan)
        part = pd.DataFrame(
            {
                "patient": timed.patient,
                "month": timed.month,
                "day": timed.day,
                "units": units,
                "volume_ml": volume,
            }
        )
        month = values.column.reading.month
        key = (
            *values.column.key[:2],
            -1.0 if month is None else month,
        )
        rows[key] = rows[key].combine_first(part) if key in rows else part
    parts = []
    for part in rows.values():
        kept = part[
            (part["patient"] >= 0)
            & part[["units", "volume_ml"]].notna().any(axis=1)
            & part["month"].notna()
        ]
        parts.append(kept.assign(patient_id=ids[kept["patient"].to_numpy()]))
    columns = ["patient_id", "month", "day", "units", "volume_ml"]
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
