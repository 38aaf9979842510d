"""No cell stops anything: every pattern walks along a text once, judged by its structure, never by
the clock.
"""

from __future__ import annotations

import pytest

from tests.patterns import places, problems, running
from thal_core.intake.text.clinical_terms import events_in
from thal_core.intake.text.headers import read_header
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.timepoints import parse_time
from thal_core.rules.catalogue import RULES, read_rules

PLACES = places()
BUILT = running()


@pytest.mark.parametrize(
    "pattern",
    [
        r"a+b",
        r"[\w.+-]+@[\w-]+\.com",
        r"(?:a+)+$",
        r"^(?:a+)+$",
        r"^(?:a{1,3})+b",
        r"^(?:a|ab|b)*c",
        r"^\s*\s*x",
        r"^.*,.*;",
        r"^(\d+)\d*x",
        r"x?\s*y",
        r"(?<!a)\d+b",
        r"(?<=\w)\w+!",
        r"^a{0,5000}[ab]{0,5000}c",
        r"[一-龥]{2,}省",
        r"(?m)^a+b",
        r"a|b+c",
    ],
)
def test_a_slow_pattern_is_refused(pattern: str) -> None:
    assert problems(pattern)


@pytest.mark.parametrize(
    "pattern",
    [
        r"^a+b",
        r"\Aa+$",
        r"a{1,64}b",
        r"x\d+",
        r"https?://\S+",
        r"(?<!\d)\d+(?:岁)",
        r'"[^"]*"',
        r"<[^<>]*>",
        r"^(?:ab)*c",
        r"\d,(\d*)",
        r"^(\d+)\s?M$",
        r"(?:^a+b|^c+d)",
        r"第\d+月",
    ],
)
def test_a_quick_pattern_is_not(pattern: str) -> None:
    assert problems(pattern) == []


def test_there_is_something_to_judge() -> None:
    assert len(PLACES) > 100 and len(BUILT) > 400


def test_no_pattern_hides() -> None:
    """A pattern that the source does not spell out was seen in a process that used it."""
    unseen = [
        p
        for p in PLACES
        if p.pattern is None
        and not any(b.file == p.file and p.first <= b.first <= p.last for b in BUILT)
    ]
    assert unseen == []


@pytest.mark.parametrize(
    "place", [p for p in PLACES if p.pattern is not None], ids=lambda p: f"{p.file}:{p.first}"
)
def test_every_written_pattern_is_linear(place) -> None:
    assert problems(place.pattern, place.flags, place.anchored) == []


def test_every_pattern_built_while_running_is_linear() -> None:
    assert [
        (b.file, b.first, b.pattern, faults)
        for b in BUILT
        if (faults := problems(b.pattern, b.flags, b.anchored))
    ] == []


def test_every_pattern_of_the_rules_is_linear() -> None:
    number = r"(\d{1,9})"  # what stands for N in the words of time
    cells = [
        (
            path.stem,
            row["pattern"].replace("N", number) if path.stem == "timepoints" else row["pattern"],
        )
        for path in RULES.glob("*.csv")
        for row in read_rules(path.stem)
        if row.get("pattern")
        and row.get("kind") != "header"
        and path.stem not in ("summary_rows", "colours")
    ]
    assert len(cells) > 10
    assert [(file, cell, faults) for file, cell in cells if (faults := problems(cell))] == []


@pytest.mark.parametrize(
    ("read", "text"),
    [
        (read_header, "d1" * 40),
        (read_header, "m" * 80),
        (read_header, "month1" * 13),
        (parse_time, "month1" * 3000),
        (parse_time, "d1" * 8000),
        (identifier_in, "汉" * 32_000),
        (identifier_in, "a" * 32_000),
        (events_in, "1" * 32_000),
    ],
)
def test_the_worst_texts_come_back(read, text: str) -> None:
    """Each of these kept a processor for minutes, or for ever; the run's own limit for one test
    tells.
    """
    read(text)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("家住广西壮族自治区南宁市青秀区民族大道100号", "address"),
        ("南宁市青秀区", "address"),
        ("幸福路12号", "address"),
        ("write to wang.li+1@hospital.gx.cn today", "email or account"),
        ("x" * 200 + "@a.com", "email or account"),
        ("see https://a.b/c", "email or account"),
        ("血红蛋白升高到一百零五", ""),
        ("a@b", ""),
        ("每市斤", ""),
    ],
)
def test_bounds_keep_what_identifiers_are(text: str, what: str) -> None:
    assert identifier_in(text) == what
