"""Tabs of which only the open one is computed: the others wait until somebody looks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.language import language, t


def open_tab(area: str, name: str, **params: object) -> None:
    """From a button's callback: the next run shows this tab."""
    st.session_state[_key(area)] = t(f"{area}.{name}", **params)


def _key(area: str) -> str:
    return f"tabs:{area}:{language()}"


def show_tabs(area: str, contents: dict[str, Callable[[], object]], **params: object) -> None:
    """One tab for each name of ``contents``, labelled by the text ``area.name``; ``params`` fill
    the labels.

    The open one is remembered by its name: labels change with the language and with the sheet.
    """
    labels = {name: t(f"{area}.{name}", **params) for name in contents}
    key = f"tab:{area}"
    if st.session_state.get(_key(area)) not in labels.values():
        st.session_state[_key(area)] = labels.get(st.session_state.get(key)) or next(
            iter(labels.values())
        )
    for tab, (name, show) in zip(
        st.tabs(list(labels.values()), key=_key(area), on_change="rerun"),
        contents.items(),
        strict=True,
    ):
        if tab.open:
            st.session_state[key] = name
            with tab:
                show()
