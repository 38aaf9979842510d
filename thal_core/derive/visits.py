"""The value of a quantity at a month: nominal visits, on the drug unless asked otherwise."""

from __future__ import annotations

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.on_drug import derive_on_drug


def on_drug_of(cohort: Cohort) -> pd.Series:
    """``derive_on_drug``, once per cohort: True or False per row of ``visits``."""
    return cohort.once("on_drug", lambda: derive_on_drug(cohort))


def visit_values(cohort: Cohort, analyte: str, *, on_drug_only: bool = False) -> pd.DataFrame:
    """Long frame ``patient_id, month, value, on_drug, hb_timing`` of the nominal visits with a
    value.

    One row per patient and month. ``on_drug`` is False only where the drug is known to have been
    stopped more than 30 days before; a visit up to the first dose is never left out for it.
    """
    asked = ("visit_values", analyte, on_drug_only)
    return cohort.once(asked, lambda: _visit_values(cohort, analyte, on_drug_only)).copy()


def _visit_values(cohort: Cohort, analyte: str, on_drug_only: bool) -> pd.DataFrame:
    visits = cohort.visits.assign(on_drug=on_drug_of(cohort))
    measured = visits[
        visits["nominal"].fillna(True) & visits[analyte].notna() & visits["month"].notna()
    ]
    frame = measured[["patient_id", "month", analyte, "on_drug", "hb_timing"]].rename(
        columns={analyte: "value"}
    )
    if on_drug_only:
        frame = frame[frame["on_drug"] | (frame["month"] <= 0)]
    return frame.drop_duplicates(["patient_id", "month"]).reset_index(drop=True)


def values_at(
    cohort: Cohort, analyte: str, month: float, *, on_drug_only: bool = True
) -> pd.Series:
    """The quantity at one month, one entry per patient of the cohort (NaN where not measured)."""
    asked = ("values_at", analyte, on_drug_only)
    by_month = cohort.once(asked, lambda: _values_by_month(cohort, analyte, on_drug_only))
    blank = pd.Series(float("nan"), index=cohort.patients.index, name="value")
    return by_month.get(float(month), blank).copy()


def _values_by_month(cohort: Cohort, analyte: str, on_drug_only: bool) -> dict[float, pd.Series]:
    visits = visit_values(cohort, analyte, on_drug_only=on_drug_only)
    return {
        float(at): rows.set_index("patient_id")["value"].reindex(cohort.patients.index)
        for at, rows in visits.groupby("month")
    }


def months_with(cohort: Cohort, analyte: str) -> list[float]:
    """The months at which anybody has the quantity, in order."""
    return sorted(visit_values(cohort, analyte)["month"].unique())
