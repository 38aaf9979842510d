"""Hb before and after each change of dose (2020 Fig. 2a–c): a panel for each kind of change, a line
for each change.
"""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page
from thal_core.figures.panels import grid, lines_height, panel_title
from thal_core.figures.text import shorten
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import field_label
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

KINDS = ("reduction", "stop", "restart", "increase")
MOST_NAMED = 8  # lines whose patient is written at their end


def plot_dose_changes(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Lines of Hb against the months since the change; the change itself at 0.

    table: ``dose_changes``: patient_id, kind {reduction, stop, restart, increase}, month,
    months_since_change, dose_mg_per_day, hb_g_per_l (g/L). ``customdata``: patient_id,
    dose_mg_per_day.
    """
    size = preset_named(preset)
    rows = table.dropna(subset=["hb_g_per_l", "months_since_change"])
    kinds = [k for k in KINDS if (rows["kind"] == k).any()]
    changes = table.drop_duplicates(["patient_id", "kind", "month"])
    page = _page(rows, changes, size, language, selected)
    figure = go.Figure()
    columns = 1 if size.width < 400 else min(2, max(len(kinds), 1))
    rows_of = -(-max(len(kinds), 1) // columns)
    head, foot = lines_height(1, size.text), size.text * 2.4
    room = (
        page.room
        if size.fixed
        else page.usual_height * (0.8 + 0.5 * (rows_of - 1) if rows_of > 1 else 1)
    )
    height = (room - (rows_of - 1) * (head + foot)) / rows_of
    total = grid(figure, max(len(kinds), 1), columns, page, height, head, foot)
    _panels(figure, rows, kinds, changes, page, language)
    _month_steps(figure, rows)
    figure.update_yaxes(nticks=5, range=_range(rows))
    _month_titles(figure, columns, kinds, size, language)
    _y_title(figure, field_label("hb_g_per_l", language), page)
    return page.dress(figure, total)


def _panels(
    figure: go.Figure,
    rows: pd.DataFrame,
    kinds: list[str],
    changes: pd.DataFrame,
    page: Page,
    language: str,
) -> None:
    """A panel for each kind of change, its n above it."""
    for index, kind in enumerate(kinds):
        number = "" if index == 0 else str(index + 1)
        part = rows[rows["kind"] == kind]
        _lines(figure, part, number, page)
        counted = changes[changes["kind"] == kind]
        panel_title(
            figure,
            [
                tr(
                    "figure.dose.panel",
                    {"kind": label(f"figure.dose.{kind}", language, kind), "n": len(counted)},
                    language,
                )
            ],
            number,
            page,
        )


def _month_titles(
    figure: go.Figure, columns: int, kinds: list[str], size: Preset, language: str
) -> None:
    """The axis title below the lowest panel of each column."""
    for index in range(max(len(kinds) - columns, 0), max(len(kinds), 1)):
        figure.update_layout(
            {
                f"xaxis{'' if index == 0 else index + 1}": {
                    "title": {
                        "text": tr("figure.dose.axis", language=language),
                        "standoff": size.text * 0.4,
                    }
                }
            }
        )


def _month_steps(figure: go.Figure, rows: pd.DataFrame) -> None:
    """Gridlines at months that are easily read."""
    months = (
        float(rows["months_since_change"].max() - rows["months_since_change"].min())
        if len(rows)
        else 1.0
    )
    figure.update_xaxes(
        dtick=next(step for step in (1, 3, 6, 12, 24, 60, 600) if months / step <= 7)
    )


def _page(
    rows: pd.DataFrame,
    changes: pd.DataFrame,
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, subtitle and what is left out."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr("figure.dose.title", language=language),
        subtitle=tr(
            "figure.dose.subtitle",
            {"n": changes["patient_id"].nunique(), "changes": len(changes)},
            language,
        ),
        caption=_caption(rows, changes, language),
        left=size.text * 3.2,
        right=size.text * (1.2 if size.width < 400 else 4.5),
        below=size.text * 3.6,
        above=2,
    )


def _lines(figure: go.Figure, part: pd.DataFrame, number: str, page: Page) -> None:
    size, style = page.preset, look("dose")
    changes = list(part.groupby(["patient_id", "month"], sort=False))
    named = len(changes) <= MOST_NAMED and size.width >= 400
    for (patient, month), own in changes:
        own = own.sort_values("months_since_change")
        text = [""] * (len(own) - 1) + [figure_text(shorten(str(patient), 4.5)) if named else ""]
        figure.add_trace(
            go.Scatter(
                x=own["months_since_change"],
                y=own["hb_g_per_l"],
                mode="lines+markers+text",
                name=figure_text(patient),
                showlegend=False,
                xaxis=f"x{number}",
                yaxis=f"y{number}",
                text=text,
                textposition="middle right",
                textfont={"size": size.text},
                cliponaxis=False,
                customdata=own[["patient_id", "dose_mg_per_day"]],
                hovertemplate=f"{figure_text(patient)}, {month:g} M, "
                "%{customdata[1]} mg/d: %{y:.0f} g/L<extra></extra>",
                line={"color": style.colour, "width": size.line * 0.8},
                marker={
                    "size": size.marker * 0.8,
                    "color": style.colour,
                    "symbol": [
                        "circle-open" if m <= 0 else "circle" for m in own["months_since_change"]
                    ],
                },
            )
        )
    _line_of_change(figure, number, size)


def _line_of_change(figure: go.Figure, number: str, size: Preset) -> None:
    """The change itself, at 0."""
    figure.add_shape(
        type="line",
        xref=f"x{number}",
        yref=f"y{number} domain",
        x0=0,
        x1=0,
        y0=0,
        y1=1,
        line={"color": size.pale, "width": size.line * 0.7},
    )


def _caption(rows: pd.DataFrame, changes: pd.DataFrame, language: str) -> tuple[str, ...]:
    key = ["patient_id", "kind", "month"]
    followed = rows[rows["months_since_change"] > 0].drop_duplicates(key)
    sentences = [tr("figure.dose.caption", language=language)]
    if len(followed) < len(changes):
        sentences.append(
            tr("figure.dose.not_followed", {"n": len(changes) - len(followed)}, language)
        )
    return tuple(sentences)


def _range(rows: pd.DataFrame) -> list[float] | None:
    """One range for all panels, so that their heights compare."""
    if rows.empty:
        return None
    low, high = float(rows["hb_g_per_l"].min()), float(rows["hb_g_per_l"].max())
    edge = max((high - low) * 0.08, 2.0)
    return [low - edge, high + edge]


def _y_title(figure: go.Figure, text: str, page: Page) -> None:
    figure.add_annotation(
        name="axis_title",
        text=text,
        align="left",
        showarrow=False,
        borderpad=0,
        xref="paper",
        x=0,
        xanchor="left",
        xshift=page.pad - page.left,
        yref="paper",
        y=1,
        yanchor="bottom",
        font={"size": page.preset.text},
        yshift=lines_height(1, page.preset.text) + page.preset.text * 0.4,
    )
