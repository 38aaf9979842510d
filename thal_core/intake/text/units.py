"""Units of the quantities: how they are written, and what turns their numbers into the canonical
one.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.fold import compact
from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules


@dataclass(frozen=True)
class Unit:
    """One unit of a quantity (rules/units.csv). The first unit of a quantity is the canonical one.

    canonical value = number × ``factor``. A column's median lies in ``low``–``high``. ``by_value``
    units may be told from the numbers alone, the others only from a written unit.
    """

    quantity: str
    unit: str
    factor: float
    low: float
    high: float
    by_value: bool


@lru_cache(maxsize=1)
def _tables() -> tuple[dict[str, list[Unit]], dict[str, dict[str, Unit]]]:
    by_field: dict[str, list[Unit]] = {}
    spelled: dict[str, dict[str, Unit]] = {}
    for row in read_rules("units"):
        unit = Unit(
            row["quantity"],
            row["unit"],
            float(row["factor"]),
            float(row["low"] or "nan"),
            float(row["high"] or "nan"),
            row["found_by"] == "value",
        )
        for field in row["fields"].split():
            by_field.setdefault(field, []).append(unit)
            for spelling in (row["unit"], *row["spellings"].split("|")):
                spelled.setdefault(field, {}).setdefault(compact(spelling), unit)
    return by_field, spelled


def units_of(field: str) -> list[Unit]:
    """The units a field may be written in, canonical first; empty where it has none."""
    return _tables()[0].get(field, [])


def unit_spellings(field: str) -> dict[str, Unit]:
    """Compact spelling → unit, for one field."""
    return _tables()[1].get(field, {})


@lru_cache(maxsize=1)
def all_spellings() -> frozenset[str]:
    """Every way of writing a unit, of whatever quantity, in compact form."""
    return frozenset(text for spellings in _tables()[1].values() for text in spellings)


@remembered
def same_unit(first: str, second: str) -> bool:
    """Do both compact spellings mean one unit of some quantity (``mL`` and 毫升)?"""
    tables = _tables()[1].values()
    return any(s[first] is s[second] for s in tables if first in s and second in s)


def parse_unit(text: str, field: str) -> Unit | None:
    """The unit that ``text`` names for ``field``; None where it names none."""
    return unit_spellings(field).get(compact(text))


def unit_named(name: str, field: str) -> Unit | None:
    """The unit with this canonical name (as kept in a mapping), or spelled so."""
    return next((u for u in units_of(field) if u.unit == name), None) or parse_unit(name, field)
