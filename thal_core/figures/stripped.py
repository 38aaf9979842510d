"""A drawn figure without what a document prints beside it, and without what names a patient."""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Any

from plotly import graph_objects as go

BELOW = ("caption", "footer")


def stripped(
    figure: go.Figure, texts: Collection[str] = (), marks: re.Pattern[str] | None = None
) -> go.Figure:
    """A copy without its ``title``, ``caption`` or ``footer`` (the page that much lower), in whose
    labels, hovers and data nothing matches ``marks``.

    A footer that stays moves up into the place of the caption.
    """
    plain = figure.to_dict()
    if marks is not None:
        plain = _cleaned(plain, marks)
    layout = {**plain["layout"], **_without(plain["layout"], texts)}
    if "title" in texts:
        layout.pop("title", None)
    return go.Figure({**plain, "layout": layout}, _validate=False)


def _without(layout: dict[str, Any], texts: Collection[str]) -> dict[str, Any]:
    """What changes of the layout when these texts go."""
    heights = (layout.get("meta") or {}).get("heights", {})
    above = heights.get("title", 0.0) if "title" in texts else 0.0
    below = sum(heights.get(name, 0.0) for name in BELOW if name in texts)
    lift = heights.get("caption", 0.0) if "caption" in texts else 0.0
    notes = [
        {**note, "yshift": note["yshift"] + lift} if note.get("name") == "footer" else note
        for note in layout.get("annotations", ())
        if note.get("name") not in texts
    ]
    margin = layout["margin"]
    changed = {
        "annotations": notes,
        "margin": {**margin, "t": margin["t"] - above, "b": margin["b"] - below},
    }
    if layout.get("height") is not None:
        changed["height"] = layout["height"] - above - below
    return changed


def _cleaned(part: Any, marks: re.Pattern[str]) -> Any:
    if isinstance(part, str):
        return _AT_START.sub("", marks.sub("", part)) if marks.search(part) else part
    if isinstance(part, dict):
        return {key: _cleaned(value, marks) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_cleaned(value, marks) for value in part]
    if getattr(part, "dtype", None) is not None and part.dtype.kind in "OUT":
        return _cleaned(part.tolist(), marks)
    return part


_AT_START = re.compile(r"^[\s·:,]+")  # separators left alone where a name stood
