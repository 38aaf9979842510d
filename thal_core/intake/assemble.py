"""Contributions of all tables → the frames of the cohort."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
import pandas as pd

from thal_core.genotype import parse_genotype
from thal_core.intake.ledger.issue_log import NOTE
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.text_columns import blank_column, text_column
from thal_core.intake.values.contributions import STATED_FREE, Contributions, PatientValues
from thal_core.intake.values.deferred_units import convert_static, convert_visits
from thal_core.intake.values.drug_doses import doses_per_day
from thal_core.intake.values.patient_columns import as_boolean, one_value_each
from thal_core.intake.values.quantities import LISTED, Values
from thal_core.intake.values.transfusion_units import (
    in_units,
    transfusion_frame,
    unit_volume,
    window_months,
)
from thal_core.intake.values.visit_frame import visit_frame
from thal_core.mapping import Mapping
from thal_core.rules.catalogue import fields
from thal_core.vocabulary import BOOLEAN_COLUMNS, PATIENT_COLUMNS, TEXT_COLUMNS

_DUPLICATES = ("first", "last", "mean")


def assemble(
    ledger: Ledger, found: Contributions, ids: pd.Index, mapping: Mapping
) -> dict[str, pd.DataFrame]:
    """The frames of ``make_cohort`` by name."""
    chosen = mapping.setting("duplicates", "first")
    duplicates = chosen if chosen in _DUPLICATES else "first"
    volume_ml = unit_volume(mapping)
    patients = _patients(ledger, found, ids, duplicates, volume_ml)
    visits = visit_frame(ledger, found.visits, ids, duplicates)
    visits = convert_visits(ledger, visits, found.visits, patients["weight_kg"])
    patients = _with_visit_weight(patients, visits)
    weight = patients["weight_kg"].to_numpy()
    transfusions = transfusion_frame(ledger, found.transfusions, ids, weight, volume_ml)
    treatments, own_doses = _treatments(ledger, found, visits, patients["weight_kg"])
    _report_other_classes(ledger, found, patients)
    return {
        "patients": patients,
        "visits": visits,
        "transfusions": transfusions,
        "treatments": treatments,
        "events": _events(found),
        "extra": _stack([*found.extra, own_doses]),
    }


def _with_visit_weight(patients: pd.DataFrame, visits: pd.DataFrame) -> pd.DataFrame:
    """Weight at baseline, where only visits tell it."""
    if "weight_kg" not in visits or patients["weight_kg"].notna().any():
        return patients
    baseline = visits[visits["month"] <= 0].groupby("patient_id")["weight_kg"].first()
    return patients.assign(weight_kg=baseline.reindex(patients.index))


def _events(found: Contributions) -> pd.DataFrame:
    """What columns state, and from the notes what the columns do not."""
    written = _stack(found.events)
    noted = _without(_stack(found.noted_events), written, ["patient_id", "event"])
    return pd.concat([written, noted], ignore_index=True)


def _treatments(
    ledger: Ledger, found: Contributions, visits: pd.DataFrame, weight_kg: pd.Series
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Treatments in mg per day, with the doses of notes where nothing else states them; and the
    doses kept as written.
    """
    stated = _stack(found.treatments)
    dosed = _stack([])
    if "dose_mg_per_day" in visits:
        dosed = visits.loc[visits["dose_mg_per_day"].notna(), ["patient_id"]]
    noted = _without(_stack(found.noted_doses), dosed, ["patient_id"])
    both = pd.concat([stated, _without(noted, stated, ["patient_id", "drug"])])
    return doses_per_day(ledger, both, weight_kg)


def _patients(
    ledger: Ledger, found: Contributions, ids: pd.Index, duplicates: str, volume_ml: float
) -> pd.DataFrame:
    n = len(ids)
    weight = one_value_each(ledger, found.of("weight_kg"), n, np.nan, duplicates)
    amounts = _amounts(ledger, found, weight, volume_ml)
    frame: dict[str, object] = {"weight_kg": weight}
    for name in (name for name in PATIENT_COLUMNS if name not in frame):
        found_values = amounts.get(name, found.of(name))
        frame[name] = _patient_column(ledger, name, found_values, n, duplicates)
    return pd.DataFrame(frame, copy=False).set_axis(pd.Index(ids, name="patient_id"))


def _patient_column(
    ledger: Ledger, name: str, found: list[PatientValues], n: int, duplicates: str
) -> object:
    text, boolean = name in TEXT_COLUMNS, name in BOOLEAN_COLUMNS
    if not found:
        return blank_column(n) if text else np.full(n, np.nan)
    values = one_value_each(ledger, found, n, "" if text or boolean else np.nan, duplicates)
    return as_boolean(values) if boolean else text_column(values) if text else values


def _amounts(
    ledger: Ledger, found: Contributions, weight: np.ndarray, volume_ml: float
) -> dict[str, list[PatientValues]]:
    """Doses per kg and transfusions in mL or per year in the canonical units, and the windows that
    transfusions count.
    """
    amounts = {
        name: [
            replace(one, values=convert_static(ledger, one.values, one.patient, weight))
            for one in found.of(name)
        ]
        for name in ("dose_start_mg_per_day", "dose_last_mg_per_day")
    }
    reductions = [*found.of(STATED_FREE), *found.of("transfusion_reduction_percent")]
    amounts["transfusion_reduction_percent"] = reductions
    for side in ("before", "after"):
        units, windows = f"transfusion_units_{side}", f"transfusion_months_{side}"
        amounts[units] = [_in_units(ledger, one, weight, volume_ml) for one in found.of(units)]
        amounts[windows] = [*found.of(windows), *map(_window, amounts[units])]
    return amounts


def _in_units(
    ledger: Ledger, one: PatientValues, weight: np.ndarray, volume_ml: float
) -> PatientValues:
    units = in_units(ledger, one.values, one.patient, weight, volume_ml)
    return replace(one, values=Values(one.values.column, units))


def _window(units: PatientValues) -> PatientValues:
    """The months that each of these totals counts, where the column itself names them."""
    window = window_months(units.values)
    months = np.where(np.isfinite(units.values.value), window, np.nan)
    return replace(units, values=Values(units.values.column, months))


def _without(rows: pd.DataFrame, known: pd.DataFrame, keys: list[str]) -> pd.DataFrame:
    """Rows whose keys do not stand among ``known``."""
    if not len(rows) or not len(known):
        return rows
    seen = set(known[keys].itertuples(index=False, name=None))
    return rows[[key not in seen for key in rows[keys].itertuples(index=False, name=None)]]


def _report_other_classes(ledger: Ledger, found: Contributions, patients: pd.DataFrame) -> None:
    """A class that the sheet records beside its genotype is compared, never used."""
    rows = _stack(found.recorded_classes)
    if not len(rows):
        return
    classes = {text: parse_genotype(text).beta_class for text in rows["value"].unique()}
    rows = rows.assign(recorded=rows["value"].map(classes)).merge(
        patients[["beta_class", "beta_class_coarse"]], left_on="patient_id", right_index=True
    )
    known = (rows["recorded"] != "") & rows["beta_class"].notna()
    differs = rows[
        known
        & (rows["recorded"] != rows["beta_class"])
        & (rows["recorded"] != rows["beta_class_coarse"])
    ]
    for row in differs[:LISTED].itertuples():
        ledger.report(
            NOTE,
            "intake.class_differs",
            patient=row.patient_id,
            recorded=row.recorded,
            computed=row.beta_class,
        )


def _stack(frames: Iterable[pd.DataFrame]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True) if filled else pd.DataFrame()


def nothing_measured(found: Contributions) -> bool:
    """Is there no quantity at all that an analysis could use?"""
    useful = [
        one.values.value
        for one in found.patients
        if one.field not in ("age_years", "weight_kg") and _is_quantity(one.field)
    ]
    timed = any(
        (np.isfinite(t.values.value) & np.isfinite(t.month)).any()
        for t in (*found.visits, *found.transfusions)
        if t.values.value.dtype != object
    )
    return not (any(map(_says_anything, useful)) or timed or found.events)


def _is_quantity(name: str) -> bool:
    kind = fields()[name].kind if name in fields() else ""
    return kind in ("number", "month") or name in ("genotype", "phenotype", STATED_FREE)


def _says_anything(values: np.ndarray) -> bool:
    return bool((values != "").any() if values.dtype == object else np.isfinite(values).any())
