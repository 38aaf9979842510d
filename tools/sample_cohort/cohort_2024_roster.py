"""Who is in the 2024 sample: the 13 printed patients, and 39 invented ones that fit the printed
counts.
"""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pandas as pd

from tools.sample_cohort.paper_figures import printed_cells

TABLE_3 = Path(__file__).resolve().parents[2] / "tests" / "data" / "table3_2024.csv"
TABLE_8 = Path(__file__).resolve().parents[2] / "tests" / "data" / "table8_2024.csv"
GUILIN = "Guilin"
OTHER, FAVOURABLE, WITHDRAWN = "other", "favourable", "withdrawn"


def roster(rng: np.random.Generator) -> pd.DataFrame:
    """One row per enrolled patient: origin, genotype, phenotype, group, age, sex, spleen, weight,
    dose.
    """
    rows = [*_printed_patients(), *_invented_patients(), *_withdrawn_patients()]
    frame = pd.DataFrame(rows)
    frame.insert(0, "patient_id", [f"P{number:03d}" for number in range(1, len(frame) + 1)])
    _seat_stopped_chelation(frame)
    _fill_ages(frame, rng)
    _fill_sexes(frame, rng)
    _fill_spleens(frame, rng)
    _fill_bodies(frame, rng)
    return frame


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def _printed_patients() -> list[dict]:
    return [
        {
            "origin": "real",
            "genotype": row["gene_type"],
            "phenotype": "TDT",
            "group": OTHER,
            "sex": row["sex"],
            "age": int(row["age_years"]),
            "class": row["efficacy_level"],
            "reduction": float(row["transfusion_reduction_percent"]),
            "number": int(row["number"]),
            **{f"hb_{m}": float(row[f"hb_{m}m_g_l"]) for m in (0, 1, 3, 6)},
        }
        for row in rows_of(TABLE_3)
    ]


def genotype_counts() -> dict[str, dict[str, int]]:
    """Table 1: genotype -> NTDT, TDT, free at 1 month, free at 3 months."""
    counts: dict[str, dict[str, int]] = {}
    for c in printed_cells(2024):
        if c.item != "Table 1" or c.row == "Amount to":
            continue
        phenotype = "NTDT" if "NTDT" in c.group else "TDT" if "TDT" in c.group else "total"
        counts.setdefault(c.row.split(" ", 1)[1], {})[phenotype + c.timepoint_months] = int(
            c.printed
        )
    return counts


def _invented_patients() -> list[dict]:
    rows = []
    for genotype, n in genotype_counts().items():
        favourable = n["TDT1"] + n["TDT3"] > 0 or n["TDT"] == 0
        rows += [
            {
                "genotype": genotype,
                "phenotype": "NTDT",
                "group": FAVOURABLE if favourable else OTHER,
            }
            for _ in range(n["NTDT"])
        ]
        free = [1] * n["TDT1"] + [3] * n["TDT3"]
        rows += [
            {"genotype": genotype, "phenotype": "TDT", "group": FAVOURABLE, "free_from": m}
            for m in free
        ]
    invented = [{"origin": "synthetic", "class": "MaR", **row} for row in rows]
    order = {(OTHER, "NTDT"): 0, (FAVOURABLE, "TDT"): 1, (FAVOURABLE, "NTDT"): 2}
    return sorted(invented, key=lambda row: order[row["group"], row["phenotype"]])


def _withdrawn_patients() -> list[dict]:
    """Four TDT patients who stopped; the paper prints no genotype for them, so none is given."""
    reasons = [
        ("rash", 1, None),
        ("rash", 2, None),
        ("menstrual disorder", 5, "female"),
        ("transplantation", 4, None),
    ]
    return [
        {
            "origin": "synthetic",
            "phenotype": "TDT",
            "group": WITHDRAWN,
            "withdrawn_month": month,
            "withdrawal_reason": reason,
            "sex": sex,
        }
        for reason, month, sex in reasons
    ]


def _seat_stopped_chelation(frame: pd.DataFrame) -> None:
    """The four rows of Table 8 get a seat each among the transfusion-free patients of their
    genotype.
    """
    for row in rows_of(TABLE_8):
        free = (
            (frame["genotype"] == row["gene_type"])
            & (frame["phenotype"] == "TDT")
            & frame["age"].isna()
        )
        seat = frame.index[free][-1 if "IVS" in row["gene_type"] else 0]
        frame.loc[seat, ["sex", "age"]] = [row["sex"], int(row["age_years"])]
        frame.loc[seat, "chelation_stop"] = int(row["withdrawal_time_months"])
        frame.loc[seat, "sf_stop"] = float(row["sf_before_discontinuation_ng_ml"])
        frame.loc[seat, "sf_24"] = float(row["sf_24m_ng_ml"])


def _text_count(row: str) -> int:
    return next(
        int(c.printed)
        for c in printed_cells(2024)
        if (c.item, c.row, c.statistic) == ("text: General conditions", row, "count")
    )


def _fill_ages(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    """Classes 12–14, 15–18, over 18 as counted in the text; median 16, oldest 41."""
    known = frame["age"].dropna()
    young = _text_count("age 12–14 years") - int((known <= 14).sum())
    middle = _text_count("age 14–18 years") - int(known.between(15, 18).sum())
    old = _text_count("age over 18 years") - int((known > 18).sum())
    adults = [41, *np.clip(np.round(19 + rng.gamma(1.6, 5.0, old - 1)), 19, 38).astype(int)]
    ages = (
        list(rng.choice([12, 13], young))
        + list(rng.choice([15, 16], middle - 2))
        + [17, 18]
        + adults
    )
    ages = rng.permutation(np.array(ages, dtype=int))
    frame.loc[frame["age"].isna(), "age"] = ages
    frame["age"] = frame["age"].astype(int)


def _fill_sexes(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    missing = frame.index[frame["sex"].isna()]
    males = _text_count("male") - int((frame["sex"] == "male").sum())
    sexes = np.array(["male"] * males + ["female"] * (len(missing) - males))
    frame.loc[missing, "sex"] = rng.permutation(sexes)


def _fill_spleens(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    """20 of the 52 without a spleen, older patients first."""
    order = frame["age"] + rng.normal(0, 6, len(frame))
    frame["splenectomy"] = "no"
    frame.loc[order.nlargest(_text_count("splenectomy")).index, "splenectomy"] = "yes"


def _fill_bodies(frame: pd.DataFrame, rng: np.random.Generator) -> None:
    """Weight by age and sex; dose by the paper's rule (37.5 mg below 14 years or 25 kg, else
    50).
    """
    age = frame["age"].clip(upper=18)
    mean = 31 + 3.1 * (age - 12) + np.where(frame["sex"] == "male", 2.0, 0.0)
    frame["weight"] = np.round(mean + rng.normal(0, 4, len(frame)), 1).clip(lower=26)
    small = (frame["age"] < 14) | (frame["weight"] < 25)
    frame["dose"] = np.where(small, 37.5, 50.0)
