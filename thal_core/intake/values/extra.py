"""Cells that nothing explains are kept as they are; single cells that could identify a person are
not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import Distinct
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import plain
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.phrases import phrase_in
from thal_core.intake.text.shown import shown
from thal_core.intake.values.contributions import Part


def keep_extra(
    ledger: Ledger, part: Part, column: Column, coded: tuple[np.ndarray, list[str]]
) -> pd.DataFrame:
    """``extra`` rows of one column: patient_id, month, column (its label), value (text as it may be
    shown).

    ``coded``: the code of each row and the texts the codes stand for.
    """
    codes, texts = coded
    clear = drop_identifying(ledger, column, codes, texts)
    tidy = np.array([shown(text) for text in clear], dtype=object)
    ledger.mark(column, Fate.EXTRA)
    where = np.flatnonzero((tidy != "")[codes] & (part.patients >= 0))
    month = column.reading.month
    return pd.DataFrame(
        {
            "patient_id": part.ids_at(where),
            "month": part.times.month[where] if month is None else float(month),
            "column": column.title,
            "value": tidy[codes[where]],
        }
    )


def read_phrases(ledger: Ledger, column: Column, kind: str) -> np.ndarray:
    """What each cell means in the words of rules/phrases.csv (a reason, an action, an outcome); ""
    where blank. A text that is not understood is "other", and its cell is named: it may name
    people.
    """
    codes, texts = column.coded()
    clear = drop_identifying(ledger, column, codes, texts)
    read = Distinct(codes, clear, [phrase_in(text, kind) for text in clear])
    ledger.mark(column, Fate.USED)
    ledger.report_cells(NOTE, "intake.cell.phrase", column, read.not_understood(), Fate.USED)
    return read.spread("other", object)


def drop_identifying(
    ledger: Ledger, column: Column, codes: np.ndarray, texts: list[str]
) -> list[str]:
    """The texts, tidied; those that hold a number, address or mail of a person are emptied and
    their cells counted.
    """
    tidy = [plain(t) for t in texts]
    found = [code for code, text in enumerate(tidy) if identifier_in(text)]
    if found:
        where = np.flatnonzero(np.isin(codes, found))
        ledger.fates.mark(column.sheet, column.table.rows[where], column.index, Fate.IDENTIFYING)
        ledger.report_column(WARNING, "intake.identifying.cells", column, n=len(where))
    return ["" if code in found else text for code, text in enumerate(tidy)]
