"""Every printed figure of Yang K 2020 that is about its patients, from
data/sample_cohort_2020.csv.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from tests.sample_cohort.cells_2020_text import TEXT, pairs
from tests.sample_cohort.comparison import compare_groups
from thal_core.audit.printed import Printed
from tools.sample_cohort.paper_figures import printed_cells

PER_PRINTED = {"Hb": 0.1}  # the sheet has g/L, the paper g/dL
RULE = ("Methods", "confidence level")


def cells_2020(sheet: pd.DataFrame) -> dict[Printed, float]:
    """Printed figure -> what the sheet gives; rules and thresholds left out."""
    cohort = sheet.assign(tdt=sheet["phenotype"] == "TDT").copy()
    classes = pd.DataFrame(
        {
            f"response_{month}": [_response(row, month) for _, row in cohort.iterrows()]
            for month in (3, 12, 24)
        },
        index=cohort.index,
    )
    classes["last"] = classes.where(classes != "NE").ffill(axis=1)["response_24"]
    done = pd.concat([cohort, classes], axis=1)[classes["response_3"] != "NE"]
    out = {}
    for c in printed_cells(2020):
        if c.item.startswith(RULE) or c.row in RULE or c.statistic in ("threshold", "dose"):
            continue
        out[c] = float(_value(c, cohort, done))
    return out


def _response(patient: pd.Series, month: int) -> str:
    """The rule of 2020 at a month on treatment: NTDT by Hb, TDT by three months of transfusion."""
    if not patient["duration_months"] >= month:
        return "NE"
    if not patient["tdt"]:
        rise = patient[f"Hb_{month}M"] - patient["Hb_0M"]
        return "NE" if np.isnan(rise) else "MaR" if rise > 20 else "MiR" if rise >= 10 else "NR"
    before = sum(patient[f"Transfusion_{m}M"] for m in (-2, -1, 0))
    after = sum(patient[f"Transfusion_{m}M"] for m in range(month - 2, month + 1))
    return "MaR" if after == 0 else "MiR" if after <= before / 2 else "NR"


def _value(c: Printed, cohort: pd.DataFrame, done: pd.DataFrame) -> float:
    if c.item == "Table 1":
        return _table_1(c, done)
    if c.item == "Table 2":
        return _table_2(c, done)
    return TEXT[c.item.removeprefix("text: ").split(",")[0], c.row, c.group, c.statistic](
        cohort, done
    )


# ------------------------------------------------------------------ tables


def _table_1(c: Printed, done: pd.DataFrame) -> float:
    name, month = c.row.split()[0], int(c.row.split()[1][:-1])
    found = pairs(done, name, month, c.group.split()[0])
    if c.statistic in ("n", "p"):
        return found[c.statistic]
    return found[f"{c.statistic}_{c.group.split()[1]}"] * PER_PRINTED.get(name, 1.0)


LEVELS = {
    "Male": ("sex", "male"),
    "Female": ("sex", "female"),
    "NTDT": ("phenotype", "NTDT"),
    "TDT": ("phenotype", "TDT"),
    "Splenectomized": ("splenectomy", "yes"),
    "Nonsplenectomized": ("splenectomy", "no"),
}
MEASURES = {
    "Age": "age",
    "Duration of treatment": "duration_months",
    "Thalidomide dose": "Dose_0M",
    "Hemoglobin before Thalidomide": "Hb_0M",
    "Fetal Hemoglobin before Thalidomide": "HbF_0M",
}
SPLITS = {"Sex": "sex", "Phenotype": "phenotype", "Splenic status": "splenectomy"}


def _table_2(c: Printed, done: pd.DataFrame) -> float:
    main = done["last"] == "MaR"
    rows = done[main if c.group == "MaR" else ~main]
    if c.row == "header":
        return len(rows)
    if c.row in SPLITS:
        return stats.chi2_contingency(
            pd.crosstab(done[SPLITS[c.row]], main), correction=False
        ).pvalue
    if c.row in MEASURES:
        return _measure(c, done[MEASURES[c.row]], rows[MEASURES[c.row]], main)
    column, level = LEVELS[c.row.split(": ")[1]]
    count = (rows[column] == level).sum()
    return count if c.statistic == "count" else 100 * count / len(rows)


def _measure(c: Printed, every: pd.Series, own: pd.Series, main: pd.Series) -> float:
    if c.statistic == "p" and c.row == "Thalidomide dose":
        return stats.mannwhitneyu(every[main], every[~main], method="asymptotic").pvalue
    if c.statistic == "p":
        return compare_groups(every, main, ~main)["p"]
    if c.statistic == "iqr":
        return own.quantile(0.75) - own.quantile(0.25)
    return {"mean": own.mean, "sd": own.std, "median": own.median}[c.statistic]()
