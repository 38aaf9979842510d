"""Units: the header's word is tested against the values, and no conversion is silent."""

from __future__ import annotations

import numpy as np
import pytest

from tests.intake.reading import codes, issue, read, series
from thal_core import read_cohort
from thal_core.intake.values.choose_unit import choose_unit
from thal_core.intake.values.quantities import as_typed

IDS = [str(n) for n in range(1, 7)]


def column(header: str, values: list[object], **settings: str) -> object:
    return read(
        ["patient_id", header],
        *([i, v] for i, v in zip(IDS, values, strict=False)),
        settings=settings,
    )


@pytest.mark.parametrize(
    ("written", "values", "unit", "why"),
    [
        ("g/L", [85, 90], "g/L", "header"),
        ("g/L", [8.5, 9], "g/dL", "contradicted"),
        ("g/dL", [85, 90], "g/L", "contradicted"),
        ("", [24.9], "g/dL", "values"),
        ("", [25], "g/L", "values"),
        ("mmol/L", [5.1], "mmol/L", "header"),
        ("", [], "g/L", "assumed"),
    ],
)
def test_hb_unit_by_header_and_values(
    written: str, values: list[float], unit: str, why: str
) -> None:
    choice = choose_unit("hb_g_per_l", written, np.array(values, dtype=float))
    assert (choice.unit.unit, choice.why) == (unit, why)


@pytest.mark.parametrize(("ratio", "unit"), [(1.02, "g/L"), (0.1, "g/dL"), (0.062, "mmol/L")])
def test_hb_against_rbc_times_mch_decides(ratio: float, unit: str) -> None:
    assert choose_unit("hb_g_per_l", "", np.array([5.0]), ratio).unit.unit == unit


def test_mmol_is_told_by_red_cells_beside_it() -> None:
    cohort = read(["patient_id", "Hb_0M", "RBC_0M", "MCH_0M"], *([i, 4.34, 3.3, 21.3] for i in IDS))
    assert series(cohort, "hb_g_per_l")[0] == pytest.approx(4.34 * 16.11)
    assert "intake.unit.from_values" in codes(cohort)


def test_a_header_that_contradicts_its_values_is_named() -> None:
    cohort = column("Hb 0M (g/L)", [8.4, 9.1, 7.7])
    assert series(cohort, "hb_g_per_l") == {0: 84}
    assert "g/dL" in issue(cohort, "intake.unit.contradicted")["message"]


def test_cells_in_another_unit_are_named_one_by_one() -> None:
    cohort = column("Hb 0M (g/L)", [84, 9.1, 77, "88 g/L", "8.2 g/dL"])
    assert cohort.visits["hb_g_per_l"].tolist() == [84, 91, 77, 88, 82]
    named = cohort.issues[cohort.issues["code"] == "intake.cell.other_unit"]
    assert named["cell"].tolist() == ["B6", "B3"] or named["cell"].tolist() == ["B3", "B6"]


@pytest.mark.parametrize(
    ("header", "values", "field", "expected"),
    [
        ("HbF 0M", [0.24, 0.5, 0.9], "hbf_percent", 24),
        ("HbF 0M (%)", [0.24, 0.5, 0.9], "hbf_percent", 24),
        ("HbF 0M (%)", [0.5, 24, 60], "hbf_percent", 0.5),
        ("SF 0M (pmol/L)", [2247, 4494, 6741], "ferritin_ng_per_ml", 1000),
        ("SF 0M (μg/L)", [1000, 2000, 3000], "ferritin_ng_per_ml", 1000),
        ("TBIL 0M (mg/dL)", [2, 3, 4], "tbil_umol_per_l", 34.2),
        ("TBIL 0M", [2, 3, 4], "tbil_umol_per_l", 34.2),
        ("Cr 0M (mg/dL)", [0.5, 0.6, 0.7], "creatinine_umol_per_l", 44.2),
        ("WBC 0M", [8000, 9000, 7000], "wbc_10e9_per_l", 8),
        ("PLT 0M", [250000, 300000, 150000], "platelets_10e9_per_l", 250),
        ("RBC 0M (M/µL)", [3.3, 3.4, 3.5], "rbc_10e12_per_l", 3.3),
        ("LDH 0M (µkat/L)", [4, 5, 6], "ldh_u_per_l", 240),
        ("weight 0M (lb)", [110, 120, 100], "weight_kg", 49.895161),
    ],
)
def test_units_of_other_quantities(
    header: str, values: list[object], field: str, expected: float
) -> None:
    assert series(column(header, values), field)[0] == pytest.approx(expected)  # type: ignore[arg-type]


def test_two_small_percentages_are_not_taken_for_fractions() -> None:
    assert series(column("HbF 0M", [0.5, 0.9]), "hbf_percent") == {0: 0.5}
    assert column("输血减少率", [0.31]).patients["transfusion_reduction_percent"].tolist() == [31]


def test_hbf_in_grams_needs_the_hb_of_the_visit() -> None:
    cohort = read(["patient_id", "Hb 0M (g/L)", "HbF 0M (g/L)"], ["1", 80, 20], ["2", None, 30])
    assert series(cohort, "hbf_percent") == {0: 25}
    assert issue(cohort, "intake.cell.needs_hb")["cell"] == "C3"


def test_a_person_may_overrule_the_unit() -> None:
    first = column("Hb 0M (g/L)", [8.4, 9.1, 7.7])
    by_hand = first.mapping.with_column("sheet", 1, unit="mmol/L")
    again = read(["patient_id", "Hb 0M (g/L)"], ["1", 8.4], ["2", 9.1], mapping=by_hand)
    assert series(again, "hb_g_per_l")[0] == pytest.approx(8.4 * 16.11)


@pytest.mark.parametrize(
    ("header", "field", "value", "kept"),
    [
        ("Hb 0M (g/L)", "hb_g_per_l", 220, True),
        ("Hb 0M (g/L)", "hb_g_per_l", 220.1, False),
        ("HbF 0M (%)", "hbf_percent", 100, True),
        ("HbF 0M (%)", "hbf_percent", 100.1, False),
        ("MCV 0M", "mcv_fl", 35, True),
        ("MCV 0M", "mcv_fl", 34.9, False),
        ("NRBC 0M (%)", "nrbc_per_100_wbc", 393, True),
    ],
)
def test_hard_limits(header: str, field: str, value: float, kept: bool) -> None:
    cohort = column(header, [80, 81, 82, value])
    assert (value in cohort.visits[field].tolist()) == kept
    assert ("intake.cell.impossible" in codes(cohort)) != kept


@pytest.mark.parametrize(
    ("value", "listed"), [(40, False), (39.9, True), (150, False), (150.1, True)]
)
def test_unusual_values_are_kept_and_listed(value: float, listed: bool) -> None:
    cohort = column("Hb 0M (g/L)", [80, 81, 82, value])
    assert value in cohort.visits["hb_g_per_l"].tolist()
    assert cohort.issues["code"].str.contains("unusual").any() == listed


def test_censored_values_enter_as_their_limit_with_a_flag() -> None:
    cohort = column("SF 0M", [">2000", 1500, "<10"])
    assert cohort.visits["ferritin_ng_per_ml"].tolist() == [2000, 1500, 10]
    assert cohort.visits["ferritin_ng_per_ml_censored"].tolist() == [True, False, True]


@pytest.mark.parametrize(
    ("header", "value", "units", "months"),
    [
        ("治疗前输血量(U/年)", 24, 24, 12),
        ("transfusion before (mL/year)", 4800, 24, 12),
        ("年输血量", 24, 24, None),
        ("用药前输血量", 24, 24, None),
    ],
)
def test_transfusion_before_treatment(
    header: str, value: float, units: float, months: float | None
) -> None:
    patients = column(header, [value]).patients  # type: ignore[attr-defined]
    assert patients["transfusion_units_before"].tolist() == [units]
    assert patients["transfusion_months_before"].dropna().tolist() == (
        [] if months is None else [months]
    )
    assert patients["phenotype"].tolist() == ["TDT"]


def test_transfusion_per_kg_uses_the_weight_and_the_volume_set() -> None:
    rows = (
        ["patient_id", "weight (kg)", "治疗前输血量(mL/kg/年)"],
        ["1", 50, 160],
        ["2", None, 150],
    )
    cohort = read(*rows, settings={"unit_volume_ml": "400"})
    assert cohort.patients["transfusion_units_before"].tolist()[0] == 160 * 50 / 400
    assert issue(cohort, "intake.cell.needs_weight")["cell"] == "C3"


def test_millilitres_of_single_transfusions_become_units() -> None:
    cohort = read(["编号", "月份", "输血量(ml)"], ["1", 0, 400], ["1", 1, 200])
    assert cohort.transfusions[["month", "units", "volume_ml"]].to_numpy().tolist() == [
        [0, 2, 400],
        [1, 1, 200],
    ]


def test_a_dose_per_kg_uses_the_weight() -> None:
    cohort = read(["patient_id", "weight (kg)", "Hb 0M", "Dose_0M (mg/kg/d)"], ["1", 25, 80, 2])
    assert series(cohort, "dose_mg_per_day") == {0: 50}


def test_a_converted_value_is_the_one_that_would_have_been_typed() -> None:
    typed = [float(f"{v / 100:.2f}") for v in range(300, 1600, 7)]
    assert list(as_typed(np.array(typed) * 10)) == [float(f"{v * 10:.1f}") for v in typed]


@pytest.mark.parametrize(("stopped", "expected"), [("6", True), ("5", False), ("", False)])
def test_dose_0_is_off_the_drug_unless_the_stop_is_known_to_be_within_30_days(
    stopped: str, expected: bool
) -> None:
    sheet = (
        "id,phenotype,Hb_0M,Hb_6M,withdrawn_month,Dose_0M,Dose_6M\n"
        f"1,NTDT,84,93,{stopped},50,0\n2,NTDT,70,101,,50,50\n"
    )
    visits = read_cohort(sheet.encode(), filename="a.csv").visits
    assert visits.loc[
        (visits["patient_id"] == "1") & (visits["month"] == 6), "on_drug"
    ].tolist() == [expected]


def test_a_point_parts_thousands_only_where_the_sheet_writes_decimal_commas() -> None:
    """A Turkish sheet: Hb 8,4 g/dL, ferritin 1.250; beside 8.4 the same cell is 1.25."""

    def ferritins(hb: str, *cells: str) -> list[float]:
        rows = [[f"P{n}", hb, cell] for n, cell in enumerate(cells)]
        cohort = read(["id", "Hb 0M (g/dL)", "Ferritin 0M (ng/mL)"], *rows)
        return cohort.visits["ferritin_ng_per_ml"].tolist()

    assert ferritins("8,4", "1.250", "980", "12.400") == [1250, 980, 12400]
    assert ferritins("8,4", "1.250,5", "980", "640") == [1250.5, 980, 640]
    assert ferritins("8.4", "1.250", "980", "640")[0] == 1.25
    assert ferritins("8,4", "1.250", "98.5", "640")[0] == 1.25  # a point is a decimal point here


def test_thousands_are_said_once() -> None:
    cohort = read(["id", "Hb 0M", "Ferritin 0M"], ["1", "8,4", "1.250"], ["2", "9,1", "2.310"])
    assert codes(cohort).count("intake.number.thousands") == 1
