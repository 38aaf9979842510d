"""First screen: the strip, then who is in, what was read as what, what could not be read, Table 1,
the flow.
"""

import streamlit as st

from ui import session
from ui.baseline import show_baseline
from ui.count_tables import show_counts
from ui.issues_table import show_issues, show_left_out
from ui.language import safe, t
from ui.mapping_table import show_identifying, show_mapping
from ui.receipt import show_receipt
from ui.settings import show_settings
from ui.show import show_result
from ui.start import need_cohort, show_ways_in
from ui.strip import HEADLINES, show_strip
from ui.tabs import show_tabs
from ui.upload import show_uploader

need_cohort()

now = session.loaded()
title, door = st.columns([4, 3])
with title:
    st.title(t("page.cohort"), anchor=False)
    st.caption(t("cohort.file", name=safe(now.name), n=f"{now.cohort.n:,}"))
with door:
    show_uploader(t("upload.another"))
show_receipt(*HEADLINES)
show_strip(session.ask("summary"))
show_left_out()
show_identifying()


def show_reading() -> None:
    show_mapping()
    show_settings()


show_tabs(
    "cohort",
    {
        "who": lambda: show_counts(session.selected()),
        "read_as": show_reading,
        "issues": show_issues,
        "table_1": show_baseline,
        "flow": lambda: show_result(session.ask("flow")),
        "treatment": lambda: show_result(session.ask("treatment_summary")),
        "more": show_ways_in,
    },
    n=len(now.cohort.issues),
)
