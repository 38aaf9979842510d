"""The sheet as it came with every finding coloured and explained; what may identify people is left blank."""

from __future__ import annotations

import io
from collections.abc import Iterable

import numpy as np
import pandas as pd
import xlsxwriter
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from thal_core.cohort import Cohort
from thal_core.intake.account import Account, Fate
from thal_core.intake.files.read import read_sheets
from thal_core.intake.identifiers import identifier_in
from thal_core.intake.parse import parse_sheets
from thal_core.intake.sheet import Kind, Sheet, cell_address
from thal_core.issues import translate_issues
from thal_core.mapping import Mapping
from thal_core.words import tr

COMMENTS_PER_SHEET = 2000  # beyond it spreadsheet programs open the file slowly
FILLS = {"error": "#F4B183", "warning": "#FFE699", "note": "#DDEBF7"}  # always beside the word in the comment
_SILENT_FIELDS = frozenset({"identifying", "notes", "record_number", "birth_date"})
_LISTED = ("severity", "sheet", "cell", "column", "message", "action")
_SHEET_NAME = str.maketrans(dict.fromkeys("[]:*?/\\", "_"))


def marked_copy(data: bytes, filename: str, cohort: Cohort, language: str = "en") -> bytes:
    """xlsx of the file behind ``cohort``: every sheet as text, cells named in its issues coloured by severity with
    the message as a comment, and a list of all issues. Raises CohortError where ``data`` cannot be read."""
    sheets = read_sheets(data, filename, encoding=cohort.mapping.setting("encoding") or None)
    reading = parse_sheets(sheets, cohort.mapping)
    issues = translate_issues(reading.cohort.issues, language)
    shown = {s.name: showable(s, reading.account, reading.cohort.mapping, issues) for s in sheets}
    return marked_sheets(sheets, issues, shown, language)


def showable(sheet: Sheet, account: Account, mapping: Mapping, issues: pd.DataFrame) -> np.ndarray:
    """Which cells may be shown (bool, the sheet's shape): those that were used or kept, those whose text an issue
    shows anyway, and numbers; never a column or a cell that identifies, never free text."""
    fate = account.fate[sheet.name]
    show = (fate == Fate.USED) | (fate == Fate.EXTRA)
    named = issues.loc[(issues["sheet"] == sheet.name) & (issues["raw"] != ""), "cell"]
    for row, column in _places(named, sheet):
        show[row, column] = True
    show |= (fate == Fate.ISSUE) & (sheet.kind == Kind.NUMBER)
    for reading in mapping.columns:
        if reading.sheet == sheet.name and reading.index < show.shape[1] and (
                reading.field in _SILENT_FIELDS or reading.how == "how.identifying_id"):
            header = set(reading.header.split()) | {reading.header}
            show[:, reading.index] &= sheet.text[reading.index].str.strip().isin(header).to_numpy()
    show &= fate != Fate.IDENTIFYING
    for column in sheet.text.columns:
        codes, texts = pd.factorize(sheet.text[column])
        show[:, column] &= ~np.array([bool(identifier_in(text)) for text in texts], dtype=bool)[codes]
    return show


def marked_sheets(sheets: list[Sheet], issues: pd.DataFrame, shown: dict[str, np.ndarray], language: str = "en") -> bytes:
    """The workbook: a sheet a sheet, then the list. ``issues`` in the language wanted; ``shown``: cells to show."""
    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(out, options) as book:
        fills = {severity: book.add_format({"bg_color": colour, "border": 1}) for severity, colour in FILLS.items()}
        names = _sheet_names([sheet.name for sheet in sheets], tr("marked.sheet.issues", {}, language))
        for sheet, name in zip(sheets, names, strict=False):
            own = issues[issues["sheet"] == sheet.name]
            _write_sheet(book.add_worksheet(name), sheet, own, shown[sheet.name], fills, language)
        _write_list(book.add_worksheet(names[-1]), issues, fills, book.add_format({"bold": True}), language)
    return out.getvalue()


def _write_sheet(out: Worksheet, sheet: Sheet, issues: pd.DataFrame, show: np.ndarray, fills: dict[str, Format],
                 language: str) -> None:
    marks = _marks(sheet, issues, language)
    texts = sheet.text.to_numpy(dtype=object)
    for row, column in np.argwhere(show & (sheet.kind != Kind.EMPTY)):
        if (row, column) not in marks:
            out.write_string(row, column, texts[row, column])
    for number, ((row, column), (severity, words)) in enumerate(marks.items()):
        text = texts[row, column] if show[row, column] else ""
        if text:
            out.write_string(row, column, text, fills[severity])
        else:
            out.write_blank(row, column, None, fills[severity])
        if number < COMMENTS_PER_SHEET:
            out.write_comment(row, column, "\n".join(words), {"x_scale": 2})


def _marks(sheet: Sheet, issues: pd.DataFrame, language: str) -> dict[tuple[int, int], tuple[str, list[str]]]:
    """(row, column) → the gravest severity and the sentences; an issue about a column stands at its header."""
    marks: dict[tuple[int, int], tuple[str, list[str]]] = {}
    order = list(FILLS)
    for issue in issues.to_dict("records"):
        for place in _places([issue["cell"]] if issue["cell"] else _header_cells(sheet, issue["column"]), sheet):
            severity, words = marks.get(place, (issue["severity"], []))
            word = tr(f"marked.severity.{issue['severity']}", {}, language)
            words.append(f"[{word}] {issue['message']} {issue['action']}".strip())
            marks[place] = (min(severity, issue["severity"], key=order.index), words)
    return marks


def _header_cells(sheet: Sheet, header: str) -> list[str]:
    """Where the header of a column stands; of a header over two rows, its lower part."""
    if not header:
        return []
    for wanted in (header, header.rsplit(" ", 1)[-1]):
        found = np.argwhere((sheet.text == wanted).to_numpy())
        if len(found):
            return [cell_address(int(found[0][0]), int(found[0][1]))]
    return []


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
        place = (int(address[len(letters):]) - 1, column - 1)
        if place[0] < sheet.text.shape[0] and place[1] < sheet.text.shape[1]:
            places.append(place)
    return places


def _write_list(out: Worksheet, issues: pd.DataFrame, fills: dict[str, Format], bold: Format, language: str) -> None:
    out.write_string(0, 0, tr("marked.legend", {}, language))
    if (issues["sheet"].value_counts() > COMMENTS_PER_SHEET).any():
        out.write_string(1, 0, tr("marked.comments_limited", {"n": COMMENTS_PER_SHEET}, language))
    for place, name in enumerate(_LISTED):
        out.write_string(3, place, tr(f"marked.head.{name}", {}, language), bold)
        out.set_column(place, place, 60 if name in ("message", "action") else 14)
    for row, issue in enumerate(issues[list(_LISTED)].to_dict("records"), 4):
        texts = [tr(f"marked.severity.{issue['severity']}", {}, language), *(issue[name] for name in _LISTED[1:])]
        for place, text in enumerate(texts):
            out.write_string(row, place, str(text), fills[issue["severity"]] if place == 0 else None)
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
