"""The report as one HTML file that needs nothing else: contents, the answers first, figures that
answer the mouse, tables as journals print them.
"""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterable
from html import escape
from pathlib import Path

from thal_core.export.journal_table import Cell, JournalTable, Row
from thal_core.export.pictures import Made, Pictures
from thal_core.export.report import WIDTH, Report, Section
from thal_core.words import label

HALF, OPEN = "8.5 cm", "baseline_table"
FOLDED_FROM = 24  # rows of a table; Table 1 stands open
POLICY = (
    "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; "
    "img-src data: blob:; font-src data:"
)
STYLE = (Path(__file__).parent / "page.css").read_text(encoding="utf-8")


def results_page(report: Report) -> Made:
    """With interactive figures; one that fails leaves the reason in its place."""
    from thal_core.figures.interactive import figure_html, plotly_script

    missing: list[dict[str, str]] = []

    def drawn(section: Section) -> str:
        try:
            return figure_html(section.figure("screen"), f"figure-{section.figure_number}")
        except Exception as error:  # named, the rest goes on
            missing.append({"result": section.name, "format": "html", "why": type(error).__name__})
            return f"<p class='small'>{escape(type(error).__name__)}</p>"

    script = f"<script>{plotly_script()}</script>" if _drawn(report) else ""
    return Made(_page(report, drawn, script).encode("utf-8", "replace"), tuple(missing))


def printed_page(report: Report, pictures: Pictures) -> Made:
    """With pictures in place of interactive figures: what is printed as PDF."""
    missing: list[dict[str, str]] = []

    def drawn(section: Section) -> str:
        picture = pictures.picture(section, WIDTH, "svg")
        if not picture.data:
            missing.append({"result": section.name, "format": "pdf", "why": picture.why})
            return f"<p class='small'>{escape(picture.why)}</p>"
        data = base64.b64encode(picture.data).decode()
        return f"<img alt='{escape(section.headline)}' src='data:image/svg+xml;base64,{data}'>"

    page = _page(report, drawn, "", fold=False)
    return Made(page.encode("utf-8", "replace"), tuple(missing))


def summary_page(report: Report, pictures: Pictures) -> Made:
    """One page for the department: the answers, and the figures side by side."""
    missing: list[dict[str, str]] = []
    figures = []
    for section in report.sections:
        if section.draw is None:
            continue
        picture = pictures.picture(section, HALF, "svg")
        if not picture.data:
            missing.append({"result": section.name, "format": "summary", "why": picture.why})
            continue
        data = base64.b64encode(picture.data).decode()
        legend = f"<figcaption><b>{escape(section.headline)}.</b> {escape(section.legend)}"
        image = f"<img alt='' src='data:image/svg+xml;base64,{data}'>"
        figures.append(f"<figure>{legend}</figcaption>{image}</figure>")
    body = f"<div class='pair'>{''.join(figures)}</div>"
    page = _whole(report, "", [_facts(report), _answers(report), body], look="one")
    return Made(page.encode("utf-8", "replace"), tuple(missing))


def _drawn(report: Report) -> bool:
    return any(section.draw is not None for section in report.sections)


def _page(
    report: Report, drawn: Callable[[Section], str], script: str, *, fold: bool = True
) -> str:
    sections = (
        _section(section, place, report.language, drawn, fold)
        for place, section in enumerate(report.sections, 1)
    )
    front = [_facts(report), _answers(report), _contents(report)]
    return _whole(report, script, [*front, *sections, _methods(report), _left_out(report)])


def _whole(report: Report, script: str, parts: Iterable[str], look: str = "") -> str:
    word = report.language
    return "\n".join(
        [
            f'<!doctype html><html lang="{word}"><head><meta charset="utf-8">',
            f'<meta http-equiv="Content-Security-Policy" content="{POLICY}">',
            '<meta name="viewport" content="width=device-width,initial-scale=1">',
            f"<title>{escape(report.title)}</title><style>{STYLE}</style>{script}</head>",
            f"<body class='{look}'>",
            f"<h1>{escape(report.title)}</h1>",
            f"<p class='warn'>{escape(report.disclaimer)}</p>",
            *parts,
            "</body></html>",
        ]
    )


def _facts(report: Report) -> str:
    lines = (
        f"<b>{escape(label(f'report.fact.{code}', report.language))}:</b> {escape(text)}"
        for code, text in report.facts
    )
    return f"<p class='facts'>{'<br>'.join(lines)}</p>"


def _answers(report: Report) -> str:
    if report.answers is None:
        return ""
    title = escape(label("report.answers", report.language))
    return f"<section><h2>{title}</h2>{_table(report.answers)}</section>"


def _contents(report: Report) -> str:
    lines = "".join(
        f"<li><a href='#s{place}'>{escape(section.title)}</a></li>"
        for place, section in enumerate(report.sections, 1)
    )
    return (
        f"<nav><h2>{escape(label('report.contents', report.language))}</h2><ol>{lines}</ol></nav>"
    )


def _section(
    section: Section, place: int, word: str, drawn: Callable[[Section], str], fold: bool
) -> str:
    parts = [f"<section id='s{place}'><h2>{place}. {escape(section.title)}</h2>"]
    if section.note:
        parts.append(f"<p class='note'>{escape(section.note)}</p>")
    if section.draw is not None:
        number = f"{label('report.figure', word)} {section.figure_number}. "
        legend = f"<b>{escape(number + section.headline)}.</b> {escape(section.legend)}"
        parts.append(f"<figure>{drawn(section)}<figcaption>{legend}</figcaption></figure>")
    if section.table is not None:
        parts.append(_numbered_table(section, section.table, word, fold))
    method = (label("report.method", word), section.method)
    parts += [_small(section.sample), *(_small(note) for note in section.notes)]
    if section.method:
        parts.append(
            f"<details><summary class='small'>{escape(method[0])}</summary>{_small(method[1])}"
            "</details>"
            if fold
            else _small(": ".join(method))
        )
    return "".join(parts) + "</section>"


def _small(text: str) -> str:
    return f"<p class='small'>{escape(text)}</p>" if text else ""


def _numbered_table(section: Section, table: JournalTable, word: str, fold: bool) -> str:
    title = f"{label('report.table', word)} {section.table_number}. {section.title}"
    below = "".join(_small(line) for line in table.below)
    if fold and len(table.rows) >= FOLDED_FROM and section.name != OPEN:
        count = f"{title} ({len(table.rows)})"
        return f"<details><summary>{escape(count)}</summary>{_table(table)}{below}</details>"
    return _table(table, title) + below


def _table(table: JournalTable, title: str = "") -> str:
    caption = f"<caption>{escape(title)}</caption>" if title else ""
    spans = "".join(
        f"<th colspan='{span.columns}'{' class=span' if span.text else ''}>{escape(span.text)}</th>"
        for span in table.spans
    )
    head = "".join(_cell(table, cell, i, "th", 0) for i, cell in enumerate(table.columns))
    body = "".join(_row(table, row) for row in table.rows)
    top = f"<tr>{spans}</tr>" if spans else ""
    return (
        f"<div class='wide'><table>{caption}<thead>{top}<tr>{head}</tr></thead>"
        f"<tbody>{body}</tbody></table></div>"
    )


def _row(table: JournalTable, row: Row) -> str:
    cells = (_cell(table, cell, i, "td", row.level) for i, cell in enumerate(row.cells))
    return f"<tr>{''.join(cells)}</tr>"


def _cell(table: JournalTable, cell: Cell, place: int, tag: str, level: int) -> str:
    looks = ["w"] if place < table.words else []
    looks += [f"l{level}"] if level and place == 0 else []
    mark = table.mark(cell)
    raised = f"<sup>{escape(mark)}</sup>" if mark else ""
    named = f' class="{" ".join(looks)}"' if looks else ""
    return f"<{tag}{named}>{escape(cell.text)}{raised}</{tag}>"


def _methods(report: Report) -> str:
    paragraphs = "".join(f"<p>{escape(text)}</p>" for text in report.methods)
    title = escape(label("report.methods", report.language))
    return f"<section><h2>{title}</h2>{paragraphs}</section>"


def _left_out(report: Report) -> str:
    if not report.missing:
        return ""
    lines = "".join(
        f"<li>{escape(label(f'result.{name}', report.language))}: {escape(why)}</li>"
        for name, why in ((row["result"], row["why"]) for row in report.missing)
    )
    title = escape(label("report.not_given", report.language))
    return f"<section><h2>{title}</h2><ul class='small'>{lines}</ul></section>"
