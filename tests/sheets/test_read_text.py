"""Text files: encodings are found and said, never silently guessed; separators and quotes as people
write them.
"""

import codecs

import pytest

from tests.intake import files
from thal_core.issues import CohortError
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.encoding import suggest_encodings
from thal_core.sheets.read_sheets import read_sheets

SIMPLIFIED = "编号,性别,血红蛋白\n1,男,85\n2,女,90\n"
TRADITIONAL = "編號,性別,血紅蛋白\n1,男,85\n2,女,90\n"
TEXTS = {
    "gb18030": [
        SIMPLIFIED,
        "姓名,年龄\n张伟,20\n",
        "患者编号;基因型;铁蛋白(ng/mL)\n1;β-28/β-28;1200\n",
        "id,hb,备注\n1,85,未查\n",
        "编号,血红蛋白（g/L）,温度℃\n1,85,36\n",
    ],
    "big5": [
        TRADITIONAL,
        "病歷號,年齡,輸血量\n1,20,12\n",
        "姓名,血色素\n陳大文,85\n",
        "id,hb,備註\n1,85,未查\n",
    ],
    "cp1252": [
        "id;âge;hémoglobine\n1;20;85\n",
        "Nr;Größe;Geschlecht;Bemerkung\n1;170;m;für später\n",
        "id,ferritin (µg/L)\n1,1200\n",
        "id;età;più\n1;3;è\n",
    ],
    "cp1253": ["αριθμός;φύλο;αιμοσφαιρίνη\n1;Α;85\n", "Όνομα;Ηλικία\nΓιώργος;20\n"],
    "cp874": ["รหัส,เพศ,ฮีโมโกลบิน\n1,ชาย,85\n", "ชื่อ,อายุ\nสมชาย,20\n"],
    "cp1256": ["رقم,الجنس,الهيموغلوبين\n1,ذكر,85\n"],
    "cp1254": ["no;yaş;cinsiyet;doğum\n1;20;kız;ağrı\n"],
}
CASES = [(encoding, text) for encoding, texts in TEXTS.items() for text in texts]


def grid(data, **options):
    (sheet,) = read_sheets(data, "a.csv", **options)
    return sheet.text.to_numpy(dtype=object).tolist(), sheet.notes


def rows(text):
    separator = ";" if ";" in text else ","
    return [line.split(separator) for line in text.splitlines()]


@pytest.mark.parametrize(("encoding", "text"), CASES)
def test_short_files_are_read_by_the_best_guess_and_it_is_said(encoding, text):
    cells, notes = grid(text.encode(encoding))
    assert cells == rows(text)
    assert notes == (("reading.encoding_guessed", {"encoding": encoding}),)


@pytest.mark.parametrize(("encoding", "text"), CASES)
def test_suggestions_come_best_first_with_a_preview(encoding, text):
    best, sample = suggest_encodings(text.encode(encoding))[0]
    line = next(line for line in text.splitlines() if not line.isascii())
    assert (best, sample.split("\n")[0]) == (encoding, line)


@pytest.mark.parametrize("encoding", ["gb18030", "big5"])
def test_a_long_file_is_read_the_same(encoding):
    text = {"gb18030": SIMPLIFIED, "big5": TRADITIONAL}[encoding] + "3,女,101\n" * 60_000
    cells, notes = grid(text.encode(encoding))
    assert len(cells) == 60_003 and notes[0][1] == {"encoding": encoding}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_unicode_files_need_no_word(encoding):
    assert grid(SIMPLIFIED.encode(encoding)) == (rows(SIMPLIFIED), ())
    assert suggest_encodings(SIMPLIFIED.encode(encoding)) == []


@pytest.mark.parametrize(
    ("mark", "encoding"), [(codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be")]
)
def test_utf16_with_and_without_byte_order_mark(mark, encoding):
    text = SIMPLIFIED.replace(",", "\t").replace("\n", "\r\n")
    assert grid(mark + text.encode(encoding)) == (rows(SIMPLIFIED), ())
    assert grid(text.encode(encoding)) == (rows(SIMPLIFIED), (("reading.encoding_utf16", {}),))


def test_a_persons_choice_is_taken():
    assert grid(TRADITIONAL.encode("big5"), encoding="big5") == (rows(TRADITIONAL), ())


@pytest.mark.parametrize(
    ("encoding", "code"),
    [
        ("utf-8", "reading.wrong_encoding"),
        ("rot13", "reading.unknown_encoding"),
        ("zlib", "reading.unknown_encoding"),
    ],
)
def test_a_wrong_choice_is_answered(encoding, code):
    with pytest.raises(CohortError) as caught:
        grid(SIMPLIFIED.encode("gb18030"), encoding=encoding)
    assert caught.value.code == code and encoding in str(caught.value)


def test_a_damaged_utf8_file_stays_utf8():
    data = (SIMPLIFIED * 5).encode()
    cells, notes = grid(data.replace(b"85", b"\xe8\x8585", 1))
    assert cells[0] == ["编号", "性别", "血红蛋白"] and notes == (
        ("reading.utf8_damaged", {"count": "1"}),
    )


def test_the_encodings_have_names_in_both_languages():
    assert [r for r in read_rules("encodings") if not (r["label_en"] and r["label_zh"])] == []


@pytest.mark.parametrize(
    ("text", "want"),
    [
        ("id;Hb\n1;8,5\n2;9,1\n", [["id", "Hb"], ["1", "8,5"], ["2", "9,1"]]),
        ("id\tnote\n1\ta, b; c\n", [["id", "note"], ["1", "a, b; c"]]),
        ("id,note\n1,a; b; c\n2,d; e\n", [["id", "note"], ["1", "a; b; c"], ["2", "d; e"]]),
        (
            "Our patients\n\nid,hb,x\n1,85,2\n2,90,3\n",
            [
                ["Our patients", "", ""],
                ["", "", ""],
                ["id", "hb", "x"],
                ["1", "85", "2"],
                ["2", "90", "3"],
            ],
        ),
        (
            'id,note\n1,"two\nlines, and ""quotes"""\n2,x\n',
            [["id", "note"], ["1", 'two\nlines, and "quotes"'], ["2", "x"]],
        ),
        ('id, note\n1, "a, b"\n', [["id", "note"], ["1", "a, b"]]),
        ("sep=;\nid;hb\n1;85\n", [["id", "hb"], ["1", "85"]]),
        ("sep=\t\nid\thb\n1\t85\n", [["id", "hb"], ["1", "85"]]),
        ("id,hb\r1,85\r", [["id", "hb"], ["1", "85"]]),
        ("id,hb\r\n1,85\r\n\r\n,,,\r\n", [["id", "hb"], ["1", "85"]]),
        (
            "id,a,b\n1,2\n2,3,4,5\n",
            [["id", "a", "b", ""], ["1", "2", "", ""], ["2", "3", "4", "5"]],
        ),
        ("id,hb\nNA,null\nnan,007\n", [["id", "hb"], ["NA", "null"], ["nan", "007"]]),
        ("id,  ,hb\n1, \t ,85\n", [["id", "", "hb"], ["1", "", "85"]]),
        ("hb\n85\n", [["hb"], ["85"]]),
        ("id,height\n1,5'11\"\n2,6'\n", [["id", "height"], ["1", "5'11\""], ["2", "6'"]]),
    ],
)
def test_separators_quotes_and_blank_cells(text, want):
    assert grid(text.encode()) == (want, ())


def test_a_quote_never_closed_loses_nothing_and_is_said():
    cells, notes = grid(b'id,note\n1,"open\n2,x\n3,y\n')
    assert cells == [["id", "note"], ["1", '"open'], ["2", "x"], ["3", "y"]]
    assert notes == (("reading.open_quote", {}),)


def test_a_longer_row_far_below_is_kept():
    cells, _ = grid(("1,2\n" * 50_000 + "1,2,3,4\n").encode())
    assert cells[-1] == ["1", "2", "3", "4"] and cells[0] == ["1", "2", "", ""]


def test_html_and_xml_in_the_encoding_they_declare():
    page = files.html([["编号", "性别"], ["1", "女"]], "gb2312")
    (sheet,) = read_sheets(page, "a.xls")
    assert (sheet.text.iloc[0, 0], sheet.notes) == ("编号", ())
    (sheet,) = read_sheets(page.replace(b"gb2312", b"utf-8"), "a.xls")
    assert sheet.text.iloc[0, 0] == "编号" and sheet.notes == (
        ("reading.encoding_guessed", {"encoding": "gb18030"}),
    )
    book = (
        files.spreadsheet_xml([["编号"]])
        .decode()
        .replace('version="1.0"', 'version="1.0" encoding="gbk"')
        .encode("gb18030")
    )
    assert read_sheets(book, "a.xml")[0].text.iloc[0, 0] == "编号"
