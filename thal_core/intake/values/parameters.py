"""A table of a row per patient and quantity: the rows of one parameter are a column of
their own.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.fields.header_months import header_month
from thal_core.intake.fields.instruments import rows_of
from thal_core.intake.fields.roles import with_roles
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.codes import setting_codes
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import IDENTIFYING, Header, read_header
from thal_core.intake.text.shown import shown_header
from thal_core.intake.text.units import parse_unit, units_of
from thal_core.intake.timeline.treatment_time import RowTimes
from thal_core.mapping import ColumnReading, Mapping


def times_of(times: RowTimes, positions: np.ndarray) -> RowTimes:
    return RowTimes(times.month[positions], times.day[positions], times.labelled[positions])


def by_parameter(
    ledger: Ledger, columns: list[Column], times: RowTimes, mapping: Mapping
) -> list[tuple[np.ndarray, list[Column]]]:
    """A parameter–value–unit table as one column per parameter: (its row positions, the column)."""
    names = [c for c in columns if c.target in ("param_code", "param")]
    values = [c for c in columns if c.target == "value"]
    unit = next((c for c in columns if c.target == "value_unit"), None)
    for column in (*names, *((unit,) if unit else ())):
        ledger.mark(column, Fate.USED)
    parts = _coded_rows([*names, *((unit,) if unit else ())])
    columns_by_header: dict[tuple[str, str], list[tuple[np.ndarray, Column]]] = {}
    named = setting_codes(mapping.setting("parameters"))
    for texts, positions in parts:
        words, unit_text = (texts[:-1], texts[-1]) if unit else (texts, "")
        for value in values:
            column = _parameter_column(ledger, value, words, unit_text, positions, named)
            columns_by_header.setdefault((column.target, column.title), []).append(
                (positions, column)
            )
    found = [pair for pairs in columns_by_header.values() for pair in pairs]
    timed = bool(np.isfinite(times.month).any())
    return [
        (positions, with_roles([column], "clinical", row_time=timed)) for positions, column in found
    ]


def _coded_rows(columns: list[Column]) -> list[tuple[tuple[str, ...], np.ndarray]]:
    """The different combinations of texts in these columns, each with its rows."""
    coded = [column.coded() for column in columns]
    key = np.zeros(len(coded[0][0]), dtype=np.int64)
    for codes, texts in coded:
        key = key * len(texts) + codes
    distinct, first, inverse = np.unique(key, return_index=True, return_inverse=True)
    order = np.argsort(inverse, kind="stable")
    bounds = np.searchsorted(inverse[order], np.arange(len(distinct) + 1))
    return [
        (
            tuple(plain(texts[codes[first[n]]]) for codes, texts in coded),
            order[bounds[n] : bounds[n + 1]],
        )
        for n in range(len(distinct))
    ]


def _parameter_column(
    ledger: Ledger,
    value: Column,
    words: tuple[str, ...],
    unit_text: str,
    positions: np.ndarray,
    named: dict[str, str],
) -> Column:
    """The value column, read as what one parameter names. ``named``: a person's words for
    parameters.
    """
    header = next((Header(named[w.lower()], True) for w in words if w.lower() in named), None)
    header = header or next((h for h in map(read_header, words) if h.target), Header())
    if header.target.startswith(IDENTIFYING):
        header = replace(header, target="identifying")
    title = next((w for w in words if w), value.title)
    unit = parse_unit(unit_text, header.target) if unit_text and units_of(header.target) else None
    reading = ColumnReading(
        value.sheet,
        value.index,
        title,
        header.target or "extra",
        header_month(value),
        unit.unit if unit else header.unit,
        0.9 if header.target else 0.0,
        "how.parameter",
        label=shown_header(title, value.reading.letter),
    )
    header = replace(header, unit=reading.unit, time=header.time or value.header.time)
    column = Column(rows_of(value.table, positions), value.index, header, reading, derived=True)
    if unit_text and unit is None and units_of(header.target):
        ledger.report_column(WARNING, "intake.unit.unknown", column, unit=unit_text)
    return column
