"""Haemoglobin gain against baseline HbF (2024 Fig. 3): each patient, the line with its band, r, P
and n as tabled.
"""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.headline import NOT_SHOWN, OPPOSITE, headline
from thal_core.figures.page import Page
from thal_core.figures.text import p_text, rounded
from thal_core.figures.theme import Look, Preset, look, looks, preset_named
from thal_core.words import label, tr
from thal_core.words.escape import figure_text


def plot_scatter(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    points: pd.DataFrame | None = None,
    bands: Mapping[str, pd.DataFrame] | None = None,
    populations: tuple[str, ...] = ("all",),
    apart: tuple[float, float] = (math.nan, math.nan),
) -> go.Figure:
    """Points by phenotype with the regression line of each of ``populations``.

    table: ``hb_gain_vs_hbf``: population, month, n, r, p_value, slope (g/L per 1 %), intercept
    (g/L). Every population's r, P and n stand in the subtitle. points: index patient_id; hbf
    (percent, month 0), gain (g/L), phenotype. ``customdata``: patient_id. bands: population → x,
    conf_low, conf_high: the 95 % interval of its line (g/L), see stats.association.line_band.
    apart: 95 % interval of the difference between the slopes of NTDT and TDT (g/L per 1 %).
    """
    size = preset_named(preset)
    points = pd.DataFrame(columns=["hbf", "gain", "phenotype"]) if points is None else points
    points = points.dropna(subset=["hbf", "gain"])
    phenotypes = [str(p) for p in sorted(points["phenotype"].fillna("all").unique())]
    month = f"{table['month'].iloc[0]:g}" if len(table) else "6"
    page = _page(table, apart, month, bands, phenotypes, size, language, selected)
    figure = go.Figure()
    for population in populations:
        _line(figure, table, points, (bands or {}).get(population), population, size)
    _points(figure, points, phenotypes, size, language)
    figure.update_xaxes(
        title={"text": tr("figure.scatter.x", language=language), "standoff": size.text * 0.4},
        nticks=8,
    )
    figure.update_yaxes(
        nticks=7, zeroline=True, zerolinecolor=size.pale, zerolinewidth=size.line * 0.5
    )
    page.axis_title(
        figure, tr("figure.scatter.y", {"month": month}, language), indent=page.pad - page.left
    )
    return page.dress(figure)


def _page(
    table: pd.DataFrame,
    apart: tuple[float, float],
    month: str,
    bands: Mapping[str, pd.DataFrame] | None,
    phenotypes: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and caveat."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(table, apart, month, language),
        subtitle=_subtitle(table, language),
        caption=(
            tr("figure.scatter.caption" if bands else "figure.scatter.line", language=language),
            tr("figure.caveat.hbf_percent", language=language),
        ),
        legend=tuple(label(f"figure.population.{p}", language, p) for p in phenotypes),
        left=size.text * 3.0,
        right=size.text * 1.2,
        below=size.text * 3.6,
    )


def _points(
    figure: go.Figure, points: pd.DataFrame, phenotypes: list[str], size: Preset, language: str
) -> None:
    style = looks(phenotypes)
    for phenotype in phenotypes:
        part = points[points["phenotype"].fillna("all") == phenotype]
        colour = style[phenotype].colour
        figure.add_trace(
            go.Scatter(
                x=part["hbf"],
                y=part["gain"],
                mode="markers",
                cliponaxis=False,
                name=label(f"figure.population.{phenotype}", language, figure_text(phenotype)),
                customdata=[[i] for i in part.index],
                hovertext=[figure_text(i) for i in part.index],
                hovertemplate="%{hovertext}<br>HbF %{x:.1f} %, %{y:+.0f} g/L<extra></extra>",
                marker={
                    "symbol": style[phenotype].symbol,
                    "size": size.marker * 1.2,
                    "color": colour,
                    "opacity": 0.85,
                    "line": {"color": colour, "width": 0.5},
                },
            )
        )


def _line(
    figure: go.Figure,
    table: pd.DataFrame,
    points: pd.DataFrame,
    band: pd.DataFrame | None,
    population: str,
    size: Preset,
) -> None:
    fit = table[table["population"] == population]
    of = points if population == "all" else points[points["phenotype"] == population]
    if fit.empty or of.empty or pd.isna(fit["slope"].iloc[0]):
        return
    style = look(population)
    _band(figure, band, style, population)
    ends = [float(of["hbf"].min()), float(of["hbf"].max())]
    slope, intercept = float(fit["slope"].iloc[0]), float(fit["intercept"].iloc[0])
    figure.add_trace(
        go.Scatter(
            x=ends,
            y=[intercept + slope * x for x in ends],
            mode="lines",
            hoverinfo="skip",
            showlegend=False,
            name=f"line_{population}",
            line={
                "color": style.colour,
                "width": size.line,
                "dash": style.dash if population != "all" else "solid",
            },
        )
    )


def _band(figure: go.Figure, band: pd.DataFrame | None, style: Look, population: str) -> None:
    """The interval of the line."""
    if band is not None and band["conf_low"].notna().any():
        part = band.dropna().sort_values("x")
        figure.add_trace(
            go.Scatter(
                x=[*part["x"], *part["x"][::-1]],
                y=[*part["conf_high"], *part["conf_low"][::-1]],
                fill="toself",
                fillcolor=style.faint(),
                line={"width": 0},
                mode="lines",
                hoverinfo="skip",
                showlegend=False,
                name=f"band_{population}",
            )
        )


def _subtitle(table: pd.DataFrame, language: str) -> str:
    sentences = []
    for row in table.itertuples():
        name = label(f"figure.population.{row.population}", language, row.population)
        if pd.isna(row.r):
            sentences.append(f"{name}: n = {row.n}")
        else:
            sentences.append(f"{name}: r = {rounded(row.r, 2)}, {p_text(row.p_value)}, n = {row.n}")
    return " · ".join(sentences)


def _title(table: pd.DataFrame, apart: tuple[float, float], month: str, language: str) -> str:
    """A pooled slope that the phenotypes do not show is no message."""
    rows = pd.DataFrame(
        {
            "population": table["population"],
            "estimate": table["r"],
            "low": table["conf_low"],
            "high": table["conf_high"],
            "fewest": table["n"],
        }
    )
    overall = table[(table["population"] == "all") & table["slope"].notna()]
    sentence = headline(rows, apart, 0.0)
    if sentence in (NOT_SHOWN, OPPOSITE) or overall.empty:
        return tr(
            f"figure.scatter.{OPPOSITE if sentence == OPPOSITE else NOT_SHOWN}",
            {"month": month},
            language,
        )
    per_ten = float(overall["slope"].iloc[0]) * 10
    gain = ("+" if per_ten > 0 else "") + rounded(per_ten, 1)
    return tr("figure.scatter.message", {"gain": gain}, language)
