"""The sample sheets give the printed figures, cell by cell, and can be made again byte by byte."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from tests.sample_cohort.comparison import prints_as
from tests.sample_cohort.sheets import (
    DATA,
    LIST,
    SHEETS,
    cells_that_differ,
    recomputed,
    sheet,
    shown,
)
from thal_core import Options, analyse, read_cohort
from thal_core.audit.printed import Printed
from tools.sample_cohort.__main__ import main as make_sheets
from tools.sample_cohort.paper_figures import printed_cells
from tools.sample_cohort.sheet_writing import written

PRINTED = Path(__file__).resolve().parents[1] / "data"
CLOSE = 1e-9


def listed() -> pd.DataFrame:
    return pd.read_csv(DATA / LIST, encoding="utf-8-sig", dtype=str, keep_default_na=False)


# ------------------------------------------------------------------ every printed figure


def test_every_printed_figure_is_shown_as_printed_or_listed_with_its_reason():
    """Every cell that the program shows and that differs, and of the others every one that the
    sheet gives otherwise.
    """
    rows = listed()
    again = cells_that_differ().map(written)
    assert again.to_dict("records") == rows.to_dict("records")
    assert (rows["reason"].str.len() > 20).all()


@pytest.mark.parametrize("year", [2024, 2020])
def test_what_the_program_shows_as_printed_the_sheet_gives_too(year):
    beside = shown(year)["computed"].to_dict()
    hidden = [
        c.id
        for c, value in recomputed(year).items()
        if c.id in beside
        and prints_as(c, beside[c.id], strict=year == 2024)
        and not prints_as(c, value, strict=year == 2024)
    ]
    assert hidden == []


def test_table_2_of_2020_is_made_by_the_last_response():
    rates = analyse(
        read_cohort(DATA / SHEETS[2020]),
        "response_rates",
        Options(criterion="yang2020", month="last"),
    ).table
    own = rates.query("population == 'all' and denominator == 'evaluable'").set_index("level")["n"]
    assert (own["MaR"], own["MiR"] + own["NR"]) == (41, 21)


@pytest.mark.parametrize(("year", "figures"), [(2024, 543), (2020, 600)])
def test_no_printed_figure_about_the_patients_is_left_out(year, figures):
    cells = recomputed(year)
    left_out = [c for c in printed_cells(year) if c not in cells]
    assert len(cells) == figures
    rules_or_others = ("Methods", "Introduction")
    assert all(
        c.item.startswith(rules_or_others)
        or c.statistic in ("threshold", "dose")
        or c.row == "confidence level"
        for c in left_out
    )


def test_only_the_tables_cells_that_cannot_be_met_differ():
    tables = listed()
    tables = tables[tables["paper"].eq("Yang2024") & tables["item"].str.fullmatch(r"Table \d+")]
    counts = tables.groupby(["item", "statistic"]).size().to_dict()
    assert counts == {
        ("Table 2", "mean"): 2,
        ("Table 4", "mean"): 1,
        ("Table 5", "sd"): 8,
        ("Table 9", "n"): 1,
    }


def printed(statistic: str, figure: str, operator: str = "") -> Printed:
    return Printed("x", "", "", "", "", "", statistic, figure, operator, "", "")


def test_a_figure_just_outside_its_rounding_is_seen():
    mean = printed("mean", "29.2")
    assert prints_as(mean, 29.2049, strict=True) and not prints_as(mean, 29.206, strict=True)
    assert prints_as(mean, 29.249, strict=False) and not prints_as(mean, 29.251, strict=False)
    below = printed("p", "0.001", "<")
    assert prints_as(below, 0.0009, strict=True) and not prints_as(below, 0.001, strict=True)


# ------------------------------------------------------------------ the 13 and the 4


def test_the_13_printed_patients_stand_in_it_verbatim_and_alone_are_real():
    own = sheet(2024)
    with (PRINTED / "table3_2024.csv").open(encoding="utf-8-sig") as lines:
        printed = list(csv.DictReader(lines))
    real = own[own["origin"] == "real"]
    assert len(real) == len(printed) == 13
    for row, (_, patient) in zip(printed, real.iterrows(), strict=True):
        assert (patient["sex"], patient["age"], patient["genotype"]) == (
            row["sex"],
            int(row["age_years"]),
            row["gene_type"],
        )
        assert [patient[f"Hb_{m}M"] for m in (0, 1, 3, 6)] == [
            float(row[f"hb_{m}m_g_l"]) for m in (0, 1, 3, 6)
        ]
        assert patient["transfusion_reduction_percent"] == float(
            row["transfusion_reduction_percent"]
        )
    assert set(sheet(2020)["origin"]) == {"synthetic"}


def test_the_four_patients_of_table_8_are_among_the_transfusion_free():
    own = sheet(2024)
    stopped = own[own["chelator_stop_month"].notna()]
    with (PRINTED / "table8_2024.csv").open(encoding="utf-8-sig") as lines:
        printed = sorted(
            (r["sex"], int(r["age_years"]), r["gene_type"], int(r["withdrawal_time_months"]))
            for r in csv.DictReader(lines)
        )
    found = stopped[["sex", "age", "genotype", "chelator_stop_month"]].itertuples(index=False)
    assert sorted((s, a, g, int(m)) for s, a, g, m in found) == printed
    assert stopped["transfusion_free_from_month"].notna().all()


# ------------------------------------------------------------------ a sheet that agrees with itself


def months(own: pd.DataFrame, first: int, last: int) -> pd.Series:
    return own[[f"Transfusion_{m}M" for m in range(first, last + 1)]].sum(axis=1)


def test_month_totals_of_transfusion_add_up_to_the_totals_of_each_patient():
    own = sheet(2024)
    tdt = own[(own["phenotype"] == "TDT") & own["withdrawn_month"].isna()]
    assert (months(tdt, 1, 24) == tdt["transfusion_units_after"]).all()
    assert (months(tdt, -2, 0) <= tdt["transfusion_units_before"] / 4).all()
    reduction = 100 * (1 - tdt["transfusion_units_after"] / tdt["transfusion_units_before"])
    assert (reduction - tdt["transfusion_reduction_percent"]).abs().max() <= 0.05 + CLOSE
    second = sheet(2020)
    tdt = second[(second["phenotype"] == "TDT") & (second["duration_months"] >= 3)]
    assert (months(tdt, 1, 3) == tdt["transfusion_units_after"]).all()


def test_the_window_of_months_4_to_6_gives_the_printed_class():
    own = sheet(2024)
    tdt = own[(own["phenotype"] == "TDT") & own["withdrawn_month"].isna()]
    less = 100 * (1 - months(tdt, 4, 6) / months(tdt, -2, 0))
    by_window = pd.cut(
        less, [-100, 25, 50, 100, 101], right=False, labels=["NR", "SLR", "MiR", "MaR"]
    )
    by_total = pd.cut(
        tdt["transfusion_reduction_percent"],
        [-100, 25, 50, 101],
        right=False,
        labels=["NR", "SLR", "free"],
    )
    assert by_window.value_counts().to_dict() == {"MaR": 21, "SLR": 9, "NR": 4, "MiR": 0}
    assert ((by_window == "MaR") == (by_total == "free")).all()
    assert (
        by_window.astype(str)[by_total != "free"] == by_total.astype(str)[by_total != "free"]
    ).all()


def test_transfusion_stops_in_the_month_that_is_given():
    own = sheet(2024)
    for month, n in ((1, 16), (3, 5)):
        rows = own[own["transfusion_free_from_month"] == month]
        assert len(rows) == n
        assert (months(rows, month, 24) == 0).all()
        assert month == 1 or (months(rows, 1, month - 1) > 0).all()


def test_the_four_who_withdrew_have_values_until_then_and_none_after():
    own = sheet(2024)
    withdrawn = own[own["withdrawn_month"].notna()]
    assert sorted(withdrawn["withdrawal_reason"]) == [
        "menstrual disorder",
        "rash",
        "rash",
        "transplantation",
    ]
    for month in (0, 1, 3, 6, 12, 18, 24):
        known = withdrawn[
            [f"{name}_{month}M" for name in ("Hb", "HbF", "Ferritin", "Dose")]
        ].notna()
        assert (known.all(axis=1) == (withdrawn["withdrawn_month"] >= month)).all()
        assert (known.any(axis=1) == known.all(axis=1)).all()


def test_doses_follow_the_rule_of_age_and_weight():
    own = sheet(2024)
    small = (own["age"] < 14) | (own["weight"] < 25)
    assert (own.loc[small, "Dose_0M"] == 37.5).all() and (own.loc[~small, "Dose_0M"] == 50).all()
    second = sheet(2020)
    assert second.loc[second["Dose_0M"] == 100, "phenotype"].eq("TDT").all()


def test_values_are_plausible():
    for year in SHEETS:
        own = sheet(year)

        def block(name, own=own):
            return own[[c for c in own if c.startswith(f"{name}_")]].stack().dropna()

        assert block("Hb").between(25, 145).all()
        assert (block("Hb") % 1 == 0).all()
        assert block("HbF").between(0.5, 99).all()
        assert block("Ferritin").between(60, 20_000).all()
    second = sheet(2020)
    for month in (0, 3, 12, 24):
        both = second[[f"Indirect bilirubin_{month}M", f"Total bilirubin_{month}M"]].dropna()
        assert (both.iloc[:, 0] < both.iloc[:, 1]).all()


def test_after_withdrawal_haemoglobin_goes_back_to_baseline_in_ten_responders():
    own = sheet(2020)
    stopped = own[own["withdrawn_month"].ge(3) & (own["withdrawal_reason"] != "no response")]
    assert len(stopped) == 10
    for _, patient in stopped.iterrows():
        stop = int(patient["withdrawn_month"])
        later = [m for m in range(stop + 1, stop + 5) if pd.notna(patient.get(f"Hb_{m}M"))]
        assert len(later) == 2
        assert patient[f"Hb_{later[-1]}M"] < patient[f"Hb_{stop}M"]
        assert abs(patient[f"Hb_{later[-1]}M"] - patient["Hb_0M"]) <= 10


# ------------------------------------------------------------------ the files


@pytest.mark.parametrize(("year", "rows"), [(2024, 52), (2020, 71)])
def test_a_sheet_has_one_row_per_patient_and_a_byte_order_mark(year, rows):
    raw = (DATA / SHEETS[year]).read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and b"\r" not in raw
    own = sheet(year)
    assert len(own) == own["patient_id"].nunique() == rows


@pytest.mark.slow
def test_making_them_again_gives_the_same_bytes(tmp_path):
    make_sheets(tmp_path)
    for name in SHEETS.values():
        assert (tmp_path / name).read_bytes() == (DATA / name).read_bytes(), name
