"""How much thalidomide a patient took, and when the dose changed."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.drugs import treatments_of
from thal_core.derive.on_drug import (
    STOP,
    derive_course,
    derive_last_dose,
    derive_stopped,
    last_seen,
)
from thal_core.rules.catalogue import STUDY
from thal_core.vocabulary import DAYS_PER_MONTH


def derive_dose_steps(cohort: Cohort) -> pd.DataFrame:
    """Steps of constant dose: patient_id, start, stop (months), dose_mg_per_day; ordered.

    From the thalidomide rows of ``treatments`` where a patient has them with a dose; else from the
    dose at each visit, which holds until the next one, with the starting dose before the first of
    them. The last step ends when thalidomide was stopped, else with the time on treatment, else at
    the last visit.
    """
    written = treatments_of(cohort, STUDY).dropna(subset=["dose_mg_per_day"])
    written = written.rename(columns={"start_month": "start", "stop_month": "stop"})[
        ["patient_id", "start", "stop", "dose_mg_per_day"]
    ]
    written = written.assign(start=written["start"].fillna(0.0))
    visits = cohort.visits.dropna(subset=["dose_mg_per_day", "month"])
    visits = visits[~visits["patient_id"].isin(written["patient_id"])]
    seen = visits.rename(columns={"month": "start"})[
        ["patient_id", "start", "dose_mg_per_day"]
    ].assign(stop=np.nan)
    from_start = seen.loc[seen["start"] <= 0, "patient_id"]
    rest = cohort.patients.index.difference([*written["patient_id"], *from_start])
    first = cohort.patients.loc[rest, "dose_start_mg_per_day"].dropna()
    begun = pd.DataFrame(
        {
            "patient_id": first.index,
            "start": 0.0,
            "dose_mg_per_day": first.to_numpy(),
            "stop": np.nan,
        }
    )
    parts = [part for part in (written, seen, begun) if not part.empty]
    if not parts:
        return pd.DataFrame(columns=["patient_id", "start", "stop", "dose_mg_per_day"])
    steps = pd.concat(parts, ignore_index=True).sort_values(
        ["patient_id", "start"], ignore_index=True
    )
    following = steps.groupby("patient_id")["start"].shift(-1)
    end = steps["patient_id"].map(_end_of_treatment(cohort))
    steps["stop"] = steps["stop"].fillna(following).fillna(end).fillna(steps["start"])
    until = np.fmin(end, _next_stop(cohort, steps))
    steps["stop"] = np.maximum(np.minimum(steps["stop"], until.fillna(np.inf)), steps["start"])
    return steps[["patient_id", "start", "stop", "dose_mg_per_day"]]


def _next_stop(cohort: Cohort, steps: pd.DataFrame) -> pd.Series:
    """The month of the first stop at or after each step's start; NaN where none follows."""
    stops = derive_course(cohort)
    stops = stops.loc[stops["kind"] == STOP, ["patient_id", "time"]].astype({"time": "float64"})
    if stops.empty:
        return pd.Series(np.nan, index=steps.index)
    asked = (
        steps[["patient_id", "start"]]
        .rename(columns={"start": "time"})
        .reset_index()
        .sort_values("time", kind="stable")
    )
    found = pd.merge_asof(
        asked,
        stops.assign(stop=stops["time"]).sort_values("time", kind="stable"),
        on="time",
        by="patient_id",
        direction="forward",
    )
    return found.set_index("index")["stop"].reindex(steps.index)


def _end_of_treatment(cohort: Cohort) -> pd.Series:
    return derive_last_dose(cohort).fillna(last_seen(cohort))


def derive_exposure(cohort: Cohort) -> pd.DataFrame:
    """months on thalidomide, cumulative_g = Σ mg/d × days / 1000 and last_dose (mg/day), one row
    per patient.
    """
    steps = derive_dose_steps(cohort)
    months = (steps["stop"] - steps["start"]).where(steps["dose_mg_per_day"] > 0, 0.0)
    grams = months * DAYS_PER_MONTH * steps["dose_mg_per_day"] / 1000
    by_patient = steps["patient_id"]
    taken = steps[steps["dose_mg_per_day"] > 0].groupby("patient_id")["dose_mg_per_day"].last()
    index = cohort.patients.index
    return pd.DataFrame(
        {
            "months": months.groupby(by_patient).sum().reindex(index),
            "cumulative_g": grams.groupby(by_patient).sum().reindex(index),
            "last_dose": taken.reindex(index).fillna(cohort.patients["dose_last_mg_per_day"]),
        }
    )


def derive_dose_changes(cohort: Cohort) -> pd.DataFrame:
    """Every change of dose: patient_id, kind {reduction, increase, stop, restart}, month,
    dose_mg_per_day (the new one, 0 after a stop), until (month of the next change, else infinity).
    """
    steps = derive_dose_steps(cohort)
    stops = derive_course(cohort)
    for_good = stops["patient_id"].map(derive_stopped(cohort)) | (
        stops["patient_id"] == stops["patient_id"].shift(-1)
    )
    stops = stops[
        (stops["kind"] == STOP) & for_good.astype(bool)
    ]  # time on treatment alone is no stop
    ends = pd.DataFrame(
        {
            "patient_id": stops["patient_id"],
            "start": stops["time"],
            "stop": np.inf,
            "dose_mg_per_day": 0.0,
        }
    )
    parts = [part for part in (steps, ends) if not part.empty]
    if not parts:
        return pd.DataFrame(columns=["patient_id", "kind", "month", "dose_mg_per_day", "until"])
    line = pd.concat(parts, ignore_index=True).sort_values(
        ["patient_id", "start"], kind="stable", ignore_index=True
    )
    before = line.groupby("patient_id")["dose_mg_per_day"].shift()
    line["kind"] = np.select(
        [
            before.isna() | (before == line["dose_mg_per_day"]),
            line["dose_mg_per_day"] == 0,
            before == 0,
            line["dose_mg_per_day"] < before,
        ],
        ["", "stop", "restart", "reduction"],
        "increase",
    )
    changes = line[line["kind"] != ""].rename(columns={"start": "month"})
    changes["until"] = changes.groupby("patient_id")["month"].shift(-1).fillna(np.inf)
    return changes[["patient_id", "kind", "month", "dose_mg_per_day", "until"]].reset_index(
        drop=True
    )


def derive_intended(cohort: Cohort) -> pd.Series:
    """Grams that the starting dose, held from the first to the last day on thalidomide, would have
    come to.

    The starting dose as written, else the first dose taken; interruptions in between count as
    intended time.
    """
    taken = derive_dose_steps(cohort).query("dose_mg_per_day > 0").groupby("patient_id")
    span = (taken["stop"].max() - taken["start"].min()).reindex(cohort.patients.index)
    planned = cohort.patients["dose_start_mg_per_day"].fillna(taken["dose_mg_per_day"].first())
    return (span * DAYS_PER_MONTH * planned / 1000).where(span > 0)
