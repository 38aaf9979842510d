"""What a clinician does: upload, read the counts, walk the pages, filter, change the language, take a file away."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import ROOT
from thal_core.analyses import REGISTRY
from thal_core.words import tr
from ui.pages import PAGES

THIRTEEN = ROOT / "tests" / "data" / "table3_2024.csv"
SHOWN = [name for name, (_, results) in PAGES.items() if all(r in REGISTRY for r in results)]


expect.set_options(timeout=15_000)


def go(page: Page, name: str, language: str = "en") -> None:
    title = tr(f"ui.page.{name}", language=language)
    page.get_by_role("link", name=title, exact=True).click()
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Until the script has finished: the running mark is gone."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=20_000)


def upload(page: Page, path: object) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)


def tile(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(has=page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True))
    return found.get_by_test_id("stMetricValue").inner_text()


def test_thirteen_patients_are_classed_as_printed(page):
    upload(page, THIRTEEN)
    expect(page.get_by_text("13 of 13 patients")).to_be_visible()
    expect(page.get_by_text(tr("ui.sample.title"), exact=True)).to_have_count(0)
    go(page, "responders")
    assert (tile(page, "SLR"), tile(page, "NR"), tile(page, "MaR")) == ("9", "4", "0")


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_page_in_both_languages(page, language):
    if language == "zh":
        page.get_by_test_id("stSidebar").get_by_text("简体中文").click()
        expect(page.get_by_role("heading", level=1, name="队列")).to_be_visible()
    for name in SHOWN:
        go(page, name, language)
        expect(page.get_by_text(tr("disclaimer", language=language))).to_be_visible()
        expect(page.get_by_text(tr("ui.broken", language=language))).to_have_count(0)
        expect(page.get_by_text(re.compile(r"\bui\.[a-z_]+"))).to_have_count(0)
        assert "sensitive" not in page.inner_text("body").lower()


def test_filter_keeps_its_value_from_page_to_page(page):
    page.get_by_test_id("stSidebar").get_by_text(re.compile(r"^NTDT \(")).click()
    expect(page.get_by_text("14 of 52 patients")).to_be_visible()
    for name in ("responders", "genotypes", "cohort"):
        go(page, name)
        expect(page.get_by_text("14 of 52 patients")).to_be_visible()
    assert "where=phenotype" in page.url
    page.get_by_role("button", name=re.compile("✕")).click()
    expect(page.get_by_text("52 of 52 patients")).to_be_visible()


def test_file_that_is_no_table_is_refused_and_the_app_goes_on(page, tmp_path):
    bad = tmp_path / "noise.xlsx"
    bad.write_bytes(bytes(range(256)) * 40)
    upload(page, bad)
    expect(page.get_by_test_id("stAlert").filter(has_text=re.compile("noise|file"))).to_have_count(1)
    expect(page.get_by_text("Traceback")).to_have_count(0)
    go(page, "genotypes")
    go(page, "cohort")
    upload(page, THIRTEEN)
    expect(page.get_by_text("13 of 13 patients")).to_be_visible()


def test_table_comes_down_as_it_stands(page):
    go(page, "genotypes")
    page.get_by_role("button", name="Download").first.click()
    with page.expect_download() as download:
        page.get_by_role("button", name=tr("ui.show.file.csv_table")).click()
    text = download.value.path().read_bytes()
    assert text.startswith(b"\xef\xbb\xbfgenotype,") and "β-28/β-28" in text.decode("utf-8-sig")
