"""From a sheet that was not understood to a finished cohort, by the answers of a person."""

from __future__ import annotations

import json
import re

from playwright.sync_api import Page, expect

from tests.browser.test_walk import go, settle, tile, upload
from thal_core.words import tr

REDUCTION = "reduction in transfusion volume(%)"
FREE = "Transfusion-free from month"


def sheet(header: str, *rows: str) -> str:
    return "\n".join([header, *rows])


def answer(page: Page, letter: str, meaning: str) -> None:
    """Say what a column is, from the list of all fields; nothing to do where it was understood."""
    what = tr("ui.receipt.what", {"name": letter})
    radio = page.get_by_role("radiogroup", name=what)
    picker = page.get_by_role("combobox", name=re.compile(re.escape(what)))
    expect(radio.or_(picker).first).to_be_visible()
    if radio.count():
        radio.get_by_text(tr("ui.receipt.role.other"), exact=True).click()
    picker.click()
    page.keyboard.type(meaning)
    page.get_by_role("option", name=meaning, exact=True).click()
    settle(page)


def open_receipt(page: Page) -> None:
    """The pickers stand open where a headline rests on them; otherwise they are one click away."""
    line = page.get_by_test_id("stExpander").filter(has_text="columns understood")
    expect(line).to_be_visible(timeout=60_000)
    settle(page)
    if not line.get_by_role("button", name=re.compile("Apply")).is_visible():
        line.locator("summary").click()


def apply(page: Page) -> None:
    page.get_by_role("button", name=re.compile(r"Apply \([1-9]")).first.click()
    expect(
        page.get_by_test_id("stAlert").filter(has_text="The sheet was read again")
    ).to_be_visible(timeout=60_000)


def test_from_the_receipt_to_a_finished_cohort(page: Page, tmp_path):
    rows = [f"{n},TDT,{3 if n < 5 else ''},{100 if n < 5 else n},{50 + n}" for n in range(10)]
    path = tmp_path / "clinic.csv"
    path.write_text(sheet(f"id,phenotype,{FREE},Qzx,Wvb", *rows), encoding="utf-8")
    upload(page, path)
    expect(page.get_by_text("10 of 10 patients")).to_be_visible(timeout=60_000)
    assert tile(page, tr("ui.strip.orr")) == "50–100 %"
    open_receipt(page)
    answer(page, "D", "Transfusion reduction (%)")
    expect(page.get_by_text("ORR 50–100 % → 50 %")).to_be_visible(timeout=60_000)
    answer(page, "E", "Weight (kg)")
    apply(page)
    assert tile(page, tr("ui.strip.orr")) == "50 %"
    expect(page.get_by_text(tr("ui.receipt.line", {"n": 5, "total": 5}))).to_be_visible()
    with page.expect_download() as download:
        page.get_by_role("button", name=tr("ui.receipt.save")).click()
    words = json.loads(download.value.path().read_text(encoding="utf-8"))["columns"]
    assert [c["field"] for c in words if c["by_hand"]] == [
        "transfusion_reduction_percent",
        "weight_kg",
    ]
    go(page, "responders")
    assert (tile(page, "MaR"), tile(page, "NR")) == ("5", "5")


def test_the_papers_own_words_never_give_a_false_hundred_percent(page: Page, tmp_path):
    """Read, asked or marked as provisional: never a final 100 %."""
    rows = [f"{n},TDT,{3 if n < 5 else ''},{100 if n < 5 else n}" for n in range(10)]
    path = tmp_path / "paper.csv"
    path.write_text(sheet(f"id,phenotype,{FREE},{REDUCTION}", *rows), encoding="utf-8")
    upload(page, path)
    expect(page.get_by_text("10 of 10 patients")).to_be_visible(timeout=60_000)
    settle(page)
    assert tile(page, tr("ui.strip.orr")) in ("50 %", "50–100 %")


def test_from_a_sheet_without_one_known_quantity_to_a_cohort(page: Page, tmp_path):
    path = tmp_path / "unknown.csv"
    rows = [f"{n},{70 + n},{900 + n},Meyer" for n in range(12)]
    path.write_text(sheet("id,Qzx,Rrt,Wvb", *rows), encoding="utf-8")
    upload(page, path)
    title = page.get_by_role("heading", level=1, name=tr("ui.draft.title"), exact=True)
    expect(title).to_be_visible(timeout=60_000)
    go_on = page.get_by_role("link", name=tr("ui.page.genotypes"), exact=True)
    go_on.click()
    page.wait_for_url("**/genotypes*")
    settle(page)
    expect(title).to_be_visible()  # on every page, until a quantity is known
    assert "Meyer" not in page.inner_text("body")
    answer(page, "B", "Weight (kg)")
    apply(page)
    expect(title).to_be_visible()  # a weight is not yet a quantity to judge by
    answer(page, "C", "Serum ferritin (ng/mL)")
    genotypes = page.get_by_role("heading", level=1, name=tr("ui.page.genotypes"))
    button = page.get_by_role("button", name=re.compile(r"Apply \([1-9]")).first
    button.click()
    page.wait_for_timeout(8_000)
    if button.is_visible():  # a trial that ended in the same moment took the click with it
        button.click()
    expect(genotypes).to_be_visible(timeout=60_000)
    go(page, "cohort")
    assert tile(page, tr("ui.strip.evaluable")) == "0 of 12"
