"""The step of a sheet of which nothing was understood: its first rows, and its columns."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core.mapping import ColumnReading
from ui import session
from ui.issues_table import show_issues, show_left_out
from ui.language import safe, t
from ui.mapping_table import field_choices, show_identifying, show_mapping
from ui.receipt import receipt_line, show_questions
from ui.settings import show_settings
from ui.upload import show_uploader


def show_draft() -> None:
    """In place of a page, until a quantity is known."""
    now = session.loaded()
    title, door = st.columns([4, 3])
    title.title(t("draft.title"), anchor=False)
    with door:
        show_uploader(t("upload.another"))
    st.markdown(t("draft.what", name=safe(now.name), n=f"{now.cohort.n:,}"))
    show_left_out()
    show_preview()
    show_identifying()
    readings = list(now.cohort.mapping.open_columns)
    st.markdown(f":material/contact_support: {receipt_line()}")
    if readings:
        show_questions(readings, frozenset())
    st.subheader(t("draft.all_columns"), anchor=False)
    show_mapping()
    show_settings()
    with st.expander(t("draft.issues"), icon=":material/list:"):
        show_issues()


def show_preview() -> None:
    """The first rows of each sheet, as the rules of privacy let them be shown."""
    readings = session.loaded().cohort.mapping.columns
    sheets = list(dict.fromkeys(c.sheet for c in readings))
    for sheet in sheets:
        if len(sheets) > 1:
            st.caption(safe(sheet))
        of_sheet = [c for c in readings if c.sheet == sheet and any(c.preview)]
        st.dataframe(
            preview_frame(of_sheet),
            hide_index=True,
            height="content",
            placeholder="",
            column_config={c.letter: _header(c) for c in of_sheet},
        )
    st.caption(t("draft.masked"))


def preview_frame(readings: list[ColumnReading]) -> pd.DataFrame:
    """One column a column of the sheet, named by its letter; one row a row of the table."""
    most = max((len(c.preview) for c in readings), default=0)
    return pd.DataFrame(
        {c.letter: [*c.preview, *[""] * (most - len(c.preview))] for c in readings}, dtype="str"
    )


def _header(reading: ColumnReading) -> object:
    meant = field_choices().get(reading.field, reading.field)
    read = "" if reading.field == "extra" else f" → {meant}"
    return st.column_config.TextColumn(f"{reading.header or reading.letter}{read}")
