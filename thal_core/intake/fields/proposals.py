"""What a column that was not read may be: up to three proposals, best first, each with why."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from difflib import get_close_matches
from functools import lru_cache

import numpy as np

from thal_core.intake.fields.header_months import header_month
from thal_core.intake.fields.roles import VISIT_ROLES
from thal_core.intake.fields.value_kinds import borne_out
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import LONGEST, plain, words_of
from thal_core.intake.text.frames import EVENT, IDENTIFYING, Frame, frames_of
from thal_core.intake.text.headers import TOTALS, Header, header_of, names, read_header
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import without_window
from thal_core.mapping import Candidate, ColumnReading
from thal_core.memo import remembered
from thal_core.rules.catalogue import fields, read_rules
from thal_core.words import Message
from thal_core.words.wording import Wording

MOST = 3
WORDS, SPELLING, VALUES, NEIGHBOURS, TIME = (
    f"how.candidate.{why}" for why in ("words", "spelling", "values", "neighbours", "time")
)
_FEW_FRAMES = 12  # of a header that is understood in part: the surest are looked at
_ALIKE, _LEAST_LETTERS = 0.78, 4  # how alike two spellings are, and from how many letters on
_SAMPLE = 200
_MOSTLY = 0.8
_UNASKED = frozenset({"how.not_understood", "how.time_unclear", "how.date_not_understood"})
_TYPICAL = (  # field, the median of its numbers lies between
    ("hb_g_per_l", 55.0, 140.0),
    ("ferritin_ng_per_ml", 300.0, 20000.0),
)
_CODED = ("sex", "phenotype")
_TIME_ON_DRUG = {"month": "months", "week": "weeks", "day": "days"}  # where no row has a time


def proposed(columns: list[Column]) -> list[tuple[Candidate, ...]]:
    """The proposals for each column; none for one that was read."""
    return [_best(_proposals(column, columns)) if _may_ask(column) else () for column in columns]


def proposal_words(reading: ColumnReading) -> Message:
    """The proposals as a person reads them in the remedy of an issue."""
    proposals = [_candidate_words(candidate) for candidate in reading.candidates]
    if not proposals:
        return Message("intake.column.no_proposal")
    return Message("intake.column.proposals", {"proposals": proposals})


def field_words(field: str) -> Wording:
    """What a field or role is called."""
    if field in fields():
        return fields()[field].words
    return _role_words().get(field) or Wording((("en", field),))


@lru_cache(maxsize=1)
def _role_words() -> dict[str, Wording]:
    return {row["field"]: Wording.of_row(row, "label") for row in read_rules("roles")}


def _candidate_words(candidate: Candidate) -> Message:
    params: dict[str, object] = {"field": field_words(candidate.field)}
    if candidate.month is None:
        return Message("intake.column.proposal", params)
    return Message("intake.column.proposal_at", params | {"month": candidate.month})


def _may_ask(column: Column) -> bool:
    reading = column.reading
    if reading.by_hand:
        return False
    unread = reading.field in ("extra", "identifying") and reading.how in _UNASKED
    return unread or reading.field in VISIT_ROLES and reading.month is None


def _best(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    best: dict[tuple[str, float | None], Candidate] = {}
    for candidate in found:
        best.setdefault((candidate.field, candidate.month), candidate)
        if len(best) == MOST:
            break
    return tuple(best.values())


def _proposals(column: Column, columns: list[Column]) -> Iterator[Candidate]:
    if column.header.target:
        yield from _at_months(column, columns)
        return
    typed = column.reading.header
    near = _near_headers(typed)
    for why, headers in ((WORDS, _partly(typed)), (SPELLING, near)):
        for header in headers:
            yield from _of_header(column, columns, header, why)
    yield from _by_values(column, columns)
    yield from _by_neighbours(column, columns)


def _at_months(column: Column, columns: list[Column]) -> Iterator[Candidate]:
    """A quantity that is understood, at a time that is not: which month is it?"""
    header = column.header
    if header.target == "transfusion" and header.direction:
        yield Candidate(f"transfusion_units_{header.direction}", None, header.unit, WORDS)
    field = _field(header)
    if header.target in _TIME_ON_DRUG:
        unit = header.unit or _TIME_ON_DRUG[header.target]
        yield Candidate("duration_months", None, unit, WORDS)
        return
    for month in _months(column, columns):
        yield Candidate(field, month, header.unit, TIME)
    if field not in VISIT_ROLES:
        yield Candidate(field, None, header.unit, WORDS)


def _months(column: Column, columns: list[Column]) -> list[float]:
    """The months the time may mean: its own number, then those of other quantities that this one
    lacks; the last of them first where the header says "last" or "after".
    """
    time = column.header.time
    taken = {c.reading.month for c in columns if c.header.target == column.header.target} - {None}
    known = sorted({m for m in map(header_month, columns) if m is not None and m not in taken})
    if time is not None and time.kind in ("post", "last"):
        every = sorted({m for m in map(header_month, columns) if m is not None}, reverse=True)
        return [m for m in dict.fromkeys((*reversed(known), *every, 6.0)) if m > 0]
    number = [time.value] if time is not None else [0.0]
    return list(dict.fromkeys((*number, *known)))


def _of_header(
    column: Column, columns: list[Column], header: Header, why: str
) -> Iterator[Candidate]:
    """What a header says that was understood in part, where the values are of that kind."""
    if header.target.startswith(EVENT):
        return
    if header.target.startswith(IDENTIFYING):
        yield Candidate("identifying", None, "", why)
        return
    field = borne_out(column, header.target, header.strong)
    if not field:
        return
    header = replace(header, target=field)
    time = header.time
    if field in VISIT_ROLES and time is not None and time.kind != "month":
        headed = replace(column, header=header)
        yield from (replace(c, why=why) for c in _at_months(headed, columns))
        return
    month = time.value if time is not None and field not in TOTALS else None
    final = _field(header)
    yield Candidate(final, month if _has_month(final) else None, header.unit, why)


def _has_month(field: str) -> bool:
    return field in VISIT_ROLES or field in ("units", "volume_ml")


def _field(header: Header) -> str:
    """The field that a person would choose for it: the general words made plain."""
    target, time = header.target, header.time
    if target == "transfusion_yearly" or target == "transfusion" and time is None:
        return f"transfusion_units_{header.direction or 'before'}"
    if target == "transfusion":
        if header.direction:
            return f"transfusion_units_{header.direction}"
        return "volume_ml" if header.unit == "mL" else "units"
    if target == "spleen_size":
        return "spleen_cm2" if header.unit == "cm²" else "spleen_cm_below_margin"
    if target == "dose":
        return "dose_mg_per_day" if time is not None else "dose_start_mg_per_day"
    return target


@remembered
def _partly(typed: str) -> tuple[Header, ...]:
    """What the header says if the words that nobody knows are left over."""
    short, window = without_window(typed)
    words = words_of(short)
    if len(words.text) > LONGEST:
        return ()
    ways = [frame for _, frame in frames_of(words, skipping=True) if frame.quantity]
    headers = (_of_frame(frame, window) for frame in ways[:_FEW_FRAMES])
    return tuple(dict.fromkeys(header for header in headers if header is not None))


def _of_frame(frame: Frame, window: float | None) -> Header | None:
    """The header of the words that were understood; without the unit or the time that do not go
    with them.
    """
    for less in ({}, {"unit": ""}, {"time": None, "direction": ""}):
        header = header_of(replace(frame, left=(), **less), window)
        if header is not None:
            return header
    return None


@remembered
def _near_headers(typed: str) -> tuple[Header, ...]:
    """What the header says with a slip of spelling mended."""
    words = plain(typed).lower().replace("_", " ").split()
    found = []
    for place, word in enumerate(words):
        for near in _near(word.strip("().,:;-/%")):
            header = read_header(" ".join((*words[:place], near, *words[place + 1 :])))
            found += [header] if header.target else []
    return tuple(dict.fromkeys(found))


def _near(word: str) -> list[str]:
    letters = "".join(c for c in word if c.isalpha())
    if len(letters) < _LEAST_LETTERS or letters in names():
        return []
    figures = word.replace(letters, "", 1) if letters in word else ""
    alike = get_close_matches(letters, _long_names(), MOST, _ALIKE)
    return [f"{name} {figures}" for name in alike]


@lru_cache(maxsize=1)
def _long_names() -> tuple[str, ...]:
    return tuple(n for n in names() if n.isalpha() and len(n) >= _LEAST_LETTERS)


def _by_values(column: Column, columns: list[Column]) -> Iterator[Candidate]:
    """Codes of sex or phenotype, or numbers in the range of one quantity."""
    texts = [t for t in map(plain, column.distinct(_SAMPLE)) if t]
    taken = {c.target for c in columns}
    for field in _CODED:
        known = sum(parse_code(t, field) is not None for t in texts)
        if texts and known >= _MOSTLY * len(texts) and field not in taken and not _digits(texts):
            yield Candidate(field, None, "", VALUES)
    numbers = np.array([parse_number(t).value for t in texts])
    if len(texts) < MOST or np.isfinite(numbers).mean() < _MOSTLY:
        return
    middle = float(np.nanmedian(numbers))
    time = column.header.time
    month = time.value if time is not None and time.kind == "month" else None
    for field, low, high in _TYPICAL:
        if low <= middle <= high:
            yield Candidate(field, month, "", VALUES)


def _digits(texts: list[str]) -> bool:
    return all(text.replace(".0", "").isdigit() for text in texts)


def _by_neighbours(column: Column, columns: list[Column]) -> Iterator[Candidate]:
    """``Hb 0M``, ?, ``Hb 6M``: between two columns of one quantity stands a third."""
    place = next(n for n, c in enumerate(columns) if c is column)
    around = columns[max(0, place - 1) : place] + columns[place + 1 : place + 2]
    targets = {c.target for c in around}
    if len(around) == 2 and len(targets) == 1 and targets <= VISIT_ROLES:
        yield Candidate(targets.pop(), None, "", NEIGHBOURS)
