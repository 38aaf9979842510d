"""No traceback ever reaches a person: one sentence on the screen, the place in the log, no
patient's value in either.
"""

from __future__ import annotations

import logging
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import streamlit as st
from streamlit.runtime.scriptrunner import StopException

from thal_core.issues import CohortError
from thal_core.words import tr
from ui.language import language, safe, t

log = logging.getLogger("thal.app")


@contextmanager
def guard() -> Iterator[None]:
    """Around a whole run; the disclaimer stands below whatever happened."""
    try:
        yield
    except StopException:  # a page that ends early; a page that starts again is let through
        pass
    except CohortError as error:
        st.error(safe(error), icon=":material/error:")
    except Exception as error:  # the last door: whatever it is, the page stays alive
        note(error)
        st.error(t("broken"), icon=":material/error:")
    _disclaimer()


def note(error: Exception) -> None:
    """What failed and where, for the log; never what it failed on."""
    place = traceback.extract_tb(error.__traceback__)[-1]
    log.error("%s at %s:%s", type(error).__name__, Path(place.filename).name, place.lineno)


def _disclaimer() -> None:
    st.divider()
    st.caption(tr("disclaimer", language=language()))
