"""Contributions of all tables → the frames of the cohort."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.genotype import parse_genotype
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import NOTE
from thal_core.intake.text.text_columns import blank_column, text_column
from thal_core.intake.values.contributions import Harvest
from thal_core.intake.values.course import first_and_last_dose, hb_timing, transfused
from thal_core.intake.values.deferred_units import settle_static, settle_visits
from thal_core.intake.values.drug_doses import doses_per_day
from thal_core.intake.values.patient_columns import as_boolean, one_value_each
from thal_core.intake.values.quantities import LISTED, Values
from thal_core.intake.values.transfusion_units import in_units, transfusion_frame, window_months
from thal_core.intake.values.visit_frame import mark_nominal, visit_frame
from thal_core.rules.catalogue import fields
from thal_core.vocabulary import BOOLEAN_COLUMNS, PATIENT_COLUMNS, TEXT_COLUMNS

_DUPLICATES = ("first", "last", "mean")


def assemble(context: Context, harvest: Harvest) -> dict[str, pd.DataFrame]:
    """The frames of ``make_cohort`` by name."""
    ids = context.ids
    chosen = context.setting("duplicates", "first")
    how = chosen if chosen in _DUPLICATES else "first"
    patients = _patients(context, harvest, ids, how)
    visits = visit_frame(context, harvest.visits, ids, how)
    visits = settle_visits(context, visits, harvest.visits, patients["weight_kg"])
    if patients["weight_kg"].isna().all() and "weight_kg" in visits:
        patients["weight_kg"] = (
            visits[visits["month"] <= 0].groupby("patient_id")["weight_kg"].first().reindex(ids)
        )
    transfusions = transfusion_frame(
        context, harvest.transfusions, ids, patients["weight_kg"].to_numpy()
    )
    events = _with_noted(
        _stack(harvest.events), _stack(harvest.noted_events), ["patient_id", "event"]
    )
    treatments = _stack(harvest.treatments)
    dosed = (
        visits.loc[visits["dose_mg_per_day"].notna(), ["patient_id"]]
        if "dose_mg_per_day" in visits
        else _stack([])
    )
    noted = _stack(harvest.noted_doses)
    treatments = pd.concat(
        [
            treatments,
            _without(_without(noted, dosed, ["patient_id"]), treatments, ["patient_id", "drug"]),
        ]
    )
    treatments, own_doses = doses_per_day(context, treatments, patients["weight_kg"])
    extra = _stack([*harvest.extra, own_doses])
    patients = first_and_last_dose(patients, visits)
    patients = _judged_tdt(context, patients, transfusions)
    _compare_classes(context, harvest, patients)
    if len(visits):
        visits = mark_nominal(visits.assign(hb_timing=hb_timing(visits, patients, transfusions)))
    return {
        "patients": patients,
        "visits": visits,
        "transfusions": transfusions,
        "treatments": treatments,
        "events": events,
        "extra": extra,
    }


def _patients(context: Context, harvest: Harvest, ids: pd.Index, how: str) -> pd.DataFrame:
    frame: dict[str, object] = {}
    weight = one_value_each(context, harvest.statics.pop("weight_kg", []), len(ids), np.nan, how)
    _settle_amounts(context, harvest, weight)
    frame["weight_kg"] = weight
    for name in (name for name in PATIENT_COLUMNS if name not in frame):
        text = name in TEXT_COLUMNS or name in BOOLEAN_COLUMNS
        found = harvest.statics.get(name, [])
        if not found:
            frame[name] = (
                blank_column(len(ids)) if name in TEXT_COLUMNS else np.full(len(ids), np.nan)
            )
            continue
        values = one_value_each(context, found, len(ids), "" if text else np.nan, how)
        frame[name] = (
            as_boolean(values)
            if name in BOOLEAN_COLUMNS
            else text_column(values)
            if text
            else values
        )
    return pd.DataFrame(frame, copy=False).set_axis(pd.Index(ids, name="patient_id"))


def _settle_amounts(context: Context, harvest: Harvest, weight: np.ndarray) -> None:
    """Doses per kg and transfusions in mL or per year in the canonical units, before the patients
    are put together.
    """
    for name in ("dose_start_mg_per_day", "dose_last_mg_per_day"):
        harvest.statics[name] = [
            (settle_static(context, v, p, weight), p) for v, p in harvest.statics.get(name, [])
        ]
    for side in ("before", "after"):
        settled = []
        for values, patients in harvest.statics.get(f"transfusion_units_{side}", []):
            units = Values(values.column, in_units(context, values, patients, weight))
            settled.append((units, patients))
            window = window_months(values)
            if np.isfinite(window):
                months = Values(values.column, np.where(np.isfinite(units.value), window, np.nan))
                harvest.statics.setdefault(f"transfusion_months_{side}", []).append(
                    (months, patients)
                )
        harvest.statics[f"transfusion_units_{side}"] = settled


def _judged_tdt(
    context: Context, patients: pd.DataFrame, transfusions: pd.DataFrame
) -> pd.DataFrame:
    """No phenotype but a transfusion quantity: TDT, with a note."""
    judged = patients["phenotype"].isna() & transfused(patients, transfusions)
    named = patients.index[judged]
    for patient in named[:LISTED]:
        context.findings.add(NOTE, "intake.judged_tdt", patient=patient)
    if len(named) > LISTED:
        context.findings.add(NOTE, "intake.judged_tdt_more", n=len(named) - LISTED)
    return patients.assign(phenotype=patients["phenotype"].mask(judged, "TDT"))


def _without(rows: pd.DataFrame, known: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows whose keys do not stand among ``known``."""
    if not len(rows) or not len(known):
        return rows
    seen = set(known[keys].itertuples(index=False, name=None))
    return rows[[key not in seen for key in rows[keys].itertuples(index=False, name=None)]]


def _with_noted(written: pd.DataFrame, noted: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """What columns state, and from the notes what the columns do not."""
    return pd.concat([written, _without(noted, written, keys)], ignore_index=True)


def _compare_classes(context: Context, harvest: Harvest, patients: pd.DataFrame) -> None:
    """A class that the sheet records beside its genotype is compared, never used."""
    rows = _stack(harvest.recorded_classes)
    if not len(rows):
        return
    said = rows["value"].map(
        {text: parse_genotype(text).beta_class for text in rows["value"].unique()}
    )
    rows = rows.assign(recorded=said).merge(
        patients[["beta_class", "beta_class_coarse"]], left_on="patient_id", right_index=True
    )
    known = (rows["recorded"] != "") & rows["beta_class"].notna()
    differs = rows[
        known
        & (rows["recorded"] != rows["beta_class"])
        & (rows["recorded"] != rows["beta_class_coarse"])
    ]
    for row in differs[:LISTED].itertuples():
        context.findings.add(
            NOTE,
            "intake.class_differs",
            patient=row.patient_id,
            recorded=row.recorded,
            computed=row.beta_class,
        )


def _stack(frames: list[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def nothing_measured(harvest: Harvest) -> bool:
    """Is there no quantity at all that an analysis could use?"""
    numbers = [
        name
        for name in harvest.statics
        if name in fields()
        and (fields()[name].kind in ("number", "month") or name in ("genotype", "phenotype"))
    ]
    useful = [
        values
        for name in numbers
        if name not in ("age_years", "weight_kg")
        for values, _ in harvest.statics[name]
    ]
    filled = any(
        (v.value != "").any() if v.value.dtype == object else np.isfinite(v.value).any()
        for v in useful
    )
    timed = any(
        (np.isfinite(t.values.value) & np.isfinite(t.month)).any()
        for t in (*harvest.visits, *harvest.transfusions)
        if t.values.value.dtype != object
    )
    return not (filled or timed or harvest.events)
