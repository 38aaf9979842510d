"""The drawing engine is started while a person looks at the first screen, so that the first file
does not wait for it.
"""

from __future__ import annotations

import threading

_SERVING = threading.Event()


def allow() -> None:
    """By the server, once: a page that a test runs starts no browser."""
    _SERVING.set()


def start_drawing_engine() -> None:
    """In a thread of its own; at once where it is warm already."""
    if _SERVING.is_set():
        from thal_core.figures.files import warm_up

        threading.Thread(target=warm_up, name="warm-up", daemon=True).start()
