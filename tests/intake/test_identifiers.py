"""What could identify a person is dropped at the door and never printed."""

from __future__ import annotations

import pytest

from tests.intake.reading import codes, issue, read, read_sheets_of
from tests.layouts.clinic import han_name
from tests.layouts.grid import Grid
from thal_core.cohort import Cohort
from thal_core.intake.text.identifiers import identifier_in, valid_national_id


def everything(cohort: Cohort) -> str:
    frames = (
        cohort.patients.reset_index(),
        cohort.visits,
        cohort.transfusions,
        cohort.treatments,
        cohort.events,
        cohort.extra,
        cohort.issues,
    )
    return (
        "".join(frame.to_csv() for frame in frames)
        + cohort.mapping.to_json()
        + str(cohort.mapping.to_records())
    )


def test_national_ids_are_told_by_their_check_digit() -> None:
    assert valid_national_id("11010519491231002X")
    assert not valid_national_id("110105194912310021")
    assert identifier_in("证件 11010519491231002X") == "national id"
    assert identifier_in("110105194912310021") == ""


@pytest.mark.parametrize(
    "text",
    [
        "13812345678",
        "+86 13812345678",
        "0773-5812345",
        "zhang@example.com",
        "桂林市临桂县会仙镇",
        "解放路12号",
        "www.example.cn",
    ],
)
def test_values_that_identify(text: str) -> None:
    assert identifier_in(text)


@pytest.mark.parametrize(
    "text", ["βCD41-42/β-28", "1381", "脾大", "2019-03-01", "HBB:c.126_129delCTTT", "200300"]
)
def test_values_that_do_not(text: str) -> None:
    assert identifier_in(text) == ""


@pytest.mark.parametrize(
    ("header", "value"),
    [
        ("姓名", "张伟"),
        ("身份证号", "11010519491231002X"),
        ("联系电话", "13812345678"),
        ("家庭住址", "桂林市"),
        ("主管医师", "李强"),
        ("Email", "a@b.cn"),
        ("出生日期", "1990-02-03"),
        ("住院号", "ZY123456"),
        ("name", "Zhang Wei"),
        ("入院日期", "2020-05-06"),
        ("备注", "张伟复诊"),
    ],
)
def test_a_column_named_so_is_dropped_and_named(header: str, value: str) -> None:
    cohort = read(["编号", header, "Hb 0M"], ["7", value, 80], ["8", value, 81])
    assert value not in everything(cohort)
    assert list(cohort.patients.index) == ["7", "8"]
    assert header in set(cohort.issues["column"])


@pytest.mark.parametrize(
    "value", ["13812345678", "11010519491231002X", "zhang@example.com", "桂林市临桂县会仙镇12号"]
)
def test_a_column_without_a_telling_header_is_judged_by_its_values(value: str) -> None:
    cohort = read(["编号", "x1", "Hb 0M"], *([n, value, 80] for n in range(4)))
    assert value not in everything(cohort)
    assert cohort.mapping.columns[1].field == "identifying"


def test_names_under_an_unknown_header() -> None:
    cohort = read(["编号", "pt", "Hb 0M"], *([n, han_name(n), 80] for n in range(8)))
    assert not any(han_name(n) in everything(cohort) for n in range(8))


def test_one_identifying_cell_in_a_column_that_is_kept() -> None:
    cohort = read(
        ["编号", "ward", "Hb 0M"], *([n, "13812345678" if n == 2 else "A", 80] for n in range(6))
    )
    assert "13812345678" not in everything(cohort)
    assert (cohort.extra["value"] == "A").sum() == 5
    assert issue(cohort, "intake.identifying.cells")["raw"] == ""


def test_an_identifier_in_a_number_column_is_named_without_its_text() -> None:
    cohort = read(["编号", "Hb 0M", "SF 0M"], ["1", "13812345678", "张伟"], ["2", 80, 900])
    assert "13812345678" not in everything(cohort) and "张伟" not in everything(cohort)
    assert set(cohort.issues["cell"]) >= {"B2", "C2"}


def test_a_record_number_as_the_only_id_joins_and_becomes_p001() -> None:
    cohort = read_sheets_of(
        Grid("a", [["住院号", "性别"], ["ZY900002", "男"], ["ZY900001", "女"]]),
        Grid("b", [["住院号", "月份", "Hb"], ["ZY900001", 0, 70], ["ZY900002", 0, 80]]),
    )
    assert cohort.patients["sex"].to_dict() == {"P001": "male", "P002": "female"}
    assert cohort.visits.set_index("patient_id")["hb_g_per_l"].to_dict() == {"P001": 80, "P002": 70}
    assert "ZY90000" not in everything(cohort)


def test_a_laboratory_sheet_with_record_numbers_is_joined_through_the_patient_sheet() -> None:
    cohort = read_sheets_of(
        Grid("a", [["编号", "住院号", "性别"], ["C1", "ZY900002", "男"], ["C2", "ZY900001", "女"]]),
        Grid("b", [["住院号", "月份", "Hb"], ["ZY900001", 0, 70]]),
    )
    assert cohort.visits[["patient_id", "hb_g_per_l"]].to_numpy().tolist() == [["C2", 70]]


def test_ids_that_are_people_s_numbers_are_replaced() -> None:
    cohort = read(["编号", "Hb 0M"], ["11010519491231002X", 80], ["13812345678", 81])
    assert list(cohort.patients.index) == ["P001", "P002"]
    assert "1101051949" not in everything(cohort)


def test_ids_stay_as_typed() -> None:
    assert list(read(["编号", "Hb 0M"], ["007", 80], ["A-3", 81]).patients.index) == ["007", "A-3"]


def test_dates_become_months_and_go() -> None:
    cohort = read(
        ["编号", "首次用药日期", "检查日期", "出生日期", "Hb"],
        ["1", "2020-01-10", "2020-07-11", "2001-06-01", 90],
    )
    assert "2020" not in everything(cohort) and "2001" not in everything(cohort)
    assert (
        cohort.visits["month"].tolist(),
        cohort.visits["day"].tolist(),
        cohort.patients["age_years"].tolist(),
    ) == ([6], [183], [18])


def test_notes_give_events_and_doses_and_go() -> None:
    cohort = read(
        ["编号", "Hb 0M", "备注"],
        ["1", 80, "用药2月出现皮疹（2级），未见血栓，张医生电话13812345678"],
        ["2", 81, "沙利度胺100mg qn，无不适"],
    )
    assert cohort.events[["patient_id", "event", "month", "grade"]].to_numpy().tolist() == [
        ["1", "rash", 2, 2]
    ]
    assert cohort.treatments[["patient_id", "drug", "dose_mg_per_day"]].to_numpy().tolist() == [
        ["2", "thalidomide", 100]
    ]
    assert "张医生" not in everything(cohort) and "intake.notes.read" in codes(cohort)
