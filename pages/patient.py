"""One patient: class and reason, and everything recorded on one time axis."""

import streamlit as st

from ui import session
from ui.choose import choose_patient
from ui.class_marks import mark
from ui.language import safe, t
from ui.patient_facts import show_facts
from ui.show import show_result
from ui.start import need_cohort

need_cohort()

st.title(t("page.patient"), anchor=False)
cohort = session.selected()
if cohort.n == 0:
    st.info(t("filter.nobody"), icon=":material/info:")
    st.stop()
pick, _ = st.columns([2, 5])
with pick:
    person = choose_patient(list(cohort.patients.index))
show_facts(cohort.patients.loc[person])

classes = session.classes()
if person in classes.index:
    row = classes.loc[person]
    st.markdown(f"{mark(row['response'])} **{row['response']}** · {safe(row['reason'])}")
show_result(session.ask("patient_timeline"))
