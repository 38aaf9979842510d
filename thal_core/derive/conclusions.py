"""What follows from the whole record once it is assembled: visits on the drug, and where the record
contradicts itself.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.evidence import evidence_at
from thal_core.derive.on_drug import derive_restart, stated_stop, with_on_drug
from thal_core.derive.record import complete, with_issues
from thal_core.derive.transfusion import derive_transfusion_rates, stated_reduction
from thal_core.issues import Issue
from thal_core.rules.catalogue import Criterion, convention, criterion
from thal_core.view import Options
from thal_core.vocabulary import Severity
from thal_core.words import Message


def conclude(cohort: Cohort) -> Cohort:
    """The cohort completed from its own tables (``complete``), with ``visits.on_drug`` and a
    warning for every patient whose record contradicts itself.
    """
    cohort = with_on_drug(complete(cohort))
    rules = criterion(Options().criterion)
    found = derive_disagreements(cohort, rules, rules.month, Options().unit_volume_ml)
    return with_issues(
        cohort,
        [
            Issue(
                Severity.WARNING,
                f"record.{row.reason}",
                row.detail.params,
                patient_id=row.patient_id,
            )
            for row in found.itertuples()
        ],
    )


def derive_disagreements(
    cohort: Cohort, rules: Criterion, month: float, unit_volume_ml: float
) -> pd.DataFrame:
    """Where two records of one patient cannot both be right: patient_id, reason, detail (a
    Message); the better stands.

    reason: freedom_disagrees, reduction_disagrees, reduction_above_100, restarted, zero_dose.
    """
    evidence = evidence_at(cohort, rules, month, unit_volume_ml)
    rows = [
        *_freedom(cohort, evidence, month),
        *_reduction(cohort),
        *_course(cohort, evidence, month),
    ]
    return pd.DataFrame(rows, columns=["patient_id", "reason", "detail"])


Row = tuple[str, str, Message]


def _freedom(cohort: Cohort, evidence: pd.DataFrame, month: float) -> Iterator[Row]:
    stated = cohort.patients["transfusion_free_from_month"]
    for name in evidence.index[evidence["freedom_disagrees"]]:
        free = evidence.at[name, "free"]
        taken = "unknown" if pd.isna(free) else "free" if free else "not_free"
        yield (
            name,
            "freedom_disagrees",
            Message(
                "record.freedom_disagrees",
                {
                    "stated": Message("record.stated_free", {"month": f"{stated[name]:g}"})
                    if pd.notna(stated[name])
                    else Message("record.stated_100"),
                    "month": f"{month:g}",
                    "taken": Message(f"record.taken_{taken}"),
                },
            ),
        )


def _reduction(cohort: Cohort) -> Iterator[Row]:
    patients, rates = cohort.patients, derive_transfusion_rates(cohort)
    stated = patients["transfusion_reduction_percent"]
    for name in patients.index[stated > 100]:
        yield (
            name,
            "reduction_above_100",
            Message("record.reduction_above_100", {"stated": f"{stated[name]:g}"}),
        )
    computed = 100 * (1 - rates["after"] / rates["before"].where(rates["before"] > 0))
    apart = (stated_reduction(patients) - computed).abs() > convention("refute_points")
    for name in patients.index[apart]:
        yield (
            name,
            "reduction_disagrees",
            Message(
                "record.reduction_disagrees",
                {"stated": f"{stated[name]:g}", "computed": f"{computed[name]:.1f}"},
            ),
        )


def _course(cohort: Cohort, evidence: pd.DataFrame, month: float) -> Iterator[Row]:
    restart, stop = derive_restart(cohort), stated_stop(cohort)
    for name in restart.index[restart.notna()]:
        yield (
            name,
            "restarted",
            Message(
                "record.restarted", {"stop": f"{stop[name]:g}", "month": f"{restart[name]:.3g}"}
            ),
        )
    for name in evidence.index[evidence["zero_dose"]]:
        yield name, "zero_dose", Message("record.zero_dose", {"month": f"{month:g}"})
