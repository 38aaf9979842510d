"""What Streamlit does by itself and must not do here: ask other computers, or write a patient's
value into the log.
"""

from __future__ import annotations

import asyncio
import logging
import sys
import traceback
import warnings
from pathlib import Path

from streamlit import net_util
from streamlit.proto.ForwardMsg_pb2 import BackendOperationResponse, DeferredFileResponsePayload
from streamlit.runtime.backend_operation_handler import DeferredFileHandler

from thal_core.words import languages, tr
from ui.download import NotMade


def be_quiet() -> None:
    """Once a process, before the first visitor; doing it again changes nothing."""
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's warning may show what a cell holds
    _ask_nobody()
    _log_no_values()
    DeferredFileHandler.handle = _make_file  # type: ignore[method-assign]


def _ask_nobody() -> None:
    """Where a page of another origin knocks, Streamlit asks an outside address for its own; unknown
    is no friend.
    """
    net_util.get_external_ip = net_util.get_internal_ip = lambda: None


def _log_no_values() -> None:
    """Every log record of this process says of an error what and where, never what it was about."""
    usual = logging.getLogRecordFactory()
    if getattr(usual, "says_no_values", False):
        return

    def record(*given: object, **named: object) -> logging.LogRecord:
        made = usual(*given, **named)
        error = made.exc_info[1] if made.exc_info else None
        if error is not None:
            made.msg, made.args, made.exc_info = (
                "%s at %s",
                (type(error).__name__, place_of(error)),
                None,
            )
        elif isinstance(made.args, tuple):
            made.args = tuple(
                type(a).__name__ if isinstance(a, BaseException) else a for a in made.args
            )
        return made

    record.says_no_values = True  # type: ignore[attr-defined]
    logging.setLogRecordFactory(record)


def place_of(error: BaseException) -> str:
    """The last line of the program that the error passed, ``read.py:41``."""
    frames = traceback.extract_tb(error.__traceback__)
    return f"{Path(frames[-1].filename).name}:{frames[-1].lineno}" if frames else "?"


async def _make_file(
    self: DeferredFileHandler, request: object, session_id: str
) -> BackendOperationResponse:
    """As Streamlit's own, with the sentence that says why there is no file."""
    try:
        manager, wanted = self._get_media_file_mgr(), request.deferred_file.file_id  # type: ignore[attr-defined]
        url = await asyncio.to_thread(manager.execute_deferred, wanted)
    except Exception as error:
        why = (
            str(error.__cause__)
            if isinstance(error.__cause__, NotMade)
            else " · ".join(tr("ui.download.failed", language=one) for one in languages())
        )
        return BackendOperationResponse(request_id=request.request_id, error_msg=why)  # type: ignore[attr-defined]
    return BackendOperationResponse(  # type: ignore[attr-defined]
        request_id=request.request_id, deferred_file=DeferredFileResponsePayload(url=url)
    )
