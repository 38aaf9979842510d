"""A third, invented paper: computed from invented patients, so everything agrees until an error is
planted.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from thal_core.audit import audit, read_published
from thal_core.audit.checktable import parse_check
from thal_core.audit.read_printed import published_papers
from thal_core.rules.catalogue import RULES

DATA = Path(__file__).parents[1] / "data"
PLANTED = {  # id: (what it is changed to, figures that then do not follow)
    "L-007": ("0.015", {"L-007"}),  # P of age
    "L-016": ("0.130", {"L-016"}),  # P of sex, chi-square
    "L-020": ("14.3", {"L-020"}),  # 4 of 30
    "L-025": ("0.560", {"L-025"}),  # P of spleen, Fisher
    "L-037": ("12.02", {"L-037", "L-040"}),  # an SD: the pair does not give the standard error
    "L-050": ("7.807", {"L-050"}),  # a difference with turned digits
    "L-068": ("-9.272", {"L-068"}),
    "L-078": ("2.347", {"L-078"}),  # a standard error
    "L-085": ("0.900", {"L-085"}),  # paired P out of reach
    "L-102": ("16.50", {"L-102"}),  # a mean 9 whole numbers cannot have
    "L-105": ("1.071", {"L-104", "L-107"}),  # a confidence limit
    "L-114": ("85.0", {"L-114"}),  # 45 of 54
    "L-118": ("25.0", {"L-118"}),  # mean age of all
    "L-121": ("86.47", {"L-121"}),  # abstract against table
}


def invented(**values: str) -> pd.DataFrame:
    rows, issues = read_published(DATA / "invented_paper.csv")
    assert issues == []
    return rows.assign(
        value=[values.get(i, v) for i, v in zip(rows["id"], rows["value"], strict=True)]
    )


def own_checks():
    with (DATA / "invented_checks.csv").open(encoding="utf-8") as lines:
        return [parse_check(row) for row in csv.DictReader(lines)]


def not_following(frame: pd.DataFrame) -> set[str]:
    return set(frame.loc[frame["verdict"] == "inconsistent", "id"])


def test_no_false_alarm_and_much_is_checked() -> None:
    found = audit(invented())
    assert not_following(found) == set()
    assert (found["verdict"] != "cannot_be_checked").sum() >= 65


@pytest.mark.parametrize("figure", PLANTED)
def test_a_planted_error_is_found_and_nothing_else(figure) -> None:
    value, expected = PLANTED[figure]
    assert not_following(audit(invented(**{figure: value}))) == expected


def test_all_planted_errors_together() -> None:
    found = audit(invented(**{figure: value for figure, (value, _) in PLANTED.items()}))
    assert not_following(found) == set().union(*(expected for _, expected in PLANTED.values()))


def test_check_rows_add_what_the_structure_does_not_tell() -> None:
    assert not_following(audit(invented(), own_checks())) == set()
    found = audit(
        invented(**{"L-115": "8", "L-123": "0.010", "L-050": "7.807"}).assign(
            operator=lambda rows: rows["operator"].where(rows["id"] != "L-123", "=")
        ),
        own_checks(),
    )
    assert not_following(found) == {"L-112", "L-123", "L-050"}
    assert found.set_index("id").loc["L-050", "importance"] == "high"


def test_a_broken_row_is_named_and_the_rest_is_audited() -> None:
    text = (DATA / "invented_paper.csv").read_text(encoding="utf-8")
    text = text.replace(
        "L-007,Lin2031,Table 1,Age,early vs late,,p,0.151",
        "L-007,Lin2031,Table 1,Age,early vs late,,p,1.2",
    )
    text = text.replace(
        "L-035,Lin2031,Table 2,Hb 0M,early,0,n,24", "L-035,Lin2031,Table 2,Hb 0M,early,0,n,"
    ).replace("Table 3,HbF 0M,early minus late,0,se,", "Table 3,HbF 0M,early minus late,0,error,")
    rows, issues = read_published(text.encode())
    assert [i.code for i in issues] == [
        "audit.issue.out_of_range",
        "audit.issue.no_value",
        "audit.issue.unknown_statistic",
    ]
    found = audit(rows).set_index("id")
    assert not_following(found.reset_index()) == set()
    assert (
        found.loc["L-043", "verdict"] == "cannot_be_checked"
        and "number of patients" in found.loc["L-043", "why"]
    )
    assert found.loc["L-052", "verdict"] == "consistent"


def test_the_template_is_a_paper_without_conflicts() -> None:
    rows, issues = read_published(RULES / "published_template.csv")
    found = audit(rows)
    assert issues == [] and not_following(found) == set()
    shown = found.set_index("id")["verdict"]
    assert set(shown[["T-07", "T-09", "T-11", "T-14", "T-20", "T-22", "T-23", "T-26"]]) <= {
        "consistent",
        "plausible",
    }


def test_the_two_papers_read_as_strangers_raise_no_alarm_that_their_own_checks_do_not() -> None:
    """Under other names they have no check table; Table 5's conflict may then name the SE instead
    of the SDs.
    """
    rows = published_papers().assign(paper=lambda r: r["paper"] + " (uploaded)")
    own = audit().set_index("id")["verdict"]
    found = not_following(audit(rows))
    assert {i for i in found if own[i] != "inconsistent"} <= {"Y24-0256", "Y24-0265", "Y24-0274"}
    assert {"Y20-0036", "Y20-0407", "Y20-0412", "Y20-0435", "Y24-0242", "Y24-0432"} <= found


def test_an_audit_of_nothing_is_an_empty_table_with_its_columns() -> None:
    rows, _ = read_published(b"")
    assert audit(rows).empty and "verdict" in audit(rows)


NAMES = st.sampled_from(
    [
        "Table 1",
        "Abstract",
        "Hb 3M",
        "Sex: Male",
        "Sex",
        "all",
        "TDT before",
        "TDT after",
        "A",
        "B",
        "A vs B",
        "audit.sum.consistent",
        "",
    ]
)
STATISTICS = st.sampled_from(
    [
        "n",
        "count",
        "percent",
        "mean",
        "sd",
        "se",
        "mean_diff",
        "p",
        "min",
        "max",
        "or",
        "ci_low",
        "ci_high",
        "r",
        "F",
        "iqr",
        "value_hb",
    ]
)
VALUES = st.sampled_from(
    [
        "0",
        "1",
        "2",
        "3",
        "0.0",
        "0.001",
        "0.05",
        "1.0",
        "12.50",
        "-3",
        "41",
        "99999999999",
        "0.000000000001",
        "50-50",
    ]
)


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            NAMES,
            NAMES,
            NAMES,
            STATISTICS,
            VALUES,
            st.sampled_from(["", "<", ">", "="]),
            st.sampled_from(["", "whole numbers"]),
        ),
        max_size=25,
    )
)
def test_any_table_gets_an_answer(figures) -> None:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(["item", "row", "group", "statistic", "value", "operator", "note"])
    writer.writerows(figures)
    rows, issues = read_published(out.getvalue().encode())
    assert len(rows) + len([i for i in issues if i.severity != "error"]) == len(figures)
    assert set(audit(rows)["verdict"]) <= {
        "consistent",
        "inconsistent",
        "plausible",
        "cannot_be_checked",
    }
