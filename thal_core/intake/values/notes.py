"""Free text: adverse events and doses are taken out, the text is dropped because it may name
people.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.clinical_terms import Found, dose_in, events_in, month_in
from thal_core.intake.text.fold import plain
from thal_core.intake.values.contributions import Part
from thal_core.rules.catalogue import study_drug


def read_notes(ledger: Ledger, part: Part, column: Column) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(events, doses of the study drug) that the texts of one column state. The texts go
    nowhere.
    """
    codes, texts = column.coded()
    found: list[tuple[int, Found]] = []
    doses: list[tuple[int, float, float | None]] = []
    stated = {
        code: (events_in(text), dose_in(text), month_in(text))
        for code, text in enumerate(texts)
        if plain(text)
    }
    for position in np.flatnonzero((part.patients >= 0) & np.isin(codes, list(stated))):
        events, dose, month = stated[codes[position]]
        found += [(int(position), event) for event in events]
        doses += [(int(position), dose, month)] if dose is not None else []
    n = int(np.isin(codes, list(stated)).sum())
    if n:
        ledger.report_column(
            WARNING, "intake.notes.read", column, n=n, events=len(found), doses=len(doses)
        )
    ledger.mark(column, Fate.IDENTIFYING)
    return _event_rows(found, part), _dose_rows(doses, part)


def _event_rows(found: list[tuple[int, Found]], part: Part) -> pd.DataFrame:
    where = np.array([p for p, _ in found], dtype=int)
    return pd.DataFrame(
        {
            "patient_id": part.ids_at(where),
            "month": [part.times.month[p] if e.month is None else e.month for p, e in found],
            "event": [e.event for _, e in found],
            "grade": [np.nan if e.grade is None else e.grade for _, e in found],
        }
    )


def _dose_rows(doses: list[tuple[int, float, float | None]], part: Part) -> pd.DataFrame:
    where = np.array([p for p, _, _ in doses], dtype=int)
    return pd.DataFrame(
        {
            "patient_id": part.ids_at(where),
            "drug": study_drug(),
            "start_month": [
                part.times.month[p] if month is None else month for p, _, month in doses
            ],
            "dose_mg_per_day": [dose for _, dose, _ in doses],
        }
    )
