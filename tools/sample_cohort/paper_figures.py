"""The printed figures of a paper, by item, row and group, with the room that rounding leaves."""

from __future__ import annotations

from functools import lru_cache
from itertools import product
from math import ceil, floor

from thal_core.audit.printed import Printed
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.audit.rounding import decimals

DECIMALS = {"mean": 2, "sd": 2, "mean_diff": 3, "se": 3, "p": 3}  # SPSS drops trailing zeros


@lru_cache(maxsize=2)
def printed_cells(year: int) -> tuple[Printed, ...]:
    """Every printed figure of one paper, in the order of its ``published.csv``."""
    rows = published_papers()
    return tuple(printed_figures(rows[rows["paper"] == f"Yang{year}"]))


def cell(year: int, item: str, row: str, group: str, statistic: str) -> Printed:
    found = [
        c
        for c in printed_cells(year)
        if (c.item, c.row, c.group, c.statistic) == (item, row, group, statistic)
    ]
    if len(found) != 1:
        raise KeyError(f"{len(found)} printed cells for {(year, item, row, group, statistic)}")
    return found[0]


def half_unit(statistic: str, printed: str) -> float:
    """Half a unit of the last digit, with the trailing zeros that SPSS dropped."""
    return 0.5 * 10 ** -max(DECIMALS.get(statistic, 0), decimals(printed))


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
