"""The check table: selectors, roles, and every check of the two papers meeting rows."""

from __future__ import annotations

import pytest

from tests.audit.printed_rows import check, rows
from thal_core.audit.checks import KINDS
from thal_core.audit.checktable import SelectorError, cases, papers_of, parse_check, read_checks
from thal_core.audit.read_printed import printed_figures, published_papers

FIGURES = papers_of(
    printed_figures(
        rows(
            ("a1", "n", 5, {"row": "x", "group": "TDT MaR"}),
            ("a2", "mean", 7, {"row": "x", "group": "TDT MaR"}),
            ("b1", "n", 6, {"row": "y", "group": "all"}),
            ("b2", "mean", 8, {"row": "y", "group": "all", "timepoint_months": "3"}),
            ("c1", "iqr", "1-2", {"row": "y"}),
        )
    )
)


def taken(target: str, **more: str) -> list[list[str]]:
    return [
        [f.id for f in case.targets]
        for case in cases(check("same", target=target, **more), FIGURES)
    ]


@pytest.mark.parametrize(
    ("selector", "ids"),
    [
        ("statistic=mean", ["a2", "b2"]),
        ("group=* MaR;statistic=n", ["a1"]),
        ("row!=x", ["b1", "b2"]),
        ("timepoint_months=3", ["b2"]),
        ("timepoint_months=;row=y", ["b1"]),
        ("id=b2|a1", ["b2", "a1"]),
        ("row=z", []),
    ],
)
def test_selectors_take_what_they_say(selector, ids) -> None:
    assert taken(selector) == ([ids] if ids else [])


def test_text_figures_are_never_computed_with() -> None:
    assert taken("row=y;statistic=iqr") == []


def test_each_splits_and_roles_follow_by_the_same_columns() -> None:
    found = cases(
        check("percent", each="row", target="statistic=mean", total="statistic=n"), FIGURES
    )
    assert [([f.id for f in c.targets], [f.id for f in c.total]) for c in found] == [
        (["a2"], ["a1"]),
        (["b2"], ["b1"]),
    ]


def test_a_role_may_be_matched_by_its_own_columns_and_blank_cells_fit_everything() -> None:
    found = cases(
        check(
            "percent",
            each="row,timepoint_months",
            target="id=b2",
            total="statistic=n @timepoint_months",
            first="statistic=n",
        ),
        FIGURES,
    )
    assert [f.id for f in found[0].total] == ["a1", "b1"] and [f.id for f in found[0].first] == [
        "b1"
    ]


def test_order_pairs_figures_in_the_order_of_the_listed_ids() -> None:
    found = cases(check("same", each="order", target="id=b1|a1", first="id=a2|b2"), FIGURES)
    assert [(c.targets[0].id, c.first[0].id) for c in found] == [("b1", "a2"), ("a1", "b2")]


def test_a_check_sees_only_its_own_paper() -> None:
    assert cases(check("same", target="statistic=n", paper="Q"), FIGURES) == []


@pytest.mark.parametrize("target", ["nonsense", "colour=red", "row=x @colour"])
def test_a_selector_that_cannot_be_read_is_refused(target) -> None:
    with pytest.raises(SelectorError):
        parse_check({"check": "c", "paper": "P", "kind": "same", "target": target})


def test_every_check_of_the_two_papers_names_a_kind_and_meets_figures() -> None:
    papers = papers_of(printed_figures(published_papers()))
    checks = read_checks()
    assert {one.kind for one in checks} <= set(KINDS)
    assert [one.check for one in checks if not cases(one, papers)] == []
    assert len({(one.paper, one.check) for one in checks}) == len(checks)


def test_every_kind_is_used_by_a_check_of_the_two_papers() -> None:
    assert set(KINDS) == {one.kind for one in read_checks()}
