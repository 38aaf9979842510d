"""A printed figure stands for every number that rounds to it, edges included."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.audit.finding import between
from thal_core.audit.rounding import Interval, greatest_spread, least_spread, rounding_interval


@pytest.mark.parametrize(
    ("printed", "low", "high"),
    [
        ("7.14", 7.135, 7.145),
        ("29.2", 29.15, 29.25),
        ("15", 14.5, 15.5),
        ("-5.007", -5.0075, -5.0065),
    ],
)
def test_rounding_interval_is_half_a_unit_of_the_last_printed_place(printed, low, high) -> None:
    assert rounding_interval(printed).corners() == pytest.approx((low, high))


def test_limits_are_open_to_one_side() -> None:
    assert rounding_interval("0.001", "<").corners() == (-math.inf, 0.001)
    assert rounding_interval("0.05", ">").corners() == (0.05, math.inf)


@given(st.decimals(-1000, 1000, places=3), st.integers(0, 2))
def test_whatever_rounds_to_the_printed_figure_lies_in_its_interval(value, places) -> None:
    for rounding in ("ROUND_HALF_UP", "ROUND_HALF_EVEN", "ROUND_HALF_DOWN"):
        printed = value.quantize(Decimal(1).scaleb(-places), rounding=rounding)
        assert rounding_interval(f"{printed:f}").overlaps(Interval.point(float(value)))


def test_the_edge_belongs_to_the_interval_and_beyond_it_does_not() -> None:
    assert rounding_interval("106.01").overlaps(Interval.point(106.015))
    assert not rounding_interval("106.01").overlaps(Interval.point(106.01501))


@given(
    st.lists(
        st.tuples(st.integers(1, 40), st.floats(-50, 50), st.floats(0, 2)), min_size=2, max_size=4
    ),
    st.randoms(),
)
def test_spread_bounds_hold_for_any_means_in_the_box(parts, random) -> None:
    boxes = [(w, Interval(m, m + width)) for w, m, width in parts]
    means = [random.uniform(*box.corners()) for _, box in boxes]
    total = sum(w for w, _ in boxes)
    mean = sum(w * m for (w, _), m in zip(boxes, means, strict=True)) / total
    spread = sum(w * (m - mean) ** 2 for (w, _), m in zip(boxes, means, strict=True))
    assert least_spread(boxes) <= spread + 1e-6
    assert spread <= greatest_spread(boxes) + 1e-6


@pytest.mark.parametrize(
    ("low", "high", "shown"),
    [
        (82.147, 82.157, "82.15–82.16"),
        (0.0403, 0.04077, "0.04030–0.04077"),
        (13.0, 13.0, "13"),
        (2.8, 3.0, "2.8–3.0"),
        (13.7, math.inf, "≥ 13.7"),
        (1e-9, 0.002, "<0.0001–0.002"),
        (1e-9, 2e-9, "<0.0001"),
        (-7.07, -7.05, "-7.07 … -7.05"),
    ],
)
def test_between_shows_digits_enough_to_tell_the_ends_apart(low, high, shown) -> None:
    assert between(Interval(low, high)) == shown
