"""Where the server has a login, nobody sees a page without it; elsewhere nothing asks for one."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from tests.pages.conftest import ROOT
from tests.pages.screen import words
from thal_core.words import tr
from ui import login

AUTH = {"client_id": "a"}


@pytest.mark.parametrize("script", ["app.py", "pages/safety.py"])
def test_without_the_login_nothing_of_the_program_is_drawn(monkeypatch, script):
    monkeypatch.setattr(login, "get_secrets_auth_section", lambda: AUTH)
    monkeypatch.setattr(login, "is_signed_in", lambda: False)
    test = AppTest.from_file(str(ROOT / script), default_timeout=60).run()
    drawn = words(test)
    assert tr("ui.login.needed") in drawn and tr("ui.login.button") in drawn
    assert not test.metric and not test.dataframe and not test.get("file_uploader")


def test_who_signed_in_uses_the_program_and_can_leave(monkeypatch, app):
    monkeypatch.setattr(login, "get_secrets_auth_section", lambda: AUTH)
    monkeypatch.setattr(login, "is_signed_in", lambda: True)
    test = app("cohort")
    assert test.metric and tr("ui.login.out") in words(test)


def test_without_a_login_set_up_nobody_is_asked(app):
    test = app("cohort")
    assert test.metric and tr("ui.login.out") not in words(test)
