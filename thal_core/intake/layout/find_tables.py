"""Where the tables of a sheet stand: header rows, data rows, and what is title, note or summary."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
import pyarrow.compute as pc

from thal_core.intake.layout.bands import (
    Band,
    Meaning,
    group_meanings,
    group_named,
    is_count,
    without_count,
)
from thal_core.intake.layout.header_rows import (
    are_ids,
    best_header,
    has_id,
    header_score,
    header_texts,
    id_columns,
    is_row_of_headers,
    lower_rows,
    summary_words,
    texts_at,
    texts_of,
    upper_rows,
)
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.legends import parse_legends
from thal_core.intake.text.numbers import column_texts
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.sheet import Kind, Sheet

_LONGEST_TURNED = 400  # rows of a sheet that may stand on its side
_SURELY_TURNED = 2.0  # header score of its first column
_MOST_TABLES = 500  # rows of one sheet that are tried as further headers
_LONGEST_SUMMARY = 24  # characters
_NO_SUMMARY = (
    r"^$|^\d|^[^nN\x{4e00}-\x{9fff}].*\d"  # blank, or with a number and neither n=48 nor 合计48例
)
_NO_SUMMARY_WORD = r"^$|^\d|^[^nN\u4e00-\u9fff].*\d"  # the same for Python
_COUNTED = re.compile(r"[:：共\s]{0,9}(?<!\d)\d+\s?(?:例|名|人|位)?$")
_BAND_CELLS = 3  # a title, a count, and the title again
_SUMMARY_COLUMNS = 4  # the word stands in one of the first columns


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a sheet. ``rows``: 0-based sheet rows of its data; ``headers``: per sheet column
    the header texts top to bottom (upper rows of a merged header filled to the right).
    """

    sheet: Sheet
    header_rows: tuple[int, ...]
    rows: np.ndarray
    columns: tuple[int, ...]
    headers: tuple[tuple[str, ...], ...]
    titles: tuple[int, ...] = ()  # rows above
    notes: tuple[int, ...] = ()  # rows of text below or between
    summaries: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()  # the header again, e.g. at a page break
    foreign: tuple[int, ...] = ()  # rows of another table under this one
    bands: tuple[Band, ...] = ()  # rows that name the group of those below them


def upright(sheet: Sheet) -> Sheet:
    """The sheet with patients in rows: turned where its header stands in the first filled
    columns.
    """
    filled = sheet.kind != Kind.EMPTY
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    if not len(rows) or len(rows) > _LONGEST_TURNED:
        return sheet
    down = texts_of(
        replace(sheet, text=sheet.text.iloc[:, columns[:3]].T), range(min(3, len(columns)))
    )
    across_ids = [n for n, c in enumerate(columns[:3]) if _ids_beside(sheet, rows[0], c)]
    score = max(
        (header_score(t) for n, t in down.items() if has_id(t) or n in across_ids), default=0.0
    )
    across = best_header(sheet, rows) if score >= _SURELY_TURNED else None
    if score < _SURELY_TURNED or (across and score < 2 * across[1]):
        return sheet
    merged = tuple((left, top, right, bottom) for top, left, bottom, right in sheet.merged)
    text = sheet.text.T.reset_index(drop=True)
    text.columns = range(text.shape[1])
    return replace(
        sheet,
        text=text.astype("str"),
        kind=sheet.kind.T,
        merged=merged,
        hidden_rows=sheet.hidden_columns,
        hidden_columns=sheet.hidden_rows,
    )


def _ids_beside(sheet: Sheet, row: int, column: int) -> bool:
    """Does the first row hold the codes of patients beside its label (``指标 P001 P002``)?"""
    texts = texts_at(sheet, int(row))
    label = texts.pop(int(column), "")
    return min(texts, default=-1) > column and are_ids(list(texts.values())) and not label.isdigit()


def find_tables(sheet: Sheet) -> list[Table]:
    """The tables of one sheet, top to bottom; none where no row looks like a header."""
    filled = sheet.kind != Kind.EMPTY
    occupied = np.flatnonzero(filled.any(axis=1))
    starts = _table_starts(sheet, filled, occupied)
    tables = []
    above = 0
    for number, header in enumerate(starts):
        last = number == len(starts) - 1
        end = (
            int(occupied[-1]) + 1
            if last
            else _first_title(sheet, filled, header, starts[number + 1])
        )
        tables.append(_table(sheet, filled, above, header, end))
        above = end
    return tables


def table_under(sheet: Sheet, header: int) -> Table:
    """The one table of a sheet, given the row of its header."""
    filled = sheet.kind != Kind.EMPTY
    end = int(np.flatnonzero(filled.any(axis=1))[-1]) + 1
    return _table(sheet, filled, 0, header, end)


def _first_title(sheet: Sheet, filled: np.ndarray, above: int, header: int) -> int:
    """The first of the lonely cells directly above a later header: they are its title. So is the
    name of a group with blank rows under it.
    """
    row = header
    named = _named_above(sheet, filled, header)
    if named is not None and named > above:
        row = named
    while row - 1 > above and filled[row - 1].sum() == 1:
        row -= 1
    return row


def _named_above(sheet: Sheet, filled: np.ndarray, header: int) -> int | None:
    """The row that names a group, with only blank rows between it and the header."""
    above = np.flatnonzero(filled[:header].any(axis=1))
    if not len(above) or filled[above[-1]].sum() != 1:
        return None
    text = next(iter(texts_at(sheet, int(above[-1])).values()), "")
    return int(above[-1]) if group_meanings(text) else None


def _table_starts(sheet: Sheet, filled: np.ndarray, occupied: np.ndarray) -> list[int]:
    """The main header row of each table: the first good header, then others like it."""
    first = best_header(sheet, occupied)
    if first is None:
        return []
    starts, score = [first[0]], first[1]
    candidates = _later_candidates(sheet, filled, occupied, first[0])
    for row, texts in texts_of(sheet, candidates).items():
        titled = filled[row - 1].sum() == 1 or _named_above(sheet, filled, row) is not None
        copy = texts == texts_at(sheet, starts[-1]) and not titled
        good = header_score(texts) >= max(2.0, 0.5 * score) or is_row_of_headers(texts)
        if good and has_id(texts) and not copy:
            starts.append(row)
    return starts


def _later_candidates(
    sheet: Sheet, filled: np.ndarray, occupied: np.ndarray, first: int
) -> list[int]:
    """Rows that may be the header of a further table: after a blank row or a title, or with the
    same id header.
    """
    lonely = filled.sum(axis=1) <= 1
    later = occupied[occupied > first + 1]
    after = set(later[lonely[later - 1]].tolist())
    for column in id_columns(texts_at(sheet, first)):
        same = sheet.text.iloc[:, column] == sheet.text.iat[first, column]
        after |= set(np.flatnonzero(same.to_numpy()).tolist())
    return sorted(row for row in after if row > first and filled[row].sum() > 1)[:_MOST_TABLES]


def _table(sheet: Sheet, filled: np.ndarray, above: int, header: int, end: int) -> Table:
    header_rows = (*upper_rows(sheet, above, header), header, *lower_rows(sheet, header, end))
    body = np.arange(header_rows[-1] + 1, end)
    body = body[filled[body].any(axis=1)]
    columns = tuple(int(c) for c in np.flatnonzero(filled[header_rows[0] : end].any(axis=0)))
    texts = (header_texts(sheet, row, columns, row < header_rows[-1]) for row in header_rows)
    titles = tuple(int(r) for r in range(above, header_rows[0]) if filled[r].any())
    table = Table(sheet, header_rows, body, columns, tuple(zip(*texts, strict=True)), titles)
    return _without_other_rows(table, filled)


def _without_other_rows(table: Table, filled: np.ndarray) -> Table:
    """The table with summary rows, notes and repeated headers taken out of its data rows."""
    bands = band_rows(table, filled)
    table = replace(
        table, rows=table.rows[~np.isin(table.rows, [b.row for b in bands])], bands=bands
    )
    body = table.rows
    summary = _summary_rows(table)
    lonely = (filled[body].sum(axis=1) <= 2) & (len(table.columns) > 2) & ~summary
    notes = [
        row
        for row, texts in texts_of(table.sheet, body[lonely].tolist()).items()
        if _is_note(list(texts.values()))
    ]
    notes += _closing_words(table, filled, [*notes, *body[summary].tolist()])
    repeated = _repeated_headers(table)
    out = np.isin(body, [*notes, *repeated]) | summary
    return replace(
        table,
        rows=body[~out],
        notes=tuple(notes),
        summaries=tuple(body[summary].tolist()),
        repeated=tuple(repeated),
    )


def band_rows(table: Table, filled: np.ndarray) -> tuple[Band, ...]:
    """The rows that hold one text (and perhaps a count) which names a group."""
    few = table.rows[(filled[table.rows].sum(axis=1) <= _BAND_CELLS) & (len(table.columns) > 2)]
    found: list[Band] = []
    shapes: set[str] | None = None
    for row, texts in texts_of(table.sheet, few[:_MOST_TABLES].tolist()).items():
        words = {c: t for c, t in texts.items() if not is_count(t)}
        if len(set(words.values())) != 1:
            continue
        column, text = next(iter(words.items()))
        if len(texts) == 1 and _is_summary(text):
            continue
        meanings = group_meanings(text)
        if not meanings:
            shapes = _id_shapes(table, filled) if shapes is None else shapes
            meanings = group_named(text) if _shape(text) not in shapes else ()
        if meanings and not _usual_here(table, filled, column, meanings):
            found.append(Band(row, column, meanings))
    return tuple(found)


def _usual_here(
    table: Table, filled: np.ndarray, column: int, meanings: tuple[Meaning, ...]
) -> bool:
    """Does the column say such things in full rows too? Then the row is data with nothing else."""
    full = table.rows[filled[table.rows].sum(axis=1) > _BAND_CELLS][:200]
    kinds = {meaning.kind for meaning in meanings}
    texts = set(table.sheet.text.iloc[full, column].tolist())
    return any(m.kind in kinds for text in texts if text for m in group_meanings(text))


def _id_shapes(table: Table, filled: np.ndarray) -> set[str]:
    """Shapes of the first cells of rows with more than one."""
    full = table.rows[filled[table.rows].sum(axis=1) > 1][:200]
    columns = id_columns(texts_at(table.sheet, table.header_rows[-1])) or list(table.columns[:1])
    return {_shape(t) for c in columns for t in table.sheet.text.iloc[full, c].tolist() if t}


def _summary_rows(table: Table) -> np.ndarray:
    """Which data rows begin with 合计, mean, SD …"""
    summary = np.zeros(len(table.rows), dtype=bool)
    for column in table.columns[:_SUMMARY_COLUMNS]:
        cells = table.sheet.text.iloc[table.rows, column]
        texts = column_texts(cells)
        perhaps = pc.or_(
            pc.invert(pc.match_substring_regex(texts, _NO_SUMMARY)),
            pc.match_substring_regex(texts, _long_summary_words(), ignore_case=True),
        )
        words = texts.filter(perhaps).unique().to_pylist()
        found = [text for text in words if len(text) <= _LONGEST_SUMMARY and _is_summary(text)]
        summary |= cells.isin(found).to_numpy() if found else False
    return summary


def _is_summary(text: str) -> bool:
    """``合计``, ``合计48例``, ``n=48``, ``TDT小计 (n=25)``; not an id such as ``Total-5``."""
    words = _COUNTED.sub("", text.strip())
    if words.lower().rstrip(" =") == "n" and "=" in text:  # n=48
        return True
    if compact(words) in summary_words() and not re.match(_NO_SUMMARY_WORD, text):
        return words == text.strip() or len(compact(words)) > 1
    return _sums_up_a_group(without_count(text))


def _sums_up_a_group(words: str) -> bool:
    """``合计``, ``TDT小计``, ``Mean of NTDT group``: a word of summaries, perhaps with a group."""
    if compact(words) in summary_words() and len(compact(words)) > 1:
        return True
    first = re.match(_long_summary_words(), words, re.I)
    last = re.search(f"(?:{_long_summary_words()})$", words, re.I)
    rests = [words[first.end() :]] if first else []
    rests += [words[: last.start()]] if last else []
    return any(bool(group_named(rest)) for rest in rests if rest)


@lru_cache(maxsize=1)
def _long_summary_words() -> str:
    """A pattern of the words of summaries that are long enough to be known among others."""
    words = {word for row in read_rules("summary_rows") for word in row["pattern"].split("|")}
    usable = {w for w in words if len(w) > (4 if w.isascii() else 1) or w.lower() == "mean"}
    return "|".join(re.escape(w) for w in sorted(usable, key=len, reverse=True))


def _closing_words(table: Table, filled: np.ndarray, known: list[int]) -> list[int]:
    """Rows at the end that hold one cell unlike the others of its column: a signature, a date, a
    count.
    """
    found: list[int] = []
    for row in table.rows[::-1].tolist():
        if row in known:
            continue
        if filled[row].sum() != 1 or len(table.columns) < _SUMMARY_COLUMNS:
            break
        column = int(np.flatnonzero(filled[row])[0])
        others = {_shape(t) for t in table.sheet.text.iloc[table.rows[:200], column].tolist() if t}
        shape = _shape(table.sheet.text.iat[row, column])
        if len(others - {shape}) == 0 or _seen_before(table, filled, column, shape):
            break
        found.append(row)
    return found


def _seen_before(table: Table, filled: np.ndarray, column: int, shape: str) -> bool:
    """Does a row with more cells have an id of this shape?"""
    full = table.rows[filled[table.rows].sum(axis=1) > 1][:200]
    return any(_shape(t) == shape for t in table.sheet.text.iloc[full, column].tolist())


def _shape(text: str) -> str:
    """``P007`` → ``A9``: kinds of characters, each run once."""
    kinds = re.sub(r"[0-9]+", "9", re.sub(r"[A-Za-z]+", "A", plain(text)))
    return re.sub(r"[\u4e00-\u9fff]+", "汉", kinds)


@lru_cache(maxsize=1)
def _note_starts() -> tuple[str, ...]:
    return tuple(row["word"] for row in read_rules("note_starts"))


def _is_note(texts: list[str]) -> bool:
    """A sentence, or a cell that begins like a note."""
    if not texts:
        return False
    first = texts[0].lower()
    sentence = (
        len(first) > 25
        or first[-1] in "：:"
        or (any(mark in first for mark in "。：:；;，") and len(first) > 6)
    )
    explains = len(texts) == 1 and bool(parse_legends(texts[0]))
    return (len(texts) == 1 and sentence) or explains or first.startswith(_note_starts())


def _repeated_headers(table: Table) -> list[int]:
    """Rows that say the main header again."""
    main = table.header_rows[-1]
    header = texts_at(table.sheet, main)
    column = next((c for c, text in header.items() if not plain(text).isdigit()), None)
    if column is None:
        return []
    cells = table.sheet.text.iloc[table.rows, column]
    same = table.rows[(cells == table.sheet.text.iat[main, column]).to_numpy()]
    return [
        row for row, texts in texts_of(table.sheet, same[:1000].tolist()).items() if texts == header
    ]
