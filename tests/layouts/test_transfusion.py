"""However transfusion is written down, the patients' classes come out the same."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta

import pandas as pd
import pytest

from tests.layouts.clinic import answer, first_dose, people, static_of, value
from tests.layouts.grid import Grid
from thal_core.cohort import Cohort
from thal_core.derive.record import complete
from thal_core.derive.response import classify_response
from thal_core.intake.parse_file import parse_sheets
from thal_core.mapping import Mapping

Patient = pd.Series
TOTALS = (
    "transfusion_units_before",
    "transfusion_months_before",
    "transfusion_units_after",
    "transfusion_months_after",
    "transfusion_reduction_percent",
    "transfusion_free_from_month",
    "withdrawn_month",
    "duration_months",
)


def sheet(headers: Sequence[str], cells: Callable[[int, Patient], list[object]]) -> Grid:
    rows: list[list[object]] = [
        ["编号", "性别", "年龄", "分型", "基因型", "Hb 0M", "Hb 6M", *headers]
    ]
    for number, (person, (_, patient)) in enumerate(
        zip(people(), answer().patients.iterrows(), strict=True)
    ):
        hb = [value(str(person["id"]), month, "hb_g_per_l") for month in (0, 6)]
        rows.append([person["id"], *static_of(person), *hb, *cells(number, patient)])
    return Grid("s", rows)


def number(of: object, divided_by: float = 1, times: float = 1) -> float | None:
    return None if pd.isna(of) else float(of) / divided_by * times  # type: ignore[arg-type]


def free(patient: Patient, text: str) -> str | None:
    month = patient["transfusion_free_from_month"]
    return None if pd.isna(month) else text.format(month)


def amounts() -> dict[tuple[str, float], float]:
    rows = answer().transfusions
    return dict(
        zip(zip(rows["patient_id"], rows["month"], strict=True), rows["units"], strict=True)
    )


def without_totals() -> Cohort:
    """The known answer as far as monthly amounts alone tell it."""
    return replace(
        answer(), patients=answer().patients.assign(**dict.fromkeys(TOTALS, float("nan")))
    )


def without_free() -> Cohort:
    """The known answer as far as the totals of two windows alone tell it."""
    gone = dict.fromkeys((*TOTALS[4:],), float("nan"))
    rows = answer().transfusions
    return replace(answer(), patients=answer().patients.assign(**gone), transfusions=rows.iloc[:0])


STATED = {
    "percent and month": sheet(
        ["输血减少率(%)", "脱离输血时间"],
        lambda n, p: [number(p["transfusion_reduction_percent"]), free(p, "{:g}")],
    ),
    "share of 1 and 3M": sheet(
        ["Transfusion reduction", "Transfusion-free from"],
        lambda n, p: [number(p["transfusion_reduction_percent"], 100), free(p, "{:g}M")],
    ),
    "cells in percent, yes or no": sheet(
        ["TR", "是否脱离输血"],
        lambda n, p: [
            None
            if pd.isna(p["transfusion_reduction_percent"])
            else f"{p['transfusion_reduction_percent']:g}%",
            "否" if free(p, "") is None else "是",
        ],
    ),
    "a sentence": sheet(
        ["输血量减少（%）", "脱离输血"],
        lambda n, p: [
            number(p["transfusion_reduction_percent"]),
            free(p, "用药{:g}个月后脱离") or "未脱离",
        ],
    ),
}
WINDOWS = {
    "totals, the window in the header": sheet(
        ["用药前24个月输血量(U)", "用药后24个月输血量(U)"],
        lambda n, p: [number(p["transfusion_units_before"]), number(p["transfusion_units_after"])],
    ),
    "totals in English": sheet(
        ["units in the 24 months before", "units in the 24 months after"],
        lambda n, p: [number(p["transfusion_units_before"]), number(p["transfusion_units_after"])],
    ),
    "units a year": sheet(
        ["治疗前年输血量(U/年)", "治疗后年输血量(U/年)"],
        lambda n, p: [
            number(p["transfusion_units_before"], 2),
            number(p["transfusion_units_after"], 2),
        ],
    ),
    "millilitres a month": sheet(
        ["治疗前输血量(ml/月)", "治疗后输血量(ml/月)"],
        lambda n, p: [
            number(p["transfusion_units_before"], 24, 200),
            number(p["transfusion_units_after"], 24, 200),
        ],
    ),
}


def _monthly() -> dict[str, list[Grid]]:
    given, none = amounts(), sheet([], lambda n, p: [])
    months = sorted({month for _, month in given})

    def columns(header: Callable[[float], str], times: float = 1) -> list[Grid]:
        return [
            sheet(
                [header(m) for m in months],
                lambda n, p: [number(given.get((str(p.name), m)), 1, times) for m in months],
            )
        ]

    place = {str(p["id"]): n for n, p in enumerate(people())}
    dates = {
        key: first_dose(place[key[0]]) + timedelta(days=round((key[1] - 0.5) * 30.4375))
        for key in given
    }
    starts = sheet(["首次用药日期"], lambda n, p: [first_dose(n).isoformat()])
    rows = [
        ["编号", "输血日期", "输血量(ml)"],
        *([key[0], dates[key].isoformat(), 200 * units] for key, units in given.items()),
    ]
    return {
        "a column per month": columns(
            lambda m: f"输血量{m:g}月(U)" if m >= 0 else f"用药前{-m:g}月输血量(U)"
        ),
        "millilitres per month": columns(lambda m: f"Transfusion_{m:g}M (mL)", 200),
        "a row per month": [
            none,
            Grid(
                "输血",
                [["编号", "月份", "输血量"], *([*key, units] for key, units in given.items())],
            ),
        ],
        "a row per transfusion": [starts, Grid("输血记录", rows)],
    }


def classes(cohort: Cohort) -> list[str]:
    return classify_response(cohort, "yang2024")["response"].tolist()


@pytest.mark.parametrize("name", STATED)
def test_a_stated_reduction(name: str) -> None:
    assert classes(complete(parse_sheets([STATED[name].sheet()], Mapping()).cohort)) == classes(
        answer()
    )


@pytest.mark.parametrize("name", WINDOWS)
def test_totals_of_two_windows(name: str) -> None:
    assert classes(complete(parse_sheets([WINDOWS[name].sheet()], Mapping()).cohort)) == classes(
        without_free()
    )


@pytest.mark.parametrize("name", _monthly())
def test_monthly_amounts(name: str) -> None:
    cohort = complete(parse_sheets([grid.sheet() for grid in _monthly()[name]], Mapping()).cohort)
    assert classes(cohort) == classes(without_totals())


def test_the_published_13_patients_get_their_printed_classes() -> None:
    from pathlib import Path

    from thal_core.reader import read_cohort

    cohort = read_cohort(Path(__file__).parents[1] / "data" / "table3_2024.csv")
    printed = cohort.extra[cohort.extra["column"] == "efficacy_level"]["value"].tolist()
    assert classes(cohort) == printed
    assert (
        sum(
            a == b
            for a, b in zip(
                classify_response(cohort, "yang2024_printed")["response"], printed, strict=True
            )
        )
        == 6
    )
