"""Safety flags: yes, no or not recorded; a blank is never "no"; both sides of every threshold."""

from __future__ import annotations

import pytest

from tests.cohorts import cohort_of
from thal_core.derive.flags import derive_flags, safety_rules


def state(patient: dict, flag: str, *others: dict) -> str:
    flags = derive_flags(cohort_of(patient, *others))
    own = flags[(flags["patient_id"] == "1") & (flags["flag"] == flag)]
    return own["state"].iloc[0] if len(own) else "does not apply"


def event(name: str, grade: float | None = None) -> dict:
    return {"events": [{"event": name, "grade": grade, "month": 3.0}]}


@pytest.mark.parametrize("flag", ["neuropathy", "thrombosis"])
def test_an_event_elsewhere_in_the_sheet_says_nothing_of_this_patient(flag: str) -> None:
    assert state({}, flag, event(flag)) == "not recorded"
    assert state(event(flag), flag) == "yes"
    assert state(event(flag, 0), flag) == "no"
    assert state(event("rash", 1), flag) == "not recorded"


CASES: list[tuple[dict, str, str]] = [  # of every threshold both sides
    ({"dose_start_mg_per_day": 50}, "dose_above_50", "no"),
    ({"dose_start_mg_per_day": 50.1}, "dose_above_50", "yes"),
    ({}, "dose_above_50", "not recorded"),
    ({"dose_start_mg_per_day": 100}, "dose_above_100", "no"),
    ({"dose_start_mg_per_day": 101}, "dose_above_100", "yes"),
    ({"dose_start_mg_per_day": 150, "weight_kg": 50}, "dose_above_3_mg_per_kg", "no"),
    ({"dose_start_mg_per_day": 151, "weight_kg": 50}, "dose_above_3_mg_per_kg", "yes"),
    ({"dose_start_mg_per_day": 150}, "dose_above_3_mg_per_kg", "not recorded"),
    ({"dose_start_mg_per_day": 100, "duration_months": 6.5}, "cumulative_20_g", "no"),
    ({"dose_start_mg_per_day": 100, "duration_months": 6.6}, "cumulative_20_g", "yes"),
    ({"phenotype": "TDT", "hb": {6: 90}}, "hb_below_90_tdt", "no"),
    ({"phenotype": "TDT", "hb": {6: 89.9}}, "hb_below_90_tdt", "yes"),
    ({"phenotype": "NTDT", "hb": {6: 80}}, "hb_below_90_tdt", "does not apply"),
    ({"hb": {6: 70}}, "hb_below_70", "no"),
    ({"hb": {6: 69.9}}, "hb_below_70", "yes"),
    ({}, "hb_below_70", "not recorded"),
    ({"hb": {3: 100, 6: 80.1}}, "hb_fell_20", "no"),
    ({"hb": {3: 100, 6: 80}}, "hb_fell_20", "yes"),
    ({"phenotype": "NTDT", "ferritin_ng_per_ml": {6: 300}}, "ferritin_chelation_ntdt", "no"),
    ({"phenotype": "NTDT", "ferritin_ng_per_ml": {6: 299}}, "ferritin_chelation_ntdt", "yes"),
    ({"phenotype": "TDT", "ferritin_ng_per_ml": {6: 500}}, "ferritin_chelation_tdt_500", "no"),
    ({"phenotype": "TDT", "ferritin_ng_per_ml": {6: 499}}, "ferritin_chelation_tdt_500", "yes"),
    ({"phenotype": "TDT", "ferritin_ng_per_ml": {6: 799}}, "ferritin_chelation_tdt_800", "yes"),
    ({"anc_10e9_per_l": {6: 1.0}}, "neutrophils_below_1", "no"),
    ({"anc_10e9_per_l": {6: 0.99}}, "neutrophils_below_1", "yes"),
    ({"platelets_10e9_per_l": {6: 50}}, "platelets_below_50", "no"),
    ({"platelets_10e9_per_l": {6: 49}}, "platelets_below_50", "yes"),
    ({"platelets_10e9_per_l": {6: 500}}, "platelets_without_antithrombotic", "no"),
    ({"platelets_10e9_per_l": {6: 501}}, "platelets_without_antithrombotic", "yes"),
    (
        {
            "platelets_10e9_per_l": {6: 501},
            "treatments": [{"drug": "aspirin", "start_month": 1.0}],
        },
        "platelets_without_antithrombotic",
        "no",
    ),
    ({"alt_u_per_l": {6: 120}}, "alt_above_120", "no"),
    ({"alt_u_per_l": {6: 121}}, "alt_above_120", "yes"),
    (event("rash", 2), "grade_3_event", "no"),
    (event("rash", 3), "grade_3_event", "yes"),
    (event("rash"), "grade_3_event", "not recorded"),
    ({"splenectomy": True}, "splenectomy_without_antithrombotic", "yes"),
    ({"splenectomy": False}, "splenectomy_without_antithrombotic", "no"),
    ({}, "splenectomy_without_antithrombotic", "not recorded"),
    ({"age_years": 13.9, "dose_start_mg_per_day": 37.6}, "young_or_light_dose", "yes"),
    (
        {"age_years": 14, "dose_start_mg_per_day": 50, "weight_kg": 25},
        "young_or_light_dose",
        "no",
    ),
    (
        {"age_years": 14, "dose_start_mg_per_day": 50, "weight_kg": 24.9},
        "young_or_light_dose",
        "yes",
    ),
    ({"age_years": 13, "dose_start_mg_per_day": 37.5}, "young_or_light_dose", "no"),
    ({"sex": "female", "age_years": 20}, "childbearing_without_contraception", "yes"),
    ({"sex": "female", "age_years": 11}, "childbearing_without_contraception", "no"),
    ({"sex": "female"}, "childbearing_without_contraception", "not recorded"),
    ({"sex": "male", "age_years": 20}, "childbearing_without_contraception", "does not apply"),
]


def test_each_rule_on_both_sides() -> None:
    """Each case is a patient of one cohort: nobody's flag depends on the others."""
    flags = derive_flags(cohort_of(*(patient for patient, _, _ in CASES)))
    states = flags.set_index(["patient_id", "flag"])["state"].to_dict()
    found = [
        states.get((str(n), flag), "does not apply") for n, (_, flag, _) in enumerate(CASES, 1)
    ]
    assert [
        f"{patient}: {flag} is {is_now}, not {expected}"
        for (patient, flag, expected), is_now in zip(CASES, found, strict=True)
        if is_now != expected
    ] == []


def test_every_rule_has_both_languages_and_a_source() -> None:
    assert all(rule["label_en"] and rule["label_zh"] and rule["source"] for rule in safety_rules())
