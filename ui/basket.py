"""The report a person puts together: figures and tables taken from where they are seen, kept over
page changes in the memory of this session.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from thal_core import Result
from thal_core.analyses.build_result import columns_of
from thal_core.export.basket import MOST_ENTRIES, PARTS, Entry, basket, baskets, entry_of
from thal_core.export.report import ONE_PATIENT, names_patients, table_rule
from thal_core.rules.catalogue import field_label
from thal_core.words import label
from ui.language import language, t

ENTRIES, DRAWN = "basket", "basket_drawn"


def entries() -> tuple[Entry, ...]:
    return st.session_state.get(ENTRIES, ())


def set_entries(changed: Sequence[Entry]) -> None:
    """The list anew; the widgets of the page are drawn from it."""
    st.session_state[ENTRIES] = tuple(changed[:MOST_ENTRIES])
    st.session_state[DRAWN] = st.session_state.get(DRAWN, 0) + 1


def can_be_added(result: Result) -> bool:
    """Something of it may stand in a document, which names no patient."""
    if result.table.empty or result.name in ONE_PATIENT:
        return False
    listed = names_patients(result.name) and table_rule(result.name).shape != "counts"
    return result.draw is not None or not listed


def show_add(result: Result, key: str = "") -> None:
    """The button beside a figure or table."""
    if not can_be_added(result):
        return
    entry = entry_of(result.name, result.options)
    there = any((e.result, e.options) == (entry.result, entry.options) for e in entries())
    st.button(
        t("basket.added") if there else t("basket.add"),
        icon=":material/check:" if there else ":material/add_circle:",
        type="tertiary",
        key=f"basket_add:{result.name}{key}",
        disabled=there,
        on_click=set_entries,
        args=((*entries(), entry),),
    )


def show_link() -> None:
    """The way to the report, with how much is in it."""
    n = len(entries())
    st.page_link(
        "pages/report.py",
        label=t("basket.link_n", n=n) if n else t("basket.link"),
        icon=":material/slideshow:",
    )


def name_of(entry: Entry) -> str:
    """What an entry is called where nobody gave it a name."""
    name = label(f"result.{entry.result}", language())
    analyte = dict(entry.options).get("analyte")
    if analyte and "analyte" in columns_of(entry.result):
        return f"{name} · {field_label(str(analyte), language())}"
    return name


def show_entries() -> None:
    """Each entry with its title, its parts, a note, and its place in the list."""
    for place, entry in enumerate(entries()):
        key = f"{language()}:{st.session_state.get(DRAWN, 0)}:{place}"
        with st.container(border=True):
            _show_head(place, entry, key)
            st.text_input(
                t("basket.note"),
                entry.note,
                key=f"basket_note:{key}",
                max_chars=500,
                on_change=_keep,
                args=(place, "note", f"basket_note:{key}"),
            )


def _show_head(place: int, entry: Entry, key: str) -> None:
    title, part, *moves = st.columns([6, 3, 1, 1, 1], vertical_alignment="bottom")
    with title:
        st.text_input(
            f"{place + 1}. {name_of(entry)}",
            entry.title,
            key=f"basket_title:{key}",
            placeholder=name_of(entry),
            max_chars=200,
            on_change=_keep,
            args=(place, "title", f"basket_title:{key}"),
        )
    with part:
        st.selectbox(
            t("basket.part"),
            PARTS,
            PARTS.index(entry.part),
            format_func={name: t(f"basket.part.{name}") for name in PARTS}.get,
            key=f"basket_part:{key}",
            on_change=_keep,
            args=(place, "part", f"basket_part:{key}"),
        )
    ways = (("arrow_upward", "up", -1), ("arrow_downward", "down", 1), ("delete", "remove", 0))
    for column, (icon, word, step) in zip(moves, ways, strict=True):
        with column:
            st.button(
                "",
                icon=f":material/{icon}:",
                help=t(f"basket.{word}"),
                key=f"basket_{word}:{key}",
                type="tertiary",
                disabled=not 0 <= place + step < len(entries()),
                on_click=set_entries,
                args=(_moved(place, step) if step else _without(place),),
            )


def _keep(place: int, what: str, key: str) -> None:
    changed = list(entries())
    changed[place] = replace(changed[place], **{what: st.session_state[key]})
    st.session_state[ENTRIES] = tuple(changed)


def _moved(place: int, step: int) -> tuple[Entry, ...]:
    changed = list(entries())
    other = place + step
    if 0 <= other < len(changed):
        changed[place], changed[other] = changed[other], changed[place]
    return tuple(changed)


def _without(place: int) -> tuple[Entry, ...]:
    return tuple(entry for at, entry in enumerate(entries()) if at != place)


def show_ready_made() -> None:
    """Baskets that somebody put together already, and a list left empty."""
    with st.container(horizontal=True):
        for name in baskets():
            st.button(
                t(f"basket.ready.{name}"),
                key=f"basket_ready:{name}",
                on_click=set_entries,
                args=(basket(name),),
            )
        if entries():
            st.button(t("basket.clear"), type="tertiary", on_click=set_entries, args=((),))
