"""One of several copies of the program behind a proxy: each visitor stays with the copy that holds
what they opened, and is told where that copy has ended.

On a person's own computer there is one copy and none of this happens: it begins with the name of a
copy in the environment (``deploy/thal@.service`` sets it).
"""

from __future__ import annotations

import asyncio
import os
import secrets
import socket
from textwrap import wrap

from starlette.datastructures import Headers, MutableHeaders
from starlette.requests import cookie_parser
from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from thal_core.words import languages, tr

NAME = "THAL_COPY"  # in the environment: the copy's port, which the proxy knows it by
COOKIE = "thal_copy"  # the copy's name and what no other start of it has
HELD = ("/_stcore/", "/media/")  # addresses that answer with what one copy alone holds
WIDTH = 44
_ALIVE_SECONDS = 10.0


def ended() -> str:
    """What a person reads whose copy has ended, in every language. Streamlit's page shows it in its
    own "Connection error", if it comes as JSON, in lines that it does not break itself.
    """
    texts = [tr("ui.copy.ended", language=language) for language in languages()]
    return "\n\n".join("\n".join(wrap(text, _width(text))) for text in texts)


def _width(text: str) -> int:
    """Characters that fit into a line of that window; a Chinese one is as wide as two others."""
    return WIDTH if text.isascii() else WIDTH // 2


class OneOfSeveral:
    """Around the server: every page carries the mark of this start of this copy; who comes with
    another mark asks for what is gone, and is told so instead of being handed an empty session.
    """

    def __init__(self, app: ASGIApp) -> None:
        name = os.environ.get(NAME, "")
        self.app, self.mark = app, f"{name}-{secrets.token_hex(8)}" if name else ""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if not self.mark or scope["type"] not in ("http", "websocket"):
            await self.app(scope, receive, send)
            return
        asked = Headers(scope=scope)
        theirs = cookie_parser(asked.get("cookie", "")).get(COOKIE, "")
        if not scope["path"].startswith(HELD):
            is_page = "text/html" in asked.get("accept", "")
            await self.app(scope, receive, self._marking(send) if is_page else send)
        elif theirs in ("", self.mark):  # the machine's own question for its health has no mark
            await self.app(scope, receive, send)
        elif scope["type"] == "http":
            await JSONResponse(ended(), status_code=503)(scope, receive, send)
        else:
            await send({"type": "websocket.close", "code": 1001})

    def _marking(self, send: Send) -> Send:
        """A page, also one that the browser still has (304), binds its visitor to this copy."""
        cookie = f"{COOKIE}={self.mark}; Path=/; HttpOnly; SameSite=Lax"

        async def send_marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).append("set-cookie", cookie)
            await send(message)

        return send_marked


async def tell_alive() -> None:
    """Tells systemd that the server is ready, then, as long as it turns, that it is alive; returns
    at once where nobody listens.
    """
    state = b"READY=1"
    while address := os.environ.get("NOTIFY_SOCKET"):
        with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.connect("\0" + address[1:] if address.startswith("@") else address)
            line.send(state)
        state = b"WATCHDOG=1"
        await asyncio.sleep(_ALIVE_SECONDS)
