"""Printed figures of papers laid over a drawing: pale, hollow, dashed; crossed out where the audit
doubts them.

The frames are those of ``analyses.overlay.printed_over``.
"""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.text import wrap
from thal_core.figures.theme import Look, Preset
from thal_core.words import tr
from thal_core.words.escape import figure_text, plain_number

DASH = "4px,3px"
PALE = 0.6  # opacity of a printed figure
HOVER_WIDTH = 34  # em


def hollow(symbol: str) -> str:
    return symbol.removesuffix("-open") + "-open"


def add_printed(
    figure: go.Figure,
    rows: pd.DataFrame,
    x: Sequence[float],
    y: Sequence[float],
    name: str,
    style: Look,
    size: Preset,
    language: str,
    *,
    mode: str = "lines+markers",
    symbol: str = "",
    listed: bool = True,
    grow: float = 1.2,
    **more: object,
) -> None:
    """One trace of printed points at x, y, and crosses on those in doubt. more: of the trace, as
    ``error_x``.
    """
    colour, name = style.faint(PALE), figure_text(name)
    figure.add_trace(
        go.Scatter(
            x=x,
            y=y,
            mode=mode,
            name=name,
            showlegend=listed,
            cliponaxis=False,
            legendgroup=name,
            line={"color": colour, "width": size.line, "dash": DASH},
            marker={
                "symbol": hollow(symbol or style.symbol),
                "color": colour,
                "size": size.marker * grow,
                "line": {"color": colour, "width": size.line},
            },
            hovertext=[_hover(row, language) for row in rows.to_dict("records")],
            hoverinfo="text",
            **more,
        )
    )
    doubt = rows["doubt"].astype(bool).tolist()
    _crosses(figure, doubt, name, x, y, grow, size)


def _crosses(
    figure: go.Figure,
    doubt: list[bool],
    name: str,
    x: Sequence[float],
    y: Sequence[float],
    grow: float,
    size: Preset,
) -> None:
    """Crosses on the points in doubt."""
    if any(doubt):
        figure.add_trace(
            go.Scatter(
                x=[v for v, out in zip(x, doubt, strict=True) if out],
                y=[v for v, out in zip(y, doubt, strict=True) if out],
                mode="markers",
                name="doubt",
                showlegend=False,
                hoverinfo="skip",
                cliponaxis=False,
                legendgroup=name,
                marker={
                    "symbol": "x-thin",
                    "size": size.marker * grow * 1.5,
                    "color": size.ink,
                    "line": {"color": size.ink, "width": size.line * 0.9},
                },
            )
        )


def printed_name(rows: pd.DataFrame, population: str, language: str) -> str:
    """The legend's entry: paper, people and n (its range, where n falls over time)."""
    sizes = sorted({int(n) for n in rows["n"].dropna()})
    n = f"{sizes[0]}–{sizes[-1]}" if len(sizes) > 1 else str(sizes[0]) if sizes else "?"
    population = rows[f"people_{language}"].iloc[0] or population
    return tr(
        "overlay.legend",
        {"paper": rows[f"name_{language}"].iloc[0], "people": population, "n": n},
        language,
    )


def printed_caption(code: str, printed: pd.DataFrame, language: str) -> list[str]:
    """What the pale marks are, and the crosses where there are some."""
    return [
        tr(code, language=language),
        *([tr("overlay.doubt", language=language)] if printed["doubt"].any() else []),
    ]


def _hover(row: dict[str, object], language: str) -> str:
    n = row["n"]
    words = tr(
        "overlay.point_no_n" if pd.isna(n) else "overlay.point",
        {
            "paper": row[f"name_{language}"],
            "item": row["item"],
            "printed": row["printed"],
            "n": plain_number(n),
        },
        language,
    )
    return "<br>".join(
        figure_text(line)
        for text in (words, str(row[f"why_{language}"]))
        if text
        for line in wrap(text, HOVER_WIDTH)
    )
