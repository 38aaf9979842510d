"""Which unit a column's numbers are in: the header's word, tested against the values."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thal_core.intake.text.units import Unit, unit_named, units_of

SHARES = frozenset({"haemoglobin share", "percent change"})
_FEWEST_SHARES = {"haemoglobin share": 3}
_FEW = 5  # fewer values of one column than this do not overrule the other columns of the quantity
_RATIOS = (("g/L", 0.5, 2.0), ("g/dL", 0.08, 0.2), ("mmol/L", 0.04, 0.08))


@dataclass(frozen=True)
class Choice:
    """The unit taken, and why: ``header`` (it fits), ``values`` (none written), ``contradicted``
    (the header says another), ``assumed`` (nothing tells; the canonical one).
    """

    unit: Unit
    why: str


def choose_unit(
    field: str, written: str, values: np.ndarray, ratio: float = float("nan")
) -> Choice:
    """The unit of ``values`` of ``field`` under a header that says ``written`` ('' where it says
    none).

    ``ratio``: median of Hb / (RBC × MCH) where both are known: about 1 in g/L, 0.1 in g/dL, 0.062
    in mmol/L.
    """
    units = units_of(field)
    named = unit_named(written, field) if written else None
    known = values[np.isfinite(values)]
    seen = _by_ratio(field, ratio) or _by_values(units, named, known)
    if named is not None:
        return Choice(named, "header") if seen in (None, named) else Choice(seen, "contradicted")
    return Choice(seen, "values") if seen is not None else Choice(units[0], "assumed")


def _by_ratio(field: str, ratio: float) -> Unit | None:
    if field != "hb_g_per_l":
        return None
    return next(
        (unit_named(name, field) for name, low, high in _RATIOS if low <= ratio < high), None
    )


def _by_values(units: list[Unit], named: Unit | None, values: np.ndarray) -> Unit | None:
    """The unit that the numbers can be in; ``named`` itself wherever it is possible; None where
    nothing tells.
    """
    if not len(values):
        return None
    if units[0].quantity in SHARES:
        return _share(units, named, values)
    middle = float(np.median(values))
    possible = [u for u in units if (u is named or u.by_value) and _holds(u, middle)]
    if named is not None and (named in possible or np.isnan(named.low)):
        return named
    return possible[0] if possible else None


def _holds(unit: Unit, value: float) -> bool:
    return bool(unit.low <= value <= unit.high)


def _share(units: list[Unit], named: Unit | None, values: np.ndarray) -> Unit | None:
    """Percent or a share of 1: a column that never exceeds 1 and has decimals is a share."""
    if named is not None and named.unit not in ("%", "fraction"):
        return named
    percent, fraction = units[0], next(u for u in units if u.unit == "fraction")
    small = bool((np.abs(values) <= 1).all()) and bool((values % 1 != 0).any())
    if not small:
        return percent if named is None or (np.abs(values) > 1).any() else named
    enough = len(values) >= _FEWEST_SHARES.get(
        percent.quantity, 1
    )  # one patient may have 0.5 % HbF
    return fraction if enough or named is fraction else percent


def same_unit_columns(
    field: str,
    written: list[str],
    values: list[np.ndarray],
    ratios: list[float],
) -> list[Choice]:
    """One choice per column of a quantity: columns with the same written unit share their evidence,
    and a column with values enough of its own may differ."""
    alone = [
        choose_unit(field, word, numbers, ratio)
        for numbers, word, ratio in zip(values, written, ratios, strict=True)
    ]
    enough = [
        np.isfinite(numbers).sum() >= _FEW or np.isfinite(ratio)
        for numbers, ratio in zip(values, ratios, strict=True)
    ]
    sure = [a.why != "assumed" and e for a, e in zip(alone, enough, strict=True)]
    together = {
        word: choose_unit(
            field,
            word,
            np.concatenate([v for v, w in zip(values, written, strict=True) if w == word]),
        )
        for word in {w for w, s in zip(written, sure, strict=True) if not s}
    }
    return [a if s else together[word] for a, s, word in zip(alone, sure, written, strict=True)]


def odd_units(
    field: str, unit: Unit, values: np.ndarray, hard_low: float, hard_high: float
) -> dict[Unit, np.ndarray]:
    """Single cells that must be in another unit than their column: {that unit: positions}.

    A cell counts where it is impossible in the column's unit and possible in exactly one other; for
    haemoglobin, 25 parts g/L from g/dL.
    """
    canonical = values * unit.factor
    impossible = (canonical < hard_low) | (canonical > hard_high)
    if unit.quantity == "haemoglobin" and unit.unit in ("g/L", "g/dL"):
        impossible = ~(
            (values >= unit.low) & (values < 25 if unit.unit == "g/dL" else values <= unit.high)
        )
    where = np.flatnonzero(impossible & np.isfinite(values) & (values > 0))
    found: dict[Unit, list[int]] = {}
    for position in where:
        others = [
            u
            for u in units_of(field)
            if u.by_value
            and u.factor != unit.factor
            and _holds(u, values[position])
            and hard_low <= values[position] * u.factor <= hard_high
        ]
        if len(others) == 1:
            found.setdefault(others[0], []).append(int(position))
    return {other: np.array(positions) for other, positions in found.items()}
