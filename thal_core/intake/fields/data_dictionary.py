"""A data dictionary in the file (REDCap's, or a sheet of variables, labels and codes): names and
codes explained.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np

from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.headers import read_header
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.sheet import Kind, Sheet

_CHOICE = re.compile(r"^([^,=:：，|;；]+)[,=:：，](.+)")
_CHECKBOX_LABEL = re.compile(r"(?<=.)\(choice=(.{1,300})\)$", re.IGNORECASE)


@dataclass(frozen=True)
class Entry:
    """One variable: its label and what its codes mean."""

    label: str
    choices: dict[str, str]


def read_dictionaries(
    ledger: Ledger, sheets: Sequence[Sheet]
) -> tuple[dict[str, Entry], list[Sheet]]:
    """Entries by compact variable name, and the sheets that are no dictionary."""
    entries: dict[str, Entry] = {}
    for sheet in sheets:
        found = _entries(sheet)
        entries |= found
        if found:
            ledger.fates.mark(sheet.name, slice(None), slice(None), Fate.USED)
    return entries, [sheet for sheet in sheets if not _entries(sheet)]


def is_dictionary(sheet: Sheet) -> bool:
    """Does the sheet explain variables, rather than hold patients?"""
    return bool(_entries(sheet))


def _entries(sheet: Sheet) -> dict[str, Entry]:
    """The entries of a sheet whose first rows have a column of names and one of labels or
    choices.
    """
    for row in np.flatnonzero((sheet.kind != Kind.EMPTY).any(axis=1))[:5]:
        roles = {
            _roles().get(compact(text), ""): i
            for i, text in enumerate(sheet.text.iloc[row].tolist())
            if text
        }
        has_id = any(
            read_header(text).target == "patient_id" for text in sheet.text.iloc[row].tolist()
        )
        if {"name", "choices"} <= set(roles) and not has_id:
            body = sheet.text.iloc[row + 1 :]
            return {
                compact(cells[roles["name"]]): Entry(
                    plain(cells[roles["label"]]) if "label" in roles else "",
                    parse_choices(cells[roles["choices"]]),
                )
                for cells in body.itertuples(index=False, name=None)
                if cells[roles["name"]].strip()
            }
    return {}


@lru_cache(maxsize=1)
def _roles() -> dict[str, str]:
    return {
        compact(name): row["role"]
        for row in read_rules("dictionary_headers")
        for name in row["headers"].split("|")
    }


def parse_choices(text: str) -> dict[str, str]:
    """``1, Male | 2, Female`` or ``1=男；2=女`` → {"1": "Male", "2": "Female"}."""
    parts = (
        re.split(r"[|\n;；]", text)
        if re.search(r"[|\n;；]", text)
        else re.split(r"[,，]\s{0,9}(?=\d{1,9}\s{0,9}[=:：])", text)
    )
    matches = [_CHOICE.fullmatch(part) for part in parts if part.strip()]
    return {m[1].strip(): plain(m[2]) for m in matches if m} if matches and all(matches) else {}


def explained(table: Table, entries: dict[str, Entry]) -> tuple[Table, dict[int, dict[str, str]]]:
    """The table with headers that the dictionary explains, and the codes of its columns by sheet
    column.
    """
    headers, codes = list(table.headers), {}
    for position, (index, texts) in enumerate(zip(table.columns, table.headers, strict=True)):
        name = next((t for t in reversed(texts) if t), "")
        entry = entries.get(compact(name))
        if entry is not None:
            headers[position] = (*texts, entry.label)
            if entry.choices:
                codes[index] = entry.choices
    return replace(table, headers=tuple(headers)), codes


def checkbox(header: str, entries: dict[str, Entry]) -> str:
    """What a ticked box means: ``ae___2`` by the dictionary, ``Adverse events (choice=Rash)`` by
    itself; else ''.
    """
    label = _CHECKBOX_LABEL.search(header)
    if label:
        return plain(label[1])
    name, _, box = header.partition("___")
    entry = entries.get(compact(name)) if box else None
    return entry.choices.get(box, "") if entry else ""
