"""Each page with nothing loaded, with the sample and with the 13 printed patients: alive, and its
main number is there.
"""

from __future__ import annotations

import logging
import re

import pytest

from tests.pages.screen import go, metric, words
from thal_core.analyses import REGISTRY
from thal_core.words import tr
from ui.pages import PAGES

SHOWN = [name for name, (_, results) in PAGES.items() if all(r in REGISTRY for r in results)]
BROKEN = tr("ui.broken")


@pytest.fixture(autouse=True)
def nothing_fails(caplog):
    """A fault is told to the person in one sentence and to the log: here it is a failure."""
    with caplog.at_level(logging.ERROR, logger="thal.app"):
        yield
    assert not [r for r in caplog.records if r.name == "thal.app"]


@pytest.mark.parametrize("page", SHOWN)
def test_nothing_loaded_is_a_friendly_door(app, page):
    test = app(page, None)
    assert not test.exception and not test.error
    assert len(test.file_uploader) == 1
    assert tr("ui.start.what") in words(test)
    assert any(b.label.startswith("Open the sample") for b in test.button)


@pytest.mark.parametrize("language", ["en", "zh"])
@pytest.mark.parametrize("page", SHOWN)
@pytest.mark.parametrize("which", ["sample", "thirteen"])
def test_page_is_alive_and_carries_the_disclaimer(app, thirteen, page, which, language):
    test = app(page, "sample" if which == "sample" else thirteen, {"language": language})
    assert not test.exception and not test.error
    shown = words(test)
    assert BROKEN not in shown and tr("disclaimer", language=language) in shown
    assert test.title[0].value == tr(f"ui.page.{page}", language=language)
    assert "sensitive" not in shown.lower()
    assert not re.search(r"\bui\.[a-z_]", shown)  # a text nobody wrote


def test_strip_of_the_sample_reads_as_the_paper(app):
    test = app()
    assert metric(test, "Evaluable") == "48 of 52"
    assert metric(test, "ORR") == "92 %"  # 44 of 48, printed 91.7 %
    assert metric(test, "MaR") == "73 %"  # 35 of 48, printed 72.9 %
    assert metric(test, "TDT free") == "62 %"  # 21 of 34, printed 61.8 %
    assert metric(test, "Stopped") == "4 of 52"
    shown = words(test)
    assert "44/48" in shown and "44/52" in shown


def test_strip_of_the_thirteen(app, thirteen):
    test = app("cohort", thirteen)
    assert metric(test, "Evaluable") == "13 of 13"
    assert metric(test, "ORR") == "69 %"  # 9 of 13
    assert metric(test, "MaR") == "0 %"
    assert metric(test, "NTDT") == "–"  # all are TDT
    assert metric(test, "Ferritin") == "–"


def test_strip_says_why_patients_are_not_evaluable(app):
    assert "4 not: thalidomide was stopped more than 30 days before month 6" in words(app())


def test_reasons_and_flags_stand_in_the_language_of_the_screen(app, thirteen):
    shown = words(app("patient", thirteen, {"language": "zh"}))
    assert "输血减少" in shown and "transfusion less" not in shown
    test = app("safety", query={"language": "zh"})
    test.session_state["tabs:safety:zh"] = tr("ui.safety.review", language="zh")
    assert "≥3级不良反应" in test.run().dataframe[0].value["detail"].tolist()


def test_classes_of_the_thirteen_under_both_readings(app, thirteen):
    test = app("responders", thirteen)
    assert [metric(test, f" {level}") for level in ("MaR", "MiR", "SLR", "NR", "NE")] == [
        "0",
        "0",
        "9",
        "4",
        "0",
    ]
    test.selectbox(key="choose:criterion:en").select("yang2024_printed").run()
    assert (
        metric(test, " MaR") == "4" and metric(test, " NR") == "0"
    )  # patients 3, 4, 8 and 9 rose by 20 g/L or more


def test_small_genotypes_are_greyed_not_left_out(app, thirteen):
    test = app("genotypes", thirteen)
    table = test.dataframe[0].value
    assert table.loc[table["genotype"].str.startswith("CD71-72"), "total"].tolist() == [1]
    assert "fewer than 3 patients are greyed" in words(test)


def test_open_tab_stays_open_in_the_other_language_and_after_another_page(app):
    test = app("safety")
    test.session_state["tabs:safety:en"] = tr("ui.safety.exposure")
    exposed = test.run().dataframe[0].value["patient_id"].tolist()
    test.sidebar.button_group(key="language").set_value("zh").run()
    assert test.dataframe[0].value["patient_id"].tolist() == exposed
    go(test, "patient")
    assert go(test, "safety").dataframe[0].value["patient_id"].tolist() == exposed


def test_sample_banner_stands_until_closed(app):
    test = app("genotypes")
    assert tr("ui.sample.title") in words(test)
    test.button(key="sample_close").click().run()
    assert tr("ui.sample.title") not in words(test) and tr("ui.start.what") in words(test)
    next(b for b in test.button if b.label.startswith("Open the sample")).click().run()
    assert tr("ui.sample.title") in words(test)
