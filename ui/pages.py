"""Which pages there are: one file per question, shown when the library can answer it."""

from __future__ import annotations

import streamlit as st

from thal_core.analyses import REGISTRY
from ui.language import t

PAGES = {  # file → icon, results it needs
    "cohort": ("groups", ("summary", "flow", "baseline_table")),
    "responders": ("bar_chart", ("response_rates", "response_by_patient", "criteria_concordance")),
    "trajectories": ("show_chart", ("trajectory",)),
    "genotypes": ("genetics", ("genotype_response", "hb_by_genotype")),
    "predictors": ("query_stats", ("predictors", "hb_gain_vs_hbf")),
    "safety": ("health_and_safety", ("safety_flags", "adverse_events", "exposure")),
    "patient": ("person", ("patient_timeline",)),
    "evidence": ("menu_book", ("published", "paper_audit")),
    "report": ("slideshow", ()),
}
START_PAGE = "start_page"  # tests open a page of their own through it


def navigation() -> st.Page:
    first = st.session_state.get(START_PAGE, "cohort")
    return st.navigation(
        [
            st.Page(
                f"pages/{name}.py",
                title=t(f"page.{name}"),
                icon=f":material/{icon}:",
                url_path=name,
                default=name == first,
            )
            for name, (icon, results) in PAGES.items()
            if all(r in REGISTRY for r in results)
        ],
        position="top",
    )
