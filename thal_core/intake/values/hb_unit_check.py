"""Hb tested against RBC × MCH of the same sample: about 1 in g/L, 0.1 in g/dL, 0.062 in mmol/L."""

from __future__ import annotations

import numpy as np

from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.text.numbers import parse_numbers
from thal_core.intake.values.choose_unit import choose_unit

_FEWEST = 3


def hb_ratios(columns: list[Column]) -> dict[Key, float]:
    """Median of Hb / (RBC × MCH) per Hb column that has both beside it."""
    ratios: dict[Key, float] = {}
    for hb in (c for c in columns if c.target == "hb_g_per_l"):
        red, mch = (_beside(columns, hb, target) for target in ("rbc_10e12_per_l", "mch_pg"))
        if red is None or mch is None:
            continue
        with np.errstate(invalid="ignore", divide="ignore"):
            ratio = parse_numbers(hb.texts()).value / (_canonical(red) * _canonical(mch))
        known = ratio[np.isfinite(ratio) & (ratio > 0)]
        if len(known) >= _FEWEST:
            ratios[hb.key] = float(np.median(known))
    return ratios


def _beside(columns: list[Column], hb: Column, target: str) -> Column | None:
    return next(
        (c for c in columns if c.target == target and c.reading.month == hb.reading.month), None
    )


def _canonical(column: Column) -> np.ndarray:
    value = parse_numbers(column.texts()).value
    return value * choose_unit(column.target, column.reading.unit, value).unit.factor
