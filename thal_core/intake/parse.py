"""The one door: a file → a Cohort."""

from __future__ import annotations

import hashlib
import platform
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import IO

import pandas as pd

from thal_core.cohort import Cohort, Provenance, make_cohort
from thal_core.intake.account import Account
from thal_core.intake.assemble import assemble, nothing_measured
from thal_core.intake.clock import set_clock
from thal_core.intake.columns import Column
from thal_core.intake.context import Context, Progress
from thal_core.intake.dictionary import is_dictionary
from thal_core.intake.files.read import read_sheets
from thal_core.intake.harvest import gather
from thal_core.intake.headers import read_header
from thal_core.intake.layout import upright
from thal_core.intake.parts import Harvest
from thal_core.intake.people import find_people, rows_without_patient
from thal_core.intake.repeats import without_copies
from thal_core.intake.resolve import rows_have_time
from thal_core.intake.sheet import Sheet
from thal_core.intake.tables import TableRead, name_leftovers, name_without_patients, read_tables
from thal_core.intake.timepoints import parse_time
from thal_core.intake.understanding import finished_reading
from thal_core.intake.wording import compact
from thal_core.issues import CohortError
from thal_core.mapping import ColumnReading, Mapping

_LIBRARIES = ("pandas", "numpy", "scipy", "statsmodels", "plotly", "python-calamine")


@dataclass(frozen=True, eq=False)
class Reading:
    """A cohort and where each cell of its file went."""

    cohort: Cohort
    account: Account
    turned: frozenset[str] = frozenset()  # sheets that stood on their side; their account is upright


def read_cohort(source: str | Path | bytes | IO[bytes], *, filename: str | None = None,
                mapping: Mapping | str | Path | None = None, on_progress: Progress | None = None) -> Cohort:
    """A spreadsheet in any layout → a tidy cohort in canonical units (columns: ``cohort.Cohort``).

    ``source``: path, bytes or file object. ``mapping``: a person's or an earlier reading of the columns (a
    Mapping, its JSON, or the path of one). ``on_progress(fraction, words code)``; False stops the reading.
    CohortError, with a remedy, where no cohort can be made; what a single cell lacks is a row of ``issues``.
    """
    data, name = _bytes_of(source, filename)
    given = as_mapping(mapping)
    report = on_progress or (lambda fraction, code: None)
    sheets = read_sheets(data, name, encoding=given.setting("encoding") or None,
                         on_progress=lambda share, code: report(0.5 * share, code))
    try:
        return parse_sheets(sheets, given, hashlib.sha256(data).hexdigest(), name,
                            lambda share, code: report(0.5 + 0.5 * share, code)).cohort
    finally:
        for remembered in (compact, read_header, parse_time):  # they have seen cells of this file
            remembered.cache_clear()


def _bytes_of(source: str | Path | bytes | IO[bytes], filename: str | None) -> tuple[bytes, str]:
    if isinstance(source, bytes | bytearray | memoryview):
        return bytes(source), filename or "cohort"
    if isinstance(source, str | Path):
        path = Path(source)
        try:
            return path.read_bytes(), filename or path.name
        except OSError as error:
            raise CohortError("intake.file_not_readable", name=path.name) from error
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


def parse_sheets(sheets: list[Sheet], mapping: Mapping, sha256: str = "", filename: str = "",
                 on_progress: Progress | None = None) -> Reading:
    """Sheets → cohort and account; ``read_cohort`` without the reading of bytes."""
    report = on_progress or (lambda fraction, code: None)
    standing = [sheet if is_dictionary(sheet) else upright(sheet) for sheet in sheets]
    context = Context(standing, mapping, Account(standing))
    context.findings.turned = {new.name for new, old in zip(standing, sheets, strict=True) if new is not old}
    _step(report, 0.0, "intake.progress.columns")
    tables = read_tables(context)
    _step(report, 0.2, "intake.progress.values")
    harvest = _harvest(context, tables)
    if nothing_measured(harvest):
        raise CohortError("intake.nothing_measured")
    _step(report, 0.7, "intake.progress.cohort")
    frames = assemble(context, harvest)
    name_leftovers(context, tables)
    issues = context.findings.frame(context.patient_at)
    provenance = Provenance(filename, sha256, tuple(s.name for s in sheets), versions(), (), len(context.ids))
    cohort = make_cohort(**frames, issues=issues, mapping=Mapping(_readings(tables), mapping.settings), provenance=provenance)
    _step(report, 1.0, "intake.progress.cohort")
    return Reading(cohort, context.account, frozenset(context.findings.turned))


def _step(report: Progress, fraction: float, code: str) -> None:
    if report(fraction, code) is False:
        raise CohortError("reading.cancelled")


def _harvest(context: Context, tables: dict[int, TableRead]) -> Harvest:
    """Join the tables by patient, set the clock, read every column."""
    columns = {number: read.columns for number, read in tables.items()}
    many = {number for number, read in tables.items() if read.kind != "clinical" or rows_have_time(read.columns)}
    people = find_people(context, columns, many)
    context.names = people.ids
    context.ids = pd.Index(people.ids, dtype="str")
    known: dict[int, list[Column]] = {}
    for number, patients in people.of.items():
        own = tables[number].columns
        kept = without_copies(context, own, patients, tables[number].kind)
        people.of[number] = patients[kept]
        rows_without_patient(context, own, people.of[number])
        context.remember(own[0].table, people.of[number])
        known[number] = own
    for read in (read for number, read in tables.items() if number not in known):
        name_without_patients(context, read.columns[0].sheet, read.columns[0].table.rows)
    clock = set_clock(context, known, people)
    harvest = Harvest()
    for number in sorted(known):
        gather(context, harvest, known[number], people.of[number], tables[number].kind, clock)
    return harvest


def _readings(tables: dict[int, TableRead]) -> tuple[ColumnReading, ...]:
    """Every column once; of a column that stands in several parts of a sheet, the best understood reading."""
    best: dict[tuple[str, int], ColumnReading] = {}
    for read in tables.values():
        for column in read.columns:
            reading = finished_reading(column)
            key = (reading.sheet, reading.index)
            if key not in best or reading.confidence > best[key].confidence:
                best[key] = reading
    return tuple(best[key] for key in sorted(best, key=lambda k: ([s for s, _ in best].index(k[0]), k[1])))


def versions() -> tuple[tuple[str, str], ...]:
    """Python and the libraries that numbers come from."""
    found = [("python", platform.python_version())]
    for name in _LIBRARIES:
        try:
            found.append((name, metadata.version(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)
