"""How much a file may ask of the program (rows of rules/limits.csv), and the refusal when it asks
more.
"""

from __future__ import annotations

from functools import lru_cache

from thal_core.rows import read_rules


class Refused(Exception):
    """A file that cannot be read: a words code and its parameters, never a cell's value."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, {name: str(value) for name, value in params.items()}
        super().__init__(code)


@lru_cache(maxsize=1)
def _limits() -> dict[str, float]:
    return {row["name"]: float(row["value"]) for row in read_rules("limits")}


def limit(name: str) -> float:
    """The limit of that name, in the unit its row states."""
    return _limits()[name]


def thousands(number: float) -> str:
    """200000 → "200,000", as a person writes a limit."""
    return f"{int(number):,}"


def check_size(rows: int, columns: int, sheet: str = "") -> None:
    """Raises Refused for more rows, columns or cells than permitted."""
    for name, size in (("rows", rows), ("columns", columns), ("cells", rows * columns)):
        if size > limit(name):
            raise Refused(
                f"reading.too_many_{name}",
                count=thousands(size),
                limit=thousands(limit(name)),
                sheet=sheet,
            )
