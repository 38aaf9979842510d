"""The rule in force, word for word, with its source."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core.rules.catalogue import Criterion
from thal_core.words import tr
from ui.language import language, t
from ui.table_view import show_table


def show_rules(rules: Criterion) -> None:
    with st.expander(t("rules.title", criterion=rules.label(language())), icon=":material/rule:"):
        show_table(
            pd.DataFrame(
                [
                    {
                        "phenotype": level.phenotype,
                        "response": level.level,
                        "rule": level.sentence.text(language()),
                        "counts_as_response": level.counts_as_response,
                    }
                    for level in rules.levels
                ]
            )
        )
        if rules.note:
            st.caption(tr(rules.note, {}, language()))
        st.caption(t("rules.source", source=rules.source))
