"""What follows from the tables of a cohort alone: who is transfusion-dependent, the first and last
dose, when Hb was taken, which visit stands for its month.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.intake.timeline.nominal_months import nominal_months
from thal_core.issues import Issue, issues_frame
from thal_core.rules.catalogue import convention
from thal_core.vocabulary import DAYS_PER_MONTH, HbTiming, Phenotype, Severity

_LISTED = 200  # patients of one kind of issue that are listed one by one


def complete(cohort: Cohort) -> Cohort:
    """The cohort with its blanks filled where its own tables say what belongs there.

    patients: phenotype (TDT where transfusions are recorded, with a note), dose_start_mg_per_day,
    dose_last_mg_per_day. visits: hb_timing, nominal.
    """
    cohort = _with_phenotype(cohort)
    patients = _with_doses(cohort.patients, cohort.visits)
    timing = _hb_timing(cohort.visits, patients, cohort.transfusions)
    visits = cohort.visits.assign(hb_timing=timing)
    visits = visits.assign(nominal=_nominal(visits))
    return replace(cohort, patients=patients, visits=visits)


def with_issues(cohort: Cohort, issues: Sequence[Issue]) -> Cohort:
    """The cohort with further issues, behind the errors of reading and before its other issues."""
    if not issues:
        return cohort
    errors = cohort.issues["severity"] == Severity.ERROR
    parts = (cohort.issues[errors], issues_frame(issues), cohort.issues[~errors])
    filled = [part for part in parts if len(part)]
    return replace(cohort, issues=pd.concat(filled, ignore_index=True))


def _with_phenotype(cohort: Cohort) -> Cohort:
    """No phenotype but a transfusion quantity: TDT, with a note."""
    phenotype = cohort.patients["phenotype"]
    judged = phenotype.isna() & _transfused(cohort.patients, cohort.transfusions)
    named = cohort.patients.index[judged]
    issues = [
        Issue(Severity.NOTE, "intake.judged_tdt", {}, patient_id=name) for name in named[:_LISTED]
    ]
    if len(named) > _LISTED:
        more = {"n": len(named) - _LISTED}
        issues.append(Issue(Severity.NOTE, "intake.judged_tdt_more", more))
    patients = cohort.patients.assign(phenotype=phenotype.mask(judged, Phenotype.TDT.value))
    return with_issues(replace(cohort, patients=patients), issues)


def _given(transfusions: pd.DataFrame) -> pd.DataFrame:
    """The transfusions of something: no units at all are none."""
    amounts = transfusions[["units", "volume_ml"]]
    return transfusions[(amounts > 0).any(axis=1)]


def _transfused(patients: pd.DataFrame, transfusions: pd.DataFrame) -> pd.Series:
    """Is any transfusion recorded for the patient?"""
    units = patients[["transfusion_units_before", "transfusion_units_after"]].astype(float)
    listed = patients.index.isin(_given(transfusions)["patient_id"])
    return (units > 0).any(axis=1) | patients["transfusion_reduction_percent"].notna() | listed


def _with_doses(patients: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Starting and last dose from the visits, where no column says them."""
    taken = visits[visits["dose_mg_per_day"] > 0].sort_values("month", kind="stable")
    doses = taken.groupby("patient_id")["dose_mg_per_day"]
    return patients.assign(
        dose_start_mg_per_day=patients["dose_start_mg_per_day"].fillna(doses.first()),
        dose_last_mg_per_day=patients["dose_last_mg_per_day"].fillna(doses.last()),
    )


def _hb_timing(
    visits: pd.DataFrame, patients: pd.DataFrame, transfusions: pd.DataFrame
) -> pd.Series:
    """Timing as written; else untransfused for NTDT without a transfusion in the 8 weeks before;
    else unknown.
    """
    ntdt = visits["patient_id"].map(patients["phenotype"]) == Phenotype.NTDT.value
    recent = _transfused_before(visits[ntdt], _given(transfusions))
    untransfused = ntdt & ~visits.index.isin(recent)
    inferred = pd.Series(HbTiming.UNKNOWN.value, index=visits.index, dtype="str")
    inferred[untransfused] = HbTiming.UNTRANSFUSED.value
    return visits["hb_timing"].fillna(inferred)


def _transfused_before(visits: pd.DataFrame, given: pd.DataFrame) -> pd.Index:
    """The visits with a transfusion in the weeks before. A month's total counts for its whole
    month.
    """
    window = convention("transfusion_clear_days") / DAYS_PER_MONTH
    visited = visits[["patient_id", "month"]].reset_index()
    pairs = visited.merge(given[["patient_id", "month"]], on="patient_id", suffixes=("", "_given"))
    before = pairs["month"] - pairs["month_given"]
    return pd.Index(pairs.loc[(before >= 0) & (before < window), "index"])


def _nominal(visits: pd.DataFrame) -> pd.Series:
    """Does the row stand for its month? Pre-transfusion first, then the nearest day."""
    month, day = visits["month"], visits["day"]
    if day.isna().all():  # every month was written: one row each
        return pd.Series(True, index=visits.index)
    off = day.notna() & ~month.isin(nominal_months())
    order = pd.DataFrame(
        {
            "patient": visits["patient_id"],
            "month": month,
            "post": visits["hb_timing"] == HbTiming.POST.value,
            "away": np.nan_to_num(np.abs(day - month * DAYS_PER_MONTH)),
        }
    )
    nearest = order.sort_values(["post", "away"], kind="stable")
    best = nearest.drop_duplicates(["patient", "month"]).index
    return pd.Series(visits.index.isin(best) & ~off, index=visits.index)
