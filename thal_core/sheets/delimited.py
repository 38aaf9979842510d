"""Text tables (csv, tsv, txt): separator found on the first lines, every field kept as text."""

from __future__ import annotations

import csv
import io
from collections import Counter

import numpy as np
import pandas as pd

from thal_core.issues import CohortError
from thal_core.sheets.limits import limit, thousands
from thal_core.sheets.sheet import Kind, Sheet

SEPARATORS = (
    "\t",
    ";",
    "|",
    ",",
)  # of equally good ones the first: a decimal comma is no separator
Notes = tuple[tuple[str, dict[str, str]], ...]


def read_delimited(text: str, name: str, notes: Notes = ()) -> Sheet:
    """One sheet of TEXT and EMPTY cells; rows and columns as a spreadsheet program would number
    them.
    """
    separator, text = _stated_separator(text)
    separator = separator or find_separator(text)
    frame, more = _parse(text, separator)
    return _sheet(frame, name, notes + more)


def find_separator(text: str) -> str:
    """The separator that cuts most of the first lines into the same number (> 1) of fields."""
    sample = text[: int(limit("sample_characters"))]
    if len(sample) < len(text):
        sample = sample[: sample.rfind("\n") + 1] or sample
    return max(SEPARATORS, key=lambda s: _evenness(sample, s))


def _evenness(sample: str, separator: str) -> float:
    try:
        widths = Counter(
            len(row)
            for row in csv.reader(io.StringIO(sample, newline=""), delimiter=separator)
            if row
        )
    except csv.Error:
        return 0.0
    lines = sum(widths.values())
    width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1]), default=(1, 0))
    return count / lines if lines and width > 1 else 0.0


def _stated_separator(text: str) -> tuple[str | None, str]:
    """Excel's first line ``sep=;`` names the separator and is not a row of the sheet."""
    first, _, rest = text[:64].partition("\n")
    stated = first.rstrip("\r").strip('"').lower().removeprefix("sep=")
    return (stated, text[len(first) + 1 :]) if first and stated in SEPARATORS else (None, text)


def _parse(text: str, separator: str) -> tuple[pd.DataFrame, Notes]:
    data = text.encode("utf-8")
    width = max(
        (len(row) for row in _rows(text[: int(limit("sample_characters"))], separator)), default=1
    )
    for quoting in (csv.QUOTE_MINIMAL, csv.QUOTE_NONE):
        notes: Notes = () if quoting == csv.QUOTE_MINIMAL else (("reading.open_quote", {}),)
        try:
            return _fast(data, separator, width, quoting), notes
        except pd.errors.ParserError:
            width = max(
                width, max((len(row) for row in _rows(text, separator, quoting)), default=1)
            )
        try:
            return _fast(data, separator, width, quoting), notes
        except pd.errors.ParserError:
            continue
    raise CohortError("reading.not_a_table")


def _rows(text: str, separator: str, quoting: int = csv.QUOTE_MINIMAL) -> list[list[str]]:
    try:
        return list(
            csv.reader(
                io.StringIO(text, newline=""),
                delimiter=separator,
                quoting=quoting,
                skipinitialspace=True,
            )
        )
    except csv.Error:
        return []


def _fast(data: bytes, separator: str, width: int, quoting: int) -> pd.DataFrame:
    if width > limit("columns"):
        raise CohortError(
            "reading.too_many_columns",
            count=thousands(width),
            limit=thousands(limit("columns")),
            sheet="",
        )
    most = int(limit("rows"))
    try:
        frame = pd.read_csv(
            io.BytesIO(data),
            sep=separator,
            header=None,
            names=range(width),
            dtype="str",
            na_filter=False,
            keep_default_na=False,
            skip_blank_lines=False,
            quoting=quoting,
            skipinitialspace=True,
            nrows=most + 1,
            engine="c",
            encoding="utf-8",
        )
    except pd.errors.EmptyDataError as error:
        raise CohortError("reading.blank_file") from error
    if len(frame) > most:
        raise CohortError(
            "reading.too_many_rows", count=f"{thousands(most)}+", limit=thousands(most), sheet=""
        )
    return frame


def _sheet(frame: pd.DataFrame, name: str, notes: Notes) -> Sheet:
    frame = frame.fillna("")
    kind = np.zeros(frame.shape, np.int8)
    for place, column in enumerate(frame.columns):
        blank = frame[column].eq("") | frame[column].str.isspace()
        kind[:, place] = np.where(blank, Kind.EMPTY, Kind.TEXT)
        if blank.any() and not frame[column][blank].eq("").all():
            frame[column] = frame[column].mask(blank, "")
    used = kind.any(axis=1), kind.any(axis=0)
    height, width = (int(np.flatnonzero(axis)[-1]) + 1 if axis.any() else 0 for axis in used)
    frame = frame.iloc[:height, :width]
    frame.columns = pd.RangeIndex(width)
    return Sheet(name, frame, kind[:height, :width], notes=notes)
