"""What follows from the assembled tables: on or off the drug, Hb before or after transfusion, TDT by transfusion."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.vocabulary import DAYS_PER_MONTH

_OFF_AFTER_DAYS = 30
_TRANSFUSION_WEEKS = 8


def last_dose_months(patients: pd.DataFrame, treatments: pd.DataFrame) -> pd.Series:
    """Month of the last dose per patient, NaN where thalidomide was not stopped (or is not known to be)."""
    stop = patients["withdrawn_month"].astype(float).copy()
    own = treatments[treatments["drug"] == "thalidomide"] if len(treatments) else treatments
    if len(own) and {"start_month", "stop_month"} <= set(own.columns):
        last = own.groupby("patient_id")[["start_month", "stop_month"]].agg(["max", "count", "size"])
        closed = last[("stop_month", "count")] == last[("stop_month", "size")]
        stopped = closed & (last[("stop_month", "max")] >= last[("start_month", "max")].fillna(-np.inf))
        stop = stop.fillna(last.loc[stopped, ("stop_month", "max")].reindex(stop.index))
    return stop


def on_drug(visits: pd.DataFrame, last_dose: pd.Series) -> pd.Series:
    """False more than 30 days after the last dose or where the visit's own dose is 0 after treatment began."""
    stop = visits["patient_id"].map(last_dose).astype(float)
    day = visits["day"].fillna(visits["month"] * DAYS_PER_MONTH)
    off = day > stop * DAYS_PER_MONTH + _OFF_AFTER_DAYS
    if "dose_mg_per_day" in visits:
        off |= (visits["dose_mg_per_day"] == 0) & (visits["month"] > 0)
    return (~off).astype("boolean")


def hb_timing(visits: pd.DataFrame, patients: pd.DataFrame, transfusions: pd.DataFrame) -> pd.Series:
    """Timing as written; else untransfused for NTDT without a transfusion in the 8 weeks before; else unknown."""
    written = visits["hb_timing"] if "hb_timing" in visits else pd.Series("", index=visits.index)
    ntdt = visits["patient_id"].map(patients["phenotype"]) == "NTDT"
    given = transfusions[(transfusions["units"].fillna(0) > 0) | (transfusions["volume_ml"].fillna(0) > 0)]
    recent = _transfused_before(visits, given)
    inferred = np.where(ntdt & ~recent, "untransfused", "unknown")
    return pd.Series(np.where(written.fillna("") != "", written, inferred), index=visits.index)


def _transfused_before(visits: pd.DataFrame, given: pd.DataFrame) -> np.ndarray:
    """Was the patient transfused in the weeks before each visit? A month's total counts for its whole month."""
    if not len(given):
        return np.zeros(len(visits), dtype=bool)
    window = _TRANSFUSION_WEEKS * 7 / DAYS_PER_MONTH
    pairs = visits[["patient_id", "month"]].reset_index().merge(given[["patient_id", "month"]], on="patient_id",
                                                                suffixes=("", "_given"))
    near = pairs[(pairs["month_given"] <= pairs["month"]) & (pairs["month_given"] > pairs["month"] - window)]
    return visits.index.isin(near["index"])


def transfused(patients: pd.DataFrame, transfusions: pd.DataFrame) -> pd.Series:
    """Does any transfusion quantity stand for the patient?"""
    columns = ["transfusion_units_before", "transfusion_units_after", "transfusion_reduction_percent"]
    known = patients[columns].astype(float).notna().any(axis=1)
    return known | patients.index.isin(transfusions["patient_id"]) if len(transfusions) else known


def first_and_last_dose(patients: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Starting and last dose from the visits, where no column says them."""
    if "dose_mg_per_day" not in visits:
        return patients
    taken = visits[visits["dose_mg_per_day"] > 0].sort_values(["month"], kind="stable").groupby("patient_id")["dose_mg_per_day"]
    start, last = taken.first().reindex(patients.index), taken.last().reindex(patients.index)
    return patients.assign(
        dose_start_mg_per_day=patients["dose_start_mg_per_day"].astype(float).fillna(start),
        dose_last_mg_per_day=patients["dose_last_mg_per_day"].astype(float).fillna(last),
    )
