"""The marked copy shows where and what each finding is, computes nothing, and shows nobody's
identity.
"""

import io
import zipfile

import openpyxl
import pytest

from tests.intake import files
from thal_core.export.marked_copy import FILLS, mark
from thal_core.intake.parse_file import parse_file
from thal_core.issues import translate_issues
from thal_core.mapping import Mapping

NAMES, PHONE, IDENTITY = ["张伟民", "李秀英", "王小芳"], "13877112233", "440106199001011235"
ROWS = [
    ["某医院血液科 主任赵大夫 13900001111"],
    [
        "编号",
        "姓名",
        "性别",
        "电话",
        "类型",
        "基因型",
        "Hb_0M (g/L)",
        "Hb_6M (g/L)",
        "备注",
        "出生日期",
    ],
    [
        "007",
        NAMES[0],
        "女",
        PHONE,
        "NTDT",
        "CD41-42/-28",
        "80",
        "abc",
        "皮疹，家住南宁路5号",
        "1990-01-01",
    ],
    ["008", NAMES[1], "男", "13877112234", "NTDT", "CD17/βE", "85", "900", "=1+1", "1991-01-01"],
    ["009", NAMES[2], "女", "13877112235", "TDT", "CD99/xx", "90", "101", "", "1992-01-01"],
]


def parsed(data, name="clinic.csv"):
    return parse_file(data, name, Mapping(), lambda share, code: None)


def marked(rows=ROWS, language="en", make=files.delimited):
    width = max(map(len, rows))
    data = make(rows=[row + [""] * (width - len(row)) for row in rows])
    copy = mark(parsed(data), language)
    return copy, openpyxl.load_workbook(io.BytesIO(copy))


def everything(workbook):
    archive = zipfile.ZipFile(io.BytesIO(workbook))
    return b"".join(archive.read(name) for name in archive.namelist())


def test_cells_stand_where_they_stood():
    sheet = marked()[1]["clinic"]
    assert [c.value for c in sheet[2]][:2] == ["编号", "姓名"]
    assert (sheet["A3"].value, sheet["C3"].value, sheet["F4"].value, sheet["H5"].value) == (
        "007",
        "女",
        "CD17/βE",
        "101",
    )


def test_a_finding_colours_its_cell_and_says_why_in_both_languages():
    english, chinese = marked()[1]["clinic"]["H3"], marked(language="zh")[1]["clinic"]["H3"]
    assert (
        english.value == "…"
        and english.comment.text.startswith("[")
        and english.comment.text != chinese.comment.text
    )
    assert english.fill.fgColor.rgb[2:] in {c.removeprefix("#") for c in FILLS.values()}
    assert marked()[1]["clinic"]["G3"].comment is None


def test_severities_differ_by_colour_and_by_word():
    book = marked()[1]
    words = {}
    for row in book["Issues"].iter_rows(min_row=5):
        words[row[0].value] = row[0].fill.fgColor.rgb
    assert {"error", "warning"} <= set(words) and len(set(words.values())) == len(words)


def test_the_list_names_every_issue():
    width = len(ROWS[1])
    data = files.delimited(rows=[row + [""] * (width - len(row)) for row in ROWS])
    cohort = parsed(data).cohort
    book = openpyxl.load_workbook(io.BytesIO(mark(parsed(data))))
    listed = [
        (row[2] or "", row[4]) for row in book["Issues"].iter_rows(min_row=5, values_only=True)
    ]
    assert (
        listed
        == list(
            zip(
                cohort.issues["cell"], translate_issues(cohort.issues, "en")["message"], strict=True
            )
        )
        and listed
    )


@pytest.mark.parametrize("make", [files.delimited, files.xlsx])
def test_nothing_that_identifies_is_anywhere_in_the_file(make):
    copy, _ = marked(make=make)
    parts = everything(copy)
    for secret in (*NAMES, PHONE, "13900001111", "赵大夫", "南宁路", "1990-01-01"):
        assert secret.encode() not in parts


def test_an_identity_number_in_a_harmless_column_is_blanked():
    rows = [
        row + [extra] for row, extra in zip(ROWS[1:], ["来源", "甲", IDENTITY, "乙"], strict=True)
    ]
    copy, _ = marked(rows)
    assert IDENTITY.encode() not in everything(copy)


def test_no_cell_computes_or_links():
    rows = [
        ROWS[1][:1] + ROWS[1][4:8] + ["x"],
        ["007", "NTDT", "CD41-42/-28", "80", "85", "=1+1"],
        ["008", "NTDT", "-28/-28", "80", "85", "+1"],
        ["009", "NTDT", "CD17/-28", "80", "85", "http://a.b/c"],
    ]
    copy, book = marked(rows)
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds and not any(sheet._hyperlinks for sheet in book)
    assert book["clinic"]["F2"].value == rows[1][5] and book["clinic"]["C3"].value == "-28/-28"


def test_sheet_names_are_made_fit():
    book = openpyxl.Workbook()
    book.active.title = "Issues"
    second = book.create_sheet("A name of thirty-one characters")
    for sheet in book:
        for row in (
            ["patient_id", "phenotype", "Hb_0M (g/L)"],
            ["007", "NTDT", 80],
            ["008", "NTDT", "x"],
        ):
            sheet.append(row)
    data = files.saved(book)
    copy = openpyxl.load_workbook(io.BytesIO(mark(parsed(data, "a.xlsx"))))
    assert copy.sheetnames == ["Issues", second.title, "Issues 2"]
