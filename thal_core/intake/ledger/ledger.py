"""The record of one reading: where every cell went, what has to be said, what columns turned out
to be.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.ledger.cell_fates import CellFates, Fate
from thal_core.intake.ledger.issue_log import IssueLog
from thal_core.intake.ledger.origins import Origins
from thal_core.intake.text.shown import shown
from thal_core.mapping import ColumnReading
from thal_core.sheets.sheet import Sheet
from thal_core.vocabulary import Severity


class Ledger:
    """Every step of a reading writes here, and none reads from it what another step decided.

    fates: the fate of each cell. issues: the issues, in the making. readings: what was learned of a
    column from its values (its unit, that it has no time).
    """

    def __init__(
        self,
        sheets: Iterable[Sheet],
        turned: Iterable[str] = (),
        origins: Origins | None = None,
    ) -> None:
        """``turned``: names of the sheets that are read with rows and columns exchanged.
        ``origins``: where the cells of sheets that were laid out anew stand in the file.
        """
        self.fates = CellFates(sheets)
        self.issues = IssueLog(frozenset(turned), origins)
        self.readings: dict[Key, ColumnReading] = {}

    def report(self, severity: Severity, code: str, **place_and_params: object) -> None:
        """One issue, at a place of a sheet or about the whole file (see ``IssueLog.add``)."""
        self.issues.add(severity, code, **place_and_params)  # type: ignore[arg-type]

    def report_column(
        self, severity: Severity, code: str, column: Column, **params: object
    ) -> None:
        """One issue about a whole column."""
        place = {"sheet": column.sheet, "index": column.index, "column": column.title}
        self.report(severity, code, **place, **params)

    def report_cells(
        self,
        severity: Severity,
        code: str,
        column: Column,
        positions: Iterable[int],
        fate: Fate = Fate.ISSUE,
        hide: bool = False,
        **params: object,
    ) -> None:
        """One issue for each of these positions in the table's rows, and its cells marked.
        ``hide``: without the text.
        """
        where = np.fromiter(positions, dtype=np.int64)
        texts, rows = column.texts(), column.table.rows[where]
        for position, row in zip(where, rows, strict=True):
            raw = "" if hide else shown(texts[int(position)].as_py())
            self.report_column(severity, code, column, row=int(row), raw=raw, **params)
        if len(where):
            self.fates.mark(column.sheet, rows, column.index, fate)

    def report_row(
        self, severity: Severity, code: str, sheet: str, row: int, index: int = 0
    ) -> None:
        """One issue about a row that is not read, and its cells marked. ``index``: the column whose
        cell the issue names.
        """
        self.report(severity, code, sheet=sheet, row=int(row), index=int(index))
        self.fates.mark(sheet, int(row), slice(None), Fate.ISSUE)

    def mark(self, column: Column, fate: Fate) -> None:
        """The same fate for every cell of the column that has none yet."""
        self.fates.mark(column.sheet, column.table.rows, column.index, fate)

    def learn(self, *columns: Column) -> None:
        """What a step after the headers found out about these columns."""
        self.readings |= {c.key: c.reading for c in columns if not c.derived}
