"""Several panels in one figure, each with its own title line above, all measured in px so that
nothing collides.
"""

from __future__ import annotations

from collections.abc import Sequence

from plotly import graph_objects as go

from thal_core.figures.page import LINE, Page
from thal_core.figures.text import wrap
from thal_core.words.escape import figure_text

SIDE = 3.9  # em between two panels: room for ``10,000`` and its tick


def stack(figure: go.Figure, heights: Sequence[float], gap: float) -> float:
    """Panels one above the other on one x axis (y, y2 …). heights and gap in px; returns the height
    of all.

    The lowest panel carries the axis; ``gap`` holds the title of the panel beneath it.
    """
    total = sum(heights) + gap * (len(heights) - 1)
    top = total
    for index, height in enumerate(heights, start=1):
        figure.update_layout(
            {
                _axis("y", index): {
                    "domain": [max(top - height, 0) / total, min(top / total, 1)],
                    "anchor": "x",
                }
            }
        )
        top -= height + gap
    figure.update_layout(xaxis={"anchor": f"y{len(heights)}" if len(heights) > 1 else "y"})
    return total


def grid(
    figure: go.Figure, count: int, columns: int, page: Page, height: float, head: float, foot: float
) -> float:
    """``count`` panels in rows of ``columns``; head and foot in px are kept free above and below
    each.

    Panel i has axes x{i}, y{i}. The first row's head must be room of the page itself. Returns the
    height of all.
    """
    rows = -(-count // columns)
    total = rows * height + (rows - 1) * (head + foot)
    side = page.preset.text * SIDE
    width = (page.plot_width - side * (columns - 1)) / columns
    for index in range(count):
        row, column = divmod(index, columns)
        left, top = column * (width + side), total - row * (height + head + foot)
        place = {
            "x": [left / page.plot_width, min((left + width) / page.plot_width, 1)],
            "y": [max(top - height, 0) / total, min(top / total, 1)],
        }
        number = "" if index == 0 else str(index + 1)
        figure.update_layout(
            {
                f"xaxis{number}": {"domain": place["x"], "anchor": f"y{number}"},
                f"yaxis{number}": {"domain": place["y"], "anchor": f"x{number}"},
            }
        )
    return total


def _axis(letter: str, index: int) -> str:
    return f"{letter}axis" if index == 1 else f"{letter}axis{index}"


def panel_title(
    figure: go.Figure, lines: Sequence[str], number: str, page: Page, indent: float = 0.0
) -> None:
    """Finished (escaped) lines above panel ``number`` ("" for the first)."""
    figure.add_annotation(
        name="panel_title",
        text="<br>".join(lines),
        align="left",
        showarrow=False,
        borderpad=0,
        xref=f"x{number} domain",
        x=0,
        xanchor="left",
        xshift=indent,
        yref=f"y{number} domain",
        y=1,
        yanchor="bottom",
        yshift=page.preset.text * 0.3,
        font={"size": page.preset.text},
    )


def wrapped(text: str, px: float, text_px: float) -> list[str]:
    """Escaped lines of at most ``px``."""
    return [figure_text(line) for line in wrap(text, px / text_px)]


def lines_height(lines: int, text_px: float) -> float:
    """px that ``lines`` lines take."""
    return (lines * LINE + 0.5) * text_px
