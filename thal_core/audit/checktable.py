"""The declarative check table: which printed rows belong together, and what must hold between them.

A selector says which rows: ``item=Table 4|Table 5;group=* SLR/NR;statistic=mean @row``. Conditions
are joined by ``;`` (and), alternatives by ``|``, ``*`` stands for anything, ``!=`` excludes, and a
blank value asks for a blank cell. After ``@`` stand the columns by which the rows are matched to
the figure that is checked; without ``@`` those of the check's ``each``. A blank cell in such a
column fits every value.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from thal_core.audit.printed import Printed
from thal_core.rules.catalogue import read_paper_rules

ROLES = ("first", "second", "total", "other")
KEYS = (
    "id",
    "paper",
    "item",
    "row",
    "group",
    "timepoint_months",
    "statistic",
    "unit",
    "note",
    "measure",
)
ORDER = "order"  # ``each=order``: the n-th figure of one role belongs to the n-th of the other


class SelectorError(ValueError):
    """A selector that cannot be read."""


class Paper:
    """The figures of one paper that can be computed with, as printed and by id."""

    def __init__(self, figures: Iterable[Printed]) -> None:
        self.rows = [f for f in figures if f.kind != "text"]
        self.by_id = {f.id: f for f in self.rows}


@dataclass(frozen=True)
class Condition:
    """One column: its value is among ``values`` or fits one of ``patterns`` (or not, if not
    ``wanted``).
    """

    column: str
    wanted: bool
    values: tuple[str, ...]
    patterns: tuple[str, ...] = ()

    def holds(self, figure: Printed) -> bool:
        value = figure.key(self.column)
        found = value in self.values or any(
            fnmatchcase(value, pattern) for pattern in self.patterns
        )
        return found is self.wanted


@dataclass(frozen=True)
class Selector:
    conditions: tuple[Condition, ...]
    keys: tuple[str, ...] | None = None  # None: those of the check

    @classmethod
    def parse(cls, text: str) -> Selector:
        body, marked, keys = text.partition("@")
        conditions = tuple(_condition(part) for part in body.split(";") if part.strip())
        return cls(conditions, _keys(keys) if marked else None)

    @classmethod
    def of_ids(cls, ids: Iterable[str]) -> Selector:
        """Exactly these rows, whatever else they say."""
        return cls((Condition("id", True, tuple(ids)),), ())

    def choose(self, paper: Paper) -> list[Printed]:
        """The figures taken, in the order of the ids where the selector lists ids, else as
        printed.
        """
        listed = next(
            (c.values for c in self.conditions if c.column == "id" and c.wanted and not c.patterns),
            None,
        )
        rows = (
            paper.rows if listed is None else [paper.by_id[i] for i in listed if i in paper.by_id]
        )
        return [f for f in rows if all(condition.holds(f) for condition in self.conditions)]


@dataclass(frozen=True)
class Check:
    """One row of a paper's checks.csv."""

    check: str
    paper: str
    kind: str
    each: tuple[str, ...]
    target: Selector
    roles: dict[str, Selector]
    options: dict[str, str] = field(default_factory=dict)
    importance: str = "medium"
    remark: str = ""


@dataclass(frozen=True)
class Case:
    """Figures to be checked and the figures they are checked against."""

    check: Check
    targets: list[Printed]
    roles: dict[str, list[Printed]]

    def __getattr__(self, role: str) -> list[Printed]:
        if role in ROLES:
            return self.roles.get(role, [])
        raise AttributeError(role)

    @property
    def size(self) -> float:
        """n of ``total``, 0 where it is not printed."""
        return self.total[0].value if self.total else 0.0

    def number(self, option: str, default: float) -> float:
        return float(self.check.options.get(option, default))

    def option(self, name: str, default: str = "") -> str:
        return self.check.options.get(name, default)


def read_checks() -> list[Check]:
    """The checks that the papers in rules/papers bring with them."""
    return [parse_check(row) for row in read_paper_rules("checks")]


def parse_check(row: dict[str, str]) -> Check:
    """A row of the check table. Raises SelectorError where a selector or an option cannot be
    read.
    """
    roles = {role: Selector.parse(row[role]) for role in ROLES if row.get(role)}
    options = dict(_option(part) for part in row.get("options", "").split(";") if part.strip())
    return Check(
        row["check"],
        row["paper"],
        row["kind"],
        _keys(row.get("each", "")),
        Selector.parse(row["target"]),
        roles,
        options,
        row.get("importance") or "medium",
        row.get("remark", ""),
    )


def papers_of(figures: Iterable[Printed]) -> dict[str, Paper]:
    """The papers among the figures, by name."""
    found: dict[str, list[Printed]] = {}
    for figure in figures:
        found.setdefault(figure.paper, []).append(figure)
    return {name: Paper(rows) for name, rows in found.items()}


def cases(check: Check, papers: Mapping[str, Paper]) -> list[Case]:
    """The check, once for every value of its ``each`` columns."""
    if check.paper not in papers:
        return []
    own = papers[check.paper]
    targets = check.target.choose(own)
    chosen = {role: selector.choose(own) for role, selector in check.roles.items()}
    if check.each == (ORDER,):
        return [
            Case(check, [target], {role: rows[i : i + 1] for role, rows in chosen.items()})
            for i, target in enumerate(targets)
        ]
    grouped: dict[tuple[str, ...], list[Printed]] = {}
    for target in targets:
        grouped.setdefault(tuple(target.key(column) for column in check.each), []).append(target)
    return [
        Case(check, members, _matched(check, chosen, members[0])) for members in grouped.values()
    ]


def _matched(
    check: Check, chosen: dict[str, list[Printed]], target: Printed
) -> dict[str, list[Printed]]:
    matched = {}
    for role, rows in chosen.items():
        keys = check.roles[role].keys
        columns = check.each if keys is None else keys
        matched[role] = [f for f in rows if all(f.key(c) in ("", target.key(c)) for c in columns)]
    return matched


def _condition(text: str) -> Condition:
    column, equals, values = text.partition("=")
    wanted = not column.endswith("!")
    column = column.rstrip("!").strip()
    if not equals or column not in KEYS:
        raise SelectorError(text)
    parts = [value.strip() for value in values.split("|")]
    patterns = tuple(part for part in parts if "*" in part or "?" in part)
    return Condition(
        column, wanted, tuple(part for part in parts if part not in patterns), patterns
    )


def _keys(text: str) -> tuple[str, ...]:
    keys = tuple(key.strip() for key in text.split(",") if key.strip())
    if any(key not in (*KEYS, ORDER) for key in keys):
        raise SelectorError(text)
    return keys


def _option(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals:
        raise SelectorError(text)
    return name.strip(), value.strip()
