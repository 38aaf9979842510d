"""The basket: taken from where a figure is seen, kept over pages, reordered, renamed, removed, and
made into files.
"""

from __future__ import annotations

from io import BytesIO

from docx import Document

from tests.pages.screen import go, words
from thal_core.export.basket import basket
from thal_core.words import tr


def press(test, label: str, at: int = 0):
    return [b for b in test.button if b.label == label][at].click().run()


def test_a_result_is_added_once_where_it_is_seen_and_kept_over_pages(app):
    test = app("responders")
    added = press(test, tr("ui.basket.add"))
    assert tr("ui.basket.added") in words(added)
    test = go(go(added, "genotypes"), "report")
    assert not test.exception
    assert [e.result for e in test.session_state["basket"]] == ["response_by_patient"]


def test_entries_are_renamed_moved_and_removed(app):
    test = app("report")
    assert tr("ui.basket.empty") in words(test)
    test = press(test, tr("ui.basket.ready.talk"))
    assert test.session_state["basket"] == basket("talk")
    title = next(w for w in test.text_input if w.label.startswith("2. "))
    test = title.set_value("Responders <b>").run()
    assert test.session_state["basket"][1].title == "Responders <b>"
    down = next(
        b for b in test.button if str(b.key).startswith("basket_down:") and b.key[-1] == "0"
    )
    test = down.click().run()
    assert [e.result for e in test.session_state["basket"][:2]] == ["response_rates", "flow"]
    remove = next(b for b in test.button if str(b.key).startswith("basket_remove:"))
    test = remove.click().run()
    assert test.session_state["basket"][0].result == "flow" and not test.exception


def test_files_are_made_on_a_click_and_go_when_the_list_changes(app):
    from thal_core.export.basket import Entry

    test = app("report")
    test.session_state["basket"] = (Entry("flow", "table"), Entry("treatment_summary", "table"))
    test = test.run()
    test = press(test, tr("ui.basket.make"))
    assert not test.exception
    _, files = test.session_state["report_made"]
    names = {name: data for name, data, _ in files}
    assert set(names) >= {"report.docx"}
    assert len(Document(BytesIO(names["report.docx"])).tables) == 2
    close = next(b for b in test.button if b.label == tr("ui.sample.close"))
    assert "report_made" not in close.click().run().session_state


def test_what_is_wanted_of_a_figure_is_drawn_kept_in_the_view_and_taken_back(app):
    test = app("trajectories")
    grey = next(b for b in test.button_group if str(b.key).startswith("figure_palette:"))
    test = grey.set_value("grey").run()
    assert not test.exception
    ((name, wanted),) = test.session_state["view"].figures
    assert wanted.palette == "grey"
    test = (
        next(w for w in test.text_input if str(w.key).startswith("figure_title:"))
        .set_value("Own")
        .run()
    )
    assert test.session_state["view"].figure(name).title == "Own"
    test = go(go(test, "cohort"), "trajectories")
    assert test.session_state["view"].figure(name).palette == "grey"
    test = press(test, tr("ui.figure.reset"))
    assert test.session_state["view"].figures == () and not test.exception
