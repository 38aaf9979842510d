"""Every sign that the program writes is in the fonts it brings along, and the browser is told."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from fontTools.ttLib import TTFont

from thal_core.figures import fonts
from tools.font_subset import written


def test_the_fonts_have_every_sign_of_the_catalogues_and_beta_nought() -> None:
    paths = [p for p in fonts.FOLDER.iterdir() if p.suffix in (".otf", ".ttf")]
    have = {point for path in paths for point in TTFont(path).getBestCmap()}
    needed = written() | {ord(sign) for sign in "β⁰β⁺α"}
    assert "".join(map(chr, sorted(needed - have))) == ""
    assert all((fonts.FOLDER / f"LICENCE-{p.stem.split('-')[0]}.txt").is_file() for p in paths)


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="fontconfig")
def test_the_browser_is_told_of_them_unless_somebody_told_it_of_others(monkeypatch) -> None:
    monkeypatch.delenv(fonts.VARIABLE, raising=False)
    with fonts.offered():
        assert Path(os.environ[fonts.VARIABLE]).parent == fonts.FOLDER
    assert fonts.VARIABLE not in os.environ
    monkeypatch.setenv(fonts.VARIABLE, "/own/fonts.conf")
    with fonts.offered():
        assert os.environ[fonts.VARIABLE] == "/own/fonts.conf"
