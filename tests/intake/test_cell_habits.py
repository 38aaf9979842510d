"""Small sheets as clinics keep them: two values in a cell, regimens, remarks, arms, other years."""

from __future__ import annotations

import pytest

from tests.intake.reading import codes, issue, read, read_sheets_of, series
from tests.layouts.grid import Grid
from thal_core.derive.response import classify_response

REGIMENS = ["id", "分型", "用药前输血情况", "用药6月输血情况"]
TDT = ["id", "分型", "Hb 0M (g/L)", "Hb 6M (g/L)"]


def classes(cohort) -> list[str]:
    return classify_response(cohort, "yang2024")["response"].tolist()


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        ("每月2U", "停输", "MaR"),
        ("每月2U", "未输血", "MaR"),
        ("2U q3w", "0U/月", "MaR"),
        ("2U q2w", "2U q4w", "MiR"),  # exactly half
        ("2U q2w", "每27天2U", "SLR"),
        ("每月4U", "每月3U", "SLR"),  # exactly a quarter
        ("每3周2U", "每月3U", "NR"),
        ("每月2U", "1次/月", "NE"),
        ("每月2U", "每月1-2U", "NE"),
        ("每月2U", "不规则", "NE"),
        ("每月2U", "2U", "NE"),
        ("每月2U", "2", "NE"),
        ("无", "停输", "NE"),  # no transfusion before treatment either
    ],
)
def test_regimens_give_the_class_that_their_rates_do(
    before: str, after: str, expected: str
) -> None:
    cohort = read(REGIMENS, [1, "TDT", before, after], *[[n, "TDT", *TWO] for n in range(2, 9)])
    assert classes(cohort)[0] == expected


TWO = ("每月2U", "每月1U")


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1次/月", "count"),
        ("每月1-2U", "range"),
        ("不规则", "irregular"),
        ("仍需输血", "continuing"),
        ("2U", "amount"),
        ("2", "amount"),
    ],
)
def test_what_is_no_rate_is_reported(text: str, code: str) -> None:
    cohort = read(REGIMENS, [1, "TDT", "每月2U", text], *[[n, "TDT", *TWO] for n in range(2, 9)])
    assert issue(cohort, f"intake.cell.regimen_{code}")["cell"] == "D2"


def test_a_regimen_is_no_drug_and_a_rate_no_total() -> None:
    cohort = read(REGIMENS, [1, "TDT", *TWO], [2, "TDT", *TWO])
    assert cohort.treatments.empty
    cohort = read(
        ["id", "分型", "用药前输血量", "用药后输血量"],
        [1, "TDT", 24, "停输"],
        [2, "TDT", 20, "2U/月"],
        [3, "TDT", 20, 10],
    )
    assert cohort.patients["transfusion_units_after"].fillna(-1).tolist() == [0, -1, 10]
    assert issue(cohort, "intake.cell.regimen_rate")["cell"] == "D3"


def test_regimens_in_a_table_of_visits() -> None:
    head = ["id", "月", "分型", "Hb", "输血情况"]
    rows = [[1, 0, "TDT", 70, "每月2U"], [1, 3, "TDT", 80, "每月1U"], [1, 6, "TDT", 90, "停输"]]
    cohort = read(head, *rows, [2, 0, "TDT", 70, "每月2U"], [2, 6, "TDT", 70, "每月2U"])
    assert classes(cohort) == ["MaR", "NR"]


def test_words_for_none_count_beside_regimens_and_generic_words_do_not() -> None:
    cohort = read(REGIMENS, [1, "TDT", "每月2U", "停输"], [2, "TDT", "每3周2U", "未输血"])
    assert classes(cohort) == ["MaR", "MaR"]
    other = [*REGIMENS[:3], "Thalidomide 6M"]
    cohort = read(other, [1, "TDT", "每月2U", "stopped"], [2, "TDT", "每3周2U", "stopped"])
    assert classes(cohort) == ["NE", "NE"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("Transfusion regimen before thalidomide", "Transfusion regimen at 6 months"),
        ("Transfusion before", "Transfusion after"),
        ("Baseline transfusion", "Transfusion M6"),
        ("治疗前输血频率", "治疗6月输血频率"),
        ("输血情况(0月)", "输血情况(6月)"),
    ],
)
def test_whatever_the_columns_of_regimens_are_called(before: str, after: str) -> None:
    rows = [[1, "TDT", "2U q3w", "no transfusion"], [2, "TDT", "2U q4w", "2U q8w"]]
    assert classes(read(["id", "分型", before, after], *rows)) == ["MaR", "MiR"]


def test_numbers_under_a_frequency_and_doses_of_other_drugs_are_no_transfusion() -> None:
    head = ["id", "分型", "Hb 0M", "Transfusion frequency before", "Insulin 6M"]
    cohort = read(head, [1, "TDT", 70, 1, "10U/日"], [2, "TDT", 80, 2, "12U/日"])
    assert cohort.patients.filter(like="transfusion_units").isna().all(axis=None)


def test_a_regimen_without_a_time_is_not_taken_for_either() -> None:
    cohort = read(
        ["id", "分型", "Hb 0M", "输血情况"], [1, "TDT", 70, "每月2U"], [2, "TDT", 80, "停输"]
    )
    assert cohort.patients["transfusion_units_before"].isna().all()


def test_before_and_after_in_one_cell() -> None:
    head = ["id", "Sex", "Hb 0→6月"]
    cohort = read(head, [1, "M", "85→102"], [2, "F", "70/90"], [3, "F", 88], [4, "M", "-"])
    assert series(cohort, "hb_g_per_l", "1") == {0: 85, 6: 102}
    assert series(cohort, "hb_g_per_l", "2") == {0: 70, 6: 90}
    assert issue(cohort, "intake.cell.text")["cell"] == "C4"


def test_the_month_of_after_is_asked() -> None:
    rows = [["id", "Sex", "治疗前后Hb"], [1, "M", "85→102"], [2, "F", "70→90"]]
    cohort = read(*rows)
    assert series(cohort, "hb_g_per_l") == {0: 85}
    assert issue(cohort, "intake.time_unclear").severity == "warning"
    assert series(read(*rows, settings={"post_month": "6"}), "hb_g_per_l") == {0: 85, 6: 102}


def test_elsewhere_two_numbers_are_a_range_or_nothing() -> None:
    cohort = read(["id", "Sex", "Hb 0M (g/L)"], [1, "M", "80-90"], [2, "F", "85/102"], [3, "F", 90])
    assert series(cohort, "hb_g_per_l") == series(cohort, "hb_g_per_l", "2") == {}
    assert {"intake.cell.range", "intake.cell.text"} <= set(codes(cohort))


def test_regimens_before_and_after_in_one_cell() -> None:
    rows = [[1, "TDT", "每月2U→停输"], [2, "TDT", "每月4U→每月2U"], [3, "TDT", "每月2U→每月2U"]]
    assert classes(read(["id", "分型", "治疗前后输血量"], *rows)) == ["MaR", "MiR", "NR"]


def test_remarks_beside_hb_say_when_it_was_taken() -> None:
    cohort = read(
        TDT,
        [1, "TDT", "85(输血后)", "102(复查)"],
        [2, "TDT", "9.5 g/dL 输血前", "90 post-transfusion"],
    )
    found = cohort.visits.set_index(["patient_id", "month"])
    assert found["hb_g_per_l"].to_dict() == {
        ("1", 0): 85,
        ("1", 6): 102,
        ("2", 0): 95,
        ("2", 6): 90,
    }
    timing = ["post_transfusion", "unknown", "pre_transfusion", "post_transfusion"]
    assert found["hb_timing"].tolist() == timing


def test_millilitres_per_month() -> None:
    rows = [[1, "TDT", "每月400ml", "200ml/月"], [2, "TDT", "每月600ml", "停输"]]
    cohort = read(REGIMENS, *rows, [3, "TDT", "每月2U", "200ml/月"])
    assert classes(cohort) == ["MiR", "MaR", "MiR"]
    assert cohort.patients["transfusion_units_before"].tolist() == [2, 3, 2]
    cohort = read(REGIMENS, *rows, settings={"unit_volume_ml": "400"})
    assert cohort.patients["transfusion_units_before"].tolist() == [1, 1.5]


def test_a_cell_in_millilitres_under_units_is_no_400_units() -> None:
    head = ["id", "分型", "用药前6个月输血量(U)", "用药后6个月输血量(U)"]
    rows = [[1, "TDT", 12, "400ml"], [2, "TDT", 20, 10], [3, "TDT", 10, "2U/年"]]
    cohort = read(head, *rows)
    assert cohort.patients["transfusion_units_after"].fillna(-1).tolist() == [2, 10, -1]
    head = ["id", "分型", "输血量0月(U)", "输血量1月(U)", "输血量2月(U)"]
    cohort = read(head, [1, "TDT", 12, "400ml", 2], [2, "TDT", 20, 10, "200 mL"])
    assert sorted(cohort.transfusions["units"]) == [1, 2, 2, 10, 12, 20]
    assert sorted(cohort.transfusions["volume_ml"].dropna()) == [200, 400]


def test_an_unknown_remark_is_reported_and_not_shown() -> None:
    cohort = read(TDT, [1, "TDT", "85(张三)", 102], [2, "TDT", 80, 90])
    assert "张三" not in issue(cohort, "intake.cell.text")["raw"]


def test_patients_on_another_drug_instead_are_left_out() -> None:
    head = ["id", "用药", "Sex", "Hb 0M (g/L)"]
    rows = [[1, "沙利度胺", "M", 70], [2, "羟基脲", "F", 80], [3, "沙利度胺+羟基脲", "F", 85]]
    cohort = read(head, *rows, [4, "", "F", 88])
    assert cohort.patients.index.tolist() == ["1", "3", "4"]
    assert issue(cohort, "patient.other_drug")["patient_id"] == "2"


@pytest.mark.parametrize(
    ("header", "cells"),
    [
        ("用药", ["沙利度胺", "沙利度胺", "沙利度胺"]),
        ("合并用药", ["沙利度胺", "羟基脲", "无"]),
        ("羟基脲", ["是", "否", "是"]),
        ("祛铁药物", ["地拉罗司", "去铁酮", "地拉罗司"]),
        ("合并用药", ["羟基脲", "羟基脲", "羟基脲"]),
    ],
)
def test_other_drugs_beside_leave_nobody_out(header: str, cells: list[str]) -> None:
    rows = [[n, cell, "M", 70 + n] for n, cell in enumerate(cells, start=1)]
    cohort = read(["id", header, "Sex", "Hb 0M (g/L)"], *rows)
    assert len(cohort.patients) == 3


def test_only_another_drug_is_asked() -> None:
    rows = [["id", "用药", "Sex", "Hb 0M (g/L)"], [1, "羟基脲", "M", 70], [2, "羟基脲", "F", 80]]
    cohort = read(*rows)
    assert len(cohort.patients) == 2
    assert issue(cohort, "intake.arms_unclear").severity == "error"


def test_a_title_of_another_drug() -> None:
    head = ["id", "Sex", "Hb 0M (g/L)"]
    other = [["羟基脲治疗β地中海贫血患者"], head, [3, "M", 70], [4, "F", 80], [5, "F", 81]]
    cohort = read(*other)
    assert len(cohort.patients) == 3
    assert issue(cohort, "intake.title_other_drug").severity == "error"
    own = [["沙利度胺治疗β地中海贫血患者"], head, [1, "M", 70], [2, "F", 80], [6, "F", 81]]
    cohort = read_sheets_of(Grid("a", own), Grid("b", other))
    assert cohort.patients.index.tolist() == ["1", "2", "6"]
    assert "intake.title_other_drug" not in codes(cohort)


@pytest.mark.parametrize("header", ["目前用药", "6月用药"])
def test_a_drug_of_later_leaves_nobody_out(header: str) -> None:
    rows = [[1, "沙利度胺", "M", 70], [2, "羟基脲", "F", 80], [3, "沙利度胺", "F", 85]]
    assert len(read(["id", header, "Sex", "Hb 0M (g/L)"], *rows).patients) == 3


def test_sheets_named_after_the_drugs() -> None:
    head = ["id", "Sex", "Hb 0M (g/L)"]
    grids = [
        Grid("沙利度胺组", [head, [1, "M", 70], [2, "F", 80]]),
        Grid("羟基脲组", [head, [3, "M", 70], [2, "F", 80]]),
    ]
    cohort = read_sheets_of(*grids)  # the second patient took both
    assert cohort.patients.index.tolist() == ["1", "2"]


def test_years_of_other_calendars() -> None:
    head = ["id", "first dose date", "date", "Hb"]
    for dates in (
        ("06/05/2566", "06/11/2566"),
        ("112/05/06", "112/11/06"),
        ("1402/02/16", "1402/08/15"),
    ):
        cohort = read(head, [1, dates[0], dates[0], 70], [1, dates[0], dates[1], 80])
        assert series(cohort, "hb_g_per_l") == {0: 70, 6: 80}
        assert "intake.calendar_read" in codes(cohort)


def test_years_that_fit_two_calendars_are_asked() -> None:
    head = ["id", "birth date", "Hb 0M (g/L)"]
    cohort = read(head, [1, "1400/05/06", 70], [2, "1405/05/06", 80])
    assert cohort.patients["age_years"].isna().all()
    assert issue(cohort, "intake.calendar_unclear").severity == "error"


@pytest.mark.parametrize("word", ["未脱离", "none", "not free", "still transfused", "无", "否"])
def test_not_free_is_a_record(word: str) -> None:
    cohort = read([*TDT, "脱离输血时间"], [1, "TDT", 70, 100, 3], [2, "TDT", 70, 80, word])
    assert cohort.patients["transfusion_free"].fillna(True).tolist() == [True, False]
    reason = classify_response(cohort, "yang2024")["reason"].tolist()
    assert reason[1].startswith("not free by month 6")


def test_not_free_goes_before_a_stated_reduction_of_100_percent() -> None:
    cohort = read([*TDT, "是否脱离输血", "输血减少率(%)"], [1, "TDT", 70, 80, "否", 100])
    assert classes(cohort) == ["MiR"]


def test_a_reason_in_place_of_the_month_of_stopping_is_kept() -> None:
    cohort = read(
        ["id", "Hb 0M (g/L)", "停药时间"],
        [1, 70, "失访"],
        [2, 70, 6],
        [3, 70, "不详"],
        [4, 70, "移植"],
    )
    assert cohort.patients["withdrawal_reason"].fillna("").tolist() == [
        "lost to follow-up",
        "",
        "",
        "transplantation",
    ]
    assert issue(cohort, "intake.reason_for_month").severity == "note"


def test_spans_of_time_in_words() -> None:
    texts = ["6个月", "1年", "1年6个月", "24", "半年", "1y 6m"]
    rows = [[n, 70, text] for n, text in enumerate(texts)]
    cohort = read(["id", "Hb 0M (g/L)", "用药时间"], *rows)
    assert cohort.patients["duration_months"].tolist() == [6, 12, 18, 24, 6, 18]
