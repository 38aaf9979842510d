"""The checklist says what was run, and leaves open what only a person knows."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from tests.cohorts import cohort_of, sample_cohort
from thal_core import Options, Selection, analyse, select

ROOT = Path(__file__).parents[2]
PEOPLE_KNOW = {"1", "2", "3", "18", "20", "21", "22"}


@pytest.fixture(scope="module")
def sample():
    return sample_cohort()


def said(cohort, **options) -> dict[str, tuple[str, str]]:
    table = analyse(cohort, "strobe", Options(**options)).table
    return {row.item: (row.status, row.text) for row in table.itertuples()}


def test_all_22_items_are_there_in_order(sample) -> None:
    table = analyse(sample, "strobe").table
    assert list(dict.fromkeys(int(item.rstrip("abcde")) for item in table["item"])) == list(
        range(1, 23)
    )
    assert set(table["status"]) == {"filled", "partly", "open"}
    assert set(table.loc[table["status"] == "open", "item"]) == PEOPLE_KNOW


def test_numbers_are_those_of_the_other_tables(sample) -> None:
    found = said(sample)
    rates = (
        analyse(sample, "response_rates")
        .table.query("population == 'all' and level == 'ORR'")
        .set_index("denominator")
    )
    for row in rates.to_dict("records"):
        assert (
            f"{row['n']}/{row['total']} "
            f"({row['percent']:.1f} %, {row['conf_low']:.1f}–{row['conf_high']:.1f})"
            in found["16"][1]
        )
    for row in analyse(sample, "flow").table.to_dict("records"):
        assert f"{row['n']} " in found["13"][1] and row["reason"] in found["13"][1]
    assert "MaR 35" in found["15"][1] and "pandas" in found["12a"][1]


def test_conditions_and_criterion_are_named(sample) -> None:
    found = said(
        select(sample, Selection(("age_years>=14", "sex=female"))), criterion="yang2020", month=12.0
    )
    assert (
        "age_years>=14" in found["6"][1]
        and "sex=female" in found["6"][1]
        and "52 patients in the file" in found["6"][1]
    )
    assert "Yang 2020, month 12" in found["7"][1] and "more than 20 g/L" in found["7"][1]


def test_what_the_cohort_cannot_say_is_left_open_and_a_zero_is_a_number() -> None:
    found = said(cohort_of({"phenotype": "NTDT"}, {"phenotype": "NTDT"}))
    assert found["5"][0] == "open" and found["15"][0] == "open" and found["16"][0] == "open"
    assert found["12b"] == (
        "filled",
        "TDT (0) and NTDT (2) apart as well as together; P are not adjusted between them.",
    )
    assert "2 of 2 not evaluable" in found["19"][1]


def test_both_languages_and_a_source_for_each_row(sample) -> None:
    result = analyse(sample, "strobe")
    chinese = result.translated("zh")
    assert (chinese["text"] != result.table["text"]).all() and (
        chinese["topic"] != result.table["topic"]
    ).all()
    assert not result.table["text"].str.contains(r"[{}]").any()
    with (ROOT / "thal_core" / "rules" / "strobe.csv").open(encoding="utf-8", newline="") as lines:
        assert all("von Elm" in row["source"] for row in csv.DictReader(lines))
