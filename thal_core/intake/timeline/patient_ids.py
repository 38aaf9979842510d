"""Who each row is about: the id column of every table, joined over the file."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import IDENTIFYING
from thal_core.intake.text.numbers import is_missing
from thal_core.intake.text.shown import is_short_code
from thal_core.intake.timeline.row_numbers import filled_down, people_by_row
from thal_core.intake.timeline.same_number import Numbered, anybodys, tell_apart, tidy_number
from thal_core.issues import CohortError

# the surest first; the identifying ones join the rows and are then replaced by P001 …
KINDS = (
    "patient_id",
    "patient_id weak",
    "record_number",
    f"{IDENTIFYING}/national id",
    f"{IDENTIFYING}/name",
)
_PLAIN_ID = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]*")
_SHOWN = KINDS[:2]
# the number of a row without an id; of one in a list that adds no patients; of one that is left out
# and reported already
NOBODY, FOREIGN, REPORTED = -1, -2, -3
_FEW = 0.2  # share of further patients on a later sheet that is worth a warning


@dataclass(frozen=True, eq=False)
class PatientIds:
    """``ids``: the id of each patient in order of appearance. ``of``: number of a table → patient
    number of each of its rows (−1 none). ``replaced``: the numbers of the patients whose typed id
    is not shown. ``tables``: number of a table → its columns, the ids among them as they were used.
    """

    ids: list[str]
    of: dict[int, np.ndarray]
    tables: dict[int, list[Column]]
    replaced: frozenset[int] = frozenset()

    @cached_property
    def index(self) -> pd.Index:
        """The ids as an index, in the order of the patient numbers."""
        return pd.Index(self.ids, dtype="str")


def kind_of_id(column: Column) -> str:
    """Which of KINDS the column is, or ''."""
    if column.target == "patient_id":
        sure = column.header.strong or column.reading.by_hand
        return "patient_id" if sure else "patient_id weak"
    target = column.header.target if column.target == "identifying" else column.target
    return target if target in KINDS else ""


@dataclass(frozen=True)
class _Register:
    """The patients found so far.

    ids: of each patient number, as it is shown ("" where it is not). numbers: the number by its
    primary id. linked: by the kind and text of any id.
    """

    ids: tuple[str, ...] = ()
    numbers: dict[str, int] = field(default_factory=dict)
    linked: dict[tuple[str, str], int] = field(default_factory=dict)

    def number(self, key: str, kind: str, primary: str) -> int | None:
        """The number of a patient by an id of this kind; None where it is not known."""
        return self.numbers.get(key) if kind == primary else self.linked.get((kind, key))


def find_patients(
    ledger: Ledger, tables: dict[int, list[Column]], many_rows: set[int]
) -> PatientIds:
    """Give every row of every table its patient. Raises CohortError where no table has an id
    column.

    ``many_rows``: the tables that may have several rows per patient; a column that counts their
    rows is no id.
    """
    keys = {number: _id_columns(columns, number in many_rows) for number, columns in tables.items()}
    usable = {number: found for number, found in keys.items() if found}
    if not usable:
        ids, rows = people_by_row(ledger, tables, many_rows)
        if not ids:
            raise CohortError("intake.no_patient_column")
        return PatientIds(ids, rows, tables)
    primary = _primary(usable)
    usable = {number: _with_primary(found, primary) for number, found in usable.items()}
    usable = _told_apart(ledger, tables, usable, primary, many_rows)
    register, of = _Register(), {}
    clinical = {number for number in usable if _says_anything(tables[number])}
    order = sorted(usable, key=lambda n: (n not in clinical, primary not in usable[n]))
    for number in order:
        column = usable[number].get(primary) or next(iter(usable[number].values()))
        before = len(register.ids)
        may_add = number in clinical or not clinical
        if column is usable[number].get(primary):
            register = _with_keys(register, column, usable[number])
        kind = primary if primary in usable[number] else kind_of_id(column)
        rows, register = _number_rows(ledger, column, kind, primary, register, may_add)
        rows = filled_down(ledger, column, tables[number], rows) if number in many_rows else rows
        of[number] = np.where(anybodys(column), REPORTED, rows)
        for kind, other in usable[number].items() if len(usable) > 1 else ():
            linked = _linked(kind, other, of[number]) | register.linked
            register = replace(register, linked=linked)
        _report_newcomers(ledger, column, of[number], before, len(register.ids))
    replaced = frozenset(n for n, shown in enumerate(register.ids) if not is_short_code(shown))
    changed = _unused_ids(tables, usable) | _used_ids(ledger, usable, primary, len(replaced))
    ledger.learn(*changed.values())
    columns = {n: [changed.get(c.key, c) for c in every] for n, every in tables.items()}
    return PatientIds(_with_numbers(register.ids, replaced), of, columns, replaced)


def _with_primary(found: dict[str, Column], primary: str) -> dict[str, Column]:
    """A table whose only id has a less sure header (编号, ID) is joined by it where another table
    has a sure one: the same number is the same person, unless sex or age tell them apart.
    """
    if primary != KINDS[0] or primary in found or KINDS[1] not in found:
        return found
    others = {kind: column for kind, column in found.items() if kind != KINDS[1]}
    return {primary: found[KINDS[1]], **others}


def _told_apart(
    ledger: Ledger,
    tables: dict[int, list[Column]],
    usable: dict[int, dict[str, Column]],
    primary: str,
    many_rows: set[int],
) -> dict[int, dict[str, Column]]:
    """The id columns, the primary ones with an id for each person where numbers are shared."""
    numbered = {
        n: Numbered(tables[n], found[primary], n in many_rows)
        for n, found in usable.items()
        if primary in found
    }
    apart = tell_apart(ledger, numbered)
    return {n: found | {primary: apart[n]} if n in apart else found for n, found in usable.items()}


def _says_anything(columns: list[Column]) -> bool:
    """Does the table hold anything but ids, names and unread columns? A list of contacts makes
    nobody a patient.
    """
    silent = {"identifying", "extra", "ignore", "notes", "patient_id", "record_number"}
    return any(column.target not in silent for column in columns)


def _report_newcomers(
    ledger: Ledger, column: Column, numbers: np.ndarray, before: int, after: int
) -> None:
    """A few patients whom only a later sheet knows: perhaps typing errors."""
    if not 0 < after - before <= _FEW * before:
        return
    for number in range(before, after):
        ledger.report_cells(
            WARNING,
            "intake.id.unknown",
            column,
            np.flatnonzero(numbers == number)[:1],
            Fate.USED,
            hide=kind_of_id(column) not in _SHOWN,
        )


def _id_columns(columns: list[Column], many_rows: bool) -> dict[str, Column]:
    found: dict[str, Column] = {}
    for column in columns:
        kind = kind_of_id(column)
        if kind and column.distinct(2) and not (kind in found and len(column.distinct(2)) == 1):
            constant = (
                kind in found and len(found[kind].distinct(2)) == 1
            )  # a study's number, not a patient's
            found[kind] = column if constant else found.get(kind, column)
    weak = found.get("patient_id weak")
    if (
        many_rows
        and weak is not None
        and len(found) > 1
        and _is_row_counter(weak)
        and any(_repeats(c) for kind, c in found.items() if kind != "patient_id weak")
    ):
        del found["patient_id weak"]
    return {kind: found[kind] for kind in KINDS if kind in found}


def _repeats(column: Column) -> bool:
    return len(column.distinct()) < column.filled()


def _is_row_counter(column: Column) -> bool:
    texts = [t.strip() for t in column.texts().to_pylist()]
    return texts == [str(n) for n in range(1, len(texts) + 1)]


def _primary(usable: dict[int, dict[str, Column]]) -> str:
    """The kind of id that names the patients: the surest one that every table has, or is joined
    to.
    """
    tables = list(usable.values())
    for kind in KINDS:
        beside = {other for found in tables if kind in found for other in found}
        if beside and all(beside & set(found) for found in tables):
            return kind
    return next(kind for kind in KINDS if any(kind in found for found in tables))


def _number_rows(
    ledger: Ledger, column: Column, kind: str, primary: str, known: _Register, may_add: bool
) -> tuple[np.ndarray, _Register]:
    """The patient number of each row, and the register with the newcomers: a new id gets the next
    number, or FOREIGN in a table that adds nobody.
    """
    codes, texts = column.coded()  # codes in order of appearance
    if kind == primary and not known.ids and _all_plain(texts):
        return _fill_merged(column, codes.astype(np.int64)), _with_all(known, texts, kind)
    keys = [_key(text) for text in texts]
    numbers = [known.number(key, kind, primary) for key in keys]
    otherwise = _written_otherwise(keys, known) if kind == primary else {}
    respelled = sum(n is None and key in otherwise for n, key in zip(numbers, keys, strict=True))
    if respelled:
        ledger.report_column(NOTE, "intake.id.written_otherwise", column, n=respelled)
    numbers = [otherwise.get(k) if n is None else n for n, k in zip(numbers, keys, strict=True)]
    shown = [_shown_id(text, key, kind) for text, key in zip(texts, keys, strict=True)]
    if may_add:
        numbers, known = _with_newcomers(known, keys, numbers, shown, kind == primary)
    lookup = [
        NOBODY if not key else FOREIGN if number is None else number
        for key, number in zip(keys, numbers, strict=True)
    ]
    return _fill_merged(column, np.array(lookup, dtype=np.int64)[codes]), known


def _with_keys(known: _Register, column: Column, beside: dict[str, Column]) -> _Register:
    """The register with the primary ids of patients who were found by another id so far: a list
    that says which study number belongs to which record number.
    """
    nameless = set(range(len(known.ids))) - set(known.numbers.values())
    if not nameless:
        return known
    ids, numbers = list(known.ids), dict(known.numbers)
    others = [(kind, c.texts().to_pylist()) for kind, c in beside.items() if c is not column]
    for position, text in enumerate(column.texts().to_pylist()):
        linked = (known.linked.get((kind, tidy_number(texts[position]))) for kind, texts in others)
        number = next((n for n in linked if n in nameless), None)
        key = _key(text)
        if number is not None and key and key not in numbers:
            nameless.remove(number)
            numbers[key], ids[number] = number, _shown_id(text, key, kind_of_id(column))
    return replace(known, ids=tuple(ids), numbers=numbers)


def _with_all(known: _Register, texts: list[str], kind: str) -> _Register:
    """The register with each of these ids as a patient."""
    numbers = dict(zip(map(str.upper, texts), range(len(texts)), strict=True))
    shown = texts if kind in _SHOWN else [""] * len(texts)
    return replace(known, ids=(*known.ids, *shown), numbers=numbers)


def _with_newcomers(
    known: _Register,
    keys: list[str],
    numbers: list[int | None],
    shown: list[str],
    is_primary: bool,
) -> tuple[list[int | None], _Register]:
    """The number of each key, the next ones for those that have none; the register with them."""
    ids, added, found = list(known.ids), dict(known.numbers), []
    for key, number, text in zip(keys, numbers, shown, strict=True):
        if key and number is None and is_primary:
            number = added.get(key)
        if key and number is None:
            number = len(ids)
            ids.append(text)
            added |= {key: number} if is_primary else {}
        found.append(number)
    return found, replace(known, ids=tuple(ids), numbers=added)


def _key(text: str) -> str:
    """What an id is found by; "" where the cell holds none."""
    key = tidy_number(text)
    return "" if not key or (not key[-1].isalnum() and is_missing(text)) else key


def _shown_id(text: str, key: str, kind: str) -> str:
    if kind not in _SHOWN:
        return ""
    return text if key == text or text.isalnum() else _tidy_id(text)


def _written_otherwise(keys: list[str], known: _Register) -> dict[str, int]:
    """The numbers of ids that differ from known ones in leading zeros (007 and 7), where these
    tell nobody apart.
    """
    reduced = {_reduced(key): n for key, n in known.numbers.items()}
    if len(reduced) != len(known.numbers):
        return {}
    return {key: reduced[_reduced(key)] for key in keys if key and _reduced(key) in reduced}


def _all_plain(texts: list[str]) -> bool:
    """Ids of letters and digits that differ in more than case: nothing to tidy, the usual case."""
    return all(map(_PLAIN_ID.fullmatch, texts)) and len(set(map(str.upper, texts))) == len(texts)


def _tidy_id(text: str) -> str:
    words = plain(text)
    return words[:-2] if words.endswith(".0") and words[:-2].isdigit() else words


def _reduced(key: str) -> str:
    return key.lstrip("0") or "0"


def _fill_merged(column: Column, rows: np.ndarray) -> np.ndarray:
    """Blank cells under a merged id belong to it."""
    spans = [m for m in column.table.sheet.merged if m[1] <= column.index <= m[3] and m[2] > m[0]]
    for top, _, bottom, _ in spans:
        inside = np.flatnonzero((column.table.rows >= top) & (column.table.rows <= bottom))
        if len(inside):
            rows[inside] = rows[inside[0]]
    return rows


def _linked(kind: str, column: Column, rows: np.ndarray) -> dict[tuple[str, str], int]:
    """(kind, id) → number of the patients whom a column names beside the primary one; the first
    stands.
    """
    codes, texts = column.coded()
    pairs = dict.fromkeys(zip(codes.tolist(), rows.tolist(), strict=True))
    found = [(tidy_number(texts[c]), n) for c, n in pairs if n >= 0 and plain(texts[c])]
    return {(kind, key): number for key, number in reversed(found)}


def _used_ids(
    ledger: Ledger, usable: dict[int, dict[str, Column]], primary: str, n_replaced: int
) -> dict[Key, Column]:
    """The id columns as they were used: shown, or replaced by P001, P002 … and dropped."""
    used: dict[Key, Column] = {}
    for found in usable.values():
        for kind, column in found.items():
            hidden = bool(n_replaced) if kind == primary else kind not in _SHOWN
            typed = replace(column, instead=None)
            used[column.key] = _used_id(ledger, typed, kind == primary, hidden, n_replaced)
    return used


def _with_numbers(shown: Sequence[str], replaced: frozenset[int]) -> list[str]:
    """The ids, each once: a number that somebody has typed as an id is passed over."""
    width = max(3, len(str(len(shown))))
    taken = {typed.upper() for number, typed in enumerate(shown) if number not in replaced}
    ids, beyond = [], len(shown)
    for number, typed in enumerate(shown):
        if number not in replaced:
            ids.append(typed)
            continue
        name = f"P{number + 1:0{width}d}"
        while name in taken:
            beyond += 1
            name = f"P{beyond:0{width}d}"
        taken.add(name)
        ids.append(name)
    return ids


def _unused_ids(
    tables: dict[int, list[Column]], usable: dict[int, dict[str, Column]]
) -> dict[Key, Column]:
    """Columns of numbers that join nothing: kept, or dropped where they identify."""
    chosen = {c.key for found in usable.values() for c in found.values()}
    others = [c for columns in tables.values() for c in columns if c.key not in chosen]
    second = {c.key: _second_id(c) for c in others if c.target == "patient_id"}
    return second | {
        c.key: c.read_as(field="identifying", how="how.identifying_header")
        for c in others
        if c.target == "record_number"
    }


def _second_id(column: Column) -> Column:
    return column.read_as(field="extra", confidence=0.5, how="how.second_id")


def _used_id(ledger: Ledger, column: Column, is_primary: bool, hidden: bool, n: int) -> Column:
    if not is_primary and column.target == "patient_id":
        return _second_id(column)
    ledger.mark(column, Fate.IDENTIFYING if hidden else Fate.USED)
    if not hidden:
        return column
    if is_primary:
        ledger.report_column(WARNING, "intake.id.replaced", column, n=n)
        return column.read_as(field="patient_id", confidence=0.95, how="how.identifying_id")
    if column.target != "identifying":  # those are reported where they are dropped
        ledger.report_column(WARNING, "intake.identifying.dropped", column, n=column.filled())
    return column.read_as(confidence=0.95, how="how.identifying_header")


def report_rows_without_patient(ledger: Ledger, columns: list[Column], numbers: np.ndarray) -> None:
    """Name the rows that have no id, and those of strangers; they are left out."""
    table = columns[0].table
    for row in table.rows[numbers == FOREIGN]:
        ledger.report_row(WARNING, "intake.row.foreign", table.sheet.name, row)
    for row in table.rows[numbers == NOBODY]:
        ledger.report_row(ERROR, "intake.row_without_id", table.sheet.name, row, table.columns[0])
    reported = table.rows[numbers == REPORTED]
    ledger.fates.mark(table.sheet.name, reported, slice(None), Fate.ISSUE)
