"""How Hb, HbF, ferritin and the rest moved, with n under every visit, and the tests of it."""

import streamlit as st

from thal_core.vocabulary import ANALYTES
from ui import session
from ui.choose import choose_analyte, choose_group
from ui.compared import show_compared
from ui.language import t
from ui.level_pickers import show_narrowed
from ui.published_figures import choose_published
from ui.show import show_result, show_results
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()

GROUPS = (
    "phenotype",
    "all",
    "response_class",
    "response",
    "genotype_group_2024",
    "beta_class",
    "genotype",
    "splenectomy",
    "sex",
)


def show_course(measured: list[str]) -> None:
    what, by, over = st.columns([2, 2, 3], vertical_alignment="bottom")
    with what:
        choose_analyte(measured)
    with by:
        group = choose_group(GROUPS, "trajectory_group")
    with over:
        choose_published()
    show_result(session.ask("trajectory", group_by=group))


def show_tests() -> None:
    show_narrowed(session.ask("hb_contrasts"), "phenotype", "method")
    show_narrowed(session.ask("hb_over_time_tests"), "phenotype")


def show_by_response() -> None:
    for name in ("hb_by_response", "hbf_by_response", "ferritin_by_response"):
        show_compared(session.ask(name))


def show_iron() -> None:
    show_result(session.ask("iron_response"))
    show_narrowed(session.ask("ferritin_change"), "way")
    show_results("chelation_stopped")


st.title(t("page.trajectories"), anchor=False)
visits = session.loaded().cohort.visits
measured = [a for a in ANALYTES if visits[a].notna().any()]
if measured:
    show_course(measured)
    show_tabs(
        "trajectories",
        {
            "before_after": lambda: show_narrowed(
                session.ask("labs_before_after"), "phenotype", "way"
            ),
            "over_time": show_tests,
            "by_response": show_by_response,
            "composition": lambda: show_results("hb_composition"),
            "iron": show_iron,
            "dose": lambda: show_results("dose_changes"),
        },
    )
else:
    st.info(t("trajectories.nothing"), icon=":material/info:")
