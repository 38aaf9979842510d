"""What went with a main response: baseline HbF against the gain in Hb, each variable alone, the
models.
"""

import streamlit as st

from ui import session
from ui.choose import choose_group
from ui.language import t, value_label
from ui.level_pickers import show_narrowed
from ui.show import show_results
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()

GROUPS = ("response", "genotype_group_2024", "phenotype", "splenectomy")


def show_each_alone() -> None:
    pick, _ = st.columns([2, 5])
    with pick:
        group = choose_group(GROUPS, "predictors_group")
    result = session.ask("predictors", group_by=group)
    first, other = result.table[["group_1", "group_2"]].iloc[0] if len(result.table) else ("", "")
    show_narrowed(
        result,
        "way",
        "group_1",
        "group_2",
        labels={
            "n_1": t("predictors.n_in", group=value_label(first)),
            "n_2": t("predictors.n_in", group=value_label(other)),
        },
    )


def show_models() -> None:
    show_narrowed(session.ask("predictors_model"), "population", "model")
    if st.toggle(t("predictors.auc"), key="predictors_auc"):
        show_results("predictors_auc")


st.title(t("page.predictors"), anchor=False)
show_tabs(
    "predictors",
    {
        "hbf": lambda: show_results("hb_gain_vs_hbf"),
        "alone": show_each_alone,
        "models": show_models,
    },
)
