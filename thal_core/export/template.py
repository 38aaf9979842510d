"""An empty workbook to be filled in: sheets and columns of rules/template.csv and every analyte,
lists to choose from, an explanation.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass

import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from thal_core.rules.catalogue import Field, fields, read_rules
from thal_core.vocabulary import ANALYTES
from thal_core.words import languages, tr
from thal_core.words.wording import Wording

SHEETS = ("patients", "visits", "transfusions", "treatments", "events")
FILLED_ROWS = 2000  # lists and limits reach this far down
_AS_TEXT = ("id", "genotype", "alpha", "text", "event")
_LINES = ("rows", "joined", "blank", "response", "genotype")


@dataclass(frozen=True)
class _Column:
    """One column of the template."""

    sheet: str
    field: Field
    headers: dict[str, str]
    choices: str

    def allowed(self, language: str) -> str:
        """The choices, or the limits within which a number is kept."""
        if self.choices:
            return tr(f"template.choice.{self.choices}", {}, language)
        low, high = self.field.hard_low, self.field.hard_high
        if math.isfinite(high):
            return tr("template.range", {"low": low, "high": high}, language)
        return tr("template.at_least", {"low": low}, language) if math.isfinite(low) else ""


def template_workbook(language: str = "en") -> bytes:
    """xlsx with headers and lists in ``language``; its explanation is in English and Chinese."""
    out = io.BytesIO()
    columns = _columns()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        book.set_properties({"title": tr("template.title", {}, language)})
        formats = {
            "head": book.add_format(
                {
                    "bold": True,
                    "bg_color": "#DCE6F1",
                    "border": 1,
                    "text_wrap": True,
                    "valign": "top",
                }
            ),
            "text": book.add_format({"num_format": "@"}),
            "bold": book.add_format({"bold": True, "font_size": 14}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
        }
        for name in dict.fromkeys(column.sheet for column in columns):
            own = [column for column in columns if column.sheet == name]
            _write_sheet(
                book.add_worksheet(tr(f"template.sheet.{name}", {}, language)),
                own,
                formats,
                language,
            )
        title = " ".join(tr("template.sheet.explanation", {}, word) for word in languages())
        _explain(book.add_worksheet(title), columns, formats, language)
    return out.getvalue()


def _columns() -> list[_Column]:
    known = fields()
    return [
        _Column(
            row["sheet"],
            known[row["field"]],
            _headers(row, known[row["field"]]),
            row["choices"],
        )
        for row in template_rows()
    ]


def template_rows() -> list[dict[str, str]]:
    """The columns in order: sheet, field, header_<language>, choices. Rows of rules/template.csv,
    then every analyte of rules/fields.csv that none of them names (``none`` is no sheet).
    """
    rows = read_rules("template")
    named = {row["field"] for row in rows}
    more = [{"sheet": "visits", "field": a, "choices": ""} for a in ANALYTES if a not in named]
    return sorted(
        [row for row in rows if row["sheet"] != "none"] + more,
        key=lambda row: SHEETS.index(row["sheet"]),
    )


def _headers(row: dict[str, str], field: Field) -> dict[str, str]:
    """The header of a column in each language: its own, else the label of the field."""
    own = dict(Wording.of_row(row, "header").texts)
    return {language: own.get(language) or field.label(language) for language in languages()}


def _write_sheet(
    sheet: Worksheet, columns: list[_Column], formats: dict[str, Format], language: str
) -> None:
    sheet.freeze_panes(1, 1)
    sheet.set_row(0, 45)
    for place, column in enumerate(columns):
        as_text = column.field.kind in _AS_TEXT and not column.choices
        sheet.set_column(place, place, 16, formats["text"] if as_text else None)
        sheet.write_string(0, place, column.headers[language], formats["head"])
        both = [
            f"{column.field.label(word)}  {column.allowed(word)}".strip() for word in languages()
        ]
        sheet.write_comment(0, place, "\n".join(both), {"x_scale": 1.5})
        rule = _validation(column, language)
        if rule:
            sheet.data_validation(1, place, FILLED_ROWS, place, rule)


def _validation(column: _Column, language: str) -> dict[str, object] | None:
    """A list admits nothing else; a number outside its limits only warns, for ``<0.5`` is a result
    too.
    """
    allowed = column.allowed(language)
    title = column.headers[language][:32]
    if column.choices:
        return {
            "validate": "list",
            "source": allowed.split(", "),
            "error_title": title,
            "error_message": allowed,
        }
    if not allowed:
        return None
    low, high = column.field.hard_low, column.field.hard_high
    between = (
        {"criteria": "between", "minimum": low, "maximum": high}
        if math.isfinite(high)
        else {"criteria": ">=", "value": low}
    )
    return {
        "validate": "decimal",
        **between,
        "error_type": "warning",
        "error_title": title,
        "error_message": allowed,
    }


def _explain(
    sheet: Worksheet, columns: list[_Column], formats: dict[str, Format], language: str
) -> None:
    """Both languages one below the other, then one line a column; all in one column, so that no
    reader takes it for data.
    """
    sheet.set_column(0, 0, 120, formats["wrap"])
    lines: list[str] = []
    for word in languages():
        sheet.write_string(len(lines), 0, tr("template.title", {}, word), formats["bold"])
        lines += ["", *(tr(f"template.line.{line}", {}, word) for line in _LINES), ""]
    for column in columns:
        if column.field.field == "patient_id":
            continue
        texts = (
            tr(f"template.sheet.{column.sheet}", {}, language),
            column.headers[language],
            *(column.field.label(word) for word in languages()),
            column.field.unit,
            column.allowed(language),
        )
        lines.append(" · ".join(dict.fromkeys(filter(None, texts))))
    for row, line in enumerate(lines):
        if line:
            sheet.write_string(row, 0, line, formats["wrap"])
