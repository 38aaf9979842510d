"""Response rates: a point with its Wilson interval for the ORR and each class, on both denominators, n/N beside each."""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import add_intervals, add_words, percent_axis, rows_axis, share_words, words_width
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.text import percent
from thal_core.figures.theme import Look, look, preset_named
from thal_core.vocabulary import Response
from thal_core.words import label, tr

DENOMINATORS = ("evaluable", "enrolled")
_APART = {"evaluable": -0.24, "enrolled": 0.24}
_FILLED = {"evaluable": "circle", "enrolled": "circle-open"}


def plot_rates(
    table: pd.DataFrame, *, language: str = "en", preset: str = "screen", population: str = "all", criterion: str = "",
) -> go.Figure:
    """Rows of ``response_rates`` of one population, in the table's order, ORR in slate and classes in their colours.

    table: population, denominator {evaluable, enrolled}, level, n, total, percent, conf_low, conf_high (percent).
    criterion: its label, for the subtitle.
    """
    size = preset_named(preset)
    rows = table[table["population"] == population]
    levels = list(dict.fromkeys(rows["level"]))
    names = [label(f"figure.level.{level}", language, level) for level in levels]
    rows = rows.assign(
        words=[share_words(r.n, r.total, r.percent, r.conf_low, r.conf_high, size.width < 400) for r in rows.itertuples()],
        y=[levels.index(level) + _APART[d] for level, d in zip(rows["level"], rows["denominator"], strict=True)],
        x=rows["percent"], low=rows["conf_low"], high=rows["conf_high"], key=rows["level"])
    denominators = [d for d in DENOMINATORS if (rows["denominator"] == d).any()]
    page = Page(
        size, language, title=_title(rows, language), subtitle=_subtitle(rows, population, criterion, language),
        caption=(tr("figure.interval.wilson", language=language), tr("figure.rates.caption", language=language)),
        legend=tuple(label(f"figure.denominator.{d}", language) for d in denominators),
        left=share(size.width, names, size, 0.3), right=words_width(list(rows["words"]), size.text),
        below=size.text * 3.6, above=0,
    )
    figure = go.Figure()
    for denominator in denominators:
        name = label(f"figure.denominator.{denominator}", language)
        _key(figure, name, _FILLED[denominator], page)
        for level, row in rows[rows["denominator"] == denominator].groupby("level", sort=False):
            add_intervals(figure, page, row, _look(str(level)), name=name, symbol=_FILLED[denominator])
    add_words(figure, page, list(rows["y"]), list(rows["words"]))
    rows_axis(figure, [row_label(n, page.left, size) for n in names], page)
    percent_axis(figure, page, tr("figure.rates.axis", language=language))
    return page.dress(figure, max(len(levels), 1) * size.row * 2.4)


def _key(figure: go.Figure, name: str, symbol: str, page: Page) -> None:
    """The legend's entry, in slate: colour stands for the class, filled or hollow for the denominator."""
    figure.add_trace(go.Scatter(
        x=[None], y=[None], mode="markers", name=name, legendgroup=name, hoverinfo="skip",
        marker={"symbol": symbol, "color": look("all").colour, "size": page.preset.marker * 1.2,
                "line": {"color": look("all").colour, "width": page.preset.line}}))


def _look(level: str) -> Look:
    return look(level) if level in set(Response) else look("all")


def _title(rows: pd.DataFrame, language: str) -> str:
    overall = rows[(rows["level"] == "ORR") & (rows["denominator"] == "evaluable")]
    if overall.empty or pd.isna(overall["percent"].iloc[0]):
        return tr("figure.rates.title", language=language)
    row = overall.iloc[0]
    return tr("figure.rates.message", {
        "n": int(row["n"]), "total": int(row["total"]), "percent": percent(row["percent"], row["total"]),
        "low": percent(row["conf_low"], row["total"]), "high": percent(row["conf_high"], row["total"])}, language)


def _subtitle(rows: pd.DataFrame, population: str, criterion: str, language: str) -> str:
    totals = rows.drop_duplicates("denominator").set_index("denominator")["total"]
    parts = [criterion, label(f"figure.population.{population}", language, population)]
    parts += [tr(f"figure.rates.{d}_n", {"n": int(totals[d])}, language) for d in DENOMINATORS if d in totals]
    return " · ".join(p for p in parts if p)
