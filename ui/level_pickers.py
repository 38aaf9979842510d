"""A long table, one comparison at a time: pickers for the columns that name what is compared."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Result
from ui.language import column_label, language, safe, value_label
from ui.show import show_result

FEW = 5
FIRST = ("recommended", "all")  # shown first where a column has them


def show_narrowed(result: Result, *columns: str, **settings: object) -> None:
    """The Result with a picker above its table for each of ``columns`` that has several levels;
    files hold it whole.
    """
    show_result(result, shown=lambda: narrow(result, columns), **settings)


def narrow(result: Result, columns: tuple[str, ...]) -> pd.DataFrame:
    """The rows that the pickers, drawn here, name; without the columns they stand for."""
    frame = result.translated(language())
    with st.container(horizontal=True):
        for column in columns:
            levels = list(frame[column].dropna().unique())
            if len(levels) > 1:
                levels.sort(key=lambda level: level not in FIRST)
                frame = frame[frame[column] == _pick(result.name, column, levels)]
    return frame.drop(columns=list(columns))


def _pick(name: str, column: str, levels: list[object]) -> object:
    key = f"narrow:{name}:{column}:{'|'.join(map(str, levels))}:{language()}"
    names = {level: value_label(level) for level in levels}
    if len(levels) > FEW:
        return st.selectbox(
            column_label(column), levels, key=key, format_func=names.get, persist_state="session"
        )
    return st.segmented_control(
        column_label(column),
        levels,
        default=levels[0],
        key=key,
        required=True,
        format_func=lambda level: safe(names[level]),
        persist_state="session",
    )
