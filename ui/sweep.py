"""What a closed tab leaves behind is forgotten when its time is up, whether or not anybody else
comes.

Streamlit looks for closed sessions whose time is up only when the next visitor connects; on a quiet
ward that may be tomorrow.
"""

from __future__ import annotations

import asyncio
import gc

import streamlit as st
from streamlit import runtime
from streamlit.runtime.app_session import AppSession

EVERY = 10.0  # seconds; together with disconnectedSessionTTL no more than two minutes


async def sweep() -> None:
    """Beside the server, in its own event loop: the only thread that touches the list of closed
    sessions.
    """
    pause = min(EVERY, st.get_option("server.disconnectedSessionTTL") / 2)
    while True:
        await asyncio.sleep(pause)
        if forget_closed():
            gc.collect()  # a session and what belongs to it hold each other


def forget_closed() -> int:
    """End the sessions that closed long enough ago; how many."""
    if not runtime.exists():
        return 0
    ended = runtime.get_instance()._session_mgr._session_storage._cache.expire()
    for _, info in ended:
        _empty(info.session)
    return len(ended)


def _empty(session: AppSession) -> None:
    """Streamlit's own loop may go on holding the session itself until the next visitor, but nothing
    that was in it.
    """
    session.shutdown()
    session.session_state.clear()
    session.flush_browser_queue()
