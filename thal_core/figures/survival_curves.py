"""Kaplan–Meier curve of the share still transfused, with its band and the table of patients at risk
(KMunicate).
"""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page, share
from thal_core.figures.theme import Look, Preset, looks, preset_named
from thal_core.figures.trajectory import group_name, ticks
from thal_core.words import tr
from thal_core.words.escape import figure_text


def plot_survival(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    group_by: str = "phenotype",
) -> go.Figure:
    """Steps from 1 at month 0; under the axis, at risk and (events so far) at each tick.

    table: ``time_to_transfusion_free``: group, month, at_risk, events, survival (0–1), conf_low,
    conf_high. The group ``all`` is not drawn where there are groups beside it. ``customdata``:
    group, at_risk, events.
    """
    size = preset_named(preset)
    groups = [str(g) for g in dict.fromkeys(table["group"])]
    groups = [g for g in groups if g != "all"] if len(groups) > 1 else groups
    curves = {g: _from_start(table[table["group"].astype("str") == g]) for g in groups}
    names = {g: group_name(g, "phenotype" if g == "all" else group_by, language) for g in groups}
    page = Page(
        size,
        language,
        selected=selected,
        title=_title(curves, language),
        subtitle=_subtitle(curves, names, language),
        caption=(tr("figure.survival.caption", language=language),),
        legend=tuple(names.values()) if len(groups) > 1 else (),
        right=size.text * 1.4,
        left=share(size.width, [*names.values(), "100 %"], size, 0.25),
        below=size.text * 5.2 + len(groups) * size.row,
    )
    figure, style = go.Figure(), looks(groups)
    for group, curve in curves.items():
        _curve(figure, curve, names[group], group, style[group], size)
    _axes(figure, page, curves, names, {g: s.colour for g, s in style.items()})
    return page.dress(figure)


def _from_start(curve: pd.DataFrame) -> pd.DataFrame:
    """The curve with its point at month 0, where everyone is at risk and nobody has had the
    event.
    """
    curve = curve.sort_values("month")
    if curve.empty or curve["month"].iloc[0] <= 0:
        return curve
    start = curve.head(1).assign(month=0.0, events=0, survival=1.0, conf_low=1.0, conf_high=1.0)
    return pd.concat([start, curve], ignore_index=True)


def _curve(
    figure: go.Figure, curve: pd.DataFrame, name: str, group: str, style: Look, size: Preset
) -> None:
    band = curve.dropna(subset=["conf_low", "conf_high"])
    for column, fill in (("conf_high", None), ("conf_low", "tonexty")):
        figure.add_trace(
            go.Scatter(
                x=band["month"],
                y=band[column],
                mode="lines",
                line={"shape": "hv", "width": 0, "color": style.colour},
                fill=fill,
                fillcolor=style.faint(),
                showlegend=False,
                hoverinfo="skip",
                name=f"{column}_{figure_text(group)}",
            )
        )
    figure.add_trace(
        go.Scatter(
            x=curve["month"],
            y=curve["survival"],
            mode="lines+markers",
            name=figure_text(name),
            customdata=curve.assign(group=group)[["group", "at_risk", "events"]],
            line={
                "shape": "hv",
                "color": style.colour,
                "width": size.line * 1.2,
                "dash": style.dash,
            },
            marker={"size": size.marker * 0.6, "color": style.colour, "symbol": style.symbol},
            hovertemplate=f"{figure_text(name)}, %{{x:g}} M: %{{y:.0%}} "
            "(%{customdata[1]})<extra></extra>",
        )
    )


def _axes(
    figure: go.Figure,
    page: Page,
    curves: dict[str, pd.DataFrame],
    names: dict[str, str],
    colours: dict[str, str],
) -> None:
    size = page.preset
    last = max((float(c["month"].max()) for c in curves.values() if len(c)), default=12.0) or 1.0
    span = (-last * 0.03, last * 1.03)
    at = ticks(
        [m for m in (0, 1, 3, 6, 9, 12, 18, 24, 36, 48, 60, 84, 120) if m <= last],
        span,
        page.plot_width,
        size.text * 1.4,
    )
    _month_axis(figure, at, span, page, size)
    figure.update_yaxes(range=[-0.02, 1.03], tickformat=".0%", dtick=0.25)
    page.axis_title(
        figure, tr("figure.survival.axis", language=page.language), indent=page.pad - page.left
    )
    narrow = size.width < 400
    head = tr(
        "figure.survival.at_risk_only" if narrow else "figure.survival.at_risk",
        language=page.language,
    )
    _head_of_counts(figure, head, page, size)
    rows = {
        names[g]: [_at_risk(curve, month, narrow) for month in at] for g, curve in curves.items()
    }
    page.count_rows(
        figure,
        at,
        span,
        rows,
        top=size.text * 5.3,
        colours={names[g]: c for g, c in colours.items()},
    )


def _month_axis(
    figure: go.Figure, at: list[float], span: tuple[float, float], page: Page, size: Preset
) -> None:
    """Months, at steps that keep the counts apart."""
    figure.update_xaxes(
        range=list(span),
        tickvals=at,
        showgrid=False,
        title={"text": tr("figure.months", language=page.language), "standoff": size.text * 0.4},
    )


def _head_of_counts(figure: go.Figure, head: str, page: Page, size: Preset) -> None:
    """What the counts under the axis are."""
    figure.add_annotation(
        name="n_head",
        text=head,
        showarrow=False,
        xref="paper",
        x=0,
        xanchor="left",
        borderpad=0,
        xshift=page.pad - page.left,
        yref="paper",
        y=0,
        yanchor="top",
        yshift=-size.text * 3.9,
        font={"size": size.text},
    )


def _at_risk(curve: pd.DataFrame, month: float, narrow: bool) -> str | None:
    """``34 (16)``: at risk just before ``month`` and events up to it; nothing where nobody is left,
    one number if narrow.
    """
    later = curve[curve["month"] >= month]
    if later.empty:
        return None
    events = int(curve.loc[curve["month"] <= month, "events"].sum())
    at_risk = int(later["at_risk"].iloc[0])
    return str(at_risk) if narrow else f"{at_risk} ({events})"


def _title(curves: dict[str, pd.DataFrame], language: str) -> str:
    events = sum(int(c["events"].sum()) for c in curves.values())
    total = sum(int(c["at_risk"].iloc[0]) for c in curves.values() if len(c))
    if not total:
        return tr("figure.survival.title", language=language)
    return tr("figure.survival.message", {"events": events, "n": total}, language)


def _subtitle(curves: dict[str, pd.DataFrame], names: dict[str, str], language: str) -> str:
    counts = " · ".join(
        f"{names[g]} n = {int(c['at_risk'].iloc[0])}" for g, c in curves.items() if len(c)
    )
    return tr("figure.survival.subtitle", {"counts": counts}, language) if counts else ""
