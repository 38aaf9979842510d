"""One line a patient: how long and at what dose, transfusions, response and stop, on one time
axis.
"""

from __future__ import annotations

from functools import partial

import pandas as pd

from thal_core.analyses.build_result import build_result, columns_of, need_patients
from thal_core.analyses.responders import about
from thal_core.cohort import Cohort
from thal_core.derive.dose import derive_dose_changes, derive_dose_steps
from thal_core.derive.on_drug import derive_stopped, stated_stop
from thal_core.derive.response import classify_response
from thal_core.derive.transfusion import transfusion_rows
from thal_core.derive.visits import months_with
from thal_core.figures.swimmer_plot import plot_swimmer
from thal_core.groups import responses
from thal_core.results import Result
from thal_core.rules.catalogue import class_order, criterion
from thal_core.view import Options
from thal_core.vocabulary import Response


def swimmer(cohort: Cohort, options: Options) -> Result:
    """patient_id, kind, start_month, end_month, value, unit, detail, phenotype, response: best
    class, then longest seen.

    kind: ``followed`` (month 0 to the last record), ``dose`` (a step; value in mg/d),
    ``dose_unknown`` (seen, and no dose is recorded), ``transfusion`` (value in U), ``free_from``
    (as the sheet states it), ``response`` (detail: the class at the month of judgement, and at
    later visits where there is one), ``stop`` (detail: the reason). ``response`` is the class of
    the patient at the month of judgement.
    """
    need_patients(cohort)
    classes = responses(cohort, options)
    parts = {
        "dose": _doses(cohort),
        "transfusion": _transfusions(cohort),
        "free_from": _free_from(cohort),
        "response": _judged(cohort, classes, options),
        "stop": _stops(cohort),
    }
    parts["followed"] = _followed(
        cohort, [part for kind, part in parts.items() if kind != "response"]
    )
    parts["dose_unknown"] = _dose_unknown(parts["dose"], parts["followed"], parts["stop"])
    rows = pd.concat(
        [part.assign(kind=kind) for kind, part in parts.items() if len(part)], ignore_index=True
    )
    rows = rows.join(classes[["response"]].join(cohort.patients["phenotype"]), on="patient_id")
    rows = rows.reindex(columns=list(columns_of("swimmer")))
    rows["detail"] = rows["detail"].fillna("").astype("str")
    return build_result(
        "swimmer",
        _ordered(rows, parts["followed"]),
        cohort=cohort,
        draw=partial(plot_swimmer, criterion=criterion(options.criterion)),
        **_about(cohort, classes, options),
    )


def _about(cohort: Cohort, classes: pd.DataFrame, options: Options) -> dict[str, object]:
    """Nobody is left out: who is not evaluable has a line as well."""
    sentences = about(cohort, classes, options, "about.swimmer")
    return sentences | {"used": cohort.patients.index, "excluded": ()}


def _doses(cohort: Cohort) -> pd.DataFrame:
    """Steps of one dose; visits that write the same dose again are one step."""
    steps = derive_dose_steps(cohort)
    steps = steps[(steps["dose_mg_per_day"] > 0) & (steps["stop"] > steps["start"])]
    before = steps.shift()
    goes_on = (
        (steps["patient_id"] == before["patient_id"])
        & (steps["dose_mg_per_day"] == before["dose_mg_per_day"])
        & (steps["start"] <= before["stop"])
    )
    taken = steps.groupby((~goes_on).cumsum()).agg(
        {"patient_id": "first", "start": "first", "stop": "max", "dose_mg_per_day": "first"}
    )
    return _rows(
        taken["patient_id"], taken["start"], taken["stop"], taken["dose_mg_per_day"], "mg/d"
    )


def _transfusions(cohort: Cohort) -> pd.DataFrame:
    given = transfusion_rows(cohort)
    given = given[given["units"] > 0]
    return _rows(given["patient_id"], given["time"], given["time"], given["units"], "U")


def _free_from(cohort: Cohort) -> pd.DataFrame:
    month = cohort.patients["transfusion_free_from_month"].dropna()
    return _rows(month.index, month, month)


def _stops(cohort: Cohort) -> pd.DataFrame:
    """Every stop of the dose, and the last one where no dose is recorded; time on treatment alone
    is no stop.
    """
    patients, changes = cohort.patients, derive_dose_changes(cohort)
    last = (
        stated_stop(cohort)
        .where(derive_stopped(cohort))
        .dropna()
        .rename("month")
        .rename_axis("patient_id")
        .reset_index()
    )
    stops = pd.concat(
        [changes.loc[changes["kind"] == "stop", ["patient_id", "month"]], last], ignore_index=True
    )
    stops = stops.astype({"month": "float64"}).drop_duplicates()
    final = stops["month"] == stops["patient_id"].map(patients["withdrawn_month"])
    return _rows(
        stops["patient_id"],
        stops["month"],
        stops["month"],
        detail=stops["patient_id"].map(patients["withdrawal_reason"]).where(final),
    )


def _judged(cohort: Cohort, classes: pd.DataFrame, options: Options) -> pd.DataFrame:
    """The class at the month of judgement for everybody, and at each later visit of those who have
    one there.
    """
    found = [_rows(classes.index, classes["month"], classes["month"], detail=classes["response"])]
    later = [m for m in months_with(cohort, "hb_g_per_l") if m > classes["month"].max()]
    for month in later:
        then = classify_response(
            cohort, options.criterion, month, unit_volume_ml=options.unit_volume_ml, language=None
        )
        then = then[then["response"] != Response.NE]
        found.append(_rows(then.index, then["month"], then["month"], detail=then["response"]))
    return pd.concat(found, ignore_index=True)


def _followed(cohort: Cohort, parts: list[pd.DataFrame]) -> pd.DataFrame:
    """From the first dose to whatever was recorded last; nobody of whom nothing has a time."""
    seen = [
        cohort.visits[["patient_id", "month"]],
        *(
            p[["patient_id", "end_month"]].set_axis(["patient_id", "month"], axis=1)
            for p in parts
            if len(p)
        ),
    ]
    end = pd.concat(seen, ignore_index=True).groupby("patient_id")["month"].max()
    end = end.fillna(cohort.patients["duration_months"]).reindex(cohort.patients.index)
    end = end.fillna(cohort.patients["duration_months"])
    known = end[end > 0]
    return _rows(known.index, 0.0, known)


def _dose_unknown(doses: pd.DataFrame, followed: pd.DataFrame, stops: pd.DataFrame) -> pd.DataFrame:
    """From month 0 to the first dose that is recorded, else to the stop, else to the last
    record.
    """
    first = _first(doses)
    end = (
        followed["patient_id"]
        .map(first)
        .fillna(followed["patient_id"].map(_first(stops)))
        .fillna(followed["end_month"])
    )
    return _rows(followed["patient_id"], 0.0, end.astype("float64"))[
        lambda rows: rows["end_month"] > 0
    ]


def _first(rows: pd.DataFrame) -> pd.Series:
    return rows.groupby("patient_id")["start_month"].min().astype("float64")


def _rows(
    patients: pd.Series | pd.Index,
    start: object,
    end: object,
    value: object = float("nan"),
    unit: str = "",
    detail: object = "",
) -> pd.DataFrame:
    of = {"start_month": start, "end_month": end, "value": value, "detail": detail}
    plain = {
        name: column.to_numpy() if isinstance(column, pd.Series) else column
        for name, column in of.items()
    }
    return pd.DataFrame(
        {"patient_id": list(patients), "unit": unit, **plain}, columns=["patient_id", "unit", *of]
    )


def _ordered(rows: pd.DataFrame, followed: pd.DataFrame) -> pd.DataFrame:
    order = {name: place for place, name in enumerate(class_order())}
    end = rows["patient_id"].map(followed.set_index("patient_id")["end_month"])
    keys = rows.assign(_class=rows["response"].map(order), _end=-end.astype("float64").fillna(0.0))
    return keys.sort_values(
        ["_class", "_end", "patient_id", "kind", "start_month", "value"], kind="stable"
    ).drop(columns=["_class", "_end"])
