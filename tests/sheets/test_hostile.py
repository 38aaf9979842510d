"""Whatever is uploaded: one clear sentence in both languages, soon, without a cell's value, and the
parent lives.
"""

import io
import random
import re
import subprocess
import sys
import zipfile

import pytest

from tests.intake import files
from tests.intake.reading import read_file
from thal_core.issues import CohortError
from thal_core.reader import process, read_cohort
from thal_core.sheets.limits import limit
from thal_core.sheets.read_sheets import read_sheets
from thal_core.words import catalogue

SECRET = "SECRET-4711"
SHEET, STRINGS = "xl/worksheets/sheet1.xml", "xl/sharedStrings.xml"
BIG = b"<a>" + b" " * 60_000_000
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;">]><worksheet/>'
)


def far(address):
    cell, row = (
        f'<c r="{address}" t="inlineStr"><is><t>{SECRET}</t></is></c>',
        re.sub("[A-Z]", "", address),
    )
    return files.sheet_xml(f'<row r="1"><c r="A1"><v>1</v></c></row><row r="{row}">{cell}</row>')


def archive(**parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as target:
        for name, content in parts.items():
            target.writestr(name.replace("__", "/").replace("_dot_", "."), content)
    return out.getvalue()


def flagged(workbook):
    """A zip file whose parts say they are encrypted."""
    data = bytearray(workbook)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        place = data.find(mark)
        while place >= 0:
            data[place + offset] |= 1
            place = data.find(mark, place + 4)
    return bytes(data)


def xls_with_password():
    """xlwt's WRITEACCESS record turned into FILEPASS."""
    data = files.xls()
    assert b"\x5c\x00\x70\x00" in data
    return data.replace(b"\x5c\x00\x70\x00", b"\x2f\x00\x70\x00", 1)


def encrypted_ods():
    manifest = (
        b"<manifest>application/vnd.oasis.opendocument.spreadsheet"
        b"<manifest:encryption-data/></manifest>"
    )
    return files.with_part(files.ods(), "META-INF/manifest.xml", manifest)


def repeated_ods():
    return files.ods_of([[files.ods_cell(SECRET, numbercolumnsrepeated=16384)]], {0: 1_048_576})


HOSTILE = {
    "empty file": (b"", "reading.empty_file"),
    "white space": (b" \r\n\t\n ", "reading.blank_file"),
    "byte order mark alone": (b"\xef\xbb\xbf", "reading.blank_file"),
    "separators alone": (b",,,\n,,,\n", "reading.blank_file"),
    "blank workbook": (files.xlsx([]), "reading.blank_file"),
    "NUL bytes": (b"id,hb\n1,\x00\x00\x00\x0085\n", "reading.not_text"),
    "zeros": (bytes(5000), "reading.not_text"),
    "random bytes": (random.Random(1).randbytes(50_000), "reading.not_text"),
    "a few random bytes": (random.Random(3).randbytes(64), "reading.not_text"),
    "png": (b"\x89PNG\r\n\x1a\n" + bytes(100), "reading.not_a_sheet"),
    "pdf": (b"%PDF-1.7\n%\xe2\xe3", "reading.not_a_sheet"),
    "docx": (archive(word__document_dot_xml="<x/>"), "reading.not_a_sheet"),
    "plain zip": (archive(a="1"), "reading.not_a_sheet"),
    "xlsb": (archive(xl__workbook_dot_bin="1"), "reading.not_a_sheet"),
    "web archive": (b"MIME-Version: 1.0\nX: y\n", "reading.not_a_sheet"),
    "old word document": (files.compound_file("WordDocument"), "reading.not_a_sheet"),
    "web page without a table": (
        b"<html><frameset><frame src=sheet001.htm></frameset></html>",
        "reading.no_table",
    ),
    "last cell of all": (far("XFD1048576"), "reading.far_cell"),
    "last row": (far("A1048576"), "reading.far_cell"),
    "one row too far": (far("B200001"), "reading.far_cell"),
    "one column too far": (far("SG1"), "reading.far_cell"),
    "repeated cell of an ods": (repeated_ods(), "reading.far_cell"),
    "far cell of an xml workbook": (
        files.spreadsheet_xml([[SECRET]]).replace(b"<Row>", b'<Row ss:Index="900000">'),
        "reading.far_cell",
    ),
    "large empty area": (far("GR100000"), "reading.too_many_cells"),
    "password": (files.compound_file("EncryptedPackage"), "reading.password"),
    "password xls": (xls_with_password(), "reading.password"),
    "password ods": (encrypted_ods(), "reading.password"),
    "password zip": (flagged(files.xlsx()), "reading.password"),
    "truncated": (files.xlsx()[:3000], "reading.damaged"),
    "truncated xls": (files.xls()[:2000], "reading.damaged"),
    "truncated ods": (files.ods()[:1500], "reading.damaged"),
    "broken workbook xml": (
        files.with_part(files.xlsx(), "xl/workbook.xml", b"<workbook"),
        "reading.damaged",
    ),
    "broken sheet xml": (
        files.with_part(files.xlsx(), SHEET, b"<worksheet><sheetData><row r='1'><c r='A1'><v>1</"),
        "reading.damaged",
    ),
    "stated bomb": (files.with_stated_size(files.xlsx(), SHEET, 2_000_000_000), "reading.zip_bomb"),
    "real bomb": (files.with_part(files.xlsx(), SHEET, BIG), "reading.zip_bomb"),
    "lying bomb": (
        files.with_stated_size(files.with_part(files.xlsx(), SHEET, BIG), SHEET, 1000),
        "reading.damaged",
    ),
    "lying bomb of strings": (
        files.with_stated_size(files.with_part(files.xlsx(), STRINGS, BIG), STRINGS, 1000),
        "reading.damaged",
    ),
    "entities": (files.with_part(files.xlsx(), SHEET, ENTITIES), "reading.entities"),
    "entities of strings": (files.with_part(files.xlsx(), STRINGS, ENTITIES), "reading.entities"),
    "entities of an xml workbook": (
        ENTITIES.replace(
            b"worksheet", b'Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"'
        ),
        "reading.entities",
    ),
    "wide html": (
        f"<table><tr><td colspan=9999999>{SECRET}</table>".encode(),
        "reading.too_many_columns",
    ),
    "wide csv": (b",".join([b"1"] * 501), "reading.too_many_columns"),
    "long csv": (b"1,2\n" * 200_001, "reading.too_many_rows"),
}


UNPACKED = ("zip_bomb", "damaged", "far_cell", "too_many_cells")


def refusal_here(data, name="clinic.xlsx"):
    with pytest.raises(CohortError) as caught:
        read_file(data, name)
    return caught.value


def refusal(data, name="clinic.xlsx"):
    """In a child process, as everything of strangers is read."""
    with pytest.raises(CohortError) as caught:
        read_cohort(data, filename=name, isolated=True)
    return caught.value


@pytest.mark.parametrize("what", HOSTILE)
def test_refused_in_one_clear_sentence(what):
    """Where a parser of workbooks is met in a child process, else here."""
    data, code = HOSTILE[what]
    in_child = code.removeprefix("reading.") in UNPACKED
    error = refusal(data) if in_child else refusal_here(data)
    assert error.code == code
    for text in (error.text("en"), error.text("zh")):
        assert (
            SECRET not in text
            and "{" not in text
            and "reading." not in text
            and "form." not in text
        )
    assert error.text("en") != error.text("zh")


def test_the_far_cell_is_named():
    for data in (far("XFD1048576"), repeated_ods()):
        error = refusal_here(data)
        assert "XFD1048576" in error.text("en") and "XFD1048576" in error.text("zh")


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="xfd1048576"><v>1</v></c><c r="A1"><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c r="A1048576"><v>1</v></c></row>',
        '<row r="1"><c><v>1</v></c></row><row r="1048576"><c><v>1</v></c></row>',
        '<row r="1"><c r="A1"><v>1</v></c><c  r = "XFD1048576"><v>1</v></c></row>',
    ],
    ids=["small letters", "wrong row", "no addresses", "odd spaces"],
)
def test_cells_hidden_from_the_check_do_no_harm(cells):
    assert str(error := refusal(files.sheet_xml(cells), "a.xlsx")) != error.code


@pytest.mark.parametrize("address", ["SF1", "A200000"])
def test_the_last_permitted_cell_is_read(address):
    (sheet,) = read_sheets(far(address), "a.xlsx")
    assert sheet.text.iloc[-1, -1] == SECRET


def test_rows_and_columns_at_the_limit_of_a_csv():
    assert len(read_sheets(b"1\n" * 200_000, "a.csv")[0].text) == 200_000
    assert read_sheets(b",".join([b"1"] * 500), "a.csv")[0].text.shape == (1, 500)


def test_the_upload_limit():
    assert refusal(b"1" * (int(limit("upload_bytes")) + 1)).code == "reading.too_many_bytes"


@pytest.mark.parametrize(
    "page",
    [
        "<div>" * 100_000 + "<table><tr><td>id<td>hb</table>",
        "<table><tr><td>" * 20_000 + "id",
        "<table><tr><td>" + "<b>" * 100_000 + "id",
        "<!--" * 50_000 + "<table>",
        "<table " * 50_000,
    ],
    ids=["divs", "tables", "bold", "comments", "open tags"],
)
def test_deep_html_is_read_or_refused(page):
    try:
        sheets = read_sheets(f"<html>{page}".encode(), "a.xls")
    except CohortError as error:
        assert error.code.startswith("reading.")
    else:
        assert sheets[0].text.iloc[0, 0] == "id"


@pytest.mark.parametrize("make", [files.xlsx, files.xls, files.ods, files.spreadsheet_xml])
def test_no_cut_brings_the_reader_down(make):
    whole = make()
    for part in (0.1, 0.5, 0.98):
        error = refusal(whole[: int(len(whole) * part)], "a.xls")
        assert error.code in {
            "reading.damaged",
            "reading.password",
            "reading.not_a_sheet",
            "reading.blank_file",
            "intake.nothing_measured",
        }


@pytest.mark.parametrize(
    "what",
    [
        "last cell of all",
        "repeated cell of an ods",
        "stated bomb",
        "real bomb",
        "lying bomb",
        "entities",
    ],
)
def test_refused_without_limits_of_the_operating_system(what, monkeypatch):
    """Where neither rlimits nor a Job object hold: the checks before parsing must do."""
    code = (
        "from thal_core.reader import worker\n"
        "worker.limit_this_process = lambda: None; worker.main()"
    )
    monkeypatch.setattr(
        process,
        "start",
        lambda: subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=process.PACKAGE_PARENT,
        ),
    )
    assert refusal(HOSTILE[what][0]).code == HOSTILE[what][1]


ENDS = {
    "out of memory": ("import os; os.abort()", "reading.too_heavy"),
    "out of CPU seconds": (
        "import resource as r; r.setrlimit(r.RLIMIT_CPU, (1, 9))\nwhile True: pass",
        "reading.too_heavy",
    ),
    "killed from outside": ("import os; os.kill(os.getpid(), 9)", "reading.ended"),
    "told to end": ("import os; os.kill(os.getpid(), 15)", "reading.ended"),
    "stopped": ("import os; os.kill(os.getpid(), 19)", "reading.ended"),
    "asleep": ("import time; time.sleep(60)", "reading.ended"),
    "brought down by a parser": ("import os; os.kill(os.getpid(), 11)", "reading.damaged"),
    "ended without a word": ("", "reading.damaged"),
    "noise": ("print('noise')", "reading.damaged"),
    "our own program cannot start": ("import no_such_module", "reading.failed"),
}


@pytest.mark.parametrize("how", ENDS)
def test_an_end_without_an_answer_is_said_as_it_was(how, monkeypatch):
    """Its own limits, somebody else's signal and a file that brings the parser down are three
    sentences.
    """
    code, sentence = ENDS[how]
    monkeypatch.setattr(
        process,
        "start",
        lambda: subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        ),
    )
    monkeypatch.setattr(process, "limit", lambda name: 0.5)
    assert refusal(files.xlsx()).code == sentence


def test_an_error_of_ours_is_not_blamed_on_the_file(monkeypatch, caplog):
    """It is said and logged by the place in our program, without a value of the sheet."""
    code = (
        "from thal_core.reader import worker; from thal_core.intake import parse_file\n"
        "def broken(*given): raise ValueError('Wang Xiaoming')\n"
        "worker._rehearse = lambda: None; parse_file.assemble = broken; worker.main()"
    )
    command = [sys.executable, "-c", code]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
    folder = process.PACKAGE_PARENT
    monkeypatch.setattr(process, "start", lambda: subprocess.Popen(command, cwd=folder, **pipes))
    failed = refusal(files.xlsx())
    assert failed.code == "reading.failed" and "intake/parse_file.py" in str(failed)
    assert "intake/parse_file.py" in caplog.text and "Wang" not in caplog.text + str(failed)


def test_the_limits_count_the_childs_own_seconds(monkeypatch):
    """A child that gets the processor seldom is slow, not too heavy: it may rest as long as it goes
    on.
    """
    code = (
        "import time; from thal_core.reader import worker; parse = worker.parse_file\n"
        "def slow(*given):\n"
        "    for _ in range(8): time.sleep(0.2); sum(range(300_000))\n"
        "    return parse(*given)\n"
        "worker._rehearse = lambda: None; worker.parse_file = slow; worker.main()"
    )
    monkeypatch.setattr(
        process,
        "start",
        lambda: subprocess.Popen(
            [sys.executable, "-c", code],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=process.PACKAGE_PARENT,
        ),
    )
    monkeypatch.setattr(process, "limit", lambda name: 1.0)
    assert read_cohort(b"id,Hb_0M (g/L)\n1,80\n2,90\n", filename="a.csv", isolated=True).n == 2


def test_no_child_stays_behind():
    started = []
    start = process.start

    def remembered():
        started.append(start())
        return started[-1]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(process, "start", remembered)
        read_cohort(files.xlsx(), filename="a.xlsx")
        refusal(far("XFD1048576"))
    assert [process.poll() is not None for process in started] == [True, True]


def test_every_sentence_about_reading_has_both_languages_and_a_remedy():
    sentences = {
        c: t for c, t in catalogue().items() if c.startswith("reading.") and "progress" not in c
    }
    assert len(sentences) >= 25
    for code, text in sentences.items():
        assert (
            text["en"] != text["zh"] and text["en"].endswith(".") and text["zh"].endswith("。")
        ), code


def test_the_reader_still_serves_after_all_this():
    assert read_sheets(files.xlsx(), "a.xlsx")[0].text.iloc[1, 0] == "007"
