"""Before and after treatment, a small panel for each quantity: means ± SD and the interval of the
paired difference.
"""

from __future__ import annotations

from typing import Any

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page
from thal_core.figures.panels import SIDE, grid, lines_height, panel_title, wrapped
from thal_core.figures.text import rounded, shorten
from thal_core.figures.theme import Look, Preset, look, looks, preset_named
from thal_core.figures.trajectory import plain_name
from thal_core.rules.catalogue import field_label
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

MOST_ON_SLIDE = 3
MOST_NAMED = 8


def plot_paired(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    month: float | None = None,
    analytes: tuple[str, ...] = (),
) -> go.Figure:
    """Panels of one month, in the table's order of analytes.

    month: by default the latest at which some quantity has at least 80 % of its largest n.

    table: ``labs_before_after``: analyte, phenotype, month, n, before_mean, before_sd, after_mean,
    after_sd, mean_diff, conf_low, conf_high, method. The paired t row gives the interval where
    there is one. Units: the analyte's. ``customdata``: analyte, phenotype, n. A slide holds three
    panels; the caption names the others.
    """
    size = preset_named(preset)
    rows = _rows(table, month, analytes)
    names = list(dict.fromkeys(rows["analyte"]))
    shown = (
        names[:MOST_ON_SLIDE] if size.fixed else names[: _most(size, rows["phenotype"].nunique())]
    )
    phenotypes = [str(p) for p in dict.fromkeys(rows["phenotype"])]
    month = float(rows["month"].iloc[0]) if len(rows) else 0.0
    columns = 2 if size.width < 500 else 3
    columns = min(columns, max(len(shown), 1))
    head = lines_height(2 + len(phenotypes), size.text)
    page = _page(rows, names, phenotypes, month, shown, size, language, selected)
    figure = go.Figure()
    lines = -(-max(len(shown), 1) // columns)
    foot = size.text * 3.6
    each = (page.room - (lines - 1) * (head + foot)) / lines if size.fixed else size.text * 6.5
    total = grid(figure, max(len(shown), 1), columns, page, each, head, foot)
    width = (page.plot_width - size.text * SIDE * (columns - 1)) / columns
    for index, analyte in enumerate(shown):
        number = "" if index == 0 else str(index + 1)
        of_analyte = rows[rows["analyte"] == analyte]
        _panel(figure, of_analyte, phenotypes, number, page, first=index == 0)
        panel_title(figure, _heading(of_analyte, analyte, width, page), number, page)
    return page.dress(figure, total)


def _page(
    rows: pd.DataFrame,
    names: list[str],
    phenotypes: list[str],
    month: float,
    shown: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and the names of what a slide leaves out."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr("figure.paired.title", {"month": f"{month:g}"}, language),
        subtitle=tr("figure.paired.subtitle", {"n": _n(rows)}, language),
        caption=_caption(names[len(shown) :], language),
        legend=tuple(label(f"figure.population.{p}", language, p) for p in phenotypes)
        if len(phenotypes) > 1
        else (),
        left=size.text * SIDE,
        right=size.text * 0.8,
        below=size.text * 3.4,
        above=2 + len(phenotypes),
    )


def _most(size: Preset, groups: int) -> int:
    """How many panels the tallest page of a preset holds."""
    each = size.text * 6.5 + lines_height(2 + groups, size.text) + size.text * 3.6
    return max(1, int((size.tallest - size.text * 16) // each)) * (2 if size.width < 500 else 3)


def _rows(table: pd.DataFrame, month: float | None, analytes: tuple[str, ...]) -> pd.DataFrame:
    rows = table[table["phenotype"] != "all"] if (table["phenotype"] != "all").any() else table
    rows = rows[rows["before_mean"].notna() & rows["after_mean"].notna()]
    if analytes:
        rows = rows[rows["analyte"].isin(analytes)]
    if month is None and len(rows):
        most = rows.groupby("month")["n"].max()
        month = float(most.index[most >= 0.8 * most.max()].max())
    rows = rows[rows["month"] == month]
    paired_first = rows.assign(rank=(rows["method"] != "paired_t").astype(int)).sort_values(
        "rank", kind="stable"
    )
    keep = paired_first.drop_duplicates(["analyte", "phenotype"]).index
    return rows.loc[rows.index.isin(keep)]


def _panel(
    figure: go.Figure,
    of_analyte: pd.DataFrame,
    phenotypes: list[str],
    number: str,
    page: Page,
    first: bool,
) -> None:
    size, style = page.preset, looks(phenotypes)
    _phenotype_lines(figure, of_analyte, phenotypes, first, number, style, page, size)
    _panel_axis(figure, of_analyte, number, page, size)


def _phenotype_lines(
    figure: go.Figure,
    of_analyte: pd.DataFrame,
    phenotypes: list[str],
    first: bool,
    number: str,
    style: dict[str, Look],
    page: Page,
    size: Preset,
) -> None:
    """Mean and SD before and after of each phenotype, and its line in the key."""
    for place, phenotype in enumerate(phenotypes):
        aside = (place - (len(phenotypes) - 1) / 2) * 0.09
        name = label(f"figure.population.{phenotype}", page.language, figure_text(phenotype))
        for row in of_analyte[of_analyte["phenotype"] == phenotype].itertuples():
            figure.add_trace(_before_after(row, aside, name, number, style[phenotype], size))
        if first:
            _key(figure, name, phenotype, page)


def _before_after(
    row: Any, aside: float, name: str, number: str, style: Look, size: Preset
) -> go.Scatter:
    """The line of one phenotype from its mean before to its mean after, each with its SD."""
    key = [row.analyte, row.phenotype, row.n]
    return go.Scatter(
        x=[aside, 1 + aside],
        y=[row.before_mean, row.after_mean],
        mode="lines+markers",
        name=name,
        legendgroup=row.phenotype,
        showlegend=False,
        xaxis=f"x{number}",
        yaxis=f"y{number}",
        customdata=[key, key],
        hovertemplate=f"{name} (n = {row.n}): %{{y:.4g}}<extra></extra>",
        line={"color": style.colour, "width": size.line, "dash": style.dash},
        marker={"symbol": style.symbol, "size": size.marker * 0.9, "color": style.colour},
        error_y={
            "type": "data",
            "array": [row.before_sd, row.after_sd],
            "color": style.colour,
            "thickness": size.line * 0.6,
            "width": size.marker * 0.3,
        },
    )


def _panel_axis(
    figure: go.Figure, of_analyte: pd.DataFrame, number: str, page: Page, size: Preset
) -> None:
    """Before and after, and n below them."""
    ticks = [
        tr("figure.paired.before", language=page.language),
        tr("figure.paired.after", language=page.language),
    ]
    figure.update_layout(
        {
            f"xaxis{number}": {
                "range": [-0.4, 1.4],
                "tickvals": [0, 1],
                "ticktext": ticks,
                "showgrid": False,
                "title": {
                    "text": "n = " + ", ".join(str(n) for n in of_analyte["n"]),
                    "standoff": size.text * 0.2,
                },
            },
            f"yaxis{number}": {"nticks": 4},
        }
    )


def _key(figure: go.Figure, name: str, phenotype: str, page: Page) -> None:
    style = looks([phenotype])[phenotype]
    figure.add_trace(
        go.Scatter(
            x=[None],
            y=[None],
            mode="lines+markers",
            name=name,
            legendgroup=phenotype,
            hoverinfo="skip",
            line={"color": style.colour, "width": page.preset.line, "dash": style.dash},
            marker={
                "symbol": style.symbol,
                "color": style.colour,
                "size": page.preset.marker * 0.9,
            },
        )
    )


def _heading(of_analyte: pd.DataFrame, analyte: str, width: float, page: Page) -> list[str]:
    """The quantity in bold, then for each group the mean change with its interval and n."""
    text = page.preset.text
    name = wrapped(field_label(analyte, page.language), width, text * 1.08)
    lines = [f"<b>{line}</b>" for line in name[:2]]
    for row in of_analyte.itertuples():
        words = _change(row, page.language)
        colour = (
            look(row.phenotype).colour
            if row.phenotype in ("TDT", "NTDT", "all")
            else page.preset.ink
        )
        shown = figure_text(shorten(words, width / text - 1.2))
        lines.append(f"<span style='color:{colour}'>■</span> {shown}")
    return lines


def _change(row: object, language: str) -> str:
    digits = 0 if abs(row.mean_diff) >= 20 else 1 if abs(row.mean_diff) >= 1 else 2  # type: ignore[attr-defined]
    low, mean, high = (rounded(v, digits) for v in (row.conf_low, row.mean_diff, row.conf_high))  # type: ignore[attr-defined]
    sign = "+" if row.mean_diff > 0 else ""  # type: ignore[attr-defined]
    if pd.isna(row.conf_low):  # type: ignore[attr-defined]
        return sign + mean
    return tr("figure.paired.change", {"diff": sign + mean, "low": low, "high": high}, language)


def _n(rows: pd.DataFrame) -> str:
    if rows.empty:
        return "0"
    low, high = int(rows["n"].min()), int(rows["n"].max())
    return str(low) if low == high else f"{low}–{high}"


def _caption(left_out: list[str], language: str) -> tuple[str, ...]:
    sentences = [tr("figure.paired.caption", language=language)]
    if len(left_out) > MOST_NAMED:
        sentences.append(tr("figure.paired.many_left_out", {"n": len(left_out)}, language))
    elif left_out:
        sentences.append(
            tr(
                "figure.paired.left_out",
                {"names": [plain_name(a, language) for a in left_out]},
                language,
            )
        )
    return tuple(sentences)
