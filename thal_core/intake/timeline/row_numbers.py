"""Who a row is about where the table does not say: its own row, or the patient above."""

from __future__ import annotations

import numpy as np

from thal_core.intake.fields.roles import TIMES
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.issue_log import ERROR, NOTE
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import plain
from thal_core.intake.text.numbers import is_missing

_SILENT = frozenset({"identifying", "extra", "ignore", "notes", "patient_id", "record_number"})
_FEWEST = 2  # understood columns that make rows patients and not lines of a summary
_OF_A_PERSON = ("sex", "age_years", "phenotype", "genotype", "splenectomy", "center")


def people_by_row(
    ledger: Ledger, tables: dict[int, list[Column]], many_rows: set[int]
) -> tuple[list[str], dict[int, np.ndarray]]:
    """Ids and patient numbers of the rows of a file without any id column: each row of a table
    of one row a patient is a patient, called by the number of its row. Empty where no table is one.

    Of several tables only the parts of one list (same sheet, same headers) count: the rows of
    another may be the same people.
    """
    single = {n: columns for n, columns in tables.items() if n not in many_rows}
    lists = {
        n: columns
        for n, columns in single.items()
        if sum(c.target not in _SILENT for c in columns) >= _FEWEST
    }
    # nothing is understood yet: a draft, for a person to say what it is; one column is no table
    lists = lists or {n: columns for n, columns in single.items() if len(columns) > 1}
    if not lists:
        return [], {}
    main = max(lists, key=lambda n: len(lists[n][0].table.rows))
    ids: list[str] = []
    of: dict[int, np.ndarray] = {}
    for n, columns in lists.items():
        if _headers(columns) == _headers(lists[main]):
            rows = columns[0].table.rows
            of[n] = np.arange(len(ids), len(ids) + len(rows))
            ids += [str(row + 1) for row in rows.tolist()]
    sheet = lists[main][0].sheet
    ledger.report(ERROR, "intake.id.assumed", sheet=sheet, sheet_name=sheet)
    return ids, of


def _headers(columns: list[Column]) -> tuple[str, ...]:
    return columns[0].sheet, *(c.reading.header for c in columns)


def filled_down(
    ledger: Ledger, column: Column, columns: list[Column], numbers: np.ndarray
) -> np.ndarray:
    """The patient number of each row; a row with a blank id belongs to the patient above where it
    clearly goes on: a time of its own that this patient has not had yet, and nothing of a person.
    """
    texts = column.texts().to_pylist()
    blank = [at for at, text in enumerate(texts) if not text.strip() and numbers[at] < 0]
    times = [c.texts().to_pylist() for c in columns if c.target in TIMES]
    if not blank or not times:
        return numbers
    person = [c.texts().to_pylist() for c in columns if c.target in _OF_A_PERSON]
    filled, seen = numbers.copy(), set[tuple[str, ...]]()
    for at in range(len(texts)):
        time = tuple(plain(cells[at]) for cells in times)
        if at in blank and at and filled[at - 1] >= 0 and time not in seen and any(time):
            silent = all(is_missing(cells[at]) or cells[at] == cells[at - 1] for cells in person)
            filled[at] = filled[at - 1] if silent else filled[at]
        seen = {*seen, time} if at and filled[at] == filled[at - 1] else {time}
    n = int((filled != numbers).sum())
    if n:
        ledger.report_column(NOTE, "intake.id.filled_down", column, n=n)
    return filled
