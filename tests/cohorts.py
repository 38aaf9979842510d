"""Small cohorts for tests, written as a person would say them."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from thal_core.cohort import Cohort, make_cohort
from thal_core.reader import read_cohort

ROOT = Path(__file__).parents[1]
THIRTEEN = ROOT / "tests" / "data" / "table3_2024.csv"


@lru_cache
def sample_cohort(year: int = 2024) -> Cohort:
    """One of the two sample cohorts, read once."""
    return read_cohort(
        ROOT / "data" / {2024: "sample_cohort.csv", 2020: "sample_cohort_2020.csv"}[year]
    )


@lru_cache
def thirteen_patients() -> Cohort:
    """The 13 printed patients, read once."""
    return read_cohort(THIRTEEN)


def cohort_of(*patients: dict[str, object]) -> Cohort:
    """One dict a patient: columns of ``patients``; ``hb={month: g/L}`` (or any analyte);
    ``units={month: U}``; ``dated=[(day, U)]`` transfusions; ``off={month}`` visits off the drug;
    ``events=[{…}]``; ``treatments=[{…}]``.
    """
    rows, visits, transfusions, events, treatments = [], [], [], [], []
    for number, patient in enumerate(patients, 1):
        patient = {"patient_id": str(number)} | patient
        name = str(patient["patient_id"])
        series = {
            k: patient.pop(k)
            for k in list(patient)
            if isinstance(patient[k], dict) and k != "units"
        }
        units, dated, off = (
            patient.pop("units", {}),
            patient.pop("dated", []),
            patient.pop("off", set()),
        )
        events += [{"patient_id": name} | e for e in patient.pop("events", [])]
        treatments += [{"patient_id": name} | t for t in patient.pop("treatments", [])]
        for month in sorted({m for values in series.values() for m in values}):
            values = {
                ("hb_g_per_l" if k == "hb" else k): v[month]
                for k, v in series.items()
                if month in v
            }
            visits.append(
                {
                    "patient_id": name,
                    "month": float(month),
                    "nominal": True,
                    "on_drug": month not in off,
                }
                | values
            )
        transfusions += [
            {"patient_id": name, "month": float(m), "units": float(u)} for m, u in units.items()
        ]
        transfusions += [
            {"patient_id": name, "month": d / 30.4375, "day": float(d), "units": float(u)}
            for d, u in dated
        ]
        rows.append(patient)
    return make_cohort(
        pd.DataFrame(rows),
        pd.DataFrame(visits, columns=None if visits else ["patient_id"]),
        pd.DataFrame(transfusions, columns=None if transfusions else ["patient_id"]),
        pd.DataFrame(treatments, columns=None if treatments else ["patient_id"]),
        pd.DataFrame(events, columns=None if events else ["patient_id"]),
    )
