"""What a printed figure may have been before it was rounded: an interval, and arithmetic on
intervals.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import product

INFINITY = math.inf
_SLACK = 1e-9  # floating-point noise, relative: a value on the edge of its interval belongs to it


@dataclass(frozen=True)
class Interval:
    """All numbers from ``low`` to ``high``, both included."""

    low: float
    high: float

    @classmethod
    def point(cls, value: float) -> Interval:
        return cls(value, value)

    @classmethod
    def hull(cls, intervals: Iterable[Interval]) -> Interval:
        """The smallest interval that holds all of them."""
        parts = list(intervals)
        return cls(min(p.low for p in parts), max(p.high for p in parts))

    def __add__(self, other: Interval) -> Interval:
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: Interval) -> Interval:
        return Interval(self.low - other.high, self.high - other.low)

    def __neg__(self) -> Interval:
        return Interval(-self.high, -self.low)

    def __mul__(self, other: Interval) -> Interval:
        corners = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(corners), max(corners))

    def scaled(self, factor: float) -> Interval:
        return self * Interval.point(factor)

    def widened(self, by: float) -> Interval:
        return Interval(self.low - by, self.high + by)

    def size(self) -> Interval:
        """The interval of absolute values."""
        if self.low <= 0 <= self.high:
            return Interval(0.0, max(-self.low, self.high))
        return Interval(min(abs(self.low), abs(self.high)), max(abs(self.low), abs(self.high)))

    def squared(self) -> Interval:
        size = self.size()
        return Interval(size.low**2, size.high**2)

    def root(self) -> Interval:
        """Square root of the part that is not negative."""
        return Interval(math.sqrt(max(self.low, 0.0)), math.sqrt(max(self.high, 0.0)))

    def overlaps(self, other: Interval) -> bool:
        scale = max(
            (abs(x) for x in (self.low, self.high, other.low, other.high) if math.isfinite(x)),
            default=0,
        )
        slack = _SLACK * scale
        return self.low <= other.high + slack and other.low <= self.high + slack

    def distance(self, other: Interval) -> float:
        """How far apart the two are; 0 where they meet."""
        return max(self.low - other.high, other.low - self.high, 0.0)

    @property
    def middle(self) -> float:
        return (self.low + self.high) / 2

    def corners(self) -> tuple[float, float]:
        return self.low, self.high


def decimals(printed: str) -> int:
    """Decimals a figure was printed with: "29.20" has 2."""
    return len(printed.partition(".")[2])


def unit_in_last_place(printed: str) -> float:
    return 10.0 ** -decimals(printed)


def rounding_interval(printed: str, operator: str = "") -> Interval:
    """What "7.14" or "< 0.001" can stand for; halves may have been rounded up or down."""
    value = float(printed)
    if operator in ("<", "≤"):
        return Interval(-INFINITY, value)
    if operator in (">", "≥"):
        return Interval(value, INFINITY)
    half = unit_in_last_place(printed) / 2
    return Interval(value - half, value + half)


def over_corners(function: Callable[..., float], *boxes: Interval) -> Interval:
    """Range of a function that is monotone in each argument over the box of its arguments."""
    values = [function(*corner) for corner in product(*(box.corners() for box in boxes))]
    return Interval(min(values), max(values))


def least_spread(parts: list[tuple[float, Interval]]) -> float:
    """Smallest Σ w (m - M)² about the weighted mean M when each m lies in its interval; parts are
    (w, m).

    Equals the minimum over c of Σ w · distance(c, interval)², which is convex in c.
    """

    def cost(centre: float) -> float:
        return sum(w * max(m.low - centre, centre - m.high, 0.0) ** 2 for w, m in parts)

    low, high = min(m.low for _, m in parts), max(m.high for _, m in parts)
    for _ in range(200):
        third = (high - low) / 3
        if cost(low + third) <= cost(high - third):
            high -= third
        else:
            low += third
    return cost((low + high) / 2)


def greatest_spread(parts: list[tuple[float, Interval]]) -> float:
    """Largest Σ w (m - M)²: convex, so at a corner; with many parts, at most Σ w (m - c)² from the
    middle.
    """
    if len(parts) > 12:
        centre = sum(w * m.middle for w, m in parts) / sum(w for w, _ in parts)
        return sum(w * max(centre - m.low, m.high - centre) ** 2 for w, m in parts)
    total = sum(w for w, _ in parts)

    def spread(corner: tuple[float, ...]) -> float:
        mean = sum(w * m for (w, _), m in zip(parts, corner, strict=True)) / total
        return sum(w * (m - mean) ** 2 for (w, _), m in zip(parts, corner, strict=True))

    return max(spread(corner) for corner in product(*(m.corners() for _, m in parts)))
