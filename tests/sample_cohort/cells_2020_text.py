"""The figures that the text and the abstract of Yang K 2020 print, each as a question to the
sheet.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations, product

import numpy as np
import pandas as pd
import statsmodels.api as sm
from scipy import stats

from tests.sample_cohort.comparison import compare_groups, compare_pairs

Pick = Callable[[pd.DataFrame, pd.DataFrame], float]  # everyone enrolled, the 62 -> figure

NAMES = {
    "NRBC": "NRBC",
    "Ret": "Reticulocytes",
    "TBIL": "Total bilirubin",
    "IBIL": "Indirect bilirubin",
    "SF": "Ferritin",
}
GASTROINTESTINAL = ("constipation", "nausea", "abdominal distension")
GRAMS_PER_MONTH = 100 * 30.4375 / 1000  # at 100 mg/day


def pairs(done: pd.DataFrame, name: str, month: int, phenotype: str) -> dict[str, float]:
    rows = done[(done["phenotype"] == phenotype) & (done["duration_months"] >= month)]
    column = NAMES.get(name, name)
    return compare_pairs(rows[f"{column}_0M"], rows[f"{column}_{month}M"])


# ------------------------------------------------------------------ counting and describing


def count(condition: Callable[[pd.DataFrame], pd.Series]) -> Pick:
    """How many of the 62."""
    return lambda _, d: condition(d).sum()


def enrolled(condition: Callable[[pd.DataFrame], pd.Series]) -> Pick:
    """How many of everyone enrolled."""
    return lambda everyone, _: condition(everyone).sum()


def percent(part: Pick, whole: Pick) -> Pick:
    return lambda everyone, d: 100 * part(everyone, d) / whole(everyone, d)


def described(values: Callable[[pd.DataFrame], pd.Series], statistic: str) -> Pick:
    """Mean, sd, median, min or max of a series."""
    return lambda _, d: getattr(values(d), {"sd": "std"}.get(statistic, statistic))()


def durations(months: float) -> Callable[[pd.DataFrame], pd.Series]:
    return lambda d: d.loc[d["duration_months"] >= months, "duration_months"]


def is_class(level: str, phenotype: str = "") -> Pick:
    return count(
        lambda d: (d["response_3"] == level) & (d["phenotype"].eq(phenotype) if phenotype else True)
    )


def equals(column: str, value: object) -> Pick:
    return count(lambda d: d[column] == value)


def everyone_analysed(_: pd.DataFrame, done: pd.DataFrame) -> int:
    return len(done)


def tdt(_: pd.DataFrame, done: pd.DataFrame) -> int:
    return done["tdt"].sum()


# ------------------------------------------------------------------ response over time


def moved(month: int, before: str, after: str) -> Pick:
    return count(lambda d: (d["response_3"] == before) & (d[f"response_{month}"] == after))


def unchanged(month: int) -> Pick:
    return count(lambda d: d["response_3"] == d[f"response_{month}"])


def changed(month: int) -> Pick:
    return count(
        lambda d: (d[f"response_{month}"] != "NE") & (d["response_3"] != d[f"response_{month}"])
    )


def anova(phenotype: str, months: tuple[int, ...], statistic: str) -> Pick:
    """Repeated measures of Hb on complete cases: F, or its P (sphericity assumed)."""

    def value(_, d):
        rows = d[(d["phenotype"] == phenotype) & (d["duration_months"] >= max(months))]
        x = rows[[f"Hb_{m}M" for m in months]].dropna().to_numpy(float)
        n, k = x.shape
        between = n * ((x.mean(0) - x.mean()) ** 2).sum() / (k - 1)
        rest = x - x.mean(0) - x.mean(1, keepdims=True) + x.mean()
        f = between / ((rest**2).sum() / ((k - 1) * (n - 1)))
        return f if statistic == "F" else float(stats.f.sf(f, k - 1, (k - 1) * (n - 1)))

    return value


def least_p(months: tuple[int, ...]) -> Pick:
    """The smallest paired P between later months, in either phenotype."""

    def value(_, d):
        rows = d[d["duration_months"] >= max(months)]
        found = []
        for phenotype, (a, b) in product(("NTDT", "TDT"), combinations(months, 2)):
            own = rows[rows["phenotype"] == phenotype]
            found.append(compare_pairs(own[f"Hb_{a}M"], own[f"Hb_{b}M"])["p"])
        return min(found)

    return value


def ntdt_pair(name: str, which: str, scale: float = 1.0) -> Pick:
    return lambda _, d: pairs(d, name, 3, "NTDT")[which] * scale


def yearly(which: str) -> Pick:
    """Units of red cells a year, before and after, TDT."""

    def value(_, d):
        rows = d[d["tdt"]]
        before = 12 * rows["transfusion_units_before"] / rows["transfusion_months_before"]
        after = 12 * rows["transfusion_units_after"] / rows["transfusion_months_after"]
        return compare_pairs(before, after)[which]

    return value


def spleen(which: str) -> Pick:
    return lambda _, d: compare_pairs(d["Spleen area_0M"], d["Spleen area_3M"])[which]


# ------------------------------------------------------------------ dose, withdrawal, prediction,
# harm


def dose_course(patient: pd.Series) -> list[float]:
    """The doses above 0 in their order, each once per change."""
    months = sorted(
        int(column[5:-1])
        for column in patient.index
        if column.startswith("Dose_") and patient[column] > 0
    )
    course = [float(patient[f"Dose_{month}M"]) for month in months]
    return [dose for k, dose in enumerate(course) if k == 0 or dose != course[k - 1]]


def courses(done: pd.DataFrame) -> pd.Series:
    return pd.Series({key: dose_course(row) for key, row in done.iterrows()})


def last_doses(done: pd.DataFrame) -> pd.Series:
    return courses(done).map(lambda course: course[-1])


def reduced(done: pd.DataFrame) -> pd.Series:
    return courses(done).map(lambda course: min(course) < course[0])


def took(*doses: float, last: str = "") -> Pick:
    """Patients with exactly this course of doses, of one last class where it is given."""

    def condition(d):
        return courses(d).map(lambda course: course == list(doses)) & (
            d["last"].eq(last) if last else True
        )

    return count(condition)


def many_changes(done: pd.DataFrame) -> pd.Series:
    return courses(done).map(len) > 2


def lowest_on_many_changes(_, d: pd.DataFrame) -> float:
    """Lowest Hb (g/dL) from month 3 on the drug (a month or more after it is taken up again)."""
    patient = d[many_changes(d)].iloc[0]
    months = sorted(int(c[5:-1]) for c in d if c.startswith("Dose_") and pd.notna(patient[c]))
    on = [
        m
        for before, m in zip(months, months[1:], strict=False)
        if patient[f"Dose_{before}M"] > 0 and patient[f"Dose_{m}M"] > 0
    ]
    return min(patient[f"Hb_{m}M"] for m in on if m >= 3) / 10


def stopped(done: pd.DataFrame, level: str = "") -> pd.Series:
    return done["withdrawn_month"].notna() & (done["last"].eq(level) if level else True)


def stopped_without_response(done: pd.DataFrame) -> pd.Series:
    return (done["response_3"] == "NR") & done["withdrawn_month"].between(3, 6)


def fall_after_stop(_, d: pd.DataFrame) -> float:
    """1 (month) if Hb is lower one month after withdrawal than before it (paired t, P < 0.05)."""
    rows = d[stopped(d) & (d["last"] != "NR")]
    before = pd.Series({k: r[f"Hb_{int(r['withdrawn_month'])}M"] for k, r in rows.iterrows()})
    after = pd.Series(
        {k: r.get(f"Hb_{int(r['withdrawn_month']) + 1}M", np.nan) for k, r in rows.iterrows()}
    )
    found = compare_pairs(before, after)
    return 1.0 if found["mean_diff"] > 0 and found["p"] < 0.05 else np.nan


def logistic(which: str) -> Pick:
    """Main response at last follow-up on baseline HbF, NTDT."""

    def value(_, d):
        rows = d[~d["tdt"]]
        fit = sm.Logit((rows["last"] == "MaR").astype(float), sm.add_constant(rows["HbF_0M"])).fit(
            disp=0
        )
        low, high = np.exp(fit.conf_int().loc["HbF_0M"])
        return {
            "p": fit.pvalues["HbF_0M"],
            "or": np.exp(fit.params["HbF_0M"]),
            "ci_low": low,
            "ci_high": high,
        }[which]

    return value


def event(*events: str) -> Pick:
    return count(lambda d: d["event_1"].isin(events))


def neuropathy(column: str, factor: float = 1.0) -> Pick:
    return lambda _, d: d.loc[d["event_1"] == "peripheral neuropathy", column].iloc[0] * factor


def seen_after_neuropathy(_, d: pd.DataFrame) -> float:
    patient = d[d["event_1"] == "peripheral neuropathy"].iloc[0]
    return (
        max(int(c[3:-1]) for c in d if c.startswith("Hb_") and pd.notna(patient[c]))
        - patient["withdrawn_month"]
    )


# ------------------------------------------------------------------ (item, row, group, statistic)
# -> figure

OPEN, FEATURES, SHORT, LONG = (
    "Results",
    "Clinical features",
    "Short-term follow-up",
    "Long-term follow-up",
)
DOSE, STOP, PREDICT, HARM = (
    "Effect of dose adjustment",
    "Effect of drug withdrawal",
    "Predictors of response",
    "Toxicity",
)
MOMENTS, RANGE, MODEL = ("mean", "sd"), ("min", "max"), ("p", "or", "ci_low", "ci_high")
WHEN = ("before", "after")
FATIGUE, FACE = equals("fatigue_improved", "yes"), equals("facial_change", "yes")
ON_DRUG = {
    12: count(lambda d: d["duration_months"] >= 12),
    24: count(lambda d: d["duration_months"] >= 24),
}


def _repeated(item: str) -> dict[tuple[str, str, str, str], Pick]:
    """What the abstract repeats from the results."""
    return {
        (item, "MaR", "all", "percent"): percent(is_class("MaR"), everyone_analysed),
        (item, "MiR", "all", "percent"): percent(is_class("MiR"), everyone_analysed),
        (item, "Hb", "NTDT before vs after", "p"): ntdt_pair("Hb", "p"),
        **{
            (item, "Hb", f"NTDT {w}", s): ntdt_pair("Hb", f"{s}_{w}", 0.1)
            for w in WHEN
            for s in MOMENTS
        },
        **{
            (item, "yearly transfusions", f"TDT {w}", s): yearly(f"{s}_{w}")
            for w in WHEN
            for s in MOMENTS
        },
    }


OPENING: dict[tuple[str, str, str, str], Pick] = {
    (OPEN, "enrolled", "all enrolled", "n"): lambda everyone, _: len(everyone),
    (OPEN, "treated less than 3 months", "all enrolled", "count"): enrolled(
        lambda a: a["duration_months"] < 3
    ),
    (OPEN, "no follow-up data", "all enrolled", "count"): enrolled(
        lambda a: a["duration_months"].isna()
    ),
    (OPEN, "included", "all", "n"): everyone_analysed,
    (OPEN, "male", "all", "count"): equals("sex", "male"),
    (OPEN, "female", "all", "count"): equals("sex", "female"),
    (OPEN, "NTDT", "all", "count"): equals("phenotype", "NTDT"),
    (OPEN, "TDT", "all", "count"): tdt,
    (OPEN, "splenectomized", "all", "count"): equals("splenectomy", "yes"),
    (OPEN, "nonsplenectomized", "all", "count"): equals("splenectomy", "no"),
    **{(OPEN, "age", "all", s): described(lambda d: d["age"], s) for s in MOMENTS + RANGE},
    (OPEN, "initial dose 50 mg", "all", "count"): equals("Dose_0M", 50),
    (OPEN, "initial dose 100 mg", "all", "count"): equals("Dose_0M", 100),
    **{
        (OPEN, "dose at last follow-up", "all", s): described(last_doses, s)
        for s in ("median", *RANGE)
    },
    (OPEN, "discontinued", "all", "count"): count(stopped),
    (OPEN, "discontinued: NR within 3–6 months", "NR", "count"): count(stopped_without_response),
    (OPEN, "dose modifications", "all", "count"): count(reduced),
    **{
        (OPEN, "duration of treatment", "all", s): described(durations(0), s)
        for s in MOMENTS + RANGE
    },
    (OPEN, "treated over 12 months", "all", "count"): ON_DRUG[12],
    (OPEN, "treated over 24 months", "all", "count"): ON_DRUG[24],
    (FEATURES, "fatigue alleviated etc.", "all", "count"): FATIGUE,
    (FEATURES, "fatigue alleviated etc.", "all", "percent"): percent(FATIGUE, everyone_analysed),
    (FEATURES, "facial changes", "all", "count"): FACE,
    (FEATURES, "facial changes", "all", "percent"): percent(FACE, everyone_analysed),
    **{
        (FEATURES, "spleen size", f"nonsplenectomized responders {which} value", s): spleen(
            f"{s}_{w}"
        )
        for which, w in zip(("first", "second"), WHEN, strict=True)
        for s in MOMENTS
    },
    (FEATURES, "spleen size", "nonsplenectomized responders", "n"): spleen("n"),
    (FEATURES, "spleen size", "first vs second", "p"): spleen("p"),
}

FOLLOW_UP: dict[tuple[str, str, str, str], Pick] = {
    **_repeated(SHORT),
    **{(SHORT, level, "all", "count"): is_class(level) for level in ("MaR", "MiR", "NR")},
    (SHORT, "NR", "all", "percent"): percent(is_class("NR"), everyone_analysed),
    (SHORT, "denominator", "all", "n"): everyone_analysed,
    (SHORT, "Hb increase", "NTDT", "mean_diff"): ntdt_pair("Hb", "mean_diff", -0.1),
    (SHORT, "Hb increase", "NTDT", "sd"): ntdt_pair("Hb", "sd_diff", 0.1),
    **{(SHORT, "HbF", f"NTDT {w}", s): ntdt_pair("HbF", f"{s}_{w}") for w in WHEN for s in MOMENTS},
    (SHORT, "HbF", "NTDT before vs after", "p"): ntdt_pair("HbF", "p"),
    (SHORT, "transfusion terminated", "TDT", "count"): is_class("MaR", "TDT"),
    (SHORT, "transfusion terminated", "TDT", "percent"): percent(is_class("MaR", "TDT"), tdt),
    (SHORT, "transfusion decreased by more than 50%", "TDT", "count"): is_class("MiR", "TDT"),
    (SHORT, "transfusion decreased by more than 50%", "TDT", "percent"): percent(
        is_class("MiR", "TDT"), tdt
    ),
    (SHORT, "denominator", "TDT", "n"): tdt,
    (LONG, "NR discontinued after 3-6 months", "NR", "count"): count(stopped_without_response),
    (LONG, "included", "all", "n"): everyone_analysed,
    (LONG, "responders", "responders", "n"): count(lambda d: d["response_3"] != "NR"),
    (LONG, "responders treated >12 months", "responders", "count"): ON_DRUG[12],
    **{
        (LONG, "duration", "responders >12 months", s): described(durations(12), s)
        for s in MOMENTS + RANGE
    },
    **{(LONG, "duration", ">24 months", s): described(durations(24), s) for s in MOMENTS + RANGE},
    (LONG, "response unchanged", "responders >12 months", "count"): unchanged(12),
    (LONG, "remaining", "responders >12 months", "count"): changed(12),
    (LONG, "MaR to MiR", "responders >12 months", "count"): moved(12, "MaR", "MiR"),
    (LONG, "MiR to MaR", "responders >12 months", "count"): moved(12, "MiR", "MaR"),
    **{
        (LONG, f"repeated measures Hb {', '.join(map(str, months))}", p, s): anova(p, months, s)
        for months in ((0, 3, 12), (0, 3, 12, 24))
        for p in ("NTDT", "TDT")
        for s in ("F", "p")
    },
    (LONG, "Hb 3M vs 12M", "NTDT and TDT", "p"): least_p((3, 12)),
    (LONG, "treated over 24 months", "all", "n"): ON_DRUG[24],
    (LONG, "response maintained", ">24 months", "count"): unchanged(24),
    (LONG, "MaR to MiR", ">24 months", "count"): moved(24, "MaR", "MiR"),
    (LONG, "Hb 3M, 12M, 24M", "NTDT and TDT", "p"): least_p((3, 12, 24)),
}

TREATMENT: dict[tuple[str, str, str, str], Pick] = {
    (DOSE, "dose reduction", "all", "count"): count(reduced),
    (DOSE, "reduced 100 to 50 mg/d", "all", "count"): took(100, 50),
    (DOSE, "reduced 50 to 25 mg/d", "all", "count"): took(50, 25),
    (DOSE, "retained MaR", "reduced 50 to 25", "count"): took(50, 25, last="MaR"),
    (DOSE, "changed to MiR", "reduced 50 to 25", "count"): took(50, 25, last="MiR"),
    (DOSE, "multiple adjustments", "all", "count"): count(many_changes),
    (DOSE, "multiple adjustments: Hb kept above", "one patient", "value"): lowest_on_many_changes,
    (DOSE, "dose increased", "all", "count"): count(
        lambda d: courses(d).map(lambda c: max(c) > c[0])
    ),
    (DOSE, "increase 50 to 100 mg/d reached MiR", "all", "count"): took(50, 100, last="MiR"),
    (DOSE, "increase 100 to 150 mg/d no improvement", "all", "count"): took(100, 150, last="NR"),
    (STOP, "discontinued", "all", "count"): count(stopped),
    (STOP, "discontinued", "MaR", "count"): count(lambda d: stopped(d, "MaR")),
    (STOP, "discontinued", "MiR", "count"): count(lambda d: stopped(d, "MiR")),
    (STOP, "discontinued", "NR", "count"): count(lambda d: stopped(d, "NR")),
    (STOP, "constipation and menstruation disorders", "responders", "count"): count(
        lambda d: stopped(d) & d["withdrawal_reason"].isin(["constipation", "menstrual disorder"])
    ),
    (STOP, "responders with Hb around withdrawal", "responders", "count"): count(
        lambda d: stopped(d) & (d["last"] != "NR")
    ),
    (STOP, "Hb significantly decreased after", "responders", "value"): fall_after_stop,
    (PREDICT, "HbF before", "MaR vs MiR+NR", "p"): lambda _, d: compare_groups(
        d["HbF_0M"], d["last"] == "MaR", d["last"] != "MaR"
    )["p"],
    (PREDICT, "splenic status", "MaR vs MiR+NR", "p"): lambda _, d: (
        stats.chi2_contingency(
            pd.crosstab(d["splenectomy"], d["last"] == "MaR"), correction=False
        ).pvalue
    ),
    **{
        (PREDICT, "HbF before, logistic", "NTDT (reading of the text)", s): logistic(s)
        for s in MODEL
    },
    (HARM, "mild adverse effects", "all", "count"): count(lambda d: d["event_1"].notna()),
    (HARM, "gastrointestinal", "all", "count"): event(*GASTROINTESTINAL),
    (HARM, "rash", "all", "count"): event("rash"),
    (HARM, "menstruation disorders", "all", "count"): event("menstrual disorder"),
    (HARM, "denominator", "all", "n"): everyone_analysed,
    (HARM, "peripheral neurotoxicity", "all", "count"): event("peripheral neuropathy"),
    (HARM, "neurotoxicity: months on drug", "one patient", "value"): neuropathy("withdrawn_month"),
    (HARM, "neurotoxicity: cumulative dose", "one patient", "value"): neuropathy(
        "withdrawn_month", GRAMS_PER_MONTH
    ),
    (HARM, "neurotoxicity: onset", "one patient", "value"): neuropathy("event_1_month"),
    (
        HARM,
        "neurotoxicity: follow-up after withdrawal",
        "one patient",
        "value",
    ): seen_after_neuropathy,
}

ABSTRACT: dict[tuple[str, str, str, str], Pick] = {
    **_repeated("Abstract"),
    ("Abstract", "ORR", "all", "percent"): percent(
        count(lambda d: d["response_3"] != "NR"), everyone_analysed
    ),
    ("Abstract", "yearly transfusions", "TDT before vs after", "p"): yearly("p"),
    **{("Abstract", "follow-up", "all", s): described(durations(0), s) for s in MOMENTS + RANGE},
    ("Abstract", "neurotoxicity", "all", "count"): event("peripheral neuropathy"),
    **{("Abstract", "HbF before, logistic", "", s): logistic(s) for s in MODEL},
}

TEXT = {**OPENING, **FOLLOW_UP, **TREATMENT, **ABSTRACT}
