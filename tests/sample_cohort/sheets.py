"""The two sample sheets, what they hold of each printed figure, and what the program shows."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pandas as pd

from tests.sample_cohort.cells_2020 import cells_2020
from tests.sample_cohort.cells_2024 import cells_2024
from tests.sample_cohort.comparison import differing, read_sheet
from thal_core import analyse, read_cohort
from thal_core.audit.printed import Printed

DATA = Path(__file__).resolve().parents[2] / "data"
SHEETS = {2024: "sample_cohort.csv", 2020: "sample_cohort_2020.csv"}
LIST = "cells_that_differ.csv"


@lru_cache
def sheet(year: int) -> pd.DataFrame:
    return read_sheet(DATA / SHEETS[year])


@lru_cache
def recomputed(year: int) -> dict[Printed, float]:
    """Printed figure -> what the sheet gives, by pandas and scipy alone."""
    return {2020: cells_2020, 2024: cells_2024}[year](sheet(year))


@lru_cache
def shown(year: int) -> pd.DataFrame:
    """What the program puts beside each printed figure of the paper, by the figure's id."""
    table = analyse(read_cohort(DATA / SHEETS[year]), "published").table
    return table[table["paper"] == f"Yang{year}"].set_index("id")


def cells_that_differ() -> pd.DataFrame:
    """The list of data/cells_that_differ.csv, made again."""
    parts = [differing(year, recomputed(year), shown(year)) for year in SHEETS]
    return pd.concat(parts, ignore_index=True)
