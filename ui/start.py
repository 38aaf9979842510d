"""What a person sees with nothing loaded, and the banner while the sample is."""

from __future__ import annotations

from functools import partial

import streamlit as st

from ui import session
from ui.download import XLSX, show_download
from ui.draft import show_draft
from ui.language import language, t
from ui.login import need_login
from ui.upload import show_uploader


def open_first_sample() -> None:
    """A new session begins with the sample on the screen."""
    if session.LOADED not in st.session_state:
        st.session_state[session.LOADED] = None
        if session.samples():
            session.load_sample(session.samples()[0])


def show_banner() -> None:
    now = session.loaded()
    if now is None or not now.sample:
        return
    text, button = st.columns([6, 1], vertical_alignment="center")
    text.markdown(f":orange-badge[:material/science: {t('sample.title')}] {t('sample.text')}")
    button.button(
        t("sample.close"),
        icon=":material/close:",
        on_click=session.close,
        key="sample_close",
        width="stretch",
        type="tertiary",
    )


def need_cohort() -> None:
    """Every page begins here: with nothing loaded it ends in the door for files, with nothing
    understood in the step that says what the columns are. Where the
    server ran a page alone, nobody passes without the login here either.
    """
    need_login()
    if session.loaded() is None:
        _show_start()
        st.stop()
    if session.is_draft():
        show_draft()
        st.stop()


def _show_start() -> None:
    st.title(t("app.title"), anchor=False)
    st.markdown(t("start.what"))
    show_uploader(t("upload.label"))
    show_ways_in()
    st.caption(t("start.formats"))
    st.caption(f":material/lock: {t('start.private')}")


def show_ways_in() -> None:
    """The template, and each sample cohort."""
    with st.container(horizontal=True):
        for name in session.samples():
            st.button(
                t("start.sample", name=name),
                icon=":material/science:",
                key=f"sample:{name}",
                on_click=session.load_sample,
                args=(name,),
            )
        show_download(
            t("start.template"),
            partial(_template, language()),
            "thal_template.xlsx",
            XLSX,
            icon=":material/download:",
            key="template",
        )


def _template(language: str) -> bytes:
    from thal_core.export.template import template_workbook

    return template_workbook(language)
