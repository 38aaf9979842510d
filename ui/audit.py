"""The audit as a referee would write it: how many figures, what matters first, then every
figure.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Result
from thal_core.audit import audit, findings_first, translate_audit
from thal_core.audit.finding import Verdict
from thal_core.figures.audit_picture import (
    figure_words,
    has_bounds,
    plot_audit,
    plot_finding,
    possible,
)
from thal_core.issues import translate_issues
from thal_core.reader import read_printed_figures
from thal_core.rules.catalogue import paper_label, read_rules
from ui.download import show_download
from ui.language import language, safe, t
from ui.show import show_result
from ui.table_view import show_table

SHOWN = ["paper", "item", "figure", "printed", "unit", "follows", "verdict", "why"]
FIRST = 6  # findings shown without a click


def show_audit(result: Result, key: str = "") -> None:
    """key: where a session shows several audits."""
    table = translate_audit(findings_first(result.table), language())
    table = table.assign(figure=[figure_words(name, language()) for name in table["figure"]])
    _headline(table)
    _findings(table[table["verdict"] == Verdict.INCONSISTENT], key)
    _all(result, table, key)


def _headline(table: pd.DataFrame) -> None:
    counts = table["verdict"].value_counts()
    checked = len(table) - counts.get(Verdict.CANNOT, 0)
    st.markdown(
        t(
            "overlay.headline",
            n=len(table),
            checked=int(checked),
            inconsistent=int(counts.get(Verdict.INCONSISTENT, 0)),
            papers=", ".join(_paper(p) for p in table["paper"].unique()),
        )
    )
    for place, verdict in zip(st.columns(len(Verdict)), Verdict, strict=True):
        with place, st.container(border=True, height="stretch", gap=None):
            st.metric(t(f"audit.{verdict}"), f"{counts.get(verdict, 0):,}")


def _paper(name: str) -> str:
    return safe(paper_label(name, language()))


def _findings(found: pd.DataFrame, key: str) -> None:
    """One card for each kind of finding in one place; its other figures stand below the first."""
    st.subheader(t("audit.findings"), anchor=False)
    if found.empty:
        st.success(t("audit.no_findings"))
        return
    statistic = found["figure"].str.rpartition(" · ")[2]
    alike = [
        one
        for _, one in found.groupby(
            [found["paper"], found["item"], found["why_code"], statistic], sort=False
        )
    ]
    _cards(alike[:FIRST], key)
    if len(alike) > FIRST:
        with st.expander(
            t("audit.more_findings", n=len(alike) - FIRST),
            on_change="rerun",
            key=f"more:{key}:{language()}",
        ) as rest:
            if rest.open:
                _cards(alike[FIRST:], key)


def _cards(alike: list[pd.DataFrame], key: str) -> None:
    for pair in (alike[i : i + 2] for i in range(0, len(alike), 2)):
        for place, rows in zip(st.columns(2), pair, strict=False):
            with place, st.container(border=True, gap="xxsmall", height="stretch"):
                _finding(rows, key)


def _finding(rows: pd.DataFrame, key: str) -> None:
    """Where it stands, what is printed, what follows from the paper's own numbers, and why; then
    the figures like it.
    """
    row = next(rows.itertuples())
    st.markdown(f":small[:gray[{_paper(row.paper)} · {safe(row.item)}]]  \n**{safe(row.figure)}**")
    st.markdown(_against(row))
    if has_bounds(rows).iloc[0]:
        st.plotly_chart(
            plot_finding(row, language=language()),
            key=f"finding:{key}:{row.id}",
            alt=f"{row.figure}: {row.printed}; {_follows(row)}",
            config={"staticPlot": True},
        )
    st.caption(safe(row.why))
    likewise = [f"{safe(r.figure)}: {_against(r)}" for r in rows.iloc[1:].itertuples()]
    if likewise:
        st.caption("  \n".join([t("overlay.likewise"), *likewise]))


def _follows(row: object) -> str:
    return possible(row.recomputed_low, row.recomputed_high, row.published)  # type: ignore[attr-defined]


def _against(row: object) -> str:
    """Printed: **41** · what follows: **39**."""
    printed = t("audit.printed", value=safe(f"{row.printed} {row.unit}".strip()))  # type: ignore[attr-defined]
    return printed + (
        f" · {t('audit.follows', value=safe(_follows(row)))}" if _follows(row) else ""
    )


def _all(result: Result, table: pd.DataFrame, key: str) -> None:
    st.subheader(t("audit.all"), anchor=False)
    verdicts = [v for v in Verdict if (table["verdict"] == v).any()]
    names = {v: t(f"audit.{v}") for v in verdicts}
    papers = list(table["paper"].unique())
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.pills(
            t("column.verdict"),
            verdicts,
            selection_mode="multi",
            format_func=names.get,
            key=f"audit_verdicts:{key}:{language()}",
        )
        paper = (
            st.pills(t("column.paper"), papers, format_func=_paper, key=f"audit_paper:{key}")
            if len(papers) > 1
            else None
        )
        table = table[table["paper"] == paper] if paper else table
        items = st.multiselect(
            t("column.item"),
            list(dict.fromkeys(table["item"])),
            placeholder=t("filter.all"),
            key=f"audit_items:{key}:{paper}",
        )
    table = table[
        table["verdict"].isin(chosen or verdicts) & table["item"].isin(items or table["item"])
    ]
    st.caption(t("overlay.shown", n=len(table)))
    shown = table.assign(
        follows=[_follows(row) for row in table.itertuples()],
        paper=[paper_label(p, language()) for p in table["paper"]],
    )
    show_result(result, shown=lambda: shown[SHOWN], figure=False, title="", key=f":{key}")


def show_own_paper() -> None:
    """The printed figures of another paper, checked in the same way; rows that cannot be read are
    named and skipped.
    """
    st.markdown(t("audit.own_help"))
    show_download(
        t("audit.template"),
        _template,
        "printed_figures.csv",
        "text/csv",
        icon=":material/download:",
        key="audit_template",
    )
    file = st.file_uploader(t("audit.upload"), ["csv"], key="audit_file")
    if file is None:
        return
    rows, issues = _printed_figures(file.getvalue(), file.file_id)
    if len(issues):
        named = translate_issues(issues, language())
        st.warning(t("overlay.skipped", n=len(named), kept=len(rows)), icon=":material/report:")
        show_table(named[["row", "column", "raw", "message"]])
    if len(rows):
        show_audit(Result("paper_audit", audit(rows), draw=plot_audit), "own")


@st.cache_resource(scope="session", show_spinner=False, max_entries=2)
def _printed_figures(_data: bytes, file_id: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    return read_printed_figures(_data)


def _template() -> bytes:
    from thal_core.export.table import table_csv

    return table_csv(pd.DataFrame(read_rules("published_template")))
