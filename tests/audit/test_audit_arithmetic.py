"""Sums, shares, figures printed twice, limits and units: both sides of each edge."""

from __future__ import annotations

import pytest

from tests.audit.printed_rows import check, rows, verdict


@pytest.mark.parametrize(
    ("total", "expected"), [(48, "consistent"), (47, "inconsistent"), (49, "inconsistent")]
)
def test_whole_counts_add_up_exactly(total, expected) -> None:
    figures = rows(("t", "count", total), ("a", "count", 33), ("b", "count", 15))
    assert verdict(figures, check("sum", target="id=t", first="id=a|b"), "t")["verdict"] == expected


@pytest.mark.parametrize(
    ("rise", "expected"),
    [
        ("17.00", "consistent"),
        ("17.01", "consistent"),
        ("17.02", "inconsistent"),
        ("16.75", "inconsistent"),
    ],
)
def test_a_difference_of_rounded_means_may_be_off_by_their_rounding_and_no_more(
    rise, expected
) -> None:
    figures = rows(("t", "mean_diff", rise), ("a", "mean", "97.50"), ("b", "mean", "80.50"))
    row = verdict(figures, check("sum", target="id=t", first="id=a", second="id=b"), "t")
    assert row["verdict"] == expected
    assert (row["recomputed_low"], row["recomputed_high"]) == pytest.approx((16.99, 17.01))


@pytest.mark.parametrize(
    ("percent", "expected"),
    [("6.5", "consistent"), ("6.4", "inconsistent"), ("6.45", "consistent"), ("6", "consistent")],
)
def test_percentages_of_counts(percent, expected) -> None:
    figures = rows(("p", "percent", percent), ("k", "count", 4), ("n", "n", 62))
    assert (
        verdict(figures, check("percent", target="id=p", first="id=k", total="id=n"), "p")[
            "verdict"
        ]
        == expected
    )


@pytest.mark.parametrize(
    ("percent", "expected"), [("12.5", "consistent"), ("12.4", "inconsistent")]
)
def test_a_percentage_alone_must_be_a_share_of_whole_patients(percent, expected) -> None:
    figures = rows(("p", "percent", percent), ("n", "n", 8))
    row = verdict(figures, check("percent", target="id=p", total="id=n"), "p")
    assert row["verdict"] == expected and row["recomputed_low"] == 12.5


@pytest.mark.parametrize(
    ("text", "expected"),
    [("35.13", "consistent"), ("35.1", "consistent"), ("35.3", "inconsistent")],
)
def test_a_figure_printed_twice_may_lose_digits_but_not_change(text, expected) -> None:
    figures = rows(("t", "mean", text), ("a", "mean", "35.13"))
    assert verdict(figures, check("same", target="id=t", first="id=a"), "t")["verdict"] == expected


@pytest.mark.parametrize(
    ("printed", "operator", "table", "expected"),
    [
        ("0.001", "<", ("0.0004", "="), "consistent"),
        ("0.001", "<", ("0.01", "<"), "consistent"),
        ("0.05", ">", ("0.112", "="), "consistent"),
        ("0.05", "<", ("0.07", "="), "inconsistent"),
        ("0.041", "=", ("0.019", "="), "inconsistent"),
    ],
)
def test_p_values_of_text_and_table_with_operators(printed, operator, table, expected) -> None:
    figures = rows(
        ("t", "p", printed, {"operator": operator}), ("a", "p", table[0], {"operator": table[1]})
    )
    assert verdict(figures, check("same", target="id=t", first="id=a"), "t")["verdict"] == expected


def test_where_a_misplaced_figure_stands_is_said() -> None:
    figures = rows(
        ("t", "p", "0.041"), ("a", "p", "0.019"), ("b", "p", "0.041", {"item": "Table 7"})
    )
    assert (
        "Table 7"
        in verdict(figures, check("same", target="id=t", first="id=a", other="id=b"), "t")["why"]
    )


@pytest.mark.parametrize(("n", "expected"), [(4, "consistent"), (5, "inconsistent")])
def test_a_part_is_not_larger_than_the_whole(n, expected) -> None:
    figures = rows(("t", "n", n), ("w", "n", 4))
    assert (
        verdict(figures, check("at_most", target="id=t", first="id=w"), "t")["verdict"] == expected
    )


@pytest.mark.parametrize(
    ("last", "expected"), [("9.45", "inconsistent"), ("9.46", "cannot_be_checked")]
)
def test_a_column_is_a_copy_only_if_every_cell_agrees(last, expected) -> None:
    cells = [
        (f"{t}{i}", "sd", v, {"item": item, "group": str(i)})
        for item, t, end in (("Table 4", "a", "9.45"), ("Table 5", "b", last))
        for i, v in enumerate(("11.49", "6.88", end))
    ]
    row = verdict(rows(*cells), check("copied", target="item=Table 5", first="item=Table 4"), "b0")
    assert row["verdict"] == expected


@pytest.mark.parametrize(
    ("mean", "expected"),
    [("63.8", "inconsistent"), ("6.4", "consistent"), ("40.0", "cannot_be_checked")],
)
def test_a_unit_off_by_a_power_of_ten_is_seen_against_the_same_patients_elsewhere(
    mean, expected
) -> None:
    figures = rows(
        ("t", "mean", mean, {"group": "MaR"}),
        ("n", "n", 41, {"group": "MaR", "row": "header"}),
        ("a", "mean", "6.4", {"group": "NTDT before"}),
        ("m", "n", 41, {"group": "NTDT"}),
    )
    one = check("unit", target="id=t", first="id=a", second="id=m", total="id=n")
    assert verdict(figures, one, "t")["verdict"] == expected


@pytest.mark.parametrize(("limit", "expected"), [("10", "inconsistent"), ("11", "consistent")])
def test_no_patient_outside_a_class_meets_its_limit(limit, expected) -> None:
    figures = rows(
        ("t", "threshold", limit),
        ("a", "value_hb", 80, {"row": "1"}),
        ("b", "value_hb", 90, {"row": "1", "timepoint_months": "6"}),
    )
    assert (
        verdict(figures, check("threshold", target="id=t", first="id=a", second="id=b"), "t")[
            "verdict"
        ]
        == expected
    )


@pytest.mark.parametrize(("limit", "expected"), [("1.0", "inconsistent"), ("2.0", "consistent")])
def test_two_classes_need_two_limits(limit, expected) -> None:
    figures = rows(("t", "threshold", "1.0"), ("a", "threshold", limit))
    assert (
        verdict(figures, check("distinct", target="id=t", first="id=a"), "t")["verdict"] == expected
    )


@pytest.mark.parametrize(
    ("grams", "expected"), [("70", "consistent"), ("66", "consistent"), ("55", "inconsistent")]
)
def test_a_cumulative_dose_is_dose_times_days(grams, expected) -> None:
    figures = rows(("t", "value", grams), ("d", "dose", 100), ("m", "value", 23))
    one = check("product", target="id=t", first="id=d|m", options="factor=0.0304375;tolerance=5")
    assert verdict(figures, one, "t")["verdict"] == expected


@pytest.mark.parametrize(("count", "expected"), [(2, "consistent"), (3, "inconsistent")])
def test_rows_are_counted(count, expected) -> None:
    figures = rows(
        ("t", "count", count),
        ("a", "age", 12, {"row": "patient 1"}),
        ("b", "age", 13, {"row": "patient 2"}),
    )
    assert (
        verdict(figures, check("count_rows", target="id=t", first="statistic=age"), "t")["verdict"]
        == expected
    )
