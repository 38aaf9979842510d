"""Texts that are dates → day numbers. The dates themselves never leave the reader."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from thal_core.intake.text.calendars import GREGORIAN, calendars, to_date, without_era

Order = Literal["dmy", "mdy", "ymd"]
MONTH_NAMES = {
    m: i + 1
    for i, m in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    )
}
_YMD = re.compile(
    r"^(\d{3,4})\s?(?:[-/.]|年)\s?(\d{1,2})\s?(?:[-/.]|月)\s?(\d{1,2})\s?日?(?:[T ].*)?$"
)
_YEAR_SIGN = re.compile(r"^(\d{2,4})\s?年\s?(\d{1,2})\s?月\s?(\d{1,2})\s?日?$")
_YM = re.compile(r"^(\d{3,4})\s?(?:[-/.]|年)\s?(\d{1,2})\s?月?$")
_COMPACT = re.compile(r"(\d{3,4})(\d{2})(\d{2})$")
_COMPACT_YM = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])$")
_TWO_TWO = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2,4})(?: .*)?$")
_DAY_NAME = re.compile(r"^(\d{1,2})[-/ .]([A-Za-z]{3})[a-z]*[-/ .,]+(\d{2,4})(?: .*)?$")
_NAME_DAY = re.compile(r"^([A-Za-z]{3})[a-z]*[ .]+(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?: .*)?$")
_SERIAL = re.compile(r"^([2-6]\d{4})(?:\.\d+)?$")
_EXCEL_EPOCH = date(1899, 12, 30)


def parse_date(
    text: str, order: Order = "dmy", serial: bool = False, calendar: str = GREGORIAN
) -> date | None:
    """One text as a date; ``serial`` also takes a spreadsheet's day number (45123).

    ``calendar``: the one the years are written in (``text.calendars.calendar_of``).
    """
    words = without_era(text)
    for pattern, reading in (
        (_YMD, "ymd"),
        (_YEAR_SIGN, "ymd"),
        (_COMPACT, "ymd"),
        (_TWO_TWO, order),
    ):
        match = pattern.match(words)
        if match:
            return _by_order(*match.groups(), reading, calendar)
    for pattern, (d, m, y) in ((_DAY_NAME, (1, 2, 3)), (_NAME_DAY, (2, 1, 3))):
        match = pattern.match(words)
        if match and match[m].lower() in MONTH_NAMES:
            return to_date(int(match[y]), MONTH_NAMES[match[m].lower()], int(match[d]), calendar)
    month = _YM.match(words) or _COMPACT_YM.match(words)
    if month:
        return to_date(int(month[1]), int(month[2]), 15, calendar)
    number = _SERIAL.match(words) if serial else None
    return _EXCEL_EPOCH + timedelta(days=int(number[1])) if number else None


def _by_order(a: str, b: str, c: str, order: str, calendar: str) -> date | None:
    if order == "ymd":
        return to_date(int(a), int(b), int(c), calendar)
    day, month = (a, b) if order == "dmy" else (b, a)
    return to_date(int(c), int(month), int(day), calendar)


def is_date(text: str) -> bool:
    """Could this be a date in one of the written forms (a bare number is not)?"""
    words = without_era(text)
    if words.isdigit() or not any(char.isdigit() for char in words):
        return False
    return any(
        parse_date(words, order, calendar=calendar) is not None
        for calendar in calendars()
        for order in ("dmy", "mdy")
    )


def day_month_order(texts: list[str]) -> Order | None:
    """Which of 03/04/2024 is the day: told by a number above 12; None where nothing tells.

    22.03.05 is the 5th of March 2022 where that puts the dates of the column closer together.
    """
    found = [
        tuple(map(int, m.groups())) for m in (_TWO_TWO.match(without_era(t)) for t in texts) if m
    ]
    if (
        found
        and all(c < 100 for _, _, c in found)
        and _spread(found, 0) < _spread(found, 2)
        and all(b <= 12 for _, b, _ in found)
    ):
        return "ymd"
    day_first, month_first = any(a > 12 for a, _, _ in found), any(b > 12 for _, b, _ in found)
    if day_first == month_first:
        return None
    return "dmy" if day_first else "mdy"


def _spread(found: list[tuple[int, ...]], place: int) -> int:
    """Between the highest and the lowest number in one place of the dates."""
    numbers = [date[place] for date in found]
    return max(numbers) - min(numbers)


def needs_order(texts: list[str]) -> bool:
    """Are there dates here whose day and month could be the other way round?"""
    return any(_TWO_TWO.match(without_era(t)) for t in texts)
