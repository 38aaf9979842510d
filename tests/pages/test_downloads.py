"""Files to take away: nothing is made before the click, and what fails says one sentence and no
value.
"""

from __future__ import annotations

import ast
import asyncio
import logging
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import pytest

from tests.pages.conftest import ROOT
from thal_core import CohortError
from thal_core.words import tr
from ui.download import NotMade, guarded
from ui.quiet import _make_file, be_quiet

NAME = "李雷 450102199003071234"


def broken() -> bytes:
    raise ValueError(NAME)


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_file_that_fails_says_one_sentence_and_logs_no_value(caplog, language):
    with pytest.raises(NotMade) as failed:
        guarded(broken, language)()
    assert str(failed.value) == tr("ui.download.failed", language=language)
    assert "ValueError at test_downloads.py" in caplog.text and NAME not in caplog.text


def test_what_the_library_refuses_is_said_in_its_own_words():
    def refused() -> bytes:
        raise CohortError("cannot.nobody")

    with pytest.raises(NotMade) as failed:
        guarded(refused, "zh")()
    assert str(failed.value) == tr("cannot.nobody", language="zh")


@pytest.mark.parametrize("error", [NotMade("One sentence."), ValueError(NAME)])
def test_the_browser_gets_the_sentence_and_nothing_else(error):
    def execute(_id: str) -> str:
        try:
            raise error
        except Exception as cause:
            raise RuntimeError(f"Callable execution failed: {cause}") from cause

    handler = SimpleNamespace(_get_media_file_mgr=lambda: SimpleNamespace(execute_deferred=execute))
    request = SimpleNamespace(request_id="1", deferred_file=SimpleNamespace(file_id="x"))
    with ThreadPoolExecutor(
        1
    ) as other:  # a thread of its own: a browser test may have left a loop in this one
        answer = other.submit(lambda: asyncio.run(_make_file(handler, request, "s"))).result()
    assert answer.error_msg and NAME not in answer.error_msg
    assert answer.error_msg == "One sentence." or tr("ui.download.failed") in answer.error_msg


def test_no_log_record_carries_a_value(caplog):
    usual = logging.getLogRecordFactory()
    try:
        be_quiet()
        try:
            broken()
        except ValueError as error:
            logging.getLogger("streamlit.anything").exception("failed on %s", error)
            logging.getLogger("streamlit.anything").error("failed on %s", error)
    finally:
        logging.setLogRecordFactory(usual)
    lines = [logging.Formatter().format(r) for r in caplog.records]
    assert len(lines) == 2 and "ValueError at test_downloads.py" in lines[0]
    assert not any(NAME in line or "Traceback" in line for line in lines)


def test_every_download_is_guarded():
    calls = [
        f"{path.name}:{node.lineno}"
        for folder in ("ui", "pages")
        for path in (ROOT / folder).glob("*.py")
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute) and node.attr == "download_button"
    ]
    assert len(calls) == 1 and calls[0].startswith("download.py")


@pytest.mark.parametrize("page", ["cohort", "genotypes", "responders"])
def test_nothing_is_made_before_the_click(app, page, monkeypatch):
    from thal_core.export import table
    from thal_core.figures import files

    made: list[str] = []
    monkeypatch.setattr(table, "table_csv", lambda *_: made.append("csv"))
    monkeypatch.setattr(files, "write_figure", lambda *_: made.append("figure"))
    assert not app(page).exception and made == []
