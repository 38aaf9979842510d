"""Published figures beside this cohort's, and the papers' own arithmetic checked."""

import streamlit as st

from ui import session
from ui.audit import show_audit, show_own_paper
from ui.language import t
from ui.published_figures import show_published
from ui.show import show_result
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()


def show_beside() -> None:
    with st.spinner(t("show.working")):
        result = session.ask("published", published=False)
    show_published(result)


st.title(t("page.evidence"), anchor=False)
show_tabs(
    "evidence",
    {
        "beside": show_beside,
        "audit": lambda: show_audit(session.ask("paper_audit", published=False), "papers"),
        "own": show_own_paper,
        "strobe": lambda: show_result(session.ask("strobe")),
    },
)
