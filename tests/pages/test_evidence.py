"""Published beside yours, the referee's report, another paper's figures, and the switch on the
drawings.
"""

from __future__ import annotations

import pytest

from tests.pages.screen import go, words
from thal_core.words import tr
from ui.session import VIEW


def opened(test, tab: int):
    """The page with another of its tabs open."""
    code = ("beside", "audit", "own")[tab]
    test.session_state["tabs:evidence:en"] = tr(f"ui.evidence.{code}")
    return test.run()


def plain(test) -> str:
    """What is read on the screen: without the escapes that keep text from being Markdown."""
    return words(test).replace("\\", "")


def test_every_printed_table_can_be_laid_beside_the_cohort_s(app):
    test = app("evidence")
    assert "592** printed figures" in words(test)
    table = test.dataframe[0].value
    assert {"printed", "n_published", "computed", "n", "difference", "interval"} <= set(table)
    test.selectbox(key="published_paper").select("Yang2024").run()
    test.selectbox(key="published_item:Yang2024").select("Table 4").run()
    assert not test.exception
    marked = test.dataframe[0].value["printed"].tolist()
    assert "⚠ 81.79" in marked and "74.73" in marked
    assert "82.15" in plain(test)  # the reason, from the audit


@pytest.mark.parametrize(
    ("page", "tab"), [("trajectories", None), ("genotypes", "hb"), ("responders", "rates")]
)
def test_a_switch_lays_the_papers_over_the_drawing_and_the_view_keeps_it(app, page, tab):
    test = app(page)
    if tab:
        test.session_state[f"tabs:{page}:en"] = tr(f"ui.{page}.{tab}")
        test.run()
    test.toggle(key="overlay:published:en").set_value(True).run()
    assert not test.exception and test.session_state[VIEW].options.published
    go(test, "trajectories")
    assert test.toggle(key="overlay:published:en").value


def test_the_report_starts_with_a_count_and_the_gravest_findings(app):
    test = opened(app("evidence"), 1)
    shown = plain(test)
    assert not test.exception
    assert "1191** printed figures" in shown and "44** do not follow" in shown
    assert "0.110" in shown and "0.2456" in shown  # 2020 Table 2, P of sex
    assert "wrong" not in shown.lower()
    table = test.dataframe[0].value
    assert len(table) == 1191 and table["verdict"].iloc[0] == tr("ui.value.inconsistent")


def test_another_paper_is_read_as_far_as_it_can_be_and_its_text_stays_text(app):
    test = opened(app("evidence"), 2)
    evil = "![x](http://example.org/p.png)"
    rows = [
        "id,paper,item,row,group,timepoint_months,statistic,value,unit,operator,note",
        f"1,{evil},T,Age,a,,mean,21.7,y,,",
        "2,P,T,Age,a,,p,1.2,,=,",
        "3,P,T,Age,a,,kurtosis,3,,,",
    ]
    test.file_uploader(key="audit_file").upload(
        "paper.csv", "\n".join(rows).encode(), "text/csv"
    ).run()
    shown = words(test)
    assert not test.exception
    assert tr("ui.overlay.skipped", {"n": 2, "kept": 1}) in shown
    assert evil not in shown and "T" in test.dataframe[-1].value["item"].tolist()
