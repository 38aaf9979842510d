"""The receipt above the first percentage: what was not understood is asked, tried, applied and
kept.
"""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.pages.screen import go, metric, words
from thal_core import read_cohort
from thal_core.issues import Issue, issues_frame
from thal_core.mapping import Candidate, Mapping
from thal_core.rules.catalogue import read_rules
from thal_core.vocabulary import Severity
from thal_core.words import catalogue, tr
from ui.session import Loaded
from ui.trials import Proposal, Trials

HEADER = "编号,姓名,phenotype,Transfusion-free from month,lessblorb,Hb_0M (g/L),Hb_6M (g/L),flump"
REDUCTION = Candidate("transfusion_reduction_percent", None, "%", "how.header")
FERRITIN = Candidate("ferritin_ng_per_ml", 0.0, "ng/mL", "how.header_and_values")


def sheet(header: str = HEADER, first: str = "5") -> bytes:
    """Ten TDT patients, five of them free; of the others only the unread column says anything."""
    rows = [
        f"{n},张三,TDT,{3 if n < 5 else ''},{100 if n < 5 else 5 + n},{70 + n},{90 + n},zz"
        for n in range(10)
    ]
    return "\n".join([header, *rows]).encode()


def with_proposals(loaded: Loaded, header: str, *candidates: Candidate) -> Loaded:
    """The open sheet as the header words will propose it."""
    columns = tuple(
        replace(c, candidates=candidates) if c.header == header else c
        for c in loaded.cohort.mapping.columns
    )
    mapping = Mapping(columns, loaded.cohort.mapping.settings)
    other = replace(loaded.cohort.provenance, sha256=f"{candidates}")  # another file for caches
    return replace(loaded, cohort=replace(loaded.cohort, mapping=mapping, provenance=other))


@pytest.fixture
def unread() -> Loaded:
    data = sheet()
    loaded = Loaded(read_cohort(data, filename="clinic.csv"), "clinic.csv", data)
    return with_proposals(loaded, "lessblorb", REDUCTION, FERRITIN)


def pick(test, index: int, choice: str):
    """Choose a proposal for one column."""
    radio = next(r for r in test.radio if f":{index}:" in r.key)
    return radio.set_value(choice).run()


def button(test, start: str):
    return next(b for b in test.button if b.label.startswith(start))


def receipt(test):
    return next(e for e in test.expander if "columns understood" in e.label)


def test_a_sheet_understood_in_full_says_so_in_one_line(app, thirteen):
    for page in ("cohort", "responders"):
        shown = words(app(page, thirteen))
        n = len(thirteen.cohort.mapping.columns)
        assert tr("ui.receipt.line", {"n": n, "total": n}) in shown
        assert tr("ui.strip.provisional") not in shown


@pytest.mark.parametrize("page", ["cohort", "responders"])
def test_the_receipt_opens_by_itself_where_a_headline_rests_on_a_column(app, unread, page):
    test = app(page, unread)
    assert receipt(test).label == "6 of 8 columns understood · **1 needs you** · 1 kept as is"
    assert receipt(test).proto.expanded
    shown = words(test)
    assert tr("ui.strip.provisional") in shown and "column E" in shown
    assert not test.exception and not test.error


def test_a_column_no_headline_rests_on_waits_behind_a_click(app, unread):
    harmless = with_proposals(unread, "lessblorb", Candidate("center", why="how.header"))
    test = app("cohort", harmless)
    assert not receipt(test).proto.expanded
    assert tr("ui.strip.provisional") not in words(test)


def test_proposals_stand_best_first_with_why_and_nothing_is_chosen(app, unread):
    test = app("cohort", unread)
    radio = test.radio[0]
    assert radio.value is None
    assert radio.options[0].startswith("Transfusion reduction") and "%" in radio.options[0]
    assert radio.options[1].startswith("Serum ferritin") and "month 0" in radio.options[1]
    assert len(radio.options) == 5 and button(test, "Apply (0)").disabled


def test_what_an_answer_would_change_is_said_and_then_done_on_the_same_page(app, unread):
    test = pick(app("responders", unread), 4, "0")
    assert "ORR 50–100 % → 50 %" in words(test).replace("\\", "")
    button(test, "Apply (1)").click().run()
    assert test.title[0].value == tr("ui.page.responders")
    said = test.success[0].value.replace("\\", "")
    assert "ORR 50–100 % → 50 %" in said and "E: Transfusion reduction (%)" in said
    assert tr("ui.strip.provisional") not in words(test)
    chosen = test.session_state["loaded"].cohort.mapping.columns[4]
    assert (chosen.field, chosen.by_hand) == ("transfusion_reduction_percent", True)
    assert any(d.proto.label == tr("ui.receipt.save") for d in test.get("download_button"))
    assert not go(test, "cohort").success


def test_left_out_and_kept_columns_ask_no_more(app, unread):
    for choice, field in (("extra", "extra"), ("ignore", "ignore")):
        test = pick(app("cohort", unread), 4, choice)
        button(test, "Apply (1)").click().run()
        columns = test.session_state["loaded"].cohort.mapping.columns
        assert (columns[4].field, columns[4].is_open) == (field, False)
        assert not test.radio and tr("ui.strip.provisional") not in words(test)


def test_month_and_unit_come_from_lists(app, unread):
    test = pick(app("cohort", unread), 4, "1")
    month = next(s for s in test.selectbox if s.key.endswith("ferritin_ng_per_ml:month:en"))
    unit = next(s for s in test.selectbox if s.key.endswith("ferritin_ng_per_ml:unit:en"))
    assert month.value == 0 and unit.value == "ng/mL" and "pmol/L" in unit.options
    month.set_value(6.0).run()
    button(test, "Apply (1)").click().run()
    columns = test.session_state["loaded"].cohort.mapping.columns
    assert (columns[4].field, columns[4].month) == ("ferritin_ng_per_ml", 6)


def test_a_column_without_a_proposal_is_answered_from_the_list_of_fields(app, unread):
    test = app("cohort", unread)
    next(s for s in test.selectbox if ":7:field:" in s.key).set_value("center").run()
    button(test, "Apply (1)").click().run()
    assert test.session_state["loaded"].cohort.mapping.columns[7].field == "center"


def test_the_reason_on_the_screen_names_the_column(app, unread):
    shown = words(app("cohort", unread)).replace("\\", "")
    assert "not understood: column E" in shown and "E#" not in shown


def test_a_header_of_unknown_words_stands_over_its_cells_and_nowhere_else(app, unread):
    test = app("cohort", unread)
    assert "lessblorb" not in words(test)  # it may name somebody
    config = "".join(d.proto.columns for d in test.dataframe)
    assert "E: lessblorb" in config


def test_dropped_columns_are_listed_by_what_they_held(app, unread):
    shown = words(app("cohort", unread))
    assert "**姓名** (a name)" in shown and "张三" not in shown


def test_every_kind_of_identifier_has_its_words():
    kinds = {row["what"] for row in read_rules("identifiers")} | {"birth date", "date"}
    assert not {kind for kind in kinds if f"ui.kind.{kind}" not in catalogue()}


# --- the draft

DRAFT = "id,blorb,flump,姓名\n" + "\n".join(f"{n},{70 + n},Meyer,李雷" for n in range(12))


@pytest.mark.parametrize("page", ["cohort", "responders", "trajectories", "safety", "evidence"])
@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_draft_opens_the_mapping_step_on_any_page(app, page, language):
    data = DRAFT.encode()
    loaded = Loaded(read_cohort(data, filename="draft.csv"), "draft.csv", data)
    test = app(page, loaded, {"language": language})
    assert not test.exception and not test.error
    assert test.title[0].value == tr("ui.draft.title", language=language)
    frames = "".join(d.value.to_string() for d in test.dataframe)
    assert "71" in frames and "77" in frames and "78" not in frames  # the first eight rows
    assert "Meyer" not in frames and "李雷" not in frames + words(test)
    assert tr("ui.broken", language=language) not in words(test)


def test_a_draft_becomes_a_cohort_by_one_answer(app):
    test = app()
    test.file_uploader[0].upload("draft.csv", DRAFT.encode(), "text/csv").run()
    assert test.title[0].value == tr("ui.draft.title")
    loaded = test.session_state["loaded"]
    test.session_state["loaded"] = with_proposals(
        loaded, "blorb", Candidate("hb_g_per_l", 0.0, "g/L", "how.header")
    )
    test.run()
    pick(test, 1, "0")
    button(test, "Apply (1)").click().run()
    assert test.title[0].value == tr("ui.page.cohort") and metric(test, "Evaluable") == "0 of 12"


# --- the trials


def test_a_trial_says_what_would_change_and_keeps_nothing(unread):
    from thal_core import Options, Selection

    own = Trials(unread, Selection(), Options())
    good = Proposal("clinic", 4, "transfusion_reduction_percent", None, "%")
    absurd = Proposal("clinic", 0, "extra")
    own.ask(good, absurd, good)
    outcome = own.outcome(good, 60)
    rows = outcome.summary.table.set_index("item")
    assert rows.at["orr_evaluable", "n"] == 5 and outcome.left_out == 0
    assert own.outcome(absurd, 60) is not None
    assert own.progress == (2, 2)
    own.end()


def test_what_is_wrong_with_a_whole_sheet_is_no_cell_left_out(app, thirteen):
    said = issues_frame([Issue(Severity.ERROR, "intake.header_alone")])
    cohort = replace(thirteen.cohort, issues=said)
    shown = words(app("cohort", replace(thirteen, cohort=cohort)))
    assert tr("intake.header_alone") in shown.replace("\\", "")
    assert tr("ui.issues.left_out", {"n": 1}) not in shown
