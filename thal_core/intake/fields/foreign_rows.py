"""Rows under a table that are another table (a list of contacts, of doctors): they are no patients.

A row fits a table where its cells are of the kind that the headers ask for. From the last row
upwards, those that fit in nothing stand under the table, if something parts them from it: a blank
row, a title, a header of their own, or ids of another shape.
"""

from __future__ import annotations

import numpy as np

from thal_core.intake.fields.roles import VISIT_ROLES
from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.layout.header_rows import names_a_person, texts_at
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.headers import EVENT, IDENTIFYING
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.numbers import is_missing, parse_number
from thal_core.intake.text.shown import is_short_code
from thal_core.intake.text.timepoints import parse_time
from thal_core.rules.catalogue import fields

_MOST = 500  # rows at the end that are looked at
_CODED = ("sex", "phenotype", "bool", "origin")


def foreign_rows(table: Table, columns: list[Column]) -> list[int]:
    """Sheet rows at the end of the table that belong to another one; empty where all rows fit, or
    none does.
    """
    kinds = {c.index: kind for c in columns if (kind := _kind(c.header.target))}
    if len(kinds) < 2:
        return []
    tail: list[tuple[int, bool | None]] = []
    for row in table.rows[::-1][:_MOST].tolist():
        fits = _fits(texts_at(table.sheet, row), kinds)
        if fits:
            break
        tail.append((row, fits))
    else:
        return []
    strangers = [place for place, (_, fits) in enumerate(tail) if fits is False]
    if not strangers:
        return []
    block = [row for row, _ in tail[: strangers[-1] + 1]][::-1]
    above = [row for row, _ in tail[strangers[-1] + 1 :]]
    while above and _is_header_or_title(texts_at(table.sheet, above[0])):
        block.insert(0, above.pop(0))
    return block if _stands_apart(table, columns, block) else []


def _kind(target: str) -> str:
    """What a cell under this header must be: number, time or a kind of code; "" where it may be
    anything.
    """
    if target in VISIT_ROLES or target in ("transfusion", "value"):
        return "number"
    kind = fields()[target].kind if target in fields() else ""
    if kind in ("number", *_CODED):
        return kind
    return "time" if kind == "month" or target == "month" else ""


def _fits(texts: dict[int, str], kinds: dict[int, str]) -> bool | None:
    """Are most of the cells of the kind their headers ask for? None where no cell says anything."""
    agreements = [_agrees(texts[column], kind) for column, kind in kinds.items() if column in texts]
    known = [agrees for agrees in agreements if agrees is not None]
    return 2 * sum(known) >= len(known) if known else None


def _agrees(text: str, kind: str) -> bool | None:
    if is_missing(text):
        return None
    if identifier_in(text):
        return False
    if kind in _CODED:
        return parse_code(text, kind) is not None
    if kind == "time":
        return parse_time(text) is not None or parse_number(text).state == "ok"
    return parse_number(text).state in ("ok", "range") or parse_code(text, "bool") is not None


def _is_header_or_title(texts: dict[int, str]) -> bool:
    return len(texts) == 1 or any(map(names_a_person, texts.values()))


def _stands_apart(table: Table, columns: list[Column], block: list[int]) -> bool:
    before = table.rows[table.rows < block[0]]
    if not len(before):
        return False
    if before[-1] + 1 < block[0] or _is_header_or_title(texts_at(table.sheet, block[0])):
        return True
    ids = next((c.index for c in columns if c.header.target == "patient_id"), None)
    if ids is None:
        return (
            any(c.header.target.startswith((IDENTIFYING, EVENT)) for c in columns)
            and len(block) > 1
        )
    text = table.sheet.text[ids]
    codes = np.mean([is_short_code(t) for t in text.iloc[before[:200]]])
    return bool(codes > 0.5 and not any(is_short_code(t) for t in text.iloc[block]))
