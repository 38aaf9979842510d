"""Write the two sample cohorts: ``python scripts/make_sample_cohort.py [folder]`` (default: data).

Also writes ``cells_that_differ.csv``: the printed figures that the program does not show for the
samples.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd
from cells import differing, read_sheet
from cells_2020 import cells_2020
from cells_2024 import cells_2024
from reasons import reason_by_id
from sample_cohort_2020 import sample_2020
from sample_cohort_2024 import sample_2024
from sheet import write_sheet

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"


def main(folder: Path = DATA) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    first, second = folder / "sample_cohort.csv", folder / "sample_cohort_2020.csv"
    write_sheet(sample_2024(), first)
    write_sheet(sample_2020(), second)
    differ = pd.concat(
        [
            differing(
                2024, cells_2024(read_sheet(first)), shown(first), reason_by_id(), strict=True
            ),
            differing(
                2020, cells_2020(read_sheet(second)), shown(second), reason_by_id(), strict=False
            ),
        ]
    )
    write_sheet(differ, folder / "cells_that_differ.csv")


def shown(sheet: Path) -> pd.DataFrame:
    """What the program puts beside each printed figure, by the figure's id."""
    sys.path.insert(0, str(ROOT))
    from thal_core import analyse, read_cohort

    return analyse(read_cohort(sheet), "published").table.set_index("id")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
