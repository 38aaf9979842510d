"""Titles of groups, subtotals, legends and quantities in rows, one habit a test."""

from __future__ import annotations

import pytest

from tests.intake.reading import codes, issue, read, read_sheets_of, series
from tests.layouts.grid import Grid
from thal_core.cohort import Cohort
from thal_core.intake.layout.bands import group_meanings, group_named
from thal_core.intake.text.legends import parse_legends

HEADER = ["编号", "性别", "Hb 0M", "Hb 6M"]
Row = list[object]


def patient(number: int, sex: str = "男") -> Row:
    return [f"P{number:03d}", sex, 70 + number, 90 + number]


def facts(cohort: Cohort, field: str) -> dict[str, object]:
    values = cohort.patients[field].astype(object)
    return {name: value for name, value in values.items() if value == value and value is not None}


@pytest.mark.parametrize(
    ("title", "kind", "value"),
    [
        ("TDT组", "phenotype", "TDT"),
        ("NTDT group (n=34)", "phenotype", "NTDT"),
        ("一、TDT患者（25例）", "phenotype", "TDT"),
        ("非输血依赖型（NTDT）", "phenotype", "非输血依赖型"),
        ("Transfusion-dependent patients, n = 20", "phenotype", "Transfusion-dependent"),
        ("未切脾组", "splenectomy", "未切脾"),
        ("Non-splenectomized", "splenectomy", "Non-splenectomized"),
        ("沙利度胺+羟基脲组", "drug", "沙利度胺+羟基脲"),
        ("Thalidomide arm", "drug", "Thalidomide"),
        ("女性患者", "sex", "女性"),
        ("治疗后3个月", "month", "治疗后3个月"),
    ],
)
def test_titles_that_are_understood_as_a_whole(title: str, kind: str, value: str) -> None:
    assert group_meanings(title) == ((kind, value),)


@pytest.mark.parametrize(
    "title",
    [
        "TDT与NTDT患者",
        "沙利度胺治疗TDT疗效分析",
        "P001",
        "张三",
        "正常",
        "依",
        "1",
        "是",
        "M",
        "2020",
        "随访",
    ],
)
def test_titles_that_are_not_understood_say_nothing(title: str) -> None:
    assert group_meanings(title) == ()


def test_two_meanings_in_one_title() -> None:
    assert {m.kind for m in group_meanings("切脾 TDT组")} == {"splenectomy", "phenotype"}
    assert (
        group_named("A组")[0].kind == "group" and group_named("桂林市人民医院")[0].kind == "center"
    )


def test_a_title_holds_until_the_next_and_a_subtotal_ends_it() -> None:
    rows = [["TDT组"], patient(1), ["小计", None, 71], patient(2), ["NTDT组"], patient(3)]
    cohort = read(HEADER, *rows)
    assert facts(cohort, "phenotype") == {"P001": "TDT", "P003": "NTDT"}
    assert cohort.n == 3 and "intake.layout.groups_ended" in codes(cohort)


def test_a_title_without_patients_is_a_note() -> None:
    cohort = read(HEADER, ["TDT组"], patient(1), patient(2), ["NTDT组"])
    assert cohort.n == 2 and facts(cohort, "phenotype") == {"P001": "TDT", "P002": "TDT"}
    assert issue(cohort, "intake.row.note")["cell"] == "A5"


def test_a_title_that_contradicts_a_column_is_named_at_the_title() -> None:
    cohort = read(["编号", "分型", "Hb 0M"], ["TDT组"], ["P001", "TDT", 70], ["P002", "NTDT", 75])
    assert facts(cohort, "phenotype") == {"P001": "TDT", "P002": "NTDT"}
    assert issue(cohort, "intake.conflict.first")["cell"] == "A2"


def test_a_title_of_unknown_words_makes_nobody_a_patient() -> None:
    cohort = read(HEADER, ["A组"], patient(1), ["B组"], patient(2))
    assert cohort.n == 2 and set(cohort.extra["column"]) == {"group"}


def test_a_patient_of_whom_only_the_name_is_known_is_no_title() -> None:
    rows: list[Row] = [["张伟", "男", 70, 90], ["李娜"], ["王芳", "女", 70, 80]]
    assert read(["姓名", *HEADER[1:]], *rows).n == 3


def test_a_row_that_only_says_its_month_is_no_title() -> None:
    rows: list[Row] = [["1", "0月", 70], [None, "3月", None], ["1", "6月", 90], ["2", "0月", 75]]
    cohort = read(["编号", "月份", "Hb"], *rows)
    assert series(cohort, "hb_g_per_l") == {0: 70, 6: 90}


def test_a_header_again_behind_a_blank_row_ends_the_title_of_the_table() -> None:
    cohort = read(["TDT组"], HEADER, patient(1), [], HEADER, patient(2))
    assert facts(cohort, "phenotype") == {"P001": "TDT"}
    assert "intake.layout.groups_ended" in codes(cohort)


def test_sheets_named_by_sex() -> None:
    sheets = [
        Grid(name, [["编号", "Hb 0M"], [key, 70]]) for name, key in (("男", "1"), ("女", "2"))
    ]
    assert facts(read_sheets_of(*sheets), "sex") == {"1": "male", "2": "female"}


@pytest.mark.parametrize(
    "words",
    ["TDT小计", "合计(n=39)", "Subtotal TDT (n=25)", "小计：25例", "NTDT均值", "均值±标准差"],
)
def test_subtotals_are_no_patients(words: str) -> None:
    cohort = read(HEADER, patient(1), [words, None, 71, 91], patient(2))
    assert cohort.n == 2 and issue(cohort, "intake.row.summary")["cell"] == "A3"


def test_legends_of_a_line() -> None:
    both = [("性别", {"1": "男", "2": "女"}), ("分型", {"1": "TDT", "2": "NTDT"})]
    assert parse_legends("注：性别 1=男，2=女；分型 1=TDT，2=NTDT") == both
    assert parse_legends("1=女 2=男") == [("", {"1": "女", "2": "男"})]
    assert parse_legends("TDT=1") == [("", {"1": "TDT"})]
    assert parse_legends("Hb=120 g/L，2020-01") == []


def test_codes_are_read_as_the_legend_says_and_not_as_usual() -> None:
    cohort = read(["编号", "性别", "Hb 0M"], ["P001", 1, 70], ["P002", 2, 80], ["1=女 2=男"])
    assert facts(cohort, "sex") == {"P001": "female", "P002": "male"}
    assert "intake.legend" in codes(cohort)


def test_one_code_of_two_is_enough() -> None:
    rows: list[Row] = [["P001", 1, 70], ["P002", 0, 80], ["注: TDT=1"]]
    assert facts(read(["编号", "分型", "Hb 0M"], *rows), "phenotype") == {
        "P001": "TDT",
        "P002": "NTDT",
    }


def test_a_quantity_that_comes_again_without_an_id_is_nobodys() -> None:
    rows: list[Row] = [["P001", "Hb", 70, 80], [None, "HbF", 5, 6], ["P002", "Hb", 71, 81]]
    cohort = read(["编号", "项目", "0月", "6月"], *rows, [None, "Hb", 99, 99])
    assert cohort.n == 2 and issue(cohort, "intake.row_without_id")["cell"] == "C5"
    assert series(cohort, "hb_g_per_l", "P002") == {0: 71, 6: 81}


def test_a_patient_s_row_above_quantities_may_say_more() -> None:
    rows: list[Row] = [["P001", "男", "TDT"], ["Hb", 70, 80], ["HbF", 5, 6]]
    rows += [["P002", "女", "NTDT"], ["Hb", 71, 81], ["HbF", 4, 5], ["疗效良好"]]
    cohort = read(["项目", "0月", "6月"], *rows)
    assert facts(cohort, "phenotype") == {"P001": "TDT", "P002": "NTDT"}
    assert series(cohort, "hbf_percent", "P002") == {0: 4, 6: 5}


def test_a_cover_sheet_is_no_form_of_a_patient() -> None:
    cover = Grid("封面", [["项目编号", "2020-001", "负责人", "李医生"], ["年龄范围", "12-30"]])
    assert read_sheets_of(cover, Grid("s", [HEADER, patient(1), patient(2)])).n == 2


def test_one_form_alone_is_one_patient() -> None:
    rows: list[Row] = [["编号", "P001", "性别", "男"], ["年龄", 20, "分型", "NTDT"]]
    cohort = read(*rows, ["Hb 0月", 70, "Hb 6月", 95])
    assert cohort.n == 1 and series(cohort, "hb_g_per_l", "P001") == {0: 70, 6: 95}


def test_rows_of_a_table_beside_are_not_joined() -> None:
    rows = [[*patient(1), None, "张三", "13800138000"], [*patient(2), None, "李四", "139"]]
    cohort = read([*HEADER, None, "姓名", "电话"], *rows, patient(3))
    assert cohort.n == 3 and "张三" not in cohort.issues.to_csv() + cohort.extra.to_csv()


def test_a_person_s_word_for_a_column_laid_out_anew_is_kept() -> None:
    rows: list[Row] = [["编号", "项目", "0月", "6月"], ["P001", "Hb", 70, 80]]
    rows += [["P001", "某指标", 5, 6], ["P002", "Hb", 71, 81], ["P002", "某指标", 4, 3]]
    column = next(c for c in read(*rows).mapping.columns if c.header == "某指标 6月")
    mapping = read(*rows).mapping.with_column(
        column.sheet, column.index, field="hbf_percent", month=6.0
    )
    assert series(read(*rows, mapping=mapping), "hbf_percent", "P002") == {6: 3}


def test_names_of_sheets_that_resemble_those_made_are_kept() -> None:
    beside = [[*HEADER, None, *HEADER], [*patient(1), None, *patient(2)]]
    beside += [[*patient(3), None, *patient(4)]]
    grids = [Grid("s", beside), Grid("s (2)", [HEADER, patient(5), ["P006", "女", "8.8±1", 90]])]
    cohort = read_sheets_of(*grids)
    assert cohort.n == 6 and issue(cohort, "intake.cell.summary")["sheet"] == "s (2)"


def test_titles_with_a_blank_row_under_them() -> None:
    rows = [["TDT组（n=2）"], [], HEADER, patient(1), patient(2), [], ["NTDT组（n=1）"], [], HEADER]
    assert facts(read(*rows, patient(3)), "phenotype") == {
        "P001": "TDT",
        "P002": "TDT",
        "P003": "NTDT",
    }


@pytest.mark.parametrize("label", ["指标", None, "项目"])
def test_patients_side_by_side_under_their_codes(label: str | None) -> None:
    rows = [
        [label, "P001", "P002", "P003"],
        ["性别", "男", "女", "男"],
        ["分型", "TDT", "NTDT", "TDT"],
    ]
    cohort = read(*rows, ["Hb 0月", 70, 71, 72], ["Hb 6月", 90, 91, 92])
    assert facts(cohort, "phenotype") == {"P001": "TDT", "P002": "NTDT", "P003": "TDT"}
    assert series(cohort, "hb_g_per_l", "P002") == {0: 71, 6: 91}


def test_an_id_with_its_group_above_quantities() -> None:
    rows: list[Row] = [["患者1：P001（TDT）"], ["Hb", 70, 80], ["HbF", 5, 6]]
    rows += [["患者2：P002（NTDT）"], ["Hb", 71, 81], ["HbF", 4, 5]]
    cohort = read(["指标", "基线", "6月"], *rows)
    assert facts(cohort, "phenotype") == {"P001": "TDT", "P002": "NTDT"}


def test_patients_side_by_side_who_are_only_counted() -> None:
    rows: list[Row] = [["", "患者1", "患者2"], ["性别", "男", "女"], ["分型", "TDT", "NTDT"]]
    cohort = read(*rows, ["Hb 0月", 70, 71])
    assert sorted(facts(cohort, "phenotype").values()) == ["NTDT", "TDT"]
