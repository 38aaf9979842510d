"""The door for files: one sheet at a time, read in the memory of this session, refused in one
sentence.
"""

from __future__ import annotations

import streamlit as st

from thal_core import Cohort
from thal_core.intake.text.shown import shown_filename
from thal_core.reader import read_cohort
from ui import reading, session
from ui.language import t

TIMES = "upload_times"
MEMORY = 64 * 1024 * 1024


def keep_uploads_in_memory() -> None:
    """The web server would lay an upload above 1 MB on the disk; it stays in memory instead."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = MEMORY


def show_uploader(label: str) -> None:
    """Of any type: the reader looks at the content, and says in words what is wrong with it."""
    file = st.file_uploader(
        label, key=f"upload:{st.session_state.get(TIMES, 0)}", help=t("upload.help")
    )
    if file is not None:
        st.session_state[TIMES] = (
            st.session_state.get(TIMES, 0) + 1
        )  # a new door: it shows and keeps no file's name
        _read(file.getvalue(), file.name)


def _read(data: bytes, name: str) -> None:
    def read(report: reading.Report) -> Cohort:
        return read_cohort(data, filename=name, on_progress=report, isolated=True)

    def opened(cohort: Cohort) -> None:
        session.open_cohort(session.Loaded(cohort, name, data))

    reading.start(reading.Job(shown_filename(name), read, opened))
