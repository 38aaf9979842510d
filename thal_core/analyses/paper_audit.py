"""The papers' own arithmetic: every printed figure beside what the other printed figures give."""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from thal_core.audit import audit, count_verdicts
from thal_core.cohort import Cohort
from thal_core.figures.audit_picture import plot_audit
from thal_core.results import Result
from thal_core.view import Options
from thal_core.words import Message, Text


def paper_audit(cohort: Cohort, options: Options) -> Result:
    """The audit of the papers in rules/papers; no patient of the cohort enters it.

    Columns as ``thal_core.audit.audit``: the contract's, then printed, unit, importance, test and
    the codes that ``translate_audit`` turns into another language.
    """
    table = audit_of_the_papers()
    counted = count_verdicts(table).drop(columns="paper").sum()
    return Result(
        "paper_audit",
        table,
        draw=plot_audit,
        method=Text([Message("about.paper_audit")]),
        notes=Text([Message("audit.headline", {k: int(v) for k, v in counted.items()})]),
    )


def audit_of_the_papers() -> pd.DataFrame:
    """The audit, computed once in a process; the caller owns the copy."""
    return _audited().copy()


@lru_cache(maxsize=1)
def _audited() -> pd.DataFrame:
    return audit()
