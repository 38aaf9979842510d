"""Printed figures against a sample sheet: what a cell comes to, and whether it prints the same."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats

from tests.sample_cohort.reasons import reason_by_id
from thal_core.audit.printed import Printed
from tools.sample_cohort.paper_figures import half_unit

HEADER = [
    "id",
    "paper",
    "item",
    "row",
    "group",
    "month",
    "statistic",
    "printed",
    "shown",
    "sample",
    "reason",
    "audit_verdict",
    "audit_why",
]


def read_sheet(path: Path) -> pd.DataFrame:
    sheet = pd.read_csv(path, encoding="utf-8-sig")
    return sheet.rename(columns=lambda name: name.split(" (")[0]).copy()


def compare_groups(values: pd.Series, first: pd.Series, second: pd.Series) -> dict[str, float]:
    """n, mean, SD of two groups; difference first − second, its standard error, Student's P."""
    a, b = values[first].dropna(), values[second].dropna()
    found = stats.ttest_ind(a, b)
    pooled = ((len(a) - 1) * a.var() + (len(b) - 1) * b.var()) / (len(a) + len(b) - 2)
    return {
        "n1": len(a),
        "mean1": a.mean(),
        "sd1": a.std(),
        "n2": len(b),
        "mean2": b.mean(),
        "sd2": b.std(),
        "mean_diff": a.mean() - b.mean(),
        "se": np.sqrt(pooled * (1 / len(a) + 1 / len(b))),
        "p": float(found.pvalue),
    }


def compare_pairs(before: pd.Series, after: pd.Series) -> dict[str, float]:
    """n, means, SDs and the paired t test of the complete pairs."""
    known = before.notna() & after.notna()
    a, b = before[known], after[known]
    change = a - b
    return {
        "n": len(a),
        "mean_before": a.mean(),
        "sd_before": a.std(),
        "mean_after": b.mean(),
        "sd_after": b.std(),
        "mean_diff": change.mean(),
        "sd_diff": change.std(),
        "se": change.sem(),
        "p": float(stats.ttest_rel(a, b).pvalue) if len(a) > 1 else np.nan,
    }


def figure(cell: Printed) -> float:
    """The printed number; of an interquartile range its width."""
    if cell.statistic == "iqr":
        low, high = cell.printed.split("-")
        return float(high) - float(low)
    return cell.value


def prints_as(cell: Printed, value: float, strict: bool) -> bool:
    """Does the value print as the cell does? ``strict``: trailing zeros are taken as dropped
    (SPSS).
    """
    if value is None or np.isnan(value):
        return False
    if cell.operator == "<":
        return value < cell.value
    if cell.operator == ">":
        return value > cell.value
    half = half_unit(cell.statistic if strict else "", cell.printed)
    return abs(value - figure(cell)) <= half + 1e-9


def differing(year: int, cells: dict[Printed, float], shown: pd.DataFrame) -> pd.DataFrame:
    """One row per printed figure that the program does not give from the sample, with the reason.

    cells: what the sheet holds. shown: what the program shows beside the print (the result
    ``published``; by id), with the audit's verdict on the printed figure itself. Where the program
    has no such cell the sheet's own value counts.
    """
    rows = []
    for c, in_sheet in cells.items():
        beside = shown.loc[c.id] if c.id in shown.index else None
        value = in_sheet if beside is None else float(beside["computed"])
        if not prints_as(c, value, strict=year == 2024):
            rows.append(_row(c, in_sheet, value, beside))
    return pd.DataFrame(rows, columns=HEADER)


def _row(c: Printed, in_sheet: float, shown: float, beside: pd.Series | None) -> list[str]:
    verdict = ("", "") if beside is None else beside[["audit_verdict", "audit_why"]].fillna("")
    return [
        *(c.id, c.paper, c.item, c.row, c.group, c.timepoint_months, c.statistic),
        c.operator.strip("=") + c.printed,
        "" if beside is None else f"{shown:.6g}",
        f"{in_sheet:.6g}",
        reason_by_id().get(c.id, ""),
        *verdict,
    ]
