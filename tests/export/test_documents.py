"""Every document opens in another program's reader, carries what it must, and runs nothing."""

from __future__ import annotations

import base64
import zipfile
from io import BytesIO

import openpyxl
import pytest
from docx import Document
from PIL import Image
from pptx import Presentation

from tests.export.cohorts import FORMULA, MARKUP, NAMES, named_cohort
from thal_core.export.basket import Entry, basket, baskets, entry_of, from_json, to_json
from thal_core.export.document import word_document
from thal_core.export.page import results_page
from thal_core.export.pictures import Picture, Pictures
from thal_core.export.report import Report, answers_of, build_report
from thal_core.export.slides import slides
from thal_core.export.table_shapes import TableStyle
from thal_core.export.workbook import workbook
from thal_core.figures import files
from thal_core.issues import CohortError
from thal_core.view import Options
from thal_core.words import tr

ENTRIES = (
    Entry("flow"),
    Entry("baseline_table", options=(("group_by", "phenotype"), ("p_values", True))),
    Entry("response_by_patient", title=MARKUP, note=FORMULA),
    Entry("adverse_events"),
)


class Painted(Pictures):
    """Pictures without a browser: a small white one for each figure."""

    def picture(self, section: object, preset: str, kind: str = "png", dpi: int = 300) -> Picture:
        if kind == "svg":
            return Picture(b"<svg xmlns='http://www.w3.org/2000/svg'/>")
        out = BytesIO()
        Image.new("RGB", (120, 50), "white").save(out, "PNG")
        return Picture(out.getvalue())


@pytest.fixture(scope="module", params=["en", "zh"])
def report(request: pytest.FixtureRequest) -> Report:
    return build_report(answers_of(named_cohort()), ENTRIES, style=TableStyle(request.param))


def test_sections_share_n_and_are_numbered(report: Report) -> None:
    assert [s.figure_number for s in report.sections] == [1, 0, 2, 3]
    assert [s.table_number for s in report.sections] == [1, 2, 3, 4]
    assert all(section.sample.startswith("n = ") for section in report.sections)
    assert report.sections[2].title == MARKUP and report.sections[2].note == FORMULA


def test_methods_name_the_tests_that_are_printed_and_no_others(report: Report) -> None:
    words = " ".join(report.methods)
    assert tr("method.fisher.sentence", language=report.language) in words
    assert tr("method.wilcoxon.sentence", language=report.language) not in words
    assert "thal_core" in words and "pandas" not in words.split("thal_core")[0]


def test_word_has_real_numbered_tables_figures_with_words_and_the_research_line(
    report: Report,
) -> None:
    made = word_document(report, Painted(report.language))
    document = Document(BytesIO(made.data))
    text = "\n".join(p.text for p in document.paragraphs)
    assert len(document.tables) == 4 and len(document.inline_shapes) == 3
    assert report.sections[0].headline in text and report.methods[-1] in text
    assert report.disclaimer in document.sections[0].footer.paragraphs[0].text
    assert MARKUP in text and FORMULA in text  # as text, never as markup
    code = zipfile.ZipFile(BytesIO(made.data)).read("word/document.xml").decode()
    assert code.count("SEQ Table") == 4 and "HYPERLINK " not in code.replace(FORMULA, "")
    assert not any(name in code for name in NAMES)


def test_a_figure_that_fails_leaves_its_reason_and_the_rest(report: Report) -> None:
    class Broken(Painted):
        def picture(self, section: object, *rest: object, **more: object) -> Picture:
            return Picture(why="no browser")

    made = word_document(report, Broken(report.language))
    assert [row["result"] for row in made.missing] == [
        "flow",
        "response_by_patient",
        "adverse_events",
    ]
    assert len(Document(BytesIO(made.data)).tables) == 4


def test_slides_are_16_to_9_with_a_finding_an_editable_table_and_notes(
    report: Report, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(files, "browser_found", lambda: True)
    deck = Presentation(BytesIO(slides(report, Painted(report.language)).data))
    assert deck.slide_width / deck.slide_height == pytest.approx(16 / 9, abs=0.001)
    kinds = [[shape.shape_type for shape in slide.shapes] for slide in deck.slides]
    assert sum(13 in kind for kind in kinds) == 3 and sum(19 in kind for kind in kinds) >= 4
    first = deck.slides[1]
    assert first.shapes.title.text_frame.text == report.sections[0].headline
    assert report.disclaimer in first.notes_slide.notes_text_frame.text
    for slide in deck.slides:
        for shape in slide.shapes:
            assert shape.left >= 0 and shape.left + shape.width <= deck.slide_width
            assert shape.top + shape.height <= deck.slide_height + 1


def test_slides_need_a_browser_and_say_so(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "browser_found", lambda: False)
    with pytest.raises(CohortError):
        slides(report, Painted(report.language))


def test_the_workbook_computes_nothing_and_explains_its_columns(report: Report) -> None:
    book = openpyxl.load_workbook(BytesIO(workbook(report)))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    assert any(str(cell.value).lstrip("'") == FORMULA for cell in cells if cell.value)
    words = {str(cell.value) for cell in cells}
    assert not words & set(NAMES) and "n_patients" in words
    flow = book["flow"]
    assert flow["A1"].value != "step" and flow.freeze_panes == "A2"
    assert [row[0].value for row in book.worksheets[-1].iter_rows(min_row=2)].count("flow") == 3


def test_the_page_needs_nothing_and_runs_nothing_of_the_sheet(report: Report) -> None:
    page = results_page(report).data.decode()
    own = page.split("</style>")[1].split("</script>")[-1] if "plotly" in page else page
    assert page.count("<script>alert") == 0 and "&lt;script&gt;alert" in own
    assert 'src="http' not in page and "<link" not in page and "default-src 'none'" in page
    assert page.index("#s1") < page.index("id='s1'")
    assert not any(name in page for name in NAMES)
    assert report.disclaimer in page


def test_a_page_with_figures_holds_plotly_once(report: Report) -> None:
    page = results_page(report).data.decode()
    assert page.count("* plotly.js v") == 1 and page.count("Plotly.newPlot(") >= 3


def test_the_ready_made_baskets_can_be_asked_for() -> None:
    from thal_core.analyses import REGISTRY

    assert set(baskets()) == {"talk", "paper", "department"}
    assert len(basket("talk")) == 9  # and the title slide: ten
    assert all(entry.result in REGISTRY for entries in baskets().values() for entry in entries)


def test_a_basket_comes_back_from_json_and_a_forged_one_does_not() -> None:
    entry = entry_of("trajectory", Options(analyte="hbf_percent", month=12), note="β⁰")
    assert from_json(to_json((entry,))) == (entry,)
    assert dict(entry.options) == {"analyte": "hbf_percent"}
    for forged in (
        "{}",
        "[]",
        '{"format": "thal-basket/1", "entries": [{"result": 3}]}',
        '{"format": "thal-basket/1", "entries": [{"result": "flow", "part": "all"}]}',
        '{"format": "thal-basket/1", "entries": [{"result": "flow", "options": [["shell", 1]]}]}',
    ):
        with pytest.raises(CohortError):
            from_json(forged)


def test_one_result_that_fails_does_not_take_the_others(monkeypatch: pytest.MonkeyPatch) -> None:
    from thal_core.export import report as module

    usual = module.analyse

    def failing(cohort: object, name: str, options: Options) -> object:
        if name == "flow":
            raise ZeroDivisionError(NAMES[0])
        return usual(cohort, name, options)

    monkeypatch.setattr(module, "analyse", failing)
    made = build_report(answers_of(named_cohort()), ENTRIES)
    assert [s.name for s in made.sections] == [e.result for e in ENTRIES[1:]]
    assert made.missing[0]["result"] == "flow" and NAMES[0] not in made.missing[0]["why"]


@pytest.mark.skipif(not files.browser_found(), reason="no Chrome, Chromium, Edge or Brave here")
def test_a_page_is_printed_without_touching_the_disk() -> None:
    picture = base64.b64encode(b"<svg xmlns='http://www.w3.org/2000/svg'/>").decode()
    page = f"<h1>β⁰ 疗效</h1><img src='data:image/svg+xml;base64,{picture}'>"
    try:
        assert files.write_page(page).startswith(b"%PDF")
    finally:
        files.close_painter()
