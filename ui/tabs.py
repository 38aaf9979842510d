"""Tabs of which only the open one is computed: the others wait until somebody looks."""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from ui.language import language, t


def show_tabs(area: str, contents: dict[str, Callable[[], object]], **params: object) -> None:
    """One tab for each name of ``contents``, labelled by the text ``area.name``; ``params`` fill the labels."""
    labels = [t(f"{area}.{name}", **params) for name in contents]
    for tab, show in zip(st.tabs(labels, key=f"tabs:{area}:{language()}", on_change="rerun"), contents.values(), strict=True):
        if tab.open:
            with tab:
                show()
