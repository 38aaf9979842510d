"""A REDCap export as the tables of its repeating forms."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.layout.columns import Column
from thal_core.intake.layout.find_tables import Table


def rows_of(table: Table, positions: np.ndarray) -> Table:
    """The table with these of its data rows only."""
    return replace(table, rows=table.rows[positions])


def by_instrument(table: Table, columns: list[Column]) -> list[Table]:
    """A REDCap export split into its plain rows and those of each repeating form, with the columns
    each fills.
    """
    form = next((c for c in columns if c.target == "redcap_instrument"), None)
    if form is None or not form.distinct():
        return [table]
    codes, texts = form.coded()
    parts = []
    for code in range(len(texts)):
        part = rows_of(table, np.flatnonzero(codes == code))
        filled = table.sheet.kind[part.rows] != 0
        used = [i for i, index in enumerate(table.columns) if filled[:, index].any()]
        parts.append(
            replace(
                part,
                columns=tuple(table.columns[i] for i in used),
                headers=tuple(table.headers[i] for i in used),
            )
        )
    return parts
