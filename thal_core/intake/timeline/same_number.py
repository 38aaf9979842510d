"""Two people with one number: numbers that restart in each group, and numbers given twice.

They are told by what does not change in a person: sex, and age and phenotype in a table of one row
a patient. Nobody is merged: each keeps the number with their group before it, or else their row.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import cached_property
from statistics import median

import numpy as np
import pyarrow as pa

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import ERROR
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import plain
from thal_core.intake.text.numbers import is_missing, parse_number
from thal_core.intake.text.shown import is_short_code

_GROUPING = ("center", "extra", "drug")  # what may name a group, besides the phenotype
PHENOTYPES = ("TDT", "NTDT")
_MOST_GROUPS = 8
_LONGEST_GROUP = 6  # characters of a group's name that may stand before a number
_SHARED = 0.3  # of the numbers that two tables share: so many differing people are no typing errors
_FEWEST = 2
_YEARS, _YEARS_OF_VISITS = 1.0, 5.0  # that one person's ages may be apart

Person = tuple[str, str, float]  # sex, phenotype, age in years; '' and −1 where not known


def tidy_number(text: str) -> str:
    """A patient's number as it is compared: ``7.0`` and ``7`` are one."""
    words = text if text.isalnum() and text.isascii() else plain(text)
    words = words.upper()
    return words[:-2] if words.endswith(".0") and words[:-2].isdigit() else words


@dataclass(frozen=True, eq=False)
class Numbered:
    """One table with its id column. ``many_rows``: may a patient have several rows in it?"""

    columns: list[Column]
    ids: Column
    many_rows: bool

    @cached_property
    def keys(self) -> list[str]:
        """The number of each row, '' where it has none."""
        texts = self.ids.texts().to_pylist()
        return ["" if _says_none(t) else tidy_number(t) for t in texts]

    @cached_property
    def people(self) -> list[Person]:
        """What each row says of the person."""
        sex = self._codes("sex", sex_of)
        phenotype = self._codes("phenotype", phenotype_of)
        if not any(phenotype) and not self.many_rows:
            phenotype = [named_phenotype(self.ids)] * len(phenotype)
        return list(zip(sex, phenotype, self._ages(), strict=True))

    def _column(self, target: str) -> Column | None:
        return next((c for c in self.columns if c.target == target), None)

    def _codes(self, target: str, meaning: Callable[[str], str]) -> list[str]:
        column = self._column(target)
        if column is None:
            return [""] * len(self.keys)
        texts = column.texts().to_pylist()
        word = {text: meaning(text) for text in set(texts)}
        return [word[text] for text in texts]

    def _ages(self) -> list[float]:
        column = self._column("age_years")
        if column is None:
            return [-1.0] * len(self.keys)
        texts = column.texts().to_pylist()
        years = {text: parse_number(text) for text in set(texts)}
        return [years[t].value if years[t].state == "ok" else -1.0 for t in texts]

    @cached_property
    def shared(self) -> frozenset[str]:
        """Numbers of several people within the table."""
        written = [key for key in self.keys if key]
        if len(set(written)) == len(written):
            return frozenset()
        rows: dict[str, list[Person]] = defaultdict(list)
        for key, person in set(zip(self.keys, self.people, strict=True)):
            if key:
                rows[key].append(person)
        return frozenset(k for k, persons in rows.items() if _differ(persons, self.many_rows))


def sex_of(text: str) -> str:
    """male, female, or the code as it is written; '' for none."""
    return "" if is_missing(text) else parse_code(text, "sex") or plain(text).lower()


def phenotype_of(text: str) -> str:
    """TDT, NTDT (also for yes and no to "transfusion dependent?"), or ''."""
    word = parse_code(text, "phenotype") or ""
    word = {"yes": "TDT", "no": "NTDT"}.get(word, word)
    return word if word in PHENOTYPES else ""


def _differ(persons: list[Person], many_rows: bool = False) -> bool:
    """Are these more than one person? An age may be another by a year, from visit to visit by
    more, and there a phenotype may change.
    """
    if len({sex for sex, _, _ in persons} - {""}) > 1:
        return True
    ages = [age for _, _, age in persons if age >= 0]
    if ages and max(ages) - min(ages) > (_YEARS_OF_VISITS if many_rows else _YEARS):
        return True
    return not many_rows and len({phenotype for _, phenotype, _ in persons} - {""}) > 1


def tell_apart(ledger: Ledger, tables: dict[int, Numbered]) -> dict[int, Column]:
    """The id columns of the tables; where a number belongs to several people, one that gives each
    of them an id of their own. Rows that may be anybody's of them have none.
    """
    apart = _other_people(tables)
    torn = {n for n, table in tables.items() if table.shared} | {n for pair in apart for n in pair}
    if not torn:
        return {n: table.ids for n, table in tables.items()}
    names = _sheet_names(tables, sorted(torn), apart)
    named = {n: _told_apart(ledger, tables[n], names[n]) for n in sorted(torn)}
    new_ids: dict[str, set[str]] = defaultdict(set)
    for n, ids in named.items():
        for key, new in zip(tables[n].keys, ids, strict=True):
            new_ids[key].add(new)
    groups = {group_of(new) for ids in named.values() for new in ids if group_of(new)}
    joined = {
        n: named[n] if n in named else _joined(ledger, table, new_ids, groups)
        for n, table in tables.items()
    }
    return {
        n: replace(table.ids, instead=pa.array(joined[n], pa.string()))
        for n, table in tables.items()
    }


def anybodys(ids: Column) -> np.ndarray:
    """Rows of an id column whose number is written, but may be several people's."""
    if ids.instead is None:
        return np.zeros(len(ids.table.rows), dtype=bool)
    typed = replace(ids, instead=None).texts().to_pylist()
    named = ids.instead.to_pylist()
    return np.array(
        [not n and not _says_none(t) for t, n in zip(typed, named, strict=True)], dtype=bool
    )


def _says_none(text: str) -> bool:
    return not text.strip() or (is_missing(text) and not text.isalnum())


def group_of(name: str) -> str:
    """``TDT-1`` → ``TDT``."""
    return name.rpartition("-")[0]


def _other_people(tables: dict[int, Numbered]) -> set[tuple[int, int]]:
    """Pairs of tables of one row a patient whose numbers are different people's."""
    single = [n for n, table in tables.items() if not table.many_rows and not table.shared]
    if len(single) < 2:
        return set()
    first = {n: dict(zip(tables[n].keys, tables[n].people, strict=True)) for n in single}
    found: set[tuple[int, int]] = set()
    for place, n in enumerate(single):
        for other in single[place + 1 :]:
            both = [key for key in first[n] if key and key in first[other]]
            differ = _differing([(first[n][key], first[other][key]) for key in both])
            if differ >= max(_FEWEST, _SHARED * len(both)):
                found.add((n, other))
    return found


def _differing(pairs: list[tuple[Person, Person]]) -> int:
    """How many of these are two people: in sex or phenotype, or older by another time than the
    others (a later sheet may write everybody's age of its own day).
    """
    years = [b[2] - a[2] for a, b in pairs if a[2] >= 0 and b[2] >= 0]
    passed = median(years) if years else 0.0
    return sum(
        _differ([a, b[:2] + (b[2] - passed if min(a[2], b[2]) >= 0 else -1.0,)]) for a, b in pairs
    )


def _sheet_names(
    tables: dict[int, Numbered], torn: list[int], apart: set[tuple[int, int]]
) -> dict[int, str]:
    """A name for each table as a group: its phenotype, shared with the tables of the same people;
    else S1, S2 …
    """
    names: dict[int, str] = {}
    for place, n in enumerate(torn, start=1):
        word = _phenotype_of(tables[n])
        others = {m for m, name in names.items() if (m, n) in apart and name == word}
        names[n] = word if word and not others else f"S{place}"
    return names


def _told_apart(ledger: Ledger, table: Numbered, name: str) -> list[str]:
    """An id for each row: number with group; without a group that tells them apart, the numbers
    that several people have with their row. ``name``: that of the whole table as a group.
    """
    groups = _groups(table) if table.shared else [name] * len(table.keys)
    if groups:
        n = len(set(table.shared) or set(table.keys) - {""})
        ledger.report_column(ERROR, "intake.id.restarts", table.ids, n=n)
        return [f"{g}-{k}" if k else "" for g, k in zip(groups, table.keys, strict=True)]
    rows = table.ids.table.rows.tolist()
    twice = [at for at, key in enumerate(table.keys) if key in table.shared]
    ledger.report_cells(ERROR, "intake.id.two_people", table.ids, twice, Fate.USED, hide=True)
    return [
        f"R{row + 1}-{key}" if key in table.shared else key
        for row, key in zip(rows, table.keys, strict=True)
    ]


def _groups(table: Numbered) -> list[str]:
    """The group of each row, by the first column that tells all who share a number apart; empty
    where none does.
    """
    candidates = [c for c in table.columns if c.target == "phenotype"]
    candidates += [c for c in table.columns if c.target in _GROUPING]
    for column in candidates:
        names = _group_names(column)
        if names and _separates(table, names):
            return names
    return []


def _separates(table: Numbered, groups: list[str]) -> bool:
    by_number: dict[tuple[str, str], list[Person]] = defaultdict(list)
    for group, key, person in zip(groups, table.keys, table.people, strict=True):
        if key:
            by_number[group, key].append(person)
    return _restart(groups, table.keys) and not any(
        _differ(persons, table.many_rows) for persons in by_number.values()
    )


def _restart(groups: list[str], keys: list[str]) -> bool:
    """Do the numbers begin anew in a group: are enough of one group's those of another too?"""
    numbers: dict[str, set[str]] = defaultdict(set)
    for group, key in zip(groups, keys, strict=True):
        numbers[group] |= {key} - {""}
    return any(
        group != other and len(a & b) >= max(1, _SHARED * min(len(a), len(b)))
        for group, a in numbers.items()
        for other, b in numbers.items()
    )


def _group_names(column: Column) -> list[str]:
    """The words of a column that puts the rows into a few groups; empty where it does not."""
    texts = [plain(text) for text in column.texts().to_pylist()]
    counts = Counter(texts)
    if not 1 < len(counts) <= _MOST_GROUPS or any(map(is_missing, counts)):
        return []
    if column.target != "phenotype" and min(counts.values()) < _FEWEST:
        return []
    names = {text: _group_name(text, place) for place, text in enumerate(counts, start=1)}
    return [names[text] for text in texts] if len(set(names.values())) == len(names) else []


def _group_name(text: str, place: int) -> str:
    word = parse_code(text, "phenotype")
    if word in PHENOTYPES:
        return word
    fits = len(text) <= _LONGEST_GROUP and is_short_code(text)
    return text.upper() if fits else f"G{place}"


def _phenotype_of(table: Numbered) -> str:
    """The phenotype that all rows have, or that the sheet is named after."""
    phenotypes = {phenotype for _, phenotype, _ in table.people} - {""}
    return next(iter(phenotypes)) if len(phenotypes) == 1 else named_phenotype(table.ids)


def named_phenotype(column: Column) -> str:
    """The phenotype that the column's sheet is named after; '' where it is not."""
    word = parse_code(column.table.sheet.title, "phenotype") or ""
    return word if word in PHENOTYPES else ""


def _joined(
    ledger: Ledger, table: Numbered, new_ids: dict[str, set[str]], groups: set[str]
) -> list[str]:
    """The ids of a table that joins those told apart: by its own group where it has one."""
    row_groups = _row_groups(table, groups)
    found = [
        f"{group}-{key}" if group else _only(new_ids.get(key, {key}))
        for group, key in zip(row_groups, table.keys, strict=True)
    ]
    lost = [at for at, (new, key) in enumerate(zip(found, table.keys)) if key and not new]
    ledger.report_cells(ERROR, "intake.id.ambiguous", table.ids, lost, hide=True)
    return found


def _only(names: set[str]) -> str:
    return next(iter(names)) if len(names) == 1 else ""


def _row_groups(table: Numbered, groups: set[str]) -> list[str]:
    """The group of each row, of those that numbers restart in; '' where it is not known."""
    for column in table.columns:
        names = [_group_name(plain(text), 0) for text in column.texts().to_pylist()]
        if column.target in ("phenotype", *_GROUPING) and set(names) <= groups:
            return names
    title = named_phenotype(table.ids)
    return [title if title in groups else ""] * len(table.keys)
