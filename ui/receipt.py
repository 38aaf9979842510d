"""How much of the sheet was understood, in one line above the first percentage; behind it a picker
for each column that needs a person.
"""

from __future__ import annotations

import streamlit as st

from thal_core.mapping import ColumnReading
from ui import session
from ui.answers import show_answers
from ui.download import show_download
from ui.language import safe, t
from ui.mapping_table import APPLIED
from ui.trials import ask_in_advance, trials

TICK_SECONDS = 1.5


def show_receipt(*headlines: str) -> None:
    """The line; it stands open where one of these headlines rests on a column that was not
    understood.
    """
    mapping = session.loaded().cohort.mapping
    readings = list(mapping.open_columns)
    behind = frozenset(c for name in headlines for c in session.columns_behind(name))
    line, save = st.columns([6, 2], vertical_alignment="center")
    if any(c.by_hand for c in mapping.columns):
        with save:
            show_save("receipt")
    if not readings:
        if mapping.columns:
            line.caption(f":material/fact_check: {receipt_line()}")
        return
    with st.expander(receipt_line(), expanded=bool(behind), icon=":material/contact_support:"):
        show_questions(readings, behind)


def show_questions(readings: list[ColumnReading], behind: frozenset[ColumnReading]) -> None:
    """The pickers, those first that a headline rests on; what they would change is filled in while
    a person reads.
    """
    ordered = sorted(readings, key=lambda c: (c not in behind, not c.candidates, c.confidence))
    ask_in_advance(ordered)
    done, total = trials().progress
    tick = TICK_SECONDS if done < total else None

    def show() -> None:
        st.caption(t("receipt.help"))
        tried, asked = trials().progress
        if tried < asked:
            st.progress(tried / asked, t("receipt.progress", n=tried, total=asked))
        elif tick is not None:
            st.rerun()  # all is known: no further tick
        show_answers(ordered, behind)

    st.fragment(show, run_every=tick)()


def receipt_line() -> str:
    """``22 of 24 columns understood · 2 need you``."""
    mapping = session.loaded().cohort.mapping
    total, unread = len(mapping.filled_columns), mapping.open_columns
    needing = sum(c.needs_answer for c in unread)
    parts = [t("receipt.line", n=total - len(unread), total=total)]
    asks = t("receipt.needs_you") if needing == 1 else t("receipt.need_you", n=needing)
    parts += [f"**{asks}**"] if needing else []
    parts += [t("receipt.kept", n=len(unread) - needing)] if len(unread) > needing else []
    return " · ".join(parts)


def show_applied() -> None:
    """After the sheet was read again, on whichever page: what that changed, and the words to
    keep.
    """
    if APPLIED not in st.session_state:
        return
    message, changes = st.session_state.pop(APPLIED)
    numbers = " · ".join(f"**{safe(one)}**" for one in changes)
    st.success(f"{safe(message)} {numbers}".rstrip(), icon=":material/check:")


def show_save(place: str) -> None:
    """The clinic's words, to be used on its next sheet."""
    show_download(
        t("receipt.save"),
        session.words().to_json,
        "mapping.json",
        "application/json",
        icon=":material/save:",
        key=f"save_words:{place}",
        type="tertiary",
        help=t("receipt.save_help"),
    )
