"""How long bytes → sheets takes, against calamine and pandas alone in the same run: ``python -m
bench.read``.
"""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd
import python_calamine
import xlsxwriter

from thal_core.sheets.read_sheets import read_sheets

ROWS, MEASURES, RUNS = 100_000, 20, 5
XLSX_LIMIT, CSV_LIMIT, SMALL_LIMIT_SECONDS = 2.0, 2.5, 0.4


def cohort_rows(count: int, seed: int = 1) -> list[list[object]]:
    """A clinic's columns: texts, whole and decimal numbers, blanks, a few censored values."""
    rng = np.random.default_rng(seed)
    columns: list[list[object]] = [
        [f"P{i:06d}" for i in range(count)],
        rng.choice(["F", "M"], count).tolist(),
        rng.choice(["TDT", "NTDT"], count).tolist(),
        rng.choice(["CD41-42/-28", "CD17/-28"], count).tolist(),
        rng.integers(12, 60, count).tolist(),
    ]
    for number in range(MEASURES):
        values: list[object] = np.round(rng.normal(80, 20, count), number % 2).tolist()
        for place in rng.integers(0, count, count // 20).tolist():
            values[place] = "" if place % 50 else "<0.5"
        columns.append(values)
    header: list[object] = [
        "id",
        "sex",
        "phenotype",
        "genotype",
        "age",
        *(f"v{i}" for i in range(MEASURES)),
    ]
    return [header, *map(list, zip(*columns, strict=True))]


def as_xlsx(rows: list[list[object]]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            sheet.write_row(number, 0, row)
    return out.getvalue()


def as_csv(rows: list[list[object]]) -> bytes:
    return pd.DataFrame(rows).to_csv(index=False, header=False).encode()


def calamine_alone(data: bytes) -> object:
    return (
        python_calamine.CalamineWorkbook.from_filelike(io.BytesIO(data))
        .get_sheet_by_index(0)
        .to_python()
    )


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def ratio(mine: Callable[[], object], peer: Callable[[], object]) -> tuple[float, float, float]:
    """Median seconds of both, run in turns, and the median ratio of the turns."""
    turns = [(seconds(peer), seconds(mine)) for _ in range(RUNS)]
    peers, mines = zip(*turns, strict=True)
    return (
        float(np.median(mines)),
        float(np.median(peers)),
        float(np.median([m / p for p, m in turns])),
    )


def main() -> int:
    """Prints one line a measure; exit status 1 where a limit is passed."""
    rows = cohort_rows(ROWS)
    xlsx, csv, small = as_xlsx(rows), as_csv(rows), as_xlsx(rows[:51])
    passed = True
    for name, mine, peer, limit in (
        (
            "xlsx / calamine alone",
            lambda: read_sheets(xlsx, "a.xlsx"),
            lambda: calamine_alone(xlsx),
            XLSX_LIMIT,
        ),
        (
            "csv / pandas.read_csv(dtype=str)",
            lambda: read_sheets(csv, "a.csv"),
            lambda: pd.read_csv(io.BytesIO(csv), dtype=str),
            CSV_LIMIT,
        ),
    ):
        own, other, times = ratio(mine, peer)
        passed &= times <= limit
        print(f"{name}: {own:.2f} s / {other:.2f} s = {times:.2f} (limit {limit})")
    own = min(seconds(lambda: read_sheets(small, "a.xlsx")) for _ in range(RUNS))
    passed &= own <= SMALL_LIMIT_SECONDS
    print(f"50-row xlsx: {own:.2f} s (limit {SMALL_LIMIT_SECONDS})")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
