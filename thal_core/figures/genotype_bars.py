"""Haemoglobin and response by genotype (2024 Fig. 2 and Table 1). A genotype of fewer than three
patients is greyed.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import chain, repeat

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import (
    add_intervals,
    add_words,
    fitting,
    percent_axis,
    rows_axis,
    share_words,
    words_width,
)
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.printed_marks import add_printed, printed_caption, printed_name
from thal_core.figures.theme import Look, Preset, look, looks, preset_named
from thal_core.rules.catalogue import class_title, field_label
from thal_core.words import tr
from thal_core.words.escape import figure_text

FEWEST = 3  # patients below which a genotype is greyed and hollow
GREY, GREY_TEXT = "rgba(128,138,150,0.65)", "#808A96"
SHOWN_MONTHS = (0, 1, 3, 6)


def plot_genotype_bars(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    phenotype: str = "all",
    months: Sequence[float] = SHOWN_MONTHS,
    interval: str = "sd",
    published: pd.DataFrame | None = None,
) -> go.Figure:
    """Mean Hb at each visit, one row a genotype, most patients first, ± SD as lines.

    table: ``hb_by_genotype``: genotype, phenotype, month, n, mean, sd (g/L). interval: ``sd`` or
    ``none``. The n in a row's label is that of the earliest month drawn; ``customdata``: genotype,
    month, n. Rows that a page cannot hold are counted in the caption. published: printed means of
    the same genotypes and months (``analyses.overlay.printed_over``), hollow and pale beside the
    cohort's.
    """
    size = preset_named(preset)
    rows = table[
        (table["phenotype"] == phenotype) & table["month"].isin(months) & table["mean"].notna()
    ]
    months = sorted(rows["month"].unique())
    order = _order(rows)
    labels = [f"{genotype} (n = {n})" for genotype, n in order.items()]
    left = share(size.width, labels, size, 0.45)
    printed = _papers(published, order, months, language)
    page = _bars_page(left, printed, order, interval, phenotype, months, size, language, selected)
    order, page = _page_of(order, page)
    figure = go.Figure()
    marker = min(size.marker, page.room / max(len(order), 1) * 0.3)
    for index, month in enumerate(months):
        aside = _aside(index, len(months))
        _month(figure, rows[rows["month"] == month], order, month, aside, interval, page, marker)
    for name, rows_of_paper in printed.items():
        _printed_means(figure, rows_of_paper, name, order, months, page)
    rows_axis(figure, [_row_text(g, n, left, size) for g, n in order.items()], page)
    figure.update_xaxes(
        title={"text": field_label("hb_g_per_l", language), "standoff": size.text * 0.4}, nticks=7
    )
    return page.dress(figure, max(len(order), 1) * size.row * 2.2)


def _bars_page(
    left: float,
    printed: dict[str, pd.DataFrame],
    order: dict[str, int],
    interval: str,
    phenotype: str,
    months: Sequence[float],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend, caption and the room for names."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr("figure.genotype.hb_title", language=language),
        subtitle=tr(
            "figure.genotype.subtitle",
            {"genotypes": len(order), "n": int(sum(order.values()))},
            language,
        ),
        caption=(
            *_caption(order, interval, phenotype, language),
            *(
                printed_caption("overlay.caption_genotype", pd.concat(printed.values()), language)
                if printed
                else []
            ),
        ),
        legend=(*(_month_name(m, language) for m in months), *printed),
        left=left,
        right=size.text * 1.2,
        below=size.text * 3.6,
        above=0,
    )


def _aside(index: int, count: int) -> float:
    """How far a visit stands from the middle of its genotype's row."""
    return (index - (count - 1) / 2) * 0.19


def _papers(
    published: pd.DataFrame | None, order: dict[str, int], months: Sequence[float], language: str
) -> dict[str, pd.DataFrame]:
    """The printed means of the genotypes and visits drawn, by the name of each paper in the legend.

    n in that name is the sum over its genotypes.
    """
    if published is None:
        return {}
    shown = published[published["genotype"].isin(list(order)) & published["month"].isin(months)]
    return {
        printed_name(
            of_paper.assign(n=of_paper.drop_duplicates("genotype")["n"].sum()), "", language
        ): of_paper
        for _, of_paper in shown.groupby("paper", sort=False)
    }


def _printed_means(
    figure: go.Figure,
    rows: pd.DataFrame,
    name: str,
    order: dict[str, int],
    months: Sequence[float],
    page: Page,
) -> None:
    """One curve a genotype, joined through its visits, so that it reads as a shape beside the
    cohort's points.
    """
    place, visit = {g: i for i, g in enumerate(order)}, {month: i for i, month in enumerate(months)}
    rows = rows[rows["genotype"].isin(list(order))].sort_values("month")
    for first, (genotype, of_genotype) in zip(
        chain([True], repeat(False)), rows.groupby("genotype", sort=False)
    ):
        y = [place[genotype] + _aside(visit[month], len(months)) for month in of_genotype["month"]]
        add_printed(
            figure,
            of_genotype,
            of_genotype["value"],
            y,
            name,
            look("all"),
            page.preset,
            page.language,
            symbol="circle",
            listed=first,
        )


def _order(rows: pd.DataFrame) -> dict[str, int]:
    """Genotypes, most patients first, with their n at the earliest month."""
    first = (
        rows.sort_values("month")
        .drop_duplicates("genotype")
        .sort_values(["n", "genotype"], ascending=[False, True])
    )
    return {str(g): int(n) for g, n in zip(first["genotype"], first["n"], strict=True)}


def _page_of(order: dict[str, int], page: Page) -> tuple[dict[str, int], Page]:
    shown, page = fitting(len(order), page, page.preset.text * 1.2)
    return dict(list(order.items())[:shown]), page


def _month(
    figure: go.Figure,
    rows: pd.DataFrame,
    order: dict[str, int],
    month: float,
    aside: float,
    interval: str,
    page: Page,
    marker: float,
) -> None:
    size, place = page.preset, {genotype: index for index, genotype in enumerate(order)}
    rows = rows[rows["genotype"].isin(list(order))]
    style = looks([f"month.{month:g}"])[f"month.{month:g}"]
    for few in (False, True):
        part = rows[(rows["n"] < FEWEST) == few]
        colour = GREY if few else style.colour
        symbol = style.symbol.removesuffix("-open") + ("-open" if few else "")
        figure.add_trace(
            go.Scatter(
                x=part["mean"],
                y=[place[g] + aside for g in part["genotype"]],
                mode="markers",
                showlegend=False,
                name=_month_name(month, page.language),
                customdata=part[["genotype", "month", "n"]],
                hovertext=[figure_text(g) for g in part["genotype"]],
                marker={
                    "symbol": symbol,
                    "color": colour,
                    "size": marker,
                    "line": {"color": colour, "width": size.line * 0.7},
                },
                error_x=_sd(part, colour, interval, size),
                hovertemplate="%{hovertext}<br>%{customdata[1]} M: %{x:.1f} "
                "(n = %{customdata[2]})<extra></extra>",
            )
        )
    _month_key(figure, month, marker, style, page)


def _sd(part: pd.DataFrame, colour: str, interval: str, size: Preset) -> dict[str, object]:
    """The SD as plotly's error bar."""
    return {
        "type": "data",
        "array": part["sd"],
        "color": colour,
        "thickness": size.line * 0.6,
        "width": 0,
        "visible": interval == "sd",
    }


def _month_key(figure: go.Figure, month: float, marker: float, style: Look, page: Page) -> None:
    """The month in the legend: filled, whatever the n."""
    figure.add_trace(
        go.Scatter(
            x=[None],
            y=[None],
            mode="markers",
            name=_month_name(month, page.language),
            hoverinfo="skip",
            marker={
                "symbol": style.symbol.removesuffix("-open"),
                "color": style.colour,
                "size": marker,
            },
        )
    )


def _month_name(month: float, language: str) -> str:
    return tr("figure.month_n", {"month": f"{month:g}"}, language)


def _row_text(genotype: str, n: int, left: float, size: Preset) -> str:
    text = row_label(f"{genotype} (n = {n})", left, size)
    return f"<span style='color:{GREY_TEXT}'>{text}</span>" if n < FEWEST else text


def _caption(
    order: dict[str, int], interval: str, phenotype: str, language: str, level: str = ""
) -> tuple[str, ...]:
    sentences = [tr(f"figure.genotype.{interval}", {"level": level}, language)]
    if any(n < FEWEST for n in order.values()):
        sentences.append(tr("figure.genotype.few", language=language))
    if phenotype != "NTDT":
        sentences.append(tr("figure.caveat.hb_g_per_l", language=language))
    return tuple(sentences)


def plot_genotype_response(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    level: str = "MaR",
) -> go.Figure:
    """The best class in percent of evaluable patients with its Wilson interval, one row a genotype,
    mar/total beside each.

    table: ``genotype_response``: genotype, total, mar, percent_mar, conf_low, conf_high (percent);
    and, below each raw rate where there is one, pooled_percent, pooled_low, pooled_high. level: the
    class that ``mar`` counts.
    """
    size = preset_named(preset)
    rows = table.sort_values(["total", "genotype"], ascending=[False, True])
    order = {str(g): int(n) for g, n in zip(rows["genotype"], rows["total"], strict=True)}
    words = [
        share_words(r.mar, r.total, r.percent_mar, 0, 0, narrow=True) for r in rows.itertuples()
    ]
    left = share(size.width, [f"{g} (n = {n})" for g, n in order.items()], size, 0.45)
    page = _response_page(rows, left, words, level, order, size, language, selected)
    order, page = _page_of(order, page)
    drawn = _response_rows(rows, order, words)
    figure = go.Figure()
    add_intervals(figure, page, drawn[~drawn["few"]], look(level), name=level)
    add_intervals(
        figure,
        page,
        drawn[drawn["few"]],
        look(level),
        name=level,
        symbol="circle-open",
        colour=GREY,
    )
    if _pooled_caption(rows, language):
        _add_pooled(figure, rows.head(len(order)), page)
    add_words(figure, page, list(drawn["y"]), words[: len(order)])
    rows_axis(figure, [_row_text(g, n, left, size) for g, n in order.items()], page)
    percent_axis(figure, page, tr("figure.genotype.response_axis", {"level": level}, language))
    return page.dress(figure, max(len(order), 1) * size.row * 1.5)


def _response_rows(rows: pd.DataFrame, order: dict[str, int], words: list[str]) -> pd.DataFrame:
    """The rows as ``add_intervals`` takes them, those of few patients marked."""
    return pd.DataFrame(
        {
            "x": rows["percent_mar"],
            "low": rows["conf_low"],
            "high": rows["conf_high"],
            "y": range(len(rows)),
            "words": [f"{g}: {w}" for g, w in zip(rows["genotype"], words, strict=True)],
            "key": rows["genotype"],
            "few": rows["total"] < FEWEST,
        }
    ).head(len(order))


def _response_page(
    rows: pd.DataFrame,
    left: float,
    words: list[str],
    level: str,
    order: dict[str, int],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, caption and the room for names and words."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr(
            "figure.genotype.response_title", {"word": class_title(level, language)}, language
        ),
        subtitle=tr(
            "figure.genotype.subtitle",
            {"genotypes": len(order), "n": sum(order.values())},
            language,
        ),
        caption=(
            tr("figure.interval.wilson", language=language),
            *_pooled_caption(rows, language),
            *_caption(order, "response", "NTDT", language, level),
        ),
        left=left,
        right=words_width(words, size.text),
        below=size.text * 3.6,
        above=0,
    )


def _pooled_caption(rows: pd.DataFrame, language: str) -> tuple[str, ...]:
    known = "pooled_percent" in rows and rows["pooled_percent"].notna().any()
    return (tr("figure.genotype.pooled", language=language),) if known else ()


def _add_pooled(figure: go.Figure, rows: pd.DataFrame, page: Page) -> None:
    """The partially pooled rates, a small diamond under each raw one."""
    drawn = pd.DataFrame(
        {
            "x": rows["pooled_percent"],
            "low": rows["pooled_low"],
            "high": rows["pooled_high"],
            "y": [place + 0.28 for place in range(len(rows))],
            "key": rows["genotype"],
            "words": [
                f"{r.genotype}: {r.pooled_percent:.0f} % ({r.pooled_low:.0f}–{r.pooled_high:.0f})"
                for r in rows.itertuples()
            ],
        }
    ).dropna(subset=["x"])
    add_intervals(
        figure,
        page,
        drawn,
        look("all"),
        name="pooled",
        symbol="diamond",
        colour=GREY_TEXT,
        grow=0.7,
    )
