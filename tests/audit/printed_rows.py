"""Short ways to write printed figures and checks in tests."""

from __future__ import annotations

import pandas as pd

from thal_core.audit.checktable import parse_check
from thal_core.audit.engine import audit
from thal_core.audit.printed import COLUMNS

CHECK = dict.fromkeys(
    (
        "check",
        "each",
        "target",
        "first",
        "second",
        "total",
        "other",
        "options",
        "importance",
        "remark",
    ),
    "",
)


def rows(*figures: tuple) -> pd.DataFrame:
    """(id, statistic, value, {other columns}) → rows as read_published gives them."""
    full = [
        dict.fromkeys(COLUMNS, "")
        | {"paper": "P", "item": "Table 1", "id": i, "statistic": s, "value": str(v)}
        | (more[0] if more else {})
        for i, s, v, *more in figures
    ]
    return pd.DataFrame(full, columns=list(COLUMNS), dtype="str")


def check(kind: str, **cells: str):
    return parse_check(CHECK | {"paper": "P", "kind": kind} | cells)


def verdict(figures: pd.DataFrame, one, figure: str) -> pd.Series:
    """The audit row of one figure under one check."""
    return audit(figures, [one]).set_index("id").loc[figure]
