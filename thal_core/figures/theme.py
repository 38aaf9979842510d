"""Sizes, type and colours: the rows of rules/presets.csv and rules/colours.csv as values."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import cycle

from plotly import graph_objects as go

from thal_core.issues import UnknownChoice
from thal_core.rules.catalogue import class_order, read_rules
from thal_core.words.wording import Wording

FONTS = "Arial, Liberation Sans, Noto Sans CJK SC, Microsoft YaHei, PingFang SC, sans-serif"
INK, PALE, GRID = "#1F2933", "#5F6B7A", "#E3E7EC"  # on white
LIGHT = 140  # of 255: a lighter colour is written on in ink
MIDDLE, MIDDLE_GRID = "#7A828C", "rgba(128,128,128,0.25)"  # legible on white and on near-black
PX_PER_CM = 96 / 2.54
PX_PER_PT = 96 / 72


@dataclass(frozen=True)
class Preset:
    """One size a figure is drawn at (rules/presets.csv). Lengths in px of 1/96 inch, so that cm and
    pt come out true.
    """

    preset: str
    width: float
    height: float
    tallest: float
    text: float
    title: float
    line: float
    marker: float
    dpi: int
    white: bool
    footer: bool
    words: Wording
    source: str

    def label(self, language: str = "en") -> str:
        return self.words.text(language)

    @property
    def fixed(self) -> bool:
        """A slide: the height is given, rows must fit into it."""
        return self.height == self.tallest

    @property
    def row(self) -> float:
        """Height of one line of text."""
        return self.text * 1.25

    @property
    def ink(self) -> str:
        return INK if self.white else MIDDLE

    @property
    def pale(self) -> str:
        return PALE if self.white else MIDDLE

    @property
    def grid(self) -> str:
        return GRID if self.white else MIDDLE_GRID


@lru_cache(maxsize=1)
def presets() -> dict[str, Preset]:
    """All presets by id, in the order of rules/presets.csv."""
    return {row["preset"]: _preset(row) for row in read_rules("presets")}


def _preset(row: dict[str, str]) -> Preset:
    return Preset(
        preset=row["preset"],
        width=float(row["width_cm"]) * PX_PER_CM,
        height=float(row["height_cm"]) * PX_PER_CM,
        tallest=float(row["tallest_cm"]) * PX_PER_CM,
        text=float(row["text_pt"]) * PX_PER_PT,
        title=float(row["title_pt"]) * PX_PER_PT,
        line=float(row["line_pt"]) * PX_PER_PT,
        marker=float(row["marker_pt"]) * PX_PER_PT,
        dpi=int(row["dpi"]),
        white=row["background"] == "white",
        footer=row["footer"] == "yes",
        words=Wording.of_row(row, "label"),
        source=row["source"],
    )


def preset_named(name: str) -> Preset:
    """A preset, or a size typed in cm: ``12 cm`` (as high as it needs), ``25.4x14.3cm``. Raises
    UnknownChoice, naming the presets there are.
    """
    if name in presets():
        return presets()[name]
    if typed := _TYPED.match(name):
        width, height = float(typed[1]), float(typed[2] or 0)
        low, high = TYPED_CM
        if low <= width <= high and (not height or low <= height <= high):
            return _of_size(name, width, height)
    raise UnknownChoice("choice.unknown", what="preset", given=name, allowed=list(presets()))


def size_name(width_cm: float, height_cm: float) -> str:
    """The name by which ``preset_named`` knows a typed size."""
    return f"{width_cm:.2f}x{height_cm:.2f}cm"


_TYPED = re.compile(r"^\s{0,3}(\d{1,3}(?:\.\d{1,2})?)(?:\s?[x×]\s?(\d{1,3}(?:\.\d{1,2})?))?\s?cm$")
TYPED_CM = (6.0, 60.0)
SLIDE_FROM_CM = 22.0  # wider than any printed column: read from the back of a room


def _of_size(name: str, width: float, height: float) -> Preset:
    """The look of a slide or of a journal's column at another size, its type as large as theirs."""
    like = presets()["slide" if width >= SLIDE_FROM_CM else "journal_double"]
    tallest = height * PX_PER_CM or max(like.tallest, like.height)
    usual = height * PX_PER_CM or like.height * min(width * PX_PER_CM / like.width, 1.0)
    return replace(like, preset=name, width=width * PX_PER_CM, height=usual, tallest=tallest)


@dataclass(frozen=True)
class Look:
    """One meaning's colour, marker symbol, line dash and bar pattern."""

    colour: str
    symbol: str
    dash: str
    pattern: str

    @property
    def on(self) -> str:
        """Ink or white, whichever reads better on the colour."""
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return INK if 0.299 * red + 0.587 * green + 0.114 * blue > LIGHT else "#FFFFFF"

    def faint(self, opacity: float = 0.18) -> str:
        """The colour, see-through, for bands."""
        red, green, blue = (int(self.colour[i : i + 2], 16) for i in (1, 3, 5))
        return f"rgba({red},{green},{blue},{opacity})"


@lru_cache(maxsize=1)
def _looks() -> dict[str, Look]:
    """Every meaning's look; a class without a row of its own has one of the series, always the
    same.
    """
    known = {
        f"{row['kind']}.{row['meaning']}"
        if row["kind"] in ("series", "month")
        else row["meaning"]: Look(row["colour"], row["symbol"], row["dash"], row["pattern"])
        for row in read_rules("colours")
    }
    series = [style for name, style in known.items() if name.startswith("series.")]
    uncoloured = [name for name in class_order() if name not in known]
    return known | dict(zip(uncoloured, cycle(series), strict=False))


def look(meaning: str) -> Look:
    """The one look of a response class, phenotype, population, group or quantity (KeyError for no
    such row).
    """
    return _looks()[meaning]


def looks(groups: Iterable[object]) -> dict[str, Look]:
    """A look for each group: its own where it has a meaning, else the next of the series colours.

    ``all`` and groups beyond the series get the neutral slate and the series again.
    """
    series = [v for k, v in _looks().items() if k.startswith("series.")]
    taken: dict[str, Look] = {}
    unnamed = 0
    for group in map(str, groups):
        if group in _looks():
            taken[group] = _looks()[group]
        elif group not in taken:
            taken[group] = series[unnamed % len(series)]
            unnamed += 1
    return taken


def template(preset: Preset) -> go.layout.Template:
    """Type and lines of a preset. Colours live here, not in the figure, so that a dark page may
    replace them.
    """
    axis = {
        "showgrid": True,
        "gridcolor": preset.grid,
        "gridwidth": max(preset.line * 0.4, 0.67),
        "zeroline": False,
        "showline": True,
        "linecolor": preset.pale,
        "linewidth": max(preset.line * 0.6, 0.67),
        "ticks": "outside",
        "ticklen": preset.text * 0.3,
        "tickcolor": preset.pale,
        "tickwidth": max(preset.line * 0.6, 0.67),
        "automargin": False,
        "exponentformat": "none",
        "separatethousands": True,
        "title": {"font": {"size": preset.text}},
    }
    back = "#FFFFFF" if preset.white else "rgba(0,0,0,0)"
    return go.layout.Template(
        layout={
            "font": {"family": FONTS, "size": preset.text, "color": preset.ink},
            "paper_bgcolor": back,
            "plot_bgcolor": back,
            "xaxis": axis,
            "yaxis": axis,
            "hoverlabel": {"font": {"family": FONTS}},
            "legend": {"bgcolor": "rgba(0,0,0,0)"},
        }
    )
