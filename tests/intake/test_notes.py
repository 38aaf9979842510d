"""Adverse events in Chinese and English notes, with what is denied left out."""

from __future__ import annotations

import pytest

from thal_core.intake.text.clinical_terms import dose_in, drugs_in, events_in
from thal_core.rules.catalogue import read_rules


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("未见血栓", []),
        ("no DVT", []),
        ("皮疹(-)", []),
        ("血栓：无", []),
        ("血栓阴性", []),
        ("无皮疹、水肿、嗜睡", []),
        ("No rash, edema or constipation", []),
        ("用药2月出现皮疹，未见血栓", ["rash"]),
        ("否认头晕头痛，有嗜睡", ["somnolence"]),
        ("出现嗜睡、便秘，无皮疹", ["somnolence", "constipation"]),
        ("without edema, rash present", ["rash"]),
        ("denies rash but drowsy", ["somnolence"]),
        ("No rash. Constipation.", ["constipation"]),
        ("浮肿", ["oedema"]),
        ("facial/eyelid oedema", ["oedema"]),
        ("手脚麻木", ["peripheral neuropathy"]),
        ("无不良反应", []),
        ("病情平稳", []),
        ("DVT of the left leg", ["thrombosis"]),
    ],
)
def test_events(text: str, events: list[str]) -> None:
    assert [found.event for found in events_in(text)] == events


def test_month_and_grade_beside_an_event() -> None:
    found = events_in("颜面浮肿（2级）第3月；轻度便秘")
    assert [(f.event, f.month, f.grade) for f in found] == [
        ("oedema", 3, 2),
        ("constipation", None, 1),
    ]


def test_a_duration_is_not_a_month() -> None:
    assert events_in("手脚麻木3个月")[0].month is None


@pytest.mark.parametrize(
    ("text", "dose"),
    [
        ("沙利度胺100mg qn", 100),
        ("50 mg/d", 50),
        ("25mg bid", 50),
        ("阿司匹林100mg", None),
        ("50mg加至100mg", None),
        ("2mg/kg", None),
    ],
)
def test_thalidomide_doses(text: str, dose: float | None) -> None:
    assert dose_in(text) == dose


def test_drugs_by_any_of_their_names() -> None:
    assert drugs_in("DFO+地拉罗司") == ("deferoxamine", "deferasirox")
    assert drugs_in("拜阿司匹灵") == ("aspirin",)


def test_no_spelling_means_two_events() -> None:
    spellings = [term.lower() for row in read_rules("events") for term in row["terms"].split("|")]
    assert [t for t in set(spellings) if spellings.count(t) > 1] == []
