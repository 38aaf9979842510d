"""What a cell says of transfusion in words, and what it must never be taken to say."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.intake.text.regimens import parse_regimen
from thal_core.vocabulary import DAYS_PER_MONTH

WEEK = DAYS_PER_MONTH / 7


@pytest.mark.parametrize(
    ("text", "per_month"),
    [
        ("每月2U", 2),
        ("每月两单位", 2),
        ("2U/月", 2),
        ("2 units monthly", 2),
        ("每3周2U", 2 * WEEK / 3),
        ("2U q3w", 2 * WEEK / 3),
        ("Q3W 2U", 2 * WEEK / 3),
        ("２Ｕ／３周", 2 * WEEK / 3),
        ("2 units every 3 weeks", 2 * WEEK / 3),
        ("每4周2单位", 2 * WEEK / 4),
        ("2U q28d", 2 * WEEK / 4),
        ("每三周二单位", 2 * WEEK / 3),
        ("隔周2U", 2 * WEEK / 2),
        ("半月2U", 4),
        ("每2个月2U", 1),
        ("24U/年", 2),
        ("每月1次,2U", 2),
        ("每次2U，每月2次", 4),
        ("2U/次，3周1次", 2 * WEEK / 3),
        ("约每月输红细胞2U", 2),
        ("规律输血，每月2U", 2),
        ("未脱离输血，每月2U", 2),
        ("每月0U", 0),
        ("停输", 0),
        ("已停输血", 0),
        ("未输血", 0),
        ("已脱离输血", 0),
        ("no transfusion", 0),
        ("0", 0),
        ("无", 0),
    ],
)
def test_a_rate_is_units_in_a_month_of_30_4375_days(text: str, per_month: float) -> None:
    regimen = parse_regimen(text)
    assert regimen.state == "rate"
    assert math.isclose(regimen.per_month, per_month, rel_tol=1e-12)


def test_millilitres_stay_millilitres() -> None:
    assert parse_regimen("400ml/月").in_ml and parse_regimen("400ml/月").per_month == 400


@pytest.mark.parametrize(
    ("text", "state"),
    [
        ("1次/月", "count"),
        ("once a month", "count"),
        ("2U", "amount"),
        ("每月2-3U", "range"),
        ("2U q3-4w", "range"),
        ("不规则", "irregular"),
        ("occasional", "irregular"),
        ("未脱离", "continuing"),
        ("仍需输血", "continuing"),
        ("不详", "missing"),
        ("-", "missing"),
        ("", "missing"),
        ("2", "unknown"),
        ("每月2次2U", "unknown"),  # in all, or each time?
        ("每月2袋", "unknown"),
        ("停输(每月2U)", "unknown"),
        ("用药3月后停输", "unknown"),
        ("10天1U", "unknown"),
        ("沙利度胺 100mg qd", "unknown"),
        ("不规则输血，每月2U", "unknown"),
        ("每0周2U", "unknown"),
    ],
)
def test_what_is_no_rate_says_why(text: str, state: str) -> None:
    regimen = parse_regimen(text)
    assert regimen.state == state
    assert math.isnan(regimen.per_month)


@given(st.text(max_size=80))
def test_any_text_gives_a_state_and_a_rate_only_where_it_says_one(text: str) -> None:
    regimen = parse_regimen(text)
    assert (regimen.state == "rate") == (regimen.per_month >= 0)


@given(
    st.integers(1, 12),
    st.integers(1, 8),
    st.sampled_from(["{u}U q{w}w", "每{w}周{u}U", "{u} units every {w} weeks", "{u}单位/{w}周"]),
    st.sampled_from(["", " ", "\u3000"]),
    st.booleans(),
)
def test_blanks_case_and_order_never_change_a_rate(
    units: int, weeks: int, form: str, blank: str, upper: bool
) -> None:
    text = form.format(u=units, w=weeks).replace("周", f"{blank}周").replace("U", f"{blank}U")
    regimen = parse_regimen(text.upper() if upper else text)
    assert math.isclose(regimen.per_month, units * WEEK / weeks, rel_tol=1e-12)
