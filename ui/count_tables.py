"""Who is in, counted: one small table with bars a column."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Cohort
from thal_core.selection import column_values
from ui.language import column_label, t, value_label

COLUMNS = ("phenotype", "splenectomy", "sex", "beta_class", "genotype", "center", "origin")


def show_counts(cohort: Cohort) -> None:
    tables = {c: counts(cohort, c) for c in COLUMNS}
    shown = {c: table for c, table in tables.items() if len(table)}
    for place, (column, table) in zip(st.columns(3) * len(shown), shown.items(), strict=False):
        place.dataframe(
            table,
            hide_index=True,
            height="content" if len(table) <= 10 else 380,
            column_config={
                "level": st.column_config.TextColumn(column_label(column), width=136),
                "n": st.column_config.NumberColumn(t("column.n"), width=44),
                "percent": st.column_config.ProgressColumn(
                    "%", format="%.0f", min_value=0, max_value=100, width=90
                ),
            },
        )


def counts(cohort: Cohort, column: str) -> pd.DataFrame:
    """level, n, percent of all patients, most frequent first; a blank is ``not recorded``. Empty
    where nobody has it.
    """
    values = column_values(cohort, column)
    if values.isna().all():
        return pd.DataFrame(columns=["level", "n", "percent"])
    words = [t("filter.missing") if pd.isna(v) or v == "" else value_label(v) for v in values]
    table = pd.Series(words).value_counts().rename_axis("level").reset_index(name="n")
    return table.assign(percent=100 * table["n"] / cohort.n)
