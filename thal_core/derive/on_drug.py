"""On or off thalidomide: one last dose, used by response, exposure, flow and every mean on
treatment.

What is written of a patient's course becomes marks on one time axis (months since the first dose):

- *dose*: a dose above 0 at a visit, or the start of a treatment step;
- *stop*: withdrawal; else the end of the last treatment step; else the time on treatment;
- *zero*: a dose of 0 written at a visit, or a treatment step of 0 mg.

A patient is off the drug from a *zero* on, and from ``off_drug_days`` (rules/conventions.csv: a
convention) after a *stop*, until a later *dose*, which is a restart. A blank dose changes nothing.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.drugs import treatments_of
from thal_core.rules.catalogue import STUDY, convention
from thal_core.vocabulary import DAYS_PER_MONTH

DOSE, STOP, ZERO = "dose", "stop", "zero"
_ORDER = {
    DOSE: 0,
    STOP: 1,
    ZERO: 2,
}  # of marks at the same time: the last dose was taken on the day of the stop


def grace_months() -> float:
    """How long after a stop a patient still counts as on the drug."""
    return convention("off_drug_days") / DAYS_PER_MONTH


def time_of(frame: pd.DataFrame, days_per_month: float = DAYS_PER_MONTH) -> pd.Series:
    """Months since the first dose: from the day where it is known, else the month as written."""
    return (frame["day"] / days_per_month).fillna(frame["month"])


def derive_course(cohort: Cohort) -> pd.DataFrame:
    """Where each patient goes on and off the drug: patient_id, time (months), kind {dose, stop,
    zero}, restart.

    Ordered by patient and time; of several stops in a row the first counts. ``restart``: a dose
    written more than 30 days after a stop that the sheet states, which contradicts it.
    """
    return cohort.once("course", lambda: _course(cohort))


def _course(cohort: Cohort) -> pd.DataFrame:
    steps, stated, visits = _step_marks(cohort), stated_stop(cohort), _visit_marks(cohort)
    ends = [
        _stop_marks(stated),
        *(
            _stop_marks(end.where(end > stated))
            for end in (_end_of_steps(cohort), cohort.patients["duration_months"])
        ),
    ]  # a later end closes a restart
    late = visits["time"] - _of_patient(visits, stated)
    visits = visits[~((visits["kind"] == DOSE) & (late > 0) & (late <= grace_months()))]
    parts = [part for part in (visits, steps, *ends) if not part.empty]
    if not parts:
        return pd.DataFrame(columns=["patient_id", "time", "kind", "restart"])
    marks = pd.concat(parts, ignore_index=True)
    marks["order"] = marks["kind"].map(_ORDER)
    marks = marks.sort_values(["patient_id", "time", "order"], kind="stable", ignore_index=True)
    off = marks["kind"] != DOSE
    again = off & off.shift(fill_value=False) & (marks["patient_id"] == marks["patient_id"].shift())
    marks = marks[~again].drop(columns="order").reset_index(drop=True)
    after = marks["time"] > _of_patient(marks, stated) + grace_months()
    return marks.assign(restart=(marks["kind"] == DOSE) & after)


def _of_patient(rows: pd.DataFrame, values: pd.Series) -> pd.Series:
    return rows["patient_id"].map(values).astype("float64")


def _stop_marks(months: pd.Series) -> pd.DataFrame:
    known = months.dropna()
    return pd.DataFrame({"patient_id": known.index, "time": known.to_numpy(), "kind": STOP})


def _visit_marks(cohort: Cohort) -> pd.DataFrame:
    visits = cohort.visits[
        cohort.visits["dose_mg_per_day"].notna() & cohort.visits["month"].notna()
    ]
    kind = np.where(visits["dose_mg_per_day"] > 0, DOSE, ZERO)
    marks = pd.DataFrame(
        {"patient_id": visits["patient_id"], "time": time_of(visits), "kind": kind}
    )
    return marks[
        (marks["kind"] == DOSE) | (marks["time"] > 0)
    ]  # before the first dose nobody is off it


def _steps(cohort: Cohort) -> pd.DataFrame:
    """Thalidomide rows of ``treatments``: patient_id, start, stop, dose; ordered."""
    rows = treatments_of(cohort, STUDY)
    rows = rows.assign(
        start=rows["start_month"].fillna(0.0), stop=rows["stop_month"], dose=rows["dose_mg_per_day"]
    )
    return rows.sort_values(["patient_id", "start"], kind="stable")[
        ["patient_id", "start", "stop", "dose", "reason"]
    ]


def _step_marks(cohort: Cohort) -> pd.DataFrame:
    """A dose at the start of each step, a zero at that of a step of 0 mg, a stop where a pause
    follows.
    """
    steps = _steps(cohort)
    kind = np.where(steps["dose"] == 0, ZERO, DOSE)
    starts = pd.DataFrame({"patient_id": steps["patient_id"], "time": steps["start"], "kind": kind})
    dosed = steps[steps["dose"] != 0]
    following = dosed.groupby("patient_id")["start"].shift(-1)
    pause = dosed[following > dosed["stop"]]
    return pd.concat(
        [
            starts,
            pd.DataFrame({"patient_id": pause["patient_id"], "time": pause["stop"], "kind": STOP}),
        ]
    )


def stated_stop(cohort: Cohort) -> pd.Series:
    """The month thalidomide was last taken as the sheet states it: withdrawal, else the end of the
    last treatment step with a dose, else the time on treatment; NaN if nothing says.
    """
    patients = cohort.patients
    return (
        patients["withdrawn_month"]
        .fillna(_end_of_steps(cohort))
        .fillna(patients["duration_months"])
    )


def _end_of_steps(cohort: Cohort) -> pd.Series:
    steps = _steps(cohort)
    last = steps[steps["dose"] != 0].groupby("patient_id").tail(1).set_index("patient_id")
    zero = steps[steps["dose"] == 0].groupby("patient_id")["start"].max().reindex(last.index)
    return last["stop"].fillna(zero.where(zero >= last["start"])).reindex(cohort.patients.index)


def derive_last_dose(cohort: Cohort) -> pd.Series:
    """The month of each patient's last dose, NaN where they are still on the drug or nothing is
    known.

    A stop as stated, unless a later dose is written; where only a dose of 0 says so, the visit that
    says it: the dose before ended then at the latest.
    """
    last = derive_course(cohort).groupby("patient_id").tail(1).set_index("patient_id")
    return last["time"].where(last["kind"] != DOSE).reindex(cohort.patients.index).astype("float64")


def derive_stopped(cohort: Cohort) -> pd.Series:
    """True for patients who stopped for good: a stop, a reason or a final dose of 0 is recorded, or
    they were seen off the drug after their time on treatment. Time on treatment alone is how long
    they have been treated so far.
    """
    return cohort.once("stopped", lambda: _stopped(cohort)).copy()


def _stopped(cohort: Cohort) -> pd.Series:
    patients, last = cohort.patients, derive_last_dose(cohort)
    marks = derive_course(cohort).groupby("patient_id").tail(1).set_index("patient_id")
    restarted = (marks["kind"] == DOSE).reindex(patients.index, fill_value=False) & derive_restart(
        cohort
    ).notna()
    recorded = (
        patients["withdrawn_month"].notna()
        | patients["withdrawal_reason"].notna()
        | _end_of_steps(cohort).notna()
    )
    zero = (marks["kind"] == ZERO).reindex(patients.index, fill_value=False)
    seen_off = last_seen(cohort) > last + grace_months()
    return (recorded | zero | seen_off.fillna(False)) & ~restarted


def derive_restart(cohort: Cohort) -> pd.Series:
    """The first month with a dose after a stated stop, NaN for patients without one."""
    course = derive_course(cohort)
    return (
        course[course["restart"].astype(bool)]
        .groupby("patient_id")["time"]
        .min()
        .reindex(cohort.patients.index)
    )


def last_seen(cohort: Cohort) -> pd.Series:
    """The month of each patient's last visit, NaN without one."""
    visits = cohort.visits
    return time_of(visits).groupby(visits["patient_id"]).max().reindex(cohort.patients.index)


def off_drug_at(cohort: Cohort, patient_id: pd.Series, time: pd.Series) -> pd.DataFrame:
    """For patients at times (months; same index): ``off`` and ``zero`` (off by a dose of 0 alone),
    ``since`` (month).

    A time up to the first dose is never off.
    """
    course = derive_course(cohort)
    out = pd.DataFrame({"off": False, "zero": False, "since": np.nan}, index=time.index)
    concerned = course.loc[course["kind"] != DOSE, "patient_id"].unique()
    asked = np.flatnonzero((patient_id.isin(concerned) & time.notna()).to_numpy())
    if not len(asked):
        return out
    marks = course[course["patient_id"].isin(concerned)].sort_values("time", kind="stable")
    left = pd.DataFrame(
        {
            "patient_id": patient_id.to_numpy()[asked],
            "time": time.to_numpy()[asked] + 1e-9,
            "at": asked,
        }
    )
    found = pd.merge_asof(
        left.sort_values("time", kind="stable"),
        marks.assign(since=marks["time"]),
        on="time",
        by="patient_id",
    ).set_index("at")
    at = found.index.to_numpy()
    zero = (found["kind"] == ZERO).to_numpy()
    stopped = (
        (found["kind"] == STOP) & (found["time"] > found["since"] + grace_months() + 1e-6)
    ).to_numpy()
    off = (zero | stopped) & (found["time"] > 1e-6).to_numpy()
    out.iloc[at, 0], out.iloc[at, 1] = off, zero & off
    out.iloc[at, 2] = found["since"].where(off).to_numpy()
    return out


def derive_on_drug(cohort: Cohort) -> pd.Series:
    """True or False per visit: False where the course says off, or the visit itself was marked
    so.
    """
    visits = cohort.visits
    off = off_drug_at(cohort, visits["patient_id"], time_of(visits))["off"]
    return visits["on_drug"].fillna(True).astype(bool) & ~off


def with_on_drug(cohort: Cohort) -> Cohort:
    """The cohort with ``visits.on_drug`` filled."""
    on_drug = derive_on_drug(cohort).astype("boolean")
    return replace(cohort, visits=cohort.visits.assign(on_drug=on_drug))
