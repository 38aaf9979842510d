"""Where every cell of a file went: what must hold of any file that reads (as
tests/intake/test_conservation.py says of one sheet).
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.parse_file import Reading
from thal_core.intake.text.shown import shown
from thal_core.sheets.sheet import Kind

FACTS = ("patient_id", "month", "day", "nominal", "on_drug", "hb_timing")


def faults(reading: Reading) -> Iterator[str]:
    """One line for each kind of cell that vanished or came from nowhere."""
    kept = set(reading.cohort.extra["value"]) | {""}
    for name, fates in reading.fates.cells.items():
        sheet = reading.standing[name]
        filled = sheet.kind != Kind.EMPTY
        if (filled & (fates == Fate.EMPTY)).any():
            yield "a filled cell without a fate"
        if (~filled & (fates != Fate.EMPTY)).any():
            yield "a blank cell with a fate"
        if (fates == Fate.UNSEEN).any():
            yield "a cell that nothing has spoken for"
        texts = sheet.text.to_numpy()[fates == Fate.EXTRA]
        if any(shown(text) not in kept for text in texts):
            yield "a cell of extra that is not there"
    if len(set(reading.cohort.patients.index)) != len(reading.cohort.patients):
        yield "a patient twice"
    if _values(reading) > 2 * _used(reading):
        yield "more values than cells"
    if _issue_cells(reading) and reading.cohort.issues.empty:
        yield "an issue's cell that no issue names"


def _values(reading: Reading) -> int:
    visits = reading.cohort.visits
    flags = [c for c in visits.columns if c.endswith("_censored")]
    return int(visits.drop(columns=[*FACTS, *flags], errors="ignore").notna().sum().sum())


def _used(reading: Reading) -> int:
    return sum(int((fates == Fate.USED).sum()) for fates in reading.fates.cells.values())


def _issue_cells(reading: Reading) -> int:
    return sum(int(np.sum(fates == Fate.ISSUE)) for fates in reading.fates.cells.values())
