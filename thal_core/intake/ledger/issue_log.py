"""Issues as they are found, with the row they belong to; patients are named at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from thal_core.intake.ledger.origins import Origins
from thal_core.intake.text.shown import shown_params
from thal_core.issues import Issue, issues_frame
from thal_core.sheets.sheet import cell_address
from thal_core.vocabulary import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_ORDER = {ERROR: 0, WARNING: 1, NOTE: 2}


class IssueLog:
    """A list of issues in the making. Rows and columns are 0-based, as in the sheet that is read;
    the issues name them as they stand in the file.
    """

    def __init__(
        self, turned: frozenset[str] = frozenset(), origins: Origins | None = None
    ) -> None:
        self._issues: list[tuple[Issue, str, int | None]] = []
        self._turned = turned
        self._origins = origins or Origins()

    def add(
        self,
        severity: Severity,
        code: str,
        *,
        sheet: str = "",
        row: int | None = None,
        index: int | None = None,
        column: str = "",
        raw: str = "",
        patient: str = "",
        in_file: bool = False,
        **params: object,
    ) -> None:
        """One finding; with ``row`` and ``index`` it names a cell, with ``index`` alone a column.

        Words of the sheet among ``params`` pass ``shown``; ``column`` is a label, ``cells`` an
        address. ``in_file``: the place is one of the file's own sheet.
        """
        params = shown_params(params)
        if column:
            params.setdefault("column", column)
        file_sheet, place = self._place(sheet, row, index, in_file)
        cell = "" if place is None else cell_address(*place)
        number = None if place is None else place[0] + 1
        issue = Issue(severity, code, params, file_sheet, cell, number, column, patient, raw)
        self._issues.append((issue, sheet, None if in_file else row))

    def _place(
        self, sheet: str, row: int | None, index: int | None, in_file: bool
    ) -> tuple[str, tuple[int, int] | None]:
        """The file's sheet that a cell stands in, and its row and column there as it lies."""
        if row is None or index is None:
            return sheet, None
        found = (sheet, row, index) if in_file else self._origins.place(sheet, row, index)
        if found is None:
            return sheet, None
        file_sheet, *place = found
        return file_sheet, (place[1], place[0]) if file_sheet in self._turned else (
            place[0],
            place[1],
        )

    def frame(self, patient_of: Callable[[str, int], str]) -> pd.DataFrame:
        """All findings, errors first, each with its patient. ``patient_of(sheet, row)`` gives the
        id or ''.
        """
        named = [
            issue
            if row is None or issue.patient_id
            else replace(issue, patient_id=patient_of(sheet, row))
            for issue, sheet, row in self._issues
        ]
        return issues_frame(sorted(named, key=lambda issue: _ORDER[issue.severity]))
