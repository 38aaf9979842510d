"""Make the cohorts whose result tables R computes too (seeded; run once from the project folder,
the CSV files are kept).

    python -m tests.reference.results.make_cohorts

sample   data/sample_cohort.csv as ``read_cohort`` reads it
clinic   60 patients: missing visits, blanks, ties, visits off the drug, no phenotype, withdrawals,
every way to write transfusions tiny     10 patients: separated outcome, zero cells, zero
differences n7, n20, n150  cohorts made like clinic of 7, 20 and 150 patients, never looked at while
the analyses were written
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from thal_core import read_cohort
from thal_core.cohort import Cohort, make_cohort
from thal_core.vocabulary import DAYS_PER_MONTH

HERE = Path(__file__).parent
TABLES = ("patients", "visits", "transfusions", "treatments", "events")
MONTHS = (0, 1, 3, 6, 12, 18, 24)
GENOTYPES = (
    ("CD41-42/-28", "β0/β+", "favourable"),
    ("CD41-42/CD17", "β0/β0", "favourable"),
    ("CD17/-28", "β0/β+", "other"),
    ("CD41-42/CD41-42", "β0/β0", "other"),
    ("CD17/-29", "β0/β+", "favourable"),
    ("CD17/IVS-II-654", "β0/β+", "other"),
    ("CD41-42/CD26", "β0/βE", None),
    (None, None, None),
)
UNSEEN = (7, 20, 150)
WITHDRAWN = {
    4: (1.5, "rash"),
    11: (2, "rash"),
    17: (4, "transplantation"),
    26: (5.5, "pregnancy wish"),
    33: (9, "neuropathy"),
    41: (14, None),
    52: (4, "no response"),
}


def write(name: str, cohort: Cohort) -> None:
    folder = HERE / name
    folder.mkdir(exist_ok=True)
    for table in TABLES:
        frame = getattr(cohort, table)
        frame.to_csv(
            folder / f"{table}.csv",
            index=table == "patients",
            encoding="utf-8",
            lineterminator="\n",
        )


def clinic(generator: np.random.Generator) -> Cohort:
    people = [_person(i, generator) for i in range(60)]
    visits = [row for person in people for row in _visits(person, generator)]
    visits += [
        {"patient_id": "C008", "month": 6.0, "nominal": False, "on_drug": True, "hb_g_per_l": 61.0},
        {
            "patient_id": "C021",
            "month": 7.35,
            "nominal": False,
            "on_drug": True,
            "hb_g_per_l": 140.0,
        },
    ]
    transfusions = [row for person in people for row in _transfusions(person, generator)]
    transfusions.append(
        {"patient_id": "C001", "month": 5.0, "units": 2.0}
    )  # an NTDT patient transfused before month 6
    treatments = [row for person in people for row in _treatments(person)]
    events = [
        {"patient_id": f"C{k:03d}", "month": float(m), "event": event, "grade": grade}
        for k, m, event, grade in (
            (0, 1, "rash", 1),
            (0, 3, "rash", 2),
            (4, 1, "rash", 3),
            (9, 2, "somnolence", 1),
            (9, 4, "somnolence", 1),
            (15, 6, "oedema", np.nan),
            (22, 1, "constipation", 2),
            (23, 1, "constipation", 1),
            (33, 9, "neuropathy", 2),
            (48, 3, "oedema", 1),
        )
    ]
    hidden = ("gain", "kind", "free")
    return make_cohort(
        pd.DataFrame([{k: v for k, v in p.items() if k not in hidden} for p in people]),
        pd.DataFrame(visits),
        pd.DataFrame(transfusions),
        pd.DataFrame(treatments),
        pd.DataFrame(events),
    )


def unseen(size: int, generator: np.random.Generator) -> Cohort:
    """As ``clinic``, of any size: ties, gaps, dated and monthly transfusions, withdrawals."""
    people = [_person(i, generator) for i in range(size)]
    hidden = ("gain", "kind", "free")
    return make_cohort(
        pd.DataFrame([{k: v for k, v in p.items() if k not in hidden} for p in people]),
        pd.DataFrame([row for person in people for row in _visits(person, generator)]),
        pd.DataFrame([row for person in people for row in _transfusions(person, generator)]),
        pd.DataFrame([row for person in people for row in _treatments(person)]),
        pd.DataFrame(
            [
                {"patient_id": p["patient_id"], "month": 1.0, "event": "rash", "grade": 1.0}
                for p in people[::5]
            ]
        ),
    )


def _person(i: int, generator: np.random.Generator) -> dict[str, object]:
    genotype, beta_class, group = GENOTYPES[i % len(GENOTYPES)]
    phenotype = None if i in (13, 29, 44) else "NTDT" if i % 5 in (1, 3) else "TDT"
    withdrawn, reason = WITHDRAWN.get(i, (np.nan, None))
    gain = generator.normal(26 if group == "favourable" else 14, 11)
    person: dict[str, object] = {
        "patient_id": f"C{i:03d}",
        "sex": ("female", "male")[i % 7 in (0, 2, 5)],
        "age_years": float(generator.integers(12, 48)),
        "phenotype": phenotype,
        "splenectomy": None if i in (6, 37) else bool(generator.random() < 0.35),
        "genotype": genotype,
        "beta_class": beta_class,
        "genotype_group_2024": group,
        "dose_start_mg_per_day": float(generator.choice([25, 37.5, 50, 50, 75])),
        "withdrawn_month": withdrawn,
        "withdrawal_reason": reason,
        "duration_months": withdrawn
        if np.isfinite(withdrawn)
        else float(generator.choice([18, 24, 24, 30]))
        if i % 4
        else np.nan,
        "fatigue_improved": None if i % 6 == 0 else bool(generator.random() < 0.7),
        "facial_change": None if i % 9 == 0 else bool(i % 3 == 0),
        "origin": "synthetic",
        "gain": gain,
        "kind": i // 5 % 5 if phenotype == "TDT" else None,
        "free": gain > 17,
    }
    if phenotype == "TDT":
        person |= _stated(person, i, generator)
    return person


def _stated(person: dict[str, object], i: int, generator: np.random.Generator) -> dict[str, object]:
    """Totals, a stated reduction or the month from which free, by the way this patient's
    transfusions are written.
    """
    free = bool(person["free"])
    own: dict[str, object] = {}
    if free and person["kind"] in (0, 1, 2) and i % 4:
        own["transfusion_free_from_month"] = float(generator.choice([1, 3, 3, 6, 12]))
    if person["kind"] == 2:
        own |= {
            "transfusion_units_before": float(generator.integers(20, 60)),
            "transfusion_months_before": 12.0,
            "transfusion_units_after": 0.0 if free else float(generator.integers(6, 28)),
            "transfusion_months_after": 6.0,
        }
    if person["kind"] == 3:
        own["transfusion_reduction_percent"] = (
            100.0 if free else float(generator.choice([10, 24.9, 25, 37.5, 50, 66]))
        )
    return own


def _visits(person: dict[str, object], generator: np.random.Generator) -> list[dict[str, object]]:
    level, rows = generator.normal(74, 9), []
    hbf, ferritin = generator.gamma(2, 14), np.exp(generator.normal(7.6, 0.6))
    rise = {0: 0, 1: 0.35, 3: 0.75, 6: 1, 12: 1.05, 18: 1, 24: 1.0}
    for month in MONTHS:
        if month and generator.random() < 0.13:
            continue
        off = month * DAYS_PER_MONTH > person["withdrawn_month"] * DAYS_PER_MONTH + 30
        share = min(
            99.0, hbf + rise[month] * 0.8 * max(0.0, person["gain"]) + generator.normal(0, 2)
        )
        row = {
            "patient_id": person["patient_id"],
            "month": float(month),
            "nominal": True,
            "on_drug": not off,
            "hb_g_per_l": float(
                np.round(
                    level
                    + rise[month] * person["gain"] * (0.3 if off else 1)
                    + generator.normal(0, 4)
                )
            ),
            "hbf_percent": round(max(0.4, share), 1),
            "ferritin_ng_per_ml": float(
                np.round(ferritin * (1 - 0.012 * month + generator.normal(0, 0.1)))
            ),
            "dose_mg_per_day": 0.0
            if off
            else float(person["dose_start_mg_per_day"])
            * (1.5 if month >= 6 and person["gain"] < 8 else 1),
        }
        if month in (0, 6, 12):
            row |= {
                "tbil_umol_per_l": round(float(np.exp(generator.normal(3.7, 0.5))), 1),
                "platelets_10e9_per_l": float(generator.integers(90, 700)),
                "rbc_10e12_per_l": round(
                    float(generator.normal(3.3 + 0.02 * rise[month] * person["gain"], 0.4)), 2
                ),
            }
        if month in (0, 24) and generator.random() < 0.5:
            row["spleen_cm2"] = float(generator.integers(40, 140))
        for column, missing in (
            ("hb_g_per_l", 0.03),
            ("hbf_percent", 0.15),
            ("ferritin_ng_per_ml", 0.15),
            ("dose_mg_per_day", 0.1),
        ):
            if generator.random() < missing:
                row[column] = np.nan
        rows.append(row)
    return rows


def _transfusions(
    person: dict[str, object], generator: np.random.Generator
) -> list[dict[str, object]]:
    if person["kind"] not in (0, 1):
        return []
    rows, need = [], float(generator.integers(2, 5))
    stop = person.get("transfusion_free_from_month", 2.0 if person["free"] else np.inf)
    until = min(6.0, person["withdrawn_month"]) if np.isfinite(person["withdrawn_month"]) else 6.0
    if person["kind"] == 0:
        for month in range(-2, int(until) + 1):
            left = 0.0 if month >= stop else need - (generator.integers(0, 3) if month > 0 else 0)
            rows.append(
                {
                    "patient_id": person["patient_id"],
                    "month": float(month),
                    "units": float(max(left, 0.0)),
                }
            )
    else:
        for day in range(-86, int(until * DAYS_PER_MONTH), 29):
            if day / DAYS_PER_MONTH < stop and (day <= 0 or generator.random() < 0.8):
                rows.append(
                    {
                        "patient_id": person["patient_id"],
                        "month": day / DAYS_PER_MONTH,
                        "day": float(day),
                        "units": need,
                    }
                )
    return rows


def _treatments(person: dict[str, object]) -> list[dict[str, object]]:
    number, rows = int(str(person["patient_id"])[1:]), []
    if number % 10 == 2:
        rows += [("thalidomide", 0.0, 4.0, 50.0), ("thalidomide", 4.0, np.nan, 25.0)]
    if number % 6 == 0:
        rows.append(("deferasirox", 0.0, np.nan, np.nan))
    columns = ("drug", "start_month", "stop_month", "dose_mg_per_day")
    return [
        {"patient_id": person["patient_id"]} | dict(zip(columns, row, strict=True)) for row in rows
    ]


def tiny() -> Cohort:
    hbf = [3.1, 8.4, 12.0, 15.5, 21.3, 30.2, 44.8, 51.0, 63.7, 5.0]
    before, after = (
        [70, 72, 65, 80, 77, 69, 81, 75, 66, 71],
        [75, 70, 72, 88, 99, 90, 112, 101, 87, None],
    )
    ferritin = {
        0: [900, 1500, 2100, None, 800, 1200, 640, 700, None, 500],
        12: [900, 1400, 2300, None, 700, None, 600, 650, None, None],
        24: [850, 1400, 2000, None, 650, 900, None, 650, None, None],
    }
    reduction = [10.0, 30.0, None, 24.9, 100.0, None, None, 100.0, None, None]
    people, visits = [], []
    for i in range(10):
        ntdt = reduction[i] is None
        favourable = i in (4, 6)
        people.append(
            {
                "patient_id": f"{i:02d}",
                "sex": "female" if i in (1, 3, 5, 8) else "male",
                "age_years": float(14 + 3 * (i % 4)),
                "phenotype": "NTDT" if ntdt else "TDT",
                "splenectomy": i in (4, 6, 7),
                "transfusion_reduction_percent": reduction[i],
                "transfusion_free_from_month": 3.0 if reduction[i] == 100 else None,
                "genotype": ("CD17/-28", "CD17/CD17")[favourable],
                "beta_class": ("β0/β+", "β0/β0")[favourable],
                "genotype_group_2024": ("other", "favourable")[favourable],
                "dose_start_mg_per_day": 50.0,
                "duration_months": 24.0,
                "fatigue_improved": i > 2,
                "origin": "synthetic",
            }
        )
        for month in (0, 6, 12, 24):
            row = {
                "patient_id": f"{i:02d}",
                "month": float(month),
                "nominal": True,
                "on_drug": True,
            }
            if month in (0, 6):
                row |= {
                    "hb_g_per_l": (before, after)[month == 6][i],
                    "hbf_percent": hbf[i] if month == 0 else None,
                }
            if month in ferritin:
                row["ferritin_ng_per_ml"] = ferritin[month][i]
            visits.append(row)
    events = [{"patient_id": "00", "month": 1.0, "event": "rash", "grade": 1.0}]
    return make_cohort(pd.DataFrame(people), pd.DataFrame(visits), events=pd.DataFrame(events))


def main() -> None:
    write("sample", read_cohort("data/sample_cohort.csv"))
    write("clinic", clinic(np.random.default_rng(2024)))
    write("tiny", tiny())
    for size in UNSEEN:
        write(f"n{size}", unseen(size, np.random.default_rng(71 + size)))


if __name__ == "__main__":
    main()
