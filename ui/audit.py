"""The audit as a referee would write it: how many figures, what matters first, then every figure."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from thal_core import Result
from thal_core.audit import audit, findings_first, read_published, translate_audit
from thal_core.audit.finding import Verdict
from thal_core.issues import issues_frame, translate_issues
from ui.language import language, number, safe, t
from ui.show import show_result
from ui.tables import show_table

SHOWN = ["paper", "item", "figure", "printed", "recomputed_low", "recomputed_high", "unit", "verdict", "why"]
FIRST = 6  # findings shown without a click


def show_audit(result: Result) -> None:
    table = translate_audit(findings_first(result.table), language())
    _headline(table)
    _findings(table[table["verdict"] == Verdict.INCONSISTENT])
    _all(replace(result, table=result.table), table)


def _headline(table: pd.DataFrame) -> None:
    counts = table["verdict"].value_counts()
    for place, verdict in zip(st.columns(len(Verdict) + 1), ["", *Verdict], strict=True):
        with place, st.container(border=True, height="stretch", gap=None):
            if verdict:
                st.metric(t(f"audit.{verdict}"), f"{counts.get(verdict, 0):,}")
            else:
                st.metric(t("audit.figures"), f"{len(table):,}")


def _findings(found: pd.DataFrame) -> None:
    st.subheader(t("audit.findings"), anchor=False)
    if found.empty:
        st.success(t("audit.no_findings"))
    _cards(found.head(FIRST))
    if len(found) > FIRST:
        with st.expander(t("audit.more_findings", n=len(found) - FIRST)):
            _cards(found.iloc[FIRST:])


def _cards(found: pd.DataFrame) -> None:
    rows = list(found.itertuples())
    for pair in (rows[i : i + 2] for i in range(0, len(rows), 2)):
        for place, row in zip(st.columns(2), pair, strict=False):
            with place:
                _finding(row)


def _finding(row: object) -> None:
    """One finding: where it stands, what is printed, what follows from the paper's own numbers."""
    low, high = row.recomputed_low, row.recomputed_high  # type: ignore[attr-defined]
    follows = " – ".join(dict.fromkeys((number(low), number(high))))
    with st.container(border=True, gap="xxsmall", height="stretch"):
        st.markdown(f":small[:gray[{safe(row.paper)} · {safe(row.item)}]]  \n**{safe(row.figure)}**")  # type: ignore[attr-defined]
        printed = t("audit.printed", value=safe(f"{row.printed} {row.unit}".strip()))  # type: ignore[attr-defined]
        st.markdown(printed + ("" if pd.isna(low) and pd.isna(high) else f" · {t('audit.follows', value=safe(follows))}"))
        st.caption(safe(row.why))  # type: ignore[attr-defined]


def _all(result: Result, table: pd.DataFrame) -> None:
    st.subheader(t("audit.all"), anchor=False)
    verdicts = [v for v in Verdict if (table["verdict"] == v).any()]
    names = {v: t(f"audit.{v}") for v in verdicts}
    with st.container(horizontal=True):
        chosen = st.pills(t("column.verdict"), verdicts, selection_mode="multi", format_func=names.get,
                          key=f"audit_verdicts:{result.name}:{language()}")
        items = st.multiselect(t("column.item"), list(dict.fromkeys(table["item"])), placeholder=t("filter.all"),
                               key=f"audit_items:{result.name}")
    if chosen:
        table = table[table["verdict"].isin(chosen)]
    if items:
        table = table[table["item"].isin(items)]
    show_result(result, shown=lambda: table[SHOWN], figure=False, title="", key=f":{result.name}")


def show_own_paper() -> None:
    """The printed figures of another paper, checked in the same way."""
    st.markdown(t("audit.own_help"))
    st.download_button(t("audit.template"), _template, "printed_figures.csv", "text/csv", on_click="ignore",
                       icon=":material/download:", key="audit_template")
    file = st.file_uploader(t("audit.upload"), ["csv"], key="audit_file")
    if file is None:
        return
    rows, issues = read_published(file.getvalue())
    if issues:
        named = translate_issues(issues_frame(issues), language())
        show_table(named[["row", "column", "raw", "message"]])
    if len(rows):
        show_audit(Result("paper_audit", audit(rows)))


def _template() -> bytes:
    from thal_core.audit import published_papers
    from thal_core.export.table import table_csv

    return table_csv(published_papers().head(12))
