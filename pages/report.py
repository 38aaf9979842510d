"""The report: what was taken from the pages, in order, with titles and notes; and its files."""

import streamlit as st

from ui.basket import entries, show_entries, show_ready_made
from ui.language import t
from ui.making import show_making
from ui.start import need_cohort

need_cohort()

st.title(t("page.report"), anchor=False)
st.caption(t("basket.help"))
show_ready_made()
if entries():
    show_making()
    show_entries()
else:
    st.info(t("basket.empty"), icon=":material/add_circle:")
