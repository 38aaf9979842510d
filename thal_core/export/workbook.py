"""A workbook: every table on a sheet with headers in words, number formats and a data dictionary;
no cell is computed.
"""

from __future__ import annotations

from collections.abc import Mapping
from io import BytesIO
from typing import Any

import pandas as pd

from thal_core.export.report import Report, Section
from thal_core.export.table import spreadsheet_safe
from thal_core.export.table_shapes import P_COLUMNS
from thal_core.export.wording import MONTHS, column_text, decimals, printable, value_text
from thal_core.rules.catalogue import fields
from thal_core.words import label

SHEET, MOST_EM = 31, 60  # Excel's longest sheet name; the widest column
INERT = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
_FORBIDDEN = str.maketrans(dict.fromkeys("[]:*?/\\'", " "))


def workbook(report: Report) -> bytes:
    """Contents, one sheet for each table that may be given, and what each column means."""
    import xlsxwriter

    out = BytesIO()
    book = xlsxwriter.Workbook(out, {**INERT, "in_memory": True, "nan_inf_to_errors": False})
    book.set_properties({"title": printable(report.title), "author": "thal_core"})
    formats = {
        "head": book.add_format({"bold": True, "text_wrap": True, "valign": "top", "bottom": 1}),
        "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
    }
    names = _sheet_names(report)
    _contents(book, report, names, formats)
    for section, name in names:
        _write_table(book, book.add_worksheet(name), section, report.language, formats)
    _dictionary(book, report, names, formats)
    book.close()
    return out.getvalue()


def _sheet_names(report: Report) -> list[tuple[Section, str]]:
    """A name a table: the result's, counted where it comes twice."""
    named: list[tuple[Section, str]] = []
    taken: set[str] = set()
    for section in report.sections:
        if section.numbers.empty:
            continue
        base = section.name.translate(_FORBIDDEN)[:SHEET]
        name, count = base, 1
        while name in taken:
            count += 1
            name = f"{base[: SHEET - 4]} {count}"
        taken.add(name)
        named.append((section, name))
    return named


def _contents(
    book: Any, report: Report, names: list[tuple[Section, str]], formats: Mapping[str, Any]
) -> None:
    sheet = book.add_worksheet(label("report.sheet.contents", report.language))
    sheet.set_column(0, 0, 26)
    sheet.set_column(1, 1, 44, formats["wrap"])
    sheet.set_column(2, 3, 60, formats["wrap"])
    sheet.write_string(0, 0, printable(report.title), formats["title"])
    line = 1
    for code, text in report.facts:
        sheet.write_string(line, 0, label(f"report.fact.{code}", report.language))
        sheet.write_string(line, 1, printable(text), formats["wrap"])
        line += 1
    sheet.write_string(line, 1, report.disclaimer, formats["wrap"])
    line += 2
    for place, code in enumerate(("sheet", "title", "sample", "method")):
        sheet.write_string(
            line, place, label(f"report.sheet.{code}", report.language), formats["head"]
        )
    for row, (section, name) in enumerate(names, line + 1):
        texts = (name, section.title, section.sample, " ".join((section.method, *section.notes)))
        for place, text in enumerate(texts):
            sheet.write_string(row, place, printable(text), formats["wrap"])


def _write_table(
    book: Any, sheet: Any, section: Section, language: str, formats: Mapping[str, Any]
) -> None:
    """Full precision, shown with the decimals the column deserves."""
    table = section.numbers
    safe = spreadsheet_safe(table)
    for place, column in enumerate(table.columns):
        head = column_text(str(column), language)
        sheet.write_string(0, place, printable(head), formats["head"])
        numeric = pd.api.types.is_numeric_dtype(table[column]) and table[column].dtype != "boolean"
        look = book.add_format({"num_format": _number_format(table[column], str(column))})
        widest = len(head) * 0.7
        for row, (value, text) in enumerate(zip(table[column], safe[column], strict=True), 1):
            if pd.isna(value):
                continue
            if numeric and abs(float(value)) != float("inf"):
                sheet.write_number(row, place, float(value), look)
            else:
                words = printable(_words(value, text, str(column), language))
                sheet.write_string(row, place, words)
                widest = max(widest, len(words))
        sheet.set_column(place, place, min(max(widest + 2, 9), MOST_EM))
    sheet.freeze_panes(1, 0)
    if len(table):
        sheet.autofilter(0, 0, len(table), len(table.columns) - 1)


def _words(value: object, safe: object, column: str, language: str) -> str:
    """The text as it may stand in a spreadsheet; levels of the program in the language."""
    return str(safe) if str(safe) != str(value) else value_text(value, column, language)


def _number_format(values: pd.Series, column: str) -> str:
    if column in P_COLUMNS:
        return "[<0.001]0.0E+00;0.000"
    known = pd.to_numeric(values, errors="coerce").dropna().abs()
    known = known[known != float("inf")]
    if column in MONTHS or known.empty or (known % 1 == 0).all():
        return "General"
    places = decimals(float(known.max()))
    return "#,##0" + ("." + "0" * places if places else "")


def _dictionary(
    book: Any, report: Report, names: list[tuple[Section, str]], formats: Mapping[str, Any]
) -> None:
    """Every column of every sheet: its header, its name in the CSV files, its unit."""
    sheet = book.add_worksheet(label("report.sheet.dictionary", report.language))
    heads = ("sheet", "header", "column", "unit", "source")
    for place, code in enumerate(heads):
        sheet.write_string(
            0, place, label(f"report.sheet.{code}", report.language), formats["head"]
        )
    line = 1
    for section, name in names:
        for column in map(str, section.numbers.columns):
            known = fields().get(column)
            unit, source = (known.unit, known.source) if known else ("", "")
            texts = (name, column_text(column, report.language), column, unit, source)
            for place, text in enumerate(texts):
                sheet.write_string(line, place, printable(text))
            line += 1
    for place, width in enumerate((24, 36, 24, 12, 60)):
        sheet.set_column(place, place, width)
    sheet.freeze_panes(1, 0)
