"""Parse the distinct texts of a column, report the bad, spread the values over the rows."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import plain
from thal_core.vocabulary import Severity

T = TypeVar("T")


@dataclass(frozen=True, eq=False)
class Distinct(Generic[T]):
    """``texts``: the different texts of a column, blank ones included. ``values``: what each means,
    None where it was not understood. ``codes``: which of them stands in each row.
    """

    codes: np.ndarray
    texts: list[str]
    values: list[T | None]

    def spread(self, blank: object, dtype: type = float) -> np.ndarray:
        """The value of each row, ``blank`` where there is none."""
        return np.array([blank if v is None else v for v in self.values], dtype=dtype)[self.codes]

    def rows(self, chosen: Sequence[bool]) -> np.ndarray:
        """Positions of the rows whose text is one of the chosen."""
        return np.flatnonzero(np.array(chosen, dtype=bool)[self.codes])

    def not_understood(self) -> np.ndarray:
        """Positions of the rows that say something which means nothing."""
        pairs = zip(self.texts, self.values, strict=True)
        return self.rows([value is None and bool(plain(text)) for text, value in pairs])


def parse_distinct(column: Column, parse: Callable[[str], T | None]) -> Distinct[T]:
    """Each different text of the column parsed once."""
    codes, texts = column.coded()
    return Distinct(codes, texts, [parse(text) for text in texts])


def read_distinct(
    ledger: Ledger,
    column: Column,
    parse: Callable[[str], T | None],
    severity: Severity,
    code: str,
    *,
    fate: Fate = Fate.ISSUE,
    hide: bool = False,
) -> Distinct[T]:
    """``parse_distinct``, with an issue for each cell that was not understood; the others are used.

    fate: of the cells that were not understood. hide: their text stays out of the issue.
    """
    read = parse_distinct(column, parse)
    ledger.report_cells(severity, code, column, read.not_understood(), fate, hide)
    ledger.mark(column, Fate.USED)
    return read
