"""A point that parts thousands: ``1.250`` in a sheet that writes 8,4 for 8.4 is 1250."""

from __future__ import annotations

import re
from dataclasses import replace

import numpy as np
import pyarrow.compute as pc

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.issue_log import WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.numbers import column_texts
from thal_core.sheets.sheet import Kind, Sheet

_PARTED = re.compile(r"\d{1,3}(?:\.\d{3}){1,4}(?:,\d{1,9})?")
_DECIMAL_POINT = r"\d\.(?:\d{1,2}|\d{4,})(?:\D|$)"
_DECIMAL_COMMA = r"^\s*-?\d+,\d{1,2}\s*$"


def without_thousands_points(ledger: Ledger, column: Column) -> Column:
    """The column with its points taken out where they part thousands: all typed as text, each
    before three digits, in a sheet that writes decimal commas. Said once for the column.
    """
    parted = [text for text in column.distinct() if _PARTED.fullmatch(text.strip())]
    if not parted or _has_decimal_points(column) or not _writes_decimal_commas(column.table.sheet):
        return column
    ledger.report_column(WARNING, "intake.number.thousands", column, n=len(parted))
    plain = {text.strip(): text.replace(".", "") for text in parted}
    return replace(column, recode=dict(column.recode) | plain)


def _has_decimal_points(column: Column) -> bool:
    typed = column.table.sheet.kind[column.table.rows, column.index]
    written = pc.match_substring_regex(column.texts(), _DECIMAL_POINT)
    return bool((typed == Kind.NUMBER).any() or pc.any(written).as_py())


def _writes_decimal_commas(sheet: Sheet) -> bool:
    columns = (column_texts(sheet.text.iloc[:, c]) for c in range(sheet.text.shape[1]))
    commas = (pc.any(pc.match_substring_regex(texts, _DECIMAL_COMMA)).as_py() for texts in columns)
    return bool(np.any(list(commas)))
