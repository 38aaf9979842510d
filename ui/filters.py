"""The sidebar's filter: who is looked at, on every page. The widgets show the View's Selection and
change it.
"""

from __future__ import annotations

import math

import pandas as pd
import streamlit as st

from thal_core import Cohort, CohortError, Selection
from thal_core.selection import column_values, selectable_columns
from thal_core.view import MISSING, Condition
from thal_core.words import join_list
from ui import session
from ui.language import column_label, language, safe, t, value_label

ALWAYS = ("phenotype", "splenectomy", "genotype")
PREFERRED = ("sex", "age_years", "center", "beta_class", "genotype_group_2024", "origin")
DERIVED = ("allele_1", "allele_2")
MORE = "filter_more"
FEW = 6  # up to so many levels are pills, more are a list


def sidebar(cohort: Cohort) -> None:
    counts = st.container()  # its numbers are known only after the widgets were read
    for column in ALWAYS:
        _filter(cohort, column)
    _more(cohort)
    with counts:
        _count(cohort)
        _chips()


def _count(cohort: Cohort) -> None:
    n = session.selected().n
    st.progress(
        n / cohort.n if cohort.n else 0.0, t("filter.count", n=f"{n:,}", total=f"{cohort.n:,}")
    )
    if n == 0:
        st.warning(t("filter.nobody"), icon=":material/filter_alt_off:")


def _chips() -> None:
    where = session.view().selection.where
    if not where:
        return
    with st.container(horizontal=True, gap="small"):
        for place, condition in enumerate(where):
            st.button(
                f":small[{safe(_words(condition))} ✕]",
                key=f"chip:{place}:{condition}",
                help=t("filter.remove"),
                on_click=_remove,
                args=(condition,),
            )
        if len(where) > 1:
            st.button(t("filter.clear"), key="filter_clear", type="tertiary", on_click=_clear)


def _words(condition: Condition) -> str:
    values = [t("filter.missing") if v == MISSING else value_label(v) for v in condition.values]
    shown = join_list(values[:2], language())
    more = f" +{len(values) - 2}" if len(values) > 2 else ""
    sign = {"=": ": ", "!=": " ≠ ", ">=": " ≥ ", "<=": " ≤ "}.get(
        condition.operator, f" {condition.operator} "
    )
    return f"{column_label(condition.column)}{sign}{shown}{more}"


def _remove(condition: Condition) -> None:
    where = session.view().selection.where
    session.set_selection(Selection(tuple(c for c in where if c != condition)))


def _clear() -> None:
    session.set_selection(Selection())
    st.session_state[session.OPENED] = ()


def _more(cohort: Cohort) -> None:
    """Any other column: those opened by hand, and those the selection already names."""
    others = [c for c in _ordered(selectable_columns(cohort)) if c not in ALWAYS and _can_filter(c)]
    named = [c.column for c in session.view().selection.where]
    opened = [
        c for c in dict.fromkeys((*st.session_state.get(session.OPENED, ()), *named)) if c in others
    ]
    for column in opened:
        _filter(cohort, column)
    names = {c: column_label(c) for c in others if c not in opened}
    st.selectbox(
        t("filter.more"),
        list(names),
        index=None,
        key=f"{MORE}:{language()}",
        format_func=names.get,
        placeholder=t("filter.more_placeholder"),
        on_change=_open,
    )


def _open() -> None:
    key = f"{MORE}:{language()}"
    if st.session_state.get(key):
        st.session_state[session.OPENED] = (
            *st.session_state.get(session.OPENED, ()),
            st.session_state[key],
        )
        st.session_state[key] = None


def _ordered(columns: list[str]) -> list[str]:
    first = [c for c in PREFERRED if c in columns]
    return [*first, *(c for c in columns if c not in first and c not in DERIVED)]


def _can_filter(column: str) -> bool:
    try:
        Condition(column, "=", (MISSING,))
    except CohortError:
        return False  # a header with a comma or a sign that filters are written with
    return True


def _filter(cohort: Cohort, column: str) -> None:
    values = column_values(cohort, column)
    if values.isna().all() and column in ALWAYS:
        return
    numeric = pd.api.types.is_numeric_dtype(values) and values.dtype != "boolean"
    (_range if numeric else _levels)(values, column)


def _levels(values: pd.Series, column: str) -> None:
    now = [c for c in session.view().selection.where if c.column == column]
    chosen = [v for c in now if c.operator == "=" for v in c.values]
    options = [*_level_names(values), *([MISSING] if values.isna().any() else [])]
    options += [v for v in chosen if v not in options]
    draw = st.pills if len(options) <= FEW else st.multiselect
    settings = {"selection_mode": "multi"} if draw is st.pills else {"placeholder": t("filter.all")}
    names = _option_labels(options, values, in_markdown=draw is st.pills)
    picked = draw(
        safe(column_label(column)),
        options,
        default=chosen,
        key=_key(column),
        format_func=names.get,
        **settings,
    )
    others = [c for c in now if c.operator != "="]
    session.set_conditions(
        column, [*others, *([Condition(column, "=", tuple(picked))] if picked else [])]
    )


def _key(column: str) -> str:
    """A new widget where the selection was changed from outside, and in another language: labels
    are its values' names.
    """
    return f"filter:{column}:{st.session_state.get(session.DRAWN, 0)}:{language()}"


def _level_names(values: pd.Series) -> list[str]:
    if values.dtype == "boolean":
        return [word for word, there in (("yes", True), ("no", False)) if (values == there).any()]
    return [str(v) for v in values.dropna().value_counts().index]


def _option_labels(options: list[str], values: pd.Series, in_markdown: bool) -> dict[str, str]:
    """Each level in words with its n in the whole cohort."""
    words = (
        values.map({True: "yes", False: "no"}, na_action="ignore")
        if values.dtype == "boolean"
        else values
    )
    counts = words.astype("str").where(words.notna()).value_counts().to_dict() | {
        MISSING: int(values.isna().sum())
    }
    names = {o: t("filter.missing") if o == MISSING else value_label(o) for o in options}
    labels = {o: f"{name} ({counts.get(o, 0)})" for o, name in names.items()}
    return {o: safe(label) for o, label in labels.items()} if in_markdown else labels


def _range(values: pd.Series, column: str) -> None:
    """A slider over the cohort's own span; the whole span is no condition."""
    low, high, step = _span(values.dropna().astype(float))
    if low == high:
        return
    now = [c for c in session.view().selection.where if c.column == column]
    bounds = {c.operator: float(c.values[0]) for c in now if c.operator in (">=", "<=")}
    shown = tuple(
        sorted(
            min(max(bounds.get(sign, edge), low), high)
            for sign, edge in ((">=", low), ("<=", high))
        )
    )
    start, end = st.slider(
        safe(column_label(column)), low, high, shown, step=step, format="%g", key=_key(column)
    )
    if (start, end) == shown:
        return  # what the address asked for may be more than a slider can show
    others = [c for c in now if c.operator not in bounds]
    session.set_conditions(
        column,
        [
            *others,
            *([Condition(column, ">=", (f"{start:.10g}",))] if start > low else []),
            *([Condition(column, "<=", (f"{end:.10g}",))] if end < high else []),
        ],
    )


def _span(values: pd.Series) -> tuple[float, float, float]:
    """Round limits that hold every value, and a step of about a hundredth of them."""
    low, high = float(values.min()), float(values.max())
    step = 10.0 ** math.floor(math.log10((high - low) / 20)) if high > low else 1.0
    return math.floor(low / step) * step, math.ceil(high / step) * step, step
