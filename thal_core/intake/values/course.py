"""What follows from the assembled tables: Hb before or after transfusion, TDT by transfusion, first
and last dose.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.text.text_columns import text_column, words_of
from thal_core.intake.values.visit_frame import NUMBER
from thal_core.rules.catalogue import convention
from thal_core.vocabulary import DAYS_PER_MONTH, HbTiming


def hb_timing(
    visits: pd.DataFrame, patients: pd.DataFrame, transfusions: pd.DataFrame
) -> pd.Series:
    """Timing as written; else untransfused for NTDT without a transfusion in the 8 weeks before;
    else unknown.
    """
    ntdt = (patients["phenotype"] == "NTDT").to_numpy()[visits[NUMBER]]
    given = transfusions[
        (transfusions["units"].fillna(0) > 0) | (transfusions["volume_ml"].fillna(0) > 0)
    ]
    recent = _transfused_before(visits[ntdt], given)
    untransfused = ntdt.copy()
    untransfused[ntdt] = ~recent
    inferred = words_of(
        untransfused.astype(int), (HbTiming.UNKNOWN.value, HbTiming.UNTRANSFUSED.value)
    )
    if "hb_timing" not in visits:
        return inferred
    written = text_column(visits["hb_timing"].to_numpy(dtype=object))
    return written.fillna(inferred)


def _transfused_before(visits: pd.DataFrame, given: pd.DataFrame) -> np.ndarray:
    """Was the patient transfused in the weeks before each visit? A month's total counts for its
    whole month.
    """
    if not len(given) or not len(visits):
        return np.zeros(len(visits), dtype=bool)
    window = convention("transfusion_clear_days") / DAYS_PER_MONTH
    pairs = (
        visits[["patient_id", "month"]]
        .reset_index()
        .merge(given[["patient_id", "month"]], on="patient_id", suffixes=("", "_given"))
    )
    near = pairs[
        (pairs["month_given"] <= pairs["month"]) & (pairs["month_given"] > pairs["month"] - window)
    ]
    return visits.index.isin(near["index"])


def transfused(patients: pd.DataFrame, transfusions: pd.DataFrame) -> pd.Series:
    """Is any transfusion recorded for the patient? No units at all are none."""
    given = transfusions.loc[
        (transfusions["units"] > 0) | (transfusions["volume_ml"] > 0), "patient_id"
    ]
    units = patients[["transfusion_units_before", "transfusion_units_after"]].astype(float)
    return (
        (units > 0).any(axis=1)
        | patients["transfusion_reduction_percent"].notna()
        | patients.index.isin(given)
    )


def first_and_last_dose(patients: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Starting and last dose from the visits, where no column says them."""
    if "dose_mg_per_day" not in visits:
        return patients
    taken = visits.loc[
        visits["dose_mg_per_day"] > 0, [NUMBER, "month", "dose_mg_per_day"]
    ].sort_values("month", kind="stable")
    changes = {}
    for column, keep in (("dose_start_mg_per_day", "first"), ("dose_last_mg_per_day", "last")):
        doses = patients[column].to_numpy(dtype=float).copy()
        own = taken.drop_duplicates(NUMBER, keep=keep)  # type: ignore[call-overload]
        blank = np.isnan(doses[own[NUMBER]])
        doses[own[NUMBER][blank]] = own["dose_mg_per_day"][blank]
        changes[column] = doses
    return patients.assign(**changes)
