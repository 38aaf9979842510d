"""What a header says: all of its words are understood, or none."""

from __future__ import annotations

import pytest

from thal_core.intake.text.headers import meanings, names, read_header
from thal_core.intake.text.timepoints import parse_time
from thal_core.intake.text.units import units_of
from thal_core.rules.catalogue import fields, read_rules


@pytest.mark.parametrize(
    ("text", "target", "month", "unit"),
    [
        ("Hb_0M (g/L)", "hb_g_per_l", 0, "g/L"),
        ("hb_0m_g_l", "hb_g_per_l", 0, "g/L"),
        ("Hb 6月", "hb_g_per_l", 6, ""),
        ("6M_Hb", "hb_g_per_l", 6, ""),
        ("HbF M12 (%)", "hbf_percent", 12, "%"),
        ("血红蛋白（g/L）第6月", "hb_g_per_l", 6, "g/L"),
        ("基线Hb", "hb_g_per_l", 0, ""),
        ("治疗后3个月HbF(%)", "hbf_percent", 3, "%"),
        ("用药后三个月血红蛋白", "hb_g_per_l", 3, ""),
        ("血清铁蛋白(ng/ml)半年", "ferritin_ng_per_ml", 6, "ng/mL"),
        ("WBC_3_10^9/L", "wbc_10e9_per_l", None, "10^9/L"),
        ("PLT(×10⁹/L)12M", "platelets_10e9_per_l", 12, "10^9/L"),
        ("Transfusion_-2M (U)", "transfusion", -2, "U"),
        ("输血量(U/年) 治疗前", "transfusion", 0, "U/year"),
        ("age (years)", "age_years", None, "years"),
        ("是否切脾", "splenectomy", None, ""),
        ("Hb after 6 months", "hb_g_per_l", 6, ""),
        ("1年Hb", "hb_g_per_l", 12, ""),
        ("ＨＢ（ｇ／Ｌ）", "hb_g_per_l", None, "g/L"),
        ("住院号", "record_number", None, ""),
        ("efficacy_level", "recorded_response", None, ""),
    ],
)
def test_a_header_is_understood_whole(
    text: str, target: str, month: float | None, unit: str
) -> None:
    header = read_header(text)
    at = header.time.value if header.time and header.time.kind == "month" else None
    assert (header.target, at, header.unit) == (target, month, unit)


@pytest.mark.parametrize(
    "text",
    [
        "ΔHb 6M",
        "Hb change 6M",
        "HbA1c",
        "CD17",
        "BCL11A",
        "Hb target",
        "mean of Hb difference",
        "Hb/HbF",
        "",
    ],
)
def test_what_is_not_covered_whole_is_not_guessed(text: str) -> None:
    assert read_header(text).target == ""


@pytest.mark.parametrize(
    ("text", "target"),
    [("HbA2", "hba2_percent"), ("T2*", "cardiac_t2star_ms"), ("mutation 1", "allele_1")],
)
def test_names_that_end_in_digits_are_not_times(text: str, target: str) -> None:
    assert (read_header(text).target, read_header(text).time) == (target, None)


@pytest.mark.parametrize(
    "text",
    [
        "姓名",
        "患者姓名",
        "身份证号",
        "联系电话",
        "家庭住址",
        "E-mail",
        "主管医师",
        "patient name",
        "Phone No.",
    ],
)
def test_identifying_headers(text: str) -> None:
    assert read_header(text).target.startswith("identifying/")


def test_numbered_groups_keep_their_number() -> None:
    assert (read_header("event_2_month").target, read_header("event_2_month").number) == (
        "event_month",
        2,
    )
    assert (read_header("不良反应1分级").target, read_header("不良反应1分级").number) == (
        "grade",
        1,
    )


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("6M", 6),
        ("M6", 6),
        ("month_6_arm_1", 6),
        ("Month 6 (Arm 1: Thalidomide)", 6),
        ("Visit 3 (Month 6)", 6),
        ("第6月", 6),
        ("6个月", 6),
        ("半年", 6),
        ("两年", 24),
        ("治疗后3月", 3),
        ("baseline_arm_1", 0),
        ("BL", 0),
        ("用药前", 0),
        ("screening", 0),
        ("W12", 12 * 12 / 52.1775),
    ],
)
def test_time_labels(text: str, month: float) -> None:
    time = parse_time(text)
    assert time is not None
    assert (time.kind, round(time.value, 6)) == ("month", round(month, 6))


@pytest.mark.parametrize(
    ("text", "kind"), [("V3", "visit"), ("第2次随访", "visit"), ("治疗后", "post"), ("6", "bare")]
)
def test_times_that_need_more(text: str, kind: str) -> None:
    time = parse_time(text)
    assert time is not None and time.kind == kind


@pytest.mark.parametrize("text", ["Unscheduled", "", "abc", "12/2023"])
def test_no_time(text: str) -> None:
    assert parse_time(text) is None


def test_every_alias_and_unit_belongs_to_a_field_or_role() -> None:
    known = {*fields(), *(row["field"] for row in read_rules("roles")), "week"}
    known |= {quantity for quantity, _ in meanings()}
    strangers = {
        t for t, _ in names().values() if not t.startswith(("identifying/", "event/"))
    } - known
    unit_fields = {f for row in read_rules("units") for f in row["fields"].split()} - known
    assert (strangers, unit_fields) == (set(), set())


def test_the_first_unit_of_a_quantity_is_canonical() -> None:
    assert [f for f in fields() if units_of(f) and units_of(f)[0].factor != 1] == []
