"""Transfusions, doses, visits between the printed months, withdrawal and toxicity of the 2020
sample.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from tools.sample_cohort.cohort_2020_blood import MONTHS
from tools.sample_cohort.moment_search import (
    Combination,
    allowing,
    exchanges,
    mean_of,
    mixed,
    paired_p_of,
    sd_of,
    search,
    shifts,
    singles,
    walker,
)
from tools.sample_cohort.paper_figures import cell, printed_cells
from tools.sample_cohort.sheet_writing import three_months

VISITS = (0, 1, 2, 3, 6, 9, 12, 18, 24)
LAST_MONTH = 24
SHORT = "text: Short-term follow-up"

# ------------------------------------------------------------------ transfusions (TDT)


def yearly_transfusions(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Per TDT row: whole units in the 12 months before, half units in the first 3 months of
    treatment.
    """
    classes = list(frame.loc[frame["phenotype"] == "TDT", "class_3"])
    n, rows = len(classes), list(range(len(classes)))
    start = np.column_stack([np.round(np.clip(rng.normal(21, 7, n), 9, 40)), np.zeros(n)])
    share = {"MaR": 0.0, "MiR": 0.35, "NR": 0.8}
    start[:, 1] = [
        round(2 * share[c] * before / 4) for c, before in zip(classes, start[:, 0], strict=True)
    ]
    before, after = Combination(rows, {0: 1.0}), Combination(rows, {1: 2.0})
    targets = [paired_p_of(Combination(rows, {0: 1.0, 1: -2.0}), 0.001, "<")]
    for combination, group in ((before, "TDT before"), (after, "TDT after")):
        for statistic, make in (("mean", mean_of), ("sd", sd_of)):
            targets.append(
                make(
                    combination,
                    cell(2020, SHORT, "yearly transfusions", group, statistic).value,
                    0.048,
                )
            )
    high = np.column_stack([np.full(n, 40.0), np.where(np.array(classes) == "MaR", 0.0, 20.0)])
    low = np.column_stack([np.full(n, 8.0), np.zeros(n)])
    cells = [(row, column) for row in rows for column in (0, 1)]
    moves = mixed(singles(cells, (low, high), 6.0), exchanges([(0, rows)], (low, high), 1.0, 8.0))
    return search(start, targets, allowing(moves, _in_class(classes)), walker(rng))


def window_before(before: float) -> float:
    """Units of the last three months before treatment, in half units."""
    return round(before / 4 * 2) / 2


def _in_class(classes: list[str]):
    """Reduction above 50 % for MiR and below 45 % for NR, by totals and by the three-month
    window.
    """

    def allowed(row: int, values: list[float]) -> bool:
        before, after = values[0] / 4, values[1] / 2
        kept = [after / before, after / window_before(values[0])]
        return {
            "MaR": after == 0,
            "MiR": after > 0 and max(kept) < 0.48,
            "NR": min(kept) > 0.55 and max(kept) < 0.95,
        }[classes[row]]

    return allowed


def monthly_transfusions(
    frame: pd.DataFrame, yearly: np.ndarray, rng: np.random.Generator
) -> pd.DataFrame:
    """Month totals −2 … 24 of TDT patients; after the drug is stopped, three months at the old
    rate.
    """
    out = pd.DataFrame(np.nan, index=frame.index, columns=range(-2, LAST_MONTH + 1))
    tdt = frame.index[frame["phenotype"] == "TDT"]
    for row, (before, half_units) in zip(tdt, yearly, strict=True):
        early, late = window_before(before), half_units / 2
        out.loc[row, [-2, -1, 0]] = three_months(early, rng)
        last = min(int(frame.at[row, "duration"]), LAST_MONTH)
        for first in range(1, LAST_MONTH + 1, 3):
            units = 0.0 if frame.at[row, "class_last"] == "MaR" and first > 6 else late
            out.loc[row, range(first, first + 3)] = three_months(units, rng)
        out.loc[row, range(last + 1, LAST_MONTH + 1)] = np.nan
        if not np.isnan(frame.at[row, "stop"]) and last < LAST_MONTH:
            after = range(last + 1, min(last + 4, LAST_MONTH + 1))
            out.loc[row, after] = three_months(early, rng)[: len(after)]
    return out


def free_from(frame: pd.DataFrame) -> pd.Series:
    free = pd.Series(np.nan, index=frame.index)
    tdt = frame["phenotype"] == "TDT"
    free[tdt & (frame["class_3"] == "MaR")] = 1
    free[tdt & (frame["class_3"] == "MiR") & (frame["class_last"] == "MaR")] = 6
    return free


# ------------------------------------------------------------------ dose and haemoglobin, visit by
# visit


def off_months(stop: float) -> list[int]:
    """Months with an Hb after withdrawal, away from the printed 12 and 24 months."""
    return {9: [10, 11], 23: [25, 27]}.get(int(stop), [int(stop) + 1, int(stop) + 3])


def dose_at(steps: dict[int, float], month: float) -> float:
    return steps[max(start for start in steps if start <= month)]


def visit_months(patient: pd.Series) -> list[int]:
    """On treatment the study's visits; around a change of dose or a stop a few more."""
    months = {month for month in VISITS if month <= patient["duration"]}
    if patient["class_3"] != "NR" and not np.isnan(patient["stop"]):
        months |= {int(patient["stop"]), *off_months(patient["stop"])}
    for change in list(patient["steps"])[1:]:
        months |= {m for m in (change, change + 1) if m <= patient["duration"] and m not in (1, 3)}
    if len(patient["steps"]) > 3:
        months |= {16, 20}
    return sorted(months)


def course(
    frame: pd.DataFrame, solved: np.ndarray, rng: np.random.Generator
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Hb (whole g/L) and dose (mg/day) at every visit month; no dose after withdrawal."""
    hb, dose = {}, {}
    for row, patient in frame.iterrows():
        known = {m: v for m, v in zip(MONTHS, solved[row], strict=True) if not np.isnan(v)}
        for month in visit_months(patient):
            off = not np.isnan(patient["stop"]) and month > patient["stop"]
            hb[row, month] = known.get(month) or _hb_between(patient, known, month, off, rng)
            dose[row, month] = np.nan if off else dose_at(patient["steps"], month)
    return pd.Series(hb).unstack(), pd.Series(dose).unstack()


def _hb_between(
    patient: pd.Series, known: dict[int, float], month: int, off: bool, rng: np.random.Generator
) -> float:
    """Along the solved months; back towards baseline without the drug; higher before a dose is
    cut.
    """
    if off:
        gain = max(known.values()) - known[0]
        share = 0.3 if month - patient["stop"] <= 2 else 0.05
        return float(round(known[0] + share * gain + rng.normal(0, 2)))
    value = float(np.interp(month, list(known), list(known.values())))
    if 0 < month < 3:
        value += 0.1 * (known[3] - known[0])
    steps = patient["steps"]
    if (
        len(steps) == 2
        and steps[0] == 50.0
        and min(steps.values()) == 25.0
        and 3 < month <= max(steps)
    ):
        value += 9.0
    if len(steps) > 3 and 15 < month <= 18:
        value = known[0] + (18.0 if month == 16 else 4.0)
    value = float(round(value + rng.normal(0, 2)))
    kept = patient["phenotype"] == "NTDT" and patient["class_last"] == "MaR" and month > max(known)
    return (
        max(value, known[0] + 21.0) if kept else value
    )  # the last visit on treatment is the last response


# ------------------------------------------------------------------ toxicity and what goes with it

GASTROINTESTINAL = (
    "constipation",
    "constipation",
    "nausea",
    "abdominal distension",
    "constipation",
)


def toxicity(
    frame: pd.DataFrame, rng: np.random.Generator
) -> dict[int, list[tuple[str, int, int, str]]]:
    """Ten patients with one event each, in the printed numbers."""
    events: dict[int, list[tuple[str, int, int, str]]] = {row: [] for row in frame.index}
    stopped = {frame.at[row, "reason"]: row for row in frame.index[frame["stop"].notna()]}
    events[stopped["constipation"]] = [("constipation", 3, 2, "drug withdrawn")]
    events[stopped["menstrual disorder"]] = [("menstrual disorder", 3, 2, "drug withdrawn")]
    events[stopped["peripheral neuropathy"]] = [("peripheral neuropathy", 18, 2, "drug withdrawn")]
    still = frame[frame["stop"].isna()]
    women = rng.permutation(still.index[still["sex"] == "female"])
    events[int(women[0])] = [("menstrual disorder", 2, 1, "none")]
    others = rng.permutation([row for row in still.index if row != women[0]])
    planned = [(event, "none") for event in GASTROINTESTINAL[:4]] + [("rash", "antihistamine")] * 2
    for row, (event, action) in zip(others, planned, strict=False):
        events[int(row)] = [(event, int(rng.integers(1, 4)), 1, action)]
    return events


def spleen_sizes(frame: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """cm² at 0 and 3 months of the 14 responders who have their spleen and were measured twice."""
    eligible = frame.index[(frame["splenectomy"] == "no") & (frame["class_3"] != "NR")]
    printed = {(c.group, c.statistic): c for c in printed_cells(2020) if c.row == "spleen size"}
    n = int(printed["nonsplenectomized responders", "n"].printed)
    chosen, rows = sorted(rng.choice(eligible, n, replace=False)), list(range(n))
    first = rng.normal(1100, 200, n)
    start = np.round(np.column_stack([first, first + rng.normal(46, 230, n)]))
    targets = [
        paired_p_of(
            Combination(rows, {0: 1.0, 1: -1.0}), printed["first vs second", "p"].value, "="
        )
    ]
    for column, which in enumerate(("first", "second")):
        combination = Combination(rows, {column: 1.0})
        for statistic, make in (("mean", mean_of), ("sd", sd_of)):
            value = printed[f"nonsplenectomized responders {which} value", statistic].value
            targets.append(make(combination, value * 10, 0.48))
    bounds = (np.full(start.shape, 500.0), np.full(start.shape, 2400.0))
    moves = mixed(
        singles([(r, c) for r in rows for c in (0, 1)], bounds, 150.0),
        shifts(rows, (0, 1), bounds, 150.0),
    )
    solved = search(np.clip(start, *bounds), targets, moves, walker(rng), warmth=0.2) / 10
    return pd.DataFrame(solved, index=chosen, columns=[0, 3]).reindex(frame.index)
