"""What the title of a drawing of one predictor may say of its direction."""

from __future__ import annotations

import math

import pandas as pd

FEWEST = 10  # patients in each group
OPPOSITE, NOT_SHOWN, UP, DOWN = "opposite", "not_shown", "up", "down"


def headline(rows: pd.DataFrame, apart: tuple[float, float], null: float) -> str:
    """``up`` or ``down`` where every population agrees, ``opposite`` where the phenotypes differ,
    else ``not_shown``.

    rows: population {all, TDT, NTDT}, estimate, low, high (95 % interval), fewest (patients in the
    smaller group). A direction needs an interval without ``null`` and ten patients in each group,
    in every row. Opposite directions need ten in each phenotype and an interval of the interaction
    (``apart``) without ``null``.
    """
    enough = (rows["fewest"] >= FEWEST) & rows["low"].notna() & rows["high"].notna()
    for word, shown in ((UP, rows["low"] > null), (DOWN, rows["high"] < null)):
        if len(rows) and (enough & shown).all():
            return word
    phenotypes = rows[rows["population"] != "all"]
    low, high = apart
    differ = not math.isnan(low) and not math.isnan(high) and (low > null or high < null)
    sides = {value > null for value in phenotypes["estimate"].dropna()}
    if differ and len(sides) == 2 and (phenotypes["fewest"] >= FEWEST).all():
        return OPPOSITE
    return NOT_SHOWN
