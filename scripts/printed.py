"""The printed figures of a paper, by item, row, group and month, with the room that rounding
leaves.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import lru_cache
from itertools import product
from math import ceil, floor
from pathlib import Path

RULES = Path(__file__).resolve().parents[1] / "thal_core" / "rules"
DECIMALS = {"mean": 2, "sd": 2, "mean_diff": 3, "se": 3, "p": 3}  # SPSS drops trailing zeros


@dataclass(frozen=True)
class Printed:
    id: str
    item: str
    row: str
    group: str
    month: str
    statistic: str
    text: str
    operator: str

    @property
    def value(self) -> float:
        """The printed number; of an interquartile range its width."""
        if self.statistic == "iqr":
            low, high = self.text.split("-")
            return float(high) - float(low)
        return float(self.text)

    @property
    def decimals(self) -> int:
        return len(self.text.partition(".")[2])


@lru_cache(maxsize=2)
def printed_cells(year: int) -> tuple[Printed, ...]:
    """Every printed figure of one paper, in the order of its ``published.csv``."""
    with (RULES / "papers" / f"yang{year}" / "published.csv").open(
        encoding="utf-8-sig", newline=""
    ) as lines:
        return tuple(
            Printed(
                r["id"],
                r["item"],
                r["row"],
                r["group"],
                r["timepoint_months"],
                r["statistic"],
                r["value"],
                r["operator"],
            )
            for r in csv.DictReader(lines)
        )


def cell(year: int, item: str, row: str, group: str, statistic: str) -> Printed:
    found = [
        c
        for c in printed_cells(year)
        if (c.item, c.row, c.group, c.statistic) == (item, row, group, statistic)
    ]
    if len(found) != 1:
        raise KeyError(f"{len(found)} printed cells for {(year, item, row, group, statistic)}")
    return found[0]


def half_unit(statistic: str, text: str = "") -> float:
    """Half a unit of the last printed digit."""
    decimals = max(DECIMALS.get(statistic, 0), len(text.partition(".")[2]))
    return 0.5 * 10**-decimals


def whole_sums(
    sizes: tuple[int, int], means: tuple[float, float], difference: float, unit: float
) -> tuple[float, float]:
    """Sums of two groups, in steps of ``unit``, whose means and mean difference print as given.

    Where no pair meets all three, the pair that misses the fewest (a paper may round twice).
    """

    def candidates(n: int, mean: float) -> list[float]:
        low, high = n * (mean - 0.012) / unit, n * (mean + 0.012) / unit
        return [k * unit for k in range(ceil(low), floor(high) + 1)]

    def missed(sums: tuple[float, float]) -> tuple[int, float]:
        found = [total / n for total, n in zip(sums, sizes, strict=True)]
        gaps = [abs(f - m) / 0.005 for f, m in zip(found, means, strict=True)]
        gaps.append(abs(found[0] - found[1] - difference) / 0.0005)
        return sum(gap > 1 + 1e-9 for gap in gaps), sum(gaps)

    return min(product(candidates(sizes[0], means[0]), candidates(sizes[1], means[1])), key=missed)
