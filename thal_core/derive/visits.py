"""The value of a quantity at a month: nominal visits, on the drug unless asked otherwise."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.on_drug import derive_on_drug

# one answer asks for the same quantities hundreds of times; they go when their cohort goes
_KEPT: WeakKeyDictionary[Cohort, dict[tuple[str, bool], pd.DataFrame]] = WeakKeyDictionary()
_ON_DRUG: WeakKeyDictionary[Cohort, pd.Series] = WeakKeyDictionary()
_WIDE: WeakKeyDictionary[Cohort, dict[tuple[str, bool], dict[float, pd.Series]]] = (
    WeakKeyDictionary()
)


def on_drug_of(cohort: Cohort) -> pd.Series:
    """``derive_on_drug``, once per cohort: True or False per row of ``visits``."""
    if cohort not in _ON_DRUG:
        _ON_DRUG[cohort] = derive_on_drug(cohort)
    return _ON_DRUG[cohort]


def visit_values(cohort: Cohort, analyte: str, *, on_drug_only: bool = False) -> pd.DataFrame:
    """Long frame ``patient_id, month, value, on_drug, hb_timing`` of the nominal visits with a
    value.

    One row per patient and month. ``on_drug`` is False only where the drug is known to have been
    stopped more than 30 days before; a visit up to the first dose is never left out for it.
    """
    kept = _KEPT.setdefault(cohort, {})
    if (analyte, on_drug_only) not in kept:
        kept[analyte, on_drug_only] = _visit_values(cohort, analyte, on_drug_only)
    return kept[analyte, on_drug_only].copy()


def _visit_values(cohort: Cohort, analyte: str, on_drug_only: bool) -> pd.DataFrame:
    visits = cohort.visits.assign(on_drug=on_drug_of(cohort))
    kept = visits[
        visits["nominal"].fillna(True) & visits[analyte].notna() & visits["month"].notna()
    ]
    frame = kept[["patient_id", "month", analyte, "on_drug", "hb_timing"]].rename(
        columns={analyte: "value"}
    )
    if on_drug_only:
        frame = frame[frame["on_drug"] | (frame["month"] <= 0)]
    return frame.drop_duplicates(["patient_id", "month"]).reset_index(drop=True)


def values_at(
    cohort: Cohort, analyte: str, month: float, *, on_drug_only: bool = True
) -> pd.Series:
    """The quantity at one month, one entry per patient of the cohort (NaN where not measured)."""
    wide = _WIDE.setdefault(cohort, {})
    if (analyte, on_drug_only) not in wide:
        visits = visit_values(cohort, analyte, on_drug_only=on_drug_only)
        wide[analyte, on_drug_only] = {
            float(at): own.set_index("patient_id")["value"].reindex(cohort.patients.index)
            for at, own in visits.groupby("month")
        }
    blank = pd.Series(float("nan"), index=cohort.patients.index, name="value")
    return wide[analyte, on_drug_only].get(float(month), blank).copy()


def months_with(cohort: Cohort, analyte: str) -> list[float]:
    """The months at which anybody has the quantity, in order."""
    return sorted(visit_values(cohort, analyte)["month"].unique())
