"""data/sample_cohort.csv: 52 patients after Yang WJ 2024, one row each, as a clinic might keep
it.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.sample_cohort.cohort_2024_blood import MONTHS, haemoglobin
from tools.sample_cohort.cohort_2024_course import (
    LAB_DECIMALS,
    LAB_MONTHS,
    LAB_UNITS,
    adverse_events,
    aspirin,
    chelation,
    doses,
    free_from,
    laboratory,
    minor_fractions,
    reduced_dose,
    transfusions,
    withdrawn_values,
)
from tools.sample_cohort.cohort_2024_markers import ferritin, fetal_haemoglobin
from tools.sample_cohort.cohort_2024_roster import GUILIN, roster
from tools.sample_cohort.sheet_writing import event_columns, yes_no

SEED = 2024
FOLLOW_UP = 24


def sample_2024() -> pd.DataFrame:
    """The sheet, every cell as it is written."""
    rng = np.random.default_rng(SEED)
    patients = roster(rng)
    hb = haemoglobin(patients, rng)
    hbf = fetal_haemoglobin(patients, hb, rng)
    sf = ferritin(patients, rng)
    withdrawn_values(patients, hb, hbf, sf, rng)
    labs = laboratory(patients, hb, rng)
    events = adverse_events(patients, rng)
    dose = doses(patients, reduced_dose(patients, events))
    sheet = _patient_columns(patients, transfusions(patients, rng), rng)
    series: dict[str, object] = {}
    for month in MONTHS:
        series[f"Hb_{month}M (g/L)"] = hb[month].round()
        series[f"HbF_{month}M (%)"] = hbf[month].map("{:.1f}".format, na_action="ignore")
        series[f"Ferritin_{month}M (ng/mL)"] = sf[month]
        series[f"Dose_{month}M (mg/day)"] = dose[month]
    for name, values in minor_fractions(patients, hbf, rng).items():
        series[f"{name}_0M (%)"] = values.map("{:.1f}".format, na_action="ignore")
    for name, decimals in LAB_DECIMALS.items():
        for month in LAB_MONTHS:
            written = labs[name][month].map(f"{{:.{decimals}f}}".format, na_action="ignore")
            series[f"{name}_{month}M ({LAB_UNITS[name]})"] = written
    treatments = _treatment_columns(patients, labs["Platelets"], rng)
    return pd.concat([sheet, pd.DataFrame(series), treatments, event_columns(events, 3)], axis=1)


def _patient_columns(
    patients: pd.DataFrame, blood: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    ntdt, stayed = patients["phenotype"] == "NTDT", patients["withdrawn_month"].isna()
    columns = {
        "patient_id": patients["patient_id"],
        "origin": patients["origin"],
        "center": GUILIN,
        "sex": patients["sex"],
        "age (years)": patients["age"],
        "weight (kg)": patients["weight"],
        "phenotype": patients["phenotype"],
        "splenectomy": patients["splenectomy"],
        "splenectomy_month": np.nan,
        "genotype": patients["genotype"],
        "alpha genotype": np.where(rng.random(len(patients)) < 0.12, "-α3.7/αα", "αα/αα"),
        "transfusion_units_before": blood["before"],
        "transfusion_months_before": FOLLOW_UP,
        "transfusion_units_after": blood["after"],
        "transfusion_months_after": np.where(stayed, FOLLOW_UP, np.nan),
        "transfusion_reduction_percent": blood["reduction"].where(stayed & ~ntdt),
        "transfusion_free_from_month": free_from(patients),
        "duration_months": patients["withdrawn_month"].fillna(FOLLOW_UP),
        "withdrawn_month": patients["withdrawn_month"],
        "withdrawal_reason": patients["withdrawal_reason"],
        "facial_change": yes_no(rng.random(len(patients)) < 0.7, stayed),
        "fatigue_improved": yes_no(rng.random(len(patients)) < 0.88, stayed),
    }
    months = {f"Transfusion_{m.split()[1]}M (U)": blood[m] for m in blood if m.startswith("month ")}
    return pd.DataFrame({**columns, **months})


def _treatment_columns(
    patients: pd.DataFrame, platelets: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    chelator, antithrombotic = chelation(patients, rng), aspirin(patients, platelets)
    return pd.DataFrame(
        {
            "chelator": chelator["chelator"],
            "chelator_start_month": chelator["start"],
            "chelator_stop_month": chelator["stop"],
            "antithrombotic": antithrombotic["drug"],
            "antithrombotic_start_month": antithrombotic["start"],
            "antithrombotic_stop_month": antithrombotic["stop"],
        }
    )
