"""A few typed rows → the cohort they become."""

from __future__ import annotations

import pandas as pd

from tests.layouts.grid import Grid
from thal_core.cohort import Cohort
from thal_core.derive.conclusions import conclude
from thal_core.derive.record import complete
from thal_core.intake.parse_file import Reading, parse_file, parse_sheets
from thal_core.mapping import Mapping


def read(
    *rows: list[object],
    settings: dict[str, str] | None = None,
    mapping: Mapping | None = None,
    name: str = "sheet",
    merged: tuple[tuple[int, int, int, int], ...] = (),
) -> Cohort:
    """The cohort of one sheet; the first row is usually its header."""
    parsed = reading(*rows, settings=settings, mapping=mapping, name=name, merged=merged)
    return complete(parsed.cohort)


def reading(
    *rows: list[object],
    settings: dict[str, str] | None = None,
    mapping: Mapping | None = None,
    name: str = "sheet",
    merged: tuple[tuple[int, int, int, int], ...] = (),
) -> Reading:
    given = mapping or Mapping()
    for key, value in (settings or {}).items():
        given = given.with_setting(key, value)
    return parse_sheets([Grid(name, [list(r) for r in rows], list(merged)).sheet()], given)


def read_file(data: bytes, filename: str = "a", mapping: Mapping = Mapping()) -> Cohort:  # noqa: B008
    """A file of our own, read in this process: where its content is tested, not its danger."""
    return conclude(parse_file(data, filename, mapping, lambda share, code: None).cohort)


def read_sheets_of(*grids: Grid, settings: dict[str, str] | None = None) -> Cohort:
    given = Mapping((), tuple((settings or {}).items()))
    return complete(parse_sheets([grid.sheet() for grid in grids], given).cohort)


def codes(cohort: Cohort) -> list[str]:
    """The codes of all issues, unusual values aside."""
    return [code for code in cohort.issues["code"] if "unusual" not in code]


def issue(cohort: Cohort, code: str) -> pd.Series:
    """The one issue with this code."""
    rows = cohort.issues[cohort.issues["code"] == code]
    assert len(rows) == 1, cohort.issues[["code", "cell", "raw"]]
    return rows.iloc[0]


def series(cohort: Cohort, field: str, patient: str = "1") -> dict[float, float]:
    """Month → value of one patient."""
    rows = cohort.visits[(cohort.visits["patient_id"] == patient) & cohort.visits[field].notna()]
    return dict(zip(rows["month"], rows[field].astype(float).round(6), strict=True))
