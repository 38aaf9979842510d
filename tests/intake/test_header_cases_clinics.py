"""More than 1,100 headers as clinics of nine languages write them, and traps among them: what they
say, and that nothing is taken for something else.
"""

from __future__ import annotations

import csv
from functools import lru_cache
from pathlib import Path

import pytest

from tests.intake.header_sheets import readings_of, values_for
from tests.intake.reading import read
from tests.intake.test_header_cases import SAME, UNREAD, is_field, outcome
from thal_core.intake.text.headers import Header, read_header

FILE = Path(__file__).parents[1] / "data" / "header_cases_clinics.csv"
EVERY = 12  # one header in so many is read as a column of a whole sheet
GENERAL = {  # what a header may say before the rest of its table is known
    "dose": {"dose_start_mg_per_day", "dose_mg_per_day"},
    "transfusion": {"units", "transfusion_units_before", "transfusion_units_after"},
    "month": {"duration_months"},
    "withdrawn_month": {"last_dose_date", "withdrawn"},
    "transfusion_yearly": {"transfusion_units_before"},
}
ASKED = {"Sex (1=M, 2=F)", "Mutation type (β0/β+)", "Units on thal (6 months)"}


@lru_cache(maxsize=1)
def cases() -> list[dict[str, str]]:
    with FILE.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines))


def meant() -> list[dict[str, str]]:
    return [case for case in cases() if case["field"] not in ("extra", "withdrawn")]


def says(header: Header, case: dict[str, str]) -> bool:
    """Does the header say the field of the case, or the general word for it?"""
    wanted = {SAME.get(one, one) for one in case["field"].split(";")}
    return is_field(header.target, case["field"]) or bool(
        wanted & {SAME.get(one, one) for one in GENERAL.get(header.target, set())}
    )


def test_no_header_says_another_field() -> None:
    read = [(case, read_header(case["header"])) for case in meant()]
    other = [case["header"] for case, found in read if found.target and not says(found, case)]
    assert other == []


@pytest.mark.parametrize("language", ["en", "zh", "zt", "tr", "it", "fr", "th", "fa", "el"])
def test_nine_in_ten_are_understood_in_each_language(language: str) -> None:
    own = [case for case in meant() if case["language"] == language]
    unread = [case["header"] for case in own if not says(read_header(case["header"]), case)]
    assert len(unread) <= 0.1 * len(own), unread


def test_the_months_are_those_that_are_written() -> None:
    timed = [case for case in meant() if case["month"].isdigit()]
    read = [(case, read_header(case["header"]).time) for case in timed]
    wrong = [
        case["header"]
        for case, time in read
        if time and time.kind == "month" and abs(time.value - float(case["month"])) > 0.55
    ]
    assert wrong == []


def test_columns_of_whole_sheets_are_read_as_their_headers_say() -> None:
    own = [case for case in meant() if case["field"] != "patient_id"][::EVERY]
    readings = readings_of([(c["header"], c["field"], c["unit"]) for c in own])
    found = {c["header"]: outcome(c, r) for c, r in zip(own, readings, strict=True)}
    assert [header for header, kind in found.items() if kind == "wrong"] == []
    assert sum(kind in ("read", "proposed") for kind in found.values()) >= 0.92 * len(own), found


def test_traps_stay_out() -> None:
    traps = [case for case in cases() if case["field"] == "extra"]
    columns = [(case["header"], values_for("extra", case["unit"])) for case in traps]
    ids = ("ID", [f"P{n}" for n in range(12)])
    together = [ids, ("Hb 0M", [80 + n for n in range(12)]), *columns]
    rows = zip(*(values for _, values in together), strict=True)
    cohort = read([name for name, _ in together], *map(list, rows))
    taken = [c.header for c in cohort.mapping.columns[2:] if c.field not in UNREAD]
    assert taken == []
