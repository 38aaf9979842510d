"""Tests of Hb over months, what the gain is made of, and what dose changes did to it."""

from __future__ import annotations

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_values
from thal_core.analyses.tested import explained
from thal_core.cohort import Cohort
from thal_core.derive.dose import derive_dose_changes
from thal_core.derive.visits import visit_values
from thal_core.figures.composition import plot_composition
from thal_core.figures.dose_changes import plot_dose_changes
from thal_core.groups import POPULATIONS, population
from thal_core.results import Result
from thal_core.stats import compare, multiplicity, repeated
from thal_core.view import Options
from thal_core.words import Message

PAPER_MONTHS = ((0, 3, 12), (0, 3, 12, 24), (0, 6, 12, 24))  # 2020; 2020; 2024


def _hb(cohort: Cohort, name: str) -> pd.DataFrame:
    visits = visit_values(cohort, "hb_g_per_l", on_drug_only=True)
    return visits[visits["patient_id"].isin(population(cohort, name)) & (visits["month"] >= 0)]


def hb_over_time_tests(cohort: Cohort, options: Options) -> Result:
    """Whether mean Hb differs between months: repeated measures ANOVA on complete cases, with
    Greenhouse–Geisser degrees of freedom, and a random-intercept model (REML, Satterthwaite) in
    which incomplete patients count.

    effect: partial eta squared (0–1). Which months differ is the question of ``hb_contrasts``.
    """
    need_values(cohort, "hb_g_per_l")
    rows, used = [], set()
    for name in POPULATIONS:
        visits = _hb(cohort, name)
        for label, months in _sets_of_months(visits):
            in_months = visits[visits["month"].isin(months)]
            used |= set(in_months["patient_id"])
            rows += [
                test.row() | {"phenotype": name, "months": label, "model": test.model}
                for test in _tests_of_months(in_months)
            ]
    if not rows:
        raise Unanswerable("cannot.one_visit")
    rows, reasons = explained(rows)
    return build_result(
        "hb_over_time_tests",
        rows,
        cohort=cohort,
        used=used,
        method=[Message("about.over_time_tests")],
        sentences=reasons,
        notes=[
            Message("about.complete_cases_printed"),
            Message("about.which_months"),
            Message("about.hb_timing_tdt"),
            *reasons,
        ],
    )


def _sets_of_months(visits: pd.DataFrame) -> list[tuple[str, tuple[float, ...]]]:
    """The papers' sets that the visits have, then all months; each of two months or more."""
    present = tuple(sorted(visits["month"].unique()))
    sets = [
        (",".join(f"{m:g}" for m in months), months)
        for months in PAPER_MONTHS
        if set(months) <= set(present)
    ]
    return [(name, months) for name, months in [*sets, ("all", present)] if len(months) > 1]


def _tests_of_months(visits: pd.DataFrame) -> tuple[repeated.FTest | repeated.MixedModel, ...]:
    wide = visits.pivot(index="patient_id", columns="month", values="value")
    return (
        repeated.repeated_anova(wide),
        repeated.greenhouse_geisser(wide),
        repeated.fit_random_intercept(visits["patient_id"], visits["month"], visits["value"]),
    )


def hb_contrasts(cohort: Cohort, options: Options) -> Result:
    """Each month against baseline (g/L): paired t, and the contrasts of the random-intercept model;
    Holm within each.

    effect = mean_diff (month − 0) with the interval of the method.
    """
    need_values(cohort, "hb_g_per_l")
    rows, used = [], set()
    for name in POPULATIONS:
        visits = _hb(cohort, name)
        used |= set(visits["patient_id"])
        wide = visits.pivot(index="patient_id", columns="month", values="value")
        if 0 not in wide:
            continue
        paired = [
            compare.paired_t(wide[m], wide[0]).row() | {"month": m} for m in wide.columns if m > 0
        ]
        fit = repeated.fit_random_intercept(visits["patient_id"], visits["month"], visits["value"])
        mixed = [
            row | {"effect": row["mean_diff"], "method": "mixed_random_intercept"}
            for row in fit.contrasts.to_dict("records")
        ]
        for model in (paired, mixed):
            for row, p in zip(model, multiplicity.holm([r["p_value"] for r in model]), strict=True):
                rows.append(row | {"phenotype": name, "mean_diff": row["effect"], "p_adjusted": p})
    if not rows:
        raise Unanswerable("cannot.no_before_after")
    rows, reasons = explained(rows)
    return build_result(
        "hb_contrasts",
        rows,
        cohort=cohort,
        used=used,
        method=[Message("about.contrasts")],
        sentences=reasons,
        notes=[Message("about.hb_timing_tdt"), Message("about.regression_to_the_mean"), *reasons],
    )


def hb_composition(cohort: Cohort, options: Options) -> Result:
    """Hb split into HbF and the rest (g/L), patients with both at baseline and at the month
    ("mainly HbF", 2020).

    hbf_share_of_gain: the part of the mean gain in Hb since month 0 that is HbF, in those same
    patients; below 0 or above 1 where HbF and the rest went opposite ways.
    """
    need_values(cohort, "hb_g_per_l")
    need_values(cohort, "hbf_percent")
    hb, hbf = (
        visit_values(cohort, "hb_g_per_l", on_drug_only=True),
        visit_values(cohort, "hbf_percent", on_drug_only=True),
    )
    both = hb.merge(hbf, on=["patient_id", "month"], suffixes=("", "_hbf"))
    both["hbf"] = both["value"] * both["value_hbf"] / 100
    start = both[both["month"] == 0].set_index("patient_id")
    rows = []
    for name in POPULATIONS:
        with_both = both[
            both["patient_id"].isin(population(cohort, name)) & both["patient_id"].isin(start.index)
        ]
        rows += [
            {"phenotype": name, "month": month}
            | _composition(part, start.loc[part["patient_id"]], month)
            for month, part in with_both.groupby("month")
        ]
    if not rows:
        raise Unanswerable("cannot.no_pairs", month=0)
    outside = any(row["hbf_share_of_gain"] < 0 or row["hbf_share_of_gain"] > 1 for row in rows)
    return build_result(
        "hb_composition",
        rows,
        cohort=cohort,
        used=start.index,
        method=[Message("about.composition")],
        excluded=[(Message("excluded.no_before_after"), cohort.n - len(start))],
        notes=[
            Message("about.hbf_diluted"),
            *([Message("about.share_outside")] if outside else []),
        ],
        draw=plot_composition,
    )


def _composition(part: pd.DataFrame, start: pd.DataFrame, month: float) -> dict[str, object]:
    """Mean HbF and the rest of the same patients, and the part of their gain that is HbF."""
    gain = part["value"].mean() - start["value"].mean()
    hbf_gain = part["hbf"].mean() - start["hbf"].mean()
    return {
        "n": len(part),
        "hbf_mean": part["hbf"].mean(),
        "other_mean": (part["value"] - part["hbf"]).mean(),
        "hbf_share_of_gain": hbf_gain / gain if month > 0 and gain != 0 else float("nan"),
    }


def dose_changes(cohort: Cohort, options: Options) -> Result:
    """2020 Fig. 2: every reduction, increase, stop and restart of thalidomide, with Hb (g/L) on the
    same time axis.

    One row per change and Hb visit, from the last visit before the change to the next change;
    months_since_change is negative before it.
    """
    changes = derive_dose_changes(cohort)
    if changes.empty:
        raise Unanswerable("cannot.no_dose_change")
    hb = visit_values(cohort, "hb_g_per_l").sort_values(["patient_id", "month"])
    rows: list[dict[str, object]] = []
    for change in changes.to_dict("records"):
        of_patient = hb[hb["patient_id"] == change["patient_id"]]
        before = of_patient[of_patient["month"] <= change["month"]].tail(1)
        after = of_patient[
            (of_patient["month"] > change["month"]) & (of_patient["month"] <= change["until"])
        ]
        head = {k: change[k] for k in ("patient_id", "kind", "month", "dose_mg_per_day")}
        visits = [*before.itertuples(), *after.itertuples()]
        rows += [
            head | {"months_since_change": v.month - change["month"], "hb_g_per_l": v.value}
            for v in visits
        ] or [head]
    return build_result(
        "dose_changes",
        rows,
        cohort=cohort,
        used=changes["patient_id"],
        method=[Message("about.dose_changes")],
        draw=plot_dose_changes,
    )
