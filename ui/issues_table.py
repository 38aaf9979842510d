"""What could not be taken as written: every cell by its address, to filter and to take away."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core.issues import translate_issues
from thal_core.vocabulary import Severity
from ui import session
from ui.download import XLSX, show_download
from ui.language import language, safe, t
from ui.table_view import show_table
from ui.tabs import open_tab

COLUMNS = ["severity", "sheet", "cell", "column", "patient_id", "raw", "message", "action"]
WIDTHS = {
    "severity": 65,
    "sheet": 80,
    "cell": 60,
    "column": 120,
    "patient_id": 75,
    "raw": 110,
    "message": 270,
    "action": 260,
}
MOST_WHOLE = 5  # sentences about whole sheets
SEVERITY = "issues_severity"


def show_left_out() -> None:
    """What is wrong with a whole sheet, and how many cells could not be read, with one click to the
    list of them.
    """
    issues = session.loaded().cohort.issues
    errors = issues[issues["severity"] == Severity.ERROR]
    whole = errors[(errors["cell"] == "") & (errors["code"] != session.NOTHING_MEASURED)]
    for row in translate_issues(whole.head(MOST_WHOLE), language()).itertuples():
        st.markdown(f":red[:material/error:] {safe(row.message)} {safe(row.action)}")
    n = int((errors["cell"] != "").sum())
    if not n:
        return
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(f":red[:material/error:] {t('issues.left_out', n=n)}", width="content")
        st.button(
            t("issues.see"),
            icon=":material/arrow_downward:",
            key="issues_see",
            type="tertiary",
            on_click=_open_errors,
        )


def _open_errors() -> None:
    open_tab("cohort", "issues", n=len(session.loaded().cohort.issues))
    st.session_state[f"{SEVERITY}:{language()}"] = [Severity.ERROR.value]


def show_issues() -> None:
    issues = session.loaded().cohort.issues
    if issues.empty:
        st.success(t("issues.none"), icon=":material/check_circle:")
        return
    counts = issues["severity"].value_counts()
    levels = [s.value for s in Severity if s.value in counts]
    chosen = st.pills(
        t("issues.severity"),
        levels,
        selection_mode="multi",
        key=f"{SEVERITY}:{language()}",
        format_func={s: f"{t(f'value.{s}')} ({counts[s]})" for s in levels}.get,
    )
    kept = issues[issues["severity"].isin(chosen)] if chosen else issues
    words = translate_issues(kept, language())
    columns = [c for c in COLUMNS if c == "message" or words[c].replace("", None).notna().any()]
    columns = [
        c for c in columns if c not in ("sheet", "severity") or kept[c].nunique() > 1
    ]  # not the same word in every row
    show_table(words[columns], widths=WIDTHS)
    with st.container(horizontal=True):
        _files(words)


def _files(words: pd.DataFrame) -> None:
    now, word = session.loaded(), language()

    def csv() -> bytes:
        from thal_core.export.table import table_csv

        return table_csv(words.drop(columns="params"))

    def marked() -> bytes:
        from thal_core.reader import marked_copy

        return marked_copy(session.sheet_of(now), now.filename, now.cohort.mapping, word)

    show_download(
        t("issues.csv"), csv, "issues.csv", "text/csv", icon=":material/download:", key="issues_csv"
    )
    show_download(
        t("issues.marked"),
        marked,
        "marked_copy.xlsx",
        XLSX,
        icon=":material/ink_highlighter:",
        key="issues_marked",
        help=t("issues.marked_help"),
    )
