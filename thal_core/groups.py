"""The groups that patients are compared in: population, response, or a column of the cohort."""

from __future__ import annotations

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.response import classify_response, derive_evidence
from thal_core.issues import UnknownChoice
from thal_core.rules.catalogue import criterion
from thal_core.selection import column_values
from thal_core.view import Options
from thal_core.vocabulary import BOOLEAN_COLUMNS, Phenotype, Response

OTHER = "other"
POPULATIONS = ("all", Phenotype.TDT.value, Phenotype.NTDT.value)
YES_NO = {True: "yes", False: "no"}


def responses(cohort: Cohort, options: Options) -> pd.DataFrame:
    """``classify_response`` under the options, one row per patient; reasons in no language yet."""
    check_month(cohort, options)
    asked = (options.criterion, options.month, options.unit_volume_ml)
    return cohort.once(("responses", *asked), lambda: _responses(cohort, *asked)).copy()


def _responses(
    cohort: Cohort, criterion: str, month: float | str | None, volume: float
) -> pd.DataFrame:
    return classify_response(cohort, criterion, month, unit_volume_ml=volume, language=None)


def check_month(cohort: Cohort, options: Options) -> None:
    """Raises UnknownChoice for a month asked for at which nobody was seen and no transfusion is
    recorded.
    """
    month, whole = options.month, cohort.whole
    seen = {
        float(m)
        for frame in (whole.visits, whole.transfusions)
        for m in frame["month"].dropna().unique()
        if m > 0
    }
    if (
        isinstance(month, int | float)
        and seen
        and float(month) not in seen | {criterion(options.criterion).month}
    ):
        raise UnknownChoice(
            "cannot.no_such_month", month=month, allowed=[f"{m:g}" for m in sorted(seen)]
        )


def evidence_of(cohort: Cohort, options: Options) -> pd.DataFrame:
    """``derive_evidence`` under the options: all that the classes of ``responses`` follow from."""
    check_month(cohort, options)
    rules = criterion(options.criterion)
    return derive_evidence(cohort, rules, options.month_or(rules.month), options.unit_volume_ml)


def derive_groups(cohort: Cohort, group_by: str, options: Options) -> pd.Series:
    """The group of each patient, NaN where they belong to none.

    ``all``: everybody; ``response``: the criterion's best class against every other evaluable
    patient (``other``); ``response_class``: each class; anything else is a column of the cohort
    (``selection.column_values``), yes/no for true and false.
    """
    if group_by == "all":
        return pd.Series("all", index=cohort.patients.index, dtype="str")
    if group_by in ("response", "response_class"):
        classes = responses(cohort, options)["response"]
        evaluable = classes.where(classes != Response.NE)
        if group_by == "response_class":
            return evaluable
        best = criterion(options.criterion).best
        return evaluable.where(evaluable.isna() | (evaluable == best), OTHER)
    values = column_values(cohort, group_by)
    if group_by in BOOLEAN_COLUMNS:
        return values.map(YES_NO, na_action="ignore").astype("str")
    return values.where(values.notna() & (values.astype("str") != ""))


def population(cohort: Cohort, name: str) -> pd.Index:
    """The patients of ``all``, ``TDT`` or ``NTDT``."""
    patients = cohort.patients
    return patients.index if name == "all" else patients.index[patients["phenotype"] == name]
