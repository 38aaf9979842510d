"""Text that came out of a sheet, made harmless where it is shown."""

from __future__ import annotations

import html
import math
import re

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|<>~$:&])")


def markdown(text: object) -> str:
    """Uploaded text for a Markdown place: no link, image, directive or formula survives."""
    return _MARKDOWN.sub(r"\\\1", str(text)).replace("\n", " ")


def figure_text(text: object) -> str:
    """Uploaded text for a plotly label: no tag survives."""
    return html.escape(str(text), quote=False)


def plain_number(value: object) -> str:
    """A number as a person writes it: 3, 2.5, never 3.0 or 2.5000000001."""
    if isinstance(value, float):
        return "–" if math.isnan(value) else f"{value:.6g}"
    return str(value)
