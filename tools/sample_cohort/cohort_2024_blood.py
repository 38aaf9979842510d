"""Haemoglobin, HbF and ferritin of the 48 patients: Tables 2 and 4–10 of the 2024 paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from tools.sample_cohort.cohort_2024_roster import FAVOURABLE, OTHER
from tools.sample_cohort.moment_search import (
    Combination,
    Target,
    Unsolved,
    exchanges,
    repaired,
    sd_of,
    search,
    standard_error_of,
    walker,
)
from tools.sample_cohort.paper_figures import cell, half_unit, printed_cells, whole_sums

MONTHS = (0, 1, 3, 6, 12, 18, 24)
TABLE_MONTHS = (0, 6, 12, 24)
RULE_RISE = 20.0  # g/L at 6 months: every NTDT patient of the paper is a main responder


@dataclass(frozen=True)
class Block:
    """The 48 by genotype group and phenotype; rows are positions in the roster."""

    tdt_other: list[int]
    ntdt_other: list[int]
    tdt_favourable: list[int]
    ntdt_favourable: list[int]

    @property
    def all(self) -> list[list[int]]:
        return [self.tdt_other, self.ntdt_other, self.tdt_favourable, self.ntdt_favourable]


def blocks(patients: pd.DataFrame) -> Block:
    def rows(group: str, phenotype: str) -> list[int]:
        return list(
            np.flatnonzero((patients["group"] == group) & (patients["phenotype"] == phenotype))
        )

    return Block(
        rows(OTHER, "TDT"),
        rows(OTHER, "NTDT"),
        rows(FAVOURABLE, "TDT"),
        rows(FAVOURABLE, "NTDT"),
    )


# ------------------------------------------------------------------ what the tables print


@dataclass(frozen=True)
class Comparison:
    """Two rows of Tables 4–7 and 10: sums of SLR/NR and MaR, their SDs, the standard error."""

    item: str
    month: int
    sums: tuple[float, float]
    sds: tuple[float, float]
    error: float
    half_sds: tuple[float, float]


def comparison(item: str, analyte: str, month: int, unit: float) -> Comparison:
    row, prefix = f"{analyte}{month}M", "all" if item in ("Table 4", "Table 5") else "TDT"
    groups = (f"{prefix} SLR/NR", f"{prefix} MaR")
    sizes = tuple(int(cell(2024, item, row, g, "n").printed) for g in groups)
    means = tuple(cell(2024, item, row, g, "mean").value for g in groups)
    sds = [cell(2024, item, row, g, "sd") for g in groups]
    difference = cell(2024, item, row, "SLR/NR minus MaR", "mean_diff").value
    return Comparison(
        item,
        month,
        whole_sums(sizes, means, difference, unit),
        (sds[0].value, sds[1].value),
        cell(2024, item, row, "SLR/NR minus MaR", "se").value,
        (half_unit("sd", sds[0].printed), half_unit("sd", sds[1].printed)),
    )


def _targets(
    first: Combination,
    second: Combination,
    printed: Comparison,
    scale: float,
    with_sds: bool = True,
) -> list[Target]:
    """Windows for two SDs and their standard error, values counted in units of 1/scale."""
    targets = [standard_error_of(first, second, printed.error * scale, 0.00049 * scale)]
    if with_sds:
        targets += [
            sd_of(c, sd * scale, 0.98 * half * scale)
            for c, sd, half in zip((first, second), printed.sds, printed.half_sds, strict=True)
        ]
    return targets


def _block_sums(every: Comparison, tdt: Comparison) -> list[float]:
    """Sums in the order of Block.all."""
    return [tdt.sums[0], every.sums[0] - tdt.sums[0], tdt.sums[1], every.sums[1] - tdt.sums[1]]


def _column_targets(
    block: Block, every: Comparison, tdt: Comparison, scale: float, copied_sds: bool
) -> list[Target]:
    other = Combination(block.tdt_other + block.ntdt_other, {0: 1.0})
    favourable = Combination(block.tdt_favourable + block.ntdt_favourable, {0: 1.0})
    tdt_other, tdt_favourable = (
        Combination(rows, {0: 1.0}) for rows in (block.tdt_other, block.tdt_favourable)
    )
    return _targets(tdt_other, tdt_favourable, tdt, scale) + _targets(
        other, favourable, every, scale, with_sds=not copied_sds
    )


# ------------------------------------------------------------------ haemoglobin


def haemoglobin(patients: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Hb in whole g/L at every visit, rows as in ``patients`` (withdrawn rows blank)."""
    block = blocks(patients)
    out = pd.DataFrame(np.nan, index=patients.index, columns=list(MONTHS), dtype=float)
    cells, odd_one = _genotype_cells(patients, block), _odd_one_out(patients)
    for month in (0, 6):
        out.loc[:, month] = _solved_hb(patients, block, cells, odd_one, month, rng)
    _order_cells(out, cells, block, odd_one)
    for month in (12, 24):
        out.loc[:, month] = _solved_hb(patients, block, None, odd_one, month, rng, out)
    _early_months(out, patients, cells, odd_one, rng)
    between = (out[12] + out[24]) / 2 + rng.normal(0, 2.5, len(out))
    out.loc[:, 18] = between.round()
    return out


def _table_2(month: int) -> dict[str, tuple[int, float]]:
    """Genotype as Table 1 writes it -> printed n and mean."""
    names = {c.row for c in printed_cells(2024) if c.item == "Table 2"}
    return {
        name: (
            int(cell(2024, "Table 2", name, "MaR group", "n").printed),
            _table_2_mean(name, month),
        )
        for name in names
    }


def _table_2_mean(name: str, month: int) -> float:
    return next(
        c.value
        for c in printed_cells(2024)
        if (c.item, c.row, c.timepoint_months, c.statistic) == ("Table 2", name, str(month), "mean")
    )


def table_2_name(genotype: str) -> str:
    """Table 1 and Table 2 write the same genotype differently."""
    plain = genotype.replace("β", "").replace("IVS-II", "IVS-2")
    return {"IVS-2-654/EM": "βIVS-2-654/βEM", "CD41-42/-43": "βCD41-42/-43"}.get(plain, plain)


def _odd_one_out(patients: pd.DataFrame) -> int:
    """The last patient of the genotype whose printed mean cannot be one of its n whole numbers."""
    for name, (n, mean) in _table_2(3).items():
        if abs(round(n * mean) / n - mean) > 0.0051:
            return int(
                np.flatnonzero(patients["genotype"].fillna("").map(table_2_name) == name)[-1]
            )
    raise Unsolved("every mean of Table 2 is possible")


def _genotype_cells(patients: pd.DataFrame, block: Block) -> dict[tuple[str, str], list[int]]:
    rows = block.tdt_favourable + block.ntdt_favourable
    frame = patients.iloc[rows]
    keys = list(zip(frame["genotype"].map(table_2_name), frame["phenotype"], strict=True))
    return {
        key: [row for row, k in zip(rows, keys, strict=True) if k == key]
        for key in dict.fromkeys(keys)
    }


def _cell_sums(
    cells: dict[tuple[str, str], list[int]], odd_one: int, month: int, sums: list[float] | None
) -> tuple[dict[tuple[str, str], float], float]:
    """Table 2's sums per genotype and phenotype, and the Hb left for the odd one out.

    ``sums`` (Block.all order) are the totals of Tables 4 and 6. Of the two genotypes with both
    phenotypes the one NTDT patient of CD17/CD17 takes their genotype's mean, the rest follows.
    """
    means = _table_2(month)
    rows = {key: [row for row in members if row != odd_one] for key, members in cells.items()}
    totals = {key: means[key[0]][1] * len(members) for key, members in rows.items()}
    genotype_total = {
        name: round(sum(t for (g, _), t in totals.items() if g == name)) for name, _ in totals
    }
    mixed = [name for name in genotype_total if {(name, "TDT"), (name, "NTDT")} <= set(totals)]
    totals = {
        key: round(total) if key[0] in mixed else genotype_total[key[0]]
        for key, total in totals.items()
    }
    single, larger = sorted(mixed, key=lambda name: len(rows[name, "NTDT"]))
    if sums is not None:
        fixed = sum(t for key, t in totals.items() if key[1] == "NTDT" and key[0] != larger)
        totals[larger, "NTDT"] = sums[3] - fixed
    for name in (single, larger):
        totals[name, "TDT"] = genotype_total[name] - totals[name, "NTDT"]
    left = sum(sums[2:]) - sum(totals.values()) if sums is not None else np.nan
    return totals, left


def _solved_hb(
    patients: pd.DataFrame,
    block: Block,
    cells: dict | None,
    odd_one: int,
    month: int,
    rng: np.random.Generator,
    before: pd.DataFrame | None = None,
) -> np.ndarray:
    every, tdt = comparison("Table 4", "Hb", month, 1.0), comparison("Table 6", "Hb", month, 1.0)
    sums = _block_sums(every, tdt)
    values, low, high = _hb_start(len(patients), block, odd_one, month, every, tdt, rng)
    groups = [(block.ntdt_other, sums[1])]
    if cells is None:
        groups += [
            (block.tdt_other, sums[0]),
            (block.tdt_favourable, sums[2]),
            (block.ntdt_favourable, sums[3]),
        ]
    else:
        totals, left = _cell_sums(cells, odd_one, month, sums)
        values[block.tdt_other] = patients.loc[block.tdt_other, f"hb_{month}"]
        values[odd_one] = left
        groups += [
            ([r for r in members if r != odd_one], totals[key]) for key, members in cells.items()
        ]
    for rows, total in groups:
        start = values[rows] - values[rows].mean() + total / len(rows)
        values[rows] = repaired(start, total, low[rows], high[rows], 1.0)
    targets = _column_targets(block, every, tdt, 1.0, copied_sds=False)
    moves = exchanges([(0, rows) for rows, _ in groups], (low[:, None], high[:, None]), 1.0, 12.0)
    solved = search(values[:, None], targets, moves, walker(rng))[:, 0]
    return solved if before is None else _by_rank(solved, before, block, rng)


def _hb_start(
    n: int,
    block: Block,
    odd_one: int,
    month: int,
    every: Comparison,
    tdt: Comparison,
    rng: np.random.Generator,
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Starting values and bounds: transfusion-free patients stay at or above 90 g/L on
    treatment.
    """
    values, low, high = np.full(n, np.nan), np.full(n, 50.0), np.full(n, 140.0)
    for rows, spread in zip(
        block.all, (tdt.sds[0], every.sds[0], tdt.sds[1], every.sds[1]), strict=True
    ):
        values[rows] = rng.normal(0, spread, len(rows))
    if month:
        low[block.tdt_favourable + block.ntdt_favourable] = 90.0
        low[odd_one], high[odd_one] = 70.0, 89.0
    else:
        high[block.tdt_favourable] = 96.0
    return values, low, high


def _order_cells(out: pd.DataFrame, cells: dict, block: Block, odd_one: int) -> None:
    """High baseline stays high within a cell; the NTDT rises stay at or above the rule's 20 g/L."""
    for members in [*cells.values(), block.ntdt_other]:
        rows = [row for row in members if row != odd_one]
        for month in (0, 6):
            out.loc[rows, month] = np.sort(out.loc[rows, month].to_numpy())
    ntdt = block.ntdt_other + block.ntdt_favourable
    if (out.loc[ntdt, 6] - out.loc[ntdt, 0] < RULE_RISE).any():
        raise Unsolved("an NTDT patient rises by less than the rule asks")


def _by_rank(
    solved: np.ndarray, before: pd.DataFrame, block: Block, rng: np.random.Generator
) -> np.ndarray:
    """The values of each block handed out by the rank of the last known Hb, with some disorder."""
    latest = before.ffill(axis=1).iloc[:, -1].to_numpy() + rng.normal(0, 4, len(before))
    out = solved.copy()
    for rows in block.all:
        out[np.array(rows)[np.argsort(latest[rows], kind="stable")]] = np.sort(solved[rows])
    return out


def _early_months(
    out: pd.DataFrame, patients: pd.DataFrame, cells: dict, odd_one: int, rng: np.random.Generator
) -> None:
    """Hb at 1 and 3 months: printed for the 13, to the sums of Table 2 for the 33, invented for 2.

    The odd one out has no value at 3 months: the printed mean can only be that of the other two.
    """
    block = blocks(patients)
    for month, share in ((1, 0.4), (3, 0.75)):
        way = out[0] + share * (out[6] - out[0]) + rng.normal(0, 2.5, len(out))
        out.loc[block.tdt_other, month] = patients.loc[block.tdt_other, f"hb_{month}"]
        out.loc[block.ntdt_other, month] = way[block.ntdt_other].round()
        totals, _ = _cell_sums(cells, odd_one, month, None)
        for key, members in cells.items():
            rows, total = [row for row in members if row != odd_one], totals[key]
            if odd_one in members and month == 1:
                n, mean = _table_2(1)[key[0]]
                rows, total = members, round(n * mean)
            n = len(rows)
            start = way[rows].to_numpy() + (total - way[rows].sum()) / n
            out.loc[rows, month] = repaired(start, total, np.full(n, 60.0), np.full(n, 140.0), 1.0)
