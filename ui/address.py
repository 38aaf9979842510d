"""The address bar holds the view: filters and choices, never a patient. What is forged is left out
and said.
"""

from __future__ import annotations

import json
from dataclasses import asdict

import streamlit as st

from thal_core import Cohort, CohortError, Options, Selection
from thal_core.rules.catalogue import criteria
from thal_core.selection import matches
from thal_core.view import LAST, Condition
from thal_core.vocabulary import ANALYTES
from thal_core.words import languages
from ui import session
from ui.language import FIRST, LANGUAGE, language

WHERE, READ = "where", "address_read"
CHOICES = {
    "criterion": criteria().__contains__,
    "analyte": ANALYTES.__contains__,
    "month": lambda _: True,
    "unit_volume_ml": lambda _: True,
}
NUMBERS = {"month", "unit_volume_ml"}


def read_once() -> int:
    """Seed the view from the address at the start of a session; how many of its settings had to be
    left out.
    """
    if st.session_state.get(READ):
        return 0
    st.session_state[READ] = True
    now = session.loaded()
    return _read(now.cohort if now else None)


def _read(cohort: Cohort | None) -> int:
    given, refused = st.query_params, 0
    if given.get(LANGUAGE) in languages():
        st.session_state[FIRST] = given[LANGUAGE]
    for name in CHOICES:
        if name in given:
            refused += not _take(name, given[name])
    conditions = [c for c in (_condition(text, cohort) for text in given.get_all(WHERE)[:100]) if c]
    refused += len(given.get_all(WHERE)) - len(conditions)
    session.set_selection(Selection(tuple(conditions)))
    return refused


def _take(name: str, text: str) -> bool:
    try:
        value = float(text) if name in NUMBERS and text != LAST else text
        if not CHOICES[name](value):
            return False
        session.set_options(**{name: value})
    except (CohortError, ValueError):
        return False
    return True


def _condition(text: str, cohort: Cohort | None) -> Condition | None:
    try:
        condition = _parse(text)
        if cohort is not None:
            matches(cohort, condition)
    except CohortError:
        return None
    return condition


def _parse(text: str) -> Condition:
    """``sex=female``, or [column, operator, [values]] as JSON where a value holds a comma."""
    try:
        return Condition.of(json.loads(text))
    except (ValueError, RecursionError):
        return Condition.parse(text)


def _text(condition: Condition) -> str:
    try:
        if Condition.parse(str(condition)) == condition:
            return str(condition)
    except CohortError:
        pass
    return json.dumps([condition.column, condition.operator, condition.values], ensure_ascii=False)


def write() -> None:
    """The address of what is on the screen now."""
    now, usual = asdict(session.options()), asdict(Options())
    params: dict[str, str | list[str]] = {
        name: f"{now[name]:g}" if name in NUMBERS and now[name] != LAST else str(now[name])
        for name in CHOICES
        if now[name] != usual[name]
    }
    if where := [_text(c) for c in session.view().selection.where]:
        params[WHERE] = where
    if language() != "en":
        params[LANGUAGE] = language()
    st.query_params.from_dict(params)
