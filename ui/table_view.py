"""Finished tables as people read them: headers and levels in words, numbers short, small groups
grey, classes in colour.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd
import streamlit as st

from thal_core.rules.catalogue import class_order
from ui.class_marks import cell_style
from ui.language import column_label, number, p_text, value_label
from ui.session import patient_label

P_COLUMNS = frozenset({"p_value", "p_adjusted", "spearman_p", "adjusted_p", "p_likelihood_ratio"})
AS_TYPED = frozenset(
    {"interval", "patient_id", "genotype", "raw", "message", "action", "column", "header"}
)
ROW, MOST_ROWS, STYLED_CELLS = 35, 15, 60_000
NAMED = frozenset(
    {"analyte", "variable", "quantity", "item", "feature", "terms", "term"}
)  # these hold names of columns
GREY = "color: #8A94A0"


def show_table(
    table: pd.DataFrame,
    *,
    small: Callable[[pd.Series], bool] | None = None,
    labels: Mapping[str, str] | None = None,
    widths: Mapping[str, int] | None = None,
    key: str | None = None,
    **settings: object,
) -> object:
    """``st.dataframe`` of a result's table. small: rows to be greyed. labels: headers that differ
    from the usual.

    widths: pixels of columns that would otherwise be as wide as their longest text.
    """
    frame = _with_interval(table.reset_index(drop=True))
    for column in frame.columns:
        if column not in AS_TYPED and not pd.api.types.is_numeric_dtype(frame[column]):
            word = _name if column in NAMED else value_label
            frame[column] = [word(v) if pd.notna(v) else None for v in frame[column]]
        elif frame[column].dtype == "boolean":
            frame[column] = frame[column].map(value_label, na_action="ignore")
    if "patient_id" in frame:
        frame["patient_id"] = frame["patient_id"].map(patient_label, na_action="ignore")
    headers = {
        c: st.column_config.Column(
            (labels or {}).get(c) or column_label(c), width=(widths or {}).get(c)
        )
        for c in frame.columns
    }
    return st.dataframe(
        _styled(frame, small) if frame.size <= STYLED_CELLS else frame,
        hide_index=True,
        column_config=headers,
        height="content" if len(frame) <= MOST_ROWS else ROW * MOST_ROWS,
        key=key,
        placeholder="–",
        **settings,
    )


def _is_mixed(frame: pd.DataFrame) -> bool:
    """Quantities stand below each other, each with its own decimals."""
    return not (NAMED | {"unit", "statistic"}).isdisjoint(frame.columns)


def _with_interval(frame: pd.DataFrame) -> pd.DataFrame:
    """Both ends of an interval in one column, as people write it."""
    if not {"conf_low", "conf_high"} <= set(frame.columns):
        return frame
    ends = frame[["conf_low", "conf_high"]].astype(float)
    mixed = _is_mixed(frame)
    size = None if mixed or ends.isna().all(axis=None) else float(ends.abs().max(axis=None))
    words = [
        f"{number(low, size)} – {number(high, size)}" if pd.notna(low) or pd.notna(high) else None
        for low, high in ends.itertuples(index=False)
    ]
    place = list(frame.columns).index("conf_low")
    frame = frame.drop(columns=["conf_low", "conf_high"])
    frame.insert(place, "interval", words)
    return frame


def _name(value: object) -> str:
    shown = column_label(str(value))
    return value_label(value) if shown == str(value) else shown


def _styled(frame: pd.DataFrame, small: Callable[[pd.Series], bool] | None) -> object:
    numeric = [c for c in frame.columns if pd.api.types.is_numeric_dtype(frame[c])]
    mixed = _is_mixed(frame)
    style = frame.style.format(
        {c: p_text if c in P_COLUMNS else _number_of(frame[c], mixed) for c in numeric}, na_rep="–"
    )
    classes = [c for c in frame.columns if frame[c].isin(class_order()).any()]
    style = style.map(cell_style, subset=classes)
    if small:
        grey = frame.apply(small, axis=1)
        style = style.apply(lambda row: [GREY if grey[row.name] else ""] * len(row), axis=1)
    return style


def _number_of(values: pd.Series, mixed: bool) -> Callable[[float], str]:
    known = values.dropna().astype(float)
    if (known % 1 == 0).all():
        return lambda v: "–" if pd.isna(v) else f"{v:,.0f}".replace("-", "−")
    size = None if mixed else float(known.abs().max())
    return lambda v: number(v, size)
