"""The value of a quantity at a month: nominal visits, on the drug unless asked otherwise."""

from __future__ import annotations

import pandas as pd

from thal_core.cohort import Cohort


def visit_values(cohort: Cohort, analyte: str, *, on_drug_only: bool = False) -> pd.DataFrame:
    """Long frame ``patient_id, month, value, on_drug, hb_timing`` of the nominal visits with a value.

    One row per patient and month. ``on_drug`` is False only where the drug is known to have been stopped
    more than 30 days before; a visit up to the first dose is never left out for it.
    """
    visits = cohort.visits
    kept = visits[visits["nominal"].fillna(True) & visits[analyte].notna() & visits["month"].notna()]
    frame = kept[["patient_id", "month", analyte, "on_drug", "hb_timing"]].rename(columns={analyte: "value"})
    frame = frame.assign(on_drug=frame["on_drug"].fillna(True).astype(bool))
    if on_drug_only:
        frame = frame[frame["on_drug"] | (frame["month"] <= 0)]
    return frame.drop_duplicates(["patient_id", "month"]).reset_index(drop=True)


def values_at(cohort: Cohort, analyte: str, month: float, *, on_drug_only: bool = True) -> pd.Series:
    """The quantity at one month, one entry per patient of the cohort (NaN where not measured)."""
    frame = visit_values(cohort, analyte, on_drug_only=on_drug_only)
    at_month = frame[frame["month"] == month].set_index("patient_id")["value"]
    return at_month.reindex(cohort.patients.index)


def months_with(cohort: Cohort, analyte: str) -> list[float]:
    """The months at which anybody has the quantity, in order."""
    return sorted(visit_values(cohort, analyte)["month"].unique())
