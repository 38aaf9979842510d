"""Two groups compared, month by month: a row a comparison, a column a group."""

from __future__ import annotations

import pandas as pd

from thal_core import Result
from ui.language import number, t, value_label
from ui.narrow import narrow
from ui.show import show_result


def show_compared(result: Result) -> None:
    """A Result of two rows a comparison (one per group), as papers print it."""
    groups = list(dict.fromkeys(result.table["group"]))
    headers = {g: f"{value_label(g)}, {t('compared.n_mean_sd')}" for g in groups}
    show_result(result, shown=lambda: compared_wide(narrow(result, ("population", "grouping", "way"))), labels=headers)


def compared_wide(table: pd.DataFrame) -> pd.DataFrame:
    """month, method, a text column a group ("35: 81.2 (7.3)"), mean_diff, std_error, statistic, df, p_value."""
    rows = []
    for (month, method), pair in table.groupby(["month", "method"], sort=False):
        first = pair.iloc[0]
        cells = {str(r.group): f"{int(r.n)}: {number(r.mean)} ({number(r.sd, abs(r.mean))})" for r in pair.itertuples()}
        rows.append({"month": month} | cells | {"method": method} | {
            c: first[c] for c in ("mean_diff", "std_error", "statistic", "df", "p_value")})
    return pd.DataFrame(rows)
