"""The door for files: one sheet at a time, read in the memory of this session, refused in one sentence."""

from __future__ import annotations

import streamlit as st

from thal_core import CohortError
from thal_core.words import Message
from ui import session
from ui.guard import note
from ui.language import safe, t

SEEN, REFUSED, TIMES = "upload_seen", "upload_refused", "upload_times"
MEMORY = 64 * 1024 * 1024


def keep_uploads_in_memory() -> None:
    """The web server would lay an upload above 1 MB on the disk; it stays in memory instead."""
    from starlette.formparsers import MultiPartParser

    MultiPartParser.spool_max_size = MEMORY


def show_uploader(label: str) -> None:
    # of any type: the reader looks at the content, and says in words what is wrong with it
    file = st.file_uploader(label, key=f"upload:{st.session_state.get(TIMES, 0)}", help=t("upload.help"))
    if file is None:
        st.session_state.pop(REFUSED, None)
    elif file.file_id != st.session_state.get(SEEN):
        st.session_state[SEEN] = file.file_id  # before reading: a cancelled file is not tried again
        if _read(file.getvalue(), file.name):
            st.session_state[TIMES] = st.session_state.get(TIMES, 0) + 1
            st.rerun()
    if REFUSED in st.session_state:
        st.error(safe(st.session_state[REFUSED]), icon=":material/block:")
        if session.loaded():
            st.caption(t("upload.still_open", name=safe(session.loaded().filename)))


def _read(data: bytes, name: str) -> bool:
    """True where the file became the cohort on the screen; else the reason is kept to be shown."""
    place = st.empty()
    with place.container():
        bar = st.progress(0.0, t("upload.reading", name=safe(name)))
        st.button(t("upload.cancel"), key="upload_cancel")  # any click stops the script at its next step

    def on_progress(fraction: float, _stage: str) -> None:
        bar.progress(min(max(fraction, 0.0), 1.0), t("upload.reading", name=safe(name)))

    try:
        session.load(data, name, on_progress=on_progress)
    except CohortError as error:
        st.session_state[REFUSED] = error
        return False
    except Exception as error:  # as in guard.py: what is open stays open
        note(error)
        st.session_state[REFUSED] = Message("ui.upload.broken")
        return False
    finally:
        place.empty()
    st.session_state.pop(REFUSED, None)
    return True
