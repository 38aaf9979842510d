"""Texts that are dates → day numbers. The dates themselves never leave the reader."""

from __future__ import annotations

import re
from datetime import date, timedelta
from typing import Literal

from thal_core.intake.text.fold import plain

Order = Literal["dmy", "mdy", "ymd"]
MONTH_NAMES = {
    m: i + 1
    for i, m in enumerate(
        ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
    )
}
_YMD = re.compile(
    r"^(\d{4})\s?(?:[-/.]|年)\s?(\d{1,2})\s?(?:[-/.]|月)\s?(\d{1,2})\s?日?(?:[T ].*)?$"
)
_YM = re.compile(r"^(\d{4})\s?(?:[-/.]|年)\s?(\d{1,2})\s?月?$")
_COMPACT = re.compile(r"((?:19|20)\d{2})(\d{2})(\d{2})$")
_COMPACT_YM = re.compile(r"((?:19|20)\d{2})(0[1-9]|1[0-2])$")
_TWO_TWO = re.compile(r"^(\d{1,2})[-/.](\d{1,2})[-/.](\d{2}|\d{4})(?: .*)?$")
_DAY_NAME = re.compile(r"^(\d{1,2})[-/ .]([A-Za-z]{3})[a-z]*[-/ .,]+(\d{2}|\d{4})(?: .*)?$")
_NAME_DAY = re.compile(r"^([A-Za-z]{3})[a-z]*[ .]+(\d{1,2})(?:st|nd|rd|th)?,? +(\d{4})(?: .*)?$")
_SERIAL = re.compile(r"^([2-6]\d{4})(?:\.\d+)?$")
_EXCEL_EPOCH = date(1899, 12, 30)


def parse_date(text: str, order: Order = "dmy", serial: bool = False) -> date | None:
    """One text as a date; ``serial`` also takes a spreadsheet's day number (45123)."""
    words = plain(text)
    for pattern, reading in ((_YMD, "ymd"), (_COMPACT, "ymd"), (_TWO_TWO, order)):
        match = pattern.match(words)
        if match:
            return _by_order(*match.groups(), reading)
    for pattern, (d, m, y) in ((_DAY_NAME, (1, 2, 3)), (_NAME_DAY, (2, 1, 3))):
        match = pattern.match(words)
        if match and match[m].lower() in MONTH_NAMES:
            return _date(_year(match[y]), MONTH_NAMES[match[m].lower()], int(match[d]))
    month = _YM.match(words) or _COMPACT_YM.match(words)
    if month:
        return _date(int(month[1]), int(month[2]), 15)
    number = _SERIAL.match(words) if serial else None
    return _EXCEL_EPOCH + timedelta(days=int(number[1])) if number else None


def _by_order(a: str, b: str, c: str, order: str) -> date | None:
    if order == "ymd":
        return _date(_year(a), int(b), int(c))
    day, month = (a, b) if order == "dmy" else (b, a)
    return _date(_year(c), int(month), int(day))


def _year(text: str) -> int:
    year = int(text)
    return year if year > 99 else year + (2000 if year < 50 else 1900)


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day) if 1900 <= year <= 2100 else None
    except ValueError:
        return None


def is_date(text: str) -> bool:
    """Could this be a date in one of the written forms (a bare number is not)?"""
    return not plain(text).isdigit() and any(
        parse_date(text, order) is not None for order in ("dmy", "mdy")
    )


def day_month_order(texts: list[str]) -> Order | None:
    """Which of 03/04/2024 is the day: told by a number above 12; None where nothing tells.

    22.03.05 is the 5th of March 2022 where that puts the dates of the column closer together.
    """
    found = [tuple(map(int, m.groups())) for m in (_TWO_TWO.match(plain(t)) for t in texts) if m]
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
    return any(_TWO_TWO.match(plain(t)) for t in texts)
