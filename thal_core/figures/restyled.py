"""A drawn figure with a person's own colours, words, ranges and order."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from plotly import graph_objects as go

from thal_core.figure_options import FigureOptions
from thal_core.figures.text import wrap
from thal_core.figures.theme import preset_named
from thal_core.rules.catalogue import read_rules
from thal_core.words import catalogue, join_sentences
from thal_core.words.escape import figure_text

SINGLE_LINES = "lines_"  # how the traces of single patients are named
ABOUT_LINES = (
    "figure.trajectory.lines_all",
    "figure.trajectory.lines_some",
    "figure.trajectory.off_drug",
)
_PLACE = re.compile(r"\{\w{1,40}\}")
_HEX = re.compile(r"#([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})([0-9A-Fa-f]{2})\b")
_RGB = re.compile(r"(?<![a-z])rgb(a?)\((\d{1,3}),\s{0,3}(\d{1,3}),\s{0,3}(\d{1,3})")


def restyled(figure: go.Figure, options: FigureOptions) -> go.Figure:
    """A copy; the data are the same, and the caption no longer speaks of what is hidden."""
    if not options.changes_the_drawing:
        return figure
    plain = figure.to_dict()
    if options.hide_lines:
        plain = _without_lines(plain)
    plain = _with_colours(plain, options)
    plain = _with_words(plain, options)
    return go.Figure(_with_ranges(plain, options), _validate=False)


def _without_lines(plain: dict[str, Any]) -> dict[str, Any]:
    data = [t for t in plain["data"] if not str(t.get("name", "")).startswith(SINGLE_LINES)]
    if len(data) == len(plain["data"]):
        return plain
    layout, meta = plain["layout"], plain["layout"].get("meta", {})
    language = meta.get("language", "en")
    sentences = meta.get("caption", ())
    said = [s for s in sentences if not any(_says(code, language, s) for code in ABOUT_LINES)]
    notes = [
        {**note, "text": _caption(said, meta)} if note.get("name") == "caption" else note
        for note in layout.get("annotations", ())
    ]
    changed = {**layout, "annotations": notes, "meta": {**meta, "caption": said}}
    return {**plain, "data": data, "layout": changed}


def _says(code: str, language: str, sentence: str) -> bool:
    """Is it this sentence of the catalogue, whatever stands in its places?"""
    pieces = _PLACE.split(catalogue()[code][language])
    place = 0
    for piece in pieces:
        place = sentence.find(piece, place) + len(piece)
        if place < len(piece):
            return False
    return sentence.startswith(pieces[0]) and sentence.endswith(pieces[-1])


def _caption(sentences: list[str], meta: dict[str, Any]) -> str:
    size = preset_named(meta["preset"])
    text = join_sentences(sentences, meta.get("language", "en"))
    lines = wrap(text, (size.width - 1.4 * size.text) / size.text)
    return "<br>".join(figure_text(line) for line in lines)


@lru_cache(maxsize=1)
def _palettes() -> dict[str, dict[str, str]]:
    made: dict[str, dict[str, str]] = {}
    for row in read_rules("palettes"):
        made.setdefault(row["palette"], {})[row["colour"].upper()] = row["becomes"]
    return made


def _with_colours(plain: dict[str, Any], options: FigureOptions) -> dict[str, Any]:
    known = _palettes().get(options.palette, {})
    if options.palette != "colour":
        plain = _mapped(plain, lambda text: _recoloured(text, known, options.palette == "grey"))
    own = dict(options.colours)
    data = [
        _mapped(trace, lambda text, new=own[trace["name"]]: _painted(text, new))
        if trace.get("name") in own
        else trace
        for trace in plain["data"]
    ]
    return {**plain, "data": data}


def _mapped(part: Any, change: Callable[[str], str]) -> Any:
    """Every text that is a colour, changed."""
    if isinstance(part, str):
        return change(part) if part[:1] == "#" or part[:3] == "rgb" else part
    if isinstance(part, dict):
        return {key: _mapped(value, change) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [_mapped(value, change) for value in part]
    return part


def _recoloured(text: str, known: dict[str, str], grey: bool) -> str:
    rgb = _rgb_of(text)
    if rgb is None:
        return text
    name = "#{:02X}{:02X}{:02X}".format(*rgb)
    if name in known:
        return _painted(text, known[name])
    if grey and max(rgb) - min(rgb) > 12:
        light = round(0.299 * rgb[0] + 0.587 * rgb[1] + 0.114 * rgb[2])
        return _painted(text, f"#{light:02X}{light:02X}{light:02X}")
    return text


def _rgb_of(text: str) -> tuple[int, int, int] | None:
    if found := _HEX.fullmatch(text):
        return tuple(int(part, 16) for part in found.groups())  # type: ignore[return-value]
    if found := _RGB.match(text):
        return int(found[2]), int(found[3]), int(found[4])
    return None


def _painted(text: str, colour: str) -> str:
    """The colour in place of the text's own; how far one sees through stays."""
    if text.startswith("#"):
        return colour
    red, green, blue = (int(colour[i : i + 2], 16) for i in (1, 3, 5))
    return _RGB.sub(lambda found: f"rgb{found[1]}({red},{green},{blue}", text)


def _with_words(plain: dict[str, Any], options: FigureOptions) -> dict[str, Any]:
    layout = dict(plain["layout"])
    own = {figure_text(old): figure_text(new) for old, new in options.labels}
    rank = {figure_text(name): place for place, name in enumerate(options.order, 1)}
    data = [_named(trace, own, rank) for trace in plain["data"]]
    for axis in [key for key in layout if re.fullmatch(r"[xy]axis\d*", key)]:
        ticks = layout[axis].get("ticktext")
        if ticks is not None and own:
            layout[axis] = {**layout[axis], "ticktext": [own.get(t, t) for t in ticks]}
    if options.title:
        meta = layout.get("meta", {})
        lines = wrap(options.title, _title_em(meta))
        text = "<b>" + "<br>".join(figure_text(line) for line in lines) + "</b>"
        layout["title"] = {**layout.get("title", {}), "text": text}
        layout["meta"] = {**meta, "title": options.title}
    if options.x_title and "title" in layout.get("xaxis", {}):
        title = {**layout["xaxis"]["title"], "text": figure_text(options.x_title)}
        layout["xaxis"] = {**layout["xaxis"], "title": title}
    layout["annotations"] = _notes(layout.get("annotations", ()), options, own)
    return {**plain, "data": data, "layout": layout}


def _named(trace: dict[str, Any], own: dict[str, str], rank: dict[str, int]) -> dict[str, Any]:
    name = trace.get("name")
    changed = {"name": own[name]} if name in own else {}
    return {**trace, **changed, **({"legendrank": rank[name]} if name in rank else {})}


def _title_em(meta: dict[str, Any]) -> float:
    size = preset_named(meta.get("preset", "screen"))
    return (size.width - 1.4 * size.text) / size.title / 1.08


def _notes(notes: Any, options: FigureOptions, own: dict[str, str]) -> list[dict[str, Any]]:
    """Labels written beside the data, and the title of the first y axis, which is one of them."""
    changed, wanted = [], options.y_title
    for note in notes:
        text = own.get(note.get("text"), note.get("text"))
        if wanted and note.get("name") == "axis_title":
            text, wanted = figure_text(wanted), ""
        changed.append({**note, "text": text})
    return changed


def _with_ranges(plain: dict[str, Any], options: FigureOptions) -> dict[str, Any]:
    layout = dict(plain["layout"])
    for axis, ends in (("xaxis", options.x_range), ("yaxis", options.y_range)):
        if ends is None or axis not in layout:
            continue
        if layout[axis].get("type") == "log":
            if ends[0] <= 0:
                continue
            ends = (math.log10(ends[0]), math.log10(ends[1]))
        layout[axis] = {**layout[axis], "range": list(ends), "autorange": False}
    return {**plain, "layout": layout}
