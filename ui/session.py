"""What one person has open: a cohort and a View. Kept in the memory of this session alone.

The View is the only state behind filters and pickers; widgets show it and write it back.
"""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import pandas as pd
import streamlit as st

from thal_core import (
    Cohort,
    CohortError,
    Mapping,
    Options,
    Result,
    Selection,
    View,
    analyse,
    read_cohort,
    select,
)
from thal_core.analyses.build_result import columns_of
from thal_core.derive.unread_columns import columns_behind as unread_behind
from thal_core.figure_options import FigureOptions
from thal_core.figures.restyled import restyled
from thal_core.mapping import ColumnReading
from thal_core.rules.catalogue import criterion
from thal_core.view import Condition
from thal_core.words import Message, Text
from ui.guard import note
from ui.language import language, t
from ui.warm import start_drawing_engine

WORDS = "words_loaded"  # the mapping file that a person loaded
NOTHING_MEASURED = "intake.nothing_measured"
LOADED, VIEW = "loaded", "view"
OPENED = "filter_opened"  # columns a person added to the filters
DRAWN = "filter_drawn"  # how often the selection was changed from outside the filter widgets
MADE = "report_made"  # files of the report; they go with their cohort
SAMPLES = Path(__file__).parent.parent / "data"


@dataclass(frozen=True, eq=False)
class Loaded:
    """A cohort on the screen. ``data`` and ``filename`` (as typed, never shown) are kept to read
    the sheet again after a change of the mapping.
    """

    cohort: Cohort
    filename: str
    data: bytes
    sample: bool = False

    @property
    def name(self) -> str:
        """What may be shown of the file's name."""
        return self.cohort.provenance.filename


def loaded() -> Loaded | None:
    return st.session_state.get(LOADED)


def words() -> Mapping:
    """All that a person said of columns: of this sheet, and in the mapping file loaded before."""
    return loaded().cohort.mapping.joined(st.session_state.get(WORDS, Mapping()))


def is_draft() -> bool:
    """Is a sheet open of which not one quantity was understood?"""
    now = loaded()
    return now is not None and (now.cohort.issues["code"] == NOTHING_MEASURED).any()


def load_sample(name: str) -> None:
    open_cohort(Loaded(_sample(name), name, b"", sample=True))


def replace_cohort(cohort: Cohort) -> None:
    """The open sheet as another mapping reads it; filters stay."""
    st.session_state[LOADED] = replace(st.session_state[LOADED], cohort=cohort)


def sheet_of(what: Loaded) -> bytes:
    """The file as it came."""
    return (SAMPLES / what.filename).read_bytes() if what.sample else what.data


def close() -> None:
    open_cohort(None)


def open_cohort(what: Loaded | None) -> None:
    """On the screen from now on, without filters; None closes what is open."""
    st.session_state[LOADED] = what
    st.session_state[OPENED] = ()
    st.session_state.pop(MADE, None)
    set_selection(Selection())
    if what is not None:
        start_drawing_engine()


def patient_label(patient_id: str) -> str:
    """The id; one that stands for a name or a record number with its row in the sheet: ``P007, row
    12``.
    """
    now = loaded()
    place = dict(now.cohort.provenance.replaced).get(patient_id) if now else None
    if place is None:
        return patient_id
    if place.isdigit():
        return t("patient.row", id=patient_id, place=place)
    return t("patient.column", id=patient_id, place=place)


def samples() -> list[str]:
    """The sample cohorts that come with the program, by file name."""
    return sorted(path.name for path in SAMPLES.glob("sample_cohort*.csv"))


@st.cache_resource(show_spinner=False)
def _sample(name: str) -> Cohort:
    # shared by all sessions: it holds no one's data
    return read_cohort(SAMPLES / name)


def view() -> View:
    if VIEW not in st.session_state:
        st.session_state[VIEW] = View()
    return st.session_state[VIEW]


def options() -> Options:
    return view().options


def set_options(**changes: object) -> None:
    st.session_state[VIEW] = replace(view(), options=replace(options(), **changes))


def set_figure(name: str, wanted: FigureOptions) -> None:
    """How the figures of a result are wanted from now on."""
    st.session_state[VIEW] = view().with_figure(name, wanted)


def set_selection(selection: Selection) -> None:
    """From outside the filter widgets: they are drawn anew from it."""
    st.session_state[VIEW] = replace(view(), selection=selection)
    st.session_state[DRAWN] = st.session_state.get(DRAWN, 0) + 1


def set_conditions(column: str, conditions: list[Condition]) -> None:
    """From the widget of one column: its conditions replaced, all others as they were."""
    old = view().selection.where
    if [c for c in old if c.column == column] != conditions:
        others = tuple(c for c in old if c.column != column)
        st.session_state[VIEW] = replace(view(), selection=Selection((*others, *conditions)))


def selected() -> Cohort:
    """The patients under the filters."""
    cohort = st.session_state[LOADED].cohort
    return _selected(cohort, cohort.fingerprint, view().selection.to_json(), view().selection)


@st.cache_resource(scope="session", show_spinner=False, max_entries=50)
def _selected(_cohort: Cohort, fingerprint: str, selection: str, _selection: Selection) -> Cohort:
    return select(_cohort, _selection)


def classes() -> pd.DataFrame:
    """The class of each patient under the View's options, with the reason in the language of the
    screen; by patient_id.
    """
    return ask("response_by_patient").translated(language()).set_index("patient_id")


def ask(name: str, **changes: object) -> Result:
    """One analysis of the patients under the filters, with the View's options (``changes`` on top).

    One that fails says so in its own place; the rest of the page stands.
    """
    cohort = selected()
    try:
        return _answer(
            cohort, cohort.fingerprint, name, json.dumps(asdict(replace(options(), **changes)))
        )
    except CohortError as error:
        why = Message(error.code, error.params)
    except Exception as error:  # as in guard.py
        note(error)
        why = Message("ui.broken")
    return Result(
        name, pd.DataFrame(columns=columns_of(name)), notes=Text((why,)), n_excluded=cohort.n
    )


def columns_behind(headline: str) -> tuple[ColumnReading, ...]:
    """The columns that were not understood and may change this headline of the patients under the
    filters.
    """
    rules = criterion(options().criterion)
    return unread_behind(selected(), headline, rules, options().month_or(rules.month))


@st.cache_resource(scope="session", show_spinner=False, max_entries=300)
def _answer(_cohort: Cohort, fingerprint: str, name: str, options: str) -> Result:
    # keyed on content: Streamlit hashes only a sample of a large frame
    return analyse(_cohort, name, Options(**json.loads(options)))


def figure(result: Result) -> object:
    """The Result's figure for the screen, drawn once; None where it has none."""
    if result.draw is None or result.table.empty:
        return None
    return restyled(plain_figure(result), view().figure(result.name))


def plain_figure(result: Result) -> object:
    """The Result's figure for the screen before anybody wished it otherwise."""
    return _figure(
        result, selected().fingerprint, result.name, json.dumps(asdict(result.options)), language()
    )


@st.cache_resource(scope="session", show_spinner=False, max_entries=100)
def _figure(_result: Result, fingerprint: str, name: str, options: str, language: str) -> object:
    return _result.figure(language, "screen")
