"""Printed tables say what the numbers say, in the words and the decimals of journals."""

from __future__ import annotations

import math

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.export.cohorts import named_cohort
from thal_core import Options, analyse
from thal_core.export.journal_table import Cell, JournalTable, Row, letter
from thal_core.export.regression import regression_table
from thal_core.export.table_shapes import TableStyle, journal_table, table_rules
from thal_core.export.wording import number, p_style, p_styles, printable, value_text


@pytest.mark.parametrize(
    ("value", "zero", "no_zero", "three"),
    [
        (0.0123, "0.012", ".012", "0.012"),
        (0.00099, "<0.001", "<.001", "<0.001"),
        (0.001, "0.001", ".001", "0.001"),
        (0.2, "0.200", ".200", "0.200"),
        (0.2001, "0.20", ".20", "0.200"),
        (0.9999, ">0.99", ">.99", ">0.999"),
        (float("nan"), "", "", ""),
    ],
)
def test_p_in_three_styles(value: float, zero: str, no_zero: str, three: str) -> None:
    assert [p_style(n).text(value) for n in ("zero", "no_zero", "three")] == [zero, no_zero, three]


@given(st.floats(0, 1))
def test_p_is_never_nought_nor_one(value: float) -> None:
    for style in p_styles().values():
        text = style.text(value)
        assert float("0" + text.lstrip("<>0")) not in (0.0, 1.0) or text[0] in "<>"


@given(st.floats(allow_nan=False, width=32), st.floats(0.001, 1e6))
def test_numbers_have_a_true_minus_and_no_exponent(value: float, size: float) -> None:
    text = number(value, size)
    assert "-" not in text and "e" not in text and not text.startswith("−0.0000000")


@given(st.text())
def test_no_sign_that_xml_refuses_is_printed(text: str) -> None:
    assert all(ord(sign) >= 32 or sign in "\t\n\r" for sign in printable(text))
    assert not any(0xD800 <= ord(sign) <= 0xDFFF for sign in printable(text))


def test_letters_go_on_after_z() -> None:
    assert [letter(n) for n in (0, 25, 26, 51, 52)] == ["a", "z", "aa", "az", "ba"]


def test_a_footnote_has_one_letter_wherever_it_stands() -> None:
    test, reason = "Welch’s t test", "all values are the same"
    table = JournalTable(
        (Cell("x"), Cell("P")),
        (Row((Cell("a"), Cell("0.01", (test,)))), Row((Cell("b"), Cell("–", (reason, test))))),
    )
    assert table.mark(table.rows[1].cells[1]) == "b,a"
    assert table.below == (f"a {test}", f"b {reason}")


def test_table_1_is_mean_sd_n_percent_missing_smd_and_p_with_its_test() -> None:
    options = Options(group_by="phenotype", p_values=True)
    result = analyse(named_cohort(), "baseline_table", options)
    table = journal_table("baseline_table", {"baseline_table": result.table}, TableStyle())
    assert table is not None
    frame = table.frame().set_index("Variable")
    everybody = next(c for c in frame if c.startswith("All (n = 8)"))
    assert frame.loc["female", everybody] == "5 (62)"
    assert frame.loc["Age (years), mean (SD)", everybody] == "23.5 (2.4)"
    age = result.table.query("variable == 'age_years' and group == 'all'")["p_value"].iloc[0]
    assert frame.loc["Age (years), mean (SD)", "P"] == p_style().text(age)
    assert any("Welch" in note for note in table.below)


def test_without_p_there_is_no_p_column() -> None:
    result = analyse(named_cohort(), "baseline_table", Options(group_by="phenotype"))
    table = journal_table("baseline_table", {"baseline_table": result.table})
    assert table is not None and "P" not in [cell.text for cell in table.columns]


def test_regression_prefers_maximum_likelihood_and_says_firth_where_it_has_none() -> None:
    nan = math.nan
    predictors = pd.DataFrame(
        {
            "variable": ["hbf_percent", "phenotype"],
            "level": ["", "NTDT"],
            "group_1": "MaR",
            "group_2": "other",
            "method": ["welch", "fisher"],
            "p_value": [0.01, 0.04],
            "effect": [10.0, 3.0],
            "conf_low": [2.0, 1.1],
            "conf_high": [18.0, 9.0],
            "notes": "",
        }
    )
    rows = [
        ("all", "maximum_likelihood", "hbf_percent", "hbf_percent", 1.11, 1.01, 1.22, 0.03),
        ("all", "firth", "hbf_percent", "hbf_percent", 1.10, 1.01, 1.21, 0.031),
        ("all", "maximum_likelihood", "hbf_percent + phenotype", "phenotype", nan, nan, nan, nan),
        ("all", "firth", "hbf_percent + phenotype", "phenotype", 4.9, 0.4, 679.0, 0.23),
    ]
    columns = [
        "population",
        "model",
        "terms",
        "term",
        "odds_ratio",
        "conf_low",
        "conf_high",
        "p_value",
    ]
    models = pd.DataFrame(rows, columns=columns).assign(notes="")
    table = regression_table(predictors, models, TableStyle())
    hbf, phenotype = table.rows
    assert hbf.cells[4].text == "1.11 (1.01 to 1.22)" and not hbf.cells[4].notes
    assert phenotype.cells[6].text.startswith("4.90 (0.40 to 679") and phenotype.cells[6].notes
    assert [row.cells[3].text for row in table.rows] == ["0.020", "0.040"]  # Benjamini–Hochberg
    assert sum(span.columns for span in table.spans) == len(table.columns)


def test_every_rule_names_a_result_and_columns_it_has() -> None:
    from thal_core.analyses import REGISTRY
    from thal_core.analyses.build_result import columns_of

    for result, rule in table_rules().items():
        assert result in REGISTRY
        named = {*rule.keys, *rule.leave_out, *(c for c, _ in rule.where), rule.across} - {""}
        assert named <= set(columns_of(result)), result


def test_a_genotype_never_looks_like_a_sum() -> None:
    assert value_text("-28/-28", "genotype", "en") == "−28/−28"
    assert value_text("CD41-42/-28", "genotype", "en") == "CD41-42/−28"


@pytest.mark.parametrize("language", ["en", "zh"])
def test_every_result_of_a_cohort_prints(language: str) -> None:
    cohort = named_cohort()
    for name in ("flow", "response_rates", "hb_by_genotype", "hb_by_response", "adverse_events"):
        table = journal_table(
            name, {name: analyse(cohort, name).translated(language)}, TableStyle(language)
        )
        assert table is not None
        assert all(len(row.cells) == len(table.columns) for row in table.rows)
        assert not table.spans or sum(s.columns for s in table.spans) == len(table.columns)
