"""Harm: events, exposure, flags to review. Counts everyone who took a dose; never advises."""

from __future__ import annotations

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_patients
from thal_core.cohort import Cohort
from thal_core.derive.conclusions import derive_disagreements
from thal_core.derive.dose import derive_exposure, derive_intended
from thal_core.derive.flags import YES, derive_flags, flag_labels, grave_flags, last_value
from thal_core.derive.transfusion import transfusion_rows
from thal_core.figures.intervals import plot_adverse_events, plot_clinical_features
from thal_core.groups import responses
from thal_core.results import Result
from thal_core.rules.catalogue import convention, criterion
from thal_core.stats.proportions import wilson
from thal_core.view import LAST, Options
from thal_core.vocabulary import Phenotype
from thal_core.words import Message

ANY_GRADE, NO_GRADE = "any", "not recorded"
SPLEEN = ("spleen_cm2", "spleen_cm_below_margin")


def adverse_events(cohort: Cohort, options: Options) -> Result:
    """Patients and events by term and grade (``any`` first), of everyone who took a dose; Wilson
    intervals in percent.
    """
    need_patients(cohort)
    if cohort.events.empty:
        raise Unanswerable("cannot.no_events")
    rows = []
    for event, of_event in sorted(
        cohort.events.groupby("event"), key=lambda item: -item[1]["patient_id"].nunique()
    ):
        grades = of_event["grade"].map(lambda grade: NO_GRADE if pd.isna(grade) else f"{grade:g}")
        parts = [
            (ANY_GRADE, of_event),
            *((grade, of_event[grades == grade]) for grade in sorted(grades.unique())),
        ]
        for grade, part in parts:
            share = wilson(part["patient_id"].nunique(), cohort.n)
            rows.append(
                {
                    "event": event,
                    "grade": grade,
                    "n_patients": share.n,
                    "n_events": len(part),
                    "total": share.total,
                    "percent": share.percent,
                    "conf_low": share.conf_low,
                    "conf_high": share.conf_high,
                }
            )
    return build_result(
        "adverse_events",
        rows,
        cohort=cohort,
        method=[Message("about.adverse_events")],
        draw=plot_adverse_events,
    )


def exposure(cohort: Cohort, options: Options) -> Result:
    """Months on thalidomide, cumulative dose (g) and last dose (mg/day) of each patient.

    percent_of_intended: of what the starting dose would have come to over the same time
    (intended_g).
    """
    need_patients(cohort)
    table = derive_exposure(cohort)
    if table["cumulative_g"].notna().sum() == 0:
        raise Unanswerable("cannot.no_dose")
    intended = derive_intended(cohort)
    table = table.assign(
        intended_g=intended,
        percent_of_intended=100 * table["cumulative_g"] / intended.where(intended > 0),
    )
    known = table[table["cumulative_g"].notna()]
    return build_result(
        "exposure",
        table.rename_axis("patient_id").reset_index(),
        cohort=cohort,
        used=known.index,
        excluded=[(Message("excluded.no_dose"), cohort.n - len(known))],
        method=[Message("about.exposure")],
    )


def safety_flags(cohort: Cohort, options: Options) -> Result:
    """Each rule of rules/safety.csv for each patient: yes, no or not recorded."""
    need_patients(cohort)
    sentences = flag_labels().values()
    return build_result(
        "safety_flags",
        derive_flags(cohort),
        cohort=cohort,
        sentences=sentences,
        method=[Message("about.flags")],
        notes=[Message("about.no_flag_not_safe"), Message("about.aspirin_conflict")],
    )


def clinical_features(cohort: Cohort, options: Options) -> Result:
    """2020: fatigue and facial change improved, spleen smaller at the last visit than before; of
    those recorded.
    """
    need_patients(cohort)
    rows = []
    for feature in ("fatigue_improved", "facial_change"):
        values = cohort.patients[feature].dropna()
        if len(values):
            rows.append({"feature": feature} | wilson(int(values.sum()), len(values)).row())
    for analyte in SPLEEN:
        change = _spleen_change(cohort, analyte)
        if len(change):
            rows.append(
                {"feature": f"{analyte}_smaller"}
                | wilson(int((change < 0).sum()), len(change)).row()
            )
    if not rows:
        raise Unanswerable("cannot.no_features")
    return build_result(
        "clinical_features",
        rows,
        cohort=cohort,
        method=[Message("about.features")],
        draw=plot_clinical_features,
    )


def _spleen_change(cohort: Cohort, analyte: str) -> pd.Series:
    visits = cohort.visits.dropna(subset=[analyte]).sort_values("month")
    first = visits[visits["month"] <= 0].groupby("patient_id")[analyte].last()
    last = visits[visits["month"] > 0].groupby("patient_id")[analyte].last()
    return (last - first).dropna()


def review_list(cohort: Cohort, options: Options) -> Result:
    """Patients worth a look, with the reason and the figures behind it."""
    need_patients(cohort)
    rows = [*_low_hb(cohort, options), *_disagreeing(cohort, options), *_flagged(cohort)]
    if not rows:
        raise Unanswerable("cannot.nobody_to_review")
    sentences = [row["detail"] for row in rows]
    table = [row | {"detail": str(row["detail"])} for row in rows]
    return build_result(
        "review_list",
        table,
        cohort=cohort,
        sentences=sentences,
        used={row["patient_id"] for row in rows},
        method=[Message("about.review")],
    )


def _low_hb(cohort: Cohort, options: Options) -> list[dict[str, object]]:
    """Best response, free of transfusion, and yet a last Hb below the level at which the protocol
    transfuses.

    Blood was given after all, or none is recorded although transfusions are, or nothing is recorded
    of it.
    """
    classes, hb = responses(cohort, options), last_value(cohort, "hb_g_per_l")
    best = criterion(options.criterion).classes[0]
    low = (
        (classes["response"] == best)
        & (cohort.patients["phenotype"] == Phenotype.TDT)
        & (hb < convention("transfusion_hb"))
    )
    rows = transfusion_rows(cohort)
    rows = rows[rows["time"] > rows["patient_id"].map(classes["month"]).astype("float64")]
    given = rows[rows["units"] > 0].groupby("patient_id")["time"].max()
    found = []
    for name in cohort.patients.index[low]:
        params = {"hb": f"{hb[name]:g}", "month": f"{classes.at[name, 'month']:g}"}
        if name in given.index:
            detail = Message("review.low_hb_transfused", params | {"given": f"{given[name]:.3g}"})
        else:
            known = (rows["patient_id"] == name).any()
            detail = Message(
                "review.blood_withheld" if known else "review.low_hb_unrecorded", params
            )
        found.append({"patient_id": name, "reason": "blood_withheld", "detail": detail})
    return found


def _disagreeing(cohort: Cohort, options: Options) -> list[dict[str, object]]:
    rules = criterion(options.criterion)
    month = rules.month if options.month in (None, LAST) else float(options.month)
    return derive_disagreements(cohort, rules, month, options.unit_volume_ml).to_dict("records")


def _flagged(cohort: Cohort) -> list[dict[str, object]]:
    flags = derive_flags(cohort)
    serious = flags[(flags["state"] == YES) & flags["flag"].isin(grave_flags())]
    labels = flag_labels()
    return [
        {"patient_id": row["patient_id"], "reason": row["flag"], "detail": labels[row["flag"]]}
        for row in serious.to_dict("records")
    ]
