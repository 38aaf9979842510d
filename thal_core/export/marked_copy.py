"""The sheet as it came with every finding coloured and explained; what may identify people is left
blank.
"""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.parse_file import Reading
from thal_core.intake.text.dates import is_date
from thal_core.intake.text.fold import plain
from thal_core.intake.text.shown import HIDDEN, may_show, shown
from thal_core.issues import CohortError, translate_issues
from thal_core.mapping import ColumnReading
from thal_core.sheets.sheet import Sheet
from thal_core.words import tr

COMMENTS_PER_SHEET = 2000  # beyond it spreadsheet programs open the file slowly
FILLS = {
    "error": "#F4B183",
    "warning": "#FFE699",
    "note": "#DDEBF7",
}  # always beside the word in the comment
_OPEN = (Fate.USED, Fate.EXTRA)
_SILENT_FIELDS = frozenset({"identifying", "notes", "record_number", "birth_date"})
_LISTED = ("severity", "sheet", "cell", "column", "message", "action")
_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def mark(reading: Reading, language: str = "en") -> bytes:
    """xlsx of the file that was read: every sheet as it lay, as text, cells named in its issues
    coloured by severity with the message as a comment, replaced ids as they are shown, and a list
    of all issues.
    """
    issues = translate_issues(reading.cohort.issues, language)
    texts = {sheet.name: _texts(sheet, reading) for sheet in reading.sheets}
    return marked_sheets(reading, issues, texts, language)


def _texts(sheet: Sheet, reading: Reading) -> np.ndarray:
    """What each cell of the sheet, as it lay, may show: texts of its shape, "" where nothing."""
    texts = _standing_texts(sheet.name, reading)
    if sheet.name in reading.turned:
        texts = texts.T
    if texts.shape != sheet.text.shape:
        raise CohortError("marked.shape")
    return texts


def _standing_texts(name: str, reading: Reading) -> np.ndarray:
    """As ``_texts``, for the sheet as it was read, patients in rows."""
    text, fate = reading.standing[name].text, reading.fates.cells[name]
    out = np.full(text.shape, "", dtype=object)
    for place, column in enumerate(text.columns):
        codes, typed = pd.factorize(text[column])
        for fates, words in (
            (_OPEN, map(shown, typed)),
            ((Fate.ISSUE,), map(_shown_undated, typed)),
        ):
            here = np.isin(fate[:, place], fates)
            out[here, place] = np.array([*words, ""], dtype=object)[codes[here]]
    own = () if name in reading.relaid else reading.cohort.mapping.columns
    for column in (c for c in own if c.sheet == name and c.index < out.shape[1]):
        _settle_column(out, text[column.index].str.strip().to_numpy(), column, reading)
    return out


def _shown_undated(text: str) -> str:
    """A date that was not read may be of birth."""
    return HIDDEN if is_date(text) else shown(text)


def _settle_column(
    out: np.ndarray, typed: np.ndarray, column: ColumnReading, reading: Reading
) -> None:
    """An identifying column is blank but for its header, which stands as files may show it; ids as
    the cohort has them.
    """
    header = np.isin(typed, [*column.header.split(), column.header]) & (typed != "")
    if column.field in _SILENT_FIELDS or column.how == "how.identifying_id":
        out[~header, column.index] = ""
    out[header, column.index] = [text if may_show(text) else column.label for text in typed[header]]
    if column.field == "patient_id" and column.sheet in reading.patients:
        number = reading.patients[column.sheet]
        out[number >= 0, column.index] = np.array([*reading.cohort_ids, ""], dtype=object)[
            number[number >= 0]
        ]


def marked_sheets(
    reading: Reading, issues: pd.DataFrame, texts: dict[str, np.ndarray], language: str = "en"
) -> bytes:
    """The workbook: a sheet a sheet, then the list. ``issues`` in the language wanted; ``texts``:
    what cells show.
    """
    out = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
    }
    with xlsxwriter.Workbook(out, options) as book:
        fills = {
            severity: book.add_format({"bg_color": colour, "border": 1})
            for severity, colour in FILLS.items()
        }
        names = _sheet_names(
            [sheet.name for sheet in reading.sheets], tr("marked.sheet.issues", {}, language)
        )
        for sheet, name in zip(reading.sheets, names, strict=False):
            own = issues[issues["sheet"] == sheet.name]
            headers = _header_places(sheet, reading)
            _write_sheet(
                book.add_worksheet(name), sheet, own, texts[sheet.name], headers, fills, language
            )
        _write_list(
            book.add_worksheet(names[-1]), issues, fills, book.add_format({"bold": True}), language
        )
    return out.getvalue()


def _write_sheet(
    out: Worksheet,
    sheet: Sheet,
    issues: pd.DataFrame,
    texts: np.ndarray,
    headers: dict[str, tuple[int, int]],
    fills: dict[str, Format],
    language: str,
) -> None:
    marks = _marks(sheet, issues, headers, language)
    for row, column in np.argwhere(texts != ""):
        if (row, column) not in marks:
            out.write_string(row, column, texts[row, column])
    for number, ((row, column), (severity, words)) in enumerate(marks.items()):
        text = texts[row, column]
        if text:
            out.write_string(row, column, text, fills[severity])
        else:
            out.write_blank(row, column, None, fills[severity])
        if number < COMMENTS_PER_SHEET:
            out.write_comment(row, column, "\n".join(words), {"x_scale": 2})


def _marks(
    sheet: Sheet,
    issues: pd.DataFrame,
    headers: dict[str, tuple[int, int]],
    language: str,
) -> dict[tuple[int, int], tuple[str, list[str]]]:
    """(row, column) → the gravest severity and the sentences; an issue about a column stands at its
    header.
    """
    marks: dict[tuple[int, int], tuple[str, list[str]]] = {}
    order = list(FILLS)
    for issue in issues.to_dict("records"):
        at_header = [headers[issue["column"]]] if issue["column"] in headers else []
        for place in _places([issue["cell"]], sheet) if issue["cell"] else at_header:
            severity, words = marks.get(place, (issue["severity"], []))
            word = tr(f"marked.severity.{issue['severity']}", {}, language)
            words.append(f"[{word}] {issue['message']} {issue['action']}".strip())
            marks[place] = (min(severity, issue["severity"], key=order.index), words)
    return marks


def _header_places(sheet: Sheet, reading: Reading) -> dict[str, tuple[int, int]]:
    """Label of a column → where its header stands in the sheet as it lay; of a header over two
    rows, its lower part.
    """
    text = reading.standing[sheet.name].text
    found: dict[str, tuple[int, int]] = {}
    for column in (
        c
        for c in reading.cohort.mapping.columns
        if c.sheet == sheet.name and c.index < text.shape[1] and sheet.name not in reading.relaid
    ):
        for wanted in (column.header, column.header.rpartition(" ")[2]):
            rows = (
                np.flatnonzero((text[column.index].map(plain) == wanted).to_numpy())
                if wanted
                else ()
            )
            if len(rows):
                row = int(rows[0])
                found.setdefault(
                    column.title,
                    (column.index, row) if sheet.name in reading.turned else (row, column.index),
                )
                break
    return found


def _places(addresses: Iterable[str], sheet: Sheet) -> list[tuple[int, int]]:
    """B7 → (6, 1), for addresses within the sheet."""
    places = []
    for address in addresses:
        letters = address.rstrip("0123456789")
        if not letters or letters == address:
            continue
        column = 0
        for letter in letters:
            column = column * 26 + ord(letter) - 64
        place = (int(address[len(letters) :]) - 1, column - 1)
        if place[0] < sheet.text.shape[0] and place[1] < sheet.text.shape[1]:
            places.append(place)
    return places


def _write_list(
    out: Worksheet, issues: pd.DataFrame, fills: dict[str, Format], bold: Format, language: str
) -> None:
    out.write_string(0, 0, tr("marked.legend", {}, language))
    if (issues["sheet"].value_counts() > COMMENTS_PER_SHEET).any():
        out.write_string(1, 0, tr("marked.comments_limited", {"n": COMMENTS_PER_SHEET}, language))
    for place, name in enumerate(_LISTED):
        out.write_string(3, place, tr(f"marked.head.{name}", {}, language), bold)
        out.set_column(place, place, 60 if name in ("message", "action") else 14)
    for row, issue in enumerate(issues[list(_LISTED)].to_dict("records"), 4):
        texts = [
            tr(f"marked.severity.{issue['severity']}", {}, language),
            *(issue[name] for name in _LISTED[1:]),
        ]
        for place, text in enumerate(texts):
            out.write_string(
                row, place, str(text), fills[issue["severity"]] if place == 0 else None
            )
    out.autofilter(3, 0, 3 + max(len(issues), 1), len(_LISTED) - 1)


def _sheet_names(names: list[str], last: str) -> list[str]:
    """Names that spreadsheet programs allow: at most 31 characters, without []:*?/\\, each once."""
    taken: list[str] = []
    for name in [*names, last]:
        plain = name.translate(_SHEET_NAME).strip("' ")[:31] or "Sheet"
        number, unique = 2, plain
        while unique.lower() in (t.lower() for t in taken):
            unique, number = f"{plain[:27]} {number}", number + 1
        taken.append(unique)
    return taken
