"""Figures that answer the mouse in a page of their own, without any network."""

from __future__ import annotations

from plotly import graph_objects as go
from plotly import io, offline

from thal_core.figures.files import on_white

CONFIG = {
    "displaylogo": False,
    "responsive": True,
    "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg"},
}


def plotly_script() -> str:
    """The whole of plotly.js, to stand once in a page."""
    return str(offline.get_plotlyjs())


def figure_html(figure: go.Figure, name: str) -> str:
    """A figure for a page that holds ``plotly_script``; no text of it can end the script."""
    shown = on_white(figure)
    shown.update_layout(width=None, autosize=True)
    return str(
        io.to_html(
            shown,
            config=CONFIG,
            include_plotlyjs=False,
            full_html=False,
            div_id=name,
            default_height=f"{figure.layout.height or 450:.0f}px",
        )
    )
