"""A column's header text → what it means: field or role, time, unit.

All words of a header must be understood: together they fill one frame (``frames``), whose quantity
and aspects mean a field (rules/frames.csv). So ``Hb 6M (g/L)``, ``6M_Hb`` and ``血红蛋白第6月`` are
understood, and ``ΔHb 6M`` or ``HbA1c`` are not.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache

from thal_core.intake.text.fold import LONGEST, Words, words_of
from thal_core.intake.text.frames import (
    DRUG,
    EVENT,
    IDENTIFYING,
    TREATMENT,
    Frame,
    frames_of,
    names,
)
from thal_core.intake.text.timepoints import Timepoint, without_window
from thal_core.intake.text.units import unit_spellings
from thal_core.memo import remembered
from thal_core.rules.catalogue import fields, read_rules

__all__ = ["EVENT", "IDENTIFYING", "Header", "meanings", "names", "read_header"]

SAME = "="  # of a row of rules/frames.csv: the quantity itself
_NO_QUANTITY = "-"  # of such a row: what aspects mean by themselves
TOTALS = {"transfusion_units_before": "before", "transfusion_units_after": "after"}
_LAST_NUMBER = re.compile(r"(?<!\d)\d{1,3}(?!\d)")
_ONCE = frozenset({"number", "month", "date", "phenotype", "sex", "genotype", "alpha"})  # kinds
_UNTIMED = frozenset({"transfusion_date"})  # "last transfusion date" is no visit's date
_NUMBERED = frozenset({"events", "treatments", "any"})  # tables whose columns may be numbered
_BOTH_SIDES = frozenset({"transfusion_reduction_percent", "transfusion_yearly"})  # may say after
_DASHED_TIME = re.compile(r"(?<![A-Za-z])[WwDd]-\d")  # W-4: before, or week 4?
_LETTER_DASH = re.compile(r"(?<![A-Za-z])[Mm]-\d")
_UNIT = "unit"  # the word before a unit: it is one only beside a unit
_LEVEL = "level"  # how much of it is in the blood
_BARE_LIMIT = 100  # a greater number without a word is a year, a day or a code, not a month


@dataclass(frozen=True)
class Header:
    """What a header says. ``target`` is a field or role, empty where no name of one was found."""

    target: str = ""
    strong: bool = False
    time: Timepoint | None = None
    unit: str = ""
    number: int | None = None  # event_2_month: 2
    direction: str = ""  # before or after (the first dose), where its words say so
    window: float | None = None  # months that a total counts

    @property
    def says_something(self) -> bool:
        return bool(self.target or self.time or self.unit)


@lru_cache(maxsize=1)
def meanings() -> dict[tuple[str, frozenset[str]], str]:
    """(quantity, aspects) → the field they mean together (rules/frames.csv)."""
    found: dict[tuple[str, frozenset[str]], str] = {}
    for row in (r for r in read_rules("frames") if not r["unit"]):
        for quantity in row["quantities"].split():
            field = quantity if row["field"] == SAME else row["field"]
            named = "" if quantity == _NO_QUANTITY else quantity
            found.setdefault((named, frozenset(row["aspects"].split())), field)
    return found


@lru_cache(maxsize=1)
def _by_unit() -> dict[str, str]:
    """Quantity → what it is where its unit is that field's: red cells in units were given."""
    rows = (row for row in read_rules("frames") if row["unit"])
    return {quantity: row["field"] for row in rows for quantity in row["quantities"].split()}


@lru_cache(maxsize=1)
def _without_month() -> frozenset[str]:
    """Fields that a patient has once: no visit gives them a month."""
    rows = (*read_rules("fields"), *read_rules("roles"))
    once = {r["field"] for r in rows if r["table"] == "patients" and r["kind"] in _ONCE}
    ids = {r["field"] for r in rows if r["kind"] == "id"}
    return frozenset((once | ids) - {r["field"] for r in rows if r["table"] == "visits"})


@remembered
def read_header(text: str) -> Header:
    """What the header says; an empty Header where not all of it is understood."""
    short, window = without_window(text)
    words = words_of(short)
    if not 0 < len(words.text) <= LONGEST or _DASHED_TIME.search(short):
        return Header()
    if words.text not in names():
        numbered = _numbered(words)
        if numbered:
            return numbered
    frames = sorted(frames_of(words), key=lambda way: not way[1].quantity)
    headers = [h for h in (header_of(frame, window) for _, frame in frames) if h is not None]
    found = headers[0] if headers else Header()
    if words.text not in names():  # mcv_fl is a name; in ``X mcv (fL)`` its unit is one
        found = next((h for h in headers if h.unit and replace(h, unit="") == found), found)
    before = found.target == "transfusion" and _LETTER_DASH.search(text)
    return replace(found, time=_month_before(found.time)) if before else found


def _month_before(time: Timepoint | None) -> Timepoint | None:
    """``BT M-1``: of blood given, the dash is a minus; of Hb (``M-6``) it only parts two words."""
    if time is None or time.kind != "month":
        return time
    return replace(time, value=-abs(time.value))


def header_of(frame: Frame, window: float | None = None) -> Header | None:
    """What a frame means; None where its slots do not go together."""
    field = _field(frame)
    if not frame.quantity and not field:
        return _without_name(frame, window)
    if field is None:
        return None
    if frame.unit and frame.unit not in unit_spellings(field):
        field = _by_unit().get(field, field)
    units = unit_spellings(field)
    if frame.unit and frame.unit not in units:
        return None
    if frame.quantity in _UNTIMED and frame.time is not None and frame.time.kind == "last":
        return None
    unit = units[frame.unit].unit if frame.unit else ""
    if _asks_for_window(frame, field):
        return None
    monthly = 1.0 if "monthly" in frame.aspects and frame.direction else None
    header = Header(field, frame.strong, frame.time, unit, None, frame.direction, window or monthly)
    return _timed(header)


def _asks_for_window(frame: Frame, field: str) -> bool:
    """``3个月总输血量``: a sum over a time is no month's amount; a rate needs its unit."""
    if field != "transfusion":
        return False
    summed = "total" in frame.aspects and frame.time is not None and not frame.direction
    return summed or "monthly" in frame.aspects and not frame.unit


def _field(frame: Frame) -> str | None:
    """The field that quantity and aspects mean."""
    aspects = frame.aspects - {_UNIT} if frame.unit else frame.aspects
    if not aspects:
        return meanings().get((frame.quantity, aspects), frame.quantity)
    found = meanings().get((frame.quantity, aspects))
    if found is None:
        less = _without_silent(frame, aspects)
        found = _field(replace(frame, aspects=less)) if less != aspects else None
    return found


def _without_silent(frame: Frame, aspects: frozenset[str]) -> frozenset[str]:
    """The aspects without those that change nothing: the drug's name beside a quantity of the
    treatment, the level of anything but a drug. Being treated is being on the drug.
    """
    if TREATMENT in aspects:
        return aspects - {TREATMENT} | {DRUG}
    if _of_drug(frame):
        return aspects - {DRUG}
    return aspects - {_LEVEL} if frame.quantity else aspects


def _of_drug(frame: Frame) -> bool:
    """Is this a quantity of the treatment itself, so that its name changes nothing?"""
    return frame.quantity in _drug_quantities()


@lru_cache(maxsize=1)
def _drug_quantities() -> frozenset[str]:
    rows = (r for r in read_rules("frames") if r["field"] == SAME and r["aspects"] == DRUG)
    return frozenset(quantity for row in rows for quantity in row["quantities"].split())


def _timed(header: Header) -> Header | None:
    """The header with its direction made a time; None where the two do not go together."""
    time = header.time
    if time is not None and not _may_be_month(time):
        return None
    if header.target in TOTALS:
        return _total(header)
    if header.window is not None and header.target != "transfusion":
        return None
    if header.direction == "before":
        time = Timepoint("month", 0.0) if time is None else time
        if time.kind != "month" or time.value > 0 and header.target != "transfusion":
            return None
        time = replace(time, value=-abs(time.value) if time.value else 0.0)
    elif header.direction == "after":
        time = Timepoint("post") if time is None else time
        if time.value <= 0 and time.kind == "month":
            return None
    if header.window is not None and (time is None or not header.direction):
        return None
    if header.target in _without_month() and not _is_baseline(header, time):
        return None
    return replace(header, time=time)


def _may_be_month(time: Timepoint) -> bool:
    limits = fields()["month"]
    if time.kind == "bare":
        return time.value == int(time.value) and abs(time.value) <= _BARE_LIMIT
    return limits.hard_low <= time.value <= limits.hard_high


def _total(header: Header) -> Header | None:
    """A total of blood: its time is the window that it counts."""
    side, time, window = TOTALS[header.target], header.time, header.window
    if header.direction not in ("", side) or (time is not None and time.kind != "month"):
        return None
    months = abs(time.value) if time is not None else 0.0
    if months and window not in (None, months):
        return None
    return replace(header, time=None, direction=side, window=months or window)


def _is_baseline(header: Header, time: Timepoint | None) -> bool:
    if time is None or (time.kind == "month" and time.value == 0):
        return True
    return header.target in _BOTH_SIDES and time.kind in ("month", "post")


def _numbered(words: Words) -> Header | None:
    """``event_2_month``, ``不良反应2时间``: the name with one number taken out of its middle."""
    text = words.text
    for match in _LAST_NUMBER.finditer(text):
        rest = text[: match.start()] + text[match.end() :]
        if match.end() < len(text) and rest in names():
            target, strong = names()[rest]
            if _tables().get(target) in _NUMBERED:
                return Header(target, strong, number=int(match[0]))
    return None


@lru_cache(maxsize=1)
def _tables() -> dict[str, str]:
    """Field or role → the table it belongs to."""
    return {row["field"]: row["table"] for row in (*read_rules("fields"), *read_rules("roles"))}


def _without_name(frame: Frame, window: float | None) -> Header | None:
    """A time or a unit alone: the lower row of a two-row header."""
    if frame.aspects or window is not None:
        return None
    time = frame.time
    if time is None and frame.direction:
        time = Timepoint("month", 0.0) if frame.direction == "before" else Timepoint("post")
    if time is not None and not _may_be_month(time):
        return None
    return Header(time=time, unit=frame.unit, direction=frame.direction)
