"""Columns of whole numbers that have the sums and sums of squares which a table prints.

A printed mean fixes a sum, a printed SD or standard error gives a window for a sum of squares.
``search`` walks from any start to a point inside every window by small exchanges; it is seeded,
so that the same start gives the same end.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from math import inf, log, log1p, sqrt
from random import Random

import numpy as np
from scipy import stats

Move = list[tuple[int, int, float]]  # (row, column, step), ...


@dataclass
class Combination:
    """Σ and Σ² over ``rows`` of one linear combination of columns (``weights``: column ->
    factor).
    """

    rows: Sequence[int]
    weights: dict[int, float]
    total: float = 0.0
    squares: float = 0.0

    def __post_init__(self) -> None:
        self.n = len(self.rows)
        self.values: dict[int, float] = {}  # row -> its value, kept up to date by the search
        self.used_by: list[int] = []  # targets, by number

    def measure(self, state: list[list[float]]) -> None:
        self.values = {
            row: sum(f * state[row][c] for c, f in self.weights.items()) for row in self.rows
        }
        self.total = sum(self.values.values())
        self.squares = sum(value * value for value in self.values.values())

    @property
    def mean(self) -> float:
        return self.total / self.n

    @property
    def deviations(self) -> float:
        """Sum of squared deviations from the mean."""
        return max(self.squares - self.total**2 / self.n, 0.0)

    @property
    def sd(self) -> float:
        return sqrt(self.deviations / (self.n - 1))

    @property
    def paired_t(self) -> float:
        """The mean over its standard error: Student's t of paired differences."""
        return self.mean / sqrt(max(self.deviations, 1e-9) / ((self.n - 1) * self.n))


@dataclass
class Target:
    """A statistic of some combinations that has to lie in ``low .. high``."""

    statistic: Callable[[], float]
    combinations: Sequence[Combination]
    low: float
    high: float
    scale: float = field(default=0.0)

    def __post_init__(self) -> None:
        if not self.scale:
            finite = [abs(limit) for limit in (self.low, self.high) if abs(limit) < inf]
            width = self.high - self.low
            self.scale = max(width if width < inf else 0.0, 1e-6 * max(finite, default=1.0), 1e-9)

    def miss(self) -> float:
        """How far outside, in widths of the window; 0 inside."""
        value = self.statistic()
        if value < self.low:
            return (self.low - value) / self.scale
        return (value - self.high) / self.scale if value > self.high else 0.0


def mean_of(combination: Combination, printed: float, half: float) -> Target:
    return Target(lambda: combination.mean, [combination], printed - half, printed + half)


def sd_of(combination: Combination, printed: float, half: float) -> Target:
    return Target(lambda: combination.sd, [combination], printed - half, printed + half)


def paired_p_of(combination: Combination, printed: float, operator: str, sign: int = 0) -> Target:
    """P of the paired t test of a difference: printed to 0.001, or below a limit.

    ``sign`` of the difference, where the printed means tell it, spares the search the wrong side.
    """
    df = combination.n - 1
    if operator == "<":
        low, high = float(stats.t.isf(printed / 2, df)) * 1.01, inf
    else:
        low, high = narrowed(
            *(float(stats.t.isf((printed + way * 0.0005) / 2, df)) for way in (1, -1))
        )

    def statistic() -> float:
        return sign * combination.paired_t if sign else abs(combination.paired_t)

    return Target(statistic, [combination], low, high, scale=0.1 * max(low, 0.3))


def repeated_f_of(differences: Sequence[Combination], printed: float, half: float) -> Target:
    """F of a repeated measures ANOVA from all pairwise differences of its months."""
    pairs, n = len(differences), differences[0].n
    levels = round((1 + sqrt(1 + 8 * pairs)) / 2)

    def statistic() -> float:
        between = n / levels * sum(d.mean**2 for d in differences) / (levels - 1)
        within = sum(d.deviations for d in differences) / levels / ((levels - 1) * (n - 1))
        return between / max(within, 1e-9)

    return Target(statistic, differences, printed - half, printed + half, scale=printed * 0.01)


def standard_error(first: Combination, second: Combination) -> float:
    """Of a difference of two means, equal variances (Student)."""
    pooled = (first.deviations + second.deviations) / (first.n + second.n - 2)
    return sqrt(pooled * (1 / first.n + 1 / second.n))


def standard_error_of(
    first: Combination, second: Combination, printed: float, half: float
) -> Target:
    return Target(
        lambda: standard_error(first, second), [first, second], printed - half, printed + half
    )


def narrowed(low: float, high: float, keep: float = 0.96) -> tuple[float, float]:
    """The middle of a window, so that a rounding of the last bit cannot fall outside."""
    middle, reach = (low + high) / 2, (high - low) / 2 * keep
    return middle - reach, middle + reach


class Unsolved(RuntimeError):
    """No point inside every window was found from this start."""


def search(
    values: np.ndarray,
    targets: Sequence[Target],
    propose: Callable[[Random, list[list[float]]], Move | None],
    rng: Random,
    steps: int = 400_000,
    cooling: int = 20_000,
    warmth: float = 0.4,
) -> np.ndarray:
    """``values`` (rows × columns) changed by accepted moves until no target is missed.

    A move is accepted when log(1 + Σ miss²) does not grow, or grows a little while the search is
    still warm (simulated annealing: ``warmth`` at the start of every ``cooling`` steps). Raises
    Unsolved after ``steps``.
    """
    state = [[float(cell) for cell in row] for row in values]
    combinations = list({id(c): c for target in targets for c in target.combinations}.values())
    touching = _touching(combinations)
    for combination in combinations:
        combination.measure(state)
        combination.used_by = [
            k for k, t in enumerate(targets) if any(combination is c for c in t.combinations)
        ]
    misses = [target.miss() ** 2 for target in targets]
    total = sum(misses)
    for number in range(steps):
        if total <= 1e-12:
            break
        allowed = warmth * (1 - number % cooling / cooling) ** 2
        move = propose(rng, state)
        if move is None:
            continue
        touched = _apply(move, state, touching)
        changed = {k: targets[k].miss() ** 2 for k in touched}
        proposed = max(total + sum(new - misses[k] for k, new in changed.items()), 0.0)
        if log1p(proposed) <= log1p(total) - allowed * log(1 - rng.random()):
            for k, new in changed.items():
                misses[k] = new
            total = sum(misses)
        else:
            _apply([(row, column, -step) for row, column, step in reversed(move)], state, touching)
    if total > 1e-12:
        left = {k: round(sqrt(miss), 3) for k, miss in enumerate(misses) if miss > 1e-12}
        raise Unsolved(f"targets missed, in widths of their windows: {left}")
    return np.array(state)


def _touching(
    combinations: Sequence[Combination],
) -> dict[tuple[int, int], list[tuple[Combination, float]]]:
    touching: dict[tuple[int, int], list[tuple[Combination, float]]] = {}
    for combination in combinations:
        for row in combination.rows:
            for column, factor in combination.weights.items():
                touching.setdefault((row, column), []).append((combination, factor))
    return touching


def _apply(move: Move, state: list[list[float]], touching: dict) -> set[int]:
    """Carry out a move; the numbers of the targets that it may change."""
    touched: set[int] = set()
    for row, column, step in move:
        for combination, factor in touching.get((row, column), ()):
            change = factor * step
            value = combination.values[row]
            combination.values[row] = value + change
            combination.squares += change * (2 * value + change)
            combination.total += change
            touched.update(combination.used_by)
        state[row][column] += step
    return touched


def step_size(rng: Random, unit: float, largest: float) -> float:
    """A multiple of ``unit`` between it and ``largest``, every order of size equally likely."""
    return unit * round((largest / unit) ** rng.random())


def shifts(
    rows: Sequence[int],
    columns: tuple[int, int],
    bounds: tuple[np.ndarray, np.ndarray],
    largest: float,
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Moves of both columns of a row by the same step, or of two rows against each other:
    differences stay.
    """
    low, high = bounds

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        step = step_size(rng, 1.0, largest) * rng.choice((-1, 1))
        chosen = rng.sample(list(rows), rng.choice((1, 2)) if len(rows) > 1 else 1)
        move = [
            (row, c, step * way) for row, way in zip(chosen, (1, -1), strict=False) for c in columns
        ]
        inside = all(low[r, c] <= state[r][c] + s <= high[r, c] for r, c, s in move)
        return move if inside else None

    return propose


def exchanges(
    cells: Sequence[tuple[int, Sequence[int]]],
    bounds: tuple[np.ndarray, np.ndarray],
    unit: float,
    largest: float,
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Moves +k / −k between two rows of one cell (column, rows): every sum of a cell stays."""
    low, high = bounds
    usable = [(column, list(rows)) for column, rows in cells if len(rows) > 1]

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        column, rows = rng.choice(usable)
        up, down = rng.sample(rows, 2)
        step = step_size(rng, unit, largest)
        if (
            state[up][column] + step > high[up, column]
            or state[down][column] - step < low[down, column]
        ):
            return None
        return [(up, column, step), (down, column, -step)]

    return propose


def singles(
    cells: Sequence[tuple[int, int]], bounds: tuple[np.ndarray, np.ndarray], largest: float
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Moves of one value (row, column) by whole units, up to ``largest``."""
    low, high = bounds
    free = list(cells)

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        row, column = rng.choice(free)
        step = step_size(rng, 1.0, largest) * rng.choice((-1, 1))
        if not low[row, column] <= state[row][column] + step <= high[row, column]:
            return None
        return [(row, column, step)]

    return propose


def swaps(
    cells: Sequence[tuple[int, Sequence[int]]], bounds: tuple[np.ndarray, np.ndarray]
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Moves that swap the values of two rows in one cell: every moment of a column stays."""
    low, high = bounds
    usable = [(column, list(rows)) for column, rows in cells if len(rows) > 1]

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        column, rows = rng.choice(usable)
        a, b = rng.sample(rows, 2)
        step = state[b][column] - state[a][column]
        inside = all(
            low[r, column] <= state[s][column] <= high[r, column] for r, s in ((a, b), (b, a))
        )
        return [(a, column, step), (b, column, -step)] if inside else None

    return propose


def parallelograms(
    column: int,
    cells: Sequence[Sequence[int]],
    bounds: tuple[np.ndarray, np.ndarray],
    like: Sequence[int],
    largest: float,
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Moves +k −k −k +k of four rows of one cell that hardly change a sum of squares or products.

    Of a random three, the fourth is the row that completes a parallelogram most nearly, seen in the
    columns ``like``: the fine adjustment where a plain exchange jumps over the window.
    """
    low, high = bounds
    usable = [list(rows) for rows in cells if len(rows) > 3]

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        rows = rng.choice(usable)
        a, b, c = rng.sample(rows, 3)
        wanted = [(k, state[b][k] + state[c][k] - state[a][k]) for k in like]
        d = min(
            (r for r in rows if r not in (a, b, c)),
            key=lambda r: sum(abs(state[r][k] - w) for k, w in wanted),
        )
        step = step_size(rng, 1.0, largest)
        move = [(a, column, step), (b, column, -step), (c, column, -step), (d, column, step)]
        inside = all(low[r, column] <= state[r][column] + s <= high[r, column] for r, _, s in move)
        return move if inside else None

    return propose


def mixed(*proposals: Callable) -> Callable[[Random, list[list[float]]], Move | None]:
    """One of several kinds of move, each equally often."""

    def propose(rng: Random, state: list[list[float]]) -> Move | None:
        return rng.choice(proposals)(rng, state)

    return propose


def allowing(
    propose: Callable, allowed: Callable[[int, list[float]], bool]
) -> Callable[[Random, list[list[float]]], Move | None]:
    """Only the moves after which ``allowed(row, its values)`` holds for every row they touch."""

    def filtered(rng: Random, state: list[list[float]]) -> Move | None:
        move = propose(rng, state)
        after: dict[int, list[float]] = {}
        for row, column, step in move or ():
            after.setdefault(row, state[row].copy())[column] += step
        return move if all(allowed(row, values) for row, values in after.items()) else None

    return filtered


def repaired(
    values: np.ndarray, total: float, low: np.ndarray, high: np.ndarray, unit: float
) -> np.ndarray:
    """Values rounded to ``unit`` and inside their bounds, shifted one unit at a time to
    ``total``.
    """
    whole = np.clip(np.round(np.asarray(values, float) / unit) * unit, low, high)
    left = round((total - whole.sum()) / unit)
    step = unit if left > 0 else -unit
    order = np.argsort(-whole * step, kind="stable")
    while left:
        moved = False
        for row in order:
            if left and low[row] <= whole[row] + step <= high[row]:
                whole[row] += step
                left -= 1 if step > 0 else -1
                moved = True
        if not moved:
            raise Unsolved("the sum lies outside the bounds")
    return whole


def walker(rng: np.random.Generator) -> Random:
    """The search's own seeded source: quicker for single draws than numpy's."""
    return Random(int(rng.integers(2**32)))
