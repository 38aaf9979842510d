"""Transfusion quantities: units, millilitres, per kg, per year → units of the unit volume set."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from thal_core.intake.ledger.issue_log import ERROR, NOTE
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.values.quantities import Values, limits_of
from thal_core.intake.values.visit_frame import Timed
from thal_core.mapping import Mapping

DEFAULT_UNIT_VOLUME_ML = 200.0  # China: a unit is the red cells of 200 mL of whole blood
_COLUMNS = ["patient_id", "month", "day", "units", "volume_ml"]
_WINDOWS = {"year": 12.0, "month": 1.0}


@dataclass(frozen=True)
class _Meaning:
    in_ml: bool
    per_kg: bool
    months: float  # the window the unit itself names, NaN where it names none


def _meaning(unit: str) -> _Meaning:
    parts = unit.split("/")
    return _Meaning(parts[0] == "mL", "kg" in parts, _WINDOWS.get(parts[-1], float("nan")))


def unit_volume(mapping: Mapping) -> float:
    """Millilitres in one unit: the setting ``unit_volume_ml``, else 200."""
    chosen = parse_number(mapping.setting("unit_volume_ml") or "0").value
    return chosen if chosen > 0 else DEFAULT_UNIT_VOLUME_ML


def in_units(
    ledger: Ledger, values: Values, patients: np.ndarray, weight: np.ndarray, volume_ml: float
) -> np.ndarray:
    """The column's values in units of ``volume_ml``; a value per kg of a patient without a weight
    is reported and left out.
    """
    column, meaning = values.column, _meaning(values.column.reading.unit)
    in_ml = _millilitres(values)
    amount = np.where(in_ml, values.value / volume_ml, values.value)
    if (in_ml & np.isfinite(amount)).any():
        ledger.report_column(NOTE, "intake.unit.unit_volume", column, volume=volume_ml)
    if meaning.per_kg:
        weights = np.where(patients >= 0, weight[np.maximum(patients, 0)], np.nan)
        lacking = np.isfinite(amount) & np.isnan(weights)
        ledger.report_cells(
            ERROR,
            "intake.cell.needs_weight",
            column,
            np.flatnonzero(lacking),
            unit=column.reading.unit,
        )
        amount = amount * weights
    limits = limits_of(column.target)
    if limits is not None and (in_ml.any() or meaning.per_kg):
        wrong = (amount < limits.hard_low) | (amount > limits.hard_high)
        ledger.report_cells(
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


def _millilitres(values: Values) -> np.ndarray:
    """Which rows are millilitres."""
    if values.in_ml is not None:
        return values.in_ml
    return np.full(len(values.value), _meaning(values.column.reading.unit).in_ml)


def window_months(values: Values) -> float:
    """12 for a unit per year, 1 per month, what the header says; NaN where nothing names a
    window.
    """
    window = values.column.window
    return _meaning(values.column.reading.unit).months if window is None else window


def transfusion_frame(
    ledger: Ledger, found: Sequence[Timed], ids: pd.Index, weight: np.ndarray, volume_ml: float
) -> pd.DataFrame:
    """One row per transfusion or month's total: patient_id, month, day, units, volume_ml."""
    rows: dict[tuple[str, int, float], pd.DataFrame] = {}
    for timed in found:
        column = timed.values.column
        part = _rows(ledger, timed, weight, volume_ml)
        month = column.reading.month
        key = (*column.key[:2], -1.0 if month is None else month)
        rows[key] = rows[key].combine_first(part) if key in rows else part
    parts = [_with_ids(part, ids) for part in rows.values()]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=_COLUMNS)


def _rows(ledger: Ledger, timed: Timed, weight: np.ndarray, volume_ml: float) -> pd.DataFrame:
    values = timed.values
    in_ml = _millilitres(values) & (values.column.reading.unit in ("U", "mL"))
    return pd.DataFrame(
        {
            "patient": timed.patient,
            "month": timed.month,
            "day": timed.day,
            "units": in_units(ledger, values, timed.patient, weight, volume_ml),
            "volume_ml": np.where(in_ml, values.value, np.nan),
        }
    )


def _with_ids(part: pd.DataFrame, ids: pd.Index) -> pd.DataFrame:
    """The rows that have a patient, a month and an amount."""
    filled = part[["units", "volume_ml"]].notna().any(axis=1) & part["month"].notna()
    known = part[(part["patient"] >= 0) & filled]
    return known.assign(patient_id=ids[known["patient"].to_numpy()])[_COLUMNS]
