"""Both sides of every threshold of every criterion, and NE with a reason wherever data is
missing.
"""

from __future__ import annotations

import pandas as pd
import pytest

from tests.cohorts import cohort_of
from thal_core.derive.response import classify_response
from thal_core.issues import UnknownChoice
from thal_core.rules.catalogue import criteria

NTDT, TDT = {"phenotype": "NTDT"}, {"phenotype": "TDT"}


def response(patient: dict, criterion: str, month: float | None = None) -> str:
    return classify_response(cohort_of(patient), criterion, month)["response"].iloc[0]


def reason(patient: dict, criterion: str, month: float | None = None) -> str:
    row = classify_response(cohort_of(patient), criterion, month).iloc[0]
    assert row["response"] == "NE", row["response"]
    return row["reason"]


@pytest.mark.parametrize(
    ("gain", "expected"),
    [(20.1, "MaR"), (20, "MiR"), (19.9, "MiR"), (10, "MiR"), (9.9, "NR"), (0, "NR"), (-5, "NR")],
)
def test_yang2020_ntdt_by_hb_at_month_3(gain: float, expected: str) -> None:
    assert response(NTDT | {"hb": {0: 70, 3: 70 + gain}}, "yang2020") == expected


@pytest.mark.parametrize(
    ("gain", "expected"), [(20.1, "MaR"), (20, "MaR"), (19.9, "MiR"), (10, "MiR"), (9.9, "NR")]
)
def test_yang2024_ntdt_by_hb_at_month_6(gain: float, expected: str) -> None:
    assert response(NTDT | {"hb": {0: 70, 6: 70 + gain}}, "yang2024") == expected


@pytest.mark.parametrize(
    ("percent", "of_2020", "of_2024"),
    [
        (100, "MaR", "MaR"),
        (99.9, "MiR", "MiR"),
        (50, "MiR", "MiR"),
        (49.9, "NR", "SLR"),
        (25, "NR", "SLR"),
        (24.9, "NR", "NR"),
        (0, "NR", "NR"),
        (-20, "NR", "NR"),
    ],
)
def test_tdt_by_transfusion(percent: float, of_2020: str, of_2024: str) -> None:
    patient = TDT | {"transfusion_reduction_percent": percent}
    assert (response(patient, "yang2020"), response(patient, "yang2024")) == (of_2020, of_2024)


def test_hb_of_a_transfused_patient_is_not_a_response() -> None:
    assert (
        response(TDT | {"hb": {0: 54, 6: 110}, "transfusion_reduction_percent": 10}, "yang2024")
        == "NR"
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [(12, 6, "MiR"), (12, 6.1, "SLR"), (12, 9, "SLR"), (12, 9.1, "NR"), (12, 0, "MaR")],
)
def test_rates_not_totals(before: float, after: float, expected: str) -> None:
    """Twelve months before against six after: totals alone would call every one of these 'less'."""
    patient = TDT | {
        "transfusion_units_before": before * 2,
        "transfusion_months_before": 12,
        "transfusion_units_after": after,
        "transfusion_months_after": 6,
    }
    assert response(patient, "yang2024") == expected


def test_totals_belong_to_the_criterions_own_month_only() -> None:
    patient = TDT | {
        "transfusion_units_before": 12,
        "transfusion_months_before": 6,
        "transfusion_units_after": 3,
        "transfusion_months_after": 6,
    }
    assert response(patient, "yang2024") == "MiR"
    assert "month 12" in reason(patient, "yang2024", 12)


def test_transfusion_rows_in_the_window_that_ends_at_the_month() -> None:
    units = {-2: 4, -1: 4, 0: 4, 1: 4, 2: 4, 3: 4, 4: 2, 5: 2, 6: 2, 10: 0, 11: 0, 12: 0}
    patient = TDT | {"units": units}
    assert response(patient, "yang2024") == "MiR"
    assert response(patient, "yang2024", 3) == "NR"
    assert response(patient, "yang2024", 12) == "MaR"


def test_free_from_a_month_is_free_from_then_on_and_not_before() -> None:
    patient = TDT | {
        "transfusion_free_from_month": 3,
        "units": {-2: 4, -1: 4, 0: 4, 1: 3, 2: 3, 3: 0, 6: 0},
    }
    assert response(patient, "yang2024") == "MaR"
    assert response(patient, "yang2024", 3) == "MaR"
    assert response(patient, "yang2024", 2) != "MaR"


@pytest.mark.parametrize(
    ("hb", "percent", "expected"),
    [
        (20, 0, "MaR"),
        (19, 100, "MaR"),
        (19, 0, "MiR"),
        (9, 50, "MiR"),
        (9, 49.9, "SLR"),
        (10, 49.9, "MiR"),
        (9, 0, "SLR"),
        (9, 100, "MaR"),
    ],
)
def test_yang2024_printed_is_hb_or_transfusion_best_class_first(
    hb: float, percent: float, expected: str
) -> None:
    patient = TDT | {"hb": {0: 70, 6: 70 + hb}, "transfusion_reduction_percent": percent}
    assert response(patient, "yang2024_printed") == expected


@pytest.mark.parametrize(("percent", "expected"), [(50, "MiR"), (25, "SLR"), (24.9, "NR")])
def test_yang2024_printed_leaves_out_a_clause_without_data(percent: float, expected: str) -> None:
    assert (
        response(TDT | {"transfusion_reduction_percent": percent}, "yang2024_printed") == expected
    )


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (12, 8, "R"),  # 33.3 % and 4 units of 200 mL = 2 Western units
        (12, 8.05, "NR"),  # 32.9 %
        (6, 2, "R"),
        (6, 2.1, "NR"),  # 65 % but 3.9 units
        (100, 67, "R"),
        (100, 67.1, "NR"),
    ],
)
def test_believe_needs_a_third_and_two_western_units(
    before: float, after: float, expected: str
) -> None:
    patient = TDT | {"dated": [(-40, before), (100, after)], "hb": {0: 80, 6: 90}}
    assert response(patient, "believe") == expected


@pytest.mark.parametrize(("day", "expected"), [(84, "R"), (85, "NR"), (168, "NR"), (169, "R")])
def test_believe_counts_weeks_13_to_24(day: int, expected: str) -> None:
    patient = TDT | {"dated": [(-40, 10), (day, 10), (200, 0)]}
    assert response(patient, "believe") == expected


@pytest.mark.parametrize(("day", "expected"), [(-83, "R"), (-84, "NE")])
def test_believe_baseline_is_the_12_weeks_before(day: int, expected: str) -> None:
    assert response(TDT | {"dated": [(day, 10), (200, 0)]}, "believe") == expected


def test_believe_volume_of_a_unit_is_a_setting() -> None:
    cohort = cohort_of(TDT | {"dated": [(-40, 4), (100, 2)]} | {"hb": {0: 80, 6: 80}})
    assert classify_response(cohort, "believe")["response"].iloc[0] == "NR"
    assert classify_response(cohort, "believe", unit_volume_ml=400)["response"].iloc[0] == "R"


def test_believe_with_a_percentage_alone() -> None:
    """BELIEVE takes recorded transfusions only: weeks 13–24 are in no percentage and in no
    total.
    """
    totals = {
        "transfusion_units_before": 24,
        "transfusion_months_before": 24,
        "transfusion_units_after": 2,
        "transfusion_months_after": 24,
    }
    for evidence in (
        {"transfusion_reduction_percent": 40},
        {"transfusion_reduction_percent": 20},
        totals,
    ):
        assert "not recorded" in reason(TDT | evidence, "believe")


@pytest.mark.parametrize(("gain", "expected"), [(10, "R"), (9.9, "NR")])
def test_beyond_mean_hb_over_12_weeks(gain: float, expected: str) -> None:
    patient = NTDT | {"hb": {0: 80, 3: 80 + gain - 2, 6: 80 + gain + 2}}
    assert response(patient, "beyond") == expected


BEYOND = NTDT | {"hb": {0: 80, 3: 95, 6: 95}}


@pytest.mark.parametrize(
    ("day", "expected"),
    [(-56, "R"), (-55, "NE"), (0, "NE"), (84, "R"), (85, "NR"), (168, "NR"), (169, "R")],
)
def test_beyond_looks_at_8_weeks_before_baseline_and_at_the_12_weeks_judged(
    day: int, expected: str
) -> None:
    assert response(BEYOND | {"dated": [(day, 1)]}, "beyond") == expected


@pytest.mark.parametrize(("month", "expected"), [(3, "R"), (4, "NR"), (6, "NR"), (7, "R")])
def test_beyond_with_totals_of_months(month: int, expected: str) -> None:
    assert response(BEYOND | {"units": {month: 2}}, "beyond") == expected


@pytest.mark.parametrize(
    ("hb", "expected"),
    [
        ({0: 80, 3: 95, 6: 95}, "R"),
        ({0: 80, 6: 95}, "NE"),
        ({0: 80, 3: 95}, "NE"),
        ({0: 80, 4: 95, 5: 95}, "R"),
    ],
)
def test_beyond_needs_two_hb_in_the_window(hb: dict, expected: str) -> None:
    assert response(NTDT | {"hb": hb}, "beyond") == expected


@pytest.mark.parametrize(("criterion", "patient"), [("believe", NTDT), ("beyond", TDT)])
def test_a_criterion_for_the_other_phenotype(criterion: str, patient: dict) -> None:
    assert "only" in reason(patient | {"hb": {0: 70, 6: 99}}, criterion)


@pytest.mark.parametrize(
    ("patient", "word"),
    [
        (NTDT | {"hb": {6: 90}}, "before treatment"),
        (NTDT | {"hb": {0: 70, 3: 90}}, "no Hb at month 6"),
        (TDT | {"hb": {0: 70, 6: 90}}, "not recorded"),
        ({"hb": {0: 70, 6: 90}}, "TDT or NTDT is not recorded"),
        (NTDT | {"hb": {0: 70, 6: 90}, "withdrawn_month": 4}, "stopped"),
        (TDT | {"transfusion_reduction_percent": 60, "withdrawn_month": 3}, "stopped"),
        (NTDT | {"hb": {0: 70, 6: 90}, "off": {6}}, "after the last dose"),
        (NTDT | {"hb": {0: 70, 6: 90}, "units": {6: 2}}, "transfused within 8 weeks"),
        (NTDT | {"hb": {0: 70, 6: 90}, "dated": [(-55, 2)]}, "transfused within 8 weeks"),
    ],
)
def test_missing_data_is_never_a_class(patient: dict, word: str) -> None:
    assert word in reason(patient, "yang2024")


@pytest.mark.parametrize(("days_before", "expected"), [(55, "NE"), (56, "MaR")])
def test_ntdt_transfused_within_8_weeks(days_before: int, expected: str) -> None:
    day = 6 * 30.4375 - days_before
    assert response(NTDT | {"hb": {0: 70, 6: 90}, "dated": [(day, 1)]}, "yang2024") == expected


@pytest.mark.parametrize(
    ("stopped", "expected"), [(6 - 31 / 30.4375, "NE"), (6 - 30 / 30.4375, "MaR"), (6, "MaR")]
)
def test_off_drug_begins_after_30_days(stopped: float, expected: str) -> None:
    assert (
        response(NTDT | {"hb": {0: 70, 6: 90}, "withdrawn_month": stopped}, "yang2024") == expected
    )


def test_thirteen_real_patients() -> None:
    """Yang WJ 2024, Table 3: the applied rule gives 13 of 13 printed classes, the printed wording 6
    of 13.
    """
    printed = pd.read_csv("tests/data/table3_2024.csv")
    cohort = cohort_of(
        *[
            TDT
            | {
                "patient_id": str(r.number),
                "hb": {m: getattr(r, f"hb_{m}m_g_l") for m in (0, 1, 3, 6)},
                "transfusion_reduction_percent": r.transfusion_reduction_percent,
            }
            for r in printed.itertuples()
        ]
    )
    for criterion, right in (("yang2024", 13), ("yang2024_printed", 6), ("yang2020", 4)):
        classes = classify_response(cohort, criterion)
        assert (
            classes["response"].to_numpy() == printed["efficacy_level"].to_numpy()
        ).sum() == right
        assert (classes["reason"].str.len() > 0).all()


def test_an_unknown_criterion_names_those_there_are() -> None:
    with pytest.raises(UnknownChoice, match="yang2024"):
        classify_response(cohort_of(NTDT), "yang1999")


def test_every_clause_has_both_languages_and_a_source() -> None:
    for rules in criteria().values():
        assert all(
            dict(level.sentence.texts).keys() >= {"en", "zh"} and level.source
            for level in rules.levels
        )
        assert rules.responses and rules.responses < set(rules.classes)


def test_reasons_in_chinese() -> None:
    table = classify_response(cohort_of(NTDT | {"hb": {0: 70, 6: 95}}, NTDT), language="zh")
    assert "升高" in table["reason"].iloc[0] and "无治疗前Hb" in table["reason"].iloc[1]


def test_an_empty_cohort_gives_an_empty_table() -> None:
    cohort = cohort_of(NTDT).restricted(pd.Index([]), "[]")
    assert list(classify_response(cohort).columns) == [
        "response",
        "basis",
        "value",
        "unit",
        "month",
        "reason",
    ]


# --- last response
# ---------------------------------------------------------------------------------------------
def last(patient: dict, criterion: str = "yang2024") -> tuple[str, float]:
    row = classify_response(cohort_of(patient), criterion, "last").iloc[0]
    return row["response"], row["month"]


def test_the_last_judged_visit_on_the_drug_at_or_after_the_criterions_month() -> None:
    hb = {0: 70, 3: 95, 6: 95, 12: 85, 18: 72}
    assert last(NTDT | {"hb": hb}) == ("NR", 18)
    assert last(NTDT | {"hb": hb, "withdrawn_month": 12}) == ("MiR", 12)
    assert last(NTDT | {"hb": {0: 70, 3: 95}})[0] == "NE" and last(
        NTDT | {"hb": {0: 70, 3: 95}}, "yang2020"
    ) == ("MaR", 3)


def test_the_last_response_of_tdt_needs_the_window_and_totals_have_their_own_month() -> None:
    seen = {"hb": {0: 80, 6: 80, 12: 80}}
    units = {-2: 4, -1: 4, 0: 4, 4: 0, 5: 0, 6: 0, 10: 4, 11: 4, 12: 4}
    assert last(TDT | seen | {"units": units}) == ("NR", 12)
    assert last(TDT | seen | {"transfusion_reduction_percent": 60}) == ("MiR", 6)


def test_who_stopped_for_no_effect_keeps_that_as_the_last_response() -> None:
    patient = NTDT | {
        "hb": {0: 70, 3: 72, 12: 72},
        "withdrawn_month": 4,
        "withdrawal_reason": "no response",
    }
    assert last(patient) == ("NR", 6)
    assert last(patient | {"hb": {0: 70, 6: 95}, "withdrawn_month": 8}) == ("MaR", 6)


# --- bad input
# -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("month", [0, -1, 700, "first", True, float("nan")])
def test_a_month_that_is_none_is_one_sentence(month: object) -> None:
    from thal_core.issues import CohortError
    from thal_core.view import Options

    for ask in (
        lambda: classify_response(cohort_of(NTDT), month=month),
        lambda: Options(month=month),
    ):
        with pytest.raises(CohortError) as raised:
            ask()
        assert str(raised.value).count(".") == 1 or "Month 0 is before treatment" in str(
            raised.value
        )


def test_a_month_nobody_has_names_those_there_are() -> None:
    from thal_core.analyses import analyse
    from thal_core.view import Options

    with pytest.raises(UnknownChoice, match="Nobody was seen at month 7.*3, 6"):
        analyse(cohort_of(NTDT | {"hb": {0: 70, 3: 80, 6: 90}}), "response_rates", Options(month=7))


@pytest.mark.parametrize(
    ("table", "change", "sentence"),
    [
        ("criteria", {"stop_other": "Zzz"}, "class “Zzz”"),
        ("criteria_levels", {"criterion": "yang2024x"}, "has no row of its own"),
        ("criteria_levels", "twice", "two rows"),
        ("criteria_levels", "contradiction", "two rows"),
    ],
)
def test_a_criterion_file_that_contradicts_itself_is_one_sentence(
    monkeypatch, table: str, change: object, sentence: str
) -> None:
    from thal_core.issues import CohortError
    from thal_core.rules import catalogue

    files = {name: catalogue.read_rules(name) for name in ("criteria", "criteria_levels")}
    rows = files[table]
    changed = {
        "twice": rows[-1],
        "contradiction": rows[-1] | {"operator": ">", "counts_as_response": "yes"},
    }
    files[table] = (
        [*rows, changed[change]] if isinstance(change, str) else [*rows[:-1], rows[-1] | change]
    )  # type: ignore[operator]
    monkeypatch.setattr(catalogue, "read_rules", files.__getitem__)
    catalogue.criteria.cache_clear()
    try:
        with pytest.raises(CohortError, match=sentence):
            catalogue.criteria()
    finally:
        catalogue.criteria.cache_clear()
