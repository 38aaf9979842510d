"""What could not be taken as written: one row per cell or column, with its address and the
remedy.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import pandas as pd

from thal_core.vocabulary import ISSUE_COLUMNS, Severity
from thal_core.words import packed, tr, unpacked


class CohortError(Exception):
    """A file that cannot become a cohort. ``str()`` is one clear sentence with the remedy."""

    def __init__(self, code: str, **params: object) -> None:
        self.code, self.params = code, params
        super().__init__(tr(code, params))

    def text(self, language: str = "en") -> str:
        return tr(self.code, self.params, language)


class UnknownChoice(CohortError):
    """A criterion, analysis, column or month that does not exist, with those that do."""


@dataclass(frozen=True)
class Issue:
    """One finding. Its sentences are ``words`` codes ``code`` (what) and ``code + ".action"`` (what
    was done).

    ``raw`` is the cell as typed, empty for identifying columns. ``cell`` is a spreadsheet address
    (B7).
    """

    severity: Severity
    code: str
    params: Mapping[str, object] = field(default_factory=dict)
    sheet: str = ""
    cell: str = ""
    row: int | None = None
    column: str = ""
    patient_id: str = ""
    raw: str = ""


def issues_frame(issues: Iterable[Issue]) -> pd.DataFrame:
    """Issues as the contract's table (ISSUE_COLUMNS, English) and ``params`` (JSON) to translate
    them.
    """
    rows = [
        (
            i.severity.value,
            i.code,
            i.sheet,
            i.cell,
            i.row,
            i.column,
            i.patient_id,
            i.raw,
            tr(i.code, i.params),
            _action(i.code, i.params, "en"),
            json.dumps({k: packed(v) for k, v in i.params.items()}, ensure_ascii=False),
        )
        for i in issues
    ]
    frame = pd.DataFrame(rows, columns=[*ISSUE_COLUMNS, "params"])
    return frame.astype({"row": "Int64"} | {c: "str" for c in frame.columns if c != "row"})


def translate_issues(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The same issues with ``message`` and ``action`` in ``language``."""
    params = [{k: unpacked(v) for k, v in json.loads(p).items()} for p in frame["params"]]
    return frame.assign(
        message=[tr(c, p, language) for c, p in zip(frame["code"], params, strict=True)],
        action=[_action(c, p, language) for c, p in zip(frame["code"], params, strict=True)],
    )


def _action(code: str, params: Mapping[str, object], language: str) -> str:
    key = f"{code}.action"
    text = tr(key, params, language)
    return "" if text == key else text
