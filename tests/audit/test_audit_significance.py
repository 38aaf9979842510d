"""Tests recomputed from printed summaries: true data are never doubted, and the test that was used
is named.
"""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.printed_rows import check, rows, verdict
from thal_core.audit.engine import audit
from thal_core.stats import compare

T_TEST = check("t_test", target="group=d", first="group=a", second="group=b")


def p_cells(p: float) -> tuple[str, str]:
    return ("0.001", "<") if p < 0.0005 else (f"{p:.3f}", "=")


def two_groups(one, two, test, places: int = 2):
    p, operator = p_cells(test.p_value)
    return [
        ("an", "n", len(one), {"group": "a"}),
        ("am", "mean", f"{np.mean(one):.{places}f}", {"group": "a"}),
        ("as", "sd", f"{np.std(one, ddof=1):.{places}f}", {"group": "a"}),
        ("bn", "n", len(two), {"group": "b"}),
        ("bm", "mean", f"{np.mean(two):.{places}f}", {"group": "b"}),
        ("bs", "sd", f"{np.std(two, ddof=1):.{places}f}", {"group": "b"}),
        ("d", "mean_diff", f"{test.effect:.3f}", {"group": "d"}),
        ("e", "se", f"{test.std_error:.3f}", {"group": "d"}),
        ("p", "p", p, {"group": "d", "operator": operator}),
    ]


@pytest.mark.parametrize("seed", range(20))
@pytest.mark.parametrize("method", ["student", "welch"])
def test_a_true_comparison_is_consistent_whichever_test_was_used(method, seed) -> None:
    rng = np.random.default_rng(seed)
    one, two = rng.normal(80, 6, 21), rng.normal(80 - seed, 6 + seed % 7, 13)
    found = audit(
        rows(*two_groups(one, two, compare.two_groups(method, one, two), places=seed % 3)), [T_TEST]
    )
    assert set(found["verdict"]) <= {"consistent", "cannot_be_checked"}
    assert list(found.loc[found["id"] == "p", "verdict"]) == ["consistent"]


def test_the_test_that_gives_the_printed_p_is_named() -> None:
    """R: t.test on the moments of Table 7 at baseline: 0.0405 (var.equal), 0.0182 (Welch)."""
    place = [
        ("an", "n", 13, {"group": "a"}),
        ("am", "mean", "7.14", {"group": "a"}),
        ("as", "sd", "8.06", {"group": "a"}),
        ("bn", "n", 21, {"group": "b"}),
        ("bm", "mean", "18.10", {"group": "b"}),
        ("bs", "sd", "17.31", {"group": "b"}),
    ]
    for p, test in (("0.041", "student"), ("0.018", "welch"), ("0.03", ""), ("0.05", "")):
        row = verdict(rows(*place, ("p", "p", p, {"group": "d"})), T_TEST, "p")
        assert (row["verdict"], row["test"]) == (
            ("consistent", test) if test else ("inconsistent", "")
        )


def altered(**values: str):
    """A true Student comparison with some printed figures changed."""
    rng = np.random.default_rng(5)
    one, two = rng.normal(80, 6, 21), rng.normal(74, 8, 13)
    cells = [
        (i, s, values.get(i, v), m)
        for i, s, v, m in two_groups(one, two, compare.student(one, two))
    ]
    found = audit(rows(*cells), [T_TEST])
    return set(found.loc[found["verdict"] == "inconsistent", "id"])


def test_the_figure_that_does_not_fit_the_others_is_the_one_named() -> None:
    assert altered() == set()
    assert altered(d="7.777") == {"d"}
    assert altered(p="0.500") == {"p"}
    assert altered(e="4.444") == {"e"}
    assert altered(**{"as": "19.99"}) == {"as", "bs"}


def test_the_difference_may_be_printed_the_other_way_round() -> None:
    place = [
        ("an", "n", 5, {"group": "a"}),
        ("am", "mean", "10.0", {"group": "a"}),
        ("bn", "n", 5, {"group": "b"}),
        ("bm", "mean", "12.0", {"group": "b"}),
    ]
    assert (
        verdict(rows(*place, ("d", "mean_diff", "2.0", {"group": "d"})), T_TEST, "d")["verdict"]
        == "consistent"
    )
    assert (
        verdict(rows(*place, ("d", "mean_diff", "2.2", {"group": "d"})), T_TEST, "d")["verdict"]
        == "inconsistent"
    )


@pytest.mark.parametrize(
    ("left_out", "word"), [("an", "number of patients"), ("as", "an SD"), ("bm", "a mean")]
)
def test_what_is_missing_is_named(left_out, word) -> None:
    rng = np.random.default_rng(1)
    one, two = rng.normal(80, 6, 21), rng.normal(74, 8, 13)
    cells = [
        c for c in two_groups(one, two, compare.student(one, two)) if c[0] not in (left_out, "e")
    ]
    row = verdict(rows(*cells), T_TEST, "p")
    assert row["verdict"] == "cannot_be_checked" and word in row["why"]


PAIRED = check(
    "paired", target="group=d", first="group=before", second="group=after", total="group=n"
)


def before_after(n, before, after, *more):
    return rows(
        ("n", "n", n, {"group": "n"}),
        ("bm", "mean", before[0], {"group": "before"}),
        ("bs", "sd", before[1], {"group": "before"}),
        ("am", "mean", after[0], {"group": "after"}),
        ("as", "sd", after[1], {"group": "after"}),
        *more,
    )


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6), st.integers(4, 40), st.floats(0.0, 0.95))
def test_a_true_paired_test_is_never_doubted(seed, n, r) -> None:
    rng = np.random.default_rng(seed)
    before = rng.normal(70, 9, n)
    after = 75 + r * (before - 70) + math.sqrt(1 - r * r) * rng.normal(0, 9, n)
    if np.corrcoef(before, after)[0, 1] > 0.98 or np.corrcoef(before, after)[0, 1] < -0.85:
        return  # outside what the audit calls believable
    p, operator = p_cells(compare.paired_t(after, before).p_value)
    figures = before_after(
        n,
        (f"{before.mean():.1f}", f"{before.std(ddof=1):.1f}"),
        (f"{after.mean():.1f}", f"{after.std(ddof=1):.1f}"),
        ("p", "p", p, {"group": "d", "operator": operator}),
        ("s", "sd", f"{(after - before).std(ddof=1):.1f}", {"group": "x"}),
    )
    assert verdict(figures, PAIRED, "p")["verdict"] in ("consistent", "plausible")


@pytest.mark.parametrize(
    ("n", "before", "after", "p", "operator", "expected"),
    [
        (
            39,
            ("6.8", "1.1"),
            ("9.7", "1.9"),
            "0.001",
            "<",
            "consistent",
        ),  # holds for every correlation
        (7, ("7.1", "0.7"), ("10.0", "1.5"), "0.001", "<", "plausible"),  # from r = 0.40
        (7, ("3.4", "0.4"), ("4.5", "1.0"), "0.002", "=", "plausible"),  # only within the rounding
        (4, ("4.8", "2.0"), ("9.9", "1.1"), "0.001", "<", "inconsistent"),  # only at r = 1
        (4, ("4.8", "2.0"), ("9.9", "1.1"), "0.9", "=", "inconsistent"),  # at no correlation
    ],
)
def test_paired_tests_are_bounded_over_the_correlation(
    n, before, after, p, operator, expected
) -> None:
    figures = before_after(n, before, after, ("p", "p", p, {"group": "d", "operator": operator}))
    assert verdict(figures, PAIRED, "p")["verdict"] == expected


def test_the_sd_of_the_change_replaces_the_correlation() -> None:
    figures = before_after(
        39,
        ("6.8", "1.1"),
        ("9.7", "1.9"),
        ("d", "mean_diff", "2.9", {"group": "d"}),
        ("s", "sd", "1.6", {"group": "d"}),
        ("p", "p", "0.02", {"group": "d"}),
    )
    found = audit(figures, [PAIRED]).set_index("id")["verdict"]
    assert (found["d"], found["s"], found["p"]) == ("consistent", "plausible", "inconsistent")
    impossible = before_after(
        39, ("6.8", "1.1"), ("9.7", "1.9"), ("s", "sd", "0.6", {"group": "d"})
    )
    assert verdict(impossible, PAIRED, "s")["verdict"] == "inconsistent"


@pytest.mark.parametrize(
    ("n", "expected", "test"),
    [(13, "consistent", "paired_t"), (35, "consistent", "bonferroni"), (48, "inconsistent", "")],
)
def test_p_from_a_printed_difference_and_its_standard_error(n, expected, test) -> None:
    """R: 2*pt(-967.314/229.968, n-1) is 0.000116 (n = 48), 0.000179 (35; × 3: 0.00054), 0.00122
    (13).
    """
    figures = rows(
        ("d", "mean_diff", "967.314"), ("e", "se", "229.968"), ("p", "p", "0.001"), ("n", "n", n)
    )
    one = check("t_from_se", target="id=p", first="id=d|e", total="id=n", options="comparisons=3")
    row = verdict(figures, one, "p")
    assert (row["verdict"], row["test"]) == (expected, test)


@pytest.mark.parametrize(
    ("p", "expected", "test"),
    [
        ("0.246", "consistent", "chi_square"),
        ("0.373", "consistent", "chi_square_yates"),
        ("0.288", "consistent", "fisher"),
        ("0.110", "inconsistent", ""),
    ],
)
def test_which_test_of_counts_gives_the_printed_p(p, expected, test) -> None:
    """R: chisq.test(matrix(c(20,21,7,14),2), correct=FALSE) 0.2456, corrected 0.3733; fisher.test
    0.2884.
    """
    cells = [
        (f"{g}{i}", "count", v, {"group": g, "row": f"Sex: {i}"})
        for g, pair in (("a", (20, 21)), ("b", (7, 14)))
        for i, v in enumerate(pair)
    ]
    one = check("chi_square", target="id=p", first="group=a", second="group=b")
    row = verdict(rows(*cells, ("p", "p", p)), one, "p")
    assert (row["verdict"], row["test"]) == (expected, test)


def test_one_printed_level_and_the_group_sizes_make_the_table() -> None:
    cells = rows(
        ("a", "count", 20, {"group": "a", "row": "Male"}),
        ("b", "count", 7, {"group": "b", "row": "Male"}),
        ("an", "n", 41, {"group": "a", "row": "header"}),
        ("bn", "n", 21, {"group": "b", "row": "header"}),
        ("p", "p", "0.246"),
    )
    one = check("chi_square", target="id=p", first="id=a", second="id=b", total="row=header")
    assert verdict(cells, one, "p")["verdict"] == "consistent"


@pytest.mark.parametrize(
    ("p", "operator", "expected"),
    [("0.001", "=", "consistent"), ("0.001", "<", "consistent"), ("0.01", "=", "inconsistent")],
)
def test_p_of_repeated_measures_from_f(p, operator, expected) -> None:
    """R: pf(15.835, 3, 9, lower.tail = FALSE) is 0.00062: it prints as 0.001 and is below it."""
    figures = rows(("f", "F", "15.835"), ("p", "p", p, {"operator": operator}), ("n", "n", 4))
    assert (
        verdict(
            figures,
            check("f_test", target="id=p", first="id=f", total="id=n", options="df1=3"),
            "p",
        )["verdict"]
        == expected
    )


@pytest.mark.parametrize(
    ("ratio", "p", "expected"),
    [
        ("1.111", "0.038", ("consistent", "consistent")),
        ("1.111", "0.045", ("consistent", "inconsistent")),
        ("1.151", "0.038", ("inconsistent", "inconsistent")),
    ],
)
def test_odds_ratio_limits_and_p(ratio, p, expected) -> None:
    figures = rows(
        ("o", "or", ratio), ("l", "ci_low", "1.006"), ("h", "ci_high", "1.226"), ("p", "p", p)
    )
    one = check("odds_ratio", target="id=o|p", first="id=l|h")
    assert (
        verdict(figures, one, "o")["verdict"],
        verdict(figures, one, "p")["verdict"],
    ) == expected


def test_a_correlation_without_r_is_plausible_with_the_r_it_needs() -> None:
    """R: |r| = sqrt(t²/(t²+46)) with t = qt(0.0045, 46) is 0.373."""
    figures = rows(("p", "p", "0.009"), ("n", "n", 48))
    row = verdict(figures, check("correlation", target="id=p", total="id=n"), "p")
    assert row["verdict"] == "plausible" and "0.3707–0.3757" in row["why"]
    with_r = rows(("p", "p", "0.009"), ("n", "n", 48), ("r", "r", "0.20"))
    assert (
        verdict(with_r, check("correlation", target="id=p", first="id=r", total="id=n"), "p")[
            "verdict"
        ]
        == "inconsistent"
    )
