"""Number columns → values in the canonical unit, within the hard limits; every departure is
named.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.numbers import Numbers, parse_numbers
from thal_core.intake.text.units import Unit, parse_unit, unit_named, units_of
from thal_core.intake.values.cell_words import with_words
from thal_core.intake.values.choose_unit import Choice, odd_units, same_unit_columns
from thal_core.intake.values.thousands import without_thousands_points
from thal_core.rules.catalogue import Field, fields

_BLOOD = "transfusion"  # the quantity whose units are an amount and a time (rules/units.csv)
LISTED = 200  # kept but unusual values of one column that are listed one by one
_LIMITS_OF = {
    "hb_pre_g_per_l": "hb_g_per_l",
    "hb_post_g_per_l": "hb_g_per_l",
    "dose": "dose_mg_per_day",
    "treatment_dose": None,
}


@dataclass(eq=False)
class Values:
    """A column's values, one per row of its table: NaN (or '') where there is none.

    ``month`` and ``day``: one per row, or one for all; set when the time of the rows is known.
    ``waiting``: the unit whose conversion needs another quantity (Hb, weight), or None.
    ``in_ml``: which rows are millilitres, where a column mixes them with units of blood.
    ``hb_timing``: what remarks beside the numbers say of transfusion, '' where none does.
    """

    column: Column
    value: np.ndarray
    censored: np.ndarray | None = None
    waiting: Unit | None = None
    hb_timing: np.ndarray | None = None
    in_ml: np.ndarray | None = None

    def coded(self) -> tuple[np.ndarray, list[str]]:
        """Text values as (code of each row, distinct texts)."""
        texts, codes = np.unique(self.value.astype(str), return_inverse=True)
        return codes, texts.tolist()


@dataclass(eq=False)
class _Draft:
    column: Column
    numbers: Numbers
    own_unit: dict[Unit, list[int]]  # cells that write their own unit
    hb_timing: np.ndarray | None = None  # of each row, where remarks say it


def read_quantities(
    ledger: Ledger, columns: list[Column], ratios: dict[Key, float] | None = None
) -> list[Values]:
    """All number columns of one field in one table. ``ratios``: Hb / (RBC × MCH) by column
    (red_cells).
    """
    drafts = [_draft(ledger, without_thousands_points(ledger, column)) for column in columns]
    choices = _choices(
        ledger, drafts, [(ratios or {}).get(column.key, float("nan")) for column in columns]
    )
    return [_finish(ledger, draft, choice) for draft, choice in zip(drafts, choices, strict=True)]


def _draft(ledger: Ledger, column: Column) -> _Draft:
    numbers, hb_timing = with_words(column, parse_numbers(column.texts()))
    own_unit: dict[Unit, list[int]] = {}
    bad: dict[str, list[int]] = {}
    missing: list[int] = []
    for position, reading in zip(numbers.odd, numbers.readings, strict=True):
        if reading.state == "missing":
            missing.append(position)
        elif reading.state != "ok":
            bad.setdefault(reading.state, []).append(position)
        elif reading.rest:
            unit = parse_unit(reading.rest, column.target)
            if unit is None:
                bad.setdefault("text", []).append(position)
            else:
                own_unit.setdefault(unit, []).append(position)
    for state, positions in bad.items():
        numbers.value[positions] = np.nan
        ledger.report_cells(ERROR, f"intake.cell.{state}", column, positions)
    _report_missing_words(ledger, column, missing)
    return _Draft(column, numbers, own_unit, hb_timing)


def _report_missing_words(ledger: Ledger, column: Column, positions: list[int]) -> None:
    """One note per column about words for "no value"; blanks and dashes need none."""
    texts = column.texts()
    words = Counter(texts[int(p)].as_py().strip() for p in positions)
    in_words = {w: n for w, n in words.items() if any(c.isalnum() for c in w)}
    if in_words:
        ledger.report_column(
            NOTE, "intake.missing_words", column, n=sum(in_words.values()), words=list(in_words)[:5]
        )


def _choices(ledger: Ledger, drafts: list[_Draft], ratios: list[float]) -> list[Choice]:
    target = drafts[0].column.target
    if not units_of(target):
        return [
            Choice(Unit("", "", 1.0, float("nan"), float("nan"), True), "header") for _ in drafts
        ]
    plain = []
    for draft in drafts:
        values = draft.numbers.value.copy()
        for positions in draft.own_unit.values():
            values[positions] = np.nan
        plain.append(values)
    written = [draft.column.reading.unit for draft in drafts]
    choices = same_unit_columns(target, written, plain, ratios)
    for position, draft in enumerate(drafts):
        chosen = (
            unit_named(written[position], target)
            if draft.column.reading.by_hand and written[position]
            else None
        )
        if chosen is not None:
            choices[position] = Choice(chosen, "header")
    return choices


def _finish(ledger: Ledger, draft: _Draft, choice: Choice) -> Values:
    column, unit = draft.column, choice.unit
    limits = limits_of(column.target)
    _report_unit(ledger, column, choice)
    in_ml, unclear = _in_ml(draft, unit)
    ledger.report_cells(ERROR, "intake.cell.text", column, unclear)
    written = draft.numbers.value.copy()
    written[unclear] = np.nan
    factor, changed = _factors(draft, unit, written, limits)
    value = np.where(factor == 1, written, as_typed(written * factor))
    waiting = unit if _needs_another(column.target, unit) else None
    ledger.mark(column, Fate.USED)
    if limits and waiting is None:
        judged = value if in_ml is None else np.where(in_ml, np.nan, value)
        within = _within_limits(ledger, column, judged, limits)
        value = within if in_ml is None else np.where(in_ml, value, within)
    for other, positions in changed.items():
        finite = [p for p in positions if np.isfinite(value[p])]
        units = {"unit": other.unit, "column_unit": unit.unit}
        ledger.report_cells(WARNING, "intake.cell.other_unit", column, finite, Fate.USED, **units)
    known = column.read_as(unit=unit.unit or column.reading.unit)
    ledger.learn(known)
    return Values(known, value, draft.numbers.censored, waiting, draft.hb_timing, in_ml)


def _factors(
    draft: _Draft, unit: Unit, written: np.ndarray, limits: Field | None
) -> tuple[np.ndarray, dict[Unit, list[int]]]:
    """What each number is multiplied by; the positions of those in another unit than the column,
    as they say themselves or as their size tells.
    """
    factor, plain = np.full(len(written), unit.factor), written.copy()
    for other, positions in draft.own_unit.items():
        factor[positions], plain[positions] = other.factor, np.nan
    changed = {u: list(p) for u, p in draft.own_unit.items() if u.factor != unit.factor}
    if limits and unit.unit:
        hard = limits.hard_low, limits.hard_high
        for other, positions in odd_units(draft.column.target, unit, plain, *hard).items():
            factor[positions] = other.factor
            changed.setdefault(other, []).extend(positions.tolist())
    return factor, changed


def _in_ml(draft: _Draft, unit: Unit) -> tuple[np.ndarray | None, list[int]]:
    """Which rows of a column of transfusions are millilitres, where some cells write another unit
    than the column's (None where none does); positions of cells over another time or per kg.
    """
    amount, _, window = unit.unit.partition("/")
    others = {u: p for u, p in draft.own_unit.items() if u.quantity == _BLOOD and u != unit}
    if not others:
        return None, []
    in_ml = np.full(len(draft.numbers.value), amount == "mL")
    unclear: list[int] = []
    for other, positions in others.items():
        measure, _, time = other.unit.partition("/")
        if time == window:
            in_ml[positions] = measure == "mL"
        else:
            unclear += positions
    return in_ml, unclear


def _needs_another(target: str, unit: Unit) -> bool:
    share_in_g = unit.quantity == "haemoglobin share" and unit.unit in ("g/L", "g/dL")
    return (
        share_in_g
        or unit.quantity == "dose"
        and "kg" in unit.unit
        or unit.quantity == "transfusion"
        and unit.unit != "U"
    )


def limits_of(target: str) -> Field | None:
    """The row of rules/fields.csv whose limits hold for this field or role."""
    name = _LIMITS_OF.get(target, target)
    return fields().get(name) if name else None


def _report_unit(ledger: Ledger, column: Column, choice: Choice) -> None:
    unit = choice.unit
    if choice.why == "contradicted":
        ledger.report_column(
            WARNING, "intake.unit.contradicted", column, written=column.reading.unit, unit=unit.unit
        )
    elif choice.why == "values" and unit != units_of(column.target)[0]:
        ledger.report_column(WARNING, "intake.unit.from_values", column, unit=unit.unit)


def _within_limits(ledger: Ledger, column: Column, value: np.ndarray, limits: Field) -> np.ndarray:
    with np.errstate(invalid="ignore"):
        wrong = (value < limits.hard_low) | (value > limits.hard_high)
        unusual = ((value < limits.warn_low) | (value > limits.warn_high)) & ~wrong
    ledger.report_cells(
        ERROR,
        "intake.cell.impossible",
        column,
        np.flatnonzero(wrong),
        low=limits.hard_low,
        high=limits.hard_high,
        unit=limits.unit,
    )
    _report_unusual(ledger, column, value, np.flatnonzero(unusual), limits)
    return np.where(wrong, np.nan, value)


def _report_unusual(
    ledger: Ledger, column: Column, value: np.ndarray, where: np.ndarray, limits: Field
) -> None:
    """List unusual values one by one, as far as a person would read."""
    sides = {
        "below": (limits.warn_low, where[value[where] < limits.warn_low]),
        "above": (limits.warn_high, where[value[where] > limits.warn_high]),
    }
    for side, (limit, rows) in sides.items():
        ledger.report_cells(
            NOTE,
            f"intake.cell.unusual_{side}",
            column,
            rows[:LISTED],
            Fate.USED,
            limit=limit,
            unit=limits.unit,
        )
        if len(rows) > LISTED:
            ledger.report_column(NOTE, "intake.cell.unusual_more", column, n=len(rows) - LISTED)


def as_typed(values: np.ndarray) -> np.ndarray:
    """Converted values without the noise of the multiplication: 8.43 × 10 is 84.3, as if it had
    been typed so.
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        digits = 11 - np.floor(np.log10(np.abs(values)))
    scale = 10.0 ** np.clip(np.where(np.isfinite(digits), digits, 0), 0, 15)
    return np.round(values * scale) / scale
