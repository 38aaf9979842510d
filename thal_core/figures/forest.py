"""Forest plot of the logistic models: odds ratios on a log axis, the line at 1, n and events beside
each row.
"""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.headline import NOT_SHOWN, OPPOSITE, headline
from thal_core.figures.intervals import add_intervals, add_words, fitting, rows_axis, words_width
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.text import p_text
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import class_label
from thal_core.words import label, tr

MODELS = ("maximum_likelihood", "firth")
_APART = {"maximum_likelihood": -0.22, "firth": 0.22}
_SYMBOL = {"maximum_likelihood": "circle", "firth": "square-open"}
NARROWEST, WIDEST = 1 / 50, 50.0  # odds ratios beyond are drawn as arrows at the edge


def plot_forest(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    level: str = "MaR",
    apart: tuple[float, float] = (math.nan, math.nan),
) -> go.Figure:
    """One row a term, population and set of terms; the two models a little apart within it.

    table: ``predictors_model``: population, model, terms, term, n, events, odds_ratio, conf_low,
    conf_high, p_value. level: the class whose odds they are. A row without an estimate says NE; an
    interval that leaves the axis ends in an arrow, one end that is not known is a question mark.
    apart: 95 % interval of the ratio of the odds ratios of HbF in NTDT and TDT.
    """
    size = preset_named(preset)
    rows = table.assign(row=[f"{r.population}|{r.terms}|{r.term}" for r in table.itertuples()])
    keys = list(dict.fromkeys(rows["row"]))
    models = [m for m in MODELS if (rows["model"] == m).any()]
    first = rows.drop_duplicates("row").set_index("row")
    names = [_row_name(first.loc[k], language) for k in keys]
    narrow = size.width < 400
    words = [_words(r, narrow) for r in rows.itertuples()]
    page = _page(table, rows, apart, level, names, words, models, size, language, selected)
    shown, page = fitting(len(keys), page, size.text * 2.6)
    low, high = _edges(rows)
    drawn = rows.assign(
        y=[
            keys.index(k) + (_APART[m] if len(models) > 1 else 0)
            for k, m in zip(rows["row"], rows["model"], strict=True)
        ],
        words=words,
        x=rows["odds_ratio"],
        key=rows["term"],
        low=rows["conf_low"].replace([-np.inf, 0.0], low / 100),
        high=rows["conf_high"].replace(np.inf, high * 100),
    )
    drawn = drawn[drawn["row"].isin(keys[:shown])]
    figure = go.Figure()
    _estimates(figure, models, drawn, page, language)
    _arrows(figure, drawn, low, high, size.marker)
    add_words(figure, page, list(drawn["y"]), list(drawn["words"]))
    rows_axis(figure, [row_label(n, page.left, size) for n in names[:shown]], page)
    _axis(figure, page, low, high)
    return page.dress(figure, max(shown, 1) * size.row * 2.5)


def _estimates(
    figure: go.Figure, models: list[str], drawn: pd.DataFrame, page: Page, language: str
) -> None:
    """The intervals of each model."""
    for model in models:
        part = drawn[(drawn["model"] == model) & drawn["x"].notna()]
        add_intervals(
            figure,
            page,
            part,
            look("all"),
            name=label(f"figure.model.{model}", language),
            symbol=_SYMBOL[model],
            listed=len(models) > 1,
            grow=0.9,
        )


def _page(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    apart: tuple[float, float],
    level: str,
    names: list[str],
    words: list[str],
    models: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and the room for names and words."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(table, apart, language, level),
        subtitle=_subtitle(rows, level, language),
        caption=(tr("figure.forest.caption", language=language),),
        legend=tuple(label(f"figure.model.{m}", language) for m in models)
        if len(models) > 1
        else (),
        left=share(size.width, names, size, 0.4),
        right=words_width(words, size.text),
        below=size.text * 3.6,
        above=0,
    )


def _title(table: pd.DataFrame, apart: tuple[float, float], language: str, level: str) -> str:
    """Of HbF alone, by Firth's estimate; a direction only where every population shows it."""
    firth = table[(table["terms"] == "hbf_percent") & (table["model"] == "firth")]
    rows = pd.DataFrame(
        {
            "population": firth["population"],
            "estimate": firth["odds_ratio"],
            "low": firth["conf_low"],
            "high": firth["conf_high"],
            "fewest": firth[["events", "non_events"]].min(axis=1),
        }
    )
    found = headline(rows, apart, 1.0)
    overall = firth[firth["population"] == "all"]
    if found in (NOT_SHOWN, OPPOSITE) or overall.empty:
        words = {"class": class_label(level, language), "level": level}
        return tr(f"figure.forest.{OPPOSITE if found == OPPOSITE else NOT_SHOWN}", words, language)
    first = overall.iloc[0]
    return tr(
        "figure.forest.message",
        {
            "level": level,
            "ratio": _ratio(first["odds_ratio"]),
            "low": _ratio(first["conf_low"]),
            "high": _ratio(first["conf_high"]),
        },
        language,
    )


def _row_name(row: pd.Series, language: str) -> str:
    others = [t for t in str(row["terms"]).split(" + ") if t != row["term"]]
    name = label(f"figure.term.{row['term']}", language, str(row["term"]))
    population = label(
        f"figure.population_short.{row['population']}", language, str(row["population"])
    )
    beside = "、".join(label(f"figure.term_short.{t}", language, t) for t in others)
    code = "figure.forest.with" if others else "figure.forest.alone"
    return tr(
        code,
        {
            "term": name,
            "population": population,
            "others": beside,
            "events": f"{row['events']:g}",
            "n": f"{row['n']:g}",
        },
        language,
    ).replace(" | ", "\n")


def _words(row: object, narrow: bool) -> str:
    if pd.isna(row.odds_ratio):  # type: ignore[attr-defined]
        return "NE"
    text = f"{_ratio(row.odds_ratio)} ({_ratio(row.conf_low)}–{_ratio(row.conf_high)})"  # type: ignore[attr-defined]
    return text if narrow else f"{text}, {p_text(row.p_value)}"  # type: ignore[attr-defined]


def _ratio(value: float) -> str:
    if math.isnan(value):
        return "?"
    if math.isinf(value):
        return "∞"
    return f"{value:.2f}" if value < 10 else f"{value:.0f}"


def _subtitle(rows: pd.DataFrame, level: str, language: str) -> str:
    if rows.empty:
        return ""
    return tr(
        "figure.forest.subtitle",
        {"n": f"{rows['n'].max():g}", "events": f"{rows['events'].max():g}", "level": level},
        language,
    )


def _edges(rows: pd.DataFrame) -> tuple[float, float]:
    """Ends of the axis: every finite limit, 1, and no further than NARROWEST and WIDEST."""
    values = pd.concat([rows["odds_ratio"], rows["conf_low"], rows["conf_high"]]).astype(float)
    values = values[np.isfinite(values) & (values > 0)]
    low, high = (
        min(values.min() if len(values) else 0.5, 0.8),
        max(values.max() if len(values) else 2.0, 1.25),
    )
    return max(low / 1.15, NARROWEST), min(high * 1.15, WIDEST)


def _arrows(figure: go.Figure, rows: pd.DataFrame, low: float, high: float, marker: float) -> None:
    for edge, beyond, symbol in (
        (low, rows["low"] < low, "triangle-left"),
        (high, rows["high"] > high, "triangle-right"),
    ):
        out = rows[beyond & rows["x"].notna()]
        if len(out):
            figure.add_trace(
                go.Scatter(
                    x=[edge] * len(out),
                    y=out["y"],
                    mode="markers",
                    name="arrow",
                    showlegend=False,
                    hoverinfo="skip",
                    marker={"symbol": symbol, "size": marker * 1.2, "color": look("all").colour},
                    cliponaxis=False,
                )
            )


def _axis(figure: go.Figure, page: Page, low: float, high: float) -> None:
    steps = [0.02, 0.05, 0.1, 0.2, 0.5, 0.8, 0.9, 1, 1.1, 1.25, 1.5, 2, 5, 10, 20, 50]
    few = [
        v
        for v in steps
        if low <= v <= high and (high / low < 3 or v not in (0.8, 0.9, 1.1, 1.25, 1.5))
    ]
    most = max(3, int(page.plot_width / (page.preset.text * 3)))
    while len(few) > most:
        few = [v for i, v in enumerate(few) if v == 1 or i % 2]
        most += 1
    size = page.preset
    figure.update_xaxes(
        type="log",
        range=[math.log10(low), math.log10(high)],
        tickvals=few,
        ticktext=[f"{v:g}" for v in few],
        title={
            "text": tr("figure.forest.axis", language=page.language),
            "standoff": size.text * 0.4,
        },
    )
    figure.add_shape(
        type="line",
        x0=1,
        x1=1,
        yref="paper",
        y0=0,
        y1=1,
        line={"color": size.pale, "width": size.line * 0.8, "dash": "dash"},
    )
