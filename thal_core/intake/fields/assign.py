"""Every column of every table gets its meaning: from a person, from the header, borne out by the
values.
"""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np

from thal_core.intake.fields.accepted import accepted_readings
from thal_core.intake.fields.data_dictionary import Entry, checkbox, explained
from thal_core.intake.fields.header_months import header_month, with_months
from thal_core.intake.fields.paired_columns import with_halves
from thal_core.intake.fields.preview import PREVIEW_ROWS, identifies, preview_cells
from thal_core.intake.fields.proposals import proposed
from thal_core.intake.fields.regimen_columns import with_regimens
from thal_core.intake.fields.roles import (
    DATES,
    TIMED,
    TIMES,
    VISIT_ROLES,
    rows_have_time,
    table_kind,
    with_admissions,
    with_roles,
)
from thal_core.intake.fields.value_kinds import borne_out
from thal_core.intake.layout.columns import Column, table_columns
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.text.clinical_terms import events_in
from thal_core.intake.text.codes import setting_codes
from thal_core.intake.text.dates import is_date
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import EVENT, IDENTIFYING, TOTALS, Header
from thal_core.intake.text.identifiers import column_is_names, identifying_cells
from thal_core.intake.text.shown import may_show
from thal_core.intake.text.timepoints import Timepoint, parse_time
from thal_core.mapping import ColumnReading, Mapping

_TECHNICAL = re.compile(r"(?:_complete|_timestamp|^Complete\?|_Complete\?)(?:\.\d+)?$")
_LONG_TEXT = 25  # characters: longer cells are free text, which may name people
_MOSTLY = 0.5  # share of a column's cells that decides what the column is
_EXAMPLES = 5
_SILENT = frozenset(
    {"identifying", "notes", "record_number", *DATES}
)  # no examples of these are shown


def understand(
    mapping: Mapping, table: Table, entries: dict[str, Entry]
) -> tuple[str, list[Column]]:
    """(kind of table, its columns), each column with its final field, month and unit.

    ``entries``: what a data dictionary in the file says about variables.
    """
    table, codes = explained(table, entries)
    columns = [
        _technical(replace(c, recode=codes.get(c.index, c.recode)), entries)
        for c in table_columns(table)
    ]
    accepted = accepted_readings(mapping, [c.reading for c in columns])
    columns = [
        _by_header(c) if given is None else _by_hand(c, given)
        for c, given in zip(columns, accepted, strict=True)
    ]
    columns = _with_time_of_table(_months_beside_parameters(with_admissions(columns)))
    visit_months = setting_codes(mapping.setting("visit_months"))
    columns = with_months(columns, TIMED, visit_months, mapping.setting("post_month"))
    columns = with_regimens(columns, rows_have_time(columns))
    kind = table_kind(columns)
    unread = ("extra",)
    read = with_halves(with_roles(columns, kind), kind, visit_months, mapping.setting("post_month"))
    columns = [_by_values(c) if c.target in unread and not c.reading.by_hand else c for c in read]
    candidates = proposed(columns)
    return kind, [c.read_as(candidates=p) for c, p in zip(columns, candidates, strict=True)]


def _technical(column: Column, entries: dict[str, Entry]) -> Column:
    """Columns that an export adds, and its ticked boxes."""
    name = column.reading.header
    ticked = checkbox(name, entries)
    event = next((f.event for f in events_in(ticked)), "") if ticked else ""
    if event:
        return replace(column, header=Header(f"{EVENT}{event}", True))
    if _TECHNICAL.search(name) and not column.header.target:
        return replace(column, header=Header("ignore", True))
    return column


def _with_time_of_table(columns: list[Column]) -> list[Column]:
    """A title or a sheet named after a visit (``6月``) gives its quantities that month, where they
    name none.
    """
    table = columns[0].table
    cells = [t for row in table.titles for t in table.sheet.text.iloc[row].tolist()]
    titles = [plain(t) for t in cells if plain(t)]
    times = [t for t in map(parse_time, (*reversed(titles), table.sheet.title)) if t is not None]
    month = next((t for t in times if t.kind == "month"), None)
    if month is None or any(c.target in TIMES for c in columns):
        return columns
    return [
        c.headed(time=month)
        if c.target in VISIT_ROLES and c.header.time is None and not c.reading.by_hand
        else c
        for c in columns
    ]


def _months_beside_parameters(columns: list[Column]) -> list[Column]:
    """A row per quantity and a column per month: every column that is headed by a time alone holds
    values.
    """
    timed = [
        c.index
        for c in columns
        if not c.header.target and c.header.time is not None and c.target == "extra"
    ]
    if len(timed) < 2 or not any(c.target in ("param", "param_code") for c in columns):
        return columns
    return [
        c.headed(target="value", strong=True).read_as(
            field="value", how="how.header", confidence=0.9
        )
        if c.index in timed
        else c
        for c in columns
    ]


def _by_hand(column: Column, given: ColumnReading) -> Column:
    """The column as a person said, here or in an earlier sheet of the clinic."""
    month = Timepoint("month", float(given.month)) if given.month is not None else None
    written = column.header.time
    bare = written if written is not None and written.kind == "bare" else None
    header = Header(given.field, True, month or bare, given.unit, column.header.number)
    window = column.header.window or abs(header_month(column) or 0.0) or None
    window = window if given.field in TOTALS else None
    return replace(column, header=header, window=window).read_as(
        field=given.field,
        month=given.month,
        unit=given.unit,
        confidence=1.0,
        how="how.by_hand",
        by_hand=True,
    )


def _by_header(column: Column) -> Column:
    """What the header says, where the values are of that kind; else the column is not read."""
    header = column.header
    if header.target.startswith(IDENTIFYING):
        return column.read_as(field="identifying", how="how.identifying_header", confidence=0.95)
    target = borne_out(column, header.target, header.strong) if header.target else ""
    if not target:
        unread = replace(column, header=Header()) if header.target else column
        return unread.read_as(field="extra", how="how.not_understood", confidence=0.0)
    window = header.window if target in TOTALS else None
    borne = replace(column.headed(target=target), window=window)
    if not header.strong:
        return borne.read_as(field=target, how="how.header_and_values", confidence=0.7)
    technical = target == "ignore" and _TECHNICAL.search(column.reading.header)
    how = "how.technical" if technical else "how.header"
    return borne.read_as(field=target, how=how, confidence=0.95)


def _by_values(column: Column) -> Column:
    """A column that no header explains: does it hold people's names, numbers or addresses, dates,
    free text?
    """
    codes, every = column.coded()
    tidy = np.array([plain(t) for t in every])
    counts = np.bincount(codes, minlength=len(tidy)) * (tidy != "")
    texts, n_filled = tidy[tidy != ""], int(counts.sum())
    if not n_filled:
        return column
    identifiers = counts[identifying_cells(tidy)].sum() > _MOSTLY * n_filled
    if identifiers or column_is_names(texts, n_filled):
        return column.read_as(field="identifying", how="how.identifying_values", confidence=0.8)
    if sum(map(is_date, texts[:200])) > _MOSTLY * len(texts[:200]):
        known = column.header.target == "extra"  # understood, and nothing here needs it
        how = "how.date_not_needed" if known else "how.date_not_understood"
        return column.read_as(field="identifying", how=how, confidence=0.6)
    if np.median([len(t) for t in texts]) > _LONG_TEXT and not column.header.target:
        return column.read_as(field="notes", how="how.free_text", confidence=0.5)
    return column


def with_examples(column: Column, silent: bool) -> ColumnReading:
    """The column's reading with five example values (none of identifying columns, of unread text,
    nor where ``silent``: a cell of it held an identifier) and its first cells.
    """
    texts = tuple(plain(t) for t in column.distinct(_EXAMPLES))
    hidden = column.target in _SILENT or column.reading.how == "how.identifying_id"
    shown = not (silent or hidden) and all(map(may_show, texts))
    asked = column.reading.candidates if column.target in ("extra", "identifying") else ()
    return replace(
        column.reading,
        examples=texts if shown else (),
        preview=preview_cells(column.texts()[:PREVIEW_ROWS].to_pylist(), silent or hidden),
        identifies=identifies(column),
        how="how.empty" if column.reading.is_open and not texts else column.reading.how,
        candidates=asked if texts else (),
    )


def untimed(column: Column) -> bool:
    """Does the header name a time that could not be turned into a month?"""
    time = column.header.time
    return time is not None and header_month(column) is None
