"""Rows that stand twice: exact copies are counted once, two rows of a one-row-per-patient sheet are
named.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.fields.roles import TIMES
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger


def without_copies(
    ledger: Ledger, columns: list[Column], patients: np.ndarray, kind: str
) -> tuple[list[Column], np.ndarray]:
    """The columns without exact copies of earlier rows, and the positions of the rows that stay.

    Sheets of transfusions or events without a date may truly say the same twice and are left alone.
    """
    table = columns[0].table
    everything = np.arange(len(table.rows))
    known = patients[patients >= 0]
    if len(np.unique(known)) == len(known):
        return columns, everything
    dated = any(c.target in ("date", "start_date", "day") for c in columns)
    if kind in ("transfusions", "events", "treatments") and not dated:
        return columns, everything
    copies = table.sheet.text.iloc[table.rows, list(table.columns)].duplicated().to_numpy() & (
        patients >= 0
    )
    for row in table.rows[copies].tolist():
        ledger.report_row(NOTE, "intake.duplicate.row", table.sheet.name, row, table.columns[0])
    originals = np.flatnonzero(~copies)
    if copies.any():
        smaller = replace(table, rows=table.rows[originals])
        columns = [replace(column, table=smaller) for column in columns]
    if kind == "clinical" and not any(c.target in TIMES for c in columns):
        _report_second_rows(ledger, columns, patients[originals])
    return columns, originals


def _report_second_rows(ledger: Ledger, columns: list[Column], patients: np.ndarray) -> None:
    """A patient with several rows in a table that has no time of rows."""
    table = columns[0].table
    seen: set[int] = set()
    for position in np.flatnonzero(
        np.bincount(patients[patients >= 0], minlength=1)[np.maximum(patients, 0)] > 1
    ):
        if patients[position] in seen:
            ledger.report(
                WARNING,
                "intake.duplicate.patient",
                sheet=table.sheet.name,
                row=int(table.rows[position]),
                index=table.columns[0],
            )
        elif patients[position] >= 0:
            seen.add(int(patients[position]))
