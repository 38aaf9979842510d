"""The directions of the house: imports run downwards, and libraries stay in their rooms."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
FLOORS = [  # top to bottom; a room may import from lower floors, and from its own
    {"__main__"},
    {"reader"},
    {"export"},
    {"analyses"},
    {"figures"},
    {"audit"},
    {"stats"},
    {"selection"},
    {"derive"},
    {"intake"},
    {"sheets"},
    {"genotype"},
    {"rules"},
    {"results"},
    {"view"},
    {"figure_options"},
    {"cohort"},
    {"mapping"},
    {"issues"},
    {"words"},
    {"vocabulary"},
    {"memo"},
    {"rows"},
]
INTAKE = [  # the rooms of thal_core/intake, top to bottom: the order data flows, read upwards
    "parse",
    "assemble",
    "collect",
    "values",
    "timeline",
    "fields",
    "ledger",
    "layout",
    "text",
]
FLOOR = {room: number for number, rooms in enumerate(FLOORS) for room in rooms}
HOMES = {
    "streamlit": ("app.py", "pages", "ui"),
    "scipy": ("thal_core/stats",),
    "statsmodels": ("thal_core/stats",),
    "plotly": ("thal_core/figures",),
    "kaleido": ("thal_core/figures",),
}
FILES = [
    ROOT / "app.py",
    *(p for place in ("pages", "ui", "thal_core") for p in (ROOT / place).rglob("*.py")),
]


def imported(path: Path) -> list[str]:
    """Every module name a file imports at run time, wherever in the file (type-checking blocks
    aside).
    """
    names: list[str] = []
    tree = ast.parse(path.read_text(encoding="utf-8"))
    skipped = {
        id(n)
        for block in ast.walk(tree)
        if isinstance(block, ast.If) and "TYPE_CHECKING" in ast.unparse(block.test)
        for n in ast.walk(block)
    }
    for node in ast.walk(tree):
        if id(node) in skipped:
            continue
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module:
            names += [f"{node.module}.{alias.name}" for alias in node.names]
    return names


def room(path: Path) -> str:
    return path.relative_to(ROOT / "thal_core").parts[0].removesuffix(".py")


def test_there_is_something_to_read() -> None:
    assert len(FILES) > 30


@pytest.mark.parametrize(
    "path", [p for p in FILES if "thal_core" in p.parts and room(p) != "__init__"], ids=str
)
def test_imports_run_downwards(path: Path) -> None:
    own = FLOOR[room(path)]
    upwards = [
        n
        for n in imported(path)
        if n.startswith("thal_core.") and FLOOR.get(n.split(".")[1], own) < own
    ]
    assert upwards == []


INTAKE_FILES = [p for p in FILES if "intake" in p.parts and p.parent.name != "thal_core"]


@pytest.mark.parametrize("path", INTAKE_FILES, ids=str)
def test_intake_imports_run_against_the_flow_of_data(path: Path) -> None:
    def floor(parts: tuple[str, ...]) -> int:
        return INTAKE.index(parts[2].removesuffix(".py"))

    place = path.relative_to(ROOT).parts
    if place[2] == "__init__.py":
        return
    modules = [tuple(n.split(".")) for n in imported(path) if n.startswith("thal_core.intake.")]
    assert [m for m in modules if floor(m) < floor(place)] == []


@pytest.mark.parametrize("path", FILES, ids=str)
def test_libraries_stay_in_their_rooms(path: Path) -> None:
    place = path.relative_to(ROOT).as_posix()
    strangers = [
        n
        for n in imported(path)
        for library, homes in HOMES.items()
        if n.split(".")[0] == library and not place.startswith(homes)
    ]
    assert strangers == []


def test_every_sentence_has_both_languages_once() -> None:
    from thal_core.words import catalogue

    assert [
        code
        for code, text in catalogue().items()
        if not text["en"].strip() or not text["zh"].strip()
    ] == []
