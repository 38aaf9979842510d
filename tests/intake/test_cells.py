"""Cells as numbers, codes and dates."""

from __future__ import annotations

from datetime import date

import pyarrow as pa
import pytest

from thal_core.intake.text.codes import parse_code, setting_codes
from thal_core.intake.text.dates import day_month_order, parse_date
from thal_core.intake.text.numbers import parse_number, parse_numbers


@pytest.mark.parametrize(
    ("text", "value", "censored", "rest"),
    [
        ("85", 85, 0, ""),
        ("１２３．５", 123.5, 0, ""),
        ("<0.5", 0.5, -1, ""),
        ("＞2000", 2000, 1, ""),
        ("≥1500", 1500, 1, ""),
        ("2000以上", 2000, 1, ""),
        ("1,234", 1234, 0, ""),
        ("12 345", 12345, 0, ""),
        ("85 g/L", 85, 0, "g/L"),
        ("45%", 45, 0, "%"),
        ("85↑", 85, 0, ""),
        ("85 (L)", 85, 0, ""),
        ("约85", 85, 0, ""),
        ("1.2E+03", 1200, 0, ""),
        ("8。5", 8.5, 0, ""),
        ("-5", -5, 0, ""),
        ("16岁", 16, 0, "岁"),
        ("85.", 85, 0, ""),
    ],
)
def test_numbers(text: str, value: float, censored: int, rest: str) -> None:
    reading = parse_number(text)
    assert (reading.state, reading.value, reading.censored, reading.rest) == (
        "ok",
        value,
        censored,
        rest,
    )


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("未查", "missing"),
        ("-", "missing"),
        ("/", "missing"),
        ("ND", "missing"),
        ("n/a", "missing"),
        ("  ", "missing"),
        ("6.8±1.1", "summary"),
        ("80-90", "range"),
        ("80~90", "range"),
        ("#NAME?", "error"),
        ("O.5", "text"),
        ("3/4", "text"),
        ("阴性", "text"),
        ("2024-08-05", "text"),
    ],
)
def test_what_is_no_number_says_why(text: str, state: str) -> None:
    assert parse_number(text).state == state


def test_a_comma_is_decimal_where_the_column_shows_it() -> None:
    assert parse_numbers(pa.array(["8,4", "1,234"])).value.tolist() == [8.4, 1.234]
    assert parse_numbers(pa.array(["1,234", "12,345"])).value.tolist() == [1234, 12345]
    assert parse_numbers(pa.array(["1.234,5"])).value.tolist() == [1234.5]


@pytest.mark.parametrize(
    ("text", "kind", "word"),
    [
        ("男", "sex", "male"),
        ("F", "sex", "female"),
        ("是", "bool", "yes"),
        ("×", "bool", "no"),
        ("已切", "splenectomy", "yes"),
        ("未切", "splenectomy", "no"),
        ("重型", "phenotype", "TDT"),
        ("非输血依赖型", "phenotype", "NTDT"),
        ("中间型β地中海贫血", "phenotype", "NTDT"),
        ("Ⅲ级", "grade", "3"),
        ("轻度", "grade", "1"),
        ("未查", "sex", ""),
        ("purple", "sex", None),
        ("maybe", "bool", None),
    ],
)
def test_codes(text: str, kind: str, word: str | None) -> None:
    assert parse_code(text, kind) == word


def test_codes_of_a_setting() -> None:
    assert setting_codes("1=male, 2=female") == {"1": "male", "2": "female"}


@pytest.mark.parametrize(
    "text",
    [
        "2024-03-05",
        "2024/3/5",
        "2024.3.5",
        "2024年3月5日",
        "20240305",
        "5-Mar-2024",
        "March 5, 2024",
        "05/03/2024",
        "2024-03-05T08:30:00",
    ],
)
def test_dates(text: str) -> None:
    assert parse_date(text, "dmy") == date(2024, 3, 5)


def test_day_and_month_are_told_apart_by_a_number_above_12() -> None:
    assert day_month_order(["03/04/2024", "25/04/2024"]) == "dmy"
    assert day_month_order(["03/04/2024", "04/25/2024"]) == "mdy"
    assert day_month_order(["03/04/2024"]) is None
    assert parse_date("03/04/2024", "mdy") == date(2024, 3, 4)


def test_day_numbers_of_a_spreadsheet_are_dates_only_where_asked() -> None:
    assert parse_date("45356", serial=True) == date(2024, 3, 5)
    assert parse_date("45356") is None
