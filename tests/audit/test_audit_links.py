"""Printed figures beside a cohort's: the links, and the table they make."""

from __future__ import annotations

import math
import string
from pathlib import Path

import pandas as pd
import pytest

from thal_core import Options, analyse, read_cohort
from thal_core.analyses.build_result import columns_of
from thal_core.analyses.paper_audit import audit_of_the_papers, paper_audit
from thal_core.analyses.published import _newcombe
from thal_core.audit.checktable import Paper, Selector
from thal_core.audit.links import PROPERTIES, read_links
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.rules.catalogue import criteria, read_paper_rules
from thal_core.stats.compare import welch_from_summary

SAMPLE = Path(__file__).parents[2] / "data" / "sample_cohort.csv"
FIGURES = printed_figures(published_papers())
LINKS = {link.figure.id: link for link in read_links(FIGURES)}


def test_every_link_meets_printed_figures_and_asks_for_what_they_have() -> None:
    for row in read_paper_rules("links"):
        assert Selector.parse(row["select"]).choose(Paper(FIGURES)), row["link"]
        asked = {
            name for _, name, _, _ in string.Formatter().parse(row["column"] + row["where"]) if name
        }
        assert asked <= set(PROPERTIES), row["link"]
        assert row["criterion"] in criteria()


def test_every_link_names_a_result_and_columns_that_it_has() -> None:
    for link in LINKS.values():
        assert {link.column, *(column for column, _ in link.where)} <= set(
            columns_of(link.result)
        ), link


@pytest.mark.parametrize(
    ("figure", "result", "column", "where", "factor"),
    [
        ("Y24-0001", "genotype_response", "ntdt", {"genotype": "-28/-28"}, 1),
        ("Y24-0047", "genotype_response", "tdt", {"genotype": "CD41-42/CD43"}, 1),
        ("Y24-0118", "hb_by_genotype", "mean", 
         {"genotype": "IVS-II-654/CD26", "phenotype": "all", "month": "1"}, 1),
        ("Y24-0375", "ferritin_change", "p_adjusted",
         {"month_i": "12", "month_j": "24", "way": "paper"}, 1),
        ("Y24-0474", "transfusion_burden", "percent_change",
         {"population": "still_transfused"}, -1),
        ("Y20-0010", "labs_before_after", "after_mean",
         {"analyte": "hb_g_per_l", "phenotype": "NTDT", "month": "12", "way": "paper"}, 0.1),
        ("Y20-0012", "labs_before_after", "p_value",
         {"analyte": "hb_g_per_l", "phenotype": "NTDT", "month": "12", "way": "paper"}, 1),
        ("Y20-0261", "labs_before_after", "before_sd",
         {"analyte": "mchc_g_per_l", "phenotype": "TDT", "month": "3", "way": "paper"}, 1),
    ],
)  # fmt: skip
def test_links_find_the_cell_a_reader_would(figure, result, column, where, factor) -> None:
    link = LINKS[figure]
    assert (link.result, link.column, dict(link.where), link.factor) == (
        result,
        column,
        where,
        factor,
    )


@pytest.fixture(scope="module")
def sample() -> pd.DataFrame:
    return analyse(read_cohort(SAMPLE), "published").table.set_index("id")


def test_the_sample_stands_beside_hundreds_of_printed_figures(sample) -> None:
    assert len(sample) > 500 and {"Yang2020", "Yang2024"} == set(sample["paper"])


@pytest.mark.parametrize("table", ["Table 6", "Table 7", "Table 10"])
def test_the_sample_reproduces_the_sound_tables_to_their_rounding(sample, table) -> None:
    own = sample[
        (sample["paper"] == "Yang2024") & (sample["item"] == table) & sample["difference"].notna()
    ]
    half = 0.5 * 10.0 ** -own["printed"].str.partition(".")[2].str.len().astype(float)
    assert (
        len(own) == 36 - own_limits(sample, table)
        and (own["difference"].abs() <= half + 1e-9).all()
    )


def own_limits(sample: pd.DataFrame, table: str) -> int:
    """Printed as a limit, such as P < 0.001: no difference."""
    own = sample[(sample["paper"] == "Yang2024") & (sample["item"] == table)]
    return int(own["printed"].str.startswith("<").sum())


def test_nothing_is_tuned_to_a_misprint(sample) -> None:
    """Table 5's SDs are printed as Table 4's: the cohort's own stand beside them, with the
    reason.
    """
    own = sample.loc[["Y24-0242", "Y24-0251", "Y24-0269"]]
    assert (own["difference"].abs() > 5).all() and set(own["audit_verdict"]) == {"inconsistent"}
    assert own["audit_why"].str.contains("Table 4").all()


def test_the_difference_has_its_interval(sample) -> None:
    row = sample.loc["Y24-0286"]  # 13 patients of the paper against the 13 loaded
    test = welch_from_summary(
        row["computed"], sample.loc["Y24-0287", "computed"], 13, 85.77, 11.05, 13
    )
    assert (row["n_published"], row["n"]) == (13, 13)
    assert (row["conf_low"], row["conf_high"]) == pytest.approx((test.conf_low, test.conf_high))


def test_newcombes_interval_of_a_difference_of_percentages() -> None:
    """Newcombe 1998, Table II: 56/70 against 48/80 is 20.0 points, 5.24 to 33.39."""
    assert _newcombe(56, 70, 48, 80) == pytest.approx((5.24, 33.39), abs=0.005)
    assert all(math.isnan(limit) for limit in _newcombe(3, 2, 1, 4))


def test_the_audit_as_a_result_says_its_headline_in_both_languages() -> None:
    result = paper_audit(read_cohort(SAMPLE), Options())
    assert list(result.table.columns) == list(columns_of("paper_audit"))
    assert "1191" in result.notes.text("en") and "1191" in result.notes.text("zh")


def test_a_caller_may_change_its_copy_of_the_audit() -> None:
    own = audit_of_the_papers()
    own["verdict"] = "changed"
    assert "changed" not in set(audit_of_the_papers()["verdict"])
