"""Years of other calendars. Anchors: 1 Farvardin 1403 = 20 March 2024; 1 Ramadan 1445 =
11 March 2024.
"""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.intake.text.calendars import (
    calendar_of,
    calendars,
    solar_or_lunar,
    to_date,
)
from thal_core.intake.text.dates import is_date, parse_date


@pytest.mark.parametrize(
    ("text", "calendar", "expected"),
    [
        ("06/05/2567", "buddhist", date(2024, 5, 6)),
        ("พ.ศ. 2567-05-06", "buddhist", date(2024, 5, 6)),
        ("6/5/67", "buddhist", date(2024, 5, 6)),
        ("113/05/06", "minguo", date(2024, 5, 6)),
        ("民國113年5月6日", "minguo", date(2024, 5, 6)),
        ("99/05/06", "minguo", None),  # day 99: two-digit years need the year sign or a year first
        ("1130506", "minguo", date(2024, 5, 6)),
        ("1403/02/15", "persian", date(2024, 5, 4)),
        ("1403/12/30", "persian", date(2025, 3, 20)),  # a leap year
        ("1402/12/30", "persian", None),
        ("1445/09/01", "hijri", date(2024, 3, 11)),
        ("2024-05-06", "gregorian", date(2024, 5, 6)),
        ("2567-05-06", "gregorian", None),
        ("113/05/06", "gregorian", None),
        ("1403/02/15", "gregorian", None),
    ],
)
def test_dates_of_each_calendar(text: str, calendar: str, expected: date | None) -> None:
    assert parse_date(text, calendar=calendar) == expected


@pytest.mark.parametrize(
    ("texts", "calendar"),
    [
        (["06/05/2567", "1/2/2566", "x"], "buddhist"),
        (["113/05/06", "99/12/31"], "minguo"),
        (["民國99年5月6日"], "minguo"),
        (["2024-05-06", "2023-01-01", "06/05/2567"], "gregorian"),
        (["2024-05-06", "06/05/2567"], "gregorian"),  # no majority: the others are reported
        (["1403/02/15"], None),
        (["3/4/24", "", "unknown"], ""),
    ],
)
def test_the_column_decides(texts: list[str], calendar: str | None) -> None:
    assert calendar_of(texts) == calendar


def test_the_latest_visit_tells_solar_from_lunar_years() -> None:
    assert solar_or_lunar(["1399/01/01", "1403/02/15"]) == "persian"
    assert solar_or_lunar(["1403/02/15", "1445/02/15"]) == "hijri"
    assert solar_or_lunar(["1420/02/15"]) == "persian" and solar_or_lunar(["1421/01/01"]) == "hijri"
    assert solar_or_lunar(["2024-01-01"]) is None


@given(st.dates(date(1925, 1, 1), date(2050, 12, 31)))
def test_a_thai_and_a_taiwanese_year_are_a_fixed_number_of_years_away(day: date) -> None:
    assert to_date(day.year + 543, day.month, day.day, "buddhist") == day
    if day.year > 1911:
        assert to_date(day.year - 1911, day.month, day.day, "minguo") == day


@pytest.mark.parametrize("calendar", ["persian", "hijri"])
def test_days_follow_each_other_without_gap(calendar: str) -> None:
    days = [
        found
        for year in range(1400, 1440)
        for month in range(1, 13)
        for day in range(1, 32)
        if (found := to_date(year, month, day, calendar)) is not None
    ]
    assert {(b - a).days for a, b in zip(days, days[1:])} == {1}


@given(st.text(max_size=40), st.sampled_from(calendars()))
def test_any_text_is_a_date_or_none(text: str, calendar: str) -> None:
    parse_date(text, serial=True, calendar=calendar)
    is_date(text)
    calendar_of([text])
