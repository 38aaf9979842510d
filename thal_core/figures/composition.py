"""Haemoglobin split into HbF and the rest at each visit ("mainly HbF", 2020)."""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page
from thal_core.figures.panels import SIDE, grid, lines_height, panel_title
from thal_core.figures.text import width_em
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import field_label
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

PARTS = (("hbf_mean", "hbf"), ("other_mean", "hb_other"))


def plot_composition(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Stacked bars of mean HbF and mean other haemoglobin (g/L), a panel for each phenotype, n
    under each bar.

    table: ``hb_composition``: phenotype, month, n, hbf_mean, other_mean (g/L), hbf_share_of_gain
    (0–1). ``customdata``: phenotype, month, n.
    """
    size = preset_named(preset)
    groups = [str(p) for p in dict.fromkeys(table["phenotype"])]
    groups = [g for g in groups if g != "all"] if len(groups) > 1 else groups
    rows = table[table["phenotype"].isin(groups)].sort_values("month")
    columns = max(len(groups), 1) if size.width > 400 else 1
    head, foot = lines_height(1, size.text), size.text * 4.2
    page = _page(rows, groups, size, language, selected)
    figure = go.Figure()
    lines = -(-max(len(groups), 1) // columns)
    each = page.room if size.fixed else page.usual_height * (1 if lines == 1 else 0.7)
    total = grid(figure, max(len(groups), 1), columns, page, each, head, foot)
    top = float((rows["hbf_mean"] + rows["other_mean"]).max()) * 1.06 if len(rows) else 100.0
    _panels(figure, rows, groups, columns, page, size, language)
    figure.update_yaxes(range=[0, top], nticks=6)
    figure.update_layout(barmode="stack", bargap=0.25)
    _axis_title(figure, page, size, language)
    return page.dress(figure, total)


def _panels(
    figure: go.Figure,
    rows: pd.DataFrame,
    groups: list[str],
    columns: int,
    page: Page,
    size: Preset,
    language: str,
) -> None:
    """A panel for each phenotype, its name above it."""
    for index, group in enumerate(groups):
        _panel(
            figure,
            rows[rows["phenotype"] == group],
            "" if index == 0 else str(index + 1),
            index == 0,
            page,
            (page.plot_width - size.text * SIDE * (columns - 1)) / columns,
        )
        panel_title(
            figure,
            [figure_text(label(f"figure.population.{group}", language, group))],
            "" if index == 0 else str(index + 1),
            page,
        )


def _axis_title(figure: go.Figure, page: Page, size: Preset, language: str) -> None:
    """The quantity and its unit, above the first panel."""
    figure.add_annotation(
        name="axis_title",
        text=field_label("hb_g_per_l", language),
        showarrow=False,
        borderpad=0,
        xref="paper",
        x=0,
        xanchor="left",
        xshift=page.pad - page.left,
        yref="paper",
        y=1,
        yanchor="bottom",
        yshift=lines_height(1, size.text) + size.text * 0.4,
    )


def _page(
    rows: pd.DataFrame, groups: list[str], size: Preset, language: str, selected: tuple[str, ...]
) -> Page:
    """Title, legend and caveats."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(rows, language),
        subtitle=_subtitle(rows, groups, language),
        caption=(
            tr("figure.composition.caption", language=language),
            *((tr("figure.caveat.hbf_percent", language=language),) if "TDT" in groups else ()),
        ),
        legend=tuple(tr(f"figure.composition.{part}", language=language) for _, part in PARTS),
        left=size.text * 3.2,
        right=size.text * 0.8,
        below=size.text * 4.8,
        above=2,
    )


def _panel(
    figure: go.Figure, part: pd.DataFrame, number: str, first: bool, page: Page, width: float
) -> None:
    size = page.preset
    at = list(range(len(part)))
    fits = width / max(len(part), 1) * 0.75 > width_em("100") * size.text
    for column, name in PARTS:
        style = look(name)
        figure.add_trace(
            go.Bar(
                x=at,
                y=part[column],
                name=tr(f"figure.composition.{name}", language=page.language),
                legendgroup=name,
                showlegend=first,
                xaxis=f"x{number}",
                yaxis=f"y{number}",
                customdata=part[["phenotype", "month", "n"]],
                text=[f"{v:.0f}" if fits and v >= 12 else "" for v in part[column]],
                textposition="inside",
                textangle=0,
                insidetextanchor="middle",
                constraintext="none",
                textfont={"size": size.text, "color": "#FFFFFF" if name == "hbf" else "#1F2933"},
                hovertemplate="%{customdata[1]} M: %{y:.1f} g/L "
                "(n = %{customdata[2]})<extra></extra>",
                marker={
                    "color": style.colour,
                    "pattern": {
                        "shape": style.pattern,
                        "fgcolor": "#FFFFFF",
                        "fgopacity": 0.5,
                        "size": size.text * 0.5,
                        "fillmode": "overlay",
                    },
                },
            )
        )
    _months(figure, part, at, number, page, size)


def _months(
    figure: go.Figure, part: pd.DataFrame, at: list[int], number: str, page: Page, size: Preset
) -> None:
    """Months and n below the bars."""
    ticks = [f"{m:g}<br>{n}" for m, n in zip(part["month"], part["n"], strict=True)]
    figure.update_layout(
        {
            f"xaxis{number}": {
                "range": [-0.6, max(len(part), 1) - 0.4],
                "tickvals": at,
                "ticktext": ticks,
                "showgrid": False,
                "tickangle": 0,
                "title": {
                    "text": tr("figure.composition.axis", language=page.language),
                    "standoff": size.text * 0.3,
                },
            }
        }
    )


def _gain(rows: pd.DataFrame) -> pd.Series | None:
    """The row of the largest group at its latest month that at least half of the first month's
    patients reached.
    """
    known = rows[rows["hbf_share_of_gain"].notna() & (rows["month"] > 0)]
    if known.empty:
        return None
    largest = known.loc[known["n"].idxmax(), "phenotype"]
    of_largest = known[known["phenotype"] == largest]
    return of_largest[of_largest["n"] >= of_largest["n"].max() / 2].iloc[-1]


def _title(rows: pd.DataFrame, language: str) -> str:
    row = _gain(rows)
    if row is None or not 0 <= row["hbf_share_of_gain"] <= 1:
        return tr("figure.composition.title", language=language)
    return tr(
        "figure.composition.message",
        {
            "percent": f"{row['hbf_share_of_gain'] * 100:.0f}",
            "group": row["phenotype"],
            "month": f"{row['month']:g}",
        },
        language,
    )


def _subtitle(rows: pd.DataFrame, groups: list[str], language: str) -> str:
    most = rows.groupby("phenotype")["n"].max()
    counts = [f"{label(f'figure.population.{g}', language, g)} n = {int(most[g])}" for g in groups]
    return (
        tr("figure.trajectory.subtitle", {"counts": " · ".join(counts)}, language) if counts else ""
    )
