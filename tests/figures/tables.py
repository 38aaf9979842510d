"""Invented result tables, with the contract's columns and the awkward rows a real cohort brings."""

from __future__ import annotations

import math

import pandas as pd

NAN = math.nan
EVIL = '<a href="http://example.org">x</a>'


def response_by_patient() -> pd.DataFrame:
    rows = [
        ("N1", "NTDT", "hb", 34.0, "MaR"),
        ("N2", "NTDT", "hb", 20.0, "MaR"),
        ("N3", "NTDT", "hb", 12.5, "MiR"),
        ("N4", "NTDT", "hb", -3.0, "NR"),
        ("T1", "TDT", "transfusion", 100.0, "MaR"),
        ("T2", "TDT", "transfusion", 41.5, "SLR"),
        ("T3", "TDT", "transfusion", 13.3, "NR"),
        ("T4", "TDT", "transfusion", 0.0, "NR"),
        ("T5", "TDT", "transfusion", NAN, "MaR"),
        (EVIL, "TDT", "", NAN, "NE"),
    ]
    table = pd.DataFrame(rows, columns=["patient_id", "phenotype", "basis", "value", "response"])
    return table.assign(genotype="CD17/-28", unit="", month=6.0, reason="")


def response_rates() -> pd.DataFrame:
    rows = [
        ("all", "evaluable", "ORR", 44, 48, 91.67, 80.45, 96.71),
        ("all", "evaluable", "MaR", 35, 48, 72.92, 59.0, 83.43),
        ("all", "evaluable", "MiR", 0, 48, 0.0, 0.0, 7.41),
        ("all", "evaluable", "SLR", 9, 48, 18.75, 10.19, 31.94),
        ("all", "evaluable", "NR", 4, 48, 8.33, 3.29, 19.55),
        ("all", "enrolled", "ORR", 44, 52, 84.62, 72.48, 91.99),
        ("all", "enrolled", "NE", 4, 52, 7.69, 3.03, 18.17),
        ("TDT", "evaluable", "ORR", 30, 34, 88.2, 73.4, 95.3),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "population",
            "denominator",
            "level",
            "n",
            "total",
            "percent",
            "conf_low",
            "conf_high",
        ],
    )


def hb_over_time() -> pd.DataFrame:
    rows = [
        (p, m, n, mean, 11.0, mean - 4, mean + 4)
        for p, values in {
            "all": [(0, 48, 80.0), (6, 48, 105.0)],
            "TDT": [(0, 34, 79.0), (1, 34, 88.0), (6, 34, 104.0), (24, 9, 101.0)],
            "NTDT": [(0, 14, 81.0), (1, 14, 90.0), (6, 14, 110.0)],
        }.items()
        for m, n, mean in values
    ]
    return pd.DataFrame(
        rows, columns=["phenotype", "month", "n", "mean", "sd", "conf_low", "conf_high"]
    )


def lines() -> pd.DataFrame:
    rows = [(f"P{i}", m, 70.0 + i + m, m <= 12) for i in range(4) for m in (0, 3, 12, 18)]
    return pd.DataFrame(rows, columns=["patient_id", "month", "value", "on_drug"])


def hb_by_genotype() -> pd.DataFrame:
    rows = [
        (g, p, m, n, base + 4 * m, NAN if n == 1 else 7.0)
        for g, n, base in [
            ("-28/-28", 3, 84.67),
            ("CD17/-28", 7, 80.0),
            ("CD41-42/-29", 2, 80.0),
            (EVIL, 1, 71.0),
        ]
        for m in (0.0, 1.0, 3.0, 6.0, 12.0)
        for p in ("all", "TDT")
    ]
    return pd.DataFrame(rows, columns=["genotype", "phenotype", "month", "n", "mean", "sd"])


def genotype_response() -> pd.DataFrame:
    rows = [
        ("-28/-28", 3, 3, 100.0, 43.9, 100.0),
        ("CD17/-28", 7, 2, 28.6, 8.2, 64.1),
        (EVIL, 1, 0, 0.0, 0.0, 79.3),
        ("CD41-42/-29", 2, 2, 100.0, 34.2, 100.0),
    ]
    return pd.DataFrame(
        rows, columns=["genotype", "total", "mar", "percent_mar", "conf_low", "conf_high"]
    )


def hb_gain_vs_hbf() -> pd.DataFrame:
    rows = [
        ("all", 6.0, 46, 0.38, 0.009, 0.1, 0.6, 0.212, 14.5),
        ("TDT", 6.0, 33, 0.41, 0.017, 0.08, 0.66, 0.25, 12.0),
        ("NTDT", 6.0, 2, NAN, NAN, NAN, NAN, NAN, NAN),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "population",
            "month",
            "n",
            "r",
            "p_value",
            "conf_low",
            "conf_high",
            "slope",
            "intercept",
        ],
    )


def points() -> pd.DataFrame:
    return pd.DataFrame(
        {
            "hbf": [5.0, 40.0, 91.0, NAN],
            "gain": [12.0, 25.0, 33.0, 4.0],
            "phenotype": ["TDT", "TDT", "NTDT", "TDT"],
        },
        index=pd.Index(["A", EVIL, "C", "D"], name="patient_id"),
    )


def bands() -> dict[str, pd.DataFrame]:
    return {
        "all": pd.DataFrame(
            {
                "x": [5.0, 91.0],
                "fitted": [15.6, 33.8],
                "conf_low": [11.0, 28.0],
                "conf_high": [20.0, 39.0],
            }
        )
    }


def predictors_model() -> pd.DataFrame:
    counts = (46, 34, 12, 12.0)
    hbf, phenotype = ("hbf_percent",) * 2, ("phenotype",) * 2
    unknown = (NAN,) * 4
    rows = [
        ("all", "maximum_likelihood", *hbf, *counts, 1.04, 1.01, 1.08, 0.009, ""),
        ("all", "firth", *hbf, *counts, 1.038, 1.008, 1.075, 0.012, ""),
        ("all", "maximum_likelihood", *phenotype, *counts, *unknown, "separated"),
        ("all", "firth", *phenotype, *counts, 18.2, 2.1, math.inf, 0.004, ""),
    ]
    columns = (
        "population model terms term n events non_events epv odds_ratio conf_low conf_high "
        "p_value notes"
    )
    return pd.DataFrame(rows, columns=columns.split())


def flow() -> pd.DataFrame:
    rows = [
        ("enrolled", "", 52),
        ("withdrawn", "rash", 2),
        ("withdrawn", EVIL, 1),
        ("withdrawn", "transplantation", 1),
        ("analysed", "", 48),
        ("not_evaluable", "no Hb at month 6", 1),
        ("evaluable", "", 47),
    ]
    return pd.DataFrame(rows, columns=["step", "reason", "n"])


def time_to_transfusion_free() -> pd.DataFrame:
    rows = [
        (g, m, r, e, s, s - 0.15, min(s + 0.15, 1.0))
        for g in ("all", EVIL, "no")
        for m, r, e, s in [
            (1.0, 34, 16, 0.53),
            (3.0, 18, 5, 0.38),
            (12.0, 10, 0, 0.38),
            (24.0, 5, 1, 0.30),
        ]
    ]
    return pd.DataFrame(
        rows, columns=["group", "month", "at_risk", "events", "survival", "conf_low", "conf_high"]
    )


def response_transitions() -> pd.DataFrame:
    rows = [
        (3.0, 12.0, "MaR", "MaR", 26),
        (3.0, 12.0, "MaR", "MiR", 2),
        (3.0, 12.0, "MaR", "NE", 11),
        (3.0, 12.0, "MiR", "MaR", 4),
        (3.0, 24.0, "MaR", "MaR", 9),
        (3.0, 24.0, "NR", "NE", 4),
    ]
    return pd.DataFrame(
        rows, columns=["from_month", "to_month", "from_response", "to_response", "n"]
    )


def patient_timeline() -> pd.DataFrame:
    rows = [
        ("P7", 0.0, "hb_g_per_l", 62.0, "g/L", "pre_transfusion"),
        ("P7", 3.0, "hb_g_per_l", 88.0, "g/L", ""),
        ("P7", 15.0, "hb_g_per_l", 70.0, "g/L", "off_drug"),
        ("P7", 0.0, "hbf_percent", 45.0, "%", ""),
        ("P7", 0.0, "ferritin_ng_per_ml", 1850.0, "ng/mL", ""),
        ("P7", 12.0, "ferritin_ng_per_ml", 900.0, "ng/mL", ""),
        ("P7", 0.0, "dose_mg_per_day", 50.0, "mg/d", ""),
        ("P7", 6.0, "dose_mg_per_day", 25.0, "mg/d", ""),
        ("P7", 13.0, "treatment_stop", 25.0, "mg/d", "thalidomide"),
        ("P7", -1.0, "transfusion", 2.0, "U", ""),
        ("P7", 2.0, "event", 1.0, "grade", "constipation"),
        ("P7", 4.0, "event", NAN, "grade", EVIL),
        ("P7", 0.0, "treatment_start", 1500.0, "mg/d", "deferasirox"),
        ("P8", 0.0, "hb_g_per_l", 90.0, "g/L", ""),
    ]
    return pd.DataFrame(rows, columns=["patient_id", "month", "quantity", "value", "unit", "note"])


def swimmer() -> pd.DataFrame:
    rows = [
        ("P1", "followed", 0.0, 24.0, NAN, "", ""),
        ("P1", "dose", 0.0, 12.0, 50.0, "mg/d", ""),
        ("P1", "dose", 12.0, 24.0, 25.0, "mg/d", ""),
        ("P1", "response", 6.0, 6.0, NAN, "", "MaR"),
        ("P1", "response", 12.0, 12.0, NAN, "", "MaR"),
        ("P1", "response", 18.0, 18.0, NAN, "", "MiR"),
        ("P1", "transfusion", -1.0, -1.0, 2.0, "U", ""),
        ("P1", "free_from", 2.0, 2.0, NAN, "", ""),
        (EVIL, "followed", 0.0, 9.0, NAN, "", ""),
        (EVIL, "dose_unknown", 0.0, 5.0, NAN, "", ""),
        (EVIL, "response", 6.0, 6.0, NAN, "", "NE"),
        (EVIL, "stop", 5.0, 5.0, NAN, "", "<b>rash</b>"),
        ("P3", "response", 6.0, 6.0, NAN, "", "NE"),
    ]
    table = pd.DataFrame(
        rows, columns=["patient_id", "kind", "start_month", "end_month", "value", "unit", "detail"]
    )
    return table.assign(
        phenotype="TDT", response=table["patient_id"].map({"P1": "MaR"}).fillna("NE")
    )


def dose_changes() -> pd.DataFrame:
    rows = [
        ("P1", "reduction", 6.0, -1.0, 25.0, 105.0),
        ("P1", "reduction", 6.0, 3.0, 25.0, 100.0),
        (EVIL, "reduction", 9.0, 0.0, 50.0, 98.0),
        (EVIL, "reduction", 9.0, 3.0, 50.0, 99.0),
        ("P3", "stop", 12.0, -0.5, 0.0, 101.0),
        ("P3", "stop", 12.0, 1.0, 0.0, 84.0),
        ("P4", "stop", 8.0, NAN, 0.0, NAN),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "patient_id",
            "kind",
            "month",
            "months_since_change",
            "dose_mg_per_day",
            "hb_g_per_l",
        ],
    )


def labs_before_after() -> pd.DataFrame:
    rows = [
        (a, p, 3.0, n, b, 11.0, b + d, 15.0, d, 9.0, d - 3, d + 3, way, method, 0.001)
        for a, b, d in [
            ("hb_g_per_l", 68.0, 29.0),
            ("hbf_percent", 41.9, 12.4),
            ("nrbc_per_100_wbc", 120.0, -60.0),
            ("ferritin_ng_per_ml", 850.0, 150.0),
        ]
        for p, n in [("NTDT", 39), ("TDT", 23)]
        for way, method in [("paper", "paired_t"), ("recommended", "wilcoxon")]
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "analyte",
            "phenotype",
            "month",
            "n",
            "before_mean",
            "before_sd",
            "after_mean",
            "after_sd",
            "mean_diff",
            "diff_sd",
            "conf_low",
            "conf_high",
            "way",
            "method",
            "p_value",
        ],
    )


def hb_composition() -> pd.DataFrame:
    rows = [
        ("all", 0.0, 53, 26.0, 40.0, NAN),
        ("NTDT", 0.0, 39, 28.0, 40.0, NAN),
        ("NTDT", 3.0, 39, 52.0, 45.0, 0.83),
        ("TDT", 0.0, 14, 21.0, 40.0, NAN),
        ("TDT", 12.0, 8, 50.0, 42.0, 0.9),
    ]
    return pd.DataFrame(
        rows, columns=["phenotype", "month", "n", "hbf_mean", "other_mean", "hbf_share_of_gain"]
    )


def criteria_concordance() -> pd.DataFrame:
    rows = [
        ("P1", "MaR", "MaR", "R"),
        ("P2", "MaR", "MaR", "R"),
        ("P3", "NR", "SLR", "NR"),
        ("P4", "NE", "NE", "NE"),
    ]
    return pd.DataFrame(rows, columns=["patient_id", "yang2020", "yang2024", "believe"])


def adverse_events() -> pd.DataFrame:
    rows = [
        ("constipation", "any", 9, 11, 52, 17.3, 9.4, 29.7),
        ("constipation", "1", 8, 10, 52, 15.4, 8.0, 27.5),
        (EVIL, "any", 0, 0, 52, 0.0, 0.0, 6.9),
        ("rash", "any", 4, 4, 52, 7.7, 3.0, 18.2),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "event",
            "grade",
            "n_patients",
            "n_events",
            "total",
            "percent",
            "conf_low",
            "conf_high",
        ],
    )


def iron_response() -> pd.DataFrame:
    rows = [("all", 6.0, 40, 18, 45.0, 30.7, 60.2), ("TDT", 12.0, 0, 0, NAN, NAN, NAN)]
    return pd.DataFrame(
        rows, columns=["phenotype", "month", "n", "n_fell", "percent", "conf_low", "conf_high"]
    )


def clinical_features() -> pd.DataFrame:
    rows = [
        ("fatigue_improved", 40, 50, 80.0, 67.0, 88.8),
        ("facial_change", 3, 50, 6.0, 2.1, 16.2),
    ]
    return pd.DataFrame(rows, columns=["feature", "n", "total", "percent", "conf_low", "conf_high"])


def thal_print() -> pd.DataFrame:
    rows = [
        ("P1", "MaR", "NTDT", "CD17", "-28", False, 31.0, 60.0),
        ("P2", "NR", "TDT", "CD41-42", "CD41-42", True, 9.0, 20.0),
        ("P3", "MaR", "TDT", EVIL, "CD17", None, 22.0, NAN),
        ("P4", "NE", None, None, None, None, NAN, NAN),
    ]
    return pd.DataFrame(
        rows,
        columns=[
            "patient_id",
            "response",
            "phenotype",
            "allele_1",
            "allele_2",
            "splenectomy",
            "hb_gain",
            "hbf_percent",
        ],
    )
