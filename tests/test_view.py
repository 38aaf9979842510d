"""Options, Selection and View: JSON there and back, and no forged value gets in."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from thal_core.issues import CohortError
from thal_core.mapping import ColumnReading, Mapping
from thal_core.view import OPERATORS, Condition, Options, Selection, View

COLUMN = (
    st.from_regex(r"[A-Za-z_\u4e00-\u9fff][\w ()%]{0,20}", fullmatch=True)
    .map(str.strip)
    .filter(bool)
)
VALUES = st.lists(
    st.text(min_size=1, max_size=20).filter(lambda t: t.strip()), min_size=1, max_size=4
).map(tuple)


@given(st.lists(st.builds(Condition, COLUMN, st.sampled_from(["=", "!="]), VALUES), max_size=4))
def test_any_selection_survives_json_and_code(conditions: list[Condition]) -> None:
    selection = Selection(tuple(conditions))
    assert Selection.from_json(selection.to_json()) == selection
    assert all(Condition.of(eval(c.code, {})) == c for c in conditions)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sex=female", ("sex", "=", ("female",))),
        ("genotype=CD17/-28,CD17/-29", ("genotype", "=", ("CD17/-28", "CD17/-29"))),
        ("age_years>=14", ("age_years", ">=", ("14",))),
        (" splenectomy = missing ", ("splenectomy", "=", ("missing",))),
        ("hb_g_per_l<70.5", ("hb_g_per_l", "<", ("70.5",))),
    ],
)
def test_expressions_of_the_command_line(text: str, expected: tuple) -> None:
    condition = Condition.parse(text)
    assert (condition.column, condition.operator, condition.values) == expected


@pytest.mark.parametrize(
    "text", ["", "sex", "=female", "age_years>=old", "age_years>=1,2", "age_years>=nan()", 7, None]
)
def test_an_unreadable_expression_is_said(text: object) -> None:
    with pytest.raises(CohortError):
        Condition.parse(text)


def test_a_view_survives_json() -> None:
    view = View(
        "ab" * 32,
        Selection("sex=female"),
        Options(criterion="yang2020", month=12, published=True),
        Mapping(
            (ColumnReading("Sheet1", 3, "Hb_0M", "hb_g_per_l", 0.0, "g/L", 0.9),),
            (("encoding", "gb18030"),),
        ),
    )
    assert View.from_json(view.to_json()) == view


@pytest.mark.parametrize(
    "change",
    [
        {"format": "other"},
        {"sha256": "../../etc"},
        {"sha256": 5},
        {"selection": "sex=female"},
        {"selection": [["a", "~", ["b"]]]},
        {"selection": [["a", "=", []]]},
        {"options": {"criterion": "a; import os"}},
        {"options": {"month": "6"}},
        {"options": {"month": -1}},
        {"options": {"month": float("nan")}},
        {"options": {"seed": -1}},
        {"options": {"p_values": "yes"}},
        {"options": {"published": 1}},
        {"options": {"unit_volume_ml": 0}},
        {"options": []},
        {"mapping": {"format": "x"}},
        {"mapping": {"format": "thal-mapping/1", "columns": [{"sheet": 1}]}},
    ],
)
def test_a_forged_view_is_refused_in_one_sentence(change: dict) -> None:
    forged = json.dumps(json.loads(View().to_json()) | change)
    with pytest.raises(CohortError) as refusal:
        View.from_json(forged)
    assert len(str(refusal.value)) > 20 and "\n" not in str(refusal.value)


@given(st.binary(max_size=200))
def test_no_bytes_break_the_reading_of_a_view(data: bytes) -> None:
    for reader in (View.from_json, Mapping.from_json):
        with pytest.raises(CohortError):
            reader(data)


def test_the_operators_are_those_documented() -> None:
    assert set(OPERATORS) == {"=", "!=", "<", "<=", ">", ">="}
