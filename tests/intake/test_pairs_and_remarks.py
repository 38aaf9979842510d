"""Two values in one cell, and a value with a remark: read only where the header or a rule says
so.
"""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.intake.text.pairs import paired_header, parse_pair
from thal_core.intake.text.remarks import parse_remark


@pytest.mark.parametrize(
    "text", ["85→102", "85/102", "85 -> 102", "85—102", "85 to 102", "85-102", "85升至102"]
)
def test_two_values_of_one_cell(text: str) -> None:
    assert parse_pair(text) == ("85", "102")


@pytest.mark.parametrize("text", ["85", "2024/05/06", "-", "/", "", "85→102→110"])
def test_no_two_values(text: str) -> None:
    assert parse_pair(text) is None


def test_either_side_may_be_blank_and_words_are_values_too() -> None:
    assert parse_pair("→102") == ("", "102")
    assert parse_pair("每月2U→停输") == ("每月2U", "停输")


@given(st.floats(0, 999).map(lambda x: round(x, 1)), st.floats(0, 999).map(lambda x: round(x, 1)))
def test_a_pair_comes_apart_as_it_was_put_together(before: float, after: float) -> None:
    assert parse_pair(f"{before} → {after}") == (str(before), str(after))


@given(st.text(max_size=60))
def test_any_text_is_a_pair_a_remark_or_neither(text: str) -> None:
    parse_pair(text), paired_header(text), parse_remark(text)


@pytest.mark.parametrize(
    ("header", "rest", "after"),
    [
        ("治疗前后Hb", "Hb", None),
        ("Hb(用药前/用药后)", "Hb", None),
        ("Hb before/after", "Hb", None),
        ("Hb pre-post treatment", "Hb", None),
        ("Hb 0→6月", "Hb", 6),
        ("HbF baseline→M6", "HbF", 6),
        ("用药前后输血量", "输血量", None),
    ],
)
def test_headers_that_speak_of_two_times(header: str, rest: str, after: float | None) -> None:
    found = paired_header(header)
    assert found is not None and found.rest.rstrip("( )") == rest
    assert found.before.value == 0 and found.before.kind == "month"
    assert (found.after.value if found.after.kind == "month" else None) == after


@pytest.mark.parametrize(
    "header",
    ["输血前后Hb", "Hb pre/post transfusion", "WBC 10^9/L", "Hb 6M", "切脾前后血小板", "前"],
)
def test_headers_that_do_not(header: str) -> None:
    assert paired_header(header) is None


@pytest.mark.parametrize(
    ("text", "left", "timing"),
    [
        ("102(输血后)", "102", "post_transfusion"),
        ("102 post-transfusion", "102", "post_transfusion"),
        ("95（输血前）", "95", "pre_transfusion"),
        ("输血前 9.5 g/dL", "9.5 g/dL", "pre_transfusion"),
        ("102(复查)", "102", ""),
    ],
)
def test_a_known_remark_is_taken_off(text: str, left: str, timing: str) -> None:
    found = parse_remark(text)
    assert (found.text, found.hb_timing, found.known) == (left, timing, True)


@pytest.mark.parametrize("text", ["102", "102(李四)", "未输血", "102(输血前未输血)", "prefix 3"])
def test_a_text_without_a_known_remark_stays_whole(text: str) -> None:
    assert parse_remark(text).text == text and not parse_remark(text).known
