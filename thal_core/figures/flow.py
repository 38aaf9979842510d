"""Flow of patients (CONSORT; 2024 Fig. 1): the steps down the left, who left and why on the
right.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import LINE, Page
from thal_core.figures.text import wrap
from thal_core.figures.theme import Preset, preset_named
from thal_core.rules.catalogue import event_label
from thal_core.words import label, tr
from thal_core.words.escape import figure_text

_TRUNK, _SIDE = 0.36, 0.52  # shares of the width


@dataclass(frozen=True)
class Box:
    """A step: its heading and, for those who left, a line for each reason."""

    step: str
    n: int
    reasons: tuple[tuple[str, int], ...] = ()

    @property
    def aside(self) -> bool:
        return bool(self.reasons)


def boxes(table: pd.DataFrame) -> list[Box]:
    """Rows with a reason gather into one box of their step; the others are steps of the trunk."""
    out: list[Box] = []
    for step, rows in table.groupby("step", sort=False):
        reasons = rows[rows["reason"].fillna("") != ""]
        if reasons.empty:
            out.append(Box(str(step), int(rows["n"].sum())))
        else:
            listed = tuple((str(r.reason), int(r.n)) for r in reasons.itertuples())
            out.append(Box(str(step), sum(n for _, n in listed), listed))
    return out


def plot_flow(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Boxes and arrows. table: ``flow``: step, reason (empty for a step of the trunk), n.

    A page that cannot hold every reason joins the rarest into one line.
    """
    size = preset_named(preset)
    page = _page(table, size, language, selected)
    drawn = boxes(table)
    most = max((len(b.reasons) for b in drawn), default=0)
    placed, height = _place(drawn, page, most)
    while height > page.room and most > 1:
        most -= 1
        placed, height = _place(drawn, page, most)
    figure = go.Figure(
        go.Scatter(
            x=[0] * len(drawn),
            y=[0] * len(drawn),
            mode="markers",
            marker={"opacity": 0},
            hoverinfo="skip",
            showlegend=False,
            customdata=[[b.step, b.n] for b in drawn],
        )
    )
    plot = page.room if size.fixed else height
    for box, text, (x0, y0, x1, y1) in placed:
        _box(figure, box, text, (x0, y0, x1, y1), size)
    _arrows(figure, placed, page, size)
    figure.update_xaxes(visible=False, range=[-2, page.plot_width + 2])
    figure.update_yaxes(visible=False, range=[plot, 0])
    return page.dress(figure, plot)


def _page(table: pd.DataFrame, size: Preset, language: str, selected: tuple[str, ...]) -> Page:
    """Title, and a margin all round."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(table, language),
        left=size.text * 0.7,
        right=size.text * 0.7,
        above=0,
        below=size.text * 0.3,
    )


Placed = list[tuple[Box, str, tuple[float, float, float, float]]]


def _place(drawn: list[Box], page: Page, most: int) -> tuple[Placed, float]:
    """Each box with its text and corners (px from the upper left of the plot), and the height of
    all.
    """
    size, placed, y = page.preset, [], size_gap(page.preset) / 2
    for box in drawn:
        x0 = page.plot_width * (1 - _SIDE) if box.aside else 0.0
        x1 = page.plot_width if box.aside else page.plot_width * _TRUNK
        lines = _lines(box, (x1 - x0) / size.text - 1.4, page.language, most)
        height = (len(lines) * LINE + 0.9) * size.text
        placed.append((box, "<br>".join(lines), (x0, y, x1, y + height)))
        y += height + size_gap(size)
    return placed, y


def size_gap(size: Preset) -> float:
    """Room between two boxes."""
    return size.text * (0.8 if size.fixed else 1.2)


def _lines(box: Box, em: float, language: str, most: int) -> list[str]:
    head = tr(
        "figure.flow.box",
        {"step": label(f"figure.flow.{box.step}", language, box.step), "n": box.n},
        language,
    )
    lines = [f"<b>{figure_text(line)}</b>" for line in wrap(head, em / 1.06)]
    kept, rest = box.reasons[:most], box.reasons[most:]
    for reason, n in kept:
        why = label(f"figure.flow.reason.{reason}", language, event_label(reason, language))
        text = f"{why.rstrip('.。')}: {n}"
        lines += [figure_text(line) for line in wrap(text, em)]
    if rest:
        lines.append(tr("figure.flow.other_reasons", {"n": sum(n for _, n in rest)}, language))
    return lines


def _box(
    figure: go.Figure, box: Box, text: str, corners: tuple[float, float, float, float], size: Preset
) -> None:
    x0, y0, x1, y1 = corners
    figure.add_shape(
        type="rect",
        x0=x0,
        y0=y0,
        x1=x1,
        y1=y1,
        layer="below",
        name=box.step,
        line={"color": size.pale, "width": size.line * 0.7},
        fillcolor="rgba(128,138,150,0.10)",
    )
    figure.add_annotation(
        name=box.step,
        text=text,
        showarrow=False,
        x=x0,
        y=(y0 + y1) / 2,
        xanchor="left",
        yanchor="middle",
        xshift=size.text * 0.6,
        align="left",
        borderpad=0,
        font={"size": size.text},
    )


def _arrows(figure: go.Figure, placed: Placed, page: Page, size: Preset) -> None:
    trunk = [corners for box, _, corners in placed if not box.aside]
    centre = page.plot_width * _TRUNK / 2
    for above, below in zip(trunk, trunk[1:], strict=False):
        _arrow(figure, (centre, above[3]), (centre, below[1]), size)
    for index, (box, _, corners) in enumerate(placed):
        if box.aside and index:
            middle = (corners[1] + corners[3]) / 2
            _arrow(figure, (centre, middle), (corners[0], middle), size)


def _arrow(
    figure: go.Figure, start: tuple[float, float], end: tuple[float, float], size: Preset
) -> None:
    figure.add_annotation(
        x=end[0],
        y=end[1],
        ax=start[0],
        ay=start[1],
        xref="x",
        yref="y",
        axref="x",
        ayref="y",
        showarrow=True,
        text="",
        arrowhead=2,
        arrowsize=1,
        arrowwidth=max(size.line * 0.7, 0.8),
        arrowcolor=size.pale,
        name="arrow",
    )


def _title(table: pd.DataFrame, language: str) -> str:
    counts = {box.step: box.n for box in boxes(table)}
    if not {"enrolled", "evaluable"} <= set(counts):
        return tr("figure.flow.title", language=language)
    return tr(
        "figure.flow.message", {"enrolled": counts["enrolled"], "n": counts["evaluable"]}, language
    )
