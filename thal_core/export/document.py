"""A Word document: numbered real tables, figures with legends, the statistical methods that were
run.
"""

from __future__ import annotations

from collections.abc import Iterable
from io import BytesIO
from typing import Any

from docx import Document
from docx.enum.section import WD_ORIENT
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Cm, Pt

from thal_core.export.journal_table import Cell, JournalTable
from thal_core.export.pictures import Made, Pictures, pictures_of
from thal_core.export.report import WIDTH, Report, Section
from thal_core.export.wording import printable
from thal_core.words import label, tr

FONT, CHINESE = "Arial", "Microsoft YaHei"
MARGIN = 2.0  # cm
WIDE = 8  # columns from which a table has a page of its own, laid on its side
SMALL = Pt(8)


def word_document(report: Report, pictures: Pictures | None = None) -> Made:
    """The report as docx. A figure that cannot be drawn leaves its legend and the reason."""
    pictures = pictures or pictures_of(report)
    document = Document()
    _lay_out(document, report)
    document.add_heading(printable(report.title), level=0)
    _facts(document, report)
    missing: list[dict[str, str]] = []
    for section in report.sections:
        missing += _write_section(document, section, report.language, pictures)
    _portrait(document)
    document.add_heading(label("report.methods", report.language), level=1)
    for paragraph in report.methods:
        document.add_paragraph(printable(paragraph))
    if report.missing:
        _left_out(document, report)
    out = BytesIO()
    document.save(out)
    return Made(out.getvalue(), tuple(missing))


def _lay_out(document: Any, report: Report) -> None:
    page = document.sections[0]
    page.page_width, page.page_height = Cm(21), Cm(29.7)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(MARGIN)
    for name, size in (("Normal", 10), ("Title", 18), ("Heading 1", 14), ("Heading 2", 12)):
        style = document.styles[name]
        style.font.name, style.font.size = FONT, Pt(size)
        fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
        for theme in ("w:asciiTheme", "w:hAnsiTheme", "w:eastAsiaTheme", "w:cstheme"):
            fonts.attrib.pop(qn(theme), None)
        fonts.set(qn("w:eastAsia"), CHINESE)
    footer = page.footer.paragraphs[0]
    _run(footer, report.disclaimer, SMALL)
    properties = document.core_properties
    properties.title, properties.author = printable(report.title), "thal_core"
    properties.comments, properties.language = "", label("report.locale", report.language)


def _run(paragraph: Any, text: str, size: Any = None, **looks: bool) -> Any:
    run = paragraph.add_run(printable(text))
    if size:
        run.font.size = size
    for name, on in looks.items():
        setattr(run.font, name, on)
    return run


def _facts(document: Any, report: Report) -> None:
    for code, text in report.facts:
        paragraph = document.add_paragraph()
        paragraph.paragraph_format.space_after = Pt(0)
        _run(paragraph, label(f"report.fact.{code}", report.language) + ": ", SMALL, bold=True)
        _run(paragraph, text, SMALL)


def _write_section(
    document: Any, section: Section, language: str, pictures: Pictures
) -> list[dict[str, str]]:
    missing = []
    if section.table is not None:
        _orient(document, len(section.table.columns) >= WIDE)
        _caption(document, "table", section.table_number, section.title, language)
        _write_table(document, section.table)
        _small_print(document, (*section.table.below, *_below(section)))
    if section.draw is not None:
        _portrait(document)
        picture = pictures.picture(section, WIDTH)
        if picture.data:
            document.add_picture(BytesIO(picture.data), width=Cm(21 - 2 * MARGIN))
            _describe(document, section.headline)
            document.paragraphs[-1].paragraph_format.keep_with_next = True
        else:
            missing.append({"result": section.name, "format": "docx", "why": picture.why})
            document.add_paragraph(printable(picture.why))
        _caption(
            document, "figure", section.figure_number, section.headline, language, section.legend
        )
        if section.table is None:
            _small_print(document, _below(section))
    if section.note:
        document.add_paragraph(printable(section.note))
    return missing


def _below(section: Section) -> tuple[str, ...]:
    return tuple(text for text in (section.sample, *section.notes) if text)


def _orient(document: Any, wide: bool) -> None:
    """The following pages upright, or on their side for a wide table."""
    from docx.enum.section import WD_SECTION

    page = document.sections[-1]
    if (page.orientation == WD_ORIENT.LANDSCAPE) == wide:
        return
    page = document.add_section(WD_SECTION.NEW_PAGE)
    page.orientation = WD_ORIENT.LANDSCAPE if wide else WD_ORIENT.PORTRAIT
    short, long = Cm(21), Cm(29.7)
    page.page_width, page.page_height = (long, short) if wide else (short, long)


def _portrait(document: Any) -> None:
    _orient(document, False)


def _caption(
    document: Any, kind: str, number: int, title: str, language: str, legend: str = ""
) -> None:
    """``Table 1. Title``; the number is a field, so that Word counts anew when one is moved."""
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.keep_with_next = kind == "table"
    paragraph.paragraph_format.space_before = Pt(12)
    word = label(f"report.{kind}", language)
    _run(paragraph, f"{word} ", bold=True)
    _field(paragraph, f"SEQ {kind.capitalize()} \\* ARABIC", str(number))
    _run(paragraph, f". {title}{label('report.full_stop', language) if legend else ''}", bold=True)
    if legend:
        _run(paragraph, f" {legend}")


def _field(paragraph: Any, code: str, shown: str) -> None:
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", shown), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        run.font.bold = True
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)
        elif not kind:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = text
            run._r.append(instruction)


def _describe(document: Any, text: str) -> None:
    """What the picture shows, for those who cannot see it."""
    for properties in document.paragraphs[-1]._p.iter(qn("wp:docPr")):
        properties.set("descr", printable(text))


def _small_print(document: Any, lines: Iterable[str]) -> None:
    paragraph = document.add_paragraph()
    paragraph.paragraph_format.space_after = Pt(10)
    for place, line in enumerate(lines):
        if place:
            paragraph.add_run().add_break()
        _run(paragraph, line, SMALL)


def _write_table(document: Any, table: JournalTable) -> None:
    heads = (1 if table.spans else 0) + 1
    grid = document.add_table(rows=heads + len(table.rows), cols=len(table.columns))
    grid.autofit = True
    if table.spans:
        _write_spans(grid, table)
    lines = list(grid.rows)
    _write_line(lines[heads - 1], table.columns, table, head=True, level=0)
    for line, row in zip(lines[heads:], table.rows, strict=True):
        _write_line(line, row.cells, table, head=False, level=row.level)
    for line in lines[:heads]:
        _repeat(line)
    _rule(lines[0], "top")
    _rule(lines[heads - 1], "bottom")
    _rule(lines[-1], "bottom")


def _write_spans(grid: Any, table: JournalTable) -> None:
    first = 0
    cells = grid.rows[0].cells
    for span in table.spans:
        merged = cells[first].merge(cells[first + span.columns - 1])
        merged.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.CENTER
        _run(merged.paragraphs[0], span.text, SMALL, bold=True)
        first += span.columns


def _write_line(
    row: Any, line: tuple[Cell, ...], table: JournalTable, *, head: bool, level: int
) -> None:
    for place, (target, cell) in enumerate(zip(row.cells, line, strict=True)):
        paragraph = target.paragraphs[0]
        paragraph.paragraph_format.space_after = paragraph.paragraph_format.space_before = Pt(1)
        if place >= table.words:
            paragraph.alignment = WD_ALIGN_PARAGRAPH.CENTER
        if level and place == 0:
            paragraph.paragraph_format.left_indent = Cm(0.4 * level)
        _run(paragraph, cell.text, SMALL, bold=head)
        if mark := table.mark(cell):
            _run(paragraph, mark, SMALL, superscript=True)
    row._tr.get_or_add_trPr().append(OxmlElement("w:cantSplit"))


def _repeat(row: Any) -> None:
    """A header that stands on every page of a long table."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


def _rule(row: Any, edge: str) -> None:
    """A line above or below a row: journals draw no others."""
    for cell in row.cells:
        properties = cell._tc.get_or_add_tcPr()
        borders = properties.find(qn("w:tcBorders"))
        if borders is None:
            borders = OxmlElement("w:tcBorders")
            properties.append(borders)
        if borders.find(qn(f"w:{edge}")) is not None:
            continue
        line = OxmlElement(f"w:{edge}")
        for name, value in (("val", "single"), ("sz", "6"), ("space", "0"), ("color", "000000")):
            line.set(qn(f"w:{name}"), value)
        borders.append(line)


def _left_out(document: Any, report: Report) -> None:
    document.add_heading(label("report.not_given", report.language), level=1)
    for row in report.missing:
        title = label(f"result.{row['result']}", report.language)
        _small_print(
            document, [tr("report.named", {"what": title, "text": row["why"]}, report.language)]
        )
