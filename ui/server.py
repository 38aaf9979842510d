"""What every answer of the server carries, and what runs beside it: no page decides any of this."""

from __future__ import annotations

import asyncio
import contextlib
import webbrowser
from base64 import b64encode
from collections.abc import AsyncIterator
from hashlib import sha256
from pathlib import Path

import streamlit as st
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from streamlit.web.server import server_util
from streamlit.web.server.starlette.starlette_websocket import is_host_allowed

from thal_core.reader import keep_warm
from thal_core.words import tr
from ui import warm
from ui.copies import tell_alive
from ui.sweep import sweep


def _inline_scripts() -> str:
    """The scripts that stand in Streamlit's own page, by their hashes; any other script in a page
    does not run.
    """
    page = (Path(st.__file__).parent / "static" / "index.html").read_text(encoding="utf-8")
    texts = [part.partition("</script>")[0] for part in page.split("<script>")[1:]]
    return " ".join(
        f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'" for text in texts
    )


HEADERS = {
    # styles are written by the page while it draws
    "Content-Security-Policy": "default-src 'self'; "
    f"script-src 'self' {_inline_scripts()}; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data: blob:; font-src 'self' data:; connect-src 'self'; "
    "worker-src 'self' blob:; "
    "object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
    "X-Frame-Options": "DENY",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}


class Guarded:
    """Around the whole server: a name it does not go by is refused, and every answer carries
    HEADERS.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":  # Streamlit checks the names on its websocket itself
            await self.app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        known = is_host_allowed(Headers(scope=scope).get("host"))
        answer = self.app if known else PlainTextResponse("Host not allowed", status_code=403)
        await answer(scope, receive, send_guarded)


@contextlib.asynccontextmanager
async def lifespan(_app: st.App) -> AsyncIterator[None]:
    """From the start of the server to its end: a reader waits, warm, and closed tabs are swept
    away.
    """
    keep_warm()
    warm.allow()
    beside = [asyncio.create_task(sweep()), asyncio.create_task(tell_alive())]
    _announce()
    try:
        yield
    finally:
        for task in beside:
            task.cancel()


def _announce() -> None:
    """Where the app is; on a person's own computer the browser opens there."""
    url = server_util.get_url(
        server_util.get_display_address(st.get_option("server.address") or "localhost")
    )
    print(f"{tr('ui.app.title')}: {url}", flush=True)
    if not st.get_option("server.headless"):
        asyncio.get_running_loop().call_later(0.5, webbrowser.open, url)
