"""The report as files: made on a click with progress, kept in this session until something of it
changes.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import streamlit as st

from thal_core.export.basket import to_json
from thal_core.export.formats import DOCUMENTS, Edition, documents
from thal_core.export.report import answers_of
from thal_core.export.script import script
from thal_core.export.table_shapes import TableStyle
from thal_core.export.wording import p_style, p_styles
from ui import basket, session
from ui.download import show_download
from ui.language import language, safe, t

MIME = {
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "pptx": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "html": "text/html",
    "pdf": "application/pdf",
}


def show_making() -> None:
    """Formats, the style of P, a title; then the files."""
    pick, style = st.columns([3, 2])
    with pick:
        formats = st.pills(
            t("basket.formats"),
            DOCUMENTS,
            selection_mode="multi",
            default=("docx", "pptx"),
            format_func={name: t(f"basket.format.{name}") for name in DOCUMENTS}.get,
            key=f"report_formats:{language()}",
        )
    with style:
        p = st.selectbox(
            t("basket.p_style"),
            list(p_styles()),
            format_func={n: style.words.text(language()) for n, style in p_styles().items()}.get,
            key=f"report_p_style:{language()}",
        )
    title = st.text_input(t("basket.title"), key="report_title", max_chars=200)
    asked = (*_state(), p, title, *formats)
    make = st.button(t("basket.make"), type="primary", disabled=not formats)
    if make:
        st.session_state[session.MADE] = (asked, _make(list(formats), p, title))
    known, files = st.session_state.get(session.MADE, ((), ()))
    if files and known == asked:
        _show_files(files)
    _show_script()


def _state() -> tuple[str, ...]:
    """What the files were made from: they go when any of it changes."""
    now = session.selected()
    options = json.dumps(asdict(session.options()))
    figures = session.view().to_json()
    return (now.fingerprint, to_json(basket.entries()), options, figures, language())


def _make(
    formats: list[str], p: str, title: str
) -> list[tuple[str, bytes, tuple[dict[str, str], ...]]]:
    """Every file with what it lacks; any other click on the page ends it."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, t("basket.working"))
        st.button(t("basket.cancel"), key="report_cancel")
    edition = Edition(
        answers_of(session.selected(), figures=session.view().figures),
        basket.entries(),
        session.options(),
        TableStyle(language(), p_style(p)),
        chosen=True,
        title=title,
    )
    for number, entry in enumerate(edition.entries):
        bar.progress(number / len(edition.entries) / 2, basket.name_of(entry))
        edition.answers.section(entry, edition.options, edition.style)
    files = []
    for number, kind in enumerate(formats):
        bar.progress(0.5 + number / len(formats) / 2, t(f"basket.format.{kind}"))
        files += documents(edition, [kind])
    place.empty()
    return files


def _show_files(files: list[tuple[str, bytes, tuple[dict[str, str], ...]]]) -> None:
    with st.container(horizontal=True):
        for name, data, _ in files:
            if name:
                kind = name.rsplit(".", 1)[-1]
                words = t(f"basket.format.{kind}")
                show_download(
                    words,
                    lambda data=data: data,
                    name,
                    MIME[kind],
                    key=f"report_file:{name}",
                    icon=":material/download:",
                )
    for why in dict.fromkeys(row["why"] for _, _, missing in files for row in missing):
        st.warning(safe(why), icon=":material/info:")


def _show_script() -> None:
    """The script that makes every number of the report again."""
    cohort, options = session.selected(), session.options()
    entries = basket.entries()

    def make() -> str:
        return script(cohort, [(e.result, e.asked(options)) for e in entries])

    def save() -> str:
        return to_json(entries)

    with st.container(horizontal=True):
        python, saved = "text/x-python", "application/json"
        looks = {"type": "tertiary"}
        show_download(t("basket.script"), make, "report.py", python, key="report_script", **looks)
        show_download(t("basket.save"), save, "report.json", saved, key="report_list", **looks)
