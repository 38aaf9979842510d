"""Selection → a smaller Cohort."""

from __future__ import annotations

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.visits import values_at
from thal_core.genotype import parse_genotype
from thal_core.intake.text.shown import HIDDEN
from thal_core.issues import CohortError, UnknownChoice
from thal_core.view import COMPARE, MISSING, Condition, Selection
from thal_core.vocabulary import ANALYTES, BOOLEAN_COLUMNS

_YES, _NO = {"yes", "true", "1", "是"}, {"no", "false", "0", "否"}


def select(cohort: Cohort, selection: Selection) -> Cohort:
    """The patients of ``cohort`` that meet every condition, with all their rows.

    A condition names a column of ``patients``, an analyte of ``visits`` (its value before
    treatment) or a column kept in ``extra``. Genotypes match in any spelling and order. A patient
    in whom the column is blank meets no condition but ``=missing``. Nobody left is an empty Cohort,
    not an error. Raises UnknownChoice for a column that does not exist, CohortError for an order
    asked of text.

    >>> from thal_core import read_cohort
    >>> sheet = b"ID,phenotype,Hb 0M (g/L),Hb 6M (g/L)\\nP1,NTDT,70,95\\nP2,NTDT,72,80\\n"
    >>> cohort = read_cohort(sheet, filename="clinic.csv")
    >>> select(cohort, Selection((Condition.parse("hb_g_per_l>=72"),))).patients.index.tolist()
    ['P2']
    """
    for condition in selection.where:
        keep = matches(cohort, condition)
        one = Selection((condition,)).to_json()
        cohort = cohort.restricted(cohort.patients.index[keep.to_numpy()], one)
    return cohort


def matches(cohort: Cohort, condition: Condition) -> pd.Series:
    """True per patient where the condition holds."""
    values = column_values(cohort, condition.column)
    if condition.operator in COMPARE:
        if not pd.api.types.is_numeric_dtype(values) or values.dtype == "boolean":
            raise CohortError("selection.not_ordered", column=condition.column)
        return (
            COMPARE[condition.operator](values, float(condition.values[0]))
            .fillna(False)
            .astype(bool)
        )
    blank = values.isna() | (values.astype("str") == "")
    hit = _equal(values, condition) & ~blank
    if MISSING in condition.values:
        hit |= blank
    return ~hit & (~blank | (MISSING in condition.values)) if condition.operator == "!=" else hit


def column_values(cohort: Cohort, column: str) -> pd.Series:
    """One value per patient of a column that can be filtered or grouped by."""
    if column in cohort.patients.columns:
        return cohort.patients[column]
    if column in ANALYTES:
        return values_at(cohort, column, 0, on_drug_only=False)
    extra = _understood(cohort.extra[cohort.extra["column"] == column])
    if not extra.empty:
        return _numbers(extra.groupby("patient_id")["value"].first().reindex(cohort.patients.index))
    raise UnknownChoice(
        "selection.unknown_column", column=column, allowed=selectable_columns(cohort)
    )


def selectable_columns(cohort: Cohort) -> list[str]:
    """Columns that hold anything to filter by: patients', analytes at baseline, and kept ones."""
    patients = [c for c in cohort.patients.columns if cohort.patients[c].notna().any()]
    analytes = [c for c in ANALYTES if c not in patients and cohort.visits[c].notna().any()]
    return [*patients, *analytes, *dict.fromkeys(_understood(cohort.extra)["column"].dropna())]


def _understood(extra: pd.DataFrame) -> pd.DataFrame:
    """The kept columns that hold numbers or known words alone: text that nobody read is nothing to
    filter by.
    """
    hidden = extra.loc[extra["value"].str.contains(HIDDEN, regex=False, na=False), "column"]
    return extra[~extra["column"].isin(hidden)]


def _numbers(values: pd.Series) -> pd.Series:
    numbers = pd.to_numeric(values, errors="coerce")
    return numbers if numbers.notna().sum() == values.notna().sum() else values


def _equal(values: pd.Series, condition: Condition) -> pd.Series:
    wanted = [v for v in condition.values if v != MISSING]
    if condition.column in BOOLEAN_COLUMNS:
        words = {w.casefold() for w in wanted}
        return (values.fillna(False).astype(bool) & bool(words & _YES)) | (
            ~values.fillna(True).astype(bool) & bool(words & _NO)
        )
    if condition.column == "genotype":
        names = {parse_genotype(w).name or w for w in wanted}
        return values.isin(names)
    if pd.api.types.is_numeric_dtype(values):
        return values.isin([float(w) for w in wanted if _is_number(w)])
    return values.astype("str").str.casefold().isin([w.casefold() for w in wanted])


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
