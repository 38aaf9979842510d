"""Who responded: the rules of rules/criteria.csv applied to one cohort."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.evidence import evidence_at, months_on_drug
from thal_core.derive.transfusion import INFERRED, TOTALS
from thal_core.derive.visits import on_drug_of
from thal_core.rules.catalogue import Criterion, Level
from thal_core.rules.catalogue import criterion as find_criterion
from thal_core.view import COMPARE, LAST, checked_month
from thal_core.vocabulary import Phenotype, Response
from thal_core.words import Message
from thal_core.words.wording import Wording

_ALSO = re.compile(r"^(\w+)(>=|<)([\d.]+)")
BASIS = {
    "hb": ("hb_gain", "hb", "g/L"),
    "transfusion": ("reduction_percent", "transfusion", "%"),
    "transfusion_free": ("reduction_percent", "transfusion", "%"),
}


@dataclass(frozen=True)
class Ruling:
    """Which of the rules about who counts are applied; all, unless a sensitivity analysis leaves
    one out.
    """

    stops: bool = True  # stopping before the month for lack of effect is no response
    blanks: bool = True  # a blank month of freedom among filled ones: not free
    unconfirmed: bool = True  # freedom stated for less than two months counts


AS_RULED = Ruling()


def classify_response(
    cohort: Cohort,
    criterion: str = "yang2024",
    month: float | str | None = None,
    *,
    unit_volume_ml: float = 200.0,
    language: str | None = "en",
) -> pd.DataFrame:
    """The response class of each patient under one criterion.

    Returns one row per patient (index patient_id): ``response`` (a class of the criterion, or NE),
    ``basis`` {hb, transfusion}, ``value`` (Hb gain in g/L, or transfusion reduction in %),
    ``unit``, ``month``, and ``reason``: the clause that held, or why the patient is not evaluable.
    Missing data is never a class.

    month: None for the criterion's own; "last" for each patient's last judged visit on the drug at
    or after it. language: of ``reason``; None keeps it as something with ``.text(language)``.
    unit_volume_ml: whole blood behind one transfusion unit. Raises UnknownChoice for a criterion
    that does not exist, CohortError for a month that is none. Source: rules/criteria.csv and
    rules/criteria_levels.csv, each clause with its own.

    >>> from thal_core import read_cohort
    >>> sheet = b"ID,phenotype,Hb 0M (g/L),Hb 6M (g/L)\\nP1,NTDT,70,95\\nP2,NTDT,72,80\\n"
    >>> cohort = read_cohort(sheet, filename="clinic.csv")
    >>> classify_response(cohort)[["response", "basis", "value", "unit"]].to_dict("index")["P1"]
    {'response': 'MaR', 'basis': 'hb', 'value': 25.0, 'unit': 'g/L'}
    """
    rules = find_criterion(criterion)
    evidence = derive_evidence(
        cohort, rules, rules.month if month is None else month, unit_volume_ml
    )
    return classify_evidence(evidence, rules, language=language)


def classify_evidence(
    evidence: pd.DataFrame, rules: Criterion, ruling: Ruling = AS_RULED, language: str | None = "en"
) -> pd.DataFrame:
    """``classify_response`` from the evidence of ``derive_evidence``."""
    evidence = under(evidence, ruling)
    out = pd.DataFrame(
        {
            "response": pd.Series(Response.NE.value, index=evidence.index, dtype="str"),
            "basis": pd.Series("", index=evidence.index, dtype="str"),
            "value": np.nan,
            "unit": pd.Series("", index=evidence.index, dtype="str"),
            "month": evidence["month"],
        }
    )
    reasons = _not_evaluable(evidence, rules)
    if ruling.stops:
        out, reasons = _with_stops(out, reasons, evidence, rules)
    out, reasons = _with_transfused(out, reasons, evidence, rules)
    open_ = reasons.isna()
    for level in rules.levels:
        holds = _holds(level, evidence) & open_
        quantity, basis, unit = BASIS[level.basis]
        out.loc[holds, ["response", "basis", "unit"]] = [level.level, basis, unit]
        out.loc[holds, "value"] = evidence.loc[holds, quantity].fillna(
            100.0 if level.basis == "transfusion_free" else np.nan
        )
        reasons.loc[holds] = _held(level, evidence[holds])
        open_ &= ~holds
    reasons.loc[open_] = Message(
        "ne.no_volume"
    )  # a clause asks for more than the percentage that is known
    out["reason"] = (
        reasons
        if language is None
        else pd.Series([r.text(language) for r in reasons], index=out.index, dtype="str")
    )
    return out


def derive_evidence(
    cohort: Cohort, rules: Criterion, month: float | str, unit_volume_ml: float
) -> pd.DataFrame:
    """All a criterion looks at, one row per patient (``evidence_at``); for "last", each at the
    month of their last judged visit on the drug, at or after the criterion's month. Kept with the
    cohort.
    """
    asked = ("evidence", rules, checked_month(month), unit_volume_ml)
    derive, at = (_evidence_at_last, rules.month) if month == LAST else (evidence_at, float(month))
    return cohort.once(asked, lambda: derive(cohort, rules, at, unit_volume_ml)).copy()


def _evidence_at_last(
    cohort: Cohort, rules: Criterion, own_month: float, unit_volume_ml: float
) -> pd.DataFrame:
    chosen = evidence_at(cohort, rules, own_month, unit_volume_ml)
    seen = cohort.visits.loc[on_drug_of(cohort), "month"].dropna().unique()
    for month in sorted(m for m in seen if m > own_month):
        later = evidence_at(cohort, rules, month, unit_volume_ml)
        classes = classify_evidence(later, rules, Ruling(stops=False), language=None)["response"]
        judged = (classes != Response.NE) & months_on_drug(cohort, month)
        chosen.loc[judged] = later.loc[judged]
    return chosen


def under(evidence: pd.DataFrame, ruling: Ruling) -> pd.DataFrame:
    """The evidence with what the ruling does not accept taken out."""
    free = evidence["free"]
    if not ruling.blanks:
        free = free.mask(evidence["free_source"] == INFERRED)
    if not ruling.unconfirmed:
        free = free.mask(evidence["unconfirmed"].astype(bool), False)
    return evidence.assign(free=free)


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


def judged_by_phenotype(evidence: pd.DataFrame, rules: Criterion) -> pd.Series:
    """True for patients of a phenotype that the criterion has clauses for."""
    if not rules.phenotypes:
        return pd.Series(True, index=evidence.index)
    return evidence["phenotype"].isin(rules.phenotypes)


def _not_evaluable(evidence: pd.DataFrame, rules: Criterion) -> pd.Series:
    """Why a patient has no class (a Message), NaN where nothing stands in the way. The first reason
    counts.
    """
    reasons = pd.Series(np.nan, index=evidence.index, dtype="object")
    for month, ids in evidence.groupby("month").groups.items():
        part = evidence.loc[ids]
        for where, message in reversed(_obstacles(part, rules, {"month": month})):
            reasons.loc[part.index[where.astype(bool)]] = message
    return reasons


BEFORE_STOPS = frozenset(
    {
        "ne.no_phenotype",
        "ne.other_phenotype",
        "ne.no_base",
        "ne.not_due",
        "ne.zero_dose",
        "ne.paused",
    }
)


def _obstacles(
    evidence: pd.DataFrame, rules: Criterion, params: dict[str, object]
) -> list[tuple[pd.Series, Message]]:
    """What stands in the way of a class and the reason to give, the first that holds counting."""
    phenotype, transfused = evidence["phenotype"], evidence["transfused_in_window"]
    by_hb = _judged_by(evidence, rules, "hb")
    by_transfusion = _judged_by(evidence, rules, "transfusion")
    hb_alone, transfusion_alone = by_hb & ~by_transfusion, by_transfusion & ~by_hb
    no_hb, no_transfusion = evidence["hb_gain"].isna(), _no_transfusion(evidence, rules)
    needs = pd.Series(bool(rules.phenotypes), index=evidence.index)
    others = Message("ne.other_phenotype", {"phenotype": "/".join(sorted(rules.phenotypes))})
    not_free = _takes_freedom(rules) & ~evidence["free"].fillna(True).astype(bool)
    on_course = ("not_due", "zero_dose", "paused", "stopped")
    return [
        (needs & ~phenotype.isin([p.value for p in Phenotype]), Message("ne.no_phenotype")),
        (needs & ~phenotype.isin(rules.phenotypes), others),
        (evidence["no_base"] & transfusion_alone, Message("ne.no_base")),
        *((evidence[where], Message(f"ne.{where}", params)) for where in on_course),
        (evidence["hb_off_drug"] & hb_alone, Message("ne.off_drug", params)),
        (
            evidence["transfused_before_hb"] & by_hb & (phenotype == Phenotype.NTDT),
            _transfused(rules),
        ),
        (by_hb & by_transfusion & no_hb & no_transfusion, Message("ne.nothing", params)),
        (hb_alone & evidence["hb_before"].isna(), Message("ne.no_baseline_hb")),
        (hb_alone & ~transfused & no_hb, Message("ne.no_hb", params)),
        (hb_alone & ~transfused & evidence["few_hb"], Message("ne.few_hb", params)),
        (
            transfusion_alone & no_transfusion & not_free,
            _naming_unread("ne.not_free", evidence, params),
        ),
        (transfusion_alone & no_transfusion, _naming_unread("ne.no_transfusion", evidence, params)),
    ]


def _takes_freedom(rules: Criterion) -> bool:
    return any(level.basis == "transfusion_free" for level in rules.levels)


def _no_transfusion(evidence: pd.DataFrame, rules: Criterion) -> pd.Series:
    """Nothing is known of transfusion that the criterion could judge by."""
    free = evidence["free"].fillna(False).astype(bool) & _takes_freedom(rules)
    return evidence["reduction_percent"].isna() & ~free


def _naming_unread(code: str, evidence: pd.DataFrame, params: dict[str, object]) -> Message:
    """The reason, with the columns that may hold what is missing, where there are any."""
    unread = evidence["unread_transfusion"].iloc[0] if len(evidence) else ()
    if not unread:
        return Message(code, params)
    return Message(f"{code}_unread", params | {"columns": list(unread)})


def _transfused(rules: Criterion) -> Message:
    return Message("ne.transfused" if rules.hb_statistic == "visit" else "ne.transfused_before")


def _judged_by(evidence: pd.DataFrame, rules: Criterion, basis: str) -> pd.Series:
    phenotypes = {level.phenotype for level in rules.levels if level.basis.startswith(basis)}
    if "all" in phenotypes:
        return pd.Series(True, index=evidence.index)
    return evidence["phenotype"].isin(phenotypes)


def _with_stops(
    out: pd.DataFrame, reasons: pd.Series, evidence: pd.DataFrame, rules: Criterion
) -> tuple[pd.DataFrame, pd.Series]:
    """Stopping before the month judged, where nothing measured within 30 days of the last dose
    decides: for lack of effect no response, for another reason what the criterion says.
    """
    if not rules.stop_other:
        return out, reasons
    out, reasons = out.copy(), reasons.copy()
    code = pd.Series([getattr(reason, "code", "") for reason in reasons], index=reasons.index)
    undecided = (
        (code != "")
        & ~code.isin(BEFORE_STOPS)
        & (evidence["stop_month"] < evidence["month"]).astype(bool)
    )
    for where, level, word in (
        (undecided & evidence["no_effect"], rules.no_response, "held.stopped_no_effect"),
        (
            undecided & ~evidence["no_effect"] & evidence["stopped"],
            rules.stop_other,
            "held.stopped_other",
        ),
    ):
        where = where.astype(bool)
        if level == Response.NE or not where.any():
            continue
        by_hb = evidence.loc[where, "phenotype"] == Phenotype.NTDT
        out.loc[where, "response"] = level
        out.loc[where, "basis"] = np.where(by_hb, "hb", "transfusion")
        reasons.loc[where] = [
            Message(word, {"month": f"{m:g}"}) for m in evidence.loc[where, "stop_month"]
        ]
    return out, reasons


def _with_transfused(
    out: pd.DataFrame, reasons: pd.Series, evidence: pd.DataFrame, rules: Criterion
) -> tuple[pd.DataFrame, pd.Series]:
    """A response "in the absence of transfusions": transfused within the window judged is no
    response.
    """
    out, reasons = out.copy(), reasons.copy()
    where = evidence["transfused_in_window"].astype(bool) & reasons.isna()
    if where.any():
        out.loc[where, ["response", "basis", "unit"]] = [rules.no_response, "hb", "g/L"]
        out.loc[where, "value"] = evidence.loc[where, "hb_gain"]
        reasons.loc[where] = Message("held.transfused_in_window")
    return out, reasons


def _held(level: Level, evidence: pd.DataFrame) -> list[Wording | Message]:
    """The clause that held for each of these patients, with the figure behind it."""
    if level.basis == "transfusion_free":
        return [
            Message(f"held.free_{source}", {"sentence": level.sentence, "month": f"{since:g}"})
            for source, since in zip(evidence["free_source"], evidence["free_since"], strict=True)
        ]
    if level.basis == "hb":
        return [
            Message("held.hb", {"sentence": level.sentence, "value": f"{v:+.1f}"})
            for v in evidence["hb_gain"]
        ]
    return [
        Message(
            "held.average",
            {"sentence": level.sentence, "value": f"{v:.1f}", "months": f"{months:g}"},
        )
        if source == TOTALS
        else Message("held.transfusion", {"sentence": level.sentence, "value": f"{v:.1f}"})
        for v, source, months in zip(
            evidence["reduction_percent"],
            evidence["source"],
            evidence["average_months"],
            strict=True,
        )
    ]
