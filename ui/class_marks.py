"""The colour and shape of each response class (rules/colours.csv), as a small picture for labels
and as a cell's look.
"""

from __future__ import annotations

from base64 import b64encode

from thal_core.figures.theme import look
from thal_core.rules.catalogue import class_order
from thal_core.vocabulary import Phenotype

SHAPES = {
    "circle": '<circle cx="8" cy="8" r="7" fill="{c}"/>',
    "square": '<rect x="1.5" y="1.5" width="13" height="13" fill="{c}"/>',
    "triangle-up": '<path d="M8 1 15 15H1Z" fill="{c}"/>',
    "x": '<path d="M3 3 13 13M13 3 3 13" stroke="{c}" stroke-width="4.2"/>',
    "circle-open": '<circle cx="8" cy="8" r="5.6" fill="none" stroke="{c}" stroke-width="2.8"/>',
    "star": '<path d="M8 0l2.3 5.5 5.7.5-4.4 3.8 1.4 5.9L8 12.5l-5 3.2 1.4-5.9L0 6l5.7-.5Z" '
    'fill="{c}"/>',
}


def mark(meaning: str) -> str:
    """Markdown picture of a class or phenotype; empty for anything else."""
    if meaning not in _marked():
        return ""
    style = look(meaning)
    shape = SHAPES.get(style.symbol, SHAPES["circle"]).format(c=style.colour)
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="16" height="16">{shape}</svg>'
    return f"![{meaning}](data:image/svg+xml;base64,{b64encode(svg.encode()).decode()})"


def cell_style(value: object) -> str:
    """CSS of a table cell that holds a class: its colour, with ink that can be read on it."""
    if value not in _marked():
        return ""
    style = look(str(value))
    return f"background-color: {style.colour}; color: {style.on}"


def _marked() -> tuple[str, ...]:
    return (*class_order(), *Phenotype)
