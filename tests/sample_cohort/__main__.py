"""Write the list of printed figures that differ: ``python -m tests.sample_cohort [folder]``."""

from __future__ import annotations

import sys
from pathlib import Path

from tests.sample_cohort.sheets import DATA, LIST, cells_that_differ
from tools.sample_cohort.sheet_writing import write_sheet


def main(folder: Path = DATA) -> None:
    write_sheet(cells_that_differ(), folder / LIST)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
