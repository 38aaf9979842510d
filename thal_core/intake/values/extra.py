"""Cells that nothing explains are kept as they are; single cells that could identify a person are
not.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.text.fold import plain
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.phrases import phrase_in
from thal_core.intake.text.shown import shown
from thal_core.intake.timeline.treatment_time import RowTimes


def keep_extra(
    context: Context,
    column: Column,
    coded: tuple[np.ndarray, list[str]],
    patients: np.ndarray,
    times: RowTimes,
) -> pd.DataFrame:
    """``extra`` rows of one column: patient_id, month, column (its label), value (text as it may be
    shown).

    ``coded``: the code of each row and the texts the codes stand for.
    """
    codes, texts = coded
    clear = drop_identifying(context, column, codes, texts)
    tidy = np.array([shown(text) for text in clear], dtype=object)
    context.mark(column, Fate.EXTRA)
    where = np.flatnonzero((tidy != "")[codes] & (patients >= 0))
    month = column.reading.month
    return pd.DataFrame(
        {
            "patient_id": context.ids[patients[where]],
            "month": times.month[where] if month is None else float(month),
            "column": column.title,
            "value": tidy[codes[where]],
        }
    )


def read_phrases(context: Context, column: Column, kind: str) -> np.ndarray:
    """What each cell means in the words of rules/phrases.csv (a reason, an action, an outcome); ""
    where blank. A text that is not understood is "other", and its cell is named: it may name
    people.
    """
    codes, texts = column.coded()
    clear = drop_identifying(context, column, codes, texts)
    meanings = [phrase_in(text, kind) for text in clear]
    unknown = [code for code, meaning in enumerate(meanings) if meaning is None]
    context.mark(column, Fate.USED)
    context.cell_issues(
        NOTE, "intake.cell.phrase", column, np.flatnonzero(np.isin(codes, unknown)), Fate.USED
    )
    return np.array(["other" if m is None else m for m in meanings], dtype=object)[codes]


def drop_identifying(
    context: Context, column: Column, codes: np.ndarray, texts: list[str]
) -> list[str]:
    """The texts, tidied; those that hold a number, address or mail of a person are emptied and
    their cells counted.
    """
    tidy = [plain(t) for t in texts]
    found = [code for code, text in enumerate(tidy) if identifier_in(text)]
    if found:
        where = np.flatnonzero(np.isin(codes, found))
        context.account.mark(column.sheet, column.table.rows[where], column.index, Fate.IDENTIFYING)
        context.column_issue(WARNING, "intake.identifying.cells", column, n=len(where))
    return ["" if code in found else text for code, text in enumerate(tidy)]
