"""Write the two sample cohorts: ``python scripts/make_sample_cohort.py [folder]`` (default: data)."""

from __future__ import annotations

import sys
from pathlib import Path

from sample_cohort_2024 import sample_2024
from sheet import write_sheet

DATA = Path(__file__).resolve().parents[1] / "data"


def main(folder: Path = DATA) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    write_sheet(sample_2024(), folder / "sample_cohort.csv")


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:2]))
