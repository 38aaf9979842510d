"""Hidden columns and rows, comments and colours of workbooks."""

from __future__ import annotations

import io

import pytest
import xlwt
from odf import dc, office, opendocument, style, table, text
from openpyxl import Workbook
from openpyxl.comments import Comment
from openpyxl.styles import PatternFill

from thal_core.cohort import Cohort
from thal_core.reader import read_cohort

HEADER = ["编号", "性别", "分型", "Hb 0月", "Hb 6月", "Hb 6月", "HbF 0月"]
ROWS = [[f"P{n:03d}", "男", "TDT", 70 + n, 90 + n, 50 + n, 12] for n in range(1, 9)]
HIDDEN_COLUMNS = (5, 6)  # the second Hb 6月 is said twice, HbF 0月 once
SECRET = "张三电话13812345678"


def _xlsx() -> bytes:
    book = Workbook()
    sheet = book.active
    for line in (HEADER, *ROWS, ["P001", "男", "TDT", 1, 2, 3, 4]):
        sheet.append(line)
    for column in ("F", "G"):
        sheet.column_dimensions[column].hidden = True
    sheet.row_dimensions[10].hidden = True
    sheet["D5"].comment = Comment(SECRET, "李医生")
    for cell in (*sheet[1], sheet["D6"], sheet["E7"]):
        cell.fill = PatternFill("solid", fgColor="FFFF00")
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _xls() -> bytes:
    book = xlwt.Workbook()
    sheet = book.add_sheet("s")
    yellow = xlwt.easyxf("pattern: pattern solid, fore_colour yellow;")
    for r, line in enumerate((HEADER, *ROWS, ["P001", "男", "TDT", 1, 2, 3, 4])):
        for c, cell in enumerate(line):
            marked = (r, c) in ((5, 3), (6, 4)) or r == 0
            sheet.write(r, c, cell, yellow) if marked else sheet.write(r, c, cell)
    for column in HIDDEN_COLUMNS:
        sheet.col(column).hidden = True
    sheet.row(9).hidden = True
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def _ods() -> bytes:
    book = opendocument.OpenDocumentSpreadsheet()
    yellow = style.Style(name="yellow", family="table-cell")
    yellow.addElement(style.TableCellProperties(backgroundcolor="#ffff00"))
    book.automaticstyles.addElement(yellow)
    sheet = table.Table(name="s")
    for column in range(len(HEADER)):
        hidden = {"visibility": "collapse"} if column in HIDDEN_COLUMNS else {}
        sheet.addElement(table.TableColumn(**hidden))
    for r, line in enumerate((HEADER, *ROWS, ["P001", "男", "TDT", 1, 2, 3, 4])):
        row = table.TableRow(**({"visibility": "filter"} if r == 9 else {}))
        for c, cell in enumerate(line):
            row.addElement(_ods_cell(cell, r == 0 or (r, c) in ((5, 3), (6, 4)), (r, c) == (4, 3)))
        sheet.addElement(row)
    book.spreadsheet.addElement(sheet)
    out = io.BytesIO()
    book.write(out)
    return out.getvalue()


def _ods_cell(value: object, marked: bool, noted: bool) -> table.TableCell:
    kind = {"valuetype": "string"}
    if isinstance(value, int):
        kind = {"valuetype": "float", "value": str(value)}
    cell = table.TableCell(**kind, **({"stylename": "yellow"} if marked else {}))
    if noted:
        note = office.Annotation()
        note.addElement(dc.Creator(text="李医生"))
        note.addElement(text.P(text=SECRET))
        cell.addElement(note)
    cell.addElement(text.P(text=str(value)))
    return cell


FORMS = {"xlsx": _xlsx, "xls": _xls, "ods": _ods}


@pytest.fixture(scope="module", params=FORMS)
def cohort(request: pytest.FixtureRequest) -> Cohort:
    return read_cohort(FORMS[request.param](), filename=f"a.{request.param}")


def _cells(cohort: Cohort, code: str) -> list[str]:
    return cohort.issues.loc[cohort.issues["code"] == code, "message"].tolist()


def test_a_hidden_column_yields_to_a_visible_one_of_the_same_header(cohort: Cohort) -> None:
    six = cohort.visits[cohort.visits["month"] == 6]
    assert six["hb_g_per_l"].tolist() == [row[4] for row in ROWS]
    assert len(_cells(cohort, "intake.column.hidden_left_out")) == 1


def test_a_hidden_column_alone_is_read_with_a_notice(cohort: Cohort) -> None:
    assert (cohort.visits["hbf_percent"].dropna() == 12).all()
    assert len(_cells(cohort, "intake.column.hidden")) == 1


def test_a_hidden_row_yields_to_a_visible_one_of_the_same_patient(cohort: Cohort) -> None:
    assert cohort.n == len(ROWS)
    assert len(_cells(cohort, "intake.row.hidden_left_out")) == 1


def test_colours_are_noticed_and_headers_are_decoration(cohort: Cohort) -> None:
    assert [m.split()[0] for m in _cells(cohort, "intake.sheet_colours")] == ["2"]


@pytest.mark.parametrize("form", ["xlsx", "ods"])
def test_comments_are_noticed_and_never_shown(form: str) -> None:
    cohort = read_cohort(FORMS[form](), filename=f"a.{form}")
    assert [m.split()[0] for m in _cells(cohort, "intake.sheet_comments")] == ["1"]
    everything = cohort.issues.to_csv() + cohort.extra.to_csv() + str(cohort.mapping.to_records())
    assert not [word for word in (SECRET, "张三", "李医生", "13812345678") if word in everything]
