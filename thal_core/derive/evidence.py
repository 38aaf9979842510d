"""All that a criterion looks at, one row per patient."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.drugs import treatments_of
from thal_core.derive.on_drug import (
    DOSE,
    ZERO,
    derive_course,
    derive_last_dose,
    derive_stopped,
    grace_months,
    off_drug_at,
)
from thal_core.derive.transfusion import derive_transfusion_change, transfused_before
from thal_core.derive.unread_columns import transfusion_columns
from thal_core.derive.visits import on_drug_of, values_at
from thal_core.rules.catalogue import STUDY, Criterion, read_rules

LEAST_HB_IN_WINDOW = 2  # a mean over a window needs two


def evidence_at(
    cohort: Cohort, rules: Criterion, month: float, unit_volume_ml: float
) -> pd.DataFrame:
    """What is known of each patient at one month.

    phenotype, month; the columns of ``derive_transfusion_change``; those of Hb (``_hb_evidence``)
    and of the course of treatment (``_course_evidence``); unread_transfusion: the columns of the
    sheet that were not understood and look like transfusion, the same for everybody.
    """
    evidence = derive_transfusion_change(cohort, rules, month, unit_volume_ml)
    evidence["phenotype"], evidence["month"] = cohort.patients["phenotype"], float(month)
    hb, course = _hb_evidence(cohort, rules, month), _course_evidence(cohort, month)
    evidence = evidence.assign(**hb, **course)  # of Hb of one visit: nobody transfused in a window
    unread = tuple(column.title for column in transfusion_columns(cohort))
    evidence["unread_transfusion"] = [unread] * len(evidence)
    return evidence


def _hb_evidence(cohort: Cohort, rules: Criterion, month: float) -> pd.DataFrame:
    """hb_before, hb_after, hb_gain (g/L), hb_off_drug, transfused_before_hb (not evaluable),
    transfused_in_window (no response; criteria by a mean alone), few_hb.
    """
    evidence = pd.DataFrame(index=cohort.patients.index)
    evidence["hb_before"] = values_at(cohort, "hb_g_per_l", 0, on_drug_only=False)
    any_hb = values_at(cohort, "hb_g_per_l", month, on_drug_only=False)
    early = transfused_before(cohort, 0)
    if rules.hb_statistic == "visit":
        evidence["hb_after"] = values_at(cohort, "hb_g_per_l", month)
        evidence["few_hb"] = False
        evidence["transfused_before_hb"] = early | transfused_before(cohort, month)
        evidence["transfused_in_window"] = False
    else:
        window = _hb_in_window(cohort, rules, month)
        evidence["hb_after"], evidence["few_hb"] = (
            window["mean"],
            window["size"] < LEAST_HB_IN_WINDOW,
        )
        evidence["transfused_before_hb"] = early
    evidence["hb_off_drug"] = any_hb.notna() & evidence["hb_after"].isna()
    evidence["hb_gain"] = (evidence["hb_after"] - evidence["hb_before"]).round(9)
    return evidence


def _hb_in_window(cohort: Cohort, rules: Criterion, month: float) -> pd.DataFrame:
    """mean (g/L) and size of all Hb on the drug in the window that ends at ``month``."""
    visits = cohort.visits[on_drug_of(cohort) & cohort.visits["hb_g_per_l"].notna()]
    inside = visits[
        (visits["month"] >= month - rules.window_months)
        & (visits["month"] <= month)
        & (visits["month"] > 0)
    ]
    found = (
        inside.groupby("patient_id")["hb_g_per_l"]
        .agg(["mean", "size"])
        .reindex(cohort.patients.index)
    )
    return found.assign(size=found["size"].fillna(0))


def with_second_baseline(cohort: Cohort, evidence: pd.DataFrame) -> pd.DataFrame | None:
    """The evidence with Hb before treatment as the mean of month 0 and the last value before it,
    where one is recorded; None where nobody has two. Classes always use month 0: this shows what
    regression to the mean may do.
    """
    visits = cohort.visits[(cohort.visits["month"] < 0) & cohort.visits["hb_g_per_l"].notna()]
    early = (
        visits.sort_values("month")
        .groupby("patient_id")["hb_g_per_l"]
        .last()
        .reindex(evidence.index)
    )
    if (early.isna() | evidence["hb_before"].isna()).all():
        return None
    before = ((evidence["hb_before"] + early) / 2).fillna(evidence["hb_before"])
    return evidence.assign(hb_before=before, hb_gain=(evidence["hb_after"] - before).round(9))


def _course_evidence(cohort: Cohort, month: float) -> pd.DataFrame:
    """stopped (for good, before the month), zero_dose (0 is written at the month and nothing says
    since when), paused (off now, on again later), not_due (treated for less than the month so far),
    stop_month, no_effect (the reason).
    """
    ids = pd.Series(cohort.patients.index, index=cohort.patients.index)
    at = off_drug_at(cohort, ids, pd.Series(float(month), index=ids.index))
    last = (
        derive_course(cohort)
        .groupby("patient_id")
        .tail(1)
        .set_index("patient_id")["kind"]
        .reindex(ids.index)
    )
    stopped = derive_stopped(cohort)
    evidence = pd.DataFrame(index=cohort.patients.index)
    evidence["zero_dose"] = at["zero"] & (at["since"] > month - grace_months()) & (last == ZERO)
    evidence["paused"] = at["off"] & (last == DOSE)
    evidence["stopped"] = at["off"] & stopped & ~evidence["zero_dose"] & ~evidence["paused"]
    evidence["not_due"] = at["off"] & ~stopped & ~evidence["paused"]
    evidence["stop_month"] = derive_last_dose(cohort).where(stopped)
    evidence["no_effect"] = stopped & stopped_for_no_effect(cohort)
    return evidence


def stopped_for_no_effect(cohort: Cohort) -> pd.Series:
    """True where the reason for stopping says that the drug had no effect
    (rules/stop_reasons.csv).
    """
    rows = treatments_of(cohort, STUDY).dropna(subset=["reason"])
    written = rows.groupby("patient_id")["reason"].last().reindex(cohort.patients.index)
    reason = cohort.patients["withdrawal_reason"].fillna(written)
    return reasons_that_mean("no_effect", reason)


def reasons_that_mean(meaning: str, reasons: pd.Series) -> pd.Series:
    """True where a reason for stopping says this (rules/stop_reasons.csv); a blank says nothing."""
    rows = [row for row in read_rules("stop_reasons") if row["meaning"] == meaning]
    patterns = [row["pattern"].casefold() for row in rows]
    texts = reasons.dropna().unique()
    meant = {text: any(p in text.casefold() for p in patterns) for text in texts}
    return reasons.map(meant).eq(True)


def months_on_drug(cohort: Cohort, month: float) -> pd.Series:
    """True for patients with a visit on the drug at exactly this month."""
    seen = cohort.visits.loc[on_drug_of(cohort) & (cohort.visits["month"] == month), "patient_id"]
    return pd.Series(np.isin(cohort.patients.index, seen), index=cohort.patients.index)
