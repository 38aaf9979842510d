"""data/sample_cohort_2020.csv: 71 invented patients after Yang K 2020, of whom 62 are evaluable."""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.sample_cohort.cohort_2020_blood import (
    ANALYTES,
    MONTHS,
    analyte,
    haemoglobin,
    starts,
    subsets,
)
from tools.sample_cohort.cohort_2020_course import (
    course,
    free_from,
    monthly_transfusions,
    spleen_sizes,
    toxicity,
    yearly_transfusions,
)
from tools.sample_cohort.cohort_2020_hbf import hbf
from tools.sample_cohort.cohort_2020_roster import CENTRES, roster
from tools.sample_cohort.paper_figures import printed_cells
from tools.sample_cohort.sheet_writing import event_columns

SEED = 4
HEADERS = {  # analyte -> header with {month}, decimals
    "HbF": ("HbF_{}M (%)", 1),
    "SF": ("Ferritin_{}M (ng/mL)", 1),
    "RBC": ("RBC_{}M (10^12/L)", 2),
    "MCV": ("MCV_{}M (fL)", 1),
    "MCH": ("MCH_{}M (pg)", 1),
    "MCHC": ("MCHC_{}M (g/L)", 1),
    "NRBC": ("NRBC_{}M (/100 WBC)", 1),
    "Ret": ("Reticulocytes_{}M (%)", 1),
    "TBIL": ("Total bilirubin_{}M (µmol/L)", 1),
    "IBIL": ("Indirect bilirubin_{}M (µmol/L)", 1),
    "LDH": ("LDH_{}M (U/L)", 0),
}
ROUTINE = {  # header, log mean, log SD, decimals
    "WBC_{}M (10^9/L)": (2.2, 0.35, 1),
    "Platelets_{}M (10^9/L)": (5.8, 0.35, 0),
    "ALT_{}M (U/L)": (3.2, 0.4, 0),
    "Creatinine_{}M (µmol/L)": (3.8, 0.2, 0),
}


def stream(name: str) -> np.random.Generator:
    """A source of its own for each part, so that a change in one part leaves the others as they
    are.
    """
    return np.random.default_rng([SEED, *name.encode()])


def sample_2020() -> pd.DataFrame:
    """The sheet, every cell as it is written; rows in a seeded order."""
    frame = roster(stream("roster"))
    solved = haemoglobin(frame, stream("Hb"))
    values = _analytes(frame, solved)
    rng = stream("course")
    hb, dose = course(frame, solved, rng)
    yearly = yearly_transfusions(frame, rng)
    series = {
        f"Transfusion_{m}M (U)": units
        for m, units in monthly_transfusions(frame, yearly, rng).items()
    }
    for month in sorted(hb.columns):
        series |= {f"Hb_{month}M (g/L)": hb[month], f"Dose_{month}M (mg/day)": dose[month]}
    for name, (header, decimals) in HEADERS.items():
        rounded = np.round(values[name], decimals)
        series |= {
            header.format(m): pd.Series(rounded[:, k], index=frame.index)
            for k, m in enumerate(MONTHS)
        }
    series |= {f"Spleen area_{m}M (cm2)": size for m, size in spleen_sizes(frame, rng).items()}
    routine = _routine(frame, rng)
    treatments = _treatments(frame, routine["Platelets_0M (10^9/L)"], rng)
    parts = [
        _patient_columns(frame, yearly),
        pd.DataFrame(series),
        routine,
        treatments,
        event_columns(toxicity(frame, rng), 1),
    ]
    sheet = pd.concat(parts, axis=1)
    sheet = pd.concat([sheet, _left_out(rng)], ignore_index=True).dropna(axis=1, how="all")
    sheet = sheet.iloc[rng.permutation(len(sheet))].reset_index(drop=True)
    ids = pd.Series([f"P{number:03d}" for number in range(1, len(sheet) + 1)], name="patient_id")
    return pd.concat([ids, sheet], axis=1)


def _analytes(frame: pd.DataFrame, solved: np.ndarray) -> dict[str, np.ndarray]:
    done = {"HbF": hbf(frame, subsets(frame, "HbF", stream("HbF rows")), stream("HbF"))}
    start = starts(frame, solved, stream("starts"))
    members: dict = {}
    for name in ANALYTES:
        ceiling = (
            np.where(np.isnan(done["TBIL"]), 220.0, done["TBIL"] - 2.0) if name == "IBIL" else None
        )
        members = (
            members if name == "IBIL" else subsets(frame, name, stream(f"{name} rows"))
        )  # IBIL: those with TBIL
        done[name] = analyte(name, frame, start[name](done), members, stream(name), ceiling)
    return done


def _patient_columns(frame: pd.DataFrame, yearly: np.ndarray) -> pd.DataFrame:
    tdt = frame["phenotype"] == "TDT"
    before, after = pd.Series(0.0, index=frame.index), pd.Series(0.0, index=frame.index)
    before[tdt], after[tdt] = yearly[:, 0], yearly[:, 1] / 2
    return pd.DataFrame(
        {
            "origin": "synthetic",
            "center": frame["center"],
            "sex": frame["sex"],
            "age (years)": frame["age"],
            "weight (kg)": frame["weight"],
            "phenotype": frame["phenotype"],
            "splenectomy": frame["splenectomy"],
            "transfusion_units_before": before,
            "transfusion_months_before": 12,
            "transfusion_units_after": after,
            "transfusion_months_after": 3,
            "transfusion_reduction_percent": (100 * (1 - 4 * after / before)).round(1).where(tdt),
            "transfusion_free_from_month": free_from(frame),
            "duration_months": frame["duration"],
            "withdrawn_month": frame["stop"],
            "withdrawal_reason": frame["reason"],
            "facial_change": frame["facial_change"],
            "fatigue_improved": frame["fatigue_improved"],
        }
    )


def _routine(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Counts, ALT and creatinine, which did not change (text): invented, at 0, 3 and 12 months."""
    spleen_out = (frame["splenectomy"] == "yes").to_numpy()
    columns = {}
    for header, (mean, sd, decimals) in ROUTINE.items():
        higher = 0.6 * spleen_out if header.startswith(("WBC", "Platelets")) else 0.0
        level = rng.normal(mean, sd, len(frame)) + higher
        for month in (0, 3, 12):
            column = np.round(np.exp(level + rng.normal(0, 0.1, len(frame))), decimals)
            columns[header.format(month)] = np.where(frame["followed"] >= month, column, np.nan)
    return pd.DataFrame(columns, index=frame.index)


def _treatments(
    frame: pd.DataFrame, platelets: pd.Series, rng: np.random.Generator
) -> pd.DataFrame:
    """Aspirin after splenectomy or with platelets above 500 (Methods); a chelator for a third."""
    aspirin = (frame["splenectomy"] == "yes") | (platelets > 500)
    chelated = rng.random(len(frame)) < 0.33
    drug = rng.choice(["deferasirox", "deferiprone", "deferoxamine"], len(frame))
    return pd.DataFrame(
        {
            "chelator": np.where(chelated, drug, None),
            "chelator_start_month": np.where(chelated, 0.0, np.nan),
            "antithrombotic": np.where(aspirin, "aspirin", None),
            "antithrombotic_start_month": np.where(aspirin, 0.0, np.nan),
            "antithrombotic_stop_month": frame["stop"].where(aspirin),
        },
        index=frame.index,
    )


def _left_out(rng: np.random.Generator) -> pd.DataFrame:
    """The 9 of 71 without a result: six treated for less than 3 months, three never seen again."""
    counts = {
        c.row: int(c.printed)
        for c in printed_cells(2020)
        if c.item == "text: Results, opening" and c.statistic == "count"
    }
    short, lost = counts["treated less than 3 months"], counts["no follow-up data"]
    n = short + lost
    tdt = rng.random(n) < 0.4
    stop = np.where(np.arange(n) < short, np.round(rng.uniform(1, 2.8, n), 1), np.nan)
    hb = np.round(np.where(tdt, rng.normal(62, 9, n), rng.normal(68, 9, n)))
    return pd.DataFrame(
        {
            "origin": "synthetic",
            "center": rng.choice(CENTRES, n),
            "sex": rng.choice(["male", "female"], n),
            "age (years)": rng.integers(15, 45, n),
            "weight (kg)": np.round(rng.normal(50, 5, n), 1),
            "phenotype": np.where(tdt, "TDT", "NTDT"),
            "splenectomy": rng.choice(["yes", "no"], n),
            "transfusion_units_before": np.where(tdt, rng.integers(12, 30, n), 0).astype(float),
            "transfusion_months_before": 12,
            "duration_months": stop,
            "withdrawn_month": stop,
            "withdrawal_reason": np.where(
                np.arange(n) < short, "treated for less than 3 months", "lost to follow-up"
            ),
            "Hb_0M (g/L)": hb,
            "HbF_0M (%)": np.round(rng.uniform(8, 70, n), 1),
            "Dose_0M (mg/day)": 50.0,
            "Hb_1M (g/L)": np.where(stop >= 1, hb + np.round(rng.normal(6, 4, n)), np.nan),
            "Dose_1M (mg/day)": np.where(stop >= 1, 50.0, np.nan),
        }
    )
