"""One patient on one time axis: Hb, dose, transfusion, HbF, ferritin and events (2020 Fig. 2b,
c).
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
from plotly import graph_objects as go

from thal_core.derive.drugs import drug_classes
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.panels import lines_height, stack
from thal_core.figures.text import rounded
from thal_core.figures.theme import Look, Preset, look, preset_named
from thal_core.figures.trajectory import log_axis
from thal_core.rules.catalogue import STUDY, event_label, field_label
from thal_core.words import tr
from thal_core.words.escape import figure_text

OFF_DRUG = "off_drug"
MOST_EVENT_ROWS = 8
LEAST_ROWS = 2.4  # lines of text a panel must be high for its axis to be read

Panel = tuple[str, pd.DataFrame]


def plot_timeline(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    patient_id: str = "",
) -> go.Figure:
    """Panels of what is recorded for ``patient_id`` (else the table's first patient), on one axis
    of months.

    table: ``patient_timeline``: patient_id, month, quantity, value, unit, note. Hb off the drug
    (note ``off_drug``) is hollow. Dose steps join visits and thalidomide starts and stops; the last
    dose is dotted to the last record. A slide holds the first panels that stay legible; the caption
    names the others. ``customdata``: patient_id, quantity.
    """
    size = preset_named(preset)
    patient = patient_id or (str(table["patient_id"].iloc[0]) if len(table) else "")
    rows = table[table["patient_id"].astype("str") == patient].sort_values("month", kind="stable")
    panels, left_out = _fitting(_panels(rows), size)
    events = [str(n) for p, part in panels if p == "event" for n in dict.fromkeys(part["name"])]
    page = _page(rows, patient, left_out, events, size, language, selected)
    figure = go.Figure(layout={"meta": {"end": float(rows["month"].max()) if len(rows) else 0.0}})
    gap = lines_height(1, size.text) + size.text * 0.5
    room = page.room if size.fixed else page.usual_height * (0.55 + 0.4 * len(panels))
    heights = _heights(panels, room - gap * (len(panels) - 1), size)
    total = stack(figure, heights or [room], gap)
    for number, ((quantity, part), height) in enumerate(zip(panels, heights, strict=True), start=1):
        suffix = "" if number == 1 else str(number)
        figure.update_layout(
            {f"yaxis{suffix}": {"nticks": max(2, min(6, int(height / size.text / 1.4)))}}
        )
        _DRAW.get(quantity, _draw_line)(figure, part, quantity, suffix, page)
        page.axis_title(
            figure, _panel_name(quantity, language), suffix, indent=page.pad - page.left
        )
        figure.layout.annotations[-1].update(xref="paper", x=0)
    _month_axis(figure, rows, page)
    return page.dress(figure, total)


def _page(
    rows: pd.DataFrame,
    patient: str,
    left_out: list[str],
    events: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, caption and the room for the names of events."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(rows, patient, language),
        subtitle=_subtitle(rows, language),
        caption=_caption(rows, left_out, language),
        left=share(size.width, [*(_event_name(e, language) for e in events), "00,000"], size, 0.3),
        right=size.text * 1.2,
        below=size.text * 3.6,
    )


def _panels(rows: pd.DataFrame) -> list[Panel]:
    """What there is to draw, in the order a clinician reads it."""
    studied = pd.Series(
        [STUDY in drug_classes(d) for d in rows["note"].fillna("")], index=rows.index, dtype=bool
    )
    is_dose = (rows["quantity"] == "dose_mg_per_day") | (
        rows["quantity"].isin(["treatment_start", "treatment_stop"]) & studied
    )
    dose = rows[is_dose].assign(
        value=rows["value"].where(rows["quantity"] != "treatment_stop", 0.0)
    )
    dose = dose if (dose["value"] > 0).any() else dose.head(0)  # a stop alone is no dose to draw
    other = rows[rows["quantity"].isin(["event", "treatment_start", "treatment_stop"]) & ~is_dose]
    measured = ("hb_g_per_l", "transfusion", "hbf_percent", "ferritin_ng_per_ml")
    found = [(q, rows[rows["quantity"] == q]) for q in measured]
    found.insert(1, ("dose", dose))
    panels = [(q, part.dropna(subset=["value"])) for q, part in found]
    names = (
        other["note"]
        .fillna("")
        .where(other["quantity"] == "event", other["quantity"] + "|" + other["note"].fillna(""))
    )
    panels.insert(3, ("event", other.assign(name=names)))
    return [(q, part) for q, part in panels if len(part)]


def _fitting(panels: list[Panel], size: Preset) -> tuple[list[Panel], list[str]]:
    """The panels that a slide can hold legibly, and the names of the others."""
    room = size.height * 0.55 if size.fixed else float("inf")
    for count in range(len(panels), 1, -1):
        gaps = (count - 1) * size.text * 2.3
        fixed = sum(_event_height(part, size) for q, part in panels[:count] if q == "event")
        weights = sum(2.0 if q == "hb_g_per_l" else 1.0 for q, _ in panels[:count] if q != "event")
        if room - gaps - fixed >= weights * LEAST_ROWS * size.text:
            return panels[:count], [q for q, _ in panels[count:]]
    return panels[:1], [q for q, _ in panels[1:]]


def _event_height(part: pd.DataFrame, size: Preset) -> float:
    return min(part["name"].nunique(), MOST_EVENT_ROWS) * size.row * 1.15


def _heights(panels: list[Panel], room: float, size: Preset) -> list[float]:
    fixed = {q: _event_height(part, size) for q, part in panels if q == "event"}
    weights = {q: 2.0 if q == "hb_g_per_l" else 1.0 for q, _ in panels if q != "event"}
    left = max(room - sum(fixed.values()), size.row * 2 * len(weights))
    return [fixed.get(q) or left * weights[q] / sum(weights.values()) for q, _ in panels]


def _line(style: Look, size: Preset, shape: str = "linear") -> dict[str, object]:
    return {"color": style.colour, "width": size.line, "shape": shape}


def _draw_line(figure: go.Figure, part: pd.DataFrame, quantity: str, axis: str, page: Page) -> None:
    style = look({"hb_g_per_l": "all", "hbf_percent": "hbf"}.get(quantity, "month.6"))
    off = (part["note"] == OFF_DRUG).tolist()
    figure.add_trace(
        go.Scatter(
            x=part["month"],
            y=part["value"],
            mode="lines+markers",
            name=quantity,
            showlegend=False,
            yaxis=f"y{axis}",
            customdata=part[["patient_id", "quantity"]],
            cliponaxis=False,
            line=_line(style, page.preset),
            hovertext=[figure_text(n) for n in part["note"].fillna("")],
            hovertemplate="%{x:g} M: %{y:g} %{hovertext}<extra></extra>",
            marker={
                "symbol": ["circle-open" if o else "circle" for o in off],
                "size": page.preset.marker,
                "color": style.colour,
                "line": {"color": style.colour, "width": page.preset.line * 0.7},
            },
        )
    )
    if quantity.startswith("ferritin") and (part["value"] > 0).all():
        figure.update_layout(
            {f"yaxis{axis}": log_axis(float(part["value"].min()), float(part["value"].max()))}
        )


def _draw_dose(figure: go.Figure, part: pd.DataFrame, quantity: str, axis: str, page: Page) -> None:
    style = look("dose")
    figure.add_trace(
        go.Scatter(
            x=part["month"],
            y=part["value"],
            mode="lines+markers",
            name=quantity,
            showlegend=False,
            yaxis=f"y{axis}",
            customdata=part[["patient_id", "quantity"]],
            line=_line(style, page.preset, "hv"),
            fill="tozeroy",
            fillcolor=style.faint(0.15),
            cliponaxis=False,
            hovertemplate="%{x:g} M: %{y:g} mg/d<extra></extra>",
            marker={
                "size": page.preset.marker * 0.7,
                "color": style.colour,
                "symbol": style.symbol,
            },
        )
    )
    last, end = part.iloc[-1], float(figure.layout.meta["end"])
    if last["value"] > 0 and end > last["month"]:
        figure.add_trace(
            go.Scatter(
                x=[last["month"], end],
                y=[last["value"]] * 2,
                mode="lines",
                name="dose_goes_on",
                showlegend=False,
                yaxis=f"y{axis}",
                hoverinfo="skip",
                line=_line(style, page.preset) | {"dash": "dot"},
            )
        )
    figure.update_layout({f"yaxis{axis}": {"range": [0, float(part["value"].max()) * 1.1 or 1]}})


def _draw_transfusion(
    figure: go.Figure, part: pd.DataFrame, quantity: str, axis: str, page: Page
) -> None:
    style = look("transfusion")
    span = float(part["month"].max() - part["month"].min()) or 1.0
    figure.add_trace(
        go.Bar(
            x=part["month"],
            y=part["value"],
            name=quantity,
            showlegend=False,
            yaxis=f"y{axis}",
            width=max(span * 0.012, 0.12),
            customdata=part[["patient_id", "quantity"]],
            hovertemplate="%{x:g} M: %{y:g} U<extra></extra>",
            marker={"color": style.colour},
        )
    )
    figure.update_layout({f"yaxis{axis}": {"range": [0, float(part["value"].max()) * 1.1 or 1]}})


def _draw_events(
    figure: go.Figure, part: pd.DataFrame, quantity: str, axis: str, page: Page
) -> None:
    names, style = list(dict.fromkeys(part["name"]))[:MOST_EVENT_ROWS], look("event")
    part = part[part["name"].isin(names)]
    grades = [
        "" if pd.isna(v) or "|" in n else f"{v:g}"
        for v, n in zip(part["value"], part["name"], strict=True)
    ]
    figure.add_trace(
        go.Scatter(
            x=part["month"],
            y=[names.index(n) for n in part["name"]],
            mode="markers+text",
            name=quantity,
            showlegend=False,
            yaxis=f"y{axis}",
            customdata=part[["patient_id", "quantity"]],
            cliponaxis=False,
            text=grades,
            textposition="middle right",
            textfont={"size": page.preset.text},
            hoverinfo="x+text",
            marker={
                "symbol": style.symbol,
                "size": page.preset.marker * 1.2,
                "color": style.colour,
            },
        )
    )
    _event_axis(figure, names, axis, page)


def _event_axis(figure: go.Figure, names: list[str], axis: str, page: Page) -> None:
    """The names of the events, left of their rows."""
    ticks = [row_label(_event_name(n, page.language), page.left, page.preset, 1) for n in names]
    figure.update_layout(
        {
            f"yaxis{axis}": {
                "range": [len(names) - 0.4, -0.6],
                "tickvals": list(range(len(names))),
                "ticktext": ticks,
                "ticks": "",
                "ticklabelstandoff": round(page.preset.text * 0.3),
            }
        }
    )


_DRAW: dict[str, Callable[[go.Figure, pd.DataFrame, str, str, Page], None]] = {
    "dose": _draw_dose,
    "transfusion": _draw_transfusion,
    "event": _draw_events,
}


def _event_name(name: str, language: str) -> str:
    if "|" in name:
        kind, drug = name.split("|", 1)
        return tr(f"figure.timeline.{kind}", {"drug": drug}, language)
    return event_label(name, language)


def _panel_name(quantity: str, language: str) -> str:
    if quantity in ("dose", "transfusion", "event"):
        return tr(f"figure.timeline.{quantity}", language=language)
    return field_label(quantity, language)


def _month_axis(figure: go.Figure, rows: pd.DataFrame, page: Page) -> None:
    low, high = (
        (float(rows["month"].min()), float(rows["month"].max())) if len(rows) else (0.0, 1.0)
    )
    edge = max((high - low) * 0.03, 0.3)
    figure.update_xaxes(
        range=[low - edge, high + edge],
        nticks=12 if page.preset.width > 400 else 8,
        showgrid=True,
        title={
            "text": tr("figure.months", language=page.language),
            "standoff": page.preset.text * 0.4,
        },
    )


def _title(rows: pd.DataFrame, patient: str, language: str) -> str:
    hb = rows[rows["quantity"] == "hb_g_per_l"]["value"].dropna()
    if len(hb) < 2:
        return tr("figure.timeline.title", {"patient": patient}, language)
    return tr(
        "figure.timeline.message",
        {
            "patient": patient,
            "first": rounded(float(hb.iloc[0]), 0),
            "last": rounded(float(hb.iloc[-1]), 0),
        },
        language,
    )


def _subtitle(rows: pd.DataFrame, language: str) -> str:
    counts = {q: int((rows["quantity"] == q).sum()) for q in ("hb_g_per_l", "transfusion", "event")}
    return tr(
        "figure.timeline.subtitle",
        {
            "hb": counts["hb_g_per_l"],
            "transfusions": counts["transfusion"],
            "events": counts["event"],
        },
        language,
    )


def _caption(rows: pd.DataFrame, left_out: list[str], language: str) -> tuple[str, ...]:
    sentences = []
    if (rows["note"] == OFF_DRUG).any():
        sentences.append(tr("figure.timeline.hollow", language=language))
    if (rows["quantity"] == "event").any() and "event" not in left_out:
        sentences.append(tr("figure.timeline.grades", language=language))
    if left_out:
        sentences.append(
            tr(
                "figure.timeline.left_out",
                {"panels": [_panel_name(q, language) for q in left_out]},
                language,
            )
        )
    return tuple(sentences)
