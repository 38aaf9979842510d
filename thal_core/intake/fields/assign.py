"""Every column of every table gets its meaning: from a person, from the header, borne out by the
values.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace

import numpy as np

from thal_core.intake.fields.accepted import accepted_readings
from thal_core.intake.fields.data_dictionary import Entry, checkbox, explained
from thal_core.intake.fields.preview import PREVIEW_ROWS, preview_cells
from thal_core.intake.fields.roles import (
    DATES,
    TIMES,
    VISIT_ROLES,
    header_month,
    settle_roles,
    settle_times,
    table_kind,
    weak_name_holds,
)
from thal_core.intake.layout.columns import Column, table_columns
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.context import Context
from thal_core.intake.text.clinical_terms import events_in
from thal_core.intake.text.codes import setting_codes
from thal_core.intake.text.dates import is_date
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import EVENT, IDENTIFYING, Header
from thal_core.intake.text.identifiers import (
    column_is_names,
    identifier_in,
    identifying_cells,
)
from thal_core.intake.text.shown import may_show
from thal_core.intake.text.timepoints import Timepoint, parse_time
from thal_core.mapping import ColumnReading

_TECHNICAL = re.compile(r"(?:_complete|_timestamp|^Complete\?|_Complete\?)(?:\.\d+)?$")
_LONG_TEXT = 25  # characters: longer cells are free text, which may name people
_MOSTLY = 0.5  # share of a column's cells that decides what the column is
_EXAMPLES = 5
_PERSONAL = frozenset({"identifying", "record_number", "birth_date"})
_SILENT = frozenset(
    {"identifying", "notes", "record_number", *DATES}
)  # no examples of these are shown


def understand(
    context: Context, table: Table, entries: dict[str, Entry]
) -> tuple[str, list[Column]]:
    """(kind of table, its columns), each column with its final field, month and unit.

    ``entries``: what a data dictionary in the file says about variables.
    """
    table, codes = explained(table, entries)
    columns = table_columns(table)
    for column in columns:
        column.recode = codes.get(column.index, column.recode)
        _technical(column, entries)
    accepted = accepted_readings(context.mapping, [column.reading for column in columns])
    by_hand = [_apply(column, given) for column, given in zip(columns, accepted, strict=True)]
    for column, given in zip(columns, by_hand, strict=True):
        if not given:
            _by_header(column)
    _months_beside_parameters(columns)
    _time_of_table(columns)
    settle_times(
        columns, setting_codes(context.setting("visit_months")), context.setting("post_month")
    )
    kind = table_kind(columns)
    fixed = [c for c, given in zip(columns, by_hand, strict=True) if given]
    kept = [c.reading for c in fixed]
    settle_roles(columns, kind)
    for column, reading in zip(fixed, kept, strict=True):
        column.reading = reading
    for column in columns:
        if column.target == "extra" and not column.reading.by_hand:
            _by_values(column)
    return kind, columns


def _technical(column: Column, entries: dict[str, Entry]) -> None:
    """Columns that an export adds, and its ticked boxes."""
    name = column.reading.header
    if _TECHNICAL.search(name) and not column.header.target:
        column.header = Header("ignore", True)
    ticked = checkbox(name, entries)
    event = next((f.event for f in events_in(ticked)), "") if ticked else ""
    if event:
        column.header = Header(f"{EVENT}{event}", True)


def _time_of_table(columns: list[Column]) -> None:
    """A title or a sheet named after a visit (``6月``) gives its quantities that month, where they
    name none.
    """
    table = columns[0].table
    table = columns[0].table
    titles = [
        plain(t) for row in table.titles for t in table.sheet.text.iloc[row].tolist() if plain(t)
    ]
    times = [
        t
        for t in map(parse_time, (*reversed(titles), table.sheet.title))
        if t is not None and t.kind == "month"
    ]
    if not times or any(c.target in TIMES for c in columns):
        return
    time = times[0]
    for column in columns:
        if (
            column.target in VISIT_ROLES
            and column.header.time is None
            and not column.reading.by_hand
        ):
            column.header = replace(column.header, time=time)


def _months_beside_parameters(columns: list[Column]) -> None:
    """A row per quantity and a column per month: every column that is headed by a time alone holds
    values.
    """
    timed = [
        c
        for c in columns
        if not c.header.target and c.header.time is not None and c.target == "extra"
    ]
    if len(timed) > 1 and any(c.target in ("param", "param_code") for c in columns):
        for column in timed:
            column.header = replace(column.header, target="value", strong=True)
            column.read_as(field="value", how="how.header", confidence=0.9)


def _apply(column: Column, given: ColumnReading | None) -> bool:
    """A person's word for this column, from the mapping given."""
    if given is None:
        return False
    column.read_as(
        field=given.field,
        month=given.month,
        unit=given.unit,
        confidence=1.0,
        how="how.by_hand",
        by_hand=True,
    )
    time = Timepoint("month", float(given.month)) if given.month is not None else None
    own = (
        column.header.time
        if column.header.time is not None and column.header.time.kind == "bare"
        else None
    )
    column.header = Header(given.field, True, time or own, given.unit, column.header.number)
    return True


def _by_header(column: Column) -> None:
    header = column.header
    if not header.target:
        column.read_as(field="extra", how="how.not_understood", confidence=0.0)
    elif header.target.startswith(IDENTIFYING):
        column.read_as(field="identifying", how="how.identifying_header", confidence=0.95)
    elif header.strong:
        how = (
            "how.technical"
            if _TECHNICAL.search(column.reading.header) and header.target == "ignore"
            else "how.header"
        )
        column.read_as(field=header.target, how=how, confidence=0.95)
    elif weak_name_holds(column):
        column.read_as(field=header.target, how="how.header_and_values", confidence=0.7)
    else:
        column.header = Header()
        column.read_as(field="extra", how="how.not_understood", confidence=0.0)


def _by_values(column: Column) -> None:
    """A column that no header explains: does it hold people's names, numbers or addresses, dates,
    free text?
    """
    codes, every = column.coded()
    tidy = np.array([plain(t) for t in every])
    counts = np.bincount(codes, minlength=len(tidy)) * (tidy != "")
    texts, n_filled = tidy[tidy != ""], int(counts.sum())
    if not n_filled:
        return
    if counts[identifying_cells(tidy)].sum() > _MOSTLY * n_filled or column_is_names(
        texts, n_filled
    ):
        column.read_as(field="identifying", how="how.identifying_values", confidence=0.8)
    elif sum(map(is_date, texts[:200])) > _MOSTLY * len(texts[:200]):
        column.read_as(field="identifying", how="how.date_not_understood", confidence=0.6)
    elif np.median([len(t) for t in texts]) > _LONG_TEXT and not column.header.target:
        column.read_as(field="notes", how="how.free_text", confidence=0.5)


def finished_reading(column: Column) -> ColumnReading:
    """The column's reading with five example values (none of identifying columns nor of unread
    text), its first cells, and what a dropped column holds of a person.
    """
    examples = tuple(plain(t) for t in column.distinct(_EXAMPLES))
    silent = (
        column.hide_examples
        or column.target in _SILENT
        or column.reading.how == "how.identifying_id"
    )
    column.read_as(
        examples=() if silent or not all(map(may_show, examples)) else examples,
        preview=preview_cells(column.texts()[:PREVIEW_ROWS].to_pylist(), silent),
    )
    if column.target in _PERSONAL or column.reading.how == "how.identifying_id":
        column.read_as(identifies=_identifies(column))
    if column.reading.is_open and not column.filled():
        column.read_as(how="how.empty", candidates=())
    return column.reading


def _identifies(column: Column) -> str:
    """What of a person the column holds, by its header, else by its values."""
    role, _, what = column.header.target.partition("/")
    if role in (IDENTIFYING, "record_number", "birth_date"):
        return what or role.replace("_", " ")
    kinds = Counter(kind for t in column.distinct(200) if (kind := identifier_in(plain(t))))
    if kinds:
        return kinds.most_common(1)[0][0]
    return "date" if column.reading.how == "how.date_not_understood" else "name"


def untimed(column: Column) -> bool:
    """Does the header name a time that could not be turned into a month?"""
    time = column.header.time
    return time is not None and header_month(column) is None
