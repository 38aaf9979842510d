"""Safety flags: how many patients under each rule, then who they are. Yes, no and not recorded are
three things.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Result
from thal_core.derive.flags import NO, NOT_RECORDED, YES, flag_labels, grave_flags
from thal_core.words import label
from ui.language import language, safe, t, value_label
from ui.show import show_patients, show_result

STATES = (YES, NO, NOT_RECORDED)


def show_flag_tiles(flags: Result, events: Result, total: int) -> None:
    """The gravest flags first, each with how many were never looked at."""
    if flags.table.empty:
        st.info(safe(flags.notes), icon=":material/info:")
        return
    tiles = st.columns(len(grave_flags()) + 1)
    with tiles[0], st.container(border=True, height="stretch", gap=None):
        with_event = events.table["event"].nunique() if len(events.table) else 0
        st.metric(t("safety.dosed"), f"{total}")
        st.caption(t("safety.kinds", n=with_event) if with_event else t("safety.no_events"))
    for tile, flag in zip(tiles[1:], grave_flags(), strict=True):
        states = flags.table.loc[flags.table["flag"] == flag, "state"].value_counts()
        with tile, st.container(border=True, height="stretch", gap=None):
            unknown, asked = int(states.get(NOT_RECORDED, 0)), int(states.sum())
            value = (
                t("strip.n_of", n=int(states.get(YES, 0)), total=asked) if unknown < asked else "–"
            )
            st.metric(label(f"ui.safety.tile.{flag}", language(), "") or _rule_label(flag), value)
            st.caption(t("safety.unknown", n=unknown))
    st.warning(t("safety.not_safe"), icon=":material/shield_question:")


def show_flags(flags: Result) -> None:
    table = flags.translated(language())
    show_result(flags, shown=lambda: flag_counts(table), figure=False)
    raised = table[table["state"] == YES]
    if len(raised):
        names = {flag: _rule_label(flag) for flag in raised["flag"].unique()}
        chosen = st.selectbox(
            t("safety.who"), list(names), format_func=names.get, key=f"safety_flag:{language()}"
        )
        show_patients(
            raised.loc[raised["flag"] == chosen, ["patient_id", "value"]], "patients:flag"
        )


def flag_counts(table: pd.DataFrame) -> pd.DataFrame:
    """One row a rule, in the order of the rules: n of each state, and the source."""
    counts = (
        table.groupby(["flag", "state"], sort=False)
        .size()
        .unstack(fill_value=0)
        .reindex(columns=list(STATES), fill_value=0)
    )
    sources = table.drop_duplicates("flag").set_index("flag")["source"]
    return pd.DataFrame(
        {
            "rule": [_rule_label(f) for f in counts.index],
            **{state: counts[state].to_numpy() for state in STATES},
            "source": sources.reindex(counts.index).to_numpy(),
        }
    )


def _rule_label(flag: str) -> str:
    own = flag_labels().get(flag)
    return own.text(language()) if own else value_label(flag)
