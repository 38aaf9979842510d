"""Where the tables of a sheet stand: header rows, data rows, and what is title, note or summary."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from thal_core.intake.headers import read_header
from thal_core.intake.identifiers import header_is_identifying
from thal_core.intake.sheet import Kind, Sheet
from thal_core.intake.wording import compact, plain
from thal_core.rules.catalogue import read_rules

_LONGEST_SUMMARY = 24
_LONGEST_TURNED = 400  # rows of a sheet that may stand on its side
_SURELY_TURNED = 3.0
_MOST_TABLES = 500  # rows of one sheet that are tried as further headers
_LOOKED_AT = 80  # rows in which a header is looked for
_ID_ROLES = frozenset({"patient_id", "record_number"})


@dataclass(frozen=True, eq=False)
class Table:
    """One table of a sheet. ``rows``: 0-based sheet rows of its data; ``headers``: per sheet column the header
    texts top to bottom (upper rows of a merged header filled to the right)."""

    sheet: Sheet
    header_rows: tuple[int, ...]
    rows: np.ndarray
    columns: tuple[int, ...]
    headers: tuple[tuple[str, ...], ...]
    titles: tuple[int, ...] = ()  # rows above
    notes: tuple[int, ...] = ()  # rows of text below or between
    summaries: tuple[int, ...] = ()
    repeated: tuple[int, ...] = ()  # the header again, e.g. at a page break


def upright(sheet: Sheet) -> Sheet:
    """The sheet with patients in rows: turned where its header stands in the first filled column."""
    filled = sheet.kind != Kind.EMPTY
    rows, columns = np.flatnonzero(filled.any(axis=1)), np.flatnonzero(filled.any(axis=0))
    if not len(rows) or len(rows) > _LONGEST_TURNED:
        return sheet
    best = _best_header(sheet, rows[:_LOOKED_AT])
    down = [{int(r): plain(sheet.text.iat[r, c]) for r in rows if plain(sheet.text.iat[r, c])} for c in columns[:3]]
    score = max((header_score(texts) for texts in down if _has_id(texts)), default=0.0)
    if score < _SURELY_TURNED or score < 2 * (best[1] if best else 0.0):
        return sheet
    merged = tuple((left, top, right, bottom) for top, left, bottom, right in sheet.merged)
    return replace(sheet, text=sheet.text.T.reset_index(drop=True).astype("str"), kind=sheet.kind.T, merged=merged)


def find_tables(sheet: Sheet) -> list[Table]:
    """The tables of one sheet, top to bottom; none where no row looks like a header."""
    filled = sheet.kind != Kind.EMPTY
    occupied = np.flatnonzero(filled.any(axis=1))
    if not len(occupied):
        return []
    starts = _table_starts(sheet, filled, occupied)
    ends = [*starts[1:], (int(occupied[-1]) + 1, 0)]
    tables = []
    above = 0
    for number, ((header, _), (end, _)) in enumerate(zip(starts, ends, strict=True)):
        end = end if number == len(starts) - 1 else _first_title(filled, header, end)
        tables.append(_table(sheet, filled, above, header, end))
        above = end
    return tables


def _first_title(filled: np.ndarray, above: int, header: int) -> int:
    """The first of the lonely cells directly above a later header: they are its title."""
    row = header
    while row - 1 > above and filled[row - 1].sum() == 1:
        row -= 1
    return row


def _table_starts(sheet: Sheet, filled: np.ndarray, occupied: np.ndarray) -> list[tuple[int, float]]:
    """(main header row, score) of each table: the first good header, then others after a blank row."""
    first = _best_header(sheet, occupied[:_LOOKED_AT])
    if first is None:
        return []
    starts = [first]
    for row in _later_candidates(sheet, filled, occupied, first[0]):
        score = header_score(_texts(sheet, row))
        copy = _same(sheet, row, starts[-1][0]) and filled[row - 1].sum() != 1
        if score >= max(2.0, 0.5 * first[1]) and _has_id(_texts(sheet, row)) and not copy:
            starts.append((row, score))
    return starts


def _later_candidates(sheet: Sheet, filled: np.ndarray, occupied: np.ndarray, first: int) -> list[int]:
    """Rows that may be the header of a further table: after a blank row or a title, or with the same id header."""
    lonely = filled.sum(axis=1) <= 1
    later = occupied[occupied > first + 1]
    after = set(later[lonely[later - 1]].tolist())
    for column, text in _texts(sheet, first).items():
        if read_header(text).target in _ID_ROLES:
            after |= set((np.flatnonzero((sheet.text[column] == sheet.text.iat[first, column]).to_numpy())).tolist())
    return sorted(row for row in after if row > first and filled[row].sum() > 1)[:_MOST_TABLES]


def _best_header(sheet: Sheet, rows: np.ndarray) -> tuple[int, float] | None:
    scores = {int(row): header_score(_texts(sheet, row)) for row in rows}
    best = max(scores.values(), default=0.0)
    if best <= 0:
        return None
    with_id = [row for row in scores if _has_id(_texts(sheet, row)) and scores[row] >= min(1.0, best)]
    good = [row for row in with_id if scores[row] >= 0.5 * best] or [
        row for row in scores if scores[row] == best]
    return good[0], scores[good[0]]


def header_score(texts: dict[int, str]) -> float:
    """How much a row looks like a header: distinct names of fields, weak names and times for less."""
    targets: dict[str, float] = {}
    for text in texts.values():
        header = read_header(text)
        if header.target:
            targets[header.target] = max(targets.get(header.target, 0.0), 1.0 if header.strong else 0.5)
    return sum(targets.values())


def _has_id(texts: dict[int, str]) -> bool:
    return any(read_header(t).target in _ID_ROLES or header_is_identifying(t) for t in texts.values())


def _texts(sheet: Sheet, row: int) -> dict[int, str]:
    cells = sheet.text.iloc[row].tolist()
    return {column: plain(cell) for column, cell in enumerate(cells) if cell and plain(cell)}


def _same(sheet: Sheet, row: int, other: int) -> bool:
    return _texts(sheet, row) == _texts(sheet, other)


def _table(sheet: Sheet, filled: np.ndarray, above: int, header: int, end: int) -> Table:
    upper = _upper_rows(sheet, above, header)
    lower = _lower_rows(sheet, header, end)
    header_rows = (*upper, header, *lower)
    body = np.arange(header_rows[-1] + 1, end)
    body = body[filled[body].any(axis=1)]
    width = filled[header_rows[0]:end].any(axis=0)
    columns = tuple(int(c) for c in np.flatnonzero(width))
    headers = tuple(zip(*(_header_texts(sheet, row, columns, row < header_rows[-1]) for row in header_rows), strict=True))
    titles = tuple(int(r) for r in range(above, header_rows[0]) if filled[r].any())
    table = Table(sheet, header_rows, body, columns, headers, titles)
    return _without_other_rows(table, filled)


def _upper_rows(sheet: Sheet, above: int, header: int) -> tuple[int, ...]:
    """Rows directly above the main header that group its columns: times, quantities, group titles."""
    found: list[int] = []
    for row in range(header - 1, max(above, header - 3) - 1, -1):
        texts = _texts(sheet, row)
        meaning = sum(read_header(t).says_something for t in texts.values())
        spanning = [m for m in sheet.merged if m[0] <= row <= m[2] and m[3] > m[1]]
        if not texts or (len(texts) < 2 and not meaning) or not (meaning or len(spanning) > 1):
            break
        found.insert(0, row)
    return tuple(found)


def _lower_rows(sheet: Sheet, header: int, end: int) -> tuple[int, ...]:
    found: list[int] = []
    for row in range(header + 1, min(header + 3, end)):
        if not _continues_header(sheet, header, row):
            break
        found.append(row)
    return tuple(found)


def _continues_header(sheet: Sheet, header: int, row: int) -> bool:
    """Times, units or names under the main header; a row with a patient's id is data."""
    texts, main = _texts(sheet, row), _texts(sheet, header)
    if not texts:
        return False
    for column, text in main.items():
        is_id = read_header(text).target in _ID_ROLES or header_is_identifying(text)
        if is_id and column in texts and not _header_word(texts[column]):
            return False
    readings = [(c, read_header(t)) for c, t in texts.items()]
    meant = [h for c, h in readings if _is_header_part(h, below_text=c in main)]
    named = [h for h in meant if h.target or h.unit or (h.time and h.time.kind != "bare")]
    return len(meant) >= 0.8 * len(readings) and bool(named or len(meant) > 1)


def _header_word(text: str) -> bool:
    return read_header(text).target in _ID_ROLES or header_is_identifying(text) or compact(text) in summary_words()


def _is_header_part(header, below_text: bool) -> bool:
    if header.time is not None and header.time.kind == "bare":
        return not below_text or bool(header.target)
    return header.says_something


def _header_texts(sheet: Sheet, row: int, columns: tuple[int, ...], fill: bool) -> list[str]:
    """The header texts of one row; an upper row is filled over its merged or blank cells to the right."""
    texts = _texts(sheet, row)
    if fill:
        spans = [m for m in sheet.merged if m[0] <= row <= m[2]]
        texts = _filled_by_merges(sheet, spans, texts) if sheet.merged else _filled_right(texts, columns)
    return [texts.get(column, "") for column in columns]


def _filled_by_merges(sheet: Sheet, spans: list[tuple[int, int, int, int]], texts: dict[int, str]) -> dict[int, str]:
    filled = dict(texts)
    for top, left, _, right in spans:
        text = plain(sheet.text.iat[top, left])
        filled.update({column: text for column in range(left, right + 1) if text})
    return filled


def _filled_right(texts: dict[int, str], columns: tuple[int, ...]) -> dict[int, str]:
    filled, last = dict(texts), ""
    for column in columns:
        last = texts.get(column, last)
        filled[column] = last
    return filled


@lru_cache(maxsize=1)
def summary_words() -> frozenset[str]:
    """First words of rows that summarise others (rules/summary_rows.csv), in compact form."""
    return frozenset(compact(word) for row in read_rules("summary_rows") for word in row["pattern"].split("|"))


@lru_cache(maxsize=1)
def _note_starts() -> tuple[str, ...]:
    return tuple(row["word"] for row in read_rules("note_starts"))


def _without_other_rows(table: Table, filled: np.ndarray) -> Table:
    """The table with summary rows, notes and repeated headers taken out of its data rows."""
    first = table.columns[:4]
    text = table.sheet.text
    body = table.rows
    counts = filled[body].sum(axis=1)
    summary = np.zeros(len(body), dtype=bool)
    for column in first:
        cells = text.iloc[body, column]
        known = [u for u in cells.unique() if len(u) <= _LONGEST_SUMMARY and _is_summary(u)]
        summary |= cells.isin(known).to_numpy() if known else False
    lonely = np.flatnonzero((counts <= 2) & (len(table.columns) > 2) & ~summary)
    notes = [int(body[i]) for i in lonely if _is_note(list(_texts(table.sheet, int(body[i])).values()))]
    repeated = _repeated_headers(table)
    summaries = [int(r) for r in body[summary]]
    out = np.isin(body, [*notes, *repeated, *summaries])
    return replace(table, rows=body[~out], notes=tuple(notes), summaries=tuple(summaries), repeated=tuple(repeated))


def _is_summary(text: str) -> bool:
    if any(c.isdigit() for c in text):
        return text.lower().lstrip().startswith("n") and "=" in text and compact(text)[1:].isdigit()
    return compact(text) in summary_words()


def _is_note(texts: list[str]) -> bool:
    if not texts:
        return False
    first = texts[0].lower()
    sentence = len(texts) == 1 and (len(first) > 25 or any(mark in first for mark in "。：:；;，") and len(first) > 6)
    return sentence or first.startswith(_note_starts())


def _repeated_headers(table: Table) -> list[int]:
    """Rows that say the main header again."""
    column = next((i for i, h in enumerate(table.headers) if h[-1] and not h[-1].isdigit()), None)
    if column is None:
        return []
    main = table.header_rows[-1]
    cells = table.sheet.text.iloc[table.rows, table.columns[column]]
    same = table.rows[(cells == table.sheet.text.iat[main, table.columns[column]]).to_numpy()]
    return [int(r) for r in same[:1000] if _same(table.sheet, int(r), main)]
