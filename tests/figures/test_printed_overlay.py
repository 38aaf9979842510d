"""Printed figures over a cohort's drawing: the papers' own values, pale, named with n, and crossed
out where in doubt.
"""

from __future__ import annotations

import math

import pandas as pd
import pytest

from tests.figures import tables
from thal_core.analyses.overlay import printed_over
from thal_core.figures.audit_picture import (
    figure_words,
    has_bounds,
    plot_audit,
    plot_finding,
    possible,
)
from thal_core.figures.genotype_bars import plot_genotype_bars
from thal_core.figures.rates import plot_rates
from thal_core.figures.trajectory import plot_trajectory

EVIL = '<a href="http://example.org">x</a>'


def trace(figure, start):
    return next(t for t in figure.data if str(t.name).startswith(start))


def names(figure):
    return {t.name for t in figure.data if t.showlegend}


def over_time(**settings):
    return plot_trajectory(
        tables.hb_over_time(),
        published=printed_over("trajectory", analyte="hb_g_per_l", grouping="phenotype"),
        **settings,
    )


def test_a_printed_curve_is_the_paper_s_in_the_cohort_s_unit() -> None:
    drawn = trace(over_time(), "Yang 2020: NTDT")
    assert (list(drawn.x), [round(v, 6) for v in drawn.y]) == (
        [0, 3, 12, 24],
        [68, 97, 102, 100],
    )  # 6.8 9.7 10.2 10.0 g/dl


def test_a_printed_curve_is_named_with_n_hollow_pale_and_dashed() -> None:
    drawn = trace(over_time(), "Yang 2020: NTDT")
    own = next(t for t in over_time().data if t.name == "NTDT")
    assert drawn.name == "Yang 2020: NTDT, n = 7–39" and drawn.showlegend
    assert (
        drawn.marker.symbol.endswith("-open")
        and drawn.line.dash != "solid"
        and "," in drawn.line.dash
    )
    assert drawn.line.color.startswith("rgba(") and own.line.color.startswith("#")
    assert trace(over_time(language="zh"), "Yang 2020：NTDT").showlegend


def test_without_the_switch_nothing_is_laid_over() -> None:
    assert not [t for t in plot_trajectory(tables.hb_over_time()).data if "Yang" in str(t.name)]


def test_groups_that_are_not_drawn_get_no_printed_curve() -> None:
    table = tables.hb_over_time().query("phenotype == 'TDT'")
    figure = plot_trajectory(
        table, published=printed_over("trajectory", analyte="hb_g_per_l", grouping="phenotype")
    )
    assert [n for n in names(figure) if "Yang" in n] == ["Yang 2020: TDT, n = 4–23"]


def test_a_printed_mean_in_doubt_is_crossed_out_and_says_why() -> None:
    table = (
        tables.hb_over_time()
        .replace({"TDT": "other", "NTDT": "favourable"})
        .rename(columns={"phenotype": "group"})
    )
    printed = printed_over("trajectory", analyte="hb_g_per_l", grouping="genotype_group_2024")
    figure = plot_trajectory(table, published=printed, group_by="genotype_group_2024")
    assert sorted(zip(trace(figure, "doubt").x, trace(figure, "doubt").y, strict=True)) == [
        (0, 81.79),
        (6, 111.24),
    ]
    said = trace(figure, "Yang 2024: genotypes 1–10").hovertext
    assert "82.15" in said[0] and "81.79" in said[0] and "does not follow" not in said[2]
    assert any("Crossed out" in line for line in figure.layout.meta["caption"])


@pytest.mark.parametrize(
    ("population", "level", "paper", "percent", "n"),
    [
        ("all", "MaR", "Yang2020", 62.9, 39),
        ("all", "MiR", "Yang2020", 30.6, 19),
        ("all", "NR", "Yang2020", 6.5, 4),
        ("all", "ORR", "Yang2020", 93.5, 58),
        ("all", "MaR", "Yang2024", 72.9, 35),
        ("all", "ORR", "Yang2024", 91.7, 44),
        ("all", "NR", "Yang2024", 100 * 4 / 48, 4),
        ("TDT", "MaR", "Yang2020", 43.5, 10),
        ("TDT", "MaR", "Yang2024", 61.8, 21),
    ],
)
def test_printed_rates(population, level, paper, percent, n) -> None:
    row = printed_over("response_rates", population=population, level=level, paper=paper).iloc[0]
    assert row["value"] == pytest.approx(percent) and row["n"] == n
    assert row["conf_low"] < percent < row["conf_high"]


def test_rates_of_both_papers_stand_below_the_cohort_s_with_their_own_denominator() -> None:
    figure = plot_rates(tables.response_rates(), published=printed_over("response_rates"))
    assert {"Yang 2020, n = 62", "Yang 2024, n = 48"} <= names(figure)
    drawn = trace(figure, "Yang 2020")
    assert sorted(round(v, 1) for v in drawn.x) == [6.5, 30.6, 62.9, 93.5]
    assert "39/62 · 63 % (50–74)" in [a.text for a in figure.layout.annotations if a.name == "n"]
    rows = [y for t in figure.data if t.customdata is not None for y in t.y]
    assert (
        len({round(y, 6) for y in [*rows, *drawn.y]}) == len({round(y, 6) for y in rows}) + 4
    )  # no mark upon another


def test_a_slide_of_rates_keeps_one_line_of_numbers_a_row() -> None:
    figure = plot_rates(
        tables.response_rates(), published=printed_over("response_rates"), preset="slide"
    )
    assert len([a for a in figure.layout.annotations if a.name == "n"]) == 5


def test_printed_means_by_genotype_are_drawn_for_the_genotypes_there_are() -> None:
    figure = plot_genotype_bars(tables.hb_by_genotype(), published=printed_over("hb_by_genotype"))
    printed = [t for t in figure.data if str(t.name).startswith("Yang 2024")]
    assert sorted(tuple(t.x) for t in printed) == [
        (80, 90, 103, 109.5),
        (84.67, 95.67, 113.33, 120.33),
    ]
    assert [t.showlegend for t in printed] == [True, False]


def test_text_of_a_paper_stays_text() -> None:
    printed = printed_over("trajectory", analyte="hb_g_per_l", grouping="phenotype").assign(
        name_en=EVIL, item=EVIL
    )
    figure = plot_trajectory(tables.hb_over_time(), published=printed)
    assert "<a" not in figure.to_json().replace("\\u003c", "<")


def audited() -> pd.DataFrame:
    rows = [
        ("A-1", "inconsistent", 41.0, "41", 39.0, 39.0),
        ("A-2", "inconsistent", 11.49, "11.49", 13.667, math.nan),
        ("A-3", "inconsistent", 1.0, "<1.0", math.nan, math.nan),
        ("A-4", "consistent", 5.0, "5", 5.0, 5.0),
    ]
    frame = pd.DataFrame(
        rows, columns=["id", "verdict", "published", "printed", "recomputed_low", "recomputed_high"]
    )
    return frame.assign(
        paper="Other2030", item="Table 1", figure=f"{EVIL} · all · mean", unit="", importance="high"
    )


def test_the_picture_of_an_audit_draws_what_does_not_follow_and_has_bounds() -> None:
    figure = plot_audit(audited())
    assert [t.customdata[0][0] for t in figure.data if t.customdata is not None] == ["A-1", "A-2"]
    assert [a.text for a in figure.layout.annotations if a.name == "n"] == [
        "41; 39",
        "11.49; ≥ 13.67",
    ]
    assert "<a" not in figure.to_json().replace("\\u003c", "<")
    assert has_bounds(audited()).tolist() == [True, True, False, True]


def test_the_picture_of_one_finding_is_on_its_own_axis_and_an_open_side_runs_to_the_edge() -> None:
    printed, bar = plot_finding(audited().iloc[1]).data
    assert list(printed.x) == [11.49] and bar.x[0] == 13.667
    assert (
        bar.x[1] == plot_finding(audited().iloc[1]).layout.xaxis.range[1]
        and bar.marker.symbol[1] == "triangle-right"
    )


@pytest.mark.parametrize(
    ("low", "high", "printed", "shown"),
    [
        (39.0, 39.0, 41.0, "39"),
        (82.147, 82.157, 81.79, "82.15–82.16"),
        (13.667, math.nan, 11.49, "≥ 13.67"),
        (math.nan, 0.9, 1.2, "≤ 0.9"),
        (1490.585417, 1490.585417, 1490.586, "1,490.585"),
        (-3.0, -1.5, 2.0, "−3 … −1.5"),
        (math.nan, math.nan, 1.0, ""),
    ],
)
def test_what_follows_is_written_with_digits_enough_to_tell_it_from_what_is_printed(
    low, high, printed, shown
) -> None:
    assert possible(low, high, printed) == shown


def test_a_statistic_is_named_in_words() -> None:
    assert figure_words("Hb0M · all MaR · sd", "en") == "Hb0M · all MaR · standard deviation"
    assert figure_words("Hb0M · all MaR · sd", "zh").endswith("标准差")
    assert figure_words("free text", "en") == "free text"
