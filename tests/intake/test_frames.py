"""Frames of slots: what can never be read silently, windows of totals, proposals, and that blanks,
case, order and full-width forms change no meaning.
"""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.header_sheets import N, reading_of
from tests.intake.reading import read
from thal_core.intake.text.headers import Header, read_header
from thal_core.intake.text.timepoints import Timepoint, without_window
from thal_core.mapping import Candidate, ColumnReading

NEIGHBOURS = "how.candidate.neighbours"
QUANTITIES = ("Hb", "血红蛋白", "HbF", "Ferritin", "铁蛋白", "PLT", "ALT", "LDH", "Hémoglobine")
TIMES = {"6M": 6, "第6月": 6, "month 6": 6, "baseline": 0, "基线": 0, "6個月": 6, "12 months": 12}
FULL = str.maketrans({c: chr(ord(c) + 0xFEE0) for c in "0123456789MmHhbB()/%"})


def said(header: Header) -> tuple[str, Timepoint | None, str]:
    return header.target, header.time, header.unit


@given(
    st.sampled_from(QUANTITIES),
    st.sampled_from(sorted(TIMES)),
    st.booleans(),
    st.sampled_from("_ -"),
)
@settings(max_examples=60, deadline=None)
def test_order_case_and_form_change_no_meaning(
    name: str, time: str, turned: bool, between: str
) -> None:
    header = read_header(f"{name} {time}")
    assert header.target and header.time == Timepoint("month", TIMES[time])
    words = (time, name) if turned else (name, time)
    text = between.join(words) if between != "-" else " ".join(words)
    for form in (text, text.upper(), f"  {text}  ", text.replace(" ", "  ")):
        assert said(read_header(form)) == said(header), form
    assert said(read_header(f"{name} {time}".translate(FULL))) == said(header)


@given(st.lists(st.sampled_from(["hb", "6m", "of", "iron", "delta", "before", "u", "24", "最高"])))
@settings(max_examples=150, deadline=None)
def test_a_strange_word_is_never_passed_over(words: list[str]) -> None:
    if {"iron", "delta", "最高"} & set(words):
        assert not read_header(" ".join(words)).target


@pytest.mark.parametrize(
    "text",
    """Hb 2016|Hb 2016年|Hb 2022.3|初诊Hb|Hb at diagnosis|Hb≥90|Hb 6M+|Hb 1-3m|Hb Q1|HbA1c|HbS|HbH
    serum iron|TIBC|转铁蛋白|father's Hb|母亲血红蛋白|donor Hb|Max Hb|Hb target|Hb增幅
    6月Hb较基线变化
    Units last 6 months|Number of transfusions after|用药后6个月输血次数|transfusions per year
    3个月总输血量|Liver below costal margin (cm)|max dose
    total dose
    停药3月后Hb|Hb 3m after last dose|出生体重|age at diagnosis|RET#|W-4 Hb|plasma transfusion
    Thalidomide (Y/N)|hydroxyurea dose|TDT after 6 months|HbA 6M""".replace("\n", "|").split("|"),
)
def test_what_is_not_wholly_understood_is_not_read(text: str) -> None:
    assert read_header(text.strip()).target in ("", "extra")


@pytest.mark.parametrize(
    ("text", "target", "month", "window"),
    [
        ("units before (24 months)", "transfusion_units_before", None, 24),
        ("Units (U/24m) before", "transfusion", 0, 24),
        ("前2年输血量U", "transfusion", -24, None),
        ("用药前3月Hb", "hb_g_per_l", -3, None),
        ("Hb 3 months before thalidomide", "hb_g_per_l", -3, None),
        ("BT M-1 (U)", "transfusion", -1, None),
        ("Hb M-6", "hb_g_per_l", 6, None),
        ("BHB", "hb_g_per_l", 0, None),
        ("HGBBL", "hb_g_per_l", 0, None),
        ("TRBEF", "transfusion_units_before", None, None),
        ("用藥前血紅蛋白 g/dL", "hb_g_per_l", 0, None),
        ("Haemaglobin (3/12)", "hb_g_per_l", 3, None),
        ("hemoglobin e", "hbe_percent", None, None),
        ("hemoglobine", "hb_g_per_l", None, None),
    ],
)
def test_times_windows_and_joined_names(
    text: str, target: str, month: float | None, window: float | None
) -> None:
    header = read_header(text)
    assert header.target == target and header.window == window
    assert (header.time.value if header.time else None) == month


def test_a_window_behind_a_unit() -> None:
    assert without_window("units (U/24m)") == ("units (U)", 24)
    assert without_window("units (U/2年)") == ("units (U)", 24)
    assert without_window("Haemoglobin 6m") == ("Haemoglobin 6m", None)


def patients(*columns: tuple[str, list[object]]) -> tuple[ColumnReading, ...]:
    columns = (("ID", [f"P{n}" for n in range(N)]), ("Hb 0M", [80 + n for n in range(N)]), *columns)
    rows = [list(row) for row in zip(*(values for _, values in columns), strict=True)]
    cohort = read([name for name, _ in columns], *rows)
    return cohort.mapping.columns[2:]


def test_the_window_of_a_total_reaches_the_cohort() -> None:
    total = [30 + n for n in range(N)]
    header = ["ID", "Hb 0M", "用药前24月输血总量(U)", "用药后6月输血量(U)"]
    rows = [[f"P{n}", 80, total[n], n] for n in range(N)]
    cohort = read(header, *rows)
    assert set(cohort.patients["transfusion_months_before"]) == {24}
    assert set(cohort.patients["transfusion_months_after"]) == {6}
    assert cohort.transfusions.empty


def test_a_total_after_alone_is_asked() -> None:
    (column,) = patients(("用药后6个月输血量(U)", [n for n in range(N)]))
    assert column.field == "extra"
    assert column.candidates[0].field == "transfusion_units_after"


@pytest.mark.parametrize(
    ("header", "values", "field"),
    [
        ("Start of thalidomide", ["2020-01-02"] * N, "first_dose_date"),
        ("Start of thalidomide", [50, 75] * (N // 2), "extra"),
        ("停药时间", ["2020-01-02", "2020-03-04"] * (N // 2), "last_dose_date"),
        ("停药时间", [3, 6] * (N // 2), "withdrawn_month"),
        ("thalidomide", [0, 1] * (N // 2), "extra"),
        ("Hb 3M", [1, 2] * (N // 2), "extra"),
        ("Hb 3M", ["good", "bad"] * (N // 2), "extra"),
        ("用药", ["每月2U", "每月3U"] * (N // 2), "extra"),
        ("用药", ["地拉罗司", "去铁酮"] * (N // 2), "drug"),
        ("HbA", [1.5, 30.5] * (N // 2), "extra"),
    ],
)
def test_values_must_be_of_the_header_s_kind(header: str, values: list[object], field: str) -> None:
    assert patients((header, values))[0].field == field


@pytest.mark.parametrize(
    ("header", "field", "month", "why"),
    [
        ("ferittin 6M", "ferritin_ng_per_ml", 6, "spelling"),
        ("Hb zzz 3M", "hb_g_per_l", 3, "words"),
        ("V3 Hb", "hb_g_per_l", 3, "time"),
        ("血色素(末次)", "hb_g_per_l", 6, "time"),
        ("用药天数", "duration_months", None, "words"),
        ("脾脏大小(cm)", "spleen_cm_below_margin", None, "time"),
    ],
)
def test_proposals(header: str, field: str, month: float | None, why: str) -> None:
    first = reading_of(header, "hb_g_per_l", "g/L").candidates[0]
    assert (first.field, first.why) == (field, f"how.candidate.{why}")
    assert month is None or first.month == month


def test_a_column_between_two_of_one_quantity_is_proposed_as_it() -> None:
    odd = patients(("qqq", [501 + n for n in range(N)]), ("Hb 6M", [90 + n for n in range(N)]))[0]
    assert odd.field == "extra" and Candidate("hb_g_per_l", None, "", NEIGHBOURS) in odd.candidates


def test_a_number_that_the_sheet_names_as_a_month_is_one() -> None:
    assert reading_of("ALT 6", "alt_u_per_l").month == 6
    assert reading_of("SF0", "ferritin_ng_per_ml").month == 0
    for header in ("Hb4", "血红蛋白3", "Hb.1"):
        found = reading_of(header, "hb_g_per_l", "g/L")
        assert found.field == "extra" and found.candidates[0].field == "hb_g_per_l"


def test_the_issue_names_the_column_and_what_it_may_be() -> None:
    rows = [[f"P{n}", 80, 600 + n] for n in range(N)]
    issues = read(["ID", "Hb 0M", "ferittin 6M"], *rows).issues
    (issue,) = issues[issues["code"] == "intake.column.not_understood"].to_dict("records")
    assert issue["severity"] == "warning" and "ferritin" in str(issue["action"])


@pytest.mark.parametrize(
    "text", ["last transfusion date", "末次输血日期", "Date of last transfusion"]
)
def test_the_date_of_the_last_transfusion_is_understood_and_not_needed(text: str) -> None:
    assert read_header(text).target == "extra"
