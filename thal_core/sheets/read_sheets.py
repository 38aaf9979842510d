"""Bytes → sheets: the kind of file is judged by its content."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import PurePath

from thal_core.issues import CohortError
from thal_core.sheets import signature
from thal_core.sheets.delimited import read_delimited
from thal_core.sheets.encoding import decode_text
from thal_core.sheets.grid import Grid, sheet_of
from thal_core.sheets.limits import Refused, limit
from thal_core.sheets.sheet import Sheet
from thal_core.words import Message

OnProgress = Callable[[float, str], object]


def read_sheets(
    data: bytes,
    filename: str,
    *,
    encoding: str | None = None,
    on_progress: OnProgress | None = None,
) -> list[Sheet]:
    """All sheets of a file, hidden ones flagged, empty ones left out.

    ``encoding`` is a person's choice for text files. ``on_progress(share done, words code)`` is
    called a few times a second; False, or an exception it raises, stops the reading. CohortError
    where nothing can be read. A workbook may bring down the process that parses it:
    ``thal_core.reader`` does this in a child.
    """
    report = on_progress or (lambda share, code: True)
    _check_bytes(data)
    form = signature.file_form(data)
    if form.startswith("form."):
        raise CohortError("reading.not_a_sheet", form=Message(form))
    name = _sheet_name(filename)
    try:
        sheets = _READERS[form](data, name, encoding, report)
    except Refused as refusal:
        params = {k: Message(v) if k == "form" else v for k, v in refusal.params.items()}
        raise CohortError(refusal.code, **params) from None
    filled = [sheet for sheet in sheets if len(sheet.text)]
    if not filled:
        raise CohortError("reading.blank_file")
    return filled


def _check_bytes(data: bytes) -> None:
    if not data:
        raise CohortError("reading.empty_file")
    if len(data) > limit("upload_bytes"):
        raise CohortError("reading.too_many_bytes", limit=f"{limit('upload_bytes') / 2**20:.0f}")


def _read_text(data: bytes, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    _go_on(report, 0.0, "reading.progress.decoding")
    text, notes = decode_text(data, encoding)
    if not text.strip("\ufeff \t\r\n\v\f\x1a\xa0\u3000"):
        raise CohortError("reading.blank_file")
    _go_on(report, 0.3, "reading.progress.cells")
    sheet = read_delimited(text, name, notes)
    _go_on(report, 1.0, "reading.progress.cells")
    return [sheet]


def _read_html(data: bytes, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    from thal_core.sheets.html_table import read_html

    text, notes = _markup(data, encoding)
    return _with_notes(read_html(text, name, _stopping(report)), notes)


def _read_xml(data: bytes, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    from thal_core.sheets.xml_table import read_spreadsheet_xml

    text, notes = _markup(data, encoding)
    return _with_notes(read_spreadsheet_xml(text, _stopping(report)), notes)


def _read_zip(data: bytes, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    from thal_core.sheets.package import open_zip
    from thal_core.sheets.workbook import read_workbook

    return _with_notes(read_workbook(data, open_zip, _stopping(report)), ())


def _read_compound(data: bytes, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    from thal_core.sheets.package import open_compound_file
    from thal_core.sheets.workbook import read_workbook

    return _with_notes(read_workbook(data, open_compound_file, _stopping(report)), ())


_READERS = {
    signature.TEXT: _read_text,
    signature.HTML: _read_html,
    signature.SPREADSHEET_XML: _read_xml,
    signature.ZIP: _read_zip,
    signature.COMPOUND: _read_compound,
}


def _markup(data: bytes, encoding: str | None) -> tuple[bytes, tuple]:
    """HTML and XML state their encoding themselves; a person's choice comes first."""
    text, notes = decode_text(data, encoding, declared=signature.declared_encoding(data))
    return text.encode(), notes


def _with_notes(grids: Iterable[Grid], notes: tuple) -> list[Sheet]:
    return [replace(sheet, notes=(*notes, *sheet.notes)) for sheet in map(sheet_of, grids)]


def _stopping(report: OnProgress) -> OnProgress:
    return lambda share, code: _go_on(report, share, code)


def _go_on(report: OnProgress, share: float, code: str) -> None:
    if report(share, code) is False:
        raise CohortError("reading.cancelled")


def _sheet_name(filename: str) -> str:
    """``C:\\data\\clinic.csv`` → ``clinic``."""
    return PurePath(filename.replace("\\", "/")).stem or "Sheet1"
