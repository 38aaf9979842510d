"""Means and SDs of wholes, parts, patients and whole numbers, against numbers drawn at random."""

from __future__ import annotations

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.audit.printed_rows import check, rows, verdict

VALUES = st.lists(st.integers(40, 140), min_size=3, max_size=12).filter(lambda v: len(set(v)) > 1)


@pytest.mark.parametrize(
    ("mean", "n", "expected"),
    [
        ("104.50", 3, "inconsistent"),
        ("104.50", 2, "consistent"),
        ("104.33", 3, "consistent"),
        ("104.34", 3, "inconsistent"),
        ("104.67", 3, "consistent"),
        ("110.49", 33, "plausible"),
        ("110.48", 33, "consistent"),
        ("27.67", 21, "consistent"),
    ],
)
def test_means_of_whole_numbers(mean, n, expected) -> None:
    figures = rows(("t", "mean", mean), ("n", "n", n))
    assert (
        verdict(figures, check("whole_numbers", target="id=t", total="id=n"), "t")["verdict"]
        == expected
    )


def test_an_impossible_mean_shows_the_nearest_possible_one_and_an_n_that_fits() -> None:
    row = verdict(
        rows(("t", "mean", "104.50"), ("n", "n", 3)),
        check("whole_numbers", target="id=t", total="id=n"),
        "t",
    )
    assert row["recomputed_low"] == pytest.approx(104 + 1 / 3) and "2" in row["why"]


def test_nothing_is_said_of_a_mean_that_any_values_could_have() -> None:
    figures = rows(("t", "mean", "27.2"), ("n", "n", 62))
    assert (
        verdict(figures, check("whole_numbers", target="id=t", total="id=n"), "t")["n_checks"] == 0
    )


@settings(max_examples=60, deadline=None)
@given(VALUES)
def test_true_means_and_sds_of_whole_numbers_are_never_doubted(values) -> None:
    figures = rows(
        ("m", "mean", f"{statistics.fmean(values):.2f}"),
        ("s", "sd", f"{statistics.stdev(values):.3f}"),
        ("n", "n", len(values)),
    )
    one = check("whole_numbers", target="statistic=mean|sd", total="id=n")
    assert verdict(figures, one, "m")["verdict"] == "consistent"
    assert verdict(figures, one, "s")["verdict"] in ("consistent", "cannot_be_checked")


def test_an_sd_that_no_whole_numbers_have_is_found() -> None:
    figures = rows(
        ("m", "mean", "3.00"), ("s", "sd", "1.30"), ("n", "n", 3)
    )  # Σ(x - 3)² of 3 integers is even: never 3.38
    assert (
        verdict(figures, check("whole_numbers", target="statistic=mean|sd", total="id=n"), "s")[
            "verdict"
        ]
        == "inconsistent"
    )


@settings(max_examples=60, deadline=None)
@given(st.lists(VALUES, min_size=2, max_size=4))
def test_parts_give_the_moments_of_the_whole(parts) -> None:
    whole = [v for part in parts for v in part]
    figures = [
        ("m", "mean", f"{statistics.fmean(whole):.2f}"),
        ("s", "sd", f"{statistics.stdev(whole):.2f}"),
        ("n", "n", len(whole)),
    ]
    for i, part in enumerate(parts):
        place = {"group": str(i), "item": "parts"}
        figures += [
            (f"n{i}", "n", len(part), place),
            (f"m{i}", "mean", f"{statistics.fmean(part):.1f}", place),
            (f"s{i}", "sd", f"{statistics.stdev(part):.1f}", place),
        ]
    one = check("combine", target="id=m|s|n", first="item=parts", options="parts=group")
    table = rows(*figures)
    assert [verdict(table, one, i)["verdict"] for i in ("m", "s", "n")] == ["consistent"] * 3


@pytest.mark.parametrize(
    ("mean", "expected"),
    [
        ("82.15", "consistent"),
        ("82.16", "consistent"),
        ("82.17", "inconsistent"),
        ("81.79", "inconsistent"),
    ],
)
def test_a_weighted_mean_over_the_rounding_of_its_parts(mean, expected) -> None:
    figures = rows(
        ("t", "mean", mean),
        ("a", "mean", "80.33", {"row": "a"}),
        ("an", "n", 2, {"row": "a"}),
        ("b", "mean", "85.79", {"row": "b"}),
        ("bn", "n", 1, {"row": "b"}),
    )
    assert (
        verdict(
            figures, check("combine", target="id=t", first="row=a|b", options="parts=row"), "t"
        )["verdict"]
        == expected
    )


def test_a_part_without_n_is_named_and_nothing_is_concluded() -> None:
    figures = rows(
        ("t", "mean", "82.15"),
        ("a", "mean", "80.33", {"group": "a"}),
        ("b", "mean", "85.79", {"group": "b"}),
    )
    row = verdict(figures, check("combine", target="id=t", first="id=a|b"), "t")
    assert row["verdict"] == "cannot_be_checked" and "number of patients" in row["why"]


@settings(max_examples=60, deadline=None)
@given(VALUES, VALUES)
def test_a_true_part_never_contradicts_its_whole(part, rest) -> None:
    whole = part + rest
    figures = rows(
        ("s", "sd", f"{statistics.stdev(whole):.1f}"),
        ("m", "mean", f"{statistics.fmean(whole):.1f}"),
        ("n", "n", len(whole)),
        ("pn", "n", len(part), {"group": "p"}),
        ("pm", "mean", f"{statistics.fmean(part):.1f}", {"group": "p"}),
        ("ps", "sd", f"{statistics.stdev(part):.1f}", {"group": "p"}),
    )
    assert (
        verdict(figures, check("subset", target="id=s", first="group=p", second="id=m|n"), "s")[
            "verdict"
        ]
        == "consistent"
    )


@pytest.mark.parametrize(
    ("assumed", "expected"), [("", "inconsistent"), ("assumed=yes", "plausible")]
)
def test_a_whole_narrower_than_its_part_cannot_be_unless_the_part_is_only_assumed(
    assumed, expected
) -> None:
    figures = rows(
        ("s", "sd", "1.6"),
        ("m", "mean", "2.3"),
        ("n", "n", 4),
        ("pn", "n", 3, {"group": "p"}),
        ("pm", "mean", "3.1", {"group": "p"}),
        ("ps", "sd", "1.4", {"group": "p"}),
    )
    one = check("subset", target="id=s", first="group=p", second="id=m|n", options=assumed)
    assert verdict(figures, one, "s")["verdict"] == expected


@pytest.mark.parametrize(
    ("statistic", "printed", "expected"),
    [
        ("mean", "75.0", "consistent"),
        ("mean", "75.1", "plausible"),
        ("mean", "75.6", "inconsistent"),
        ("sd", "5.00", "consistent"),
        ("sd", "5.03", "plausible"),
        ("sd", "6.00", "inconsistent"),
        ("n", "3", "consistent"),
        ("n", "4", "inconsistent"),
        ("min", "70", "consistent"),
        ("max", "82", "inconsistent"),
        ("median", "75", "consistent"),
    ],
)
def test_figures_of_printed_patients(statistic, printed, expected) -> None:
    figures = rows(
        ("t", statistic, printed),
        *((str(i), "value_hb", v, {"row": f"patient {i}"}) for i, v in enumerate((70, 75, 80))),
    )
    assert (
        verdict(figures, check("values", target="id=t", first="statistic=value_hb"), "t")["verdict"]
        == expected
    )


@pytest.mark.parametrize(("sd", "expected"), [("11.0", "consistent"), ("16.0", "inconsistent")])
def test_an_sd_has_room_between_least_and_greatest(sd, expected) -> None:
    figures = rows(
        ("m", "mean", "27.0"),
        ("s", "sd", sd),
        ("a", "min", "15"),
        ("b", "max", "45"),
        ("n", "n", 62),
    )
    assert (
        verdict(figures, check("range", target="id=m|s", first="id=a|b", total="id=n"), "s")[
            "verdict"
        ]
        == expected
    )
