"""Write the two sample cohorts: ``python -m tools.sample_cohort [folder]`` (default: data)."""

from __future__ import annotations

import sys
from pathlib import Path

from tools.sample_cohort.sample_cohort_2020 import sample_2020
from tools.sample_cohort.sample_cohort_2024 import sample_2024
from tools.sample_cohort.sheet_writing import write_sheet

DATA = Path(__file__).resolve().parents[2] / "data"


def main(folder: Path = DATA) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_sheet(sample_2024(), folder / "sample_cohort.csv")
    write_sheet(sample_2020(), folder / "sample_cohort_2020.csv")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
