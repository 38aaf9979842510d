"""Table 1 and the laboratory half of Table 2 of the 2020 paper, one analyte at a time.

Every analyte is four columns (0, 3, 12, 24 months) of whole units: the patients of a printed row
are those with a value in both of its months.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import combinations

import numpy as np
import pandas as pd

from thal_core.audit.rounding import decimals
from tools.sample_cohort.moment_search import (
    Combination,
    Target,
    Unsolved,
    allowing,
    exchanges,
    mean_of,
    mixed,
    paired_p_of,
    repaired,
    repeated_f_of,
    sd_of,
    search,
    shifts,
    singles,
    swaps,
    walker,
)
from tools.sample_cohort.paper_figures import cell, printed_cells

MONTHS = (0, 3, 12, 24)
SHRINK = 0.96  # of half a printed unit: room for the last bit

# printed name, units per printed unit (values are kept as whole numbers), lowest, highest value
ANALYTES = {
    "MCV": (10, 480, 980),
    "MCH": (10, 130, 320),
    "MCHC": (10, 2450, 3650),
    "RBC": (100, 90, 720),
    "NRBC": (10, 0, 28000),
    "Ret": (10, 3, 420),
    "TBIL": (10, 80, 2300),
    "IBIL": (10, 30, 2200),
    "LDH": (1, 90, 1500),
    "SF": (10, 600, 125000),
}
ATTEMPTS, STARTS, STEPS = 40, 6, 60_000
OUT_OF_REACH = {("Hb 24M", "TDT")}  # P < 0.001 with n = 4: only at a corner of the rounding box


def printed_row(row: str, group: str, statistic: str):
    return cell(2020, "Table 1", row, group, statistic)


def rows_of(frame: pd.DataFrame, phenotype: str, months: int = 3) -> list[int]:
    return list(np.flatnonzero((frame["phenotype"] == phenotype) & (frame["followed"] >= months)))


def subsets(
    frame: pd.DataFrame, analyte: str, rng: np.random.Generator
) -> dict[tuple[str, int], list[int]]:
    """(phenotype, month) -> the patients with this analyte before and at that month, in the printed
    n.
    """
    out: dict[tuple[str, int], list[int]] = {}
    sizes = {
        (c.group, int(c.timepoint_months)): int(c.printed)
        for c in printed_cells(2020)
        if c.item == "Table 1" and c.row.split()[0] == analyte and c.statistic == "n"
    }
    for phenotype in ("NTDT", "TDT"):
        inner, inner_month = [], 24
        for month in (24, 12, 3):
            n = sizes.get((phenotype, month), 0)
            others = [row for row in rows_of(frame, phenotype, month) if row not in inner]
            nested = len(others) < n or _can_hold(analyte, phenotype, month, inner, inner_month, n)
            kept = inner if nested else []
            chosen = (
                sorted(kept + list(rng.choice(others, n - len(kept), replace=False))) if n else []
            )
            out[phenotype, month] = [int(row) for row in chosen]
            inner, inner_month = sorted(set(inner) | set(out[phenotype, month])), month
    return out


def _can_hold(
    analyte: str, phenotype: str, month: int, inner: list[int], inner_month: int, n: int
) -> bool:
    """Can the longer followed patients be among these n? Their sum of squares must leave enough."""
    if not inner or len(inner) >= n:
        return len(inner) <= n
    (mean, sd), (part_mean, part_sd) = (
        [printed_row(f"{analyte} {m}M", f"{phenotype} before", s).value for s in ("mean", "sd")]
        for m in (month, inner_month)
    )
    k = len(inner)
    squares = (n - 1) * sd**2 + n * mean**2 - (k - 1) * part_sd**2 - k * part_mean**2
    return squares - (n * mean - k * part_mean) ** 2 / (n - k) > 0.02 * n * sd**2


def table_1_targets(
    analyte: str, members: dict[tuple[str, int], list[int]], unit: float
) -> list[Target]:
    """Means, SDs and P of every printed row of one analyte; ``unit`` scales printed to kept
    values.
    """
    targets: list[Target] = []
    for (phenotype, month), rows in members.items():
        if not rows:
            continue
        name, column = f"{analyte} {month}M", MONTHS.index(month)
        for when, weights in (("before", {0: 1.0}), ("after", {column: 1.0})):
            combination = Combination(rows, weights)
            for statistic, make in (("mean", mean_of), ("sd", sd_of)):
                printed = printed_row(name, f"{phenotype} {when}", statistic)
                half = 0.5 * 10 ** -decimals(printed.printed) * unit * SHRINK
                targets.append(make(combination, printed.value * unit, half))
        if (name, phenotype) not in OUT_OF_REACH:
            p = printed_row(name, f"{phenotype} before vs after", "p")
            before, after = (
                printed_row(name, f"{phenotype} {when}", "mean").value
                for when in ("before", "after")
            )
            sign = (before > after) - (before < after)
            targets.append(
                paired_p_of(Combination(rows, {0: 1.0, column: -1.0}), p.value, p.operator, sign)
            )
    return targets


def table_2_targets(frame: pd.DataFrame, row: str, scale: float) -> list[Target]:
    targets = []
    for group, chosen in {
        "MaR": frame["class_last"] == "MaR",
        "MiR+NR": frame["class_last"] != "MaR",
    }.items():
        combination = Combination(list(np.flatnonzero(chosen)), {0: 1.0})
        for statistic, make in (("mean", mean_of), ("sd", sd_of)):
            printed = cell(2020, "Table 2", row, group, statistic)
            targets.append(make(combination, printed.value * scale, 0.0049 * scale))
    return targets


def table_2_groups(frame: pd.DataFrame) -> list[tuple[list[int], int]]:
    """Table 2's two columns with the sum of baseline Hb that each printed mean fixes."""
    groups = []
    for group, chosen in {
        "MaR": frame["class_last"] == "MaR",
        "MiR+NR": frame["class_last"] != "MaR",
    }.items():
        rows = [int(row) for row in np.flatnonzero(chosen)]
        mean = cell(2020, "Table 2", "Hemoglobin before Thalidomide", group, "mean").value
        groups.append((rows, round(len(rows) * mean)))
    return groups


# ------------------------------------------------------------------ haemoglobin

RISES = {"MaR": (21.0, 75.0), "MiR": (10.0, 20.0), "NR": (-8.0, 9.0)}  # g/L, NTDT, rule of 2020


STAGES = (("NTDT", 24), ("TDT", 24), ("NTDT", 12), ("TDT", 12), ("", 3))


def haemoglobin(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    """Hb in whole g/L at 0, 3, 12 and 24 months; every NTDT patient inside their class at
    each month.

    Solved from the patients followed longest outwards; where a stage cannot be solved on what
    stands, all is begun again.
    """
    for _ in range(ATTEMPTS):
        try:
            return _hb_in_stages(frame, rng)
        except Unsolved as unsolved:
            reason = unsolved
    raise reason


def _hb_in_stages(frame: pd.DataFrame, rng: np.random.Generator) -> np.ndarray:
    members = {(p, m): rows_of(frame, p, m) for p in ("NTDT", "TDT") for m in (3, 12, 24)}
    values = _hb_start(frame, members, rng)
    low, high = np.full(values.shape, 45.0), np.full(values.shape, 140.0)
    low[:, 0], high[:, 0] = np.where(frame["phenotype"] == "NTDT", 44.0, 28.0), 104.0
    low[frame["steps"].map(len) > 3, 1:] = (
        93.0  # the patient with many dose changes stays above 9 g/dL
    )
    allowed, settled = _in_class(frame), set()
    for stage in STAGES:
        rows = [
            row
            for key, own in members.items()
            if key[1] == stage[1] and stage[0] in key[0]
            for row in own
        ]
        free = [row for row in rows if row not in settled]
        moves = allowing(_hb_moves(frame, free, stage, (low, high)), allowed)
        values = _solved_stage(values, frame, members, stage, free, moves, rng)
        settled |= set(free)
    return values


def _hb_moves(
    frame: pd.DataFrame, free: list[int], stage: tuple[str, int], bounds: tuple
) -> Callable:
    """In the last stage baselines move only within a column of Table 2, which fixes its sum."""
    if stage[0]:
        columns = [column for column, month in enumerate(MONTHS) if month <= stage[1]]
        alike = [(column, free) for column in columns]
        kinds = [singles([(row, column) for row in free for column in columns], bounds, 12.0)]
        kinds += [shifts(free, (0, column), bounds, 12.0) for column in columns if column]
        return mixed(*kinds, exchanges(alike, bounds, 1.0, 15.0), swaps(alike, bounds))
    groups = [(0, [row for row in own if row in free]) for own, _ in table_2_groups(frame)]
    after = [(1, [row for row in free if frame.at[row, "phenotype"] == p]) for p in ("NTDT", "TDT")]
    return mixed(
        singles([(row, 1) for row in free], bounds, 12.0),
        exchanges(groups + after, bounds, 1.0, 15.0),
        swaps(groups + after, bounds),
    )


def _solved_stage(values, frame, members, stage, free, moves, rng) -> np.ndarray:
    """A few fresh starts of the free rows until one leads into every window."""
    targets = _hb_targets(frame, members, stage)
    for _ in range(STARTS):
        start = values.copy()
        start[free] = _hb_start(frame, members, rng)[free]
        if not stage[0]:
            _repair_table_2(start, frame, free)
        try:
            return search(
                start, targets, moves, walker(rng), steps=STEPS, cooling=STEPS, warmth=0.1
            )
        except Unsolved as unsolved:
            reason = unsolved
    raise reason


def _hb_targets(frame: pd.DataFrame, members: dict, stage: tuple[str, int]) -> list[Target]:
    """From the patients followed longest outwards: every stage settles the rows of its own
    month.
    """
    phenotype, month = stage
    targets = table_1_targets(
        "Hb",
        {key: rows for key, rows in members.items() if key[1] == month and phenotype in key[0]},
        10.0,
    )
    if phenotype:
        return (
            targets
            + _anova_targets(phenotype, members[phenotype, month], month)
            + _room_targets(phenotype, members, month)
        )
    rise = Combination(members["NTDT", 3], {1: 1.0, 0: -1.0})
    targets += [mean_of(rise, 29.0, 0.48), sd_of(rise, 16.0, 0.48)]
    return targets + table_2_targets(frame, "Hemoglobin before Thalidomide", 1.0)


def _room_targets(phenotype: str, members: dict, month: int) -> list[Target]:
    """Earlier months near their own printed mean and SD, so that the wider rows can still be
    met.
    """
    targets = []
    for earlier in (m for m in (3, 12) if m < month):
        mean, sd = (
            printed_row(f"Hb {earlier}M", f"{phenotype} after", which).value * 10
            for which in ("mean", "sd")
        )
        combination = Combination(members[phenotype, month], {MONTHS.index(earlier): 1.0})
        targets += [mean_of(combination, mean, 5.0), sd_of(combination, 0.85 * sd, 0.2 * sd)]
    return targets


def _repair_table_2(values: np.ndarray, frame: pd.DataFrame, free: list[int]) -> None:
    """Baselines of the rows still free, shifted with their whole course to the sums of Table 2."""
    for rows, total in table_2_groups(frame):
        own = [row for row in rows if row in free]
        before = values[own, 0].copy()
        left = total - values[[row for row in rows if row not in free], 0].sum()
        values[own, 0] = repaired(
            before, left, np.full(len(own), 28.0), np.full(len(own), 104.0), 1.0
        )
        values[own, 1] += values[own, 0] - before


def _hb_start(frame: pd.DataFrame, members: dict, rng: np.random.Generator) -> np.ndarray:
    ntdt = (frame["phenotype"] == "NTDT").to_numpy()
    start = np.full((len(frame), 4), np.nan)
    mean = np.where(ntdt, 68, 58) + np.where(frame["class_last"] == "MaR", -1.5, 3.0)
    start[:, 0] = np.clip(
        np.round(mean + rng.normal(0, 1, len(frame)) * np.where(ntdt, 11, 15)), 30, 100
    )
    middle = {"MaR": 35.0, "MiR": 15.0, "NR": 3.0}
    for (phenotype, month), rows in members.items():
        for row in rows:
            grade = frame.at[row, "class_3" if month == 3 else "class_last"]
            rise = middle[grade] if phenotype == "NTDT" else rng.normal(28, 10)
            start[row, MONTHS.index(month)] = min(
                max(round(start[row, 0] + rise), 46 if len(frame.at[row, "steps"]) < 4 else 94), 138
            )
    return start


def _in_class(frame: pd.DataFrame) -> Callable[[int, list[float]], bool]:
    limits = [
        {1: RISES[a], 2: RISES[b], 3: RISES[b]} if p == "NTDT" else {}
        for p, a, b in zip(frame["phenotype"], frame["class_3"], frame["class_last"], strict=True)
    ]

    def allowed(row: int, values: list[float]) -> bool:
        return not any(
            values[column] - values[0] < low or values[column] - values[0] > high
            for column, (low, high) in limits[row].items()
        )

    return allowed


def _anova_targets(phenotype: str, rows: list[int], month: int) -> list[Target]:
    """F of the repeated measures up to this month; no later month above another."""
    months = [column for column, m in enumerate(MONTHS) if m <= month]
    pairs = {(a, b): Combination(rows, {a: 1.0, b: -1.0}) for a, b in combinations(months, 2)}
    name = "repeated measures Hb " + ", ".join(str(MONTHS[column]) for column in months)
    printed = next(
        c for c in printed_cells(2020) if (c.row, c.group, c.statistic) == (name, phenotype, "F")
    )
    targets = [repeated_f_of(list(pairs.values()), printed.value, 0.00049)]
    return targets + [_alike(pair) for (a, _), pair in pairs.items() if a]


def _alike(pair: Combination) -> Target:
    """P above 0.05 by a paired t test, with some room."""
    return Target(lambda: abs(pair.paired_t), [pair], 0.0, 1.6, scale=0.1)


# ------------------------------------------------------------------ the other analytes


Members = dict[tuple[str, int], list[int]]


def analyte(
    name: str,
    frame: pd.DataFrame,
    start: np.ndarray,
    members: Members,
    rng: np.random.Generator,
    ceiling: np.ndarray | None = None,
) -> np.ndarray:
    """Values in printed units at 0, 3, 12, 24 months; blank where the printed n leaves a patient
    out.
    """
    per_unit, lowest, highest = ANALYTES[name]
    known = np.zeros(start.shape, dtype=bool)
    for (_, month), rows in members.items():
        known[np.ix_(rows, [0, MONTHS.index(month)])] = True
    high = np.full(start.shape, float(highest)) if ceiling is None else np.round(ceiling * per_unit)
    low = np.full(start.shape, float(lowest))
    values = np.clip(np.round(start * per_unit), low, high)
    for _ in range(ATTEMPTS):
        try:
            solved = _in_rows(
                name, members, _shaken(values, known, (low, high), rng), (low, high), rng
            )
            return np.where(known, solved / per_unit, np.nan)
        except Unsolved as unsolved:
            reason = unsolved
    raise reason


def _shaken(
    values: np.ndarray, known: np.ndarray, bounds: tuple, rng: np.random.Generator
) -> np.ndarray:
    """Another start near the first one."""
    return np.clip(
        np.where(known, np.round(values * rng.lognormal(0, 0.05, values.shape)), values), *bounds
    )


def _in_rows(
    name: str, members: Members, values: np.ndarray, bounds: tuple, rng: np.random.Generator
) -> np.ndarray:
    """The printed rows one after the other, those followed longest first."""
    settled: set[tuple[int, int]] = set()
    for key in sorted(members, key=lambda key: -key[1]):
        values = _solved_row(name, key, members[key], values, bounds, settled, rng)
    return values


def _solved_row(
    name: str,
    key: tuple[str, int],
    rows: list[int],
    values: np.ndarray,
    bounds: tuple,
    settled: set,
    rng: np.random.Generator,
) -> np.ndarray:
    """One printed row of Table 1; baselines that a longer followed row has settled stay."""
    per_unit, lowest, highest = ANALYTES[name]
    column = MONTHS.index(key[1])
    cells = [(row, c) for row in rows for c in (0, column) if (row, c) not in settled]
    if not cells:
        return values
    by_column = [(c, [row for row, k in cells if k == c]) for c in (0, column)]
    largest = (highest - lowest) / 8
    both = [row for row in rows if {(row, 0), (row, column)} <= set(cells)]
    kinds = [
        singles(cells, bounds, largest),
        exchanges([e for e in by_column if len(e[1]) > 1], bounds, 1.0, largest),
    ]
    kinds += [swaps(by_column, bounds)] if any(len(own) > 1 for _, own in by_column) else []
    kinds += [shifts(both, (0, column), bounds, largest)] if both else []
    targets = table_1_targets(name, {key: rows}, float(per_unit))
    for attempt in range(STARTS):
        start = values.copy()
        for row, c in cells if attempt else ():
            start[row, c] = np.clip(
                round(start[row, c] * rng.lognormal(0, 0.2)), bounds[0][row, c], bounds[1][row, c]
            )
        try:
            solved = search(
                start,
                targets,
                mixed(*kinds),
                walker(rng),
                steps=STEPS,
                cooling=STEPS,
                warmth=(0.1, 0.3)[attempt % 2],
            )
            settled |= set(cells)
            return solved
        except Unsolved as unsolved:
            reason = unsolved
    raise Unsolved(f"{name} {key}: {reason}")


def starts(
    frame: pd.DataFrame, hb: np.ndarray, rng: np.random.Generator
) -> dict[str, Callable[[dict], np.ndarray]]:
    """Where each search begins, so that one patient's analytes belong together (red cells by MCH
    …).
    """
    n = len(frame)
    later = np.array([0, 1, 1, 1])

    def drift(mean: float, sd: float, change: float, spread: float) -> np.ndarray:
        return rng.normal(mean, sd, (n, 1)) + change * later + rng.normal(0, spread, (n, 4))

    def heavy(mean: float, sd: float, factor: float) -> np.ndarray:
        width = np.sqrt(np.log(1 + (sd / mean) ** 2))
        base = mean * np.exp(width * rng.normal(0, 1, (n, 1)) - width**2 / 2)
        return base * np.where(later, factor, 1.0) * np.exp(rng.normal(0, 0.15, (n, 4)))

    hb = np.where(np.isnan(hb), hb[:, :1] + 25, hb)
    return {
        "MCV": lambda _: drift(72, 8, -4.0, 2.5),
        "MCH": lambda done: _filled(done["MCV"], 72) * 0.3 + rng.normal(0, 0.8, (n, 4)),
        "MCHC": lambda done: 1000 * done["MCH"] / done["MCV"],
        "RBC": lambda done: hb / _filled(done["MCH"], 21.5),
        "NRBC": lambda _: heavy(180, 230, 0.45),
        "Ret": lambda _: heavy(7, 5.5, 1.05),
        "TBIL": lambda _: heavy(64, 29, 0.85),
        "IBIL": lambda done: 0.72 * _filled(done["TBIL"], 60),
        "LDH": lambda _: heavy(385, 185, 0.65),
        "SF": lambda _: heavy(2200, 1700, 1.25),
    }


def _filled(values: np.ndarray, otherwise: float) -> np.ndarray:
    return np.where(np.isnan(values), otherwise, values)
