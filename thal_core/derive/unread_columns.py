"""Which columns that were not understood may hold what a number rests on."""

from __future__ import annotations

from functools import lru_cache

from thal_core.cohort import Cohort
from thal_core.mapping import Candidate, ColumnReading
from thal_core.rules.catalogue import Criterion, read_rules
from thal_core.view import LAST
from thal_core.vocabulary import ANALYTES, PATIENT_COLUMNS, Phenotype

RESPONSE = "response"
ALL, TRANSFUSION = "all", "transfusion"


def columns_behind(
    cohort: Cohort, headline: str, rules: Criterion, month: float | str
) -> tuple[ColumnReading, ...]:
    """The open columns of the sheet that may change this headline (rules/headlines.csv).

    A proposal counts where its field is one that the headline rests on for somebody in the cohort,
    is not yet known of everybody, and is of a month that is looked at.
    """
    asked = frozenset().union(
        *(
            fields
            for name, asked_of, fields in _rows()
            if name == headline and (asked_of == ALL or _judged_by(cohort, rules, asked_of))
        )
    ) - _known_of_everybody(cohort)

    def counts(candidate: Candidate) -> bool:
        return candidate.field in asked and _is_looked_at(candidate, rules, month)

    return tuple(c for c in cohort.mapping.columns if c.is_open and any(map(counts, c.candidates)))


def transfusion_columns(cohort: Cohort) -> tuple[ColumnReading, ...]:
    """The open columns that look like transfusion."""
    fields = frozenset().union(*(f for _, asked_of, f in _rows() if asked_of == TRANSFUSION))
    return tuple(
        c
        for c in cohort.mapping.columns
        if c.is_open and any(one.field in fields for one in c.candidates)
    )


@lru_cache(maxsize=1)
def _rows() -> tuple[tuple[str, str, frozenset[str]], ...]:
    return tuple(
        (row["headline"], row["asked_of"], frozenset(row["fields"].split()))
        for row in read_rules("headlines")
    )


def _judged_by(cohort: Cohort, rules: Criterion, basis: str) -> bool:
    """Is anybody of the cohort judged by it? Who has no phenotype yet may be."""
    judged = {level.phenotype for level in rules.levels if level.basis.startswith(basis)}
    written = cohort.patients["phenotype"].dropna()
    here = set(written) | ({p.value for p in Phenotype} if len(written) < cohort.n else set())
    return ALL in judged or bool(judged & here)


def _known_of_everybody(cohort: Cohort) -> frozenset[str]:
    filled = cohort.patients.notna().all()
    return frozenset(c for c in PATIENT_COLUMNS if cohort.n and filled[c])


def _is_looked_at(candidate: Candidate, rules: Criterion, month: float | str) -> bool:
    """A measurement counts at month 0, and in the window that ends at the month judged."""
    if candidate.month is None or month == LAST or candidate.field not in ANALYTES:
        return True
    window = rules.window_months if rules.hb_statistic != "visit" else 0
    return candidate.month == 0 or float(month) - window <= candidate.month <= float(month)
