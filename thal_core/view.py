"""Options, Selection and View: what was asked, as frozen values with JSON in and out.

A View is the one thing behind the address bar, a saved view, the manifest, the command line and the
shown code, and it is the one validator of forged input: every value that enters here is checked for
its type, its length and its alphabet. Whether a criterion or a column exists is asked where it is
used.
"""

from __future__ import annotations

import json
import operator
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from typing import Any

from thal_core.figure_options import FigureOptions
from thal_core.issues import CohortError
from thal_core.mapping import Mapping

OPERATORS = ("<=", ">=", "!=", "=", "<", ">")
COMPARE: dict[
    str, Callable[[Any, float], Any]
] = {  # of numbers; the operators of rules and conditions alike
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}
MISSING = "missing"
LAST = "last"  # as a month: each patient's last judged visit on the drug
_COLUMN = r"[^<>=!,\x00-\x1f]{1,80}"  # a column of the cohort, or of the sheet in any script
_CONDITION = re.compile(
    rf"^\s{{0,9}}({_COLUMN}?)\s{{0,9}}(<=|>=|!=|=|<|>)\s{{0,9}}(.{{1,2000}})$", re.DOTALL
)
_IDENTIFIER = re.compile(r"^[A-Za-z_][A-Za-z0-9_]{0,63}$")


@dataclass(frozen=True)
class Options:
    """How an analysis is to be done.

    criterion: id of a row of rules/criteria.csv. month: the month asked for, None for the
    criterion's own, "last" for each patient's last judged visit on the drug. group_by: a column of
    ``patients``, or ``response``. p_values: print P in the baseline table. analyte: a column of
    ``visits``. unit_volume_ml: red cells of how much whole blood one transfusion unit of this
    cohort is (China 200, elsewhere 400–500). seed: of any random draw. patient_id: for the timeline
    of one patient. published: lay the papers' printed figures over a drawing.
    """

    criterion: str = "yang2024"
    month: float | str | None = None
    group_by: str = "response"
    p_values: bool = False
    analyte: str = "hb_g_per_l"
    unit_volume_ml: float = 200.0
    seed: int = 20240917
    patient_id: str = ""
    published: bool = False

    def __post_init__(self) -> None:
        for name in ("criterion", "group_by", "analyte"):
            if not isinstance(getattr(self, name), str) or not _IDENTIFIER.match(
                getattr(self, name)
            ):
                raise CohortError("view.bad_option", name=name)
        if self.month is not None:
            checked_month(self.month)
        if not (_number(self.unit_volume_ml) and 50 <= self.unit_volume_ml <= 1000):
            raise CohortError("view.bad_option", name="unit_volume_ml")
        for name in ("p_values", "published"):
            if not isinstance(getattr(self, name), bool):
                raise CohortError("view.bad_option", name=name)
        if not (isinstance(self.seed, int) and 0 <= self.seed < 2**32):
            raise CohortError("view.bad_option", name="seed")
        if not _is_text(self.patient_id) or len(self.patient_id) > 200:
            raise CohortError("view.bad_option", name="patient_id")

    def month_or(self, usual: float) -> float | str:
        """The month of judgement: the one asked for ("last" among them), else the criterion's
        own.
        """
        return usual if self.month is None else self.month

    def visit_or(self, usual: float) -> float:
        """The month of the visits to show: the one asked for, else ``usual``; "last" is no visit
        that all share.
        """
        return usual if self.month is None or isinstance(self.month, str) else self.month


@dataclass(frozen=True)
class Condition:
    """``column operator values``; ``=`` and ``!=`` take several values (any of them), one may be
    ``missing``.
    """

    column: str
    operator: str
    values: tuple[str, ...]

    def __post_init__(self) -> None:
        texts = (self.column, self.operator, *self.values)
        if not all(_is_text(t) and len(t) <= 2000 for t in texts) or not self.values:
            raise _unreadable(self.column)
        if not re.fullmatch(_COLUMN, self.column) or self.operator not in OPERATORS:
            raise _unreadable(self.column)
        if self.operator in COMPARE:
            _finite(self.values, self)

    @classmethod
    def parse(cls, text: str) -> Condition:
        """``sex=female`` · ``genotype=CD17/-28,CD17/-29`` · ``age_years>=14`` ·
        ``splenectomy=missing``.
        """
        match = _CONDITION.match(text) if isinstance(text, str) else None
        if not match:
            raise _unreadable(text)
        column, operator, rest = match.groups()
        return cls(column, operator, tuple(v.strip() for v in rest.split(",") if v.strip()))

    def __str__(self) -> str:
        return f"{self.column}{self.operator}{','.join(self.values)}"

    @property
    def code(self) -> str:
        """As Python: the short text where it reads back as the same condition, else the parts."""
        try:
            short = Condition.parse(str(self)) == self
        except CohortError:
            short = False
        return repr(str(self)) if short else repr((self.column, self.operator, self.values))

    @classmethod
    def of(cls, given: object) -> Condition:
        """From a Condition, its text, or its three parts (column, operator, values)."""
        if isinstance(given, Condition):
            return given
        if isinstance(given, str):
            return cls.parse(given)
        if (
            isinstance(given, list | tuple)
            and len(given) == 3
            and isinstance(given[2], list | tuple)
        ):
            return cls(given[0], given[1], tuple(given[2]))
        raise _unreadable(given)


@dataclass(frozen=True)
class Selection:
    """Conditions joined by *and*. ``Selection(("sex=female", "age_years>=14"))`` or
    ``Selection(where="sex=female")``.
    """

    where: tuple[Condition, ...] = ()

    def __post_init__(self) -> None:
        where: object = (self.where,) if isinstance(self.where, str | Condition) else self.where
        if not isinstance(where, Iterable):
            raise CohortError("selection.unreadable", text="")
        object.__setattr__(self, "where", tuple(Condition.of(c) for c in where))

    def parts(self) -> list[list[object]]:
        """For JSON: one [column, operator, [values]] a condition."""
        return [[c.column, c.operator, list(c.values)] for c in self.where]

    def to_json(self) -> str:
        return json.dumps(self.parts(), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Selection:
        try:
            return cls(tuple(_list(json.loads(text))))
        except (ValueError, TypeError, RecursionError) as error:
            raise _unreadable(text) from error


@dataclass(frozen=True)
class View:
    """mapping + selection + options + the file's SHA-256; figures: how the figures of a result
    are wanted, by its name.
    """

    sha256: str = ""
    selection: Selection = field(default_factory=Selection)
    options: Options = field(default_factory=Options)
    mapping: Mapping = field(default_factory=Mapping)
    figures: tuple[tuple[str, FigureOptions], ...] = ()

    def figure(self, name: str) -> FigureOptions:
        """How the figures of this result are wanted."""
        return dict(self.figures).get(name, FigureOptions())

    def with_figure(self, name: str, wanted: FigureOptions) -> View:
        others = {k: v for k, v in self.figures if k != name}
        kept = others if wanted == FigureOptions() else {**others, name: wanted}
        return replace(self, figures=tuple(kept.items()))

    def to_json(self) -> str:
        return json.dumps(
            {
                "format": "thal-view/1",
                "sha256": self.sha256,
                "selection": self.selection.parts(),
                "options": asdict(self.options),
                "mapping": json.loads(self.mapping.to_json()),
                "figures": {name: wanted.parts() for name, wanted in self.figures},
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> View:
        """Raises CohortError for anything that is not a well-formed view."""
        try:
            data = json.loads(text)
            if data.get("format") != "thal-view/1":
                raise ValueError("format")
            names = {f.name for f in fields(Options)}
            sha256 = data.get("sha256", "")
            if not re.fullmatch(r"[0-9a-f]{0,64}", sha256):
                raise ValueError("sha256")
            return cls(
                sha256=sha256,
                selection=Selection(tuple(_list(data.get("selection", [])))),
                options=Options(**{k: v for k, v in data.get("options", {}).items() if k in names}),
                mapping=Mapping.from_json(json.dumps(data["mapping"]))
                if data.get("mapping")
                else Mapping(),
                figures=_figures(data.get("figures", {})),
            )
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CohortError("view.unreadable") from error


def _figures(given: Any) -> tuple[tuple[str, FigureOptions], ...]:
    if len(given) > 100 or not all(_IDENTIFIER.match(name) for name in given):
        raise ValueError("figures")
    return tuple((name, FigureOptions.of(wanted)) for name, wanted in given.items())


def _is_text(value: object) -> bool:
    """Half a character (\\ud800), as a forged address may hold it, can be neither shown nor sent
    nor saved.
    """
    if not isinstance(value, str):
        return False
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def _unreadable(given: object) -> CohortError:
    return CohortError(
        "selection.unreadable", text=str(given)[:80].encode("utf-8", "backslashreplace").decode()
    )


def checked_month(month: object) -> float | str:
    """A month of judgement: "last" or a number above 0 and up to 600. Raises CohortError, in one
    sentence.
    """
    if month == LAST:
        return LAST
    if not _number(month) or not 0 <= month <= 600:  # type: ignore[operator]
        raise CohortError("view.bad_option", name="month")
    if month == 0:
        raise CohortError("view.month_zero")
    return float(month)  # type: ignore[arg-type]


def _number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value


def _list(value: object) -> list[object]:
    if not isinstance(value, list) or len(value) > 100:
        raise CohortError("selection.unreadable", text="")
    return value


def _finite(values: tuple[str, ...], condition: Condition) -> None:
    try:
        [float(v) for v in values]
    except ValueError as error:
        raise CohortError(
            "selection.not_a_number", text=f"{condition.column}{condition.operator}{values[0]}"[:80]
        ) from error
    if len(values) != 1:
        raise CohortError("selection.unreadable", text=condition.column)
