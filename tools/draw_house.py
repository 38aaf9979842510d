"""The rooms of the library as one picture, from the imports: docs/house.md and docs/house.svg.

``python -m tools.draw_house`` writes both. A room stands one floor above the highest room it
imports from; an arrow that a longer way down already says is left out.
"""

from __future__ import annotations

import ast
import html
from collections.abc import Mapping
from pathlib import Path

ROOT = Path(__file__).parents[1]
OUTSIDE = {"app.py": "app", "pages": "pages", "ui": "ui"}  # the rooms that know Streamlit
WIDTH, HEIGHT, GAP, RISE, MARGIN = 118, 34, 14, 62, 20
Rooms = dict[str, tuple[str, frozenset[str]]]  # name → (what lives there, rooms it imports from)


def rooms() -> Rooms:
    """Every room with its first sentence and the rooms below that it imports from."""
    places = [ROOT / place for place in OUTSIDE]
    places += [p for p in (ROOT / "thal_core").iterdir() if _is_room(p)]
    named = {_name(place): place for place in places}
    return {
        name: (_first_sentence(place), frozenset((_imported(place) & named.keys()) - {name}))
        for name, place in sorted(named.items())
    }


def _is_room(path: Path) -> bool:
    return path.suffix == ".py" and path.stem != "__init__" or (path / "__init__.py").is_file()


def _name(path: Path) -> str:
    return OUTSIDE.get(path.name, path.stem)


def _files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def _first_sentence(place: Path) -> str:
    first = place if place.is_file() else place / "__init__.py"
    text = (
        ast.get_docstring(ast.parse(first.read_text(encoding="utf-8"))) if first.is_file() else ""
    )
    return " ".join((text or "One file per question a person asks.").split("\n\n")[0].split())


def _imported(place: Path) -> set[str]:
    """Rooms imported at run time; blocks for type checkers aside."""
    found: set[str] = set()
    for path in _files(place):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        typing = {
            id(node)
            for block in ast.walk(tree)
            if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
            for node in ast.walk(block)
        }
        for node in ast.walk(tree):
            if isinstance(node, ast.ImportFrom) and id(node) not in typing:
                found |= {_room_of(f"{node.module}.{alias.name}") for alias in node.names}
    return found


def _room_of(module: str) -> str:
    parts = module.split(".")
    if parts[0] == "thal_core":
        return parts[1]
    return parts[0] if parts[0] in OUTSIDE.values() else ""


def floors(house: Rooms) -> dict[str, int]:
    """Room → floor, the ground floor 0. RecursionError where imports run in a circle."""
    known: dict[str, int] = {}

    def floor(name: str) -> int:
        if name not in known:
            known[name] = 1 + max((floor(below) for below in house[name][1]), default=-1)
        return known[name]

    return {name: floor(name) for name in house}


def arrows(house: Rooms) -> list[tuple[str, str]]:
    """The imports that no longer way down already says."""
    reach: dict[str, frozenset[str]] = {}

    def below(name: str) -> frozenset[str]:
        if name not in reach:
            reach[name] = house[name][1].union(*(below(one) for one in house[name][1]))
        return reach[name]

    return [
        (name, one)
        for name, (_, own) in house.items()
        for one in sorted(own)
        if not any(one in below(other) for other in own - {one})
    ]


def picture(house: Rooms) -> str:
    """The house as SVG: floors from top to bottom, boxes with the room's first sentence to read."""
    floor = floors(house)
    places = _places(floor)
    width = max(x for x, _ in places.values()) + WIDTH + MARGIN
    height = max(y for _, y in places.values()) + HEIGHT + MARGIN
    lines = [_line(places[a], places[b]) for a, b in arrows(house)]
    boxes = [_box(name, house[name][0], *places[name]) for name in house]
    return "\n".join(
        [
            f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            'font-family="Arial, sans-serif" font-size="13">',
            f'<rect width="{width}" height="{height}" fill="#ffffff"/>',
            *lines,
            *boxes,
            "</svg>",
            "",
        ]
    )


def _places(floor: Mapping[str, int]) -> dict[str, tuple[int, int]]:
    """Room → left upper corner; the rooms of a floor side by side, in the middle."""
    rows = [[n for n in floor if floor[n] == level] for level in range(max(floor.values()), -1, -1)]
    widest = max(len(row) for row in rows)
    return {
        name: (
            MARGIN + (widest - len(row)) * (WIDTH + GAP) // 2 + place * (WIDTH + GAP),
            MARGIN + level * RISE,
        )
        for level, row in enumerate(rows)
        for place, name in enumerate(row)
    }


def _line(start: tuple[int, int], end: tuple[int, int]) -> str:
    (x, y), (to_x, to_y) = start, end
    return (
        f'<line x1="{x + WIDTH // 2}" y1="{y + HEIGHT}" x2="{to_x + WIDTH // 2}" y2="{to_y}" '
        'stroke="#9aa5b1" stroke-width="1.2"/>'
    )


def _box(name: str, sentence: str, x: int, y: int) -> str:
    return (
        f'<g><title>{html.escape(sentence)}</title><rect x="{x}" y="{y}" width="{WIDTH}" '
        f'height="{HEIGHT}" rx="4" fill="#eef3f8" stroke="#4a5b6c"/><text x="{x + WIDTH // 2}" '
        f'y="{y + 22}" text-anchor="middle" fill="#1f2933">{html.escape(name)}</text></g>'
    )


def page(house: Rooms) -> str:
    """The same house as Markdown: the picture, then a line a room, top floor first."""
    floor = floors(house)
    lines = [
        f"| {level} | `{name}` | {house[name][0]} |"
        for level in range(max(floor.values()), -1, -1)
        for name in house
        if floor[name] == level
    ]
    return "\n".join(
        [
            "# The house",
            "",
            "Made by `python -m tools.draw_house` from the imports: a room stands above every room "
            "it imports from, and lines that a longer way down already says are left out. "
            "`tests/test_structure.py` fails on an arrow that runs up.",
            "",
            "![The rooms and what they stand on](house.svg)",
            "",
            "| floor | room | what lives there |",
            "|---|---|---|",
            *lines,
            "",
        ]
    )


if __name__ == "__main__":
    drawn = rooms()
    (ROOT / "docs" / "house.svg").write_text(picture(drawn), encoding="utf-8")
    (ROOT / "docs" / "house.md").write_text(page(drawn), encoding="utf-8")
