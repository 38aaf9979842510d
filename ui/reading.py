"""A sheet that is being read: by a child process, watched by a thread of its own, so that no click
loses it.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

import streamlit as st

from thal_core import Cohort, CohortError
from thal_core.words import Message
from ui import session
from ui.guard import note
from ui.language import safe, t

JOB, REFUSED = "reading_job", "reading_refused"
TICK_SECONDS = 0.1
Report = Callable[[float, str], bool]


class Job:
    """One reading. ``name``: what may be shown of the file's name. ``then``: what becomes of the
    cohort.
    """

    def __init__(
        self, name: str, read: Callable[[Report], Cohort], then: Callable[[Cohort], None]
    ) -> None:
        self.name, self.then, self.share = name, then, 0.0
        self.cohort: Cohort | None = None
        self.error: CohortError | Message | None = None
        self._cancelled = False
        self._thread = threading.Thread(target=self._run, args=(read,), daemon=True)
        self._thread.start()

    def _run(self, read: Callable[[Report], Cohort]) -> None:
        try:
            self.cohort = read(self._report)
        except CohortError as error:
            self.error = error
        except Exception as error:  # as in guard.py: what is open stays open
            note(error)
            self.error = Message("ui.upload.broken")

    def _report(self, share: float, _stage: str) -> bool:
        self.share = min(max(share, 0.0), 1.0)
        return not self._cancelled

    def cancel(self) -> None:
        self._cancelled = True

    def done(self, wait: float = 0.0) -> bool:
        self._thread.join(wait)
        return not self._thread.is_alive()


def start(job: Job) -> None:
    """Read this now, in place of what was being read; the run begins again and waits for it."""
    if JOB in st.session_state:
        st.session_state[JOB].cancel()
    st.session_state.pop(REFUSED, None)
    st.session_state[JOB] = job
    st.rerun()


def wait(page: str) -> None:
    """Where something is being read: say so until it is done, on whichever page. Any click is
    obeyed at once, and the reading goes on.
    """
    job: Job | None = st.session_state.get(JOB)
    if job is None:
        _show_refusal(page)
        return
    bar = st.progress(job.share, _words(job))
    st.caption(t("upload.goes_on"))
    st.button(t("upload.cancel"), key="upload_cancel", on_click=job.cancel, icon=":material/close:")
    while not job.done(TICK_SECONDS):
        bar.progress(job.share, _words(job))
    del st.session_state[JOB]
    if job.cohort is None:
        st.session_state[REFUSED] = page, job.error
    else:
        job.then(job.cohort)
    st.rerun()


def _words(job: Job) -> str:
    return t("upload.reading", name=safe(job.name))


def _show_refusal(page: str) -> None:
    """Why a sheet could not be read, on the page where that was found out."""
    where, error = st.session_state.get(REFUSED, (page, None))
    if error is None or where != page:
        st.session_state.pop(REFUSED, None)
        return
    st.error(safe(error), icon=":material/block:")
    if session.loaded():
        st.caption(t("upload.still_open", name=safe(session.loaded().name)))
