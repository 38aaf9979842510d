"""Response rates: a point with its Wilson interval for the ORR and each class, on both
denominators, n/N beside each.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import cycle

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import (
    add_intervals,
    add_words,
    percent_axis,
    rows_axis,
    share_words,
    words_width,
)
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.printed_marks import DASH, PALE, add_printed, printed_caption
from thal_core.figures.text import percent
from thal_core.figures.theme import Look, Preset, look, preset_named
from thal_core.rules.catalogue import class_label, class_order, convention
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

DENOMINATORS = ("evaluable", "enrolled")
BETWEEN = 0.48  # of a row, between the two denominators; more marks in a row share SPREAD
SPREAD = 0.7
SYMBOLS = ("diamond", "square", "hexagon")  # of papers
_FILLED = {"evaluable": "circle", "enrolled": "circle-open"}


def plot_rates(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    population: str = "all",
    criterion: str = "",
    published: pd.DataFrame | None = None,
) -> go.Figure:
    """Rows of ``response_rates`` of one population, in the table's order, ORR in slate and classes
    in their colours.

    table: population, denominator {evaluable, enrolled}, level, n, total, percent, conf_low,
    conf_high (percent). criterion: its label, for the subtitle. published: printed rates
    (``analyses.overlay.printed_over``) of that population and these levels, below the cohort's own,
    hollow and pale.
    """
    size = preset_named(preset)
    rows = table[table["population"] == population]
    levels = list(dict.fromkeys(rows["level"]))
    names = [class_label(level, language) for level in levels]
    denominators = [d for d in DENOMINATORS if (rows["denominator"] == d).any()]
    printed = _printed(published, population, levels)
    papers = list(dict.fromkeys(printed["paper"]))
    apart = _apart([*denominators, *papers])
    rows = _placed(rows.assign(series=rows["denominator"]), levels, apart, size)
    printed = _placed(
        printed.assign(series=printed["paper"], percent=printed["value"]), levels, apart, size
    )
    page = _page(
        rows, population, criterion, names, papers, printed, denominators, size, language, selected
    )
    figure = go.Figure()
    _own_rates(figure, rows, denominators, page, language)
    for (_, of_paper), symbol in zip(printed.groupby("paper", sort=False), cycle(SYMBOLS)):
        _paper(figure, of_paper, _paper_name(of_paper, language), symbol, page)
    labelled = pd.concat([rows, printed])[["series", "y", "words"]]
    if (
        size.fixed and page.room < len(labelled) * size.row
    ):  # a slide: the legend and the subtitle hold the other n
        labelled = labelled[labelled["series"] == denominators[0]]
    add_words(figure, page, list(labelled["y"]), list(labelled["words"]))
    rows_axis(figure, [row_label(n, page.left, size) for n in names], page)
    percent_axis(figure, page, tr("figure.rates.axis", language=language))
    return page.dress(figure, max(len(levels), 1) * size.row * 1.2 * max(2, len(apart)))


def _own_rates(
    figure: go.Figure, rows: pd.DataFrame, denominators: list[str], page: Page, language: str
) -> None:
    """The rates of the cohort, filled marks, one a denominator."""
    for denominator in denominators:
        name = label(f"figure.denominator.{denominator}", language)
        _key(figure, name, _FILLED[denominator], page)
        for level, row in rows[rows["denominator"] == denominator].groupby("level", sort=False):
            add_intervals(
                figure, page, row, _look(str(level)), name=name, symbol=_FILLED[denominator]
            )


def _page(
    rows: pd.DataFrame,
    population: str,
    criterion: str,
    names: list[str],
    papers: list[str],
    printed: pd.DataFrame,
    denominators: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend of denominators and papers, and the room for names and words."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(rows, language),
        subtitle=_subtitle(rows, population, criterion, language),
        caption=(
            tr("figure.interval.wilson", language=language),
            tr("figure.rates.caption", language=language),
            *(printed_caption("overlay.caption_rates", printed, language) if papers else []),
        ),
        legend=(
            *(label(f"figure.denominator.{d}", language) for d in denominators),
            *(
                _paper_name(of_paper, language)
                for _, of_paper in printed.groupby("paper", sort=False)
            ),
        ),
        left=share(size.width, names, size, 0.3),
        right=words_width([*rows["words"], *printed["words"]], size.text),
        below=size.text * 3.6,
        above=0,
    )


def _apart(series: Sequence[str]) -> dict[str, float]:
    """How far from the middle of its row each series stands."""
    step = BETWEEN if len(series) < 3 else SPREAD / (len(series) - 1)
    return {one: (place - (len(series) - 1) / 2) * step for place, one in enumerate(series)}


def _placed(
    rows: pd.DataFrame, levels: Sequence[str], apart: Mapping[str, float], size: Preset
) -> pd.DataFrame:
    return rows.assign(
        words=[
            share_words(r.n, r.total, r.percent, r.conf_low, r.conf_high, size.width < 400)
            for r in rows.itertuples()
        ],
        y=[
            levels.index(level) + apart[one]
            for level, one in zip(rows["level"], rows["series"], strict=True)
        ],
        x=rows["percent"],
        low=rows["conf_low"],
        high=rows["conf_high"],
        key=rows["level"],
    )


def _printed(
    published: pd.DataFrame | None, population: str, levels: Sequence[str]
) -> pd.DataFrame:
    if published is None:
        return pd.DataFrame(
            columns=["paper", "level", "value", "n", "total", "conf_low", "conf_high", "doubt"]
        )
    return published[(published["population"] == population) & published["level"].isin(levels)]


def _paper_name(rows: pd.DataFrame, language: str) -> str:
    return tr(
        "overlay.legend_all",
        {"paper": rows[f"name_{language}"].iloc[0], "n": int(rows["total"].max())},
        language,
    )


def _paper(figure: go.Figure, rows: pd.DataFrame, name: str, symbol: str, page: Page) -> None:
    """A paper's rates, each on its interval as a dashed line."""
    size, style = page.preset, look("all")
    figure.add_trace(
        go.Scatter(
            x=[
                v
                for low, high in zip(rows["low"], rows["high"], strict=True)
                for v in (low, high, None)
            ],
            y=[v for y in rows["y"] for v in (y, y, None)],
            mode="lines",
            name="interval",
            showlegend=False,
            hoverinfo="skip",
            legendgroup=figure_text(name),
            line={"color": style.faint(PALE), "width": size.line, "dash": DASH},
        )
    )
    add_printed(
        figure,
        rows,
        rows["x"],
        rows["y"],
        name,
        style,
        size,
        page.language,
        mode="markers",
        symbol=symbol,
    )


def _key(figure: go.Figure, name: str, symbol: str, page: Page) -> None:
    """The legend's entry, in slate: colour stands for the class, filled or hollow for the
    denominator.
    """
    figure.add_trace(
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=name,
            legendgroup=name,
            hoverinfo="skip",
            marker={
                "symbol": symbol,
                "color": look("all").colour,
                "size": page.preset.marker * 1.2,
                "line": {"color": look("all").colour, "width": page.preset.line},
            },
        )
    )


def _look(level: str) -> Look:
    return look(level) if level in class_order() else look("all")


def _title(rows: pd.DataFrame, language: str) -> str:
    overall = rows[(rows["level"] == "ORR") & (rows["denominator"] == "evaluable")]
    if overall.empty or pd.isna(overall["percent"].iloc[0]):
        return tr("figure.rates.title", language=language)
    row = overall.iloc[0]
    apart = row.get("percent_high", math.nan) - row.get("percent_low", math.nan)
    if apart > convention("headline_points"):
        return tr(
            "figure.rates.message_range",
            {
                "low": percent(row["percent_low"], row["bounds_total"]),
                "high": percent(row["percent_high"], row["bounds_total"]),
                "unknown": int(row["n_unknown"]),
                "total": int(row["bounds_total"]),
            },
            language,
        )
    return tr(
        "figure.rates.message",
        {
            "n": int(row["n"]),
            "total": int(row["total"]),
            "percent": percent(row["percent"], row["total"]),
            "low": percent(row["conf_low"], row["total"]),
            "high": percent(row["conf_high"], row["total"]),
        },
        language,
    )


def _subtitle(rows: pd.DataFrame, population: str, criterion: str, language: str) -> str:
    totals = rows.drop_duplicates("denominator").set_index("denominator")["total"]
    parts = [criterion, label(f"figure.population.{population}", language, population)]
    parts += [
        tr(f"figure.rates.{d}_n", {"n": int(totals[d])}, language)
        for d in DENOMINATORS
        if d in totals
    ]
    return " · ".join(p for p in parts if p)
