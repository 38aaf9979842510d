"""Printed figures beside this cohort's: a switch for drawings, and one printed table at a time."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Result
from thal_core.audit import translate_audit
from thal_core.audit.finding import Verdict
from thal_core.audit.printed import statistic_of
from thal_core.figures.audit_picture import figure_words
from thal_core.rules.catalogue import paper_label
from ui import session
from ui.language import language, number, safe, t
from ui.show import show_result

SHOWN = [
    "row",
    "group",
    "month",
    "statistic",
    "printed",
    "n_published",
    "computed",
    "n",
    "difference",
    "conf_low",
    "conf_high",
    "unit",
]
FEW = 4  # reasons that stand open


def choose_published() -> None:
    """A switch that lays the printed figures over the drawing; kept in the View, so that every page
    and file knows it.
    """
    on = st.toggle(
        t("overlay.switch"),
        session.options().published,
        key=f"overlay:published:{language()}",
        help=t("overlay.help"),
    )
    session.set_options(published=on)


def show_published(result: Result) -> None:
    if result.table.empty:
        show_result(result)
        return
    table = translate_audit(
        result.table.rename(columns=lambda c: c.removeprefix("audit_")), language()
    )
    doubtful = table["verdict"] == Verdict.INCONSISTENT
    apart = (table["conf_low"] > 0) | (table["conf_high"] < 0)
    st.markdown(
        t(
            "overlay.beside",
            n=len(table),
            tables=table.groupby(["paper", "item"]).ngroups,
            intervals=int(table["conf_low"].notna().sum()),
            apart=int(apart.sum()),
            doubtful=int(doubtful.sum()),
        )
    )
    with st.container(horizontal=True):
        paper = st.selectbox(
            t("column.paper"),
            list(table["paper"].unique()),
            key="published_paper",
            width=200,
            format_func=lambda p: paper_label(p, language()),
        )
        table = table[table["paper"] == paper]
        item = st.selectbox(
            t("column.item"), list(table["item"].unique()), key=f"published_item:{paper}", width=420
        )
    table = table[table["item"] == item]
    _reasons(table[table["verdict"] == Verdict.INCONSISTENT])
    show_result(result, shown=lambda: _marked(table), figure=False, title="")


def _reasons(doubtful: pd.DataFrame) -> None:
    """Why a printed cell of this table is in doubt, in full; many of them behind a click."""
    if doubtful.empty:
        return
    with st.expander(
        t("overlay.doubts", n=len(doubtful)), icon=":material/report:", expanded=len(doubtful) < FEW
    ):
        for row in doubtful.itertuples():
            where = figure_words(
                " · ".join(filter(None, (row.row, row.group, row.statistic))), language()
            )
            st.caption(f"**{safe(where)}: {safe(row.printed)}** — {safe(row.why)}")


def _value(value: float, statistic: str) -> str:
    """A number of one row, with the decimals its own statistic deserves."""
    if pd.isna(value):
        return ""
    kind = statistic_of(statistic)
    if kind is not None and kind.kind == "whole":
        return f"{value:,.0f}".replace("-", "−")
    return number(value)


def _marked(table: pd.DataFrame) -> pd.DataFrame:
    """A sign before a printed figure in doubt; columns that this table leaves blank are left
    out.
    """
    doubtful = table["verdict"] == Verdict.INCONSISTENT
    table = table.assign(
        printed=table["printed"].where(~doubtful, "⚠ " + table["printed"]),
        computed=[_value(*v) for v in zip(table["computed"], table["statistic"], strict=True)],
        difference=[_value(*v) for v in zip(table["difference"], table["statistic"], strict=True)],
        statistic=[figure_words(s, language()) for s in table["statistic"]],
    )
    return table[[c for c in SHOWN if table[c].replace("", None).notna().any()]]
