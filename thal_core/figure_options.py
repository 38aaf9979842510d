"""How one person wants a figure drawn: size, colours, words and ranges; frozen, with JSON in and
out, and the one validator of what is typed or forged.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, fields

from thal_core.issues import CohortError

PALETTES = ("colour", "grey", "contrast")
LOWEST_DPI, HIGHEST_DPI, MOST_SIGNS, MOST_WORDS = 36, 1200, 300, 60
_COLOUR = re.compile(r"^#[0-9A-Fa-f]{6}$")
_SIZE = re.compile(r"^[\w .×x]{1,40}$")


@dataclass(frozen=True)
class FigureOptions:
    """size: a preset (rules/presets.csv) or typed, ``12 cm``, ``12x8cm``. dpi: of PNG; 0 for the
    preset's own. palette: ``colour`` (Okabe–Ito), ``grey`` or ``contrast``. title, x_title,
    y_title: in place of the figure's. x_range, y_range: ends of the axes. hide_lines: no single
    patients behind the means. labels: a name of the figure → one's own. colours: a name of the
    legend → #RRGGBB. order: names of the legend, first to last.
    """

    size: str = "journal_double"
    dpi: int = 0
    palette: str = "colour"
    title: str = ""
    x_title: str = ""
    y_title: str = ""
    x_range: tuple[float, float] | None = None
    y_range: tuple[float, float] | None = None
    hide_lines: bool = False
    labels: tuple[tuple[str, str], ...] = ()
    colours: tuple[tuple[str, str], ...] = ()
    order: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises CohortError ``view.bad_option`` naming what is not allowed."""
        checks = {
            "size": isinstance(self.size, str) and bool(_SIZE.match(self.size)),
            "dpi": _is_dpi(self.dpi),
            "palette": self.palette in PALETTES,
            "hide_lines": isinstance(self.hide_lines, bool),
            "x_range": _is_range(self.x_range),
            "y_range": _is_range(self.y_range),
            "labels": _are_pairs(self.labels),
            "colours": _are_pairs(self.colours)
            and all(_COLOUR.match(colour) for _, colour in self.colours),
            "order": _are_texts(self.order),
            **{name: _is_text(getattr(self, name)) for name in ("title", "x_title", "y_title")},
        }
        for name, good in checks.items():
            if not good:
                raise CohortError("view.bad_option", name=name)

    @property
    def changes_the_drawing(self) -> bool:
        """Anything but the size of the file."""
        usual = asdict(FigureOptions())
        return any(v != usual[k] for k, v in asdict(self).items() if k not in ("size", "dpi"))

    def parts(self) -> dict[str, object]:
        """For JSON: what differs from the usual."""
        usual = asdict(FigureOptions())
        return {k: v for k, v in asdict(self).items() if v != usual[k]}

    @classmethod
    def of(cls, given: Mapping[str, object]) -> FigureOptions:
        """From JSON; unknown names are left out."""
        names = {f.name for f in fields(cls)}
        return cls(**{k: _frozen(v) for k, v in given.items() if k in names})  # type: ignore[arg-type]


def _frozen(value: object) -> object:
    return tuple(_frozen(v) for v in value) if isinstance(value, list | tuple) else value


def _is_text(text: object) -> bool:
    return isinstance(text, str) and len(text) <= MOST_SIGNS and text.isprintable()


def _is_dpi(value: object) -> bool:
    if not isinstance(value, int) or isinstance(value, bool):
        return False
    return value == 0 or LOWEST_DPI <= value <= HIGHEST_DPI


def _is_range(ends: object) -> bool:
    if ends is None:
        return True
    if not isinstance(ends, tuple) or len(ends) != 2:
        return False
    if not all(isinstance(e, int | float) and not isinstance(e, bool) for e in ends):
        return False
    return all(map(math.isfinite, ends)) and ends[0] < ends[1]


def _are_texts(words: object) -> bool:
    return isinstance(words, tuple) and len(words) <= MOST_WORDS and all(map(_is_text, words))


def _are_pairs(pairs: object) -> bool:
    if not isinstance(pairs, tuple) or len(pairs) > MOST_WORDS:
        return False
    return all(isinstance(p, tuple) and len(p) == 2 and all(map(_is_text, p)) for p in pairs)
