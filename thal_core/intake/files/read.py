"""Bytes → sheets: the kind of file is judged by its content, workbooks are parsed in a child process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import PurePath

from thal_core.intake.files import signature
from thal_core.intake.files.child import read_in_child
from thal_core.intake.files.delimited import read_delimited
from thal_core.intake.files.encoding import decode_text
from thal_core.intake.files.limits import limit
from thal_core.intake.sheet import Sheet
from thal_core.issues import CohortError
from thal_core.words import Message

OnProgress = Callable[[float, str], object]


def read_sheets(data: bytes, filename: str, *, encoding: str | None = None,
                on_progress: OnProgress | None = None) -> list[Sheet]:
    """All sheets of a file, hidden ones flagged, empty ones left out.

    ``encoding`` is a person's choice for text files. ``on_progress(share done, words code)`` is called a few
    times a second; False, or an exception it raises, stops the reading. CohortError where nothing can be read.
    """
    report = on_progress or (lambda share, code: True)
    _check_bytes(data)
    form = signature.file_form(data)
    if form.startswith("form."):
        raise CohortError("reading.not_a_sheet", form=Message(form))
    name = _sheet_name(filename)
    if form == signature.TEXT:
        sheets = [_read_text(data, name, encoding, report)]
    elif form in (signature.HTML, signature.SPREADSHEET_XML):
        sheets = _read_markup(data, form, name, encoding, report)
    else:
        sheets = read_in_child(data, form, name, report)
    filled = [sheet for sheet in sheets if len(sheet.text)]
    if not filled:
        raise CohortError("reading.blank_file")
    return filled


def _check_bytes(data: bytes) -> None:
    if not data:
        raise CohortError("reading.empty_file")
    if len(data) > limit("upload_bytes"):
        raise CohortError("reading.too_many_bytes", limit=f"{limit('upload_bytes') / 2**20:.0f}")


def _read_text(data: bytes, name: str, encoding: str | None, report: OnProgress) -> Sheet:
    _go_on(report, 0.0, "reading.progress.decoding")
    text, notes = decode_text(data, encoding)
    if not text.strip("\ufeff \t\r\n\v\f\x1a\xa0\u3000"):
        raise CohortError("reading.blank_file")
    _go_on(report, 0.3, "reading.progress.cells")
    sheet = read_delimited(text, name, notes)
    _go_on(report, 1.0, "reading.progress.cells")
    return sheet


def _read_markup(data: bytes, form: str, name: str, encoding: str | None, report: OnProgress) -> list[Sheet]:
    """HTML and XML state their encoding themselves; a person's choice comes first."""
    text, notes = decode_text(data, encoding, declared=signature.declared_encoding(data))
    sheets = read_in_child(text.encode(), form, name, report)
    return [replace(sheet, notes=(*notes, *sheet.notes)) for sheet in sheets]


def _go_on(report: OnProgress, share: float, code: str) -> None:
    if report(share, code) is False:
        raise CohortError("reading.cancelled")


def _sheet_name(filename: str) -> str:
    """``C:\\data\\clinic.csv`` → ``clinic``."""
    return PurePath(filename.replace("\\", "/")).stem or "Sheet1"
