"""How long a file → Cohort takes, against pandas and calamine alone in the same run: ``python -m
bench.cohort``.
"""

from __future__ import annotations

import io
import sys

import numpy as np
import pandas as pd

from bench.read import as_csv, as_xlsx, calamine_alone, ratio, seconds
from thal_core import analyse, read_cohort

ROWS, RUNS = 100_000, 3
CSV_LIMIT, XLSX_LIMIT, SMALL_LIMIT_SECONDS = (
    8.0,
    3.0,
    1.0,
)  # issue "Any clinic's sheet, as it is": Speed
MONTHS = (0, 1, 3, 6, 12, 18)
QUANTITIES = (
    ("Hb_{}M (g/L)", 85, 12, 0),
    ("HbF_{}M (%)", 35, 15, 1),
    ("Ferritin_{}M (ng/mL)", 2000, 300, 0),
)


def clinic_rows(count: int, seed: int = 2) -> list[list[object]]:
    """25 columns: id, sex, age, phenotype, spleen, genotype, transfusion reduction, and three
    quantities at six visits.
    """
    rng = np.random.default_rng(seed)
    columns: list[list[object]] = [
        [f"P{i:06d}" for i in range(count)],
        rng.choice(["男", "女"], count).tolist(),
        rng.integers(12, 55, count).tolist(),
        rng.choice(["TDT", "NTDT"], count).tolist(),
        rng.choice(["是", "否"], count).tolist(),
        rng.choice(
            ["βCD41-42/β-28", "βCD17/βCD17", "CD71-72/βEM", "IVS-II-654/CD17"], count
        ).tolist(),
        np.round(rng.uniform(0, 100, count), 1).tolist(),
    ]
    header: list[object] = [
        "编号",
        "性别",
        "年龄",
        "分型",
        "脾切除",
        "基因型",
        "transfusion_reduction_percent",
    ]
    for name, mean, spread, digits in QUANTITIES:
        for month in MONTHS:
            values: list[object] = np.clip(
                np.round(rng.normal(mean, spread, count), digits), 1, 99 if digits else None
            ).tolist()
            for place in rng.integers(0, count, count // 50).tolist():
                values[place] = "未查"
            columns.append(values)
            header.append(name.format(month))
    return [header, *map(list, zip(*columns, strict=True))]


def main() -> int:
    """Prints one line a measure; exit status 1 where a limit is passed."""
    rows = clinic_rows(ROWS)
    csv, xlsx, small = as_csv(rows), as_xlsx(rows), as_xlsx(rows[:51])
    passed = True
    for name, mine, peer, limit in (
        (
            "csv → Cohort / pandas.read_csv(dtype=str)",
            lambda: read_cohort(csv, filename="a.csv"),
            lambda: pd.read_csv(io.BytesIO(csv), dtype=str),
            CSV_LIMIT,
        ),
        (
            "xlsx → Cohort / calamine alone",
            lambda: read_cohort(xlsx, filename="a.xlsx"),
            lambda: calamine_alone(xlsx),
            XLSX_LIMIT,
        ),
    ):
        own, other, times = ratio(mine, peer)
        passed &= times <= limit
        print(f"{name}: {own:.2f} s / {other:.2f} s = {times:.2f} (limit {limit})", flush=True)
    own = min(seconds(lambda: read_cohort(small, filename="a.xlsx")) for _ in range(RUNS))
    passed &= own <= SMALL_LIMIT_SECONDS
    print(f"50-row xlsx → Cohort: {own:.2f} s (limit {SMALL_LIMIT_SECONDS})")
    cohort = read_cohort(small, filename="a.xlsx")
    print(f"50 patients, summary: {seconds(lambda: analyse(cohort, 'summary')):.2f} s")
    return 0 if passed else 1


if __name__ == "__main__":
    sys.exit(main())
