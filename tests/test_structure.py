"""The directions of the house: imports run downwards, and libraries stay in their rooms."""

from __future__ import annotations

import ast
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = [  # top to bottom; a room may import from lower floors, and from its own
    {"__main__"},
    {"reader"},
    {"export"},
    {"analyses"},
    {"figures"},
    {"audit"},
    {"groups"},
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
    {"stats"},  # the ground floor: arrays in, tidy frames out
]
INTAKE = [  # the rooms of thal_core/intake, top to bottom: the order data flows, read upwards
    "parse_file",
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


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def test_imports_run_downwards() -> None:
    core = [p for p in FILES if "thal_core" in p.parts and room(p) != "__init__"]
    assert [
        f"{named(path)} imports {n}"
        for path in core
        for n in imported(path)
        if n.startswith("thal_core.")
        and FLOOR.get(n.split(".")[1], FLOOR[room(path)]) < FLOOR[room(path)]
    ] == []


def test_intake_imports_run_against_the_flow_of_data() -> None:
    def floor(parts: tuple[str, ...]) -> int:
        return INTAKE.index(parts[2].removesuffix(".py"))

    places = [path.relative_to(ROOT).parts for path in FILES if "intake" in path.parts]
    assert [
        f"{'/'.join(place)} imports {n}"
        for place in places
        if place[2] != "__init__.py"
        for n in imported(ROOT.joinpath(*place))
        if n.startswith("thal_core.intake.") and floor(tuple(n.split("."))) < floor(place)
    ] == []


def test_libraries_stay_in_their_rooms() -> None:
    assert [
        f"{named(path)} imports {n}"
        for path in FILES
        for n in imported(path)
        for library, homes in HOMES.items()
        if n.split(".")[0] == library and not named(path).startswith(homes)
    ] == []


def functions(path: Path) -> list[ast.FunctionDef | ast.AsyncFunctionDef]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]


def code_lines(path: Path, function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """The function's lines without its docstring, blank lines and comments."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    prose = range(first.lineno, (first.end_lineno or 0) + 1) if documented else range(0)
    lines = path.read_text(encoding="utf-8").splitlines()
    numbers = range(function.lineno, (function.end_lineno or 0) + 1)
    written = (lines[n - 1].strip() for n in numbers if n not in prose)
    return sum(1 for line in written if line and not line.startswith("#"))


def longer_than(limit: int, paths: list[Path]) -> list[str]:
    return [
        f"{named(path)}: {function.name} has {code_lines(path, function)} lines"
        for path in paths
        for function in functions(path)
        if code_lines(path, function) > limit
    ]


def test_functions_fit_on_a_screen() -> None:
    others = [p for place in ("tests", "tools", "bench") for p in (ROOT / place).rglob("*.py")]
    assert longer_than(40, FILES) == []
    assert longer_than(60, others) == []


def test_nothing_is_keyed_by_where_it_lies_in_memory() -> None:
    calls = (
        (path, node)
        for path in FILES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    )
    assert [f"{named(p)}:{node.lineno}" for p, node in calls if node.func.id == "id"] == []


def test_a_file_name_stands_once() -> None:
    """A page may have the name of its analysis, and a file of export that of what it writes."""
    names = Counter(
        path.name for path in FILES if "thal_core" in path.parts and room(path) != "export"
    )
    assert [n for n, times in names.items() if times > 1 and not n.startswith("__")] == []


def test_every_sentence_has_both_languages_once() -> None:
    from thal_core.words import catalogue

    assert [
        code
        for code, text in catalogue().items()
        if not text["en"].strip() or not text["zh"].strip()
    ] == []


def test_every_public_name_is_there() -> None:
    import thal_core

    assert [name for name in thal_core.__all__ if getattr(thal_core, name, None) is None] == []
