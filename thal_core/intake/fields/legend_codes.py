"""Codes that a line beside a table explains: ``性别 1=男，2=女``, ``1=男 2=女``, ``TDT=1``."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from thal_core.intake.fields.data_dictionary import Entry
from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.layout.header_rows import texts_of
from thal_core.intake.ledger.issue_log import NOTE
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.codes import opposites, parse_code
from thal_core.intake.text.fold import compact
from thal_core.intake.text.headers import read_header
from thal_core.intake.text.legends import Codes, kind_of_code, parse_legends
from thal_core.rules.catalogue import fields
from thal_core.sheets.sheet import Kind, Sheet

_MOST_ROWS = 200  # of a sheet without a table, in which codes may be explained


def legends_of(sheets: Iterable[Sheet]) -> list[tuple[str, Codes]]:
    """(name, codes) of every line on sheets that hold no table."""
    found: list[tuple[str, Codes]] = []
    for sheet in sheets:
        rows = np.flatnonzero((sheet.kind != Kind.EMPTY).any(axis=1))[:_MOST_ROWS]
        found += _legends_in(sheet, rows.tolist())
    return found


def legend_entries(
    ledger: Ledger,
    table: Table,
    columns: list[Column],
    elsewhere: list[tuple[str, Codes]],
) -> dict[str, Entry]:
    """What the lines around a table (and ``elsewhere``) say of its columns, by compact header."""
    entries: dict[str, Entry] = {}
    rows = [*table.notes, *table.titles]
    for name, codes in [*_legends_in(table.sheet, rows), *elsewhere]:
        named = [c for c in columns if _is_named(c, name, codes)]
        if len(named) != 1 or compact(_own_header(table, named[0])) in entries:
            continue
        column = named[0]
        whole = _with_opposite(codes, column)
        if not set(whole) & {t.strip() for t in column.distinct(50)}:
            continue
        entries[compact(_own_header(table, column))] = Entry("", whole)
        code_words = [f"{code} = {word}" for code, word in sorted(whole.items())]
        ledger.report(
            NOTE,
            "intake.legend",
            sheet=table.sheet.name,
            index=column.index,
            column=column.title,
            codes=code_words,
        )
    return entries


def _legends_in(sheet: Sheet, rows: list[int]) -> list[tuple[str, Codes]]:
    texts = [t for line in texts_of(sheet, rows).values() for t in line.values()]
    return [legend for text in texts for legend in parse_legends(text)]


def _is_named(column: Column, name: str, codes: Codes) -> bool:
    """Does the line speak of this column: by its name, or, without one, by what the codes mean?"""
    target = column.header.target
    if name:
        named_target = read_header(name).target
        return compact(name) == compact(column.reading.header) or (
            named_target != "" and named_target == target
        )
    kinds = {kind_of_code(word) for word in codes.values()}
    return target in fields() and kinds <= {"sex", "phenotype"} and {fields()[target].kind} == kinds


def _with_opposite(codes: Codes, column: Column) -> Codes:
    """``TDT=1`` over a column of 1 and 0: 0 is NTDT."""
    if len(codes) > 1:
        return codes
    (code, word), others = next(iter(codes.items())), {t.strip() for t in column.distinct(9)}
    meant = parse_code(word, kind_of_code(word)) or ""
    rest = others - {code}
    if len(rest) == 1 and len(others) == 2 and meant in opposites():
        other = rest.pop()
        return {**codes, other: opposites()[meant]} if other.isdigit() else codes
    return codes


def _own_header(table: Table, column: Column) -> str:
    """The last header text of the column, by which the explanations of a file name it."""
    texts = table.headers[table.columns.index(column.index)]
    return next((t for t in reversed(texts) if t), "")
