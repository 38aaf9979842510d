"""Files to take away: made when somebody asks, with one click; what fails is one sentence below the
button.
"""

from __future__ import annotations

from collections.abc import Callable

import streamlit as st

from thal_core.issues import CohortError
from thal_core.words import tr
from ui.guard import note
from ui.language import language

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


class NotMade(Exception):
    """``str()`` is the sentence for the person. What went wrong stands in the log, by kind and
    place alone.
    """


def show_download(
    label: str, make: Callable[[], bytes | str], name: str, mime: str, **looks: object
) -> None:
    """A button that gives a file. make: runs on the click, outside the page's run: it holds all
    that it needs.
    """
    st.download_button(label, guarded(make, language()), name, mime, on_click="ignore", **looks)


def guarded(make: Callable[[], bytes | str], word: str) -> Callable[[], bytes | str]:
    """``make``, raising nothing but NotMade, in the language ``word``."""

    def made() -> bytes | str:
        try:
            return make()
        except CohortError as error:
            why = error.text(word)
        except Exception as error:  # as in guard.py
            note(error)
            why = tr("ui.download.failed", language=word)
        raise NotMade(why)

    return made
