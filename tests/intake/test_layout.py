"""Where tables stand on a sheet, and what of a sheet is no table."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tests.intake.reading import codes, issue, read, read_sheets_of, reading, series
from tests.layouts.grid import Grid
from thal_core.derive.record import complete
from thal_core.intake.layout.find_tables import find_tables, upright
from thal_core.intake.parse_file import parse_sheets
from thal_core.mapping import Mapping
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.sheet import Kind

HEADER, ROWS = ["编号", "性别", "Hb 0M", "Hb 6M"], [["1", "男", 70, 90], ["2", "女", 75, 95]]


def test_a_table_that_does_not_start_at_a1() -> None:
    cohort = read([], [None, None, *HEADER], *([None, None, *row] for row in ROWS))
    assert series(cohort, "hb_g_per_l") == {0: 70, 6: 90}
    assert cohort.mapping.columns[0].letter == "C"


@pytest.mark.parametrize(
    "words", ["合计", "合计 52例", "均值", "Mean", "SD", "平均值", "总计：2例", "n=2", "median"]
)
def test_rows_that_sum_up_others_are_no_patients(words: str) -> None:
    cohort = read(HEADER, *ROWS, [words, None, 72.5, 92.5])
    assert cohort.n == 2
    assert issue(cohort, "intake.row.summary")["cell"] == "A4"


@pytest.mark.parametrize(
    "words",
    [
        "注：数据截止2023年",
        "Note: Hb in g/L",
        "医师签字：",
        "填表日期 2023-5-1",
        "* P<0.05",
        "以上患者均已签署知情同意书",
    ],
)
def test_words_below_the_table_are_no_patients(words: str) -> None:
    cohort = read(HEADER, *ROWS, [words])
    assert cohort.n == 2
    assert issue(cohort, "intake.row.note")["raw"] == ""


@pytest.mark.parametrize("name", ["n1", "M2", "P3", "Total-5", "平安1"])
def test_ids_that_only_resemble_such_words_are_patients(name: str) -> None:
    assert read(HEADER, *ROWS, [name, "男", 70, 90]).n == 3


def test_a_patient_of_whom_nothing_is_known_yet_stays() -> None:
    assert read(HEADER, *ROWS, ["3"]).n == 3


def test_titles_stand_above_and_are_not_printed() -> None:
    cohort = read(["某医院张伟医生的队列"], ["2023-05-01"], HEADER, *ROWS)
    named = cohort.issues[cohort.issues["code"] == "intake.row.title"]
    assert named["cell"].tolist() == ["A1", "A2"] and (named["raw"] == "").all()


def test_two_tables_one_below_the_other() -> None:
    sheet = Grid(
        "s", [["编号", "性别"], ["1", "男"], [], ["编号", "Hb 0M", "HbF 0M"], ["1", 70, 20]]
    ).sheet()
    assert [table.header_rows for table in find_tables(sheet)] == [(0,), (3,)]


def test_a_sheet_on_its_side_keeps_its_addresses() -> None:
    rows = [list(column) for column in zip(HEADER, *ROWS, strict=True)]
    rows[2][2] = "6.8±1.1"
    read_back = reading(*rows, ["genotype", "βCD17/β-28", "xyz"])
    assert read_back.turned == {"sheet"}
    assert upright(Grid("s", rows).sheet()).text.shape == (3, 4)
    assert issue(read_back.cohort, "intake.cell.summary")["cell"] == "C3"


def test_sheets_without_patients_are_named_once() -> None:
    cohort = read_sheets_of(Grid("说明", [["填写说明"], ["请用g/L"]]), Grid("s", [HEADER, *ROWS]))
    assert issue(cohort, "intake.sheet_without_table")["sheet"] == "说明"


def test_hidden_sheets_are_read_and_named() -> None:
    sheets = [
        Grid("a", [HEADER, *ROWS]).sheet(),
        replace(Grid("b", [["编号", "月份", "Hb"], ["1", 12, 99]]).sheet(), hidden=True),
    ]
    cohort = complete(parse_sheets(sheets, Mapping()).cohort)
    assert series(cohort, "hb_g_per_l")[12] == 99
    assert issue(cohort, "intake.sheet_hidden")["sheet"] == "b"


def test_formulas_without_a_result_and_error_cells_are_named() -> None:
    sheet = Grid("s", [HEADER, *ROWS, ["3", "男", "#NAME?", 80]]).sheet()
    kind = sheet.kind.copy()
    kind[3, 2], kind[1, 3] = Kind.ERROR, Kind.FORMULA
    text = sheet.text.copy()
    text.iloc[1, 3] = ""
    cohort = complete(parse_sheets([replace(sheet, text=text, kind=kind)], Mapping()).cohort)
    assert issue(cohort, "intake.cell.formula")["cell"] == "D2"
    assert issue(cohort, "intake.cell.error")["cell"] == "C4"


def test_rows_without_an_id_are_named_and_left_out() -> None:
    cohort = read(HEADER, *ROWS, [None, "男", 80, 99])
    assert cohort.n == 2 and issue(cohort, "intake.row_without_id")["row"] == 4


def test_a_legend_in_the_header_explains_the_codes() -> None:
    cohort = read(
        ["编号", "性别(1男2女)", "脾切除（0=否，1=是）", "Hb 0M"], ["1", 2, 0, 80], ["2", 1, 1, 80]
    )
    assert cohort.patients["sex"].tolist() == ["female", "male"]
    assert cohort.patients["splenectomy"].tolist() == [False, True]
    assert "intake.codes_ambiguous.sex" not in codes(cohort)


def test_a_reference_range_in_the_header_does_no_harm() -> None:
    assert series(read(["编号", "血红蛋白(参考值110~150g/L) 6月"], ["1", 90]), "hb_g_per_l") == {
        6: 90
    }


def test_a_data_dictionary_on_another_sheet() -> None:
    book = Grid(
        "变量",
        [["变量名", "标签", "取值"], ["xb", "性别", "1=男；2=女"], ["hb0", "血红蛋白 基线", None]],
    )
    cohort = read_sheets_of(Grid("数据", [["编号", "xb", "hb0"], ["1", 2, 80]]), book)
    assert cohort.patients["sex"].tolist() == ["female"]
    assert series(cohort, "hb_g_per_l") == {0: 80}


RULES = (
    "aliases",
    "codes",
    "dictionary_headers",
    "drugs",
    "events",
    "header_words",
    "identifiers",
    "missing_words",
    "negations",
)
MORE_RULES = (
    "nominal_months",
    "note_starts",
    "phrases",
    "roles",
    "shown_words",
    "summary_rows",
    "timepoints",
    "units",
)


@pytest.mark.parametrize("name", [*RULES, *MORE_RULES])
def test_every_rule_of_reading_names_its_source(name: str) -> None:
    rows = read_rules(name)
    assert len(rows) > 1
    assert [row for row in rows if not row["source"].strip()] == []


def test_large_sheets_are_read_in_one_go() -> None:
    n = 20_000
    rows = [
        ["patient_id", "sex", "Hb_0M", "Hb_6M"],
        *([f"P{i}", "MF"[i % 2], 60 + i % 50, 70 + i % 50] for i in range(n)),
    ]
    cohort = read(*rows)
    assert (cohort.n, len(cohort.visits)) == (n, 2 * n)
    assert np.isclose(cohort.visits["hb_g_per_l"].mean(), 89.5)
