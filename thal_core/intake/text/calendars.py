"""Years of other calendars (2567, 民國113年, 1403) → dates of ours (rules/calendars.csv).

The column decides: the calendar that most of its years can be in. Solar and lunar Hijri years look
alike; the latest year of a visit tells them apart, and nothing else does.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from thal_core.intake.text.fold import plain
from thal_core.rules.catalogue import read_rules

GREGORIAN, BUDDHIST, MINGUO, PERSIAN, HIJRI = (
    "gregorian",
    "buddhist",
    "minguo",
    "persian",
    "hijri",
)
_HIJRI_FROM = 1420  # a lunar year from 2000 on; as a solar one it is still to come (2041)
_YEARS_APART = {BUDDHIST: 543, MINGUO: -1911}
_CENTURY = {BUDDHIST: 2500, MINGUO: 0, HIJRI: 1400}
_YEAR_FIRST = re.compile(r"^(\d{3,4})\s?[-/.年]\s?\d{1,2}(?!\d)|^(\d{3,4})\d{4}$")
_YEAR_LAST = re.compile(r"^\d{1,2}[-/ .](?:\d{1,2}|[A-Za-z]{3,9})[-/ .,]+(\d{3,4})(?!\d)")


@dataclass(frozen=True)
class _Calendar:
    name: str
    era: re.Pattern[str] | None  # words beside a year that name the calendar
    first_year: int
    last_year: int


@lru_cache(maxsize=1)
def _calendars() -> dict[str, _Calendar]:
    return {
        row["calendar"]: _Calendar(
            row["calendar"],
            re.compile(rf"^(?:{row['pattern']})\s?|\s?(?:{row['pattern']})$", re.IGNORECASE)
            if row["pattern"]
            else None,
            int(row["first_year"]),
            int(row["last_year"]),
        )
        for row in read_rules("calendars")
    }


def calendars() -> tuple[str, ...]:
    """The names of the calendars that are read."""
    return tuple(_calendars())


def without_era(text: str) -> str:
    """``民國113年5月6日`` → ``113年5月6日``: the words that name a calendar taken off."""
    words = plain(text)
    for calendar in _calendars().values():
        if calendar.era is not None:
            words = calendar.era.sub("", words)
    return words


def calendar_of(texts: Iterable[str]) -> str | None:
    """The calendar of a column of dates; '' where no year is written in full; None where most
    years are Hijri and their latest does not tell which Hijri: see ``solar_or_lunar``.
    """
    found: Counter[str] = Counter(kind for text in texts if (kind := _kind(text)))
    if not found:
        return ""
    name, n = found.most_common(1)[0]
    if 2 * n <= found.total():
        return GREGORIAN
    return None if name == HIJRI else name


def year_first(texts: Iterable[str]) -> bool:
    """Do the dates that write their year in full begin with it?"""
    return any(_YEAR_FIRST.match(without_era(text)) for text in texts)


def solar_or_lunar(texts: Iterable[str]) -> str | None:
    """PERSIAN or HIJRI by the latest year among the dates of visits and treatment; None where no
    such year is written.
    """
    years = [year for text in texts if (year := _year_of(text)) and _within(year, HIJRI)]
    if not years:
        return None
    return HIJRI if max(years) > _HIJRI_FROM else PERSIAN


def _kind(text: str) -> str:
    """GREGORIAN, BUDDHIST, MINGUO, HIJRI (solar or lunar) or ''."""
    words, year = plain(text), _year_of(text)
    for calendar in _calendars().values():
        if calendar.era is not None and calendar.era.search(words):
            return calendar.name
    if year is None:
        return ""
    if year < 1000:
        return MINGUO if _within(year, MINGUO) else ""
    possible = (GREGORIAN, BUDDHIST, HIJRI)
    known = next((name for name in possible if _within(year, name)), "")
    return known or (HIJRI if _within(year, PERSIAN) else "")


def _within(year: int, name: str) -> bool:
    calendar = _calendars()[name]
    return calendar.first_year <= year <= calendar.last_year


def _year_of(text: str) -> int | None:
    """The year of a date that writes it with three or four digits."""
    words = without_era(text)
    match = _YEAR_FIRST.match(words) or _YEAR_LAST.match(words)
    return int(next(group for group in match.groups() if group)) if match else None


def full_year(year: int, calendar: str) -> int:
    """A year of one or two digits with its century."""
    if year > 99 or calendar == MINGUO:
        return year
    if calendar in _CENTURY:
        return year + _CENTURY[calendar]
    turn, new, old = (50, 1400, 1300) if calendar == PERSIAN else (50, 2000, 1900)
    return year + (new if year < turn else old)


def to_date(year: int, month: int, day: int, calendar: str = GREGORIAN) -> date | None:
    """The date; None where the calendar has no such day or the year is out of its range."""
    year = full_year(year, calendar)
    if not (_within(year, calendar) and 1 <= month <= 12 and 1 <= day <= 31):
        return None
    if calendar == PERSIAN:
        return _from_persian(year, month, day)
    if calendar == HIJRI:
        return _from_hijri(year, month, day)
    try:
        return date(year - _YEARS_APART.get(calendar, 0), month, day)
    except ValueError:
        return None


def _from_persian(year: int, month: int, day: int) -> date | None:
    """The 33-year rule of leap years, which holds from 1178 to 1633 (Borkowski 1996)."""
    leap = year % 33 in (1, 5, 9, 13, 17, 22, 26, 30)
    if day > (31 if month <= 6 else 30 if month <= 11 or leap else 29):
        return None
    leaps = (year - 1) // 33 * 8 + sum(n <= (year - 1) % 33 for n in (1, 5, 9, 13, 17, 22, 26, 30))
    days = (year - 1) * 365 + leaps + 31 * min(month - 1, 6) + 30 * max(month - 7, 0) + day
    return date(622, 3, 21) + timedelta(days=days - 1)


def _from_hijri(year: int, month: int, day: int) -> date | None:
    """The tabular calendar: 30 and 29 days in turn, 11 leap years in 30 (civil epoch)."""
    leap = (14 + 11 * year) % 30 < 11
    if day > (30 if month % 2 or (month == 12 and leap) else 29):
        return None
    days = (year - 1) * 354 + (3 + 11 * year) // 30 + 29 * (month - 1) + month // 2 + day
    return date(622, 7, 18) + timedelta(days=days)
