"""What is mutated: the sheets of the tests, each cut to a few patients."""

from __future__ import annotations

import csv
import io
from functools import cache
from pathlib import Path

from tests.layouts.clinic import answer
from tests.layouts.disguises import DISGUISES
from tests.layouts.grid import Grid
from tests.layouts.layouts import LAYOUTS
from tests.layouts.strange import STRANGE
from tests.layouts.test_county import county

Rows = list[list[object]]
ROOT = Path(__file__).parents[2]
LONGEST, WIDEST = 14, 40
FILES = (
    ROOT / "data" / "sample_cohort.csv",
    ROOT / "data" / "sample_cohort_2020.csv",
    ROOT / "tests" / "data" / "table3_2024.csv",
)


@cache
def seeds() -> tuple[list[Grid], ...]:
    """Every seed: its sheets."""
    made = [
        *(make() for make in DISGUISES.values()),
        *(make() for make in STRANGE.values()),
        *(make(answer()) for make in LAYOUTS.values()),
        [county()],
    ]
    typed = [[Grid("data", list(csv.reader(io.StringIO(text_of(path)))))] for path in FILES]
    return tuple([_cut(grid) for grid in grids] for grids in [*made, *typed])


def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8-sig")


def _cut(grid: Grid) -> Grid:
    """The first rows and columns; merged cells only where they still lie inside."""
    rows = [list(row[:WIDEST]) for row in grid.rows[:LONGEST]]
    inside = [m for m in grid.merged if m[2] < len(rows) and m[3] < WIDEST]
    return Grid(grid.name, rows, inside)
