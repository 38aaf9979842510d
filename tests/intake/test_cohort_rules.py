"""From cells to the cohort: time, treatment, classes, duplicates, damage."""

from __future__ import annotations

import numpy as np
import pytest

from tests.intake.reading import codes, issue, read, read_sheets_of, series
from tests.layouts.grid import Grid
from thal_core.derive.on_drug import with_on_drug
from thal_core.intake.timeline.nominal_months import snap
from thal_core.issues import CohortError, translate_issues


# --- errors
# ------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["sex", "month", "Hb"], ["M", 0, 80], ["M", 3, 85]], "intake.no_patient_column"),
        ([["patient_id", "Hb 0M"]], "intake.header_alone"),
        ([["a"], ["1"]], "intake.no_table"),
    ],
)
def test_what_cannot_be_a_cohort_is_refused_in_one_sentence(
    rows: list[list[object]], code: str
) -> None:
    with pytest.raises(CohortError) as caught:
        read(*rows)
    assert caught.value.code == code
    assert caught.value.text("zh") != caught.value.text("en") and "\n" not in str(caught.value)


# --- time
# --------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "month"),
    [
        (0, 0),
        (-30, 0),
        (7, 0),
        (8, 0.26),
        (30, 1),
        (45, 1),
        (46, 2),
        (76, 2),
        (77, 3),
        (183, 6),
        (137, 6),
        (136, 3),
        (228, 6),
        (229, 9),
        (426, 12),
        (427, 14.03),
        (-62, -2.04),
        (-60, 0),
    ],
)
def test_a_visit_stands_for_the_nearest_nominal_month(day: float, month: float) -> None:
    assert snap(np.array([day / 30.4375]), np.array([float(day)]))[0] == pytest.approx(
        month, abs=0.006
    )


def test_the_nearest_day_stands_for_its_month() -> None:
    cohort = read(
        ["id", "first dose date", "date", "Hb"],
        ["1", "2020-01-01", "2020-01-01", 70],
        ["1", "2020-01-01", "2020-06-20", 80],
        ["1", "2020-01-01", "2020-07-04", 85],
    )
    assert cohort.visits[["month", "nominal", "hb_g_per_l"]].to_numpy().tolist() == [
        [0, True, 70],
        [6, False, 80],
        [6, True, 85],
    ]


def test_hb_before_a_transfusion_stands_first() -> None:
    cohort = read(
        ["id", "first dose date", "date", "Hb", "hb timing"],
        ["1", "2020-01-01", "2020-01-01", 70, "pre"],
        ["1", "2020-01-01", "2020-07-02", 95, "输血后"],
        ["1", "2020-01-01", "2020-06-29", 75, "输血前"],
    )
    assert cohort.visits.loc[cohort.visits["nominal"], "hb_g_per_l"].tolist() == [70, 75]


def test_pre_and_post_transfusion_hb_in_columns() -> None:
    cohort = read(["id", "month", "输血前Hb", "输血后Hb"], ["1", 0, 70, None], ["1", 1, None, 100])
    assert cohort.visits["hb_timing"].tolist() == ["pre_transfusion", "post_transfusion"]


def test_visit_labels_need_their_months() -> None:
    rows = (["id", "visit", "Hb"], ["1", "V1", 70], ["1", "V2", 80])
    assert "intake.nothing_measured" in codes(read(*rows))
    assert series(read(*rows, settings={"visit_months": "V1=0,V2=6"}), "hb_g_per_l") == {
        0: 70,
        6: 80,
    }


def test_counted_visits_are_not_months() -> None:
    cohort = read(["id", "sex", "Hb1", "Hb2", "Hb3", "HbF 0M"], ["1", "M", 70, 80, 90, 5])
    assert cohort.visits["hb_g_per_l"].notna().sum() == 0
    assert codes(cohort).count("intake.time_unclear") == 3
    assert sorted(cohort.extra["value"]) == ["70", "80", "90"]


def test_after_treatment_without_a_month_is_asked() -> None:
    rows = (["id", "Hb 治疗前", "Hb 治疗后"], ["1", 70, 90])
    assert series(read(*rows), "hb_g_per_l") == {0: 70}
    assert series(read(*rows, settings={"post_month": "6"}), "hb_g_per_l") == {0: 70, 6: 90}


def test_ambiguous_dates_say_how_they_were_read() -> None:
    rows = (["id", "first dose date", "date", "Hb"], ["1", "01/01/2020", "02/07/2020", 80])
    assert "intake.date_order_assumed" in codes(read(*rows))
    assert series(read(*rows, settings={"date_order": "mdy"}), "hb_g_per_l") == {1: 80}


# --- treatment
# ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("stop", "month", "on"),
    [(5, 6, False), (6, 6, True), (5.1, 6, True), (None, 24, True), (0, 0, True)],
)
def test_off_drug_is_30_days_after_the_last_dose(
    stop: float | None, month: float, on: bool
) -> None:
    cohort = read(["id", "停药时间", f"Hb {month}M"], ["1", stop, 80])
    assert with_on_drug(cohort).visits["on_drug"].tolist() == [on]


def test_a_dose_of_0_is_off_drug() -> None:
    cohort = read(["id", "month", "Hb", "dose"], ["1", 0, 70, 0], ["1", 3, 80, 50], ["1", 6, 80, 0])
    assert with_on_drug(cohort).visits["on_drug"].tolist() == [True, True, False]
    assert cohort.patients.loc["1", ["dose_start_mg_per_day", "dose_last_mg_per_day"]].tolist() == [
        50,
        50,
    ]


def test_thalidomide_stopped_and_started_again() -> None:
    drugs = Grid(
        "d",
        [
            ["id", "drug", "start month", "stop month"],
            ["1", "thalidomide", 0, 3],
            ["1", "沙利度胺", 8, None],
            ["2", "thalidomide", 0, 3],
        ],
    )
    visits = Grid("v", [["id", "month", "Hb"], ["1", 12, 80], ["2", 12, 80], ["2", 3, 80]])
    assert with_on_drug(read_sheets_of(drugs, visits)).visits.set_index(["patient_id", "month"])[
        "on_drug"
    ].to_dict() == {
        ("1", 12): True,
        ("2", 12): False,
        ("2", 3): True,
    }


def test_hb_of_ntdt_without_transfusion_is_untransfused() -> None:
    cohort = read(
        ["id", "phenotype", "Hb 0M", "Hb 6M", "Transfusion 5M (U)"],
        ["1", "NTDT", 70, 80, 2],
        ["2", "TDT", 70, 80, 2],
    )
    assert cohort.visits["hb_timing"].tolist() == ["untransfused", "unknown", "unknown", "unknown"]


def test_transfused_without_phenotype_is_tdt_with_a_note() -> None:
    cohort = read(["id", "Hb 0M", "输血量减少率"], ["1", 70, 30], ["2", 80, None])
    assert cohort.patients["phenotype"].isna().tolist() == [False, True]
    assert issue(cohort, "intake.judged_tdt")["patient_id"] == "1"


def test_drug_columns_become_treatments() -> None:
    cohort = read(
        ["id", "Hb 0M", "chelator", "chelator_start_month", "阿司匹林"],
        ["1", 70, "DFO+DFX", 2, "是"],
        ["2", 70, "无", None, "否"],
    )
    assert cohort.treatments[["patient_id", "drug"]].to_numpy().tolist() == [
        ["1", "deferoxamine"],
        ["1", "deferasirox"],
        ["1", "antithrombotic"],
    ]


def test_columns_named_after_events() -> None:
    cohort = read(["id", "Hb 0M", "皮疹", "便秘"], ["1", 70, "是", "2级"], ["2", 70, "否", "无"])
    assert cohort.events[["patient_id", "event"]].to_numpy().tolist() == [
        ["1", "rash"],
        ["1", "constipation"],
    ]
    assert cohort.events["grade"].tolist()[1] == 2


# --- codes
# -------------------------------------------------------------------------------------------------
@pytest.mark.parametrize("values", [[1, 0], [1, 2], [2, 2]])
def test_numbers_for_sex_are_asked_about(values: list[int]) -> None:
    cohort = read(["id", "sex", "Hb 0M"], *([n, v, 80] for n, v in enumerate(values)))
    assert cohort.patients["sex"].isna().all()
    assert "1=male" in issue(cohort, "intake.codes_ambiguous.sex")["action"]
    assert read(
        ["id", "sex", "Hb 0M"], ["1", 2, 80], settings={"sex_codes": "1=male,2=female"}
    ).patients["sex"].tolist() == ["female"]


def test_numbers_for_yes_and_no_are_shown_with_counts() -> None:
    cohort = read(["id", "切脾", "Hb 0M"], ["1", 1, 80], ["2", 0, 80], ["3", 0, 80])
    assert cohort.patients["splenectomy"].tolist() == [True, False, False]
    assert "0 = no (2)" in issue(cohort, "intake.codes_read")["message"]
    assert "intake.codes_ambiguous.splenectomy" in codes(
        read(["id", "spleen status", "Hb 0M"], ["1", 1, 80], ["2", 2, 80])
    )


def test_a_strange_code_is_named_and_left_out() -> None:
    cohort = read(["id", "sex", "Hb 0M"], ["1", "purple", 80], ["2", "M", 80])
    assert issue(cohort, "intake.cell.strange_code")[["cell", "raw"]].tolist() == ["B2", "…"]


# --- genotypes
# ---------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("text", "suggestion"),
    [("1", "-28/-28"), ("8月9日", "CD8/9"), ("#NAME?", ""), ("28/17", "CD17/-28")],
)
def test_damaged_genotypes_are_named(text: str, suggestion: str) -> None:
    cohort = read(["id", "genotype", "Hb 0M"], ["1", text, 80], ["2", "βCD17/β-28", 80])
    row = cohort.issues[cohort.issues["code"].str.startswith("intake.genotype")].iloc[0]
    assert (row["cell"], row["severity"]) == ("B2", "error")
    assert suggestion in row["message"]
    assert cohort.patients["genotype"].isna().tolist() == [True, False]
    assert cohort.extra["value"].tolist() == [text]


def test_one_allele_keeps_its_class_and_no_genotype() -> None:
    patient = read(["id", "genotype", "Hb 0M"], ["1", "CD17", 80]).patients.iloc[0]
    assert patient[["allele_1", "beta_class"]].tolist() == ["CD17", "β0/?"]
    assert not isinstance(patient["genotype"], str)


def test_a_recorded_class_is_compared_and_never_used() -> None:
    cohort = read(
        ["id", "genotype", "class_printed", "Hb 0M"],
        ["1", "βCD41-42/βCD43", "β0/β+", 80],
        ["2", "βCD17/βEM", "β0/β+", 80],
    )
    assert cohort.patients["beta_class"].tolist() == ["β0/β0", "β0/βE"]
    assert issue(cohort, "intake.class_differs")["patient_id"] == "1"
    assert cohort.extra["value"].tolist() == ["β0/β+", "β0/β+"]


# --- duplicates
# --------------------------------------------------------------------------------------------
def test_copied_rows_count_once() -> None:
    cohort = read(["id", "month", "Hb"], ["1", 0, 70], ["1", 0, 70], ["1", 6, 90])
    assert series(cohort, "hb_g_per_l") == {0: 70, 6: 90}
    assert issue(cohort, "intake.duplicate.row")["cell"] == "A3"


@pytest.mark.parametrize(("choice", "value"), [("first", 70), ("last", 90), ("mean", 80)])
def test_conflicting_rows_follow_the_setting(choice: str, value: float) -> None:
    cohort = read(
        ["id", "month", "Hb"], ["1", 0, 70], ["1", 0, 90], settings={"duplicates": choice}
    )
    assert series(cohort, "hb_g_per_l") == {0: value}
    assert issue(cohort, f"intake.duplicate.{choice}")["cell"] == "C3"


@pytest.mark.parametrize(
    ("choice", "splenectomy", "duration"),
    [("first", True, 10), ("last", False, 20), ("mean", True, 15)],
)
def test_a_patient_on_two_rows_of_a_wide_sheet(
    choice: str, splenectomy: bool, duration: float
) -> None:
    cohort = read(
        ["id", "splenectomy", "duration", "Hb 0M"],
        ["1", "yes", 10, 70],
        ["1", "no", 20, None],
        settings={"duplicates": choice},
    )
    assert (
        cohort.n,
        cohort.patients["splenectomy"].iloc[0],
        cohort.patients["duration_months"].iloc[0],
    ) == (1, splenectomy, duration)
    assert "intake.duplicate.patient" in codes(cohort)


def test_two_transfusions_of_one_month_are_both_kept() -> None:
    cohort = read_sheets_of(
        Grid("t", [["id", "month", "units"], ["1", 1, 2], ["1", 1, 2]]),
        Grid("v", [["id", "month", "Hb"], ["1", 0, 80]]),
    )
    assert cohort.transfusions["units"].tolist() == [2, 2]


# --- issues
# ------------------------------------------------------------------------------------------------
def test_issues_speak_both_languages_and_give_a_remedy() -> None:
    cohort = read(
        ["id", "sex", "Hb 0M", "x", "备注"],
        ["1", "purple", "6.8±1.1", "abc", "皮疹"],
        ["2", 1, 500, "<b>", "无"],
        ["3", "M", 80, None, None],
        ["合计", None, 80, None, None],
    )
    chinese = translate_issues(cohort.issues, "zh")
    assert (
        not cohort.issues["message"].str.contains("intake.").any()
        and not chinese["message"].str.contains("intake.").any()
    )
    assert (cohort.issues["action"] != "").all() and (chinese["action"] != "").all()
    assert (cohort.issues["message"] != chinese["message"]).all()


def test_every_code_that_the_reader_says_is_in_the_catalogue() -> None:
    import re
    from pathlib import Path

    from thal_core.words import catalogue

    source = "".join(
        path.read_text(encoding="utf-8")
        for path in (Path(__file__).parents[2] / "thal_core" / "intake").rglob("*.py")
    )
    said = set(re.findall(r'"((?:intake|how)\.[a-z_.]*[a-z_])"', source))
    assert len(said) > 60
    assert said - set(catalogue()) == set()
