"""While a sheet is read: pages change, it can be cancelled, other people go on; and nobody's name
is on any page.
"""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.browser.test_walk import go, settle, upload
from tests.privacy.planted import Planted
from tests.privacy.test_planted_names import named
from thal_core.words import tr
from ui.pages import PAGES

GOES_ON = tr("ui.upload.goes_on")


@pytest.fixture
def slow(tmp_path) -> Path:
    """A legal sheet that takes many seconds: thousands of long notes, and one cell as long as Excel
    allows.
    """
    lines = ["编号,性别,分型,Hb_0M (g/L),Hb_6M (g/L),备注"]
    lines += [
        f"{i},女,NTDT,{60 + i % 40},{80 + i % 40},{('患' if i % 2 else 'a@') * 450}{i}"
        for i in range(9000)
    ]
    path = tmp_path / "slow.csv"
    path.write_text("\n".join([*lines, "99999,女,NTDT,70,90," + "患" * 32_000]), encoding="utf-8")
    return path


@pytest.fixture
def brief(tmp_path) -> Path:
    lines = ["id,sex,phenotype,Hb_0M (g/L),Hb_6M (g/L),remark"]
    lines += [
        f"{i},F,NTDT,{60 + i % 40},{80 + i % 40},dizziness {i} {'a ' * 300}" for i in range(1500)
    ]
    path = tmp_path / "brief.csv"
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def test_another_page_while_a_sheet_is_read_says_so_and_loses_nothing(page: Page, brief):
    upload(page, brief)
    expect(page.get_by_text(GOES_ON)).to_be_visible()
    page.get_by_role("link", name=tr("ui.page.genotypes"), exact=True).click()
    expect(page.get_by_text("1,500 of 1,500 patients")).to_be_visible(timeout=60_000)
    expect(
        page.get_by_role("heading", level=1, name=tr("ui.page.genotypes"), exact=True)
    ).to_be_visible()
    expect(page.get_by_text(tr("ui.sample.title"), exact=True)).to_have_count(0)


def test_a_reading_is_cancelled_at_any_moment_and_others_are_served_meanwhile(
    page: Page, browser, address, slow
):
    upload(page, slow)
    expect(page.get_by_text(GOES_ON)).to_be_visible()
    assert urllib.request.urlopen(f"{address}/_stcore/health", timeout=10).read() == b"ok"
    window = browser.new_context(locale="en-US")
    other = window.new_page()
    other.goto(address)
    other.get_by_test_id("stSidebar").get_by_text(re.compile(r"^NTDT \(")).click(timeout=30_000)
    expect(other.get_by_text("14 of 52 patients")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(GOES_ON)).to_be_visible()  # the first is still at it
    window.close()
    page.get_by_role("button", name=tr("ui.upload.cancel")).click()
    expect(page.get_by_text(tr("reading.cancelled"))).to_be_visible()
    expect(page.get_by_text("52 of 52 patients")).to_be_visible()
    go(page, "genotypes")
    expect(page.get_by_text(tr("reading.cancelled"))).to_have_count(0)


@pytest.mark.parametrize("script", ["thai", "latin"])
def test_nobody_is_named_on_any_page(page: Page, tmp_path, script):
    planted = Planted(script)
    path = tmp_path / planted.filename
    path.write_bytes(planted.data)
    upload(page, path)
    expect(page.get_by_text(f"{len(planted.ids)} of {len(planted.ids)} patients")).to_be_visible(
        timeout=60_000
    )
    for name in PAGES:
        go(page, name)
        settle(page)
        assert named(page.inner_text("body") + page.url + page.title(), planted) == [], name
    expect(page.get_by_text(tr("ui.broken"))).to_have_count(0)


def test_a_replaced_id_says_its_row_where_a_patient_is_looked_at(page: Page, tmp_path):
    path = tmp_path / "names.csv"
    path.write_text(
        "姓名,分型,Hb_0M (g/L),Hb_6M (g/L)\n"
        + "\n".join(f"欧阳震{c},NTDT,70,9{n}" for n, c in enumerate("华天地人")),
        encoding="utf-8",
    )
    upload(page, path)
    expect(page.get_by_text("4 of 4 patients")).to_be_visible(timeout=60_000)
    go(page, "patient")
    picker = page.get_by_role("combobox", name=tr("ui.choose.patient"))
    expect(picker).to_have_value(tr("ui.patient.row", {"id": "P001", "place": "2"}))
