"""206 headers as clinics write them: none silently taken for something else, most read, and the
meaning of the others proposed first.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import pytest

from tests.intake.header_sheets import readings_of
from tests.intake.reading import read
from thal_core.mapping import Candidate, ColumnReading

FILE = Path(__file__).parents[1] / "data" / "header_cases.csv"
SAME = {  # names of ours for what the file calls otherwise
    "first_dose_date": "start_date",
    "last_dose_date": "stop_date",
    "record_number": "patient_id",
    "chelator": "drug",
    "hb_pre_g_per_l": "hb_g_per_l",
    "hb_post_g_per_l": "hb_g_per_l",
    "transfusion_free": "extra",
    "recorded_beta_class": "extra",
    "notes": "extra",
    "ignore": "extra",
    "snp": "extra",
    "withdrawn": "extra",
    "identifying": "extra",
    "date": "extra",
}
UNREAD = frozenset({"extra", "ignore", "notes", "identifying"})
NEAR = 0.55  # months: 24 weeks are 5.5, 90 days are 3.0


def is_field(found: str, wanted: str) -> bool:
    return SAME.get(found, found) in {SAME.get(one, one) for one in wanted.split(";")}


def is_month(found: float | None, wanted: str) -> bool:
    if not wanted or found is None and set(wanted.split(";")) & {"?", "-", "0?"}:
        return True
    numbers = [float(m.strip("?")) for m in wanted.split(";") if m.strip("?-")]
    return found is not None and any(abs(found - number) <= NEAR for number in numbers)


def fits(found: ColumnReading | Candidate, case: dict[str, str]) -> bool:
    return is_field(found.field, case["field"]) and is_month(found.month, case["month"])


def outcome(case: dict[str, str], found: ColumnReading) -> str:
    """read, proposed first, missed, kept (means nothing of ours) or wrong."""
    if found.field not in UNREAD:
        return "read" if fits(found, case) else "wrong"
    if is_field("extra", case["field"]):
        return "kept"
    first = found.candidates[0] if found.candidates else Candidate("extra")
    asked = "?" in case["month"] and is_field(first.field, case["field"])
    return "proposed" if asked or fits(first, case) else "missed"


@lru_cache(maxsize=1)
def outcomes() -> dict[str, str]:
    with FILE.open(encoding="utf-8-sig", newline="") as lines:
        cases = list(csv.DictReader(lines))
    ids = [case for case in cases if case["field"] == "patient_id"]
    found: dict[str, str] = {}
    for own in (*([case] for case in ids), [case for case in cases if case not in ids]):
        readings = readings_of([(case["header"], case["field"], case["unit"]) for case in own])
        found |= {c["header"]: outcome(c, r) for c, r in zip(own, readings, strict=True)}
    return found


def of(*kinds: str) -> Iterator[str]:
    return (header for header, kind in outcomes().items() if kind in kinds)


def test_no_header_is_taken_for_something_else() -> None:
    assert list(of("wrong")) == []


def test_most_are_read_without_asking() -> None:
    meant = len([*of("read", "proposed", "missed")])
    assert len([*of("read")]) >= 0.85 * meant, [*of("proposed", "missed")]


def test_what_is_not_read_is_proposed_first() -> None:
    assert [*of("missed")] == []


@pytest.mark.parametrize(
    "header", ["Hb 3 months before thalidomide", "用药前3月Hb", "治疗前3个月血红蛋白"]
)
def test_a_month_before_treatment_stays_before_it_where_it_is_the_only_month(header: str) -> None:
    cohort = read(["id", "phenotype", header], *[[f"P{n}", "NTDT", 70 + n] for n in range(9)])
    assert cohort.mapping.columns[2].month in (-3.0, None)


def test_a_variable_named_after_a_usual_month_is_that_month() -> None:
    """``hb3`` of a statistics program beside Hb 0M and 6M; 血红蛋白3 may be the third column."""
    rows = [[f"P{n}", 70 + n, 80 + n, 90 + n] for n in range(9)]
    months = [
        read(["id", "Hb 0M (g/L)", header, "Hb 6M (g/L)"], *rows).mapping.columns[2].month
        for header in ("hb3", "hb_3", "hb4", "血红蛋白3")
    ]
    assert months == [3.0, 3.0, None, None]


@pytest.mark.parametrize("header", ["Hb 1-3m", "Hb 3-6M", "血红蛋白1-3月"])
def test_a_span_of_months_is_no_legend_of_codes(header: str) -> None:
    column = read(["id", header], *[[f"P{n}", 70 + n] for n in range(9)]).mapping.columns[1]
    assert (column.field, column.month) == ("extra", None)
