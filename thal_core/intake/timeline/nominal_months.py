"""The months that visits are planned for, and which of them a day stands for
(rules/nominal_months.csv).
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from thal_core.rules.catalogue import read_rules
from thal_core.vocabulary import DAYS_PER_MONTH

_FURTHEST = 2.0  # months a visit may be from the month it stands for
_BASELINE_GRACE = 7  # days after the first dose that a visit still counts as baseline


@lru_cache(maxsize=1)
def nominal_months() -> np.ndarray:
    return np.array([float(row["month"]) for row in read_rules("nominal_months")])


def snap(month: np.ndarray, day: np.ndarray) -> np.ndarray:
    """The nominal month a day stands for; the true month (2 decimals) where it is too far from any.

    Within half the gap to the next nominal month, at most 2 months; nothing after day 7 is
    baseline.
    """
    nominal = nominal_months()
    true = np.where(np.isfinite(day), day / DAYS_PER_MONTH, month)
    nearest = (
        nominal[np.abs(true[:, None] - nominal[None, :]).argmin(axis=1)] if len(true) else true
    )
    late = (nearest == 0) & (true * DAYS_PER_MONTH > _BASELINE_GRACE)
    gap = np.where(late, 0, np.minimum(_FURTHEST, _half_gap(nearest, true)))
    return np.where(np.abs(true - nearest) <= gap, nearest, np.round(true, 2))


def _half_gap(nearest: np.ndarray, true: np.ndarray) -> np.ndarray:
    nominal = nominal_months()
    place = np.searchsorted(nominal, nearest)
    after = nominal[np.minimum(place + 1, len(nominal) - 1)] - nearest
    before = nearest - nominal[np.maximum(place - 1, 0)]
    gap = np.where(true >= nearest, after, before)
    return np.where(gap > 0, gap / 2, _FURTHEST)
