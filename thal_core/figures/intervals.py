"""Rows of points with intervals and their numbers beside them: adverse events, iron, clinical
features.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page, add_notes, label_lines, row_label, share
from thal_core.figures.text import percent, width_em
from thal_core.figures.theme import Look, Preset, look, preset_named
from thal_core.rules.catalogue import event_label
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

ANY_GRADE = ("all", "any", "")
MOST_ON_SLIDE = 12  # rows


def add_intervals(
    figure: go.Figure,
    page: Page,
    rows: pd.DataFrame,
    style: Look,
    *,
    name: str,
    symbol: str = "",
    colour: str = "",
    listed: bool = False,
    grow: float = 1.2,
) -> None:
    """One trace of horizontal intervals. rows: x, low, high, y, words, and ``key`` (kept as
    customdata).
    """
    size, colour = page.preset, colour or style.colour
    figure.add_trace(
        go.Scatter(
            x=rows["x"],
            y=rows["y"],
            mode="markers",
            name=name,
            showlegend=listed,
            legendgroup=name,
            cliponaxis=False,
            customdata=rows[["key"]],
            hovertext=[figure_text(words) for words in rows["words"]],
            hovertemplate="%{hovertext}<extra>" + figure_text(name) + "</extra>",
            marker={
                "symbol": symbol or style.symbol,
                "color": colour,
                "size": size.marker * grow,
                "line": {"color": colour, "width": size.line},
            },
            error_x=_ends(rows, colour, size),
        )
    )


def _ends(rows: pd.DataFrame, colour: str, size: Preset) -> dict[str, object]:
    """The interval as plotly's error bar."""
    return {
        "type": "data",
        "symmetric": False,
        "array": rows["high"] - rows["x"],
        "arrayminus": rows["x"] - rows["low"],
        "color": colour,
        "thickness": size.line * 0.9,
        "width": size.marker * 0.4,
    }


def add_words(figure: go.Figure, page: Page, at: Sequence[float], words: Sequence[str]) -> None:
    """The numbers of each row, in the margin on the right."""
    add_notes(
        figure,
        [
            {
                "name": "n",
                "text": figure_text(text),
                "showarrow": False,
                "borderpad": 0,
                "xref": "paper",
                "x": 1,
                "xanchor": "left",
                "xshift": page.preset.text * 0.6,
                "yref": "y",
                "y": y,
                "yanchor": "middle",
                "font": {"size": page.preset.text},
            }
            for y, text in zip(at, words, strict=True)
        ],
    )


def words_width(words: Sequence[str], text: float) -> float:
    """px of the margin that add_words needs."""
    return max((width_em(w) for w in words), default=0.0) * text + text * 1.4


def rows_axis(figure: go.Figure, labels: Sequence[str], page: Page) -> None:
    """A labelled row each, the first on top, thin lines between. Labels are finished tick texts."""
    figure.update_yaxes(
        range=[max(len(labels), 1) - 0.45, -0.55],
        tickvals=list(range(len(labels))),
        ticktext=list(labels),
        ticks="",
        ticklabelstandoff=round(page.preset.text * 0.3),
        showline=False,
        showgrid=False,
    )
    figure.layout.shapes += tuple(
        {
            "type": "line",
            "xref": "paper",
            "x0": 0,
            "x1": 1,
            "y0": index - 0.5,
            "y1": index - 0.5,
            "layer": "below",
            "line": {"color": page.preset.grid, "width": 0.7},
        }
        for index in range(1, len(labels))
    )


def percent_axis(figure: go.Figure, page: Page, title: str, high: float = 100.0) -> None:
    """0 to ``high`` per cent with room for whole markers at both ends."""
    figure.update_xaxes(
        range=[-0.03 * high, 1.03 * high],
        dtick=25 if high > 60 else 10 if high > 25 else 5,
        title={"text": title, "standoff": page.preset.text * 0.4},
    )


def share_words(n: float, total: float, value: float, low: float, high: float, narrow: bool) -> str:
    """``4/52 · 8 % (3–18)``; without the interval where the page is narrow."""
    of = f"{n:g}/{total:g}"
    if pd.isna(value):
        return of
    if narrow:
        return f"{of} ({percent(value, total)} %)"
    return f"{of} · {percent(value, total)} % ({percent(low, total)}–{percent(high, total)})"


def fitting(count: int, page: Page, least: float) -> tuple[int, Page]:
    """How many rows a page can hold at ``least`` px each; the caption says how many of how many."""
    if count * least <= page.room:
        return count, page
    trial = page.saying(tr("figure.rows_left_out", {"shown": count, "n": count}, page.language))
    shown = max(1, int(trial.room // least))
    return shown, page.saying(
        tr("figure.rows_left_out", {"shown": shown, "n": count}, page.language)
    )


def plot_adverse_events(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Patients with each event, of everyone who took a dose, commonest first.

    table: ``adverse_events``: event, grade, n_patients, total, percent, conf_low, conf_high
    (percent). Rows of any grade (``all``) are drawn where there are such, else each grade has its
    row.
    """
    over_all = table["grade"].astype("str").fillna("").isin(ANY_GRADE) | table["grade"].isna()
    rows = (table[over_all] if over_all.any() else table).sort_values(
        ["percent", "event"], ascending=[False, True]
    )
    names = [_event_name(r, language) for r in rows.itertuples()]
    total = f"{rows['total'].max():g}" if len(rows) else "0"
    return plot_proportions(
        rows.rename(columns={"n_patients": "n"}),
        names,
        [look("event")] * len(rows),
        language,
        preset,
        title=tr("figure.events.title", language=language),
        axis=tr("figure.rates.axis", language=language),
        subtitle=tr("figure.events.subtitle", {"n": total}, language),
        caption=(
            tr("figure.interval.wilson", language=language),
            tr("figure.events.caption", language=language),
        ),
        selected=selected,
    )


def _event_name(row: object, language: str) -> str:
    name = event_label(str(row.event), language)  # type: ignore[attr-defined]
    grade = "" if pd.isna(row.grade) else str(row.grade)  # type: ignore[attr-defined]
    return (
        name
        if grade in ANY_GRADE
        else tr("figure.events.grade", {"event": name, "grade": grade}, language)
    )


def plot_iron_response(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Patients whose ferritin fell below baseline, by visit and phenotype; all patients alone where
    a slide is short of room.

    table: ``iron_response``: phenotype, month, n, n_fell, percent, conf_low, conf_high (percent).
    """
    caption = [
        tr("figure.interval.wilson", language=language),
        tr("figure.iron.caption", language=language),
    ]
    if (
        preset_named(preset).fixed
        and len(table) > MOST_ON_SLIDE
        and (table["phenotype"] == "all").any()
    ):
        table = table[table["phenotype"] == "all"]
        caption.append(tr("figure.iron.all_alone", language=language))
    names = [
        f"{label(f'figure.population.{r.phenotype}', language, r.phenotype)}, "
        f"{tr('figure.month_n', {'month': f'{r.month:g}'}, language)}"
        for r in table.itertuples()
    ]
    rows = table.rename(columns={"n": "total"}).rename(columns={"n_fell": "n"})
    return plot_proportions(
        rows,
        names,
        [look(p) for p in rows["phenotype"]],
        language,
        preset,
        title=tr("figure.iron.title", language=language),
        axis=tr("figure.rates.axis", language=language),
        subtitle=tr("figure.iron.subtitle", language=language),
        caption=tuple(caption),
        selected=selected,
    )


def plot_clinical_features(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Patients in whom a clinical feature improved. table: ``clinical_features``: feature, n,
    total, percent, conf_*.
    """
    return plot_proportions(
        table,
        [label(f"feature.{f}", language, str(f).replace("_", " ")) for f in table["feature"]],
        [look("all")] * len(table),
        language,
        preset,
        title=tr("figure.features.title", language=language),
        axis=tr("figure.rates.axis", language=language),
        subtitle="",
        caption=(tr("figure.interval.wilson", language=language),),
        selected=selected,
    )


def plot_proportions(
    rows: pd.DataFrame,
    names: Sequence[str],
    styles: Sequence[Look],
    language: str,
    preset: str,
    *,
    title: str,
    subtitle: str,
    axis: str,
    caption: tuple[str, ...],
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """One row a proportion. rows: n, total, percent, conf_low, conf_high (percent); names and
    styles: one a row.
    """
    size = preset_named(preset)
    words = [
        share_words(r.n, r.total, r.percent, r.conf_low, r.conf_high, size.width < 400)
        for r in rows.itertuples()
    ]
    page = Page(
        size,
        language,
        selected=selected,
        title=title,
        subtitle=subtitle,
        caption=caption,
        left=share(size.width, names, size),
        right=words_width(words, size.text),
        below=size.text * 3.6,
        above=0,
    )
    shown, page = fitting(len(rows), page, size.text * 1.2)
    drawn = _drawn(rows, shown, words, names)
    figure = go.Figure()
    for style in dict.fromkeys(styles[:shown]):
        add_intervals(figure, page, drawn[[s == style for s in styles[:shown]]], style, name=axis)
    add_words(figure, page, list(drawn["y"]), list(drawn["words"]))
    height = _proportion_names(figure, drawn, names, shown, page, size)
    high = drawn["high"].max() if len(drawn) and drawn["high"].notna().any() else 100.0
    percent_axis(figure, page, axis, 100.0 if high > 50 else max(10.0, float(high)))
    return page.dress(figure, height)


def _proportion_names(
    figure: go.Figure,
    drawn: pd.DataFrame,
    names: Sequence[str],
    shown: int,
    page: Page,
    size: Preset,
) -> float:
    """The names of the rows, left of them; gives the height the rows need."""
    height = (
        len(drawn)
        * size.row
        * (2.4 if any(len(label_lines(n, page.left, size)) > 1 for n in names[:shown]) else 1.5)
    )
    room = (page.room if size.fixed else height) / max(shown, 1)
    rows_axis(
        figure,
        [row_label(n, page.left, size, 2 if room > 2.4 * size.text else 1) for n in names[:shown]],
        page,
    )
    return height


def _drawn(rows: pd.DataFrame, shown: int, words: list[str], names: Sequence[str]) -> pd.DataFrame:
    """The rows that are drawn, as ``add_intervals`` takes them."""
    return pd.DataFrame(
        {
            "x": rows["percent"],
            "low": rows["conf_low"],
            "high": rows["conf_high"],
            "y": range(len(rows)),
            "words": words,
            "key": list(names),
        }
    ).head(shown)
