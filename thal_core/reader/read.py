"""What can be asked of a file: its cohort, its marked copy, what it looks like in other
encodings.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.conclusions import conclude
from thal_core.intake.parse_file import parse_file
from thal_core.intake.text.shown import shown_filename
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.reader.process import ask
from thal_core.reader.transport import mapping_record, unpack, unpack_cohort
from thal_core.sheets import signature

Progress = Callable[[float, str], object]


def read_cohort(
    source: str | Path | bytes | IO[bytes],
    *,
    filename: str | None = None,
    mapping: Mapping | str | Path | None = None,
    on_progress: Progress | None = None,
    isolated: bool = False,
) -> Cohort:
    """A spreadsheet in any layout → a tidy cohort in canonical units (columns: ``cohort.Cohort``).

    ``source``: path, bytes or file object. ``mapping``: a person's or an earlier reading of the
    columns (a Mapping, its JSON, or the path of one). ``on_progress(fraction, words code)``; False
    stops the reading. ``isolated``: text is read in a child process too, as workbooks always are:
    for files of strangers, on a server and on the command line. CohortError, with a remedy, where
    no cohort can be made; what a single cell lacks is a row of ``issues``.

    >>> sheet = b"ID,phenotype,Hb 0M (g/L),Hb 6M (g/L)\\nP1,NTDT,70,95\\nP2,NTDT,72,80\\n"
    >>> read_cohort(sheet, filename="clinic.csv").visits["hb_g_per_l"].tolist()
    [70.0, 95.0, 72.0, 80.0]
    """
    data, name = _bytes_of(source, filename)
    given = as_mapping(mapping)
    report = on_progress or (lambda fraction, code: None)
    if not isolated and signature.file_form(data) == signature.TEXT:
        return conclude(parse_file(data, name, given, report).cohort)
    return unpack_cohort(ask("cohort", data, _request(name, given), report))


def marked_copy(
    data: bytes,
    filename: str,
    mapping: Mapping,
    language: str = "en",
    on_progress: Progress | None = None,
) -> bytes:
    """xlsx: the sheet as it came with every finding coloured and explained
    (``export.marked_copy``).
    """
    request = _request(filename, mapping) | {"language": language}
    return ask("marked_copy", data, request, on_progress or (lambda fraction, code: None))


def preview_encodings(data: bytes) -> list[tuple[str, str]]:
    """(encoding, the words of the first lines that are understood in it), best first, for a text
    file whose encoding had to be guessed. No row of data is shown: only words that the rules know.
    """
    reply = ask("encodings", data, {}, lambda fraction, code: None)
    return [(encoding, words) for encoding, words in json.loads(reply)]


def read_printed_figures(data: bytes) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(printed figures, issues) of a CSV of another paper (``audit.read_published``)."""
    _, (rows, issues) = unpack(ask("published", data, {}, lambda fraction, code: None))
    return rows, issues


def _request(name: str, mapping: Mapping) -> dict[str, object]:
    return {"name": name, "mapping": mapping_record(mapping)}


def _bytes_of(source: str | Path | bytes | IO[bytes], filename: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), filename or "cohort"
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            return path.read_bytes(), filename or path.name
        except OSError as error:
            raise CohortError("intake.file_not_readable", name=shown_filename(path.name)) from error
    source.seek(0)
    return source.read(), filename or Path(str(getattr(source, "name", "cohort"))).name


def as_mapping(mapping: Mapping | str | Path | None) -> Mapping:
    """A Mapping out of itself, its JSON or the path of its JSON."""
    if mapping is None or isinstance(mapping, Mapping):
        return mapping or Mapping()
    text = str(mapping)
    if text.lstrip().startswith("{"):
        return Mapping.from_json(text)
    try:
        return Mapping.from_json(Path(text).read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeError) as error:
        raise CohortError("mapping.unreadable") from error
