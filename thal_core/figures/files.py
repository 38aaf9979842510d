"""Figures as files: SVG, PDF and PNG of the very figure on the screen, drawn by one warm browser
without any network.
"""

from __future__ import annotations

import asyncio
import atexit
import base64
import contextlib
import io
import threading
from collections.abc import Callable, Coroutine
from concurrent.futures import TimeoutError as FutureTimeout
from typing import Any

from plotly import graph_objects as go

from thal_core.figures.fonts import offered
from thal_core.figures.theme import GRID, INK, PALE, PX_PER_CM, preset_named
from thal_core.issues import CohortError

FORMATS = ("svg", "pdf", "png")
DPI_RANGE = (36, 1200)
SECONDS = 60.0
PICTURES_READY = "Promise.all([...document.images].map(i => i.decode().catch(() => 0)))"
CM_PER_INCH = 2.54


def browser_found() -> bool:
    """Whether a Chrome, Chromium, Edge or Brave is where kaleido looks for one."""
    from choreographer.browsers.chromium import Chromium

    return bool(Chromium.find_browser(skip_local=False))


def write_figure(figure: go.Figure, format: str, preset: str, *, dpi: int | None = None) -> bytes:
    """The figure as the bytes of a file, at the preset's true size on a white ground.

    format: ``svg``, ``pdf`` (vectors) or ``png`` (with its dpi written into the file). dpi: for
    png, 36 to 1200; None for the preset's own (journals 300; slides 144, which is 1920 × 1080).
    Raises CohortError ``figure.no_browser`` where no Chrome, Chromium, Edge or Brave is found,
    ``figure.not_drawn`` where the browser does not answer, ``figure.bad_format``,
    ``figure.bad_dpi``.
    """
    size = preset_named(preset)
    dpi = size.dpi if dpi is None else dpi
    if format not in FORMATS:
        raise CohortError("figure.bad_format", given=str(format), allowed=list(FORMATS))
    if not DPI_RANGE[0] <= dpi <= DPI_RANGE[1]:
        raise CohortError("figure.bad_dpi", given=dpi, low=DPI_RANGE[0], high=DPI_RANGE[1])
    if not browser_found():
        raise CohortError("figure.no_browser")
    printed = on_white(figure)
    scale = dpi / (PX_PER_CM * CM_PER_INCH) if format == "png" else 1.0
    options = {
        "format": format,
        "width": printed.layout.width or size.width,
        "height": printed.layout.height or size.height,
        "scale": scale,
    }
    drawn = _draw(printed.to_dict(), options)
    return _with_dpi(drawn, dpi) if format == "png" else drawn


def on_white(figure: go.Figure) -> go.Figure:
    """A copy whose see-through ground is white and whose middle grey text is dark."""
    copy = go.Figure(figure)
    look = copy.layout.template.layout
    if look.paper_bgcolor != "#FFFFFF":
        axis = {"gridcolor": GRID, "linecolor": PALE, "tickcolor": PALE}
        look.update(
            paper_bgcolor="#FFFFFF", plot_bgcolor="#FFFFFF", font_color=INK, xaxis=axis, yaxis=axis
        )
    return copy


def _with_dpi(png: bytes, dpi: int) -> bytes:
    from PIL import Image

    out = io.BytesIO()
    with Image.open(io.BytesIO(png)) as image:
        image.convert("RGB").save(out, "PNG", dpi=(dpi, dpi))
    return out.getvalue()


class Painter:
    """One browser and its event loop in a thread of their own; any thread may ask for a drawing.

    kaleido's own sync server gives figures of two threads to one another and waits for ever when
    its browser dies, so the loop is kept here: each drawing has its own future and a time limit.
    """

    def __init__(self) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(
            target=self._loop.run_forever, name="figure-painter", daemon=True
        )
        self._thread.start()
        self._browser = self._run(self._open())

    def draw(self, figure: dict[str, Any], options: dict[str, Any]) -> bytes:
        return self._run(self._browser.calc_fig(figure, opts=options))

    def print_page(self, page: str) -> bytes:
        """A whole HTML page as PDF; nothing of it touches the disk."""
        return self._run(self._print(page))

    async def _print(self, page: str) -> bytes:
        tab = await self._browser.create_tab("about:blank")
        try:
            tree = await tab.send_command("Page.getFrameTree")
            frame = tree["result"]["frameTree"]["frame"]["id"]
            await tab.send_command("Page.setDocumentContent", {"frameId": frame, "html": page})
            await tab.send_command(
                "Runtime.evaluate",
                {"expression": PICTURES_READY, "awaitPromise": True},
            )
            printed = await tab.send_command(
                "Page.printToPDF",
                {"printBackground": True, "preferCSSPageSize": True, "generateTaggedPDF": True},
            )
            return base64.b64decode(printed["result"]["data"])
        finally:
            await self._browser.close_tab(tab)

    def close(self) -> None:
        """Ends the browser; safe to call twice."""
        if self._loop.is_running():
            try:
                self._run(self._browser.close(), seconds=10.0)
            finally:
                self._loop.call_soon_threadsafe(self._loop.stop)
                self._thread.join(timeout=10.0)

    @staticmethod
    async def _open() -> Any:
        import kaleido

        browser = kaleido.Kaleido(
            n=1, timeout=SECONDS, mathjax=False
        )  # MathJax would be fetched from a CDN
        await browser.open()
        return browser

    def _run(self, work: Coroutine[Any, Any, Any], seconds: float = SECONDS) -> Any:
        if not self._loop.is_running():
            work.close()
            raise RuntimeError("the painter has ended")
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(timeout=seconds)


_lock = threading.Lock()
_warm: list[Painter] = []


def _draw(figure: dict[str, Any], options: dict[str, Any]) -> bytes:
    return _painted(lambda painter: painter.draw(figure, options))


def write_page(page: str) -> bytes:
    """An HTML page without scripts as PDF, by the browser that draws the figures. Raises
    CohortError as ``write_figure`` does.
    """
    if not browser_found():
        raise CohortError("figure.no_browser")
    return _painted(lambda painter: painter.print_page(page))


def _painted(work: Callable[[Painter], bytes]) -> bytes:
    """By the warm painter, started when first asked and replaced once when it has died."""
    with _lock:
        for last in (False, True):
            try:
                if not _warm:
                    with offered():
                        _warm.append(Painter())
                return work(_warm[0])
            except (Exception, FutureTimeout) as error:
                close_painter()
                if last:
                    raise CohortError("figure.not_drawn") from error
    raise AssertionError("unreachable")


def warm_up() -> None:
    """Starts the browser, so that the first figure does not wait for it; silent where there is
    none.
    """
    with contextlib.suppress(CohortError):
        if browser_found():
            _painted(lambda _: b"")


@atexit.register
def close_painter() -> None:
    """Ends the warm browser, if there is one."""
    while _warm:
        painter = _warm.pop()
        with contextlib.suppress(
            Exception, FutureTimeout
        ):  # a browser that is gone cannot be closed
            painter.close()
