"""The known answer (the sample cohort), and small builders of the sheets a clinic might keep of
it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, timedelta
from functools import lru_cache

import pandas as pd

from tests.layouts.grid import Grid
from tests.layouts.layouts import MONTHS, sample, table
from thal_core.cohort import Cohort
from thal_core.genotype import spreadsheet_text

FIELDS = ("hb_g_per_l", "hbf_percent", "ferritin_ng_per_ml")
NAMES = ("Hb", "HbF", "SF")
Number = float | None


@lru_cache(maxsize=1)
def answer() -> Cohort:
    return sample()


@lru_cache(maxsize=1)
def _values() -> dict[tuple[str, float], dict[str, float]]:
    return table(answer())


def value(patient: str, month: float, field: str) -> Number:
    number = _values().get((patient, month), {}).get(field, float("nan"))
    return None if pd.isna(number) else float(number)


def people() -> list[dict[str, object]]:
    """One dict a patient: id, sex, age, phenotype and genotype as a spreadsheet holds it."""
    rows = answer().patients.reset_index().to_dict("records")
    return [
        {
            "id": r["patient_id"],
            "sex": r["sex"],
            "age": r["age_years"],
            "phenotype": r["phenotype"],
            "genotype": spreadsheet_text(r["genotype"]) if isinstance(r["genotype"], str) else None,
        }
        for r in rows
    ]


def first_dose(number: int) -> date:
    return date(2019, 3, 1) + timedelta(days=number * 11)


def visit_date(number: int, month: float, days: int = 0) -> date:
    return first_dose(number) + timedelta(days=round(month * 30.4375) + days)


def identity(value: object) -> object:
    return value


def wide(
    *,
    header: Callable[[str, int], str] = lambda name, month: f"{name}_{month}M",
    convert: dict[str, Callable[[float], object]] | None = None,
    cell: Callable[[object], object] = identity,
    static: Sequence[tuple[str, Callable[[int, dict[str, object]], object]]] = (),
    names: Sequence[str] = NAMES,
    id_header: str = "patient_id",
    new_id: Callable[[int, object], object] = lambda number, old: old,
    headers: Sequence[str] = ("sex", "age", "phenotype", "genotype"),
    codes: dict[str, dict[object, object]] | None = None,
    genotype: Callable[[int, str | None], object] = lambda number, text: text,
) -> Grid:
    """One row a patient. ``convert``: per analyte name; ``codes``: per static header key (sex,
    phenotype).
    """
    rows: list[list[object]] = [
        [
            id_header,
            *(h for h, _ in static),
            *headers,
            *(header(n, m) for n in names for m in MONTHS),
        ]
    ]
    for number, person in enumerate(people()):
        coded = {k: (codes or {}).get(k, {}).get(v, v) for k, v in person.items()}
        row = [
            new_id(number, person["id"]),
            *(f(number, person) for _, f in static),
            coded["sex"],
            coded["age"],
            coded["phenotype"],
            genotype(number, person["genotype"]),
        ]
        for name, field in zip(names, FIELDS, strict=True):
            change = (convert or {}).get(name, identity)
            numbers = [value(str(person["id"]), m, field) for m in MONTHS]
            row += [None if v is None else cell(change(v)) for v in numbers]
        rows.append(row)
    return Grid("Sheet1", rows)


def long(
    head: Sequence[str],
    row: Callable[[int, dict[str, object], int, list[Number], int], list[object]],
) -> Grid:
    """One row a visit: ``row(number, person, month, [Hb, HbF, ferritin], how many visits
    before)``.
    """
    rows: list[list[object]] = [list(head)]
    for number, person in enumerate(people()):
        before = 0
        for month in MONTHS:
            numbers = [value(str(person["id"]), month, f) for f in FIELDS]
            if any(v is not None for v in numbers):
                rows.append(row(number, person, month, numbers, before))
                before += 1
    return Grid("Sheet1", rows)


def static_of(person: dict[str, object]) -> list[object]:
    return [person["sex"], person["age"], person["phenotype"], person["genotype"]]


def han_name(number: int) -> str:
    surnames, given = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    return surnames[number % 10] + given[number % 20] + given[(number * 7 + number // 20) % 20]


def differences(cohort: Cohort) -> list[str]:
    """What differs from the known answer: people, classes, genotypes, means and counts of Hb, HbF
    and ferritin.
    """
    if cohort.n != answer().n:
        return [f"{cohort.n} patients"]
    found = []
    ours, theirs = cohort.patients.reset_index(drop=True), answer().patients.reset_index(drop=True)
    for column in (
        "sex",
        "age_years",
        "phenotype",
        "genotype",
        "beta_class",
        "allele_1",
        "allele_2",
    ):
        same = ours[column].astype(object).fillna("") == theirs[column].astype(object).fillna("")
        if not same.all():
            found.append(f"{column} of {(~same).sum()}")
    mine, known = (_by_month(c) for c in (cohort, answer()))
    if not mine.index.equals(known.index):
        found.append(f"months {list(mine.index)}")
    elif ((mine - known).abs() > 0.02).any().any():
        found.append(f"means or counts differ by {(mine - known).abs().max().to_dict()}")
    return found


def _by_month(cohort: Cohort) -> pd.DataFrame:
    standing = cohort.visits[cohort.visits["nominal"].fillna(False).astype(bool)]
    frame = standing.groupby("month")[list(FIELDS)].agg(["mean", "count"])
    return frame[frame.xs("count", axis=1, level=1).sum(axis=1) > 0]
