"""Safety flags: facts of each patient held against the rows of rules/safety.csv. Three states,
never two.
"""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.dose import derive_exposure
from thal_core.derive.drugs import treatments_of
from thal_core.derive.response import classify_response
from thal_core.derive.visits import visit_values
from thal_core.rules.catalogue import convention, criterion, read_rules
from thal_core.view import COMPARE
from thal_core.vocabulary import Response
from thal_core.words.wording import Wording

YES, NO, NOT_RECORDED = "yes", "no", "not recorded"
RESPONSE_BY = "yang2024"  # the criterion whose class says that there was no response


@lru_cache(maxsize=1)
def safety_rules() -> list[dict[str, str]]:
    """The rows of rules/safety.csv."""
    return read_rules("safety")


def flag_labels() -> dict[str, Wording]:
    """What each flag says, in every language."""
    return {rule["flag"]: Wording.of_row(rule, "label") for rule in safety_rules()}


def grave_flags() -> list[str]:
    """The flags that put a patient on the review list, the gravest first."""
    grave = [rule for rule in safety_rules() if rule["grave"]]
    return [rule["flag"] for rule in sorted(grave, key=lambda rule: int(rule["grave"]))]


def derive_flags(cohort: Cohort) -> pd.DataFrame:
    """Every rule for every patient it applies to: patient_id, flag, state {yes, no, not recorded},
    value, rule, source.

    A blank is never "no": without the quantity the state is "not recorded".
    """
    facts = derive_facts(cohort)
    rows = []
    for rule in safety_rules():
        applies = pd.Series(True, index=facts.index)
        for column in ("phenotype", "sex"):
            if rule[column] != "all":
                applies &= cohort.patients[column] == rule[column]
        for name, value in facts.loc[applies, rule["quantity"]].items():
            rows.append(
                {
                    "patient_id": name,
                    "flag": rule["flag"],
                    "state": _state(rule, value),
                    "value": float(value) if pd.notna(value) else np.nan,
                    "rule": rule["label_en"],
                    "source": rule["source"],
                }
            )
    return pd.DataFrame(rows, columns=["patient_id", "flag", "state", "value", "rule", "source"])


def _state(rule: dict[str, str], value: object) -> str:
    if pd.isna(value):
        return NOT_RECORDED
    hit = (
        bool(value)
        if rule["operator"] == "is"
        else COMPARE[rule["operator"]](float(value), float(rule["threshold"]))
    )
    return YES if hit else NO


def derive_facts(cohort: Cohort) -> pd.DataFrame:
    """The quantities the rules compare, one row per patient; missing where not recorded."""
    patients = cohort.patients
    exposure = derive_exposure(cohort)
    facts = pd.DataFrame(index=patients.index)
    facts["dose"] = exposure["last_dose"].fillna(patients["dose_start_mg_per_day"])
    weight = last_value(cohort, "weight_kg").fillna(patients["weight_kg"])
    facts["dose_per_kg"] = facts["dose"] / weight
    facts["cumulative_g"] = exposure["cumulative_g"]
    facts["young_or_light_dose"] = _young_or_light_dose(
        patients["age_years"], weight, facts["dose"]
    )
    for fact, analyte in (
        ("last_hb", "hb_g_per_l"),
        ("last_ferritin", "ferritin_ng_per_ml"),
        ("last_alt", "alt_u_per_l"),
        ("last_neutrophils", "anc_10e9_per_l"),
        ("last_platelets", "platelets_10e9_per_l"),
    ):
        facts[fact] = last_value(cohort, analyte)
    best = (
        visit_values(cohort, "hb_g_per_l", on_drug_only=True).groupby("patient_id")["value"].max()
    )
    facts["hb_fall_from_best"] = best.reindex(patients.index) - facts["last_hb"]
    return (
        facts.join(_event_facts(cohort))
        .join(_protection_facts(cohort, facts["last_platelets"]))
        .join(_course_facts(cohort, exposure))
    )


def last_value(cohort: Cohort, analyte: str) -> pd.Series:
    """The latest value of an analyte, one entry per patient."""
    values = visit_values(cohort, analyte).sort_values("month")
    return values.groupby("patient_id")["value"].last().reindex(cohort.patients.index)


def _young_or_light_dose(age: pd.Series, weight: pd.Series, dose: pd.Series) -> pd.Series:
    """The dose of patients under 14 years or 25 kg, 0 for the others; missing where that cannot be
    told.
    """
    years = convention("young_below_years")
    small = (age < years) | (weight < convention("light_below_kg"))
    known = small | (age.notna() & weight.notna()) | (age >= years) & weight.isna()
    return dose.where(small, 0.0).where(known)


def _event_facts(cohort: Cohort) -> pd.DataFrame:
    """neuropathy, thrombosis and worst_grade: yes where an event is recorded, no only where it is
    recorded with grade 0.

    A patient without an event was not necessarily asked: a blank is never "no".
    """
    events, index = cohort.events, cohort.patients.index
    facts = pd.DataFrame(index=index)
    for kind in ("neuropathy", "thrombosis"):
        of_kind = _events_of(cohort, kind)
        had = of_kind.loc[of_kind["grade"] != 0, "patient_id"]
        denied = index.isin(of_kind["patient_id"]) & ~index.isin(had)
        facts[kind] = (
            pd.Series(index.isin(had), index=index)
            .astype("boolean")
            .where(index.isin(had) | denied)
        )
    facts["worst_grade"] = events.groupby("patient_id")["grade"].max().reindex(index)
    return facts


def _protection_facts(cohort: Cohort, platelets: pd.Series) -> pd.DataFrame:
    patients, index = cohort.patients, cohort.patients.index
    drugs_recorded = (
        len(treatments_of(cohort, "antithrombotic")) > 0
        or _recorded(cohort, "antithrombotic").any()
    )
    protected = pd.Series(
        index.isin(treatments_of(cohort, "antithrombotic")["patient_id"]), index=index
    )
    unprotected = patients["splenectomy"] & ~protected
    return pd.DataFrame(
        {
            "splenectomy_unprotected": unprotected.where(patients["splenectomy"].notna()),
            "platelets_unprotected": platelets.where(~protected, 0.0).where(
                platelets.notna() | (protected & drugs_recorded)
            ),
            "contraception_missing": _contraception_missing(cohort),
        },
        index=index,
    )


def _contraception_missing(cohort: Cohort) -> pd.Series:
    age = cohort.patients["age_years"]
    fertile = age.between(
        convention("childbearing_from_years"), convention("childbearing_to_years")
    )
    recorded = _recorded(cohort, "contraception")
    return (fertile & ~recorded).astype("boolean").where(age.notna())


@lru_cache(maxsize=1)
def _patterns() -> dict[tuple[str, str], str]:
    """What a header or an event says of a fact (rules/flag_words.csv): (place, fact) → pattern."""
    words: dict[tuple[str, str], list[str]] = {}
    for row in read_rules("flag_words"):
        words.setdefault((row["place"], row["fact"]), []).append(re.escape(row["word"].casefold()))
    return {of: "|".join(spellings) for of, spellings in words.items()}


def _events_of(cohort: Cohort, fact: str) -> pd.DataFrame:
    """The rows of ``events`` whose event says the fact."""
    names = cohort.events["event"].fillna("").str.casefold()
    return cohort.events[names.str.contains(_patterns()["event", fact])]


def _recorded(cohort: Cohort, fact: str) -> pd.Series:
    """Patients who have anything in a kept column whose header names the fact."""
    named = (
        cohort.extra["column"].fillna("").str.casefold().str.contains(_patterns()["header", fact])
    )
    rows = cohort.extra[named & cohort.extra["value"].notna()]
    return pd.Series(cohort.patients.index.isin(rows["patient_id"]), index=cohort.patients.index)


def _course_facts(cohort: Cohort, exposure: pd.DataFrame) -> pd.DataFrame:
    """no_response_on_drug (no response at the month at which one stops, and treated beyond),
    neuropathy_unchecked (beyond that month).
    """
    month, none = convention("stop_without_response_month"), criterion(RESPONSE_BY).no_response
    classes = classify_response(cohort, RESPONSE_BY, month)["response"]
    beyond = exposure["months"] > month
    known = (classes != Response.NE) & exposure["months"].notna()
    checked = _recorded(cohort, "neuropathy_check") | cohort.patients.index.isin(
        _events_of(cohort, "neuropathy")["patient_id"]
    )
    return pd.DataFrame(
        {
            "no_response_on_drug": ((classes == none) & beyond).astype("boolean").where(known),
            "neuropathy_unchecked": (beyond & ~checked)
            .astype("boolean")
            .where(exposure["months"].notna()),
        }
    )
