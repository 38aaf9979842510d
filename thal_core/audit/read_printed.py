"""Reading a file of printed figures: every row that can be used, and an issue for each that
cannot.
"""

from __future__ import annotations

import csv
import io
import os
from collections.abc import Iterable

import pandas as pd

from thal_core.audit.printed import COLUMNS, Printed, statistic_of
from thal_core.issues import Issue
from thal_core.rows import paper_folders, paper_of
from thal_core.vocabulary import Severity

REQUIRED = ("item", "row", "statistic", "value")
MAX_BYTES, MAX_ROWS, MAX_TEXT = 2_000_000, 5_000, 500
LARGEST, MAX_DIGITS = 1e12, 20  # no figure of a paper is larger or longer
_OPERATORS = {"": "", "=": "=", "<": "<", ">": ">", "≤": "≤", "≥": "≥", "<=": "≤", ">=": "≥"}
_MINUS = str.maketrans({"−": "-", "–": "-", "＜": "<", "＞": ">", "＝": "="})


def read_published(source: str | os.PathLike | bytes) -> tuple[pd.DataFrame, list[Issue]]:
    """Printed figures of one or more papers, from a path or the bytes of a CSV.

    Returns (rows, issues). rows: the columns of ``printed.COLUMNS`` as text (``value`` without its
    operator). Required columns: item, row, statistic, value. A row that cannot be used is left out
    and named in an issue; a file that cannot be read gives no rows and one issue of severity error.
    """
    text = _text_of(source)
    if isinstance(text, Issue):
        return _frame([]), [text]
    try:
        lines = list(csv.reader(io.StringIO(text, newline=""), delimiter=_separator(text)))
    except csv.Error:
        return _frame([]), [Issue(Severity.ERROR, "audit.issue.unreadable")]
    if not lines:
        return _frame([]), [Issue(Severity.ERROR, "audit.issue.empty")]
    header = [name.strip().lower() for name in lines[0]]
    missing = [name for name in REQUIRED if name not in header]
    if missing:
        return _frame([]), [
            Issue(Severity.ERROR, "audit.issue.missing_columns", {"columns": missing})
        ]
    if len(lines) > MAX_ROWS + 1:
        return _frame([]), [Issue(Severity.ERROR, "audit.issue.too_big", {"rows": MAX_ROWS})]
    return _usable(header, lines[1:])


def published_papers() -> pd.DataFrame:
    """The printed figures of every paper in rules/papers, as ``read_published`` gives them."""
    found = [
        read_published(folder / "published.csv")[0].assign(paper=paper_of(folder))
        for folder in paper_folders()
    ]
    return pd.concat(found, ignore_index=True)


def printed_figures(rows: pd.DataFrame) -> list[Printed]:
    """Rows of ``read_published`` as the records the checks work on."""
    renamed = rows[list(COLUMNS)].rename(columns={"value": "printed"})
    return [Printed(**record) for record in renamed.to_dict("records")]


def _usable(header: list[str], lines: list[list[str]]) -> tuple[pd.DataFrame, list[Issue]]:
    kept, issues, seen = [], [], set()
    for number, cells in enumerate(lines, start=2):
        cells = [cell.strip()[:MAX_TEXT] for cell in cells]
        if not any(cells):
            continue
        given = dict(zip(header, cells, strict=False))
        row = {name: given.get(name, "") for name in COLUMNS}
        row["id"] = row["id"] or f"row {number}"
        found = _tidy(row, seen)
        if found is None:
            kept.append(row)
            seen.add(row["id"])
        else:
            code, column, params = found
            issues.append(
                Issue(
                    Severity.WARNING,
                    code,
                    {"id": row["id"], **params},
                    row=number,
                    column=column,
                    raw=given.get(column, ""),
                )
            )
    if not kept and not issues:
        issues.append(Issue(Severity.ERROR, "audit.issue.empty"))
    return _frame(kept), issues


def _tidy(row: dict[str, str], seen: set[str]) -> tuple[str, str, dict] | None:
    """Normalises the row in place; what is the matter with it (code, column, parameters), or
    None.
    """
    if row["id"] in seen:
        return "audit.issue.duplicate_id", "id", {}
    statistic = statistic_of(row["statistic"])
    if statistic is None:
        return "audit.issue.unknown_statistic", "statistic", {"given": row["statistic"]}
    if not row["statistic"].startswith("value_"):
        row["statistic"] = statistic.statistic
    if not row["value"]:
        return "audit.issue.no_value", "value", {}
    if statistic.kind == "text":
        return None
    return _tidy_value(row, statistic)


def _tidy_value(row: dict[str, str], statistic) -> tuple[str, str, dict] | None:
    value = row["value"].translate(_MINUS)
    operator = row["operator"].translate(_MINUS)
    if not operator and value[0] in "<>=≤≥":
        operator = value[:2] if value[:2] in ("<=", ">=") else value[0]
        value = value[len(operator) :].strip()
    if operator not in _OPERATORS:
        return "audit.issue.unknown_operator", "operator", {"given": operator}
    row["value"], row["operator"] = value, _OPERATORS[operator]
    number = _number(value)
    if number is None:
        return "audit.issue.not_a_number", "value", {"given": value}
    if not statistic.low <= number <= statistic.high:
        return (
            "audit.issue.out_of_range",
            "value",
            {
                "given": value,
                "statistic": statistic.statistic,
                "low": statistic.low,
                "high": statistic.high,
            },
        )
    if statistic.kind == "whole" and number != int(number):
        return "audit.issue.not_whole", "value", {"given": value, "statistic": statistic.statistic}
    return None


def _number(text: str) -> float | None:
    """A plain decimal: an exponent hides the rounding, a thousands separator the value."""
    if not text.lstrip("+-").replace(".", "", 1).isdecimal() or not text.isascii():
        return None
    number = float(text)
    return number if abs(number) < LARGEST and len(text) <= MAX_DIGITS else None


def _text_of(source: str | os.PathLike | bytes) -> str | Issue:
    if not isinstance(source, bytes):
        try:
            with open(source, "rb") as file:
                source = file.read(MAX_BYTES + 1)
        except OSError:
            return Issue(Severity.ERROR, "audit.issue.unreadable")
    if len(source) > MAX_BYTES:
        return Issue(Severity.ERROR, "audit.issue.too_big", {"rows": MAX_ROWS})
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = source.decode(encoding)
        except UnicodeDecodeError:
            continue
        return text if "\0" not in text else Issue(Severity.ERROR, "audit.issue.unreadable")
    return Issue(Severity.ERROR, "audit.issue.unreadable")


def _separator(text: str) -> str:
    first = text.partition("\n")[0]
    return max(",;\t", key=first.count)


def _frame(rows: Iterable[dict[str, str]]) -> pd.DataFrame:
    return pd.DataFrame(list(rows), columns=list(COLUMNS), dtype="str")
