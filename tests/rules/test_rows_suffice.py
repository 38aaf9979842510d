"""Rows alone are enough: what a folder of CSV lays over the rules works from the sheet to the
figure, in both languages.
"""

from __future__ import annotations

import pandas as pd
import pytest

from tests.cohorts import cohort_of
from tests.rules.laid_over import answer_under, lay_over
from thal_core import Options, analyse
from thal_core.analyses.build_result import build_result
from thal_core.figures.concordance import combinations
from thal_core.figures.waterfall import plot_waterfall
from thal_core.rules.catalogue import class_order, classes_in, criteria


@pytest.fixture(scope="module")
def told(tmp_path_factory) -> dict:
    folder = lay_over(tmp_path_factory.mktemp("rows"))
    return answer_under(folder, "tests.rules.whole_chain")


def test_a_class_nobody_has_used_reaches_every_table_and_figure(told) -> None:
    assert told["classes"] == {"CR": 5, "PR": 5, "NR": 4}
    assert told["rates"] == [["ORR", 10], ["CR", 5], ["PR", 5], ["NR", 4]]
    assert told["bars"] == {
        "CR (complete response)": 5,
        "PR (partial response)": 5,
        "NR (no response)": 4,
    }
    assert told["groups"] == ["CR"]
    assert told["undrawn"] == []


def test_a_criterion_is_a_column_of_the_concordance(told) -> None:
    assert told["concordance"] == ["patient_id", *criteria(), "strict2026"]


def test_labels_come_from_the_rows_in_both_languages(told) -> None:
    assert told["labels"] == {
        "en": ["CR (complete response)", "Haptoglobin (g/L)"],
        "zh": ["CR（完全反应）", "结合珠蛋白（g/L）"],
    }
    assert "Strict 2026" in told["methods"]["en"] and "严格标准2026" in told["methods"]["zh"]
    assert "CR in 5 of 14" in told["titles"]["en"] and "CR" in told["titles"]["zh"]


def test_an_analyte_is_read_converted_and_analysed(told) -> None:
    assert told["haptoglobin"] == [0.2, 0.6]
    assert told["template"][-1] == "Haptoglobin (g/L)"  # FIELDS, UNITS, ALIASES: three rows
    assert "haptoglobin_g_per_l" in told["analysed"] and "haptoglobin_g_per_l" in told["timeline"]


def test_a_co_medication_has_its_own_unit_and_interval(told) -> None:
    assert told["doses"] == {
        "mitapivat": 100,
        "imetelstat": pytest.approx(9 * 50 / 28),
        "epoetin": None,
        "deferasirox": 1000,
    }
    assert told["extra"] == [["epoetin (IU / 7 d)", "10000"]]  # nothing of a sheet vanishes
    assert told["issues"] == ["intake.dose_not_mg", "intake.dose_own_unit", "intake.dose_own_unit"]


def test_a_third_paper_is_one_folder(told) -> None:
    assert told["paper"] == [[36, 35.714]]
    assert told["verdicts"][2] == "consistent"
    assert told["overlaid"]


def test_each_criterion_keeps_its_own_order_of_classes() -> None:
    order = class_order()
    for criterion in criteria().values():
        assert sorted(criterion.classes, key=order.index) == list(criterion.classes)
    assert order[-1] == "NE"


def test_a_class_of_no_criterion_is_a_programmer_s_error_not_a_missing_bar() -> None:
    table = pd.DataFrame(
        {"patient_id": ["1", "2"], "response": ["MaR", "XX"], "basis": "hb", "value": [30.0, 1.0]}
    )
    with pytest.raises(ValueError, match="XX"):
        plot_waterfall(table)
    with pytest.raises(ValueError, match="XX"):
        combinations(pd.DataFrame({"patient_id": ["1"], "yang2024": ["XX"]}))
    with pytest.raises(ValueError, match="MaR"):
        classes_in(["MaR"], order=("R", "NR"))


def test_an_analysis_that_would_drop_a_column_raises() -> None:
    cohort = cohort_of({"phenotype": "TDT"})
    with pytest.raises(ValueError, match="strict2026"):
        build_result(
            "criteria_concordance", [{"patient_id": "1", "strict2026": "CR"}], cohort=cohort
        )


def test_a_cohort_without_tdt_lists_nobody_as_still_transfused() -> None:
    cohort = cohort_of(*({"phenotype": "NTDT", "hb": {0: 70, 6: 100}} for _ in range(3)))
    assert analyse(cohort, "still_transfused", Options()).table.empty
