"""Transfusions, chelation, aspirin, adverse events and routine laboratory values of the 2024
sample.

All of it is invented but for the counts in the text, the 13 printed reductions and Table 8.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.sample_cohort.cohort_2024_blood import MONTHS
from tools.sample_cohort.cohort_2024_roster import OTHER, WITHDRAWN
from tools.sample_cohort.paper_figures import printed_cells
from tools.sample_cohort.sheet_writing import three_months

WINDOW, PERIOD = 3, 24  # months compared by the response rules; months recorded before and after
LAB_MONTHS = (0, 6, 12, 24)
REDUCTION_CUTS = (25.0, 50.0)


def _text_value(row: str, statistic: str = "count") -> float:
    return next(
        c.value
        for c in printed_cells(2024)
        if c.item.startswith("text: ") and c.row == row and c.statistic == statistic
    )


# ------------------------------------------------------------------ transfusions


def transfusions(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Totals of 24 months before and after, and month totals −2 … 24 (column m ends at month m)."""
    out = pd.DataFrame(index=patients.index, dtype=float)
    totals = _printed_totals(patients, rng)
    tdt = patients.index[patients["phenotype"] == "TDT"]
    courses = {row: _course(patients.loc[row], totals.get(row), rng) for row in tdt}
    for month in range(1 - WINDOW, PERIOD + 1):
        out[f"month {month}"] = pd.Series(
            {row: months.get(month, np.nan) for row, (_, months) in courses.items()}
        )
    out["before"] = pd.Series({row: before for row, (before, _) in courses.items()})
    out["after"] = out[[f"month {month}" for month in range(1, PERIOD + 1)]].sum(axis=1)
    out.loc[patients["withdrawn_month"].notna(), "after"] = np.nan
    out.loc[patients["phenotype"] == "NTDT", ["before", "after"]] = 0.0
    out["reduction"] = patients["reduction"].fillna(
        (100 * (1 - out["after"] / out["before"])).round(1)
    )
    return out


def _printed_totals(patients: pd.DataFrame, rng: np.random.Generator) -> dict[int, tuple[int, int]]:
    """Whole units before and after whose reduction prints as in Table 3, patient by patient, on
    average and in all.
    """
    rows = patients.index[patients["reduction"].notna()]
    choices = {row: _pairs(patients.at[row, "reduction"]) for row in rows}
    wanted = _text_value("total transfusion volume reduction", "percent")
    while True:
        totals = {row: pairs[int(rng.integers(len(pairs)))] for row, pairs in choices.items()}
        before, after = np.array(list(totals.values())).T
        whole, by_patient = 1 - after.sum() / before.sum(), (1 - after / before).mean()
        if round(100 * whole, 1) == round(100 * by_patient, 1) == wanted:
            return totals


def _pairs(reduction: float) -> list[tuple[int, int]]:
    pairs = [(b, round(b * (1 - reduction / 100))) for b in range(44, 97)]
    return [(b, a) for b, a in pairs if abs(100 * (b - a) / b - reduction) < 0.049]


def _course(
    patient: pd.Series, total: tuple[int, int] | None, rng: np.random.Generator
) -> tuple[int, dict[int, float]]:
    """Units of the 24 months before, and month -> units from the last three of them on."""
    before = total[0] if total else int(rng.integers(36, 73))
    early = round(before / 4) / 2
    if total:
        early, late = _windows(*total, patient["reduction"])
        after = [units for window in late for units in three_months(window, rng)]
    elif patient["group"] == WITHDRAWN:
        after = (three_months(early, rng) * 2)[: int(patient["withdrawn_month"])]
    else:
        after = [2.0 if month < patient["free_from"] else 0.0 for month in range(1, PERIOD + 1)]
    return before, dict(
        zip(range(1 - WINDOW, PERIOD + 1), three_months(early, rng) + after, strict=False)
    )


def _windows(before: int, after: int, reduction: float) -> tuple[float, list[float]]:
    """Three months before, and the eight windows after: every window has the printed class.

    The windows share the printed total as evenly as half units allow, the larger ones first.
    """

    def band(percent: float) -> int:
        return sum(percent >= cut for cut in REDUCTION_CUTS)

    share, more = divmod(2 * after, PERIOD // WINDOW)
    late = [share + 1] * more + [share] * (PERIOD // WINDOW - more)

    def fits(early: int) -> bool:
        less = [100 * (early - halves) / early for halves in late]
        return all(band(p) == band(reduction) and p not in REDUCTION_CUTS for p in less)

    rate = before / 4  # half units in three months
    early = min((h for h in range(4, 60) if fits(h)), key=lambda h: abs(h - rate))
    return early / 2, [halves / 2 for halves in late]


# ------------------------------------------------------------------ treatments


def chelation(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """One chelator each; it stops where Table 8 says, or with the patient's withdrawal."""
    drug = np.where(rng.random(len(patients)) < 0.7, "deferasirox", "deferoxamine")
    return pd.DataFrame(
        {"chelator": drug, "start": 0.0, "stop": patients["chelation_stop"]}, index=patients.index
    )


def aspirin(patients: pd.DataFrame, platelets: pd.DataFrame) -> pd.DataFrame:
    """Aspirin after splenectomy, stopped at the first visit on treatment with platelets below
    500.
    """
    spleen_out = patients["splenectomy"] == "yes"
    low = platelets.drop(columns=0) < 500
    stop = low.idxmax(axis=1).where(low.any(axis=1)).astype(float)
    return pd.DataFrame(
        {
            "drug": np.where(spleen_out, "aspirin", None),
            "start": np.where(spleen_out, 0.0, np.nan),
            "stop": stop.where(spleen_out),
        },
        index=patients.index,
    )


# ------------------------------------------------------------------ adverse events

EVENTS = (
    ("facial oedema", "mild eyelid/facial edema", 1, "none"),
    ("rash", "rash: disappeared", 1, "antihistamine"),
    ("joint pain", "joint swelling and pain", 1, "none"),
    ("drowsiness", "drowsiness", 1, "none"),
    ("constipation", "constipation", 1, "laxative"),
)


def adverse_events(
    patients: pd.DataFrame, rng: np.random.Generator
) -> dict[int, list[tuple[str, int, int, str]]]:
    """Patient row -> (event, month, grade, action), at most two each, in the printed numbers."""
    events: dict[int, list[tuple[str, int, int, str]]] = {row: [] for row in patients.index}
    for row in patients.index[patients["withdrawal_reason"].isin(["rash", "menstrual disorder"])]:
        reason, month = (
            patients.at[row, "withdrawal_reason"],
            int(patients.at[row, "withdrawn_month"]),
        )
        events[row].append((reason, month, 3 if reason == "rash" else 2, "drug withdrawn"))
    stayed = list(patients.index[patients["withdrawn_month"].isna()])
    for event, printed_row, grade, action in EVENTS:
        open_rows = [row for row in stayed if len(events[row]) < 2]
        for row in sorted(rng.choice(open_rows, int(_text_value(printed_row)), replace=False)):
            events[int(row)].append((event, int(rng.choice([1, 1, 2, 3])), grade, action))
    return events


def reduced_dose(patients: pd.DataFrame, events: dict) -> int:
    """The patient whose drowsiness is answered by half the dose from month 12 (Methods allow
    it).
    """
    drowsy = [row for row, own in events.items() if any(event == "drowsiness" for event, *_ in own)]
    row = next(
        r
        for r in drowsy
        if patients.at[r, "dose"] == 50.0 and patients.at[r, "origin"] == "synthetic"
    )
    events[row] = [
        (e, 9, 2, "dose reduced") if e == "drowsiness" else (e, m, g, a)
        for e, m, g, a in events[row]
    ]
    return row


def doses(patients: pd.DataFrame, halved: int) -> pd.DataFrame:
    """mg/day at each visit; blank after withdrawal."""
    out = pd.DataFrame({month: patients["dose"] for month in MONTHS})
    out.loc[halved, [m for m in MONTHS if m >= 12]] /= 2
    for month in MONTHS:
        out[month] = out[month].where(~(patients["withdrawn_month"] < month))
    return out


# ------------------------------------------------------------------ laboratory


def laboratory(
    patients: pd.DataFrame, hb: pd.DataFrame, rng: np.random.Generator
) -> dict[str, pd.DataFrame]:
    """Blood counts, ALT and bilirubin at 0, 6, 12 and 24 months, loosely tied to Hb and spleen."""
    n, spleen_out = len(patients), (patients["splenectomy"] == "yes").to_numpy()
    mch, alt0, bilirubin0 = (
        rng.normal(21.5, 1.8, n),
        rng.lognormal(3.3, 0.45, n),
        rng.lognormal(4.0, 0.35, n),
    )
    white0 = np.where(spleen_out, rng.lognormal(2.6, 0.3, n), rng.lognormal(1.9, 0.25, n))
    platelet0 = np.where(
        spleen_out, rng.lognormal(6.5, 0.22, n), rng.lognormal(5.5, 0.25, n).clip(max=480)
    )
    out: dict[str, pd.DataFrame] = {
        name: pd.DataFrame(index=patients.index) for name in LAB_DECIMALS
    }
    for month in LAB_MONTHS:
        on = hb[month].notna().to_numpy()
        rise = np.nan_to_num((hb[month] - hb[0]).to_numpy()) / 30
        white = white0 * np.exp(rng.normal(-0.12 * (month > 0), 0.12, n))
        values = {
            "RBC": hb[month].to_numpy() / (mch + rng.normal(-0.2 * (month > 0), 0.5, n)),
            "MCH": mch,
            "WBC": white,
            "Neutrophils": white * rng.normal(0.52, 0.05, n),
            "Platelets": platelet0 * np.exp(rng.normal(-0.1 * (month > 0), 0.1, n)),
            "ALT": alt0 * np.exp(rng.normal(0, 0.2, n)),
            "Total bilirubin": bilirubin0 * np.exp(-0.15 * rise + rng.normal(0, 0.12, n)),
        }
        values["MCH"] = hb[month].to_numpy() / values["RBC"]
        for name, column in values.items():
            out[name][month] = np.where(on, np.round(column, LAB_DECIMALS[name]), np.nan)
    return out


LAB_DECIMALS = {
    "RBC": 2,
    "MCH": 1,
    "WBC": 1,
    "Neutrophils": 1,
    "Platelets": 0,
    "ALT": 0,
    "Total bilirubin": 1,
}
LAB_UNITS = {
    "RBC": "10^12/L",
    "MCH": "pg",
    "WBC": "10^9/L",
    "Neutrophils": "10^9/L",
    "Platelets": "10^9/L",
    "ALT": "U/L",
    "Total bilirubin": "µmol/L",
}


def minor_fractions(
    patients: pd.DataFrame, hbf: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """HbA2 at baseline, and HbE in carriers of βE."""
    rest = 100 - hbf[0]
    a2 = (rest * rng.normal(0.03, 0.005, len(patients))).clip(lower=0.8)
    carrier = patients["genotype"].fillna("").str.contains("EM")
    hbe = (rest * rng.uniform(0.25, 0.45, len(patients))).where(carrier)
    return pd.DataFrame({"HbA2": a2.round(1), "HbE": hbe.round(1)})


def withdrawn_values(
    patients: pd.DataFrame,
    hb: pd.DataFrame,
    hbf: pd.DataFrame,
    sf: pd.DataFrame,
    rng: np.random.Generator,
) -> None:
    """The four who stopped: values at their visits until then, all invented."""
    for row in patients.index[patients["group"] == WITHDRAWN]:
        start = {0: rng.normal(78, 6), 1: rng.normal(6, 5), 2: rng.lognormal(8.2, 0.4)}
        for month in MONTHS:
            if month > patients.at[row, "withdrawn_month"]:
                break
            hb.loc[row, month] = round(start[0] + 4 * month + rng.normal(0, 2))
            hbf.loc[row, month] = round(max(start[1], 0.8) + 5 * month, 1)
            sf.loc[row, month] = round(start[2] * (1 - 0.01 * month))


def free_from(patients: pd.DataFrame) -> pd.Series:
    return patients["free_from"].where(patients["group"] != OTHER)
