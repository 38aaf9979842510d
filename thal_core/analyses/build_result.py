"""How an analysis answers: a table with the contract's columns, or one sentence why not."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import lru_cache

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.results import Draw, Result, Sentence
from thal_core.rules.catalogue import criteria, fields, read_rules
from thal_core.view import Options
from thal_core.words import Message, Text

Analysis = Callable[[Cohort, Options], Result]

CARRIED_ALONG = frozenset(
    {  # fields of the records of stats that not every table shows
        "method",
        "variant",
        "reason",
        "n",
        "n_1",
        "n_2",
        "n_observations",
        "missing",
        "mean",
        "median",
        "q1",
        "q3",
        "minimum",
        "maximum",
        "coefficient",
        "std_error",
        "statistic",
        "df",
        "effect",
        "conf_low",
        "conf_high",
        "hedges_g",
        "hedges_g_low",
        "hedges_g_high",
        "simulation_error",
        "censored",
        "sd_patient",
        "sd_residual",
    }
)


class Unanswerable(Exception):
    """The cohort lacks what the question needs; ``message`` says what."""

    def __init__(self, code: str, **params: object) -> None:
        super().__init__(code)
        self.message = Message(code, params)


@lru_cache(maxsize=1)
def _columns() -> dict[str, tuple[str, ...]]:
    listed = " ".join(criteria())
    return {
        row["result"]: tuple(row["columns"].replace("{criteria}", listed).split())
        for row in read_rules("results")
    }


def columns_of(name: str) -> tuple[str, ...]:
    """The columns of a result, in order (rules/results.csv); ``{criteria}`` there is a column a
    criterion.
    """
    return _columns()[name]


def build_result(
    name: str,
    table: pd.DataFrame | list[dict[str, object]],
    *,
    cohort: Cohort,
    used: Iterable[str] | None = None,
    excluded: Iterable[tuple[Message, int]] = (),
    method: Iterable[Message] = (),
    notes: Iterable[Message] = (),
    sentences: Iterable[Sentence] = (),
    draw: Draw | None = None,
) -> Result:
    """A Result with exactly the contract's columns. ``used``: ids of the patients who entered (None
    = all).

    Raises ValueError for a column that the result does not declare, unless it is one of the figures
    that every statistic carries along: nothing an analysis found is left out without a word.
    """
    frame = pd.DataFrame(table) if isinstance(table, list) else table
    if lost := set(frame.columns) - set(columns_of(name)) - CARRIED_ALONG:
        raise ValueError(f"{name}: columns that rules/results.csv does not name: {sorted(lost)}")
    n_used = cohort.n if used is None else len(set(used))
    return Result(
        name,
        frame.reindex(columns=list(columns_of(name))).reset_index(drop=True),
        method=Text(method),
        notes=Text(notes),
        n_used=n_used,
        n_excluded=cohort.n - n_used,
        excluded=tuple((m, n) for m, n in excluded if n),
        sentences=tuple(dict.fromkeys(sentences)),
        draw=draw,
    )


def result_of(name: str, analysis: Analysis, cohort: Cohort, options: Options) -> Result:
    """What the analysis gives; where the cohort cannot answer, a header-only table and the reason
    in ``notes``.
    """
    try:
        return analysis(cohort, options)
    except Unanswerable as reason:
        empty = pd.DataFrame(columns=columns_of(name))
        return Result(name, empty, notes=Text((reason.message,)), n_excluded=cohort.n)


def need(present: bool, *columns: str) -> None:
    """Raise Unanswerable naming the missing quantities unless they are ``present``."""
    if not present:
        raise Unanswerable("cannot.missing_column", columns=[fields()[c] for c in columns])


def need_patients(cohort: Cohort) -> None:
    if cohort.n == 0:
        raise Unanswerable("cannot.nobody")


def need_values(cohort: Cohort, analyte: str) -> None:
    """Raise unless somebody has the analyte."""
    need_patients(cohort)
    if cohort.visits[analyte].notna().sum() == 0:
        raise Unanswerable("cannot.missing_column", columns=fields()[analyte])
