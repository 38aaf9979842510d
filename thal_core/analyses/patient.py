"""One patient: everything recorded, on one time axis."""

from __future__ import annotations

from functools import partial

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, columns_of
from thal_core.cohort import Cohort
from thal_core.figures.timeline import plot_timeline
from thal_core.results import Result
from thal_core.rules.catalogue import fields
from thal_core.view import Options
from thal_core.vocabulary import ANALYTES


def patient_timeline(cohort: Cohort, options: Options) -> Result:
    """patient_id, month, quantity, value, unit, note: laboratory values, transfusions, treatments
    and events, by month.
    """
    chosen = [options.patient_id] if options.patient_id else list(cohort.patients.index)
    if options.patient_id and options.patient_id not in cohort.patients.index:
        raise Unanswerable("cannot.no_such_patient")
    parts = [_visits(cohort), _transfusions(cohort), _treatments(cohort), _events(cohort)]
    table = pd.concat([part for part in parts if not part.empty] or parts, ignore_index=True)[
        list(columns_of("patient_timeline"))
    ]
    table = table[table["patient_id"].isin(chosen)].sort_values(
        ["patient_id", "month"], kind="stable"
    )
    if table.empty:
        raise Unanswerable("cannot.nothing_recorded")
    return build_result(
        "patient_timeline",
        table,
        cohort=cohort,
        used=table["patient_id"],
        draw=partial(plot_timeline, patient_id=options.patient_id),
    )


def _visits(cohort: Cohort) -> pd.DataFrame:
    long = cohort.visits.melt(
        ["patient_id", "month", "on_drug", "hb_timing"], list(ANALYTES), "quantity", "value"
    ).dropna(subset=["value"])
    off = long["on_drug"].eq(False).fillna(False)
    timing = long["hb_timing"].where(
        (long["quantity"] == "hb_g_per_l") & (long["hb_timing"] != "unknown"), ""
    )
    return long.assign(
        unit=long["quantity"].map({name: f.unit for name, f in fields().items()}),
        note=timing.fillna("").where(~off, "off_drug"),
    )


def _transfusions(cohort: Cohort) -> pd.DataFrame:
    rows = cohort.transfusions.dropna(subset=["units"])
    return rows.assign(quantity="transfusion", value=rows["units"], unit="U", note="")


def _treatments(cohort: Cohort) -> pd.DataFrame:
    rows = cohort.treatments
    starts = rows.dropna(subset=["start_month"]).assign(
        quantity="treatment_start", month=lambda f: f["start_month"]
    )
    stops = rows.dropna(subset=["stop_month"]).assign(
        quantity="treatment_stop", month=lambda f: f["stop_month"]
    )
    both = pd.concat([starts, stops], ignore_index=True)
    return both.assign(value=both["dose_mg_per_day"], unit="mg/d", note=both["drug"])


def _events(cohort: Cohort) -> pd.DataFrame:
    rows = cohort.events
    return rows.assign(quantity="event", value=rows["grade"], unit="grade", note=rows["event"])
