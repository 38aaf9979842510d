"""A cohort that was read in a child process is the one that is read here: every value, type,
reading and issue.
"""

from __future__ import annotations

import pandas as pd
import pytest

from tests.pages.conftest import ROOT, THIRTEEN
from tests.privacy.planted import Planted
from thal_core import Cohort, CohortError, Mapping, read_cohort
from thal_core.derive.conclusions import conclude
from thal_core.intake.parse_file import parse_file

FRAMES = ("patients", "visits", "transfusions", "treatments", "events", "extra", "issues")
SHEETS = {
    "13 patients": THIRTEEN,
    "sample": ROOT / "data" / "sample_cohort.csv",
    "sample 2020": ROOT / "data" / "sample_cohort_2020.csv",
}


def here(data: bytes, name: str) -> Cohort:
    return conclude(parse_file(data, name, Mapping(), lambda share, code: None).cohort)


def assert_same(one: Cohort, other: Cohort) -> None:
    for name in FRAMES:
        pd.testing.assert_frame_equal(getattr(one, name), getattr(other, name))
    assert (one.mapping, one.provenance, one.fingerprint) == (
        other.mapping,
        other.provenance,
        other.fingerprint,
    )


@pytest.mark.parametrize("name", SHEETS)
def test_text_read_in_a_child_is_the_same(name):
    assert_same(
        read_cohort(SHEETS[name], isolated=True), here(SHEETS[name].read_bytes(), SHEETS[name].name)
    )


def test_a_workbook_with_issues_of_every_kind_is_the_same():
    planted = Planted("han")
    assert_same(
        read_cohort(planted.data, filename=planted.filename), here(planted.data, planted.filename)
    )


def test_headers_as_typed_come_back_for_the_person_who_maps():
    planted = Planted("latin")
    headers = [c.header for c in read_cohort(planted.data, filename="a.xlsx").mapping.columns]
    assert planted.tokens["header"] in headers


def test_a_mapping_goes_into_the_child():
    sheet = b"id,Hb_0M,my own marker\n1,80,12\n2,90,13\n"
    mapping = read_cohort(sheet, filename="a.csv").mapping.with_column(
        "a", 2, field="hbf_percent", month=0.0, unit="%"
    )
    cohort = read_cohort(sheet, filename="a.csv", mapping=mapping, isolated=True)
    assert cohort.visits["hbf_percent"].dropna().tolist() == [12.0, 13.0]


@pytest.mark.parametrize("language", ["en", "zh"])
def test_a_refusal_says_the_same_in_both_languages(language):
    for data in (b"", b"a\n", b"\x89PNG\r\n\x1a\n" + bytes(99)):
        with pytest.raises(CohortError) as there:
            read_cohort(data, filename="a.csv", isolated=True)
        with pytest.raises(CohortError) as own:
            here(data, "a.csv")
        assert there.value.text(language) == own.value.text(language)
