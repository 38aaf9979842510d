"""Printed figures beside this cohort's, one printed table at a time; a printed cell in doubt is marked."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Result
from thal_core.audit import translate_audit
from thal_core.audit.finding import Verdict
from ui.language import language, t
from ui.show import show_result

SHOWN = ["row", "group", "month", "statistic", "printed", "n_published", "computed", "n", "difference", "conf_low",
         "conf_high", "unit", "doubt"]


def show_published(result: Result) -> None:
    if result.table.empty:
        show_result(result)
        return
    table = translate_audit(result.table, language())
    left, right, _ = st.columns([2, 2, 3])
    paper = left.selectbox(t("column.paper"), list(table["paper"].unique()), key="published_paper")
    table = table[table["paper"] == paper]
    item = right.selectbox(t("column.item"), list(table["item"].unique()), key=f"published_item:{paper}")
    show_result(result, shown=lambda: _with_doubt(table[table["item"] == item]), figure=False)


def _with_doubt(table: pd.DataFrame) -> pd.DataFrame:
    """The reason only where the audit finds that a printed figure does not follow."""
    table = table.assign(doubt=table["why"].where(table["verdict"] == Verdict.INCONSISTENT, ""))
    return table[[c for c in SHOWN if table[c].replace("", None).notna().any()]]
