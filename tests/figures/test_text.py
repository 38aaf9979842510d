"""Words are measured, broken and kept apart as a reader expects."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.figures.text import p_text, percent, rounded, shorten, spread, thin, width_em, wrap


@given(st.text(alphabet="aWi 基因（）。，<>&-/", max_size=60), st.floats(3, 30))
def test_no_line_is_wider_than_asked_and_no_sign_is_lost(text: str, em: float) -> None:
    lines = wrap(text, em)
    assert all(width_em(line) <= em for line in lines)
    assert "".join(lines).replace("\u00a0", "").replace(" ", "") == text.replace(" ", "")


def test_n_equals_and_percent_stay_together() -> None:
    lines = [
        line.replace("\u00a0", " ")
        for line in wrap("evaluable patients n = 48 and 92 % of all with P < 0.001", 9)
    ]
    assert any("n = 48" in line for line in lines)
    assert any("92 %" in line for line in lines)
    assert any("P < 0.001" in line for line in lines)


def test_chinese_punctuation_neither_begins_nor_ends_a_line_wrongly() -> None:
    lines = wrap("不可评价（未绘出）。铁蛋白，血红蛋白。", 4.5)
    assert not any(line[0] in "，。）" for line in lines)
    assert not any(line[-1] == "（" for line in lines)


def test_an_ellipsis_only_where_something_is_cut() -> None:
    assert shorten("CD17/-28", 20) == "CD17/-28"
    assert shorten("CD41-42/IVS-II-654", 6).endswith("…")
    assert width_em(shorten("CD41-42/IVS-II-654", 6)) <= 6


@given(st.lists(st.floats(0, 300), min_size=1, max_size=12).map(sorted))
def test_spread_labels_never_overlap_and_keep_their_order(positions: list[float]) -> None:
    placed = [
        p + d for p, d in zip(positions, spread(positions, [14.0] * len(positions)), strict=True)
    ]
    assert all(b - a >= 17 - 1e-6 for a, b in zip(placed, placed[1:], strict=False))


def test_labels_with_room_stay_where_they_are() -> None:
    assert spread([0, 50, 100], [14, 14, 14]) == [0.0, 0.0, 0.0]


def test_thin_keeps_the_first_and_drops_what_collides() -> None:
    assert thin([0, 5, 40], [12, 12, 12]) == [0, 2]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0009, "P < 0.001"),
        (0.001, "P = 0.001"),
        (0.0123, "P = 0.012"),
        (0.2, "P = 0.200"),
        (0.201, "P = 0.20"),
        (0.45, "P = 0.45"),
        (0.9951, "P > 0.99"),
        (math.nan, ""),
    ],
)
def test_p_values_as_the_journals_print_them(value: float, text: str) -> None:
    assert p_text(value) == text


@pytest.mark.parametrize(
    ("value", "total", "text"),
    [(91.67, 199, "92"), (91.67, 200, "91.7"), (-1e-9, 48, "0"), (math.nan, 0, "–")],
)
def test_percentages_have_no_decimals_below_200_patients(
    value: float, total: float, text: str
) -> None:
    assert percent(value, total) == text


def test_a_true_minus_sign() -> None:
    assert rounded(-3.04) == "−3.0"
