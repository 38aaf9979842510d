"""Two groups compared, month by month: a row a comparison, a column a group."""

from __future__ import annotations

import pandas as pd

from thal_core import Result
from ui.language import number, t, value_label
from ui.level_pickers import narrow
from ui.show import show_result


def show_compared(result: Result) -> None:
    """A Result of two rows a comparison (one per group), as papers print it."""
    groups = list(dict.fromkeys(result.table["group"]))
    headers = {g: f"{value_label(g)}, {t('compared.n_mean_sd')}" for g in groups}
    show_result(
        result,
        shown=lambda: compared_wide(narrow(result, ("population", "grouping", "way"))),
        labels=headers,
    )


def compared_wide(table: pd.DataFrame) -> pd.DataFrame:
    """month, method, a text column a group ("35: 81.2 (7.3)"), mean_diff, effect with its interval,
    statistic, df, p_value; Hedges' g and the baseline-adjusted difference with their intervals as
    text; notes. Columns without content are left out.
    """
    rows = []
    for (month, method), pair in table.groupby(["month", "method"], sort=False):
        first = pair.iloc[0]
        cells = {
            str(r.group): f"{int(r.n)}: {number(r.mean)} ({number(r.sd, abs(r.mean))})"
            for r in pair.itertuples()
        }
        rows.append(
            {"month": month}
            | cells
            | {"method": method}
            | {
                c: first[c]
                for c in (
                    "mean_diff",
                    "effect",
                    "conf_low",
                    "conf_high",
                    "statistic",
                    "df",
                    "p_value",
                )
            }
            | {
                "hedges_g": _with_ends(first, "hedges_g", "hedges_g"),
                "adjusted_diff": _with_ends(first, "adjusted_diff", "adjusted"),
                "adjusted_p": first.get("adjusted_p"),
                "notes": first["notes"] or None,
            }
        )
    wide = pd.DataFrame(rows)
    return wide.drop(
        columns=[
            c
            for c in ("hedges_g", "adjusted_diff", "adjusted_p", "notes")
            if c in wide and wide[c].isna().all()
        ]
    )


def _with_ends(row: pd.Series, value: str, ends: str) -> str | None:
    """``0.52 (0.11 – 0.93)``; None where there is no value."""
    if pd.isna(row.get(value)):
        return None
    size = abs(row[value])
    low, high = (number(row[f"{ends}_{end}"], size) for end in ("low", "high"))
    return f"{number(row[value], size)} ({low} – {high})"
