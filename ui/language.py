"""The language of the screen, and every text of it."""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from thal_core.issues import CohortError
from thal_core.mapping import ColumnReading
from thal_core.rules.catalogue import class_title, criteria, event_words, field_label
from thal_core.words import Message, Text, label, languages, tr
from thal_core.words.escape import markdown, plain_number
from thal_core.words.wording import ENGLISH, Wording

LANGUAGE, FIRST = "language", "language_first"


def language() -> str:
    return st.session_state.get(LANGUAGE) or st.session_state.get(FIRST) or "en"


def t(code: str, **params: object) -> str:
    """A text of the interface (rules: thal_core/words/catalogue/interface.csv)."""
    return tr(f"ui.{code}", params, language())


def safe(text: object) -> str:
    """Anything that may hold words of an uploaded sheet, harmless in a Markdown place and in this
    language.
    """
    if isinstance(text, Message | Text | CohortError):
        text = text.text(language())
    return markdown(with_column_names(str(text)))


def column_name(reading: ColumnReading) -> str:
    """The header of a column of the sheet, or "column H" where it may name somebody."""
    hidden = reading.label != reading.header or not reading.header
    return t("sheet_column", letter=reading.letter) if hidden else reading.header


def with_column_names(text: str) -> str:
    """A text of the library with "column H" in place of the label that files know its column by
    (``H#1744fb``).
    """
    now = st.session_state.get("loaded") if "#" in text else None
    for column in now.cohort.mapping.columns if now is not None else ():
        if "#" in column.label and column.label != column.header:
            text = text.replace(column.label, column_name(column))
    return text


def guess() -> None:
    """The browser's language, until a person chooses."""
    locale = str(st.context.locale or "")
    known = [one for one in languages() if locale.startswith(one)]
    st.session_state.setdefault(FIRST, known[0] if known else ENGLISH)


def switch() -> None:
    """English, 简体中文 and whatever other language the words are written in."""
    st.segmented_control(
        " · ".join(dict.fromkeys(tr("language.word", {}, one) for one in languages())),
        languages(),
        default=st.session_state[FIRST],
        format_func=lambda one: tr("language.name", {}, one),
        key=LANGUAGE,
        required=True,
        label_visibility="collapsed",
        width="stretch",
        persist_state="session",
    )


def class_text(level: str) -> str:
    """What a class is called, with a capital; ORR and NE in a sentence."""
    return label(f"ui.class.{level}", language(), class_title(level, language()))


def column_label(column: str) -> str:
    """A table column in words: the screen's own word, else the cohort's or the criterion's, else as
    the sheet has it.
    """
    if column in criteria():
        return criteria()[column].label(language())
    return label(f"ui.column.{column}", language(), "") or field_label(column, language())


def value_label(value: object) -> str:
    """A level in words (``female`` → 女); words of the sheet stay as they are, numbers are written
    short.
    """
    if isinstance(value, float) and not pd.isna(value):
        return plain_number(value)
    if isinstance(value, bool):
        value = "yes" if value else "no"
    return (
        label(f"ui.value.{value}", language(), "")
        or event_words().get(str(value), Wording()).text(language())
        or str(value)
    )


def number(value: float, size: float | None = None) -> str:
    """A number as tables show it: three digits at least, never more than the quantity deserves.

    size: of the largest of a column, so that all of it has the same decimals.
    """
    if pd.isna(value):
        return "–"
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    size = abs(value) if size is None or math.isinf(size) else size
    if 0 < value < 0.0005:
        return "<0.001"
    digits = 0 if size >= 1000 or size == 0 else 1 if size >= 10 else 2 if size >= 1 else 3
    return f"{value:,.{digits}f}".replace("-", "−")


def p_text(value: float) -> str:
    """P to three decimals up to 0.20 and two above; never 0.000."""
    if pd.isna(value):
        return ""
    if value < 0.001:
        return "<0.001"
    return (
        f"{value:.3f}" if value <= 0.2 else f"{min(value, 0.99):.2f}" if value < 0.995 else ">0.99"
    )
