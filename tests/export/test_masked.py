"""Documents are made from a cohort without ids, whose numbers are the same."""

from __future__ import annotations

import json

import pandas as pd
import pytest

from tests.export.cohorts import NAMES, named_cohort
from thal_core import Selection, analyse, select
from thal_core.export.masked import MARKS, without_ids
from thal_core.export.report import answers_of, build_report, conditions_text, entries_for


@pytest.mark.parametrize("name", ["response_by_patient", "hb_over_time", "flow", "hb_gain_vs_hbf"])
def test_the_numbers_are_the_same_and_the_ids_come_back(name: str) -> None:
    cohort = named_cohort()
    masked = without_ids(cohort)
    own, signed = analyse(cohort, name).table, analyse(masked.cohort, name).table
    pd.testing.assert_frame_equal(masked.restored(signed), own)
    if "patient_id" in own:
        assert not set(signed["patient_id"]) & set(NAMES)


def test_no_id_and_no_sign_of_one_is_in_any_figure() -> None:
    names = ["response_by_patient", "swimmer", "response_print", "hb_over_time", "hb_gain_vs_hbf"]
    report = build_report(answers_of(named_cohort()), entries_for(names))
    drawn = [section for section in report.sections if section.draw]
    assert {s.name for s in drawn} == set(names)
    for section in drawn:
        text = json.dumps(json.loads(section.figure("screen").to_json()), ensure_ascii=False)
        assert not any(name in text for name in NAMES), section.name
        assert not MARKS.search(text), section.name


def test_patients_are_listed_only_where_asked_for() -> None:
    names = ["still_transfused", "patient_timeline", "response_by_patient"]
    aggregates = build_report(answers_of(named_cohort()), entries_for(names))
    listed = build_report(answers_of(named_cohort(), patient_level=True), entries_for(names))
    assert [s.name for s in aggregates.sections] == ["response_by_patient"]
    assert aggregates.sections[0].numbers.empty
    assert {row["result"] for row in aggregates.missing} == {"still_transfused", "patient_timeline"}
    assert NAMES[0] in set(listed.sections[-1].numbers["patient_id"])


def test_conditions_are_said_in_words() -> None:
    chosen = select(named_cohort(), Selection(("sex=female", "age_years>=21")))
    masked = without_ids(chosen).cohort
    assert conditions_text(masked, "en") == "Sex = female; Age (years) >= 21"
    assert "女" in conditions_text(masked, "zh")
    assert masked.n == chosen.n and not set(masked.whole.patients.index) & set(NAMES)
