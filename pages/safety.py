"""Harm: flags to review, events, exposure. It never advises."""

import streamlit as st

from ui import session
from ui.flag_tiles import show_flag_tiles, show_flags
from ui.language import t
from ui.show import show_result, show_results
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()

st.title(t("page.safety"), anchor=False)
flags = session.ask("safety_flags")
show_flag_tiles(flags, session.ask("adverse_events"), session.selected().n)
show_tabs(
    "safety",
    {
        "flags": lambda: show_flags(flags),
        "events": lambda: show_results("adverse_events"),
        "exposure": lambda: show_results("exposure"),
        "review": lambda: show_result(session.ask("review_list"), to_patient=True),
        "features": lambda: show_results("clinical_features"),
    },
)
