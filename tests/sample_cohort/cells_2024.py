"""Every printed figure of Yang WJ 2024 that is about its patients, from data/sample_cohort.csv."""

from __future__ import annotations

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import stats

from tests.sample_cohort.comparison import compare_groups, compare_pairs
from thal_core.audit.printed import Printed
from tools.sample_cohort.paper_figures import printed_cells

NOT_THE_COHORT = ("Introduction", "Methods: Efficacy", "Methods: other")  # other patients, or rules
EVENTS = {
    "mild eyelid/facial edema": "facial oedema",
    "rash": "rash",
    "skin rash (second mention)": "rash",
    "joint swelling and pain": "joint pain",
    "drowsiness": "drowsiness",
    "constipation": "constipation",
}


def cells_2024(sheet: pd.DataFrame) -> dict[Printed, float]:
    """Printed figure -> what the sheet gives."""
    cohort = _with_groups(sheet)
    done = cohort[cohort["withdrawn_month"].isna()]
    out = {}
    for c in printed_cells(2024):
        if c.item.startswith(NOT_THE_COHORT) or c.statistic == "or":
            continue
        out[c] = float(_value(c, cohort, done))
    return out


def _value(c: Printed, cohort: pd.DataFrame, done: pd.DataFrame) -> float:
    table = {
        "Table 1": _table_1,
        "Table 2": _table_2,
        "Table 3": _table_3,
        "Table 4": _comparison,
        "Table 5": _comparison,
        "Table 6": _comparison,
        "Table 7": _comparison,
        "Table 8": _table_8,
        "Table 9": _table_9,
        "Table 10": _comparison,
    }
    if c.item in table:
        return table[c.item](c, done)
    return TEXT[c.item.removeprefix("text: "), c.row, c.group, c.statistic](cohort, done)


def _with_groups(sheet: pd.DataFrame) -> pd.DataFrame:
    """Two groups: by genotype (rows 1–10 of Table 1), and by response under the rule as applied."""
    good = {
        c.row.split(" ", 1)[1]
        for c in printed_cells(2024)
        if c.item == "Table 1" and c.group == "MaR group"
    }
    out = sheet.assign(favourable=sheet["genotype"].isin(good), tdt=sheet["phenotype"] == "TDT")
    free = out["transfusion_free_from_month"] <= 6
    reduction = out["transfusion_reduction_percent"]
    by_blood = np.select(
        [free, reduction >= 50, reduction >= 25, reduction.notna()],
        ["MaR", "MiR", "SLR", "NR"],
        "NE",
    )
    rise = out["Hb_6M"] - out["Hb_0M"]
    by_hb = np.select([rise >= 20, rise >= 10, rise.notna()], ["MaR", "MiR", "NR"], "NE")
    return out.assign(response=np.where(out["tdt"], by_blood, by_hb))


# ------------------------------------------------------------------ tables


def _table_1(c: Printed, done: pd.DataFrame) -> float:
    rows = done if c.row == "Amount to" else done[done["genotype"] == c.row.split(" ", 1)[1]]
    if "NTDT" in c.group:
        return (~rows["tdt"]).sum()
    if "TDT" in c.group:
        return (
            (rows["transfusion_free_from_month"] == float(c.timepoint_months)).sum()
            if c.timepoint_months
            else rows["tdt"].sum()
        )
    return len(rows)


def _table_2(c: Printed, done: pd.DataFrame) -> float:
    rows = done[done["genotype"].map(_plain) == _plain(c.row)]
    return len(rows) if c.statistic == "n" else rows[f"Hb_{c.timepoint_months}M"].mean()


def _plain(genotype: str) -> str:
    return genotype.replace("β", "").replace("IVS-II", "IVS-2")


def _table_3(c: Printed, done: pd.DataFrame) -> float:
    patient = done.set_index("patient_id").loc[f"P{int(c.row.split()[1]):03d}"]
    columns = {
        "age": "age",
        "percent": "transfusion_reduction_percent",
        "value_hb": f"Hb_{c.timepoint_months}M",
    }
    as_printed = (
        patient["genotype"] == c.row.split()[2]
        and c.group.upper() == f"TDT {patient['response']} {patient['sex']}".upper()
    )
    return patient[columns[c.statistic]] if as_printed else np.nan


def _groups(c: Printed, done: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    among = done["tdt"] if c.item in ("Table 6", "Table 7", "Table 10") else True
    return ~done["favourable"] & among, done["favourable"] & among


def _comparison(c: Printed, done: pd.DataFrame) -> float:
    analyte = {"Hb": "Hb", "HbF": "HbF", "SF": "Ferritin"}[re.match(r"[A-Za-z]+?(?=\d)", c.row)[0]]
    found = compare_groups(done[f"{analyte}_{c.timepoint_months}M"], *_groups(c, done))
    return found[
        c.statistic if c.statistic in found else c.statistic + ("1" if "SLR" in c.group else "2")
    ]


def _table_8(c: Printed, done: pd.DataFrame) -> float:
    patient = chelation_stopped(done).iloc[int(c.row.split()[1]) - 1]
    as_printed = c.row.split()[2] == patient["sex"] and c.group == patient["genotype"]
    stop = int(patient["chelator_stop_month"])
    month = 24 if c.statistic == "value_sf" and c.timepoint_months == "24" else stop
    value = {
        "age": patient["age"],
        "withdrawal_time": stop,
        "value_sf": patient[f"Ferritin_{month}M"],
    }[c.statistic]
    return value if as_printed else np.nan


def chelation_stopped(done: pd.DataFrame) -> pd.DataFrame:
    """In the order in which Table 8 prints them: by genotype, then month."""
    return done[done["chelator_stop_month"].notna()].sort_values(
        ["genotype", "chelator_stop_month"]
    )


def ferritin_pairs(done: pd.DataFrame, first: str, second: str) -> dict[str, float]:
    complete = done[[f"Ferritin_{m}M" for m in (0, 12, 24)]].dropna()
    return compare_pairs(complete[f"Ferritin_{first}"], complete[f"Ferritin_{second}"])


def _table_9(c: Printed, done: pd.DataFrame) -> float:
    if c.statistic == "n":
        return ferritin_pairs(done, "0M", "12M")["n"]
    found = ferritin_pairs(done, *re.findall(r"\d+M", c.row))
    return min(3 * found["p"], 1.0) if c.statistic == "p" else found[c.statistic]  # Bonferroni


# ------------------------------------------------------------------ figures in the text

Pick = Callable[[pd.DataFrame, pd.DataFrame], float]


def _p(analyte: str, months: tuple[int, ...], tdt_only: bool, take: Callable = max) -> Pick:
    def value(_, done):
        among = done["tdt"] if tdt_only else True
        pair = (~done["favourable"] & among, done["favourable"] & among)
        return take(
            compare_groups(done[f"{name}_{m}M"], *pair)["p"]
            for name in analyte.split()
            for m in months
        )

    return value


def _mean(analyte: str, favourable: bool) -> Pick:
    return lambda _, d: d.loc[d["tdt"] & (d["favourable"] == favourable), analyte].mean()


def _hb(month: int, since: int | None = None, genotype: str | None = None) -> Pick:
    def value(_, done):
        rows = done[done["favourable"]] if genotype is None else done[done["genotype"] == genotype]
        return rows[f"Hb_{month}M"].mean() - (
            rows[f"Hb_{since}M"].mean() if since is not None else 0
        )

    return value


def _has(rows: pd.DataFrame, event: str) -> pd.Series:
    return rows[["event_1", "event_2", "event_3"]].eq(event).any(axis=1)


def _with_event(event: str) -> Pick:
    return lambda a, _: _has(a, event).sum()


def _correlation(_, done: pd.DataFrame) -> float:
    rows = done[["HbF_0M", "Hb_0M", "Hb_6M"]].dropna()
    return float(stats.pearsonr(rows["HbF_0M"], rows["Hb_6M"] - rows["Hb_0M"]).pvalue)


def _volume_reduction(_, done: pd.DataFrame) -> float:
    rows = done[done["tdt"] & (done["response"] != "MaR")]
    before, after = rows["transfusion_units_before"].sum(), rows["transfusion_units_after"].sum()
    return 100 * (before - after) / before


def _mutations(done: pd.DataFrame) -> int:
    return len(
        {allele.replace("β", "") for g in done["genotype"].dropna() for allele in g.split("/")}
    )


def _responders(_, d: pd.DataFrame) -> int:
    return d["response"].isin(["MaR", "MiR", "SLR"]).sum()


def n(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return len(d)


def tdt(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return d["tdt"].sum()


def free(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (d["tdt"] & (d["response"] == "MaR")).sum()


def still(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (d["tdt"] & (d["response"] != "MaR")).sum()


def good(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return d["favourable"].sum()


def poor(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (~d["favourable"]).sum()


def tdt_good(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (d["tdt"] & d["favourable"]).sum()


def tdt_poor(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (d["tdt"] & ~d["favourable"]).sum()


def mar(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return (d["response"] == "MaR").sum()


def _percent(part: Pick, whole: Pick) -> Pick:
    return lambda a, d: 100 * part(a, d) / whole(a, d)


def _genotype(name: str, phenotype: str | None = None, month: int | None = None) -> Pick:
    def value(_, d):
        rows = d[d["genotype"] == name]
        rows = rows if phenotype is None else rows[rows["phenotype"] == phenotype]
        return len(rows if month is None else rows[rows["transfusion_free_from_month"] <= month])

    return value


GENERAL = "General conditions"
HB_TEXT = "Changes in Hb in the MaR group"
FREE_TEXT = "Patients achieving transfusion independence"
TWO_GROUPS = "Changes of Hb and HbF in the two groups"
IRON = "Changes before and after chelation treatment"


def sf_times(_everyone: pd.DataFrame, d: pd.DataFrame) -> float:
    return max(3 * ferritin_pairs(d, "0M", m)["p"] for m in ("12M", "24M"))


def young(a: pd.DataFrame, _done: pd.DataFrame) -> float:
    return a["age"].between(12, 14).sum()


TEXT: dict[tuple[str, str, str, str], Pick] = {
    ("Table 1 title", "gene combinations types of β-thalassemia", "all", "n"): n,
    ("Table 2 title", "cases in the MaR group", "MaR group", "n"): good,
    ("Table 3 title", "cases TDT", "SLR/NR TDT", "n"): tdt_poor,
    ("Table 8 title", "cases", "TDT", "n"): lambda _, d: len(chelation_stopped(d)),
    (GENERAL, "completed 2-year follow-up", "all", "count"): n,
    (GENERAL, "enrolled", "all enrolled", "n"): lambda a, _: len(a),
    (GENERAL, "follow-up length", "all", "value"): lambda _, d: d["duration_months"].min() / 12,
    (GENERAL, "male", "all enrolled", "count"): lambda a, _: (a["sex"] == "male").sum(),
    (GENERAL, "female", "all enrolled", "count"): lambda a, _: (a["sex"] == "female").sum(),
    (GENERAL, "age", "all enrolled", "min"): lambda a, _: a["age"].min(),
    (GENERAL, "age", "all enrolled", "max"): lambda a, _: a["age"].max(),
    (GENERAL, "age", "all enrolled", "median"): lambda a, _: a["age"].median(),
    (GENERAL, "age 12–14 years", "all enrolled", "count"): young,
    (GENERAL, "age 12–14 years", "all enrolled", "percent"): lambda a, d: (
        100 * young(a, d) / len(a)
    ),
    (GENERAL, "age 14–18 years", "all enrolled", "count"): lambda a, _: (
        a["age"].between(15, 18).sum()
    ),
    (GENERAL, "age over 18 years", "all enrolled", "count"): lambda a, _: (a["age"] > 18).sum(),
    (GENERAL, "TDT", "all enrolled", "count"): lambda a, _: a["tdt"].sum(),
    (GENERAL, "NTDT", "all enrolled", "count"): lambda a, _: (~a["tdt"]).sum(),
    (GENERAL, "splenectomy", "all enrolled", "count"): lambda a, _: (
        a["splenectomy"] == "yes"
    ).sum(),
    (GENERAL, "withdrew (TDT)", "all enrolled", "count"): lambda a, _: (
        a["withdrawn_month"].notna() & a["tdt"]
    ).sum(),
    (GENERAL, "withdrew: severe rash within two months", "all enrolled", "count"): lambda a, _: (
        (a["withdrawal_reason"] == "rash") & (a["withdrawn_month"] <= 2)
    ).sum(),
    (
        GENERAL,
        "withdrew: menstrual disorder after five months",
        "all enrolled",
        "count",
    ): lambda a, _: (
        (a["withdrawal_reason"] == "menstrual disorder") & (a["withdrawn_month"] == 5)
    ).sum(),
    (GENERAL, "withdrew: transplantation", "all enrolled", "count"): lambda a, _: (
        a["withdrawal_reason"] == "transplantation"
    ).sum(),
    **{
        (GENERAL, row, "all enrolled", "count"): _with_event(event) for row, event in EVENTS.items()
    },
    (GENERAL, "rash: discontinued", "all enrolled", "count"): lambda a, _: (
        _has(a, "rash") & a["withdrawn_month"].notna()
    ).sum(),
    (GENERAL, "rash: disappeared", "all enrolled", "count"): lambda a, _: (
        _has(a, "rash") & a["withdrawn_month"].isna()
    ).sum(),
    (GENERAL, "cohort", "all", "n"): n,
    (GENERAL, "distinct gene combinations", "all", "count"): lambda _, d: d["genotype"].nunique(),
    (GENERAL, "genotypes 1 to 10", "MaR group", "n"): good,
    (GENERAL, "genotypes 11 to 14", "SLR/NR group", "n"): poor,
    (HB_TEXT, "cases", "MaR group", "n"): good,
    (HB_TEXT, "baseline Hb", "MaR group", "mean"): _hb(0),
    (HB_TEXT, "Hb 3M", "MaR group", "mean"): _hb(3),
    (HB_TEXT, "Hb elevation 0 to 3M", "MaR group", "mean_diff"): _hb(3, since=0),
    (HB_TEXT, "Hb 6M", "MaR group", "mean"): _hb(6),
    (FREE_TEXT, "cases", "all", "n"): n,
    (FREE_TEXT, "NTDT rated MaR", "NTDT", "count"): lambda _, d: (
        ~d["tdt"] & (d["response"] == "MaR")
    ).sum(),
    (FREE_TEXT, "TDT", "TDT", "n"): tdt,
    (FREE_TEXT, "TDT free of transfusion", "TDT", "count"): free,
    (FREE_TEXT, "TDT free of transfusion", "TDT", "percent"): _percent(free, tdt),
    (FREE_TEXT, "transfusion free within one month", "TDT", "count"): lambda _, d: (
        d["transfusion_free_from_month"] <= 1
    ).sum(),
    (FREE_TEXT, "transfusion free at three months", "TDT", "count"): lambda _, d: (
        d["transfusion_free_from_month"] == 3
    ).sum(),
    (FREE_TEXT, '"these 34 patients was rated as MaR"', "TDT", "count"): free,
    (FREE_TEXT, "no transfusion during follow-up", "TDT MaR", "value"): lambda _, d: (
        d.loc[d["transfusion_free_from_month"].notna(), "duration_months"].min() / 12
    ),
    (FREE_TEXT, "MaR", "all", "count"): mar,
    (FREE_TEXT, "MaR", "all", "percent"): _percent(mar, n),
    (FREE_TEXT, "still transfused", "TDT", "count"): still,
    (FREE_TEXT, "NR", "all", "count"): lambda _, d: (d["response"] == "NR").sum(),
    (FREE_TEXT, "ORR", "all", "percent"): _percent(_responders, n),
    (FREE_TEXT, "ORR", "all", "count"): _responders,
    (FREE_TEXT, "total transfusion volume reduction", "TDT SLR/NR", "percent"): _volume_reduction,
    (TWO_GROUPS, "cases", "all", "n"): n,
    (TWO_GROUPS, "SLR/NR", "all", "n"): poor,
    (TWO_GROUPS, "MaR", "all", "n"): good,
    (TWO_GROUPS, "Hb baseline", "all SLR/NR vs MaR", "p"): _p("Hb", (0,), False),
    (TWO_GROUPS, "HbF baseline", "all SLR/NR vs MaR", "p"): _p("HbF", (0,), False),
    (TWO_GROUPS, "NTDT excluded from MaR", "NTDT", "count"): lambda _, d: (
        ~d["tdt"] & d["favourable"]
    ).sum(),
    (TWO_GROUPS, "NTDT excluded from SLR/NR", "NTDT", "count"): lambda _, d: (
        ~d["tdt"] & ~d["favourable"]
    ).sum(),
    (TWO_GROUPS, "TDT MaR", "TDT", "n"): tdt_good,
    (TWO_GROUPS, "TDT SLR/NR", "TDT", "n"): tdt_poor,
    (TWO_GROUPS, "Hb baseline", "TDT SLR/NR vs MaR", "p"): _p("Hb", (0,), True),
    (TWO_GROUPS, "HbF baseline", "TDT SLR/NR vs MaR", "p"): _p("HbF", (0,), True),
    (TWO_GROUPS, "Hb and HbF", "TDT SLR/NR vs MaR", "p"): _p("Hb HbF", (6, 12, 24), True),
    (IRON, "cases", "all", "n"): n,
    (IRON, "chelation stopped for low SF", "TDT", "count"): lambda _, d: len(chelation_stopped(d)),
    (IRON, "SF 12M and 24M vs baseline", "48 cases", "p"): sf_times,
    (IRON, "TDT MaR", "TDT", "n"): tdt_good,
    (IRON, "TDT SLR/NR", "TDT", "n"): tdt_poor,
    (IRON, "SF baseline and 6M between groups", "TDT SLR/NR vs MaR", "p"): _p(
        "Ferritin", (0, 6), True, min
    ),
    (IRON, "SF 12M and 24M between groups", "TDT SLR/NR vs MaR", "p"): _p(
        "Ferritin", (12, 24), True
    ),
    ("Abstract", "initial sample", "all enrolled", "n"): lambda a, _: len(a),
    ("Abstract", "observed", "all", "n"): n,
    ("Abstract", "TDT", "TDT", "n"): tdt,
    ("Abstract", "NTDT", "NTDT", "n"): lambda _, d: (~d["tdt"]).sum(),
    ("Abstract", "ORR", "all", "percent"): _percent(_responders, n),
    ("Abstract", "ORR", "all", "count"): _responders,
    ("Abstract", "MaR", "all", "percent"): _percent(mar, n),
    ("Abstract", "MaR", "all", "count"): mar,
    ("Abstract", "TDT free of transfusion", "TDT", "count"): free,
    ("Abstract", "TDT free of transfusion", "TDT", "percent"): _percent(free, tdt),
    ("Abstract", "TDT still transfused", "TDT", "count"): still,
    ("Abstract", "transfusion volume reduction", "TDT SLR/NR", "percent"): _volume_reduction,
    ("Abstract", "advantageous genotypes: cases", "MaR group", "n"): good,
    ("Abstract", "advantageous genotypes", "", "count"): lambda _, d: d.loc[
        d["favourable"], "genotype"
    ].nunique(),
    ("Abstract", "βCD41-42/βCD17", "MaR group", "count"): _genotype("βCD41-42/βCD17"),
    ("Abstract", "βCD41-42/β-28", "MaR group", "count"): _genotype("βCD41-42/β-28"),
    ("Abstract", "MaR group", "all", "n"): good,
    ("Abstract", "SLR/NR group", "all", "n"): poor,
    ("Abstract", 'HbF baseline, "between the two groups" (33 vs 15)', "SLR/NR vs MaR", "p"): _p(
        "HbF", (0,), False
    ),
    ("Abstract", "Hb and HbF at 6 and 12 months", "SLR/NR vs MaR", "p"): _p(
        "Hb HbF", (6, 12), False
    ),
    ("Abstract", "SF 12M and 24M vs baseline", "all", "p"): sf_times,
    ("Discussion", "average Hb increase", "MaR group", "mean_diff"): _hb(6, since=0),
    ("Discussion", "33 cases", "MaR group", "n"): good,
    ("Discussion", "ORR", "all", "percent"): _percent(_responders, n),
    ("Discussion", "ORR", "all", "count"): _responders,
    ("Discussion", "TDT free of transfusion", "TDT", "count"): free,
    ("Discussion", "TDT free of transfusion", "TDT", "percent"): _percent(free, tdt),
    ("Discussion", "βCD41-42/CD17 highest increase, 1 to 3 months", "MaR group", "mean_diff"): _hb(
        3, 0, "βCD41-42/βCD17"
    ),
    ("Discussion", "βCD41-42/CD17 independent after one month", "TDT", "count"): _genotype(
        "βCD41-42/βCD17", "TDT", 1
    ),
    ("Discussion", "βCD41-42/β-28", "MaR group", "n"): _genotype("βCD41-42/β-28"),
    ("Discussion", "βCD41-42/β-28 NTDT", "NTDT", "count"): _genotype("βCD41-42/β-28", "NTDT"),
    ("Discussion", "βCD41-42/β-28 TDT", "TDT", "count"): _genotype("βCD41-42/β-28", "TDT"),
    ("Discussion", 'βCD41-42/β-28 Hb rise ("a month of treatment")', "MaR group", "mean_diff"): _hb(
        1, 0, "βCD41-42/β-28"
    ),
    (
        "Discussion",
        "CD41-42/βIVS-II-654 Hb increase within three months",
        "MaR group",
        "mean_diff",
    ): _hb(3, 0, "βCD41-42/βIVS-II-654"),
    (
        "Discussion",
        "CD41-42/βIVS-II-654 Hb increase after six months",
        "MaR group",
        "mean_diff",
    ): _hb(6, 0, "βCD41-42/βIVS-II-654"),
    ("Discussion", "HbF baseline vs Hb increase, correlation", "all", "p"): _correlation,
    ("Discussion", "HbF baseline", "TDT SLR/NR", "mean"): _mean("HbF_0M", False),
    ("Discussion", "HbF baseline", "TDT MaR", "mean"): _mean("HbF_0M", True),
    ("Discussion", "HbF baseline", "TDT SLR/NR vs MaR", "p"): _p("HbF", (0,), True),
    ("Discussion", "HbF 6, 12, 24M", "TDT SLR/NR vs MaR", "p"): _p("HbF", (6, 12, 24), True),
    ("Discussion", "HbF 24M", "TDT SLR/NR", "mean"): _mean("HbF_24M", False),
    ("Discussion", "HbF 24M", "TDT MaR", "mean"): _mean("HbF_24M", True),
    ("Discussion", "SF 0M and 6M", "TDT SLR/NR vs MaR", "p"): _p("Ferritin", (0, 6), True, min),
    ("Discussion", "SF 12M and 24M", "TDT SLR/NR vs MaR", "p"): _p("Ferritin", (12, 24), True),
    ("Discussion", 'patients "less than 14 years of age"', "all", "percent"): lambda a, _: (
        100 * (a["age"] < 14).mean()
    ),
    ("Discussion", "genotype variations", "all", "count"): lambda _, d: d["genotype"].nunique(),
    ("Discussion", "mutation types covered", "all", "count"): lambda _, d: _mutations(d),
    ("Discussion", "mutations not detected", "all", "count"): lambda _, d: 18 - _mutations(d),
    ("Discussion", '"βCD17/βEM"', "all", "count"): _genotype("βCD17/βEM"),
    ("Discussion", "βCD41-42/βCD43", "all", "count"): _genotype("βCD41-42/β-43"),
}
