"""A file of printed figures: what cannot be used is named and left out, the rest goes on."""

from __future__ import annotations

from pathlib import Path

import pytest

from thal_core.audit import published_papers, read_published
from thal_core.rules.catalogue import RULES

HEAD = "id,paper,item,row,group,timepoint_months,statistic,value,unit,operator,note\n"


def read(*lines: str):
    return read_published((HEAD + "\n".join(lines)).encode())


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("a,P,T,r,g,,p,1.2,,=,", "audit.issue.out_of_range"),
        ("a,P,T,r,g,,modus,3,,,", "audit.issue.unknown_statistic"),
        ("a,P,T,r,g,,n,,,,", "audit.issue.no_value"),
        ("a,P,T,r,g,,n,12.5,,,", "audit.issue.not_whole"),
        ("a,P,T,r,g,,n,-3,,,", "audit.issue.out_of_range"),
        ("a,P,T,r,g,,sd,-0.1,,,", "audit.issue.out_of_range"),
        ("a,P,T,r,g,,mean,twelve,,,", "audit.issue.not_a_number"),
        ('a,P,T,r,g,,mean,"1,200",,,', "audit.issue.not_a_number"),
        ("a,P,T,r,g,,mean,1e400,,,", "audit.issue.not_a_number"),
        ("a,P,T,r,g,,mean," + "9" * 60 + ",,,", "audit.issue.not_a_number"),
        ("a,P,T,r,g,,p,0.05,,about,", "audit.issue.unknown_operator"),
    ],
)
def test_a_row_that_cannot_be_used_is_named_and_the_next_one_is_kept(line, code) -> None:
    rows, issues = read(line, "b,P,T,r,g,,mean,7.0,g/dl,,")
    assert list(rows["id"]) == ["b"]
    assert [(i.code, i.row) for i in issues] == [(code, 2)]


def test_every_issue_is_a_sentence_in_both_languages_that_names_the_row() -> None:
    _, issues = read("a,P,T,r,g,,p,1.2,,=,")
    from thal_core.words import tr

    assert "a:" in tr(issues[0].code, issues[0].params) and "1.2" in tr(
        issues[0].code, issues[0].params
    )
    assert "1.2" in tr(issues[0].code, issues[0].params, "zh")


@pytest.mark.parametrize(
    ("value", "operator", "shown"),
    [
        ("<0.001", "", ("0.001", "<")),
        ("≤ 0.05", "", ("0.05", "≤")),
        (">=0.2", "", ("0.2", "≥")),
        ("0.05", "<=", ("0.05", "≤")),
        ("0.04", "=", ("0.04", "=")),
    ],
)
def test_operators_are_read_in_their_column_or_before_the_value(value, operator, shown) -> None:
    rows, issues = read(f"a,P,T,r,g,,P,{value},,{operator},")
    assert (
        issues == []
        and (rows["value"][0], rows["operator"][0]) == shown
        and rows["statistic"][0] == "p"
    )


def test_both_ends_of_what_a_p_value_can_be_are_read() -> None:
    rows, issues = read("a,P,T,r,g,,p,0,,,", "b,P,T,r,g,,p,1,,,")
    assert len(rows) == 2 and issues == []


def test_printed_decimals_survive() -> None:
    rows, _ = read("a,P,T,r,g,,mean,29.20,,,")
    assert rows["value"][0] == "29.20"


def test_a_second_row_with_the_same_id_is_left_out() -> None:
    rows, issues = read("a,P,T,r,g,,n,3,,,", "a,P,T,r,g,,n,4,,,")
    assert list(rows["value"]) == ["3"] and issues[0].code == "audit.issue.duplicate_id"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "audit.issue.empty"),
        (HEAD.encode(), "audit.issue.empty"),
        (b"\xff\xff\xff", "audit.issue.unreadable"),
        (b"PK\x03\x04\x00\x00", "audit.issue.unreadable"),
        (b"a,b\n1,2\n", "audit.issue.missing_columns"),
        (b"x" * 6_000_000, "audit.issue.too_big"),
        (HEAD.encode() + b"a,P,T,r,g,,n,3,,,\n" * 5_001, "audit.issue.too_big"),
    ],
)
def test_a_file_that_is_no_table_of_figures_gives_one_issue(content, code) -> None:
    rows, issues = read_published(content)
    assert rows.empty and [i.code for i in issues] == [code] and issues[0].severity == "error"


def test_a_path_that_is_not_there_gives_one_issue(tmp_path: Path) -> None:
    assert read_published(tmp_path / "none.csv")[1][0].code == "audit.issue.unreadable"


@pytest.mark.parametrize(
    ("encoding", "separator"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-8", "\t")],
)
def test_encodings_and_separators_of_spreadsheets(encoding, separator) -> None:
    text = (HEAD + "a,论文,表 1,血红蛋白,治疗组,,mean,7.0,g/dl,,").replace(",", separator)
    rows, issues = read_published(text.encode(encoding))
    assert issues == [] and rows["row"][0] == "血红蛋白"


def test_columns_beyond_the_needed_ones_may_be_missing() -> None:
    rows, issues = read_published(b"item,row,statistic,value\nTable 1,Age,mean,27.2\n")
    assert issues == [] and rows["id"][0] == "row 2"


def test_both_papers_and_the_template_are_read_without_an_issue() -> None:
    assert len(published_papers()) == 1191
    for name in ("papers/yang2020/published", "papers/yang2024/published", "published_template"):
        assert read_published(RULES / f"{name}.csv")[1] == []
