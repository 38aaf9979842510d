"""The fixed facts of one patient, side by side."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ui.language import column_label, number, safe, value_label

FACTS = (
    "sex",
    "age_years",
    "phenotype",
    "genotype",
    "beta_class",
    "splenectomy",
    "dose_last_mg_per_day",
    "duration_months",
    "transfusion_free_from_month",
    "withdrawn_month",
    "withdrawal_reason",
    "origin",
)


def show_facts(patient: pd.Series) -> None:
    known = {c: patient[c] for c in FACTS if pd.notna(patient[c]) and patient[c] != ""}
    with st.container(border=True, horizontal=True, gap="medium"):
        for column, value in known.items():
            text = number(value) if isinstance(value, float) and value % 1 else value_label(value)
            st.markdown(
                f":small[:gray[{column_label(column)}]]  \n**{safe(text)}**", width="content"
            )
