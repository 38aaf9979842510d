"""Which rows of a sheet are headers: how much a row looks like one, and what stands above and below
it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

import numpy as np

from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.headers import IDENTIFYING, Header, read_header
from thal_core.intake.text.timepoints import parse_time
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.sheet import Sheet

_LOOKED_AT, _AT_LEAST, _CELLS = (
    80,
    15,
    8000,
)  # rows in which a header is looked for; fewer of a very wide sheet
_ID_ROLES = frozenset({"patient_id", "record_number"})
_MOST_PARTS = 3  # rows above or below the main row that may belong to a header

_MOSTLY = 0.8
_COUNTED = re.compile(r"(?:患者|病例|病人|patient|case) ?\d{1,5}", re.I)  # one of them, no header
_CODE = re.compile(r"(?:[A-Za-z]{1,6}|患者|病例|病人)[-_ ]?\d{1,5}")
_DATA = re.compile(r"[\d\s.,:/%<>+-]+|.{81,}")  # numbers, dates and sentences name nothing
Texts = dict[int, str]  # column → text of one row


def texts_of(sheet: Sheet, rows: Iterable[int]) -> dict[int, Texts]:
    """The filled cells of these rows, tidied."""
    numbers = list(rows)
    cells = sheet.text.iloc[numbers].to_numpy(dtype=object)
    return {
        row: {c: tidy for c, cell in enumerate(line) if cell and (tidy := plain(cell))}
        for row, line in zip(numbers, cells, strict=True)
    }


def texts_at(sheet: Sheet, row: int) -> Texts:
    return texts_of(sheet, [row])[row]


def header_score(texts: Texts) -> float:
    """How much a row looks like a header: one for each different name of a field, a half for a weak
    one.
    """
    targets: dict[str, float] = {}
    for text in texts.values():
        header = Header() if _DATA.fullmatch(text) else read_header(text)
        if header.target:
            targets[header.target] = max(
                targets.get(header.target, 0.0), 1.0 if header.strong else 0.5
            )
    return sum(targets.values())


def is_row_of_headers(texts: Texts) -> bool:
    """Is (nearly) every cell the name of a column or a time (``编号 0月 3月 6月``)?"""
    named = [
        t
        for t in texts.values()
        if not _DATA.fullmatch(t) and (read_header(t).says_something or parse_time(t) is not None)
    ]
    return len(named) > 1 and len(named) >= _MOSTLY * len(texts)


def names_a_person(text: str) -> bool:
    """Is this the header of a column that tells patients apart (an id, or something
    identifying)?
    """
    target = "" if _COUNTED.fullmatch(text) else read_header(text).target
    return target in _ID_ROLES or target.startswith(IDENTIFYING)


def has_id(texts: Texts) -> bool:
    return any(map(names_a_person, texts.values()))


def are_ids(texts: list[str]) -> bool:
    """Are these several different short codes (``P001``, ``患者1``) that mean nothing else?"""
    codes = [t for t in texts if _CODE.fullmatch(t) and parse_time(t) is None]
    named = any(read_header(t).says_something for t in codes if t.isascii())
    return 1 < len(texts) == len(codes) == len(set(codes)) and not named


def id_columns(texts: Texts) -> list[int]:
    return [column for column, text in texts.items() if read_header(text).target in _ID_ROLES]


def best_header(sheet: Sheet, rows: np.ndarray) -> tuple[int, float] | None:
    """(main header row, score): the first good row with a column of patients, else the best row."""
    most = min(_LOOKED_AT, max(_AT_LEAST, _CELLS // max(1, sheet.text.shape[1])))
    texts = texts_of(sheet, map(int, rows[:most]))
    scores = {row: header_score(line) for row, line in texts.items()}
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return None
    good = [row for row in scores if scores[row] >= 0.5 * best and has_id(texts[row])]
    row = (good or [row for row in scores if scores[row] == best])[0]
    return row, scores[row]


def upper_rows(sheet: Sheet, above: int, header: int) -> tuple[int, ...]:
    """Rows directly above the main header that group its columns: times, quantities, group
    titles.
    """
    found: list[int] = []
    for row in range(header - 1, max(above, header - _MOST_PARTS) - 1, -1):
        texts = texts_at(sheet, row)
        meaning = any(read_header(t).says_something for t in texts.values())
        spanning = [m for m in sheet.merged if m[0] <= row <= m[2] and m[3] > m[1]]
        lonely = len(texts) < 2
        if not texts or lonely or not (meaning or len(spanning) > 1):
            break
        found.insert(0, row)
    return tuple(found)


def lower_rows(sheet: Sheet, header: int, end: int) -> tuple[int, ...]:
    """Rows directly below the main header that belong to it: times, units, names."""
    found: list[int] = []
    for row in range(header + 1, min(header + _MOST_PARTS, end)):
        if not _continues_header(sheet, header, row):
            break
        found.append(row)
    return tuple(found)


def _continues_header(sheet: Sheet, header: int, row: int) -> bool:
    """Times, units or names under the main header; a row with a patient's id is data."""
    texts, main = texts_at(sheet, row), texts_at(sheet, header)
    for column, text in main.items():
        if names_a_person(text) and column in texts and not _header_word(texts[column]):
            return False
    readings = [(column, read_header(text)) for column, text in texts.items()]
    meant = [h for column, h in readings if _is_header_part(h, below_text=column in main)]
    named = [h for h in meant if h.target or h.unit or (h.time and h.time.kind != "bare")]
    return bool(texts) and len(meant) >= 0.8 * len(readings) and bool(named or len(meant) > 1)


def _header_word(text: str) -> bool:
    return names_a_person(text) or compact(text) in summary_words()


def _is_header_part(header: Header, below_text: bool) -> bool:
    if header.time is not None and header.time.kind == "bare":
        return not below_text or bool(header.target)
    return header.says_something


def header_texts(sheet: Sheet, row: int, columns: tuple[int, ...], fill: bool) -> list[str]:
    """The header texts of one row; an upper row is filled over its merged or blank cells to the
    right.
    """
    texts = texts_at(sheet, row)
    if fill:
        spans = [m for m in sheet.merged if m[0] <= row <= m[2]]
        texts = (
            _filled_by_merges(sheet, spans, texts)
            if sheet.merged
            else _filled_right(texts, columns)
        )
    return [texts.get(column, "") for column in columns]


def _filled_by_merges(sheet: Sheet, spans: list[tuple[int, int, int, int]], texts: Texts) -> Texts:
    filled = dict(texts)
    for top, left, _, right in spans:
        text = plain(sheet.text.iat[top, left])
        filled.update({column: text for column in range(left, right + 1) if text})
    return filled


def _filled_right(texts: Texts, columns: tuple[int, ...]) -> Texts:
    filled, last = dict(texts), ""
    for column in columns:
        last = texts.get(column, last)
        filled[column] = last
    return filled


@lru_cache(maxsize=1)
def summary_words() -> frozenset[str]:
    """First words of rows that summarise others (rules/summary_rows.csv), in compact form."""
    return frozenset(
        compact(word) for row in read_rules("summary_rows") for word in row["pattern"].split("|")
    )
