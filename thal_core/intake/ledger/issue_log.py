"""Issues as they are found, with the row they belong to; patients are named at the end."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pandas as pd

from thal_core.intake.text.shown import shown_params
from thal_core.issues import Issue, issues_frame
from thal_core.sheets.sheet import cell_address
from thal_core.vocabulary import Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
_ORDER = {ERROR: 0, WARNING: 1, NOTE: 2}


class IssueLog:
    """A list of issues in the making. Rows and columns are 0-based, as in the sheet."""

    def __init__(self, turned: frozenset[str] = frozenset()) -> None:
        self._issues: list[tuple[Issue, int | None]] = []
        self._turned = turned

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
        **params: object,
    ) -> None:
        """One finding; with ``row`` and ``index`` it names a cell, with ``index`` alone a column.

        Words of the sheet among ``params`` pass ``shown``; ``column`` is a label, ``cells`` an
        address.
        """
        params = shown_params(params)
        place = (index, row) if sheet in self._turned else (row, index)
        cell = (
            cell_address(place[0], place[1])
            if place[0] is not None and place[1] is not None
            else ""
        )
        if column:
            params.setdefault("column", column)
        issue = Issue(
            severity,
            code,
            params,
            sheet,
            cell,
            None if not cell else place[0] + 1,
            column,
            patient,
            raw,
        )
        self._issues.append((issue, row))

    def frame(self, patient_of: Callable[[str, int], str]) -> pd.DataFrame:
        """All findings, errors first, each with its patient. ``patient_of(sheet, row)`` gives the
        id or ''.
        """
        named = [
            issue
            if row is None or issue.patient_id
            else replace(issue, patient_id=patient_of(issue.sheet, row))
            for issue, row in self._issues
        ]
        return issues_frame(sorted(named, key=lambda issue: _ORDER[issue.severity]))
