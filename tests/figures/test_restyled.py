"""One's own size, colours, words and ranges: the data stay, the caption stays true."""

from __future__ import annotations

import json
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.cohorts import named_cohort
from thal_core import CohortError, Options, View, analyse
from thal_core.figure_options import FigureOptions
from thal_core.figures.restyled import restyled


@pytest.fixture(scope="module")
def figure():
    return analyse(named_cohort(), "trajectory", Options(group_by="phenotype")).figure(
        "en", "12 cm"
    )


def test_nothing_wanted_is_the_same_figure(figure) -> None:
    assert restyled(figure, FigureOptions(size="8 cm", dpi=600)) is figure


def test_single_lines_go_with_their_sentence(figure) -> None:
    drawn = restyled(figure, FigureOptions(hide_lines=True))
    assert any(t.name.startswith("lines_") for t in figure.data if t.name)
    assert not any(t.name.startswith("lines_") for t in drawn.data if t.name)
    before, after = ("".join(f.layout.meta["caption"]) for f in (figure, drawn))
    assert "Thin lines" in before and "Thin lines" not in after
    note = next(n.text for n in drawn.layout.annotations if n.name == "caption")
    assert "Thin lines" not in note and "Points: mean" in note


def test_grey_has_no_colour_left(figure) -> None:
    drawn = restyled(figure, FigureOptions(palette="grey"))
    colours = {t.marker.color for t in drawn.data if t.marker and isinstance(t.marker.color, str)}
    assert colours and all(len({c[1:3], c[3:5], c[5:7]}) == 1 for c in colours)
    assert [list(t.y) for t in drawn.data if t.y is not None][0] == list(figure.data[0].y)


def test_words_ranges_colours_and_order_of_ones_own(figure) -> None:
    names = [t.name for t in figure.data if t.name and not t.name.startswith("lines_")]
    own = FigureOptions(
        title="A <b>title</b>",
        x_title="Visit",
        y_title="Hb",
        y_range=(40.0, 140.0),
        labels=((names[0], "Transfused"),),
        colours=((names[0], "#112233"),),
        order=(names[-1], names[0]),
    )
    drawn = restyled(figure, own)
    text = json.dumps(json.loads(drawn.to_json()))
    assert (
        list(drawn.layout.yaxis.range) == [40.0, 140.0] and drawn.layout.xaxis.title.text == "Visit"
    )
    assert "A &lt;b&gt;title" in drawn.layout.title.text and "Transfused" in text
    assert any(t.marker.color == "#112233" for t in drawn.data if t.name == "Transfused")
    assert any(n.name == "axis_title" and n.text == "Hb" for n in drawn.layout.annotations)


def test_the_view_keeps_it_through_json() -> None:
    own = FigureOptions(size="8 cm", palette="grey", y_range=(0, 1.5), labels=(("a", "b"),))
    view = View().with_figure("trajectory", own)
    assert View.from_json(view.to_json()).figure("trajectory") == own
    assert view.with_figure("trajectory", FigureOptions()).figures == ()


@pytest.mark.parametrize(
    "forged",
    [
        {"dpi": 5000},
        {"dpi": "300"},
        {"palette": "rainbow"},
        {"colours": [["a", "url(x)"]]},
        {"labels": [["a"]]},
        {"y_range": [2, 1]},
        {"y_range": [0, float("inf")]},
        {"title": "x" * 400},
        {"title": "a\nb"},
        {"size": "../x"},
        {"hide_lines": 1},
        {"order": [3]},
    ],
)
def test_what_is_forged_is_refused(forged: dict[str, object]) -> None:
    with pytest.raises(CohortError):
        FigureOptions.of(forged)


@given(st.recursive(st.none() | st.booleans() | st.floats() | st.text(), st.lists, max_leaves=5))
def test_any_forged_value_is_a_cohort_error_or_good(value: object) -> None:
    for name in ("size", "dpi", "palette", "title", "x_range", "labels", "colours", "order"):
        with suppress(CohortError):
            assert FigureOptions.of({name: value})
