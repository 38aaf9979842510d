"""What a clinician does: upload, read the counts, walk the pages, filter, change the language, take
a file away.
"""

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


expect.set_options(timeout=60_000)


def go(page: Page, name: str, language: str = "en") -> None:
    title = tr(f"ui.page.{name}", language=language)
    page.get_by_role("link", name=title, exact=True).first.click()
    expect(page.get_by_role("heading", level=1, name=title, exact=True)).to_be_visible()
    settle(page)


def settle(page: Page) -> None:
    """Until the script has finished: the running mark is gone."""
    expect(page.get_by_test_id("stStatusWidget")).to_have_count(0, timeout=60_000)


def upload(page: Page, path: object) -> None:
    page.get_by_test_id("stFileUploaderDropzoneInput").first.set_input_files(path)


def tile(page: Page, label: str) -> str:
    found = page.get_by_test_id("stMetric").filter(
        has=page.get_by_test_id("stMetricLabel").get_by_text(label, exact=True)
    )
    return found.get_by_test_id("stMetricValue").inner_text()


def test_filter_keeps_its_value_from_page_to_page(page):
    """First of all tests, since the first session of a server is special to Streamlit."""
    page.get_by_test_id("stSidebar").get_by_text(re.compile(r"^NTDT \(")).click()
    expect(page.get_by_text("14 of 52 patients")).to_be_visible()
    for name in ("responders", "genotypes", "cohort"):
        go(page, name)
        expect(page.get_by_text("14 of 52 patients")).to_be_visible()
    expect(page).to_have_url(re.compile("where=phenotype"))
    page.get_by_role("button", name=re.compile("✕")).click()
    expect(page.get_by_text("52 of 52 patients")).to_be_visible()


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


def test_file_that_is_no_table_is_refused_and_the_app_goes_on(page, tmp_path):
    bad = tmp_path / "noise.xlsx"
    bad.write_bytes(bytes(range(256)) * 40)
    upload(page, bad)
    expect(page.get_by_test_id("stAlert").filter(has_text=re.compile("noise|file"))).to_have_count(
        1
    )
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


def test_slide_comes_down_in_one_click(page):
    go(page, "responders")
    with page.expect_download(timeout=90_000) as download:
        page.get_by_role("button", name=tr("ui.show.file.png_slide")).first.click()
    data = download.value.path().read_bytes()
    assert data.startswith(b"\x89PNG")
    assert (int.from_bytes(data[16:20]), int.from_bytes(data[20:24])) == (1920, 1080)


def test_address_opens_what_it_says(page, address):
    page.goto(f"{address}/?where=phenotype%3DNTDT&language=zh")
    expect(page.get_by_text("52例患者中的14例")).to_be_visible()
    page.goto(f"{address}/?where=%3Cscript%3E&criterion=forged")
    expect(page.get_by_text(tr("ui.address.refused"))).to_be_visible()
    expect(page.get_by_text("52 of 52 patients")).to_be_visible()
