"""What a person says about a column goes before what the header says, in this sheet and the
next.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.intake.reading import codes, read, series
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.reader import read_cohort

HEADER = ["patient_id", "value A", "value B", "备注"]
ROW = ["1", 70, 24, "皮疹"]


def test_every_column_is_listed_with_what_it_was_read_as() -> None:
    cohort = read(
        ["编号", "姓名", "Hb 6M (g/dL)", "foo"],
        *([n, "张伟", 8 + n / 10, f"bar{n}"] for n in range(7)),
    )
    listed = {c.header: c for c in cohort.mapping.columns}
    hb = listed["Hb 6M (g/dL)"]
    assert (hb.letter, hb.field, hb.month, hb.unit, hb.how) == (
        "C",
        "hb_g_per_l",
        6,
        "g/dL",
        "how.header",
    )
    assert hb.examples == ("8", "8.1", "8.2", "8.3", "8.4") and 0.9 < hb.confidence <= 1
    assert (listed["姓名"].field, listed["姓名"].examples) == ("identifying", ())
    assert (listed["foo"].field, listed["foo"].confidence) == ("extra", 0)
    assert "intake.column.not_understood" in codes(cohort)


def test_a_column_given_by_hand() -> None:
    first = read([*HEADER, "Hb 0M"], [*ROW, 80])
    assert set(first.extra["column"]) == {"value A", "value B"}
    by_hand = first.mapping.with_column("sheet", 1, field="hb_g_per_l", month=6.0).with_column(
        "sheet", 2, field="ignore"
    )
    again = read([*HEADER, "Hb 0M"], [*ROW, 80], mapping=by_hand)
    assert series(again, "hb_g_per_l") == {0: 80, 6: 70}
    assert not len(again.extra) and "intake.column.ignored" in codes(again)
    assert again.mapping.columns[1].by_hand and again.mapping.columns[1].confidence == 1


def test_the_saved_mapping_serves_the_next_sheet_of_the_clinic(tmp_path: Path) -> None:
    by_hand = read([*HEADER, "Hb 0M"], [*ROW, 80]).mapping.with_column(
        "sheet", 1, field="hb_g_per_l", month=6.0
    )
    path = tmp_path / "clinic.json"
    path.write_text(by_hand.to_json(), encoding="utf-8")
    following = tmp_path / "other.csv"
    following.write_text(
        "Hb 0M,value A,patient_id\n80,75,9\n", encoding="utf-8"
    )  # other order, other sheet name
    for mapping in (
        path,
        path.read_text(encoding="utf-8"),
        Mapping.from_json(path.read_text(encoding="utf-8")),
    ):
        assert series(read_cohort(following, mapping=mapping), "hb_g_per_l", "9") == {0: 80, 6: 75}


def test_a_mapping_written_by_a_person_needs_only_field_and_header() -> None:
    text = json.dumps(
        {
            "format": "thal-mapping/1",
            "settings": {},
            "columns": [
                {"sheet": "", "index": 1, "header": "value A", "field": "hbf_percent", "month": 3}
            ],
        }
    )
    cohort = read(HEADER, ROW, mapping=Mapping.from_json(text))
    assert series(cohort, "hbf_percent") == {3: 70}


def test_an_ambiguous_header_goes_by_its_place() -> None:
    rows = (["id", "x", "x", "Hb 0M"], ["1", 70, 90, 60])
    by_hand = read(*rows).mapping.with_column("sheet", 2, field="hb_g_per_l", month=6.0)
    assert series(read(*rows, mapping=by_hand), "hb_g_per_l") == {0: 60, 6: 90}


def test_reading_again_with_its_own_mapping_changes_nothing() -> None:
    rows = (
        ["patient_id", "sex", "Hb_0M (g/dL)", "Hb_6M", "foo"],
        ["1", "M", 8, 90, "a"],
        ["2", "F", 9, 91, "b"],
    )
    first = read(*rows)
    again = read(*rows, mapping=Mapping.from_json(first.mapping.to_json()))
    assert again.patients.equals(first.patients) and again.visits.equals(first.visits)
    assert again.mapping == first.mapping


@pytest.mark.parametrize("text", ["{}", "not json", '{"format": "other"}'])
def test_what_is_no_mapping_is_refused(text: str, tmp_path: Path) -> None:
    path = tmp_path / "m.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CohortError):
        read_cohort(b"id,Hb 0M\n1,80\n", mapping=path)


def test_progress_is_told_and_can_stop_the_reading() -> None:
    seen: list[float] = []
    read_cohort(b"id,Hb 0M\n1,80\n", on_progress=lambda share, code: seen.append(share))
    assert seen == sorted(seen) and seen[-1] == 1
    with pytest.raises(CohortError) as stopped:
        read_cohort(b"id,Hb 0M\n1,80\n", on_progress=lambda share, code: share < 0.5)
    assert stopped.value.code == "reading.cancelled"


def test_a_missing_file_is_one_sentence() -> None:
    with pytest.raises(CohortError) as caught:
        read_cohort("no/such/file.csv")
    assert "file.csv" in str(caught.value)
