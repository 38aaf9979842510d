"""Who responded: the rules of rules/criteria.csv applied to one cohort."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.transfusion import (
    OFF_DRUG_DAYS,
    derive_transfusion_change,
    last_dose_month,
    transfused_before,
)
from thal_core.derive.visits import values_at, visit_values
from thal_core.rules.catalogue import Criterion, Level
from thal_core.rules.catalogue import criterion as find_criterion
from thal_core.vocabulary import DAYS_PER_MONTH, Phenotype, Response
from thal_core.words import Bilingual, Message

COMPARE: dict[str, Callable[[pd.Series, float], pd.Series]] = {
    ">": operator.gt, ">=": operator.ge, "<": operator.lt, "<=": operator.le,
}
_ALSO = re.compile(r"^(\w+)(>=|<)([\d.]+)")
BASIS = {"hb": ("hb_gain", "hb", "g/L"), "transfusion": ("reduction_percent", "transfusion", "%"),
         "transfusion_free": ("reduction_percent", "transfusion", "%")}


def classify_response(
    cohort: Cohort, criterion: str = "yang2024", month: float | None = None, *,
    unit_volume_ml: float = 200.0, language: str | None = "en",
) -> pd.DataFrame:
    """The response class of each patient under one criterion.

    Returns one row per patient (index patient_id): ``response`` (a class of the criterion, or NE), ``basis``
    {hb, transfusion}, ``value`` (Hb gain in g/L, or transfusion reduction in %), ``unit``, ``month``, and
    ``reason``: the clause that held, or why the patient is not evaluable. Missing data is never a class.

    language: of ``reason``; None keeps it as something with ``.text(language)``.
    month: None for the criterion's own. unit_volume_ml: whole blood behind one transfusion unit.
    Raises UnknownChoice for a criterion that does not exist.
    Source: rules/criteria.csv and rules/criteria_levels.csv, each clause with its own.
    """
    rules = find_criterion(criterion)
    at = rules.month if month is None else float(month)
    evidence = derive_evidence(cohort, rules, at, unit_volume_ml)
    out = pd.DataFrame({
        "response": pd.Series(Response.NE.value, index=evidence.index, dtype="str"),
        "basis": pd.Series("", index=evidence.index, dtype="str"),
        "value": np.nan, "unit": pd.Series("", index=evidence.index, dtype="str"), "month": at,
    })
    reasons = _not_evaluable(evidence, rules, at)
    open_ = reasons.isna()
    for level in rules.levels:
        holds = _holds(level, evidence) & open_
        quantity, basis, unit = BASIS[level.basis]
        out.loc[holds, ["response", "basis", "unit"]] = [level.level, basis, unit]
        out.loc[holds, "value"] = evidence.loc[holds, quantity].fillna(100.0 if level.basis == "transfusion_free" else np.nan)
        reasons[holds] = [_held(level.sentence, basis, value) for value in evidence.loc[holds, quantity]]
        open_ &= ~holds
    reasons[open_] = Message("ne.no_volume")  # a clause asks for more than the percentage that is known
    out["reason"] = reasons if language is None else pd.Series([r.text(language) for r in reasons], index=out.index, dtype="str")
    return out


def derive_evidence(cohort: Cohort, rules: Criterion, month: float, unit_volume_ml: float) -> pd.DataFrame:
    """All a criterion looks at, one row per patient.

    phenotype, hb_before, hb_after, hb_gain (g/L), hb_off_drug, reduction_percent, volume_less_ml, free,
    source (of the reduction), stopped (off the drug by ``month``), transfused_before_hb.
    """
    index = cohort.patients.index
    evidence = derive_transfusion_change(cohort, rules, month, unit_volume_ml)
    evidence["phenotype"] = cohort.patients["phenotype"]
    evidence["hb_before"] = values_at(cohort, "hb_g_per_l", 0, on_drug_only=False)
    evidence["hb_after"] = _hb_after(cohort, rules, month)
    any_hb = values_at(cohort, "hb_g_per_l", month, on_drug_only=False)
    evidence["hb_off_drug"] = any_hb.notna() & evidence["hb_after"].isna()
    evidence["hb_gain"] = (evidence["hb_after"] - evidence["hb_before"]).round(9)
    late = month * DAYS_PER_MONTH - last_dose_month(cohort) * DAYS_PER_MONTH
    evidence["stopped"] = (late > OFF_DRUG_DAYS).reindex(index)
    evidence["transfused_before_hb"] = transfused_before(cohort, 0) | transfused_before(cohort, month)
    return evidence


def _hb_after(cohort: Cohort, rules: Criterion, month: float) -> pd.Series:
    if rules.hb_statistic == "visit":
        return values_at(cohort, "hb_g_per_l", month)
    visits = visit_values(cohort, "hb_g_per_l", on_drug_only=True)
    inside = visits[(visits["month"] >= month - rules.window_months) & (visits["month"] <= month) & (visits["month"] > 0)]
    return inside.groupby("patient_id")["value"].mean().reindex(cohort.patients.index)


def _holds(level: Level, evidence: pd.DataFrame) -> pd.Series:
    """Where a clause is known to hold (missing values never do)."""
    right = pd.Series(True, index=evidence.index)
    if level.phenotype != "all":
        right = evidence["phenotype"] == level.phenotype
    value = evidence[BASIS[level.basis][0]]
    if level.operator == "is":
        return right & evidence["free"].fillna(False).astype(bool)
    holds = right & COMPARE[level.operator](value, level.threshold) & value.notna()
    if level.also:
        name, sign, threshold = _ALSO.fullmatch(level.also).groups()
        holds &= COMPARE[sign](evidence[name], float(threshold))
    return holds


def _not_evaluable(evidence: pd.DataFrame, rules: Criterion, month: float) -> pd.Series:
    """Why a patient has no class (a Message), NaN where nothing stands in the way."""
    phenotypes = {level.phenotype for level in rules.levels} - {"all"}
    phenotype = evidence["phenotype"]
    by_hb = _judged_by(evidence, rules, "hb")
    by_transfusion = _judged_by(evidence, rules, "transfusion")
    either = by_hb & by_transfusion
    no_hb = evidence["hb_gain"].isna()
    no_transfusion = evidence["reduction_percent"].isna() & ~evidence["free"].fillna(False).astype(bool)
    params = {"month": month}
    rows: list[tuple[pd.Series, Message]] = [
        (pd.Series(phenotypes != set(), index=evidence.index) & ~phenotype.isin([p.value for p in Phenotype]),
         Message("ne.no_phenotype")),
        (pd.Series(bool(phenotypes), index=evidence.index) & ~phenotype.isin(phenotypes),
         Message("ne.other_phenotype", {"phenotype": "/".join(sorted(phenotypes))})),
        (evidence["stopped"], Message("ne.stopped", params)),
        (evidence["hb_off_drug"] & by_hb & ~by_transfusion, Message("ne.off_drug", params)),
        (evidence["transfused_before_hb"] & by_hb & (phenotype == Phenotype.NTDT), Message("ne.transfused")),
        (either & no_hb & no_transfusion, Message("ne.nothing", params)),
        (by_hb & ~by_transfusion & evidence["hb_before"].isna(), Message("ne.no_baseline_hb")),
        (by_hb & ~by_transfusion & no_hb, Message("ne.no_hb", params)),
        (by_transfusion & ~by_hb & no_transfusion, Message("ne.no_transfusion", params)),
    ]
    reasons = pd.Series(np.nan, index=evidence.index, dtype="object")
    for where, message in reversed(rows):
        reasons[where.astype(bool)] = message
    return reasons


def _judged_by(evidence: pd.DataFrame, rules: Criterion, basis: str) -> pd.Series:
    phenotypes = {level.phenotype for level in rules.levels if level.basis.startswith(basis)}
    if "all" in phenotypes:
        return pd.Series(True, index=evidence.index)
    return evidence["phenotype"].isin(phenotypes)


def _held(sentence: Bilingual, basis: str, value: float) -> Bilingual | Message:
    if np.isnan(value):
        return sentence
    code = "held.hb" if basis == "hb" else "held.transfusion"
    return Message(code, {"sentence": sentence, "value": f"{value:+.1f}" if basis == "hb" else f"{value:.1f}"})
