"""What every drawing promises: inert text, both languages, every preset, empty tables, n, legible
type, no wide lines.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from functools import cache, partial

import pandas as pd
import pytest
from plotly import graph_objects as go

from tests.figures import tables
from thal_core.figures.composition import plot_composition
from thal_core.figures.concordance import plot_concordance
from thal_core.figures.dose_changes import plot_dose_changes
from thal_core.figures.flow import plot_flow
from thal_core.figures.forest import plot_forest
from thal_core.figures.genotype_bars import plot_genotype_bars, plot_genotype_response
from thal_core.figures.intervals import (
    plot_adverse_events,
    plot_clinical_features,
    plot_iron_response,
)
from thal_core.figures.paired import plot_paired
from thal_core.figures.rates import plot_rates
from thal_core.figures.scatter import plot_scatter
from thal_core.figures.survival_curves import plot_survival
from thal_core.figures.swimmer_plot import plot_swimmer
from thal_core.figures.text import width_em
from thal_core.figures.thal_print import plot_thal_print
from thal_core.figures.theme import presets
from thal_core.figures.timeline import plot_timeline
from thal_core.figures.trajectory import plot_trajectory
from thal_core.figures.transitions import plot_transitions
from thal_core.figures.waterfall import plot_waterfall

Plot = Callable[..., go.Figure]
KINDS: dict[str, tuple[Plot, pd.DataFrame]] = {
    "waterfall": (plot_waterfall, tables.response_by_patient()),
    "rates": (plot_rates, tables.response_rates()),
    "trajectory": (partial(plot_trajectory, lines=tables.lines()), tables.hb_over_time()),
    "genotype_bars": (plot_genotype_bars, tables.hb_by_genotype()),
    "genotype_response": (plot_genotype_response, tables.genotype_response()),
    "scatter": (
        partial(plot_scatter, points=tables.points(), bands=tables.bands()),
        tables.hb_gain_vs_hbf(),
    ),
    "forest": (plot_forest, tables.predictors_model()),
    "flow": (plot_flow, tables.flow()),
    "survival": (plot_survival, tables.time_to_transfusion_free()),
    "swimmer": (plot_swimmer, tables.swimmer()),
    "transitions": (plot_transitions, tables.response_transitions()),
    "timeline": (plot_timeline, tables.patient_timeline()),
    "dose_changes": (plot_dose_changes, tables.dose_changes()),
    "paired": (plot_paired, tables.labs_before_after()),
    "composition": (plot_composition, tables.hb_composition()),
    "concordance": (plot_concordance, tables.criteria_concordance()),
    "adverse_events": (plot_adverse_events, tables.adverse_events()),
    "iron_response": (plot_iron_response, tables.iron_response()),
    "clinical_features": (plot_clinical_features, tables.clinical_features()),
    "thal_print": (plot_thal_print, tables.thal_print()),
}
every_kind = pytest.mark.parametrize("kind", KINDS)


@cache
def drawn(kind: str, preset: str, language: str = "en") -> go.Figure:
    plot, table = KINDS[kind]
    return plot(table, language=language, preset=preset)


def texts(node: object, key: str = "") -> Iterator[str]:
    """Every text plotly could read as markup. ``customdata`` is never read so, ``meta`` is not
    drawn.
    """
    if isinstance(node, dict):
        for name, value in node.items():
            if name not in ("customdata", "meta", "template"):
                yield from texts(value, name)
    elif isinstance(node, list | tuple):
        for value in node:
            yield from texts(value, key)
    elif isinstance(node, str):
        yield node


@every_kind
def test_text_of_a_sheet_stays_inert(kind: str) -> None:
    for figure in (
        drawn(kind, "screen"),
        drawn(kind, "slide"),
        drawn(kind, "journal_single", "zh"),
    ):
        assert [
            t
            for t in texts(figure.to_dict())
            if re.search(r"<\s*(a|img|script)\b", t, re.IGNORECASE)
        ] == []


@every_kind
def test_every_sentence_is_written_down_in_both_languages(kind: str) -> None:
    for figure in (drawn(kind, "slide"), drawn(kind, "slide", "zh")):
        assert [t for t in texts(figure.to_dict()) if t.startswith("figure.")] == []
    assert re.search(r"[\u4e00-\u9fff]", figure.layout.meta["title"])


@every_kind
@pytest.mark.parametrize("rows", [0, 1])
def test_an_empty_table_or_a_single_row_is_drawn(kind: str, rows: int) -> None:
    plot, table = KINDS[kind]
    for preset in ("slide", "journal_single"):
        assert isinstance(plot(table.head(rows), preset=preset), go.Figure)


GROWS = {
    kind: next(
        (c for c in ("genotype", "event", "reason", "patient_id", "analyte") if c in table), ""
    )
    for kind, (_, table) in KINDS.items()
}


@pytest.mark.parametrize("kind", [kind for kind, column in GROWS.items() if column])
def test_an_entry_more_than_the_eye_can_take_still_fits(kind: str) -> None:
    """Twelve copies of the rows under new names: no preset grows beyond its page."""
    plot, table = KINDS[kind]
    named = GROWS[kind]
    many = pd.concat(
        [table.assign(**{named: table[named].astype("str") + str(i)}) for i in range(12)],
        ignore_index=True,
    )
    for name in (
        "slide",
        "journal_single",
    ):  # a slide's rows share 720 px, a column's may fill the page
        assert plot(many, preset=name).layout.height <= presets()[name].tallest + 1


@every_kind
@pytest.mark.parametrize(
    ("preset", "language"),
    [("screen", "en"), ("slide", "en"), ("slide", "zh"), ("journal_single", "zh")],
)
def test_texts_are_legible_and_no_line_is_wider_than_the_page(
    kind: str, preset: str, language: str
) -> None:
    size, figure = presets()[preset], drawn(kind, preset, language)
    for note in figure.layout.annotations:
        assert (note.font.size or size.text) >= size.text - 1e-9
        for line in re.sub(r"</?(b|span)( [^>]*)?>", "", note.text or "").split("<br>"):
            assert width_em(html.unescape(line)) * size.text <= size.width
    sizes = [
        t.textfont.size for t in figure.data if t.type in ("bar", "scatter") and t.textfont.size
    ]
    assert all(s >= size.text - 1e-9 for s in sizes)


@every_kind
def test_the_words_around_the_plot_have_their_own_room(kind: str) -> None:
    """Title, subtitle, plot, caption and footer follow one another; nothing begins before the
    former has ended.
    """
    for preset in ("screen", "slide", "journal_single"):
        figure, size = drawn(kind, preset), presets()[preset]
        named = {a.name: a for a in figure.layout.annotations}
        below = [named[n] for n in ("caption", "footer") if n in named]
        edge = 0.0
        for note in below:
            assert -note.yshift >= edge - 0.01
            edge = -note.yshift + (note.text.count("<br>") + 1) * size.text * 1.3
        assert edge <= figure.layout.margin.b + 0.01
        if "subtitle" in named:
            title = (figure.layout.title.text.count("<br>") + 1) * size.title * 1.3
            assert figure.layout.margin.t - named["subtitle"].yshift >= title


@every_kind
def test_the_slide_is_exactly_sixteen_to_nine_and_journals_their_width(kind: str) -> None:
    slide, column = drawn(kind, "slide").layout, drawn(kind, "journal_single").layout
    assert (round(slide.width), round(slide.height)) == (1280, 720)
    assert column.width / 96 * 2.54 == pytest.approx(8.5)


@every_kind
def test_exports_carry_the_research_footer_and_the_screen_leaves_it_to_the_page(kind: str) -> None:
    for preset, there in (("screen", False), ("slide", True), ("journal_single", True)):
        names = [a.name for a in drawn(kind, preset).layout.annotations]
        assert ("footer" in names) is there


@every_kind
def test_n_is_printed(kind: str) -> None:
    figure = drawn(kind, "journal_single")
    said = " ".join(
        [
            figure.layout.title.text,
            *(a.text or "" for a in figure.layout.annotations),
            *(t for axis in figure.select_yaxes() for t in (axis.ticktext or ())),
        ]
    )
    assert re.search(r"n\W*=\W*\d+|\bn\s\w+|\d+/\d+", said.replace("\u00a0", " "))
