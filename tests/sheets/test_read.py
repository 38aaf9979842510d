"""Every format gives the same sheet: each cell as text, what kind of cell it was, and where it
stood.
"""

import datetime as dt
import io
import os
import subprocess
import sys

import numpy as np
import openpyxl
import pytest
import xlwt
from openpyxl.styles import Font

from tests.intake import files
from thal_core.issues import CohortError
from thal_core.sheets.read_sheets import read_sheets
from thal_core.sheets.sheet import Kind
from thal_core.sheets.sheet_xml import SheetFindings, scan_sheet_xml

WORKBOOKS = {"xlsx": files.xlsx, "xls": files.xls, "ods": files.ods, "xml": files.spreadsheet_xml}


def cells(sheet):
    return sheet.text.to_numpy(dtype=object).tolist()


@pytest.mark.parametrize("form", WORKBOOKS)
def test_workbooks_give_the_same_cells(form):
    (sheet,) = read_sheets(WORKBOOKS[form](), "clinic.bin")
    assert (cells(sheet), sheet.name, sheet.hidden) == (files.TEXT, "data", False)
    assert sheet.kind[1].tolist() == [
        Kind.TEXT,
        Kind.TEXT,
        Kind.DATE,
        Kind.NUMBER,
        Kind.TEXT,
        Kind.TEXT,
    ]
    assert (sheet.kind[2, 5], sheet.kind[3, 2], sheet.kind[2, 3]) == (
        Kind.EMPTY,
        Kind.EMPTY,
        Kind.NUMBER,
    )


@pytest.mark.parametrize(
    "data",
    [
        files.delimited(),
        files.delimited(";"),
        files.delimited("\t"),
        files.delimited("|"),
        files.delimited("\t", "utf-16"),
        files.html(),
        files.html(charset="gb2312"),
    ],
    ids=["comma", "semicolon", "tab", "pipe", "unicode text", "html", "html gb2312"],
)
def test_text_formats_give_the_same_cells(data):
    (sheet,) = read_sheets(data, "clinic.xls")
    assert (cells(sheet), sheet.name) == (files.TEXT, "clinic")
    assert np.array_equal(
        sheet.kind, np.array([[Kind.TEXT if v else Kind.EMPTY for v in row] for row in files.TEXT])
    )


def test_the_sheet_has_numbered_columns_of_text():
    for data in (files.xlsx(), files.delimited()):
        (sheet,) = read_sheets(data, "a")
        assert list(sheet.text.columns) == list(range(6)) and list(sheet.text.index) == list(
            range(4)
        )
        assert {str(t) for t in sheet.text.dtypes} == {
            "str"
        } and sheet.kind.shape == sheet.text.shape


@pytest.mark.parametrize("name", ["table.csv", "table.xlsx", "table", "表.pdf"])
def test_the_name_does_not_decide(name):
    assert cells(read_sheets(files.xlsx(), name)[0]) == files.TEXT
    assert cells(read_sheets(files.delimited(), name)[0]) == files.TEXT


CELLS = [
    (654.0, "654", Kind.NUMBER),
    (8.4, "8.4", Kind.NUMBER),
    (-0.5, "-0.5", Kind.NUMBER),
    (0, "0", Kind.NUMBER),
    (8.399999999999999, "8.4", Kind.NUMBER),
    (0.1 + 0.2, "0.3", Kind.NUMBER),
    (1e-7, "1e-7", Kind.NUMBER),
    (440106199001011234, "440106199001011000", Kind.NUMBER),
    (33000, "33000", Kind.NUMBER),
    ("007", "007", Kind.TEXT),
    ("03/02/1990", "03/02/1990", Kind.TEXT),
    ("1,234", "1,234", Kind.TEXT),
    ("ＡＢ１", "ＡＢ１", Kind.TEXT),
    (" x ", " x ", Kind.TEXT),
    ("a\nb", "a\nb", Kind.TEXT),
    (True, "TRUE", Kind.BOOLEAN),
    (False, "FALSE", Kind.BOOLEAN),
    ("=1+1", "", Kind.FORMULA),
    (dt.date(2024, 8, 9), "2024-08-09", Kind.DATE),
    (dt.datetime(2024, 8, 9, 10, 30), "2024-08-09T10:30:00", Kind.DATE),
    (dt.time(10, 30), "10:30:00", Kind.TEXT),
    (dt.timedelta(hours=36, minutes=5), "36:05:00", Kind.TEXT),
    ("#NAME?", "#NAME?", Kind.ERROR),
    ("#N/A", "#N/A", Kind.ERROR),
    ("#DIV/0!", "#DIV/0!", Kind.ERROR),
]


def test_each_kind_of_xlsx_cell():
    (sheet,) = read_sheets(files.xlsx([["id", value, "end"] for value, _, _ in CELLS]), "a.xlsx")
    assert [
        (text, Kind(kind)) for text, kind in zip(sheet.text[1], sheet.kind[:, 1], strict=True)
    ] == [(text, kind) for _, text, kind in CELLS]


def test_long_columns_of_mixed_cells_keep_their_order():
    rows = [
        [i, i / 2 if i % 3 else f"<{i}", None if i % 5 else dt.date(2024, 1, 1 + i % 28)]
        for i in range(5000)
    ]
    (sheet,) = read_sheets(files.xlsx(rows), "a.xlsx")
    want = [
        [str(i), f"{i / 2:g}" if i % 3 else f"<{i}", "" if i % 5 else f"2024-01-{1 + i % 28:02d}"]
        for i in range(5000)
    ]
    assert cells(sheet) == want


def test_cells_keep_their_addresses():
    book = openpyxl.Workbook()
    book.active["C3"], book.active["D5"] = "x", 1
    (sheet,) = read_sheets(files.saved(book), "a.xlsx")
    assert (sheet.text.shape, sheet.text.iloc[2, 2], sheet.text.iloc[4, 3]) == ((5, 4), "x", "1")


def test_formatting_alone_is_no_cell():
    book = openpyxl.load_workbook(io.BytesIO(files.xlsx()))
    for address in ("A1048576", "XFD1", "XFD1048576"):
        book.active[address].font = Font(bold=True)
    book.active["F9"] = "   "
    (sheet,) = read_sheets(files.saved(book), "a.xlsx")
    assert cells(sheet) == files.TEXT


def test_merged_and_hidden_sheets_of_xlsx():
    book = openpyxl.load_workbook(io.BytesIO(files.xlsx(lookup=[[1]], blank=[])))
    book.active.merge_cells("D1:F1")
    book["lookup"].sheet_state = "hidden"
    first, hidden = read_sheets(files.saved(book), "a.xlsx")
    assert (first.merged, first.hidden) == (((0, 3, 0, 5),), False)
    assert (hidden.name, hidden.hidden) == ("lookup", True)


def test_merged_cells_of_xls_ods_html_and_xml():
    book = xlwt.Workbook()
    book.add_sheet("a").write_merge(0, 1, 1, 2, "Hb")
    out = io.BytesIO()
    book.save(out)
    ods = files.ods_of(
        [
            [
                files.ods_cell("id"),
                files.ods_cell("Hb", numbercolumnsspanned=2, numberrowsspanned=2),
            ],
            [files.ods_cell("x")],
        ]
    )
    html = b"<table><tr><td>id<td colspan=2 rowspan=2>Hb</tr><tr><td>x</tr></table>"
    xml = files.spreadsheet_xml([["id", "Hb"], ["x"]]).replace(
        b'<Cell><Data ss:Type="String">Hb',
        b'<Cell ss:MergeAcross="1" ss:MergeDown="1"><Data ss:Type="String">Hb',
    )
    for data in (out.getvalue(), ods, html, xml):
        (sheet,) = read_sheets(data, "a")
        assert sheet.merged == ((0, 1, 1, 2),) and sheet.text.iloc[0, 1] == "Hb"


def test_formulas_with_a_stored_value_are_values():
    stored = '<c r="A1" t="str"><f>IF(1,"","")</f><v></v></c><c r="B1"><f>1+1</f><v>2</v></c>'
    unstored = (
        '<c r="C1"><f>1+1</f></c><c r="D1"><f t="shared" si="0"/><v/></c>'
        '<c r="E1" t="e"><f>1/0</f><v>#DIV/0!</v></c>'
    )
    (sheet,) = read_sheets(files.sheet_xml(f'<row r="1">{stored}{unstored}</row>'), "a.xlsx")
    assert cells(sheet) == [["", "2", "", "", "#DIV/0!"]]
    assert sheet.kind.tolist() == [
        [Kind.EMPTY, Kind.NUMBER, Kind.FORMULA, Kind.FORMULA, Kind.ERROR]
    ]


def test_xml_with_prefixes_and_single_quotes():
    xml = (
        "<x:worksheet xmlns:x='http://schemas.openxmlformats.org/spreadsheetml/2006/main'>"
        "<x:sheetData><x:row r='1'><x:c r='A1' t='e'><x:v>#NAME?</x:v></x:c>"
        "<x:c r='B1'><x:f>1+1</x:f></x:c><x:c r='C1'><x:v>5</x:v></x:c>"
        "</x:row></x:sheetData></x:worksheet>"
    )
    (sheet,) = read_sheets(
        files.with_part(files.xlsx(), "xl/worksheets/sheet1.xml", xml.encode()), "a.xlsx"
    )
    assert cells(sheet) == [["#NAME?", "", "5"]] and sheet.kind.tolist() == [
        [Kind.ERROR, Kind.FORMULA, Kind.NUMBER]
    ]


def test_an_extension_behind_the_cells_makes_no_formula():
    xml = (
        '<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>'
        '<row r="1"><c r="A1"><v>1</v></c><c r="B1"/></row></sheetData><extLst><ext><xm:f '
        'xmlns:xm="http://schemas.microsoft.com/office/excel/2006/main">A1</xm:f></ext></extLst>'
        "</worksheet>"
    )
    findings = scan_sheet_xml(xml.encode(), "a")
    assert findings == SheetFindings()


def test_of_a_sheet_that_breaks_off_what_stands_before_is_named():
    xml = b'<worksheet><row r="2"><c r="B2" t="e"><v>#N/A</v></c><c t="e"><v>#REF!</v></c><c r="'
    assert scan_sheet_xml(xml, "a").errors == ((1, 1, "#N/A"), (1, 2, "#REF!"))


def test_errors_and_formulas_of_ods_and_xml():
    ods = files.ods_of(
        [
            [
                files.ods_cell("id"),
                files.ods_cell("#NAME?", formula="of:=x"),
                files.ods_cell(None, formula="of:=1+1"),
                files.ods_cell(2, formula="of:=1+1"),
            ]
        ]
    )
    xml = (
        files.spreadsheet_xml([["id", "#NAME?", "F", 2]])
        .replace(b'"String">#NAME?', b'"Error">#NAME?')
        .replace(b'<Cell><Data ss:Type="String">F</Data></Cell>', b'<Cell ss:Formula="=1+1"/>')
    )
    for data in (ods, xml):
        (sheet,) = read_sheets(data, "a")
        assert cells(sheet) == [["id", "#NAME?", "", "2"]]
        assert sheet.kind.tolist() == [[Kind.TEXT, Kind.ERROR, Kind.FORMULA, Kind.NUMBER]]


def test_errors_of_xls():
    book = xlwt.Workbook()
    for name in ("a", "b"):
        sheet = book.add_sheet(name)
        sheet.write(0, 0, "id")
        sheet.row(0).set_cell_error(1, "#NAME?")
        sheet.row(0).set_cell_error(3, 0x2A)
    out = io.BytesIO()
    book.save(out)
    for sheet in read_sheets(out.getvalue(), "a.xls"):
        assert cells(sheet) == [["id", "#NAME?", "", "#N/A"]] and sheet.notes == ()
        assert sheet.kind.tolist() == [[Kind.TEXT, Kind.ERROR, Kind.EMPTY, Kind.ERROR]]


def test_spreadsheet_xml_may_skip_rows_and_cells():
    xml = files.spreadsheet_xml([["a", "b"]]).replace(
        b"<Row><Cell>", b'<Row ss:Index="3"><Cell ss:Index="2">'
    )
    assert cells(read_sheets(xml, "a")[0]) == [["", "", ""], ["", "", ""], ["", "a", "b"]]


def test_html_reads_as_a_browser_shows_it():
    page = (
        "<html><body><table><tr><td><table><tr><th> id&nbsp;<th>Hb<br>(g/L)"
        "<tr><td>1<td><b>8</b>5<script>x</script>"
        "</table></td></tr></table><table></table>"
    )
    (sheet,) = read_sheets(page.encode(), "a.xls")
    assert cells(sheet) == [["id", "Hb\n(g/L)"], ["1", "85"]]


def test_large_html_keeps_every_character():
    rows = [["编号", "血红蛋白"]] + [[f"患者{i}", "未查" if i % 7 else "85"] for i in range(20_000)]
    assert cells(read_sheets(files.html(rows), "a.xls")[0]) == rows


def test_reading_works_from_any_folder_and_ignores_what_lies_there(tmp_path):
    (tmp_path / "numpy.py").write_text("raise SystemExit('the wrong numpy')")
    (tmp_path / "app.py").write_text("raise SystemExit('the app ran')")
    (tmp_path / "a.xlsx").write_bytes(files.xlsx())
    code = (
        "import sys; sys.path.remove(''); from thal_core.sheets.read_sheets import read_sheets;"
        "print(len(read_sheets(open('a.xlsx', 'rb').read(), 'a.xlsx')))"
    )
    root = os.path.dirname(os.path.dirname(os.path.dirname(__file__)))
    done = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": root},
        capture_output=True,
        text=True,
        timeout=30,
    )
    assert done.stdout.strip() == "1", done.stderr


def test_progress_is_told_and_grows():
    heard = []
    read_sheets(files.xlsx(), "a.xlsx", on_progress=lambda share, code: heard.append((share, code)))
    shares = [share for share, _ in heard]
    assert shares == sorted(shares) and shares[0] >= 0 and shares[-1] <= 1
    assert all(code.startswith("reading.progress.") for _, code in heard)


@pytest.mark.parametrize(
    "data", [files.xlsx(), files.delimited(), files.html()], ids=["xlsx", "csv", "html"]
)
def test_false_stops_the_reading(data):
    with pytest.raises(CohortError) as caught:
        read_sheets(data, "a", on_progress=lambda share, code: False)
    assert caught.value.code == "reading.cancelled"


def test_an_exception_from_progress_passes_and_the_child_ends():
    def stop(share, code):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        read_sheets(files.xlsx(), "a.xlsx", on_progress=stop)
