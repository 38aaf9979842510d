"""Which printed figures are laid over which drawing, and what an analysis does with the switch."""

from __future__ import annotations

import string
from pathlib import Path

import pytest

from thal_core import Options, analyse, read_cohort
from thal_core.analyses.build_result import columns_of
from thal_core.analyses.overlay import printed_over
from thal_core.audit.checktable import Paper, Selector
from thal_core.audit.links import PROPERTIES, read_links
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.rules.catalogue import read_paper_rules

ROOT = Path(__file__).parents[2]
FIGURES = printed_figures(published_papers())
SAMPLE, THIRTEEN = ROOT / "data" / "sample_cohort.csv", ROOT / "tests" / "data" / "table3_2024.csv"


@pytest.fixture(scope="module")
def sample():
    return read_cohort(SAMPLE)


def test_every_overlay_meets_printed_figures_and_columns_that_its_result_has() -> None:
    for row in read_paper_rules("overlays"):
        assert Selector.parse(row["select"]).choose(Paper(FIGURES)), row["link"]
        assert {
            n for _, n, _, _ in string.Formatter().parse(row["column"] + row["where"]) if n
        } <= set(PROPERTIES), row["link"]
    for link in read_links(FIGURES, "overlays"):
        assert {link.column, *(column for column, _ in link.where)} <= set(
            columns_of(link.result)
        ), link


@pytest.mark.parametrize(
    ("analyte", "grouping", "group", "values"),
    [
        ("hb_g_per_l", "phenotype", "TDT", [61, 85, 91, 99]),
        ("hbf_percent", "phenotype", "NTDT", [41.9, 54.3, 46.4, 44.1]),
        ("ferritin_ng_per_ml", "phenotype", "NTDT", [1821.6, 2158.5, 2693.3, 2654.0]),
        ("hb_g_per_l", "genotype_group_2024", "favourable", [81.79, 111.24, 110.49, 109.33]),
        ("hb_g_per_l", "response", "MaR", [81.79, 111.24, 110.49, 109.33]),
        ("hbf_percent", "response", "other", [11.49, 35.78, 39.51, 41.53]),
        ("ferritin_ng_per_ml", "genotype_group_2024", "other", [7137.38, 6223, 5574, 4714.38]),
    ],
)
def test_curves_are_those_of_the_papers(analyte, grouping, group, values) -> None:
    rows = printed_over("trajectory", analyte=analyte, grouping=grouping, group=group).sort_values(
        "month"
    )
    assert rows["month"].tolist() == ([0, 3, 12, 24] if grouping == "phenotype" else [0, 6, 12, 24])
    assert rows["value"].tolist() == pytest.approx(values)
    assert rows["n"].notna().all()


def test_doubt_is_the_audit_s_verdict_with_its_reason_in_both_languages() -> None:
    rows = printed_over("hb_by_genotype").set_index("id")
    assert set(rows.index[rows["doubt"]]) == {"Y24-0109", "Y24-0110"}
    assert (
        rows.loc["Y24-0109", "why_en"]
        and rows.loc["Y24-0109", "why_zh"] != rows.loc["Y24-0109", "why_en"]
    )
    assert (rows.loc[~rows["doubt"], "why_en"] == "").all()


@pytest.mark.parametrize("name", ["trajectory", "hb_over_time", "hb_by_genotype", "response_rates"])
def test_the_switch_changes_the_figure_and_never_the_table(sample, name) -> None:
    asked = {"group_by": "phenotype"} if name == "trajectory" else {}
    off, on = (
        analyse(sample, name, Options(published=switch, **asked)) for switch in (False, True)
    )
    assert off.table.equals(on.table)
    assert "published=True" in on.code and "published" not in off.code
    papers = [
        [t.name for t in r.figure("en", "slide").data if "Yang" in str(t.name)] for r in (off, on)
    ]
    assert not papers[0] and papers[1]  # the slide carries what the screen shows


def test_nothing_printed_is_said_in_one_sentence(sample) -> None:
    result = analyse(sample, "trajectory", Options(published=True, group_by="sex"))
    assert "No paper prints" in str(result.notes)
    assert "No paper" not in str(analyse(sample, "trajectory", Options(group_by="sex")).notes)


def test_the_thirteen_patients_beside_the_papers() -> None:
    cohort = read_cohort(THIRTEEN)
    for name in ("trajectory", "hb_by_genotype", "response_rates"):
        assert (
            analyse(cohort, name, Options(published=True, group_by="phenotype")).figure(
                "zh", "screen"
            )
            is not None
        )


def test_the_audit_s_own_figure_goes_into_a_report(sample) -> None:
    result = analyse(sample, "paper_audit")
    assert (
        result.figure("en", "slide") is not None
        and result.figure("zh", "journal_single") is not None
    )
