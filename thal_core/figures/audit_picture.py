"""Printed figures of a paper against what its own other figures allow."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence

import pandas as pd
from plotly import graph_objects as go

from thal_core.audit import findings_first
from thal_core.audit.finding import Verdict
from thal_core.audit.printed import statistic_of
from thal_core.figures.intervals import add_words, fitting, rows_axis, words_width
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.theme import Preset, looks, preset_named, template
from thal_core.words import tr
from thal_core.words.escape import figure_text

EDGE = 0.12  # of a row's width, kept free on both sides
POSSIBLE, PRINTED = "possible", "printed"


def plot_audit(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """The figures that do not follow, one row each on a scale of its own: what is possible as a
    bar, what is printed as a mark.

    table: ``paper_audit``, drawn in the order of a referee's report: paper, item, figure, verdict,
    printed, published, unit, recomputed_low, recomputed_high (blank: that side is open). Rows
    without bounds have no picture.
    """
    size = preset_named(preset)
    rows = findings_first(table[(table["verdict"] == Verdict.INCONSISTENT) & has_bounds(table)])
    names = [f"{r.paper}, {r.item}: {figure_words(r.figure, language)}" for r in rows.itertuples()]
    words = [_numbers(r, language) for r in rows.itertuples()]
    keys = {which: tr(f"audit.picture.{which}", language=language) for which in (PRINTED, POSSIBLE)}
    page = _page(rows, names, words, keys, size, language, selected)
    shown, page = fitting(len(rows), page, size.text * 1.3)
    figure = go.Figure()
    for place, row in enumerate(rows.head(shown).itertuples()):
        low, high = _span(row)
        _add(
            figure,
            row,
            place,
            lambda v, low=low, high=high: (v - low) / (high - low),
            keys,
            size,
            listed=place == 0,
        )
    add_words(figure, page, list(range(shown)), words[:shown])
    rows_axis(figure, [row_label(n, page.left, size, 1) for n in names[:shown]], page)
    figure.update_xaxes(range=[0, 1], visible=False)
    return page.dress(figure, max(shown, 1) * size.row * 1.5)


def _page(
    rows: pd.DataFrame,
    names: list[str],
    words: list[str],
    keys: dict[str, str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and the room for names and numbers."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr("audit.picture.title", {"n": len(rows)}, language),
        caption=(tr("audit.picture.caption", language=language),),
        legend=tuple(keys.values()),
        left=share(size.width, names, size, 0.45),
        right=words_width(words, size.text),
        below=size.text,
        above=0,
    )


def plot_finding(row: pd.Series, *, language: str = "en") -> go.Figure:
    """One figure of an audit for a card on the screen: printed above, possible below, on the
    figure's own axis.
    """
    size = preset_named("screen")
    keys = {which: tr(f"audit.picture.{which}", language=language) for which in (PRINTED, POSSIBLE)}
    figure = go.Figure()
    _add(figure, row, 0.0, lambda v: v, keys, size, apart=1.0)
    left = share(size.width, list(keys.values()), size, 0.4)
    figure.update_layout(
        template=template(size),
        height=size.text * 8,
        showlegend=False,
        dragmode=False,
        margin={"l": left, "r": size.text * 2, "t": size.text * 0.3, "b": size.text * 2.2},
        meta={"printed": row.printed, "title": row.figure},
    )
    figure.update_yaxes(
        range=[1.6, -0.6],
        tickvals=[0, 1],
        ticktext=[figure_text(k) for k in keys.values()],
        ticks="",
        showgrid=False,
        showline=False,
        fixedrange=True,
    )
    figure.update_xaxes(range=list(_span(row)), nticks=5, fixedrange=True)
    return figure


def has_bounds(table: pd.DataFrame) -> pd.Series:
    """Rows of an audit that a picture can show: a printed number, and what is possible on one side
    at least.
    """
    return table["published"].notna() & (
        table["recomputed_low"].notna() | table["recomputed_high"].notna()
    )


def _ends(row: object) -> list[float]:
    return [
        v for v in (row.recomputed_low, row.recomputed_high, row.published) if not math.isnan(v)
    ]  # type: ignore[attr-defined]


def _span(row: object) -> tuple[float, float]:
    """The row's axis: everything known, with room on both sides; an open side runs into that
    room.
    """
    low, high = min(_ends(row)), max(_ends(row))
    wide = (high - low) or abs(high) * 0.1 or 1.0
    return low - EDGE * wide / (1 - 2 * EDGE), high + EDGE * wide / (1 - 2 * EDGE)


def _add(
    figure: go.Figure,
    row: object,
    place: float,
    scale: Callable[[float], float],
    keys: dict[str, str],
    size: Preset,
    *,
    listed: bool = False,
    apart: float = 0.0,
) -> None:
    """What is printed at ``place``, what is possible ``apart`` below it."""
    style, (first, last) = looks([POSSIBLE, PRINTED]), _span(row)
    low, high = (
        scale(end if math.isnan(v) else v)
        for v, end in ((row.recomputed_low, first), (row.recomputed_high, last))
    )  # type: ignore[attr-defined]
    colour = style[POSSIBLE].colour
    heads = [
        "triangle-left" if math.isnan(row.recomputed_low) else "line-ns",  # type: ignore[attr-defined]
        "triangle-right" if math.isnan(row.recomputed_high) else "line-ns",
    ]  # type: ignore[attr-defined]
    figure.add_trace(
        go.Scatter(
            x=[scale(row.published)],
            y=[place],
            mode="markers",
            name=keys[PRINTED],
            showlegend=listed,
            cliponaxis=False,  # type: ignore[attr-defined]
            customdata=[[getattr(row, "id", "")]],
            hovertemplate=figure_text(row.printed) + "<extra></extra>",  # type: ignore[attr-defined]
            marker={"symbol": "diamond", "color": style[PRINTED].colour, "size": size.marker * 1.6},
        )
    )
    _possible(figure, listed, low, high, keys, colour, heads, place, apart, size)


def _possible(
    figure: go.Figure,
    listed: bool,
    low: float,
    high: float,
    keys: dict[str, str],
    colour: str,
    heads: list[str],
    place: float,
    apart: tuple[float, float],
    size: Preset,
) -> None:
    """What is possible: a bar, with arrows where a side is open."""
    figure.add_trace(
        go.Scatter(
            x=[low, high],
            y=[place + apart] * 2,
            mode="lines+markers",
            name=keys[POSSIBLE],
            showlegend=listed,
            cliponaxis=False,
            hoverinfo="skip",
            line={"color": colour, "width": size.line * 3},
            marker={
                "symbol": heads,
                "color": colour,
                "size": size.marker * 1.3,
                "line": {"color": colour, "width": size.line * 1.5},
            },
        )
    )


def possible(low: float, high: float, printed: float = math.nan) -> str:
    """What follows, as a person writes it: 39, 82.15–82.16, ≥ 13.67; digits enough to tell it from
    what is printed.
    """
    ends = _written([v for v in (low, high) if not math.isnan(v)], printed)
    if math.isnan(low) or math.isnan(high):
        return "" if not ends else f"≥ {ends[0]}" if math.isnan(high) else f"≤ {ends[0]}"
    return (
        ends[0]
        if ends[0] == ends[1]
        else f"{ends[0]}–{ends[1]}"
        if low >= 0
        else f"{ends[0]} … {ends[1]}"
    )


def _written(values: Sequence[float], printed: float) -> list[str]:
    texts: list[str] = []
    for digits in range(4, 10):
        texts = [f"{v:,.{digits}g}" for v in values]
        if f"{printed:,.{digits}g}" not in texts:
            break
    return [text.replace("-", "−") for text in texts]


def figure_words(figure: str, language: str) -> str:
    """The name of an audited figure with its statistic in words: "Hb0M · all MaR · mean"."""
    head, dot, statistic = figure.rpartition(" · ")
    known = statistic_of(statistic)
    return f"{head}{dot}{known.label(language)}" if known else figure


def _numbers(row: object, language: str) -> str:
    follows = possible(row.recomputed_low, row.recomputed_high, row.published)  # type: ignore[attr-defined]
    return tr("audit.picture.numbers", {"printed": row.printed, "possible": follows}, language)  # type: ignore[attr-defined]
