"""Slides, 16:9: one message a slide, its figure at full resolution, n and test in small print, the
method and the conditions in the speaker's notes; tables that can be edited.
"""

from __future__ import annotations

from collections.abc import Sequence
from io import BytesIO
from typing import Any

from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.text import MSO_ANCHOR, PP_ALIGN
from pptx.oxml.ns import qn
from pptx.util import Cm, Pt

from thal_core.export.journal_table import Cell, JournalTable, Row
from thal_core.export.pictures import Made, Pictures, pictures_of
from thal_core.export.report import Report, Section
from thal_core.export.wording import printable
from thal_core.issues import CohortError
from thal_core.words import label, tr

WIDTH, HEIGHT = 33.867, 19.05  # cm: 13.333 × 7.5 in
EDGE = 1.0
TITLE_TOP, TITLE_HEIGHT = 0.6, 2.1
BODY_TOP, BODY_HEIGHT = 2.8, 13.4
PRINT_TOP, PRINT_HEIGHT = 16.3, 1.7
FIGURE = f"{WIDTH - 2 * EDGE:.2f}x{BODY_HEIGHT:.2f}cm"
DPI = 192
MOST_ROWS = 13  # of a table on one slide
INK, PALE = RGBColor(0x1F, 0x29, 0x33), RGBColor(0x5F, 0x6B, 0x7A)
FONT, CHINESE = "Arial", "Microsoft YaHei"


def slides(report: Report, pictures: Pictures | None = None) -> Made:
    """The report as pptx. Raises CohortError where no browser is found that draws figures; a single
    figure that fails leaves a slide with the reason.
    """
    from thal_core.figures.files import browser_found

    if not browser_found() and any(section.draw for section in report.sections):
        raise CohortError("figure.no_browser")
    pictures = pictures or pictures_of(report)
    deck = Presentation()
    deck.slide_width, deck.slide_height = Cm(WIDTH), Cm(HEIGHT)
    _title_slide(deck, report)
    missing: list[dict[str, str]] = []
    for section in report.sections:
        if section.draw is not None:
            missing += _figure_slide(deck, section, report, pictures)
        if section.table is not None:
            _table_slides(deck, section, section.table, report)
    deck.core_properties.title = printable(report.title)
    deck.core_properties.author = "thal_core"
    out = BytesIO()
    deck.save(out)
    return Made(out.getvalue(), tuple(missing))


def _blank(deck: Any, title: str, report: Report) -> Any:
    """A slide with its title in the layout's own place, so that outlines and readers find it, and
    the footer.
    """
    slide = deck.slides.add_slide(deck.slide_layouts[5])
    place = slide.shapes.title
    place.left, place.top, place.width, place.height = (
        Cm(EDGE),
        Cm(TITLE_TOP),
        Cm(WIDTH - 2 * EDGE),
        Cm(TITLE_HEIGHT),
    )
    frame = place.text_frame
    frame.word_wrap, frame.vertical_anchor = True, MSO_ANCHOR.MIDDLE
    _write(frame.paragraphs[0], title, _title_size(title), bold=True)
    footer = tr("figure.footer", language=report.language)
    _text(slide, footer, 18.1, 0.7, 9, PALE)
    return slide


def _title_size(title: str) -> int:
    """Points in which a title has room in two lines."""
    from thal_core.figures.text import width_em

    room = (WIDTH - 2 * EDGE) / 2.54 * 72 * 2 * 0.92
    return max(16, min(28, int(room / max(width_em(title), 1) / 1.08)))


def _write(paragraph: Any, text: str, size: float, colour: Any = INK, **looks: bool) -> Any:
    paragraph.alignment = PP_ALIGN.LEFT
    run = paragraph.add_run()
    run.text = printable(text)
    run.font.size, run.font.name, run.font.color.rgb = Pt(size), FONT, colour
    for name, on in looks.items():
        setattr(run.font, name, on)
    properties = run._r.get_or_add_rPr()
    east = properties.makeelement(qn("a:ea"), {"typeface": CHINESE})
    latin = properties.find(qn("a:latin"))
    latin.addnext(east)
    return run


def _text(slide: Any, text: str, top: float, height: float, size: float, colour: Any = INK) -> Any:
    box = slide.shapes.add_textbox(Cm(EDGE), Cm(top), Cm(WIDTH - 2 * EDGE), Cm(height))
    frame = box.text_frame
    frame.word_wrap = True
    frame.margin_left = frame.margin_right = frame.margin_top = frame.margin_bottom = 0
    lines = text.split("\n")
    for place, line in enumerate(lines):
        paragraph = frame.paragraphs[0] if place == 0 else frame.add_paragraph()
        _write(paragraph, line, size, colour)
    return box


def _title_slide(deck: Any, report: Report) -> None:
    slide = _blank(deck, report.title, report)
    lines = [
        f"{label(f'report.fact.{code}', report.language)}: {text}"
        for code, text in report.facts
        if code not in ("file", "software")
    ]
    _text(slide, "\n".join(lines), 4.0, 7.0, 20)
    _text(slide, report.disclaimer, 13.2, 4.0, 14, PALE)
    notes = [f"{label(f'report.fact.{c}', report.language)}: {t}" for c, t in report.facts]
    _notes(slide, [*notes, *report.methods])


def _notes(slide: Any, lines: Sequence[str]) -> None:
    slide.notes_slide.notes_text_frame.text = printable("\n".join(line for line in lines if line))


def _figure_slide(
    deck: Any, section: Section, report: Report, pictures: Pictures
) -> list[dict[str, str]]:
    slide = _blank(deck, section.headline, report)
    picture = pictures.picture(section, FIGURE, "png", DPI)
    if picture.data:
        _place(slide, picture.data, section.headline)
    else:
        _text(slide, picture.why, BODY_TOP, 2.0, 16)
    _text(slide, _small_print(section, report), PRINT_TOP, PRINT_HEIGHT, 11, PALE)
    _notes(slide, _spoken(section, report))
    return [] if picture.data else [{"result": section.name, "format": "pptx", "why": picture.why}]


def _place(slide: Any, data: bytes, words: str) -> None:
    """As large as the body allows, its proportions kept, with the words for those who cannot see
    it.
    """
    shape = slide.shapes.add_picture(BytesIO(data), 0, 0)
    scale = min(Cm(WIDTH - 2 * EDGE) / shape.width, Cm(BODY_HEIGHT) / shape.height)
    shape.width, shape.height = int(shape.width * scale), int(shape.height * scale)
    shape.left = int((Cm(WIDTH) - shape.width) / 2)
    shape.top = int(Cm(BODY_TOP) + (Cm(BODY_HEIGHT) - shape.height) / 2)
    shape._element.nvPicPr.cNvPr.set("descr", printable(words))


def _small_print(section: Section, report: Report) -> str:
    """n, marks and test, criterion and conditions, each cut to what three lines hold."""
    from thal_core.figures.text import shorten

    em = (WIDTH - 2 * EDGE) / 2.54 * 72 / 11 * 0.95
    lines = (section.sample, section.legend, report.small_print)
    return "\n".join(shorten(line, em) for line in lines if line)


def _spoken(section: Section, report: Report) -> list[str]:
    """The speaker's notes: nothing cut."""
    table = section.table.below if section.table else ()
    said = [section.note, section.headline, section.legend, section.sample, *section.notes, *table]
    facts = [f"{label(f'report.fact.{c}', report.language)}: {t}" for c, t in report.facts]
    method = tr(
        "report.named",
        {"what": label("report.method", report.language), "text": section.method},
        report.language,
    )
    return [*said, method if section.method else "", *facts, report.disclaimer]


def _table_slides(deck: Any, section: Section, table: JournalTable, report: Report) -> None:
    """As many slides as the table needs, the header on each."""
    parts = [table.rows[i : i + MOST_ROWS] for i in range(0, len(table.rows), MOST_ROWS)]
    for place, rows in enumerate(parts, 1):
        count = f" ({place}/{len(parts)})" if len(parts) > 1 else ""
        slide = _blank(deck, section.title + count, report)
        _write_table(slide, table, rows)
        _text(slide, _table_print(section, table, report), PRINT_TOP, PRINT_HEIGHT, 10, PALE)
        _notes(slide, _spoken(section, report))


def _table_print(section: Section, table: JournalTable, report: Report) -> str:
    from thal_core.figures.text import shorten

    em = (WIDTH - 2 * EDGE) / 2.54 * 72 / 10 * 0.95
    lines = (" · ".join(table.below), section.sample, report.small_print)
    return "\n".join(shorten(line, em) for line in lines if line)


def _write_table(slide: Any, table: JournalTable, rows: Sequence[Row]) -> None:
    spanned = 1 if table.spans else 0
    heads, height = 1 + spanned, 0.92
    shape = slide.shapes.add_table(
        heads + len(rows),
        len(table.columns),
        Cm(EDGE),
        Cm(BODY_TOP),
        Cm(WIDTH - 2 * EDGE),
        Cm(height * (heads + len(rows))),
    )
    grid = shape.table
    _widths(grid, table, rows)
    size = 12 if len(table.columns) <= 7 else 10
    if spanned:
        first = 0
        for span in table.spans:
            cell = grid.cell(0, first)
            if span.columns > 1:
                cell.merge(grid.cell(0, first + span.columns - 1))
            _fill(cell, Cell(span.text), table, size, head=True)
            first += span.columns
    for place, cell in enumerate(table.columns):
        _fill(grid.cell(spanned, place), cell, table, size, head=True)
    for line, row in enumerate(rows, heads):
        grid.rows[line].height = Cm(height)
        for place, cell in enumerate(row.cells):
            inner = "  " * row.level if place == 0 else ""
            _fill(grid.cell(line, place), Cell(inner + cell.text, cell.notes), table, size)


def _widths(grid: Any, table: JournalTable, rows: Sequence[Row]) -> None:
    """Columns as wide as their texts ask for, together as wide as the slide."""
    from thal_core.figures.text import width_em

    asked = [
        max(width_em(table.columns[i].text) * 0.6, *(width_em(r.cells[i].text) for r in rows), 3.0)
        for i in range(len(table.columns))
    ]
    for column, em in zip(grid.columns, asked, strict=True):
        column.width = int(Cm(WIDTH - 2 * EDGE) * em / sum(asked))


def _fill(cell: Any, text: Cell, table: JournalTable, size: float, *, head: bool = False) -> None:
    cell.margin_top = cell.margin_bottom = Cm(0.08)
    cell.margin_left = cell.margin_right = Cm(0.15)
    cell.vertical_anchor = MSO_ANCHOR.MIDDLE
    paragraph = cell.text_frame.paragraphs[0]
    colour = RGBColor(0xFF, 0xFF, 0xFF) if head else INK
    _write(paragraph, text.text, size, colour, bold=head)
    if mark := table.mark(text):
        raised = _write(paragraph, mark, size, colour)
        raised._r.get_or_add_rPr().set("baseline", "30000")
