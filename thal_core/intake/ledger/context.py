"""What the steps of one reading share: settings, findings, the account of cells, progress."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.layout.find_tables import Table
from thal_core.intake.ledger.cell_fates import Account, Fate
from thal_core.intake.ledger.issue_log import Findings
from thal_core.intake.text.shown import shown
from thal_core.mapping import ColumnReading, Mapping
from thal_core.sheets.sheet import Sheet
from thal_core.vocabulary import Severity


@dataclass(eq=False)
class Context:
    """One reading of one file."""

    sheets: list[Sheet]
    mapping: Mapping
    account: Account
    findings: Findings = field(default_factory=Findings)
    patients: dict[str, np.ndarray] = field(
        default_factory=dict
    )  # sheet → patient number of each row, −1 none
    ids: pd.Index = field(default_factory=lambda: pd.Index([], dtype="str"))
    names: list[str] = field(default_factory=list)  # the same ids, as a list
    replaced: tuple[tuple[str, str], ...] = ()  # see Provenance
    readings: dict[Key, ColumnReading] = field(default_factory=dict)  # learned from the values

    def learn(self, *columns: Column) -> None:
        """What a step after the headers found out about these columns."""
        self.readings |= {c.key: c.reading for c in columns if not c.derived}

    def setting(self, name: str, default: str = "") -> str:
        return self.mapping.setting(name, default)

    def remember(self, table: Table, patients: np.ndarray) -> None:
        """Whose row is which, for the issues."""
        owner = self.patients.setdefault(table.sheet.name, np.full(len(table.sheet.text), -1))
        owner[table.rows] = patients

    def patient_at(self, sheet: str, row: int) -> str:
        """The id of the patient of a sheet's row, '' where there is none."""
        owner = self.patients.get(sheet)
        return "" if owner is None or owner[row] < 0 else self.names[owner[row]]

    def column_issue(self, severity: Severity, code: str, column: Column, **params: object) -> None:
        self.findings.add(
            severity, code, sheet=column.sheet, index=column.index, column=column.title, **params
        )

    def cell_issues(
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
        texts = column.texts()
        for position in where:
            row = int(column.table.rows[position])
            self.findings.add(
                severity,
                code,
                sheet=column.sheet,
                row=row,
                index=column.index,
                column=column.title,
                raw="" if hide else shown(texts[int(position)].as_py()),
                **params,
            )
        if len(where):
            self.account.mark(column.sheet, column.table.rows[where], column.index, fate)

    def foreign_rows(self, sheet: str, rows: Iterable[int]) -> None:
        """Rows of another list (contacts, doctors) than the table's: each is named, none is
        read.
        """
        for row in rows:
            self.findings.add(
                Severity.WARNING, "intake.row.foreign", sheet=sheet, row=int(row), index=0
            )
            self.account.mark(sheet, int(row), slice(None), Fate.ISSUE)

    def mark(self, column: Column, fate: Fate) -> None:
        """The same fate for every cell of the column that has none yet."""
        self.account.mark(column.sheet, column.table.rows, column.index, fate)


Progress = Callable[[float, str], object]
