"""A second value before treatment enters a sensitivity row, never a class (regression to the
mean).
"""

from __future__ import annotations

from thal_core import Cohort, analyse, classify_response, read_cohort


def cohort(*early: str) -> Cohort:
    rows = [
        f"{n},NTDT,{value},70,{after}"
        for n, (value, after) in enumerate(zip(early, ("92", "95", "75"), strict=True), 1)
    ]
    return read_cohort(
        "\n".join(["id,phenotype,Hb_-3M (g/L),Hb_0M (g/L),Hb_6M (g/L)", *rows]).encode(),
        filename="a.csv",
    )


def members(sheet: Cohort, rule: str, level: str) -> list[int]:
    table = analyse(sheet, "response_sensitivity").table
    row = table[
        (table["population"] == "NTDT") & (table["rule"] == rule) & (table["level"] == level)
    ]
    return row[["n", "total"]].to_numpy().ravel().tolist()


def test_the_mean_of_both_is_asked_beside_the_class():
    sheet = cohort("78", "70", "")
    assert classify_response(sheet)["response"].tolist() == ["MaR", "MaR", "NR"]
    assert members(sheet, "as_ruled", "MaR") == [2, 3]
    assert members(sheet, "second_baseline", "MaR") == [1, 3]  # 92 − (70 + 78)/2 = 18 g/L
    assert members(sheet, "second_baseline", "MiR") == [1, 3]


def test_the_threshold_holds_on_both_sides():
    assert members(cohort("74", "70", ""), "second_baseline", "MaR") == [2, 3]  # 92 − 72 = 20 g/L
    assert members(cohort("74.1", "70", ""), "second_baseline", "MaR") == [1, 3]


def test_without_a_second_value_there_is_no_such_row():
    assert members(cohort("", "", ""), "second_baseline", "MaR") == []
