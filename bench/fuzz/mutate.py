"""A seed and a number → one mutated file: its cells, its rows and columns, or its bytes."""

from __future__ import annotations

import datetime as dt
import io
import random
import zipfile
from collections.abc import Callable

from bench.fuzz.seeds import Rows, seeds
from tests.intake import files
from tests.layouts.grid import Grid, cell_text, workbook

FORMATS = ("csv", "xlsx", "xls", "ods", "html", "xml")
ENCODINGS = ("utf-8", "utf-8-sig", "utf-16", "gb18030", "big5", "cp1252")
ODD: tuple[object, ...] = (
    *("", " ", "\u00a0", "\u3000", "\u200b", "\ufeff", "\u202eabc", "\x0b", "a\nb", "a\tb", '"'),
    *("'", ";", "|", "\\", "<b>", "&amp;", "]]>", "{}", "{0}", "%s", "${x}", "=1+1", "@x", "+"),
    *("-", "—", "/", "?", "*", "#N/A", "#DIV/0!", "#NAME?", "NaN", "None", "null", "inf", "-inf"),
    *("1e400", "-1e400", "1e-400", "9" * 400, "0" * 400, "-0", "00", ".", ",", "1.2.3", "1,2,3"),
    *("8,4", "1.234,5", "１２", "٣٤", "²", "½", "Ⅲ", "三", "十二", "8.4 g/dL", "85 mmol", "<0.5"),
    *(">2000", "<", ">=", "≥", "±", "6.8±1.1", "85/102", "85→102", "85-102", "102(输血后)", "约90"),
    *("2024-02-30", "0000-00-00", "9999-12-31", "1900-02-29", "31/12/2023", "13/13/13"),
    *(
        "06/05/2567",
        "25:61",
        "20240809",
        "2024年13月",
        "6M",
        "-6M",
        "999999M",
        "M",
        "基线",
        "用药前",
    ),
    *("V0", "第0次"),
    *("CD41-42/-28", "CD41-42/-28" * 20, "βCD17/βE/--SEA", "β", "CD", "IVS-II-", "CD9999", "未查"),
    *("无", "有", "未脱离", "停输", "每月2U", "2U q3w", "0U", "-2U", "失访", "沙利度胺"),
    *("羟基脲", "合计"),
    *("Hb", "HbF", "g/L", "id", "编号", "patient_id", "month", "日期", "Hb 6M", "姓名", "张伟"),
    *("P1", "13812345678", "450102199003071234", "a@b.cn", "😀", "𠮷", "e\u0301", "ﬁ", "TRUE"),
    *("x" * 1001, "x" * 999),
    *(0, 1, -1, 0.1, 1e308, -1e308, 5e-324, 2**53, 33000, 45000.5, 1e15, True, False, None),
    *(dt.date(1900, 1, 1), dt.date(9999, 12, 31), dt.date(2024, 2, 29), dt.date(1990, 3, 7)),
)
NUMBERS = (b"\xff" * 4, b"\0" * 4, b"9999", b"\x7f\xff" * 2)
Change = Callable[[random.Random, Rows], Rows]


def mutated(seed: int) -> tuple[bytes, str]:
    """One file and its name; the same for the same number."""
    chance = random.Random(seed)
    grids = chance.choice(seeds())
    grids = [Grid(g.name, changed(chance, g.rows), list(g.merged)) for g in grids]
    kind = chance.choice(FORMATS)
    data = written(chance, grids, kind)
    if chance.random() < 0.3:
        data = damaged(chance, data)
    return data, f"clinic{seed}.{kind}"


def changed(chance: random.Random, rows: Rows) -> Rows:
    """One to eight changes, few more often than many."""
    rows = [list(row) for row in rows]
    for _ in range(min(1 + int(chance.expovariate(0.5)), 8)):
        rows = chance.choice(CHANGES)(chance, rows)
    return [row for row in rows[:60]] or [["id"]]


def _somewhere(chance: random.Random, rows: Rows) -> tuple[int, int]:
    row = chance.randrange(len(rows)) if rows else 0
    return row, chance.randrange(len(rows[row])) if rows and rows[row] else 0


def _with(rows: Rows, place: tuple[int, int], cell: object) -> Rows:
    row, column = place
    if not rows or not rows[row]:
        return [[cell], *rows]
    line = [*rows[row][:column], cell, *rows[row][column + 1 :]]
    return [*rows[:row], line, *rows[row + 1 :]]


def odd_cell(chance: random.Random, rows: Rows) -> Rows:
    return _with(rows, _somewhere(chance, rows), chance.choice(ODD))


def odd_header(chance: random.Random, rows: Rows) -> Rows:
    row, column = _somewhere(chance, rows[:2])
    return _with(rows, (row, column), chance.choice(ODD))


def odd_column(chance: random.Random, rows: Rows) -> Rows:
    """A whole column of a few odd texts."""
    _, column = _somewhere(chance, rows)
    texts = chance.choices(ODD, k=3)
    return [
        [*row[:column], chance.choice(texts), *row[column + 1 :]]
        if number and column < len(row)
        else row
        for number, row in enumerate(rows)
    ]


def cell_from_elsewhere(chance: random.Random, rows: Rows) -> Rows:
    donor = chance.choice(chance.choice(seeds())).rows
    row, column = _somewhere(chance, donor)
    return _with(rows, _somewhere(chance, rows), donor[row][column] if donor[row] else None)


def cut_text(chance: random.Random, rows: Rows) -> Rows:
    row, column = _somewhere(chance, rows)
    text = cell_text(rows[row][column]) if rows and rows[row] else ""
    place = chance.randint(0, len(text))
    return _with(rows, (row, column), chance.choice([text[:place], text[place:], text * 2]))


def joined_texts(chance: random.Random, rows: Rows) -> Rows:
    (a, b), (c, d) = _somewhere(chance, rows), _somewhere(chance, rows)
    if not rows or not rows[a] or not rows[c]:
        return rows
    joint = chance.choice(["", " ", "/", ",", "\n", "(", "→"])
    return _with(rows, (a, b), cell_text(rows[a][b]) + joint + cell_text(rows[c][d]))


def emptied(chance: random.Random, rows: Rows) -> Rows:
    return _with(rows, _somewhere(chance, rows), None)


def row_twice(chance: random.Random, rows: Rows) -> Rows:
    row = chance.choice(rows) if rows else []
    place = chance.randint(0, len(rows))
    return [*rows[:place], list(row), *rows[place:]]


def row_gone(chance: random.Random, rows: Rows) -> Rows:
    row, _ = _somewhere(chance, rows)
    return [*rows[:row], *rows[row + 1 :]]


def rows_mixed(chance: random.Random, rows: Rows) -> Rows:
    return [*rows[:1], *chance.sample(rows[1:], len(rows[1:]))] if rows else rows


def row_of_little(chance: random.Random, rows: Rows) -> Rows:
    """A title, a blank row, a subtotal, a note."""
    place = chance.randint(0, len(rows))
    row = chance.choice([[], [None], ["合计", 3], [chance.choice(ODD)], [None, None, "注：说明"]])
    return [*rows[:place], list(row), *rows[place:]]


def columns_changed(chance: random.Random, rows: Rows) -> Rows:
    """One column away, twice, elsewhere, or an empty one before it."""
    width = max(map(len, rows), default=0)
    order = list(range(width))
    one = chance.randrange(width) if width else 0
    act = chance.choice(["away", "twice", "mixed", "blank"])
    if act == "mixed":
        chance.shuffle(order)
    elif width:
        order[one : one + 1] = {"away": [], "twice": [one, one], "blank": [width, one]}[act]
    return [[row[c] if c < len(row) else None for c in order] for row in rows]


def turned(chance: random.Random, rows: Rows) -> Rows:
    width = max(map(len, rows), default=0)
    return [[row[c] if c < len(row) else None for row in rows] for c in range(width)]


def two_tables(chance: random.Random, rows: Rows) -> Rows:
    """Another seed's table below, or beside."""
    other = chance.choice(chance.choice(seeds())).rows
    if chance.random() < 0.5:
        return [*rows, *([[]] * chance.randint(0, 2)), *map(list, other)]
    width = max(map(len, rows), default=0) + chance.randint(0, 2)
    height = max(len(rows), len(other))
    left = [*rows, *([[]] * (height - len(rows)))]
    return [
        [*row, *([None] * (width - len(row))), *(other[n] if n < len(other) else [])]
        for n, row in enumerate(left)
    ]


CHANGES: tuple[Change, ...] = (
    *(odd_cell, odd_cell, odd_cell, odd_header, odd_column, cell_from_elsewhere, cut_text),
    *(joined_texts, emptied, row_twice, row_gone, rows_mixed, row_of_little, columns_changed),
    *(turned, two_tables),
)


def written(chance: random.Random, grids: list[Grid], kind: str) -> bytes:
    """The sheets in one format; formats of one sheet take the first. What a format's writer cannot
    hold is written as text.
    """
    rows = [list(row) for row in grids[0].rows]
    texts = [[cell_text(cell) for cell in row] for row in rows]
    try:
        return _writers(chance, grids, rows, texts)[kind]()
    except Exception:  # a library for test files refuses a cell; the reader is what is tested
        return files.delimited(rows=texts)


def _writers(
    chance: random.Random, grids: list[Grid], rows: Rows, texts: list[list[str]]
) -> dict[str, Callable[[], bytes]]:
    return {
        "csv": lambda: (
            files.delimited(chance.choice(",;\t|"), "utf-8", texts)
            .decode()
            .encode(chance.choice(ENCODINGS), "replace")
        ),
        "xlsx": lambda: files.xlsx(rows) if chance.random() < 0.3 else workbook(grids),
        "xls": lambda: files.xls(rows),
        "ods": lambda: files.ods(rows),
        "html": lambda: files.html(texts, chance.choice(["utf-8", "gb2312"])),
        "xml": lambda: files.spreadsheet_xml(rows),
    }


def damaged(chance: random.Random, data: bytes) -> bytes:
    """Bytes changed: of one part of a zipped workbook as often as of the whole file."""
    if zipfile.is_zipfile(io.BytesIO(data)) and chance.random() < 0.6:
        parts = zipfile.ZipFile(io.BytesIO(data))
        name = chance.choice(parts.namelist())
        return files.with_part(data, name, _damaged_bytes(chance, parts.read(name)))
    return _damaged_bytes(chance, data)


def _damaged_bytes(chance: random.Random, data: bytes) -> bytes:
    out = bytearray(data)
    for _ in range(chance.choice([1, 1, 2, 5, 20])):
        size = chance.choice([1, 1, 2, 8, 64, 512])
        place = chance.randint(0, len(out))
        piece = bytes(out[place : place + size])
        other = chance.randint(0, len(out))
        act = chance.choice(["random", "gone", "twice", "elsewhere", "number", "cut"])
        if act == "random":
            out[place : place + len(piece)] = chance.randbytes(len(piece))
        elif act == "gone":
            del out[place : place + size]
        elif act in ("twice", "elsewhere"):
            out[other:other] = piece
        elif act == "number":
            out[place : place + 4] = chance.choice(NUMBERS)
        elif chance.random() < 0.2:
            del out[place:]
    return bytes(out)
