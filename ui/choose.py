"""Pickers of a page. What belongs to the View is kept there, so that every page and the address
know it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import streamlit as st

from thal_core.rules.catalogue import criteria, criterion
from thal_core.view import LAST
from ui import session
from ui.language import column_label, language, t

OWN_MONTH = "own"  # stands for None, which a widget takes for nothing chosen


def _pick(
    label: str, choices: Sequence[Any], now: Any, name: str, word: Callable[[Any], str] = str
) -> Any:
    """A list that starts at ``now``. Another language is another widget: labels are its values'
    names.
    """
    place = list(choices).index(now) if now in choices else 0
    names = {choice: word(choice) for choice in choices}
    return st.selectbox(
        label, choices, index=place, key=f"choose:{name}:{language()}", format_func=names.get
    )


def choose_criterion() -> str:
    chosen = _pick(
        t("choose.criterion"),
        list(criteria()),
        session.options().criterion,
        "criterion",
        lambda c: criteria()[c].label(language()),
    )
    session.set_options(criterion=chosen)
    return chosen


def choose_month(months: Sequence[float]) -> float | str | None:
    """The month of judgement; None is the criterion's own, "last" each patient's last judged
    visit.
    """
    own, now = criterion(session.options().criterion).month, session.options().month
    choices = [OWN_MONTH, LAST, *(float(m) for m in months if m > 0 and m != own)]

    def word(month: float | str) -> str:
        words = {OWN_MONTH: t("choose.own_month", month=own), LAST: t("choose.last")}
        return words.get(month) or t("choose.month_n", month=month)  # type: ignore[call-overload]

    chosen = _pick(t("choose.month"), choices, OWN_MONTH if now is None else now, "month", word)
    session.set_options(month=None if chosen == OWN_MONTH else chosen)
    return session.options().month


def choose_analyte(analytes: Sequence[str]) -> str:
    chosen = _pick(
        t("choose.analyte"), analytes, session.options().analyte, "analyte", column_label
    )
    session.set_options(analyte=chosen)
    return chosen


def choose_patient(patients: Sequence[str]) -> str:
    chosen = _pick(
        t("choose.patient"),
        patients,
        session.options().patient_id,
        "patient",
        session.patient_label,
    )
    session.set_options(patient_id=chosen)
    return chosen


def choose_group(groups: Sequence[str], name: str) -> str:
    """A grouping of this one page; the page's own, since other groups make sense on other pages."""
    key = f"group:{name}"
    st.session_state[key] = _pick(
        t("choose.group"),
        groups,
        st.session_state.get(key, groups[0]),
        name,
        lambda g: t(f"group.{g}"),
    )
    return st.session_state[key]
