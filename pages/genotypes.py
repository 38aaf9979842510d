"""Genotype against phenotype, transfusion and response; Hb by genotype; every patient's response
beside their alleles.
"""

import pandas as pd
import streamlit as st

from thal_core.rules.catalogue import criterion
from ui import session
from ui.language import t
from ui.level_pickers import show_narrowed
from ui.published_figures import choose_published
from ui.show import SMALL_GROUP, show_result, show_results
from ui.start import need_cohort
from ui.tabs import show_tabs

need_cohort()


def is_small(row: pd.Series) -> bool:
    return row.get("total", row.get("n", SMALL_GROUP)) < SMALL_GROUP


def show_hb() -> None:
    choose_published()
    show_narrowed(session.ask("hb_by_genotype"), "phenotype", small=is_small)


st.title(t("page.genotypes"), anchor=False)
best = criterion(session.options().criterion).best
show_result(
    session.ask("genotype_response"),
    small=is_small,
    figure=False,
    labels={"mar": best, "percent_mar": t("genotypes.percent_best", level=best)},
)
show_tabs(
    "genotypes",
    {
        "rates": lambda: show_result(session.ask("genotype_response"), table=False, key=":figure"),
        "hb": show_hb,
        "print": lambda: show_results("response_print"),
    },
)
