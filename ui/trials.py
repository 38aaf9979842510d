"""What accepting a proposal would change: the sheet is read again beside the page, one proposal
after the other, and nothing of it is kept but the headlines.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass, replace

import streamlit as st

from thal_core import Cohort, Mapping, Options, Result, Selection, analyse, select
from thal_core.mapping import ColumnReading
from thal_core.reader import read_cohort
from thal_core.vocabulary import Severity
from ui import session
from ui.guard import note

TRIALS = "trials"
UNASKED_BYTES = 4_000_000  # a larger sheet is read again only for a proposal that somebody chose
PATIENCE_SECONDS = 60.0


@dataclass(frozen=True)
class Proposal:
    """One column of the sheet, and what it may be."""

    sheet: str
    index: int
    field: str
    month: float | None = None
    unit: str = ""

    def applied_to(self, mapping: Mapping) -> Mapping:
        return mapping.with_column(
            self.sheet, self.index, field=self.field, month=self.month, unit=self.unit
        )


@dataclass(frozen=True)
class Outcome:
    """The headlines under a proposal, and how many cells more could not be read; no summary where
    the sheet could not be read so.
    """

    summary: Result | None
    left_out: int = 0


class Trials:
    """The proposals of one open sheet under one View, tried in the order asked."""

    def __init__(self, now: session.Loaded, selection: Selection, options: Options) -> None:
        self._data, self._filename = session.sheet_of(now), now.filename
        self._mapping, self._errors = now.cohort.mapping, errors_of(now.cohort)
        self._selection, self._options = selection, options
        self._waiting: list[Proposal] = []
        self._outcomes: dict[Proposal, Outcome] = {}
        self._trying: Proposal | None = None
        self._changed, self._ended, self._running = threading.Condition(), False, False

    def ask(self, *proposals: Proposal, first: bool = False) -> None:
        """Have these tried; those asked before are not tried again."""
        with self._changed:
            known = {*self._outcomes, *self._waiting, self._trying}
            new = [p for p in dict.fromkeys(proposals) if p not in known]
            self._waiting = [*new, *self._waiting] if first else [*self._waiting, *new]
            if self._waiting and not self._running:
                self._running = True
                threading.Thread(target=self._run, daemon=True).start()

    def outcome(self, proposal: Proposal, patience: float = 0.0) -> Outcome | None:
        """None while it is not known; ``patience``: how long to wait for it."""
        with self._changed:
            self._changed.wait_for(
                lambda: proposal in self._outcomes or not self._running, patience
            )
            return self._outcomes.get(proposal)

    @property
    def progress(self) -> tuple[int, int]:
        """How many are tried, of how many asked."""
        with self._changed:
            done = len(self._outcomes)
            return done, done + len(self._waiting) + (self._trying is not None)

    def end(self) -> None:
        with self._changed:
            self._ended, self._waiting = True, []

    def _run(self) -> None:
        while (proposal := self._next()) is not None:
            outcome = self._tried(proposal)
            with self._changed:
                self._outcomes, self._trying = self._outcomes | {proposal: outcome}, None
                self._changed.notify_all()

    def _next(self) -> Proposal | None:
        with self._changed:
            if not self._waiting:
                self._running = False
                self._changed.notify_all()
                return None
            self._trying, *self._waiting = self._waiting
            return self._trying

    def _tried(self, proposal: Proposal) -> Outcome:
        try:
            cohort = read_cohort(
                self._data,
                filename=self._filename,
                mapping=proposal.applied_to(self._mapping),
                on_progress=lambda share, code: not self._ended,
                isolated=True,
            )
            summary = analyse(select(cohort, self._selection), "summary", self._options)
            return Outcome(summary, errors_of(cohort) - self._errors)
        except Exception as error:  # as in guard.py: a trial that fails changes nothing
            note(error)
            return Outcome(None)


def errors_of(cohort: Cohort) -> int:
    """How many errors the reading of the sheet found."""
    return int((cohort.issues["severity"] == Severity.ERROR).sum())


def trials() -> Trials:
    """Those of the open sheet as it is read and looked at now; others are ended."""
    now, view = session.loaded(), session.view()
    key = now.cohort.fingerprint, view.selection.to_json(), repr(view.options)
    known, running = st.session_state.get(TRIALS, (None, None))
    if known != key:
        if running is not None:
            running.end()
        running = Trials(now, view.selection, replace(view.options))
        st.session_state[TRIALS] = key, running
    return running


def ask_in_advance(readings: list[ColumnReading]) -> None:
    """Try the best proposal of each of these columns while somebody reads the page."""
    now = session.loaded()
    if len(now.data) <= UNASKED_BYTES:
        trials().ask(*(proposals_of(c)[0] for c in readings if c.candidates))


def proposals_of(reading: ColumnReading) -> list[Proposal]:
    return [
        Proposal(reading.sheet, reading.index, c.field, c.month, c.unit) for c in reading.candidates
    ]
