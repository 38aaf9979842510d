"""Numbers and tables as people read them."""

from __future__ import annotations

import math

import pandas as pd
import pytest

from thal_core import Mapping
from thal_core.mapping import ColumnReading
from ui.baseline import baseline_wide, group_sizes
from ui.compared import compared_wide
from ui.flag_tiles import flag_counts
from ui.language import number, p_text
from ui.mapping_table import changed, readings_frame, with_changes
from ui.strip import percent


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (0.0004, "<0.001"),
        (0.0005, "0.001"),
        (0.1234, "0.123"),
        (3.3, "3.30"),
        (85.77, "85.8"),
        (999.94, "999.9"),
        (1000.0, "1,000"),
        (-21.3, "−21.3"),
        (0.0, "0"),
        (math.nan, "–"),
        (math.inf, "∞"),
    ],
)
def test_number(value, shown):
    assert number(value) == shown


@pytest.mark.parametrize(
    ("p", "shown"),
    [
        (0.00099, "<0.001"),
        (0.001, "0.001"),
        (0.2, "0.200"),
        (0.201, "0.20"),
        (0.9949, "0.99"),
        (0.996, ">0.99"),
        (math.nan, ""),
    ],
)
def test_p_is_never_nought(p, shown):
    assert p_text(p) == shown


def test_percent_has_no_decimals_below_two_hundred_patients():
    assert (
        percent(91.67, 48) == "92 %"
        and percent(91.67, 199) == "92 %"
        and percent(91.67, 200) == "91.7 %"
    )


def test_table_1_is_turned_without_a_number_lost():
    table = pd.DataFrame(
        [
            {
                "variable": "sex",
                "level": "female",
                "group": g,
                "n": n,
                "missing": m,
                "percent": p,
                "smd": 0.5,
                "p_value": 0.04,
            }
            for g, n, m, p in (("all", 3, 1, 50.0), ("MaR", 2, 0, 66.7), ("other", 1, 1, 33.3))
        ]
        + [
            {
                "variable": "age_years",
                "level": "",
                "group": g,
                "n": n,
                "missing": m,
                "mean": mean,
                "sd": sd,
                "smd": 0.1,
                "p_value": 0.5,
            }
            for g, n, m, mean, sd in (
                ("all", 7, 0, 20.0, 7.25),
                ("MaR", 3, 0, 21.0, 7.0),
                ("other", 3, 1, 15.0, math.nan),
            )
        ]
    )
    wide = baseline_wide(table, with_p=True)
    assert wide["MaR"].tolist() == ["2 (67 %)", "21.0 (7.0)"]
    assert wide["other"].tolist() == ["1 (33 %)", "15.0, n = 3"]
    assert wide["p_value"].tolist() == ["0.040", "0.50"]
    assert "p_value" not in baseline_wide(table)
    assert group_sizes(table) == {"all": 4, "MaR": 2, "other": 2}


def test_the_screen_shows_the_effect_with_its_interval_beside_each_p():
    shared = {
        "month": 6.0,
        "method": "mann_whitney",
        "mean_diff": -9.0,
        "effect": -8.0,
        "conf_low": -12.0,
        "conf_high": -3.0,
        "statistic": 30.0,
        "df": math.nan,
        "p_value": 0.004,
        "hedges_g": math.nan,
        "adjusted_diff": -5.0,
        "adjusted_low": -9.0,
        "adjusted_high": -1.0,
        "adjusted_p": 0.02,
        "notes": "",
    }
    table = pd.DataFrame(
        [
            {"group": g, "n": 12, "mean": m, "sd": 7.0} | shared
            for g, m in (("MaR", 30.0), ("other", 21.0))
        ]
    )
    row = compared_wide(table).iloc[0]
    assert row[["effect", "conf_low", "conf_high", "p_value"]].tolist() == [
        -8.0,
        -12.0,
        -3.0,
        0.004,
    ]
    assert row["adjusted_diff"] == "−5.00 (−9.00 – −1.00)" and row["MaR"] == "12: 30.0 (7.0)"
    assert "hedges_g" not in row and "notes" not in row


def test_a_blank_flag_is_never_counted_as_no():
    table = pd.DataFrame(
        {
            "flag": ["thrombosis"] * 3,
            "state": ["yes", "not recorded", "not recorded"],
            "source": "x",
        }
    )
    assert flag_counts(table)[["yes", "no", "not recorded"]].to_numpy().tolist() == [[1, 0, 2]]


@pytest.fixture
def mapping():
    return Mapping(
        (
            ColumnReading("s", 0, "no", "patient_id", confidence=0.9),
            ColumnReading("s", 3, "x", "extra", confidence=0.2),
            ColumnReading("s", 4, "Hb", "hb_g_per_l", month=0.0, unit="g/L", confidence=0.95),
        )
    )


def test_a_person_s_change_of_the_mapping_is_found_and_applied(mapping):
    before = readings_frame(list(mapping.columns))
    assert changed(before, before.copy()) == {}
    after = before.copy()
    after.loc[1, ["field", "unit"]] = ["ferritin_ng_per_ml", "ng/mL"]
    after.loc[1, "month"] = 6
    after.loc[2, "month"] = pd.NA
    found = changed(before, after)
    assert found == {
        1: {"field": "ferritin_ng_per_ml", "month": 6, "unit": "ng/mL"},
        2: {"month": None},
    }
    new = with_changes(mapping, list(mapping.columns), found)
    assert (new.columns[1].field, new.columns[1].month, new.columns[1].by_hand) == (
        "ferritin_ng_per_ml",
        6,
        True,
    )
    assert new.columns[2].month is None and new.columns[0] == mapping.columns[0]
