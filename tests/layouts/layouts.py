"""The sample cohort written down as five clinics would; ``python -m tests.layouts.layouts DIR``
makes the files.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pandas as pd

from tests.layouts.grid import Grid, workbook
from thal_core.cohort import Cohort
from thal_core.genotype import spreadsheet_text
from thal_core.reader import read_cohort

SAMPLE = Path(__file__).parents[2] / "data" / "sample_cohort.csv"
MONTHS = (0, 1, 3, 6, 12, 18, 24)
ZH_MONTH = {0: "基线", 1: "1月", 3: "3月", 6: "6月", 12: "12月", 18: "18月", 24: "24月"}
LABS = {
    "hb_g_per_l": ("血红蛋白(g/L)", "HGB", "Hemoglobin", "g/L"),
    "hbf_percent": ("HbF(%)", "HBF", "Fetal Hemoglobin", "%"),
    "ferritin_ng_per_ml": ("铁蛋白(ng/mL)", "FERRITIN", "Ferritin", "ng/mL"),
    "platelets_10e9_per_l": ("血小板(10^9/L)", "PLAT", "Platelets", "10^9/L"),
}


def sample() -> Cohort:
    return read_cohort(SAMPLE)


def value(cohort: Cohort, patient: str, month: float, field: str) -> float | None:
    rows = cohort.visits[
        (cohort.visits["patient_id"] == patient) & (cohort.visits["month"] == month)
    ]
    number = rows[field].iloc[0] if len(rows) else float("nan")
    return None if pd.isna(number) else float(number)


def table(cohort: Cohort) -> dict[tuple[str, float], dict[str, float]]:
    """(patient, month) → its values, for quick look-up."""
    return {(r["patient_id"], r["month"]): r for r in cohort.visits.to_dict("records")}


def _cell(
    values: dict[tuple[str, float], dict[str, float]], patient: str, month: float, field: str
) -> float | None:
    number = values.get((patient, month), {}).get(field, float("nan"))
    return None if pd.isna(number) else float(number)


def wide_chinese(cohort: Cohort) -> list[Grid]:
    """A county hospital's sheet: a title, two header rows with merged cells, names, a row of means,
    a note.
    """
    values = table(cohort)
    static = [
        "序号",
        "姓名",
        "性别",
        "年龄（岁）",
        "体重(kg)",
        "临床分型",
        "是否切脾",
        "地贫基因型",
    ]
    width = len(static) + len(LABS) * len(MONTHS)
    top: list[object] = [*static]
    for name, *_ in LABS.values():
        top += [name] + [None] * (len(MONTHS) - 1)
    lower: list[object] = [None] * len(static) + [ZH_MONTH[m] for _ in LABS for m in MONTHS]
    rows: list[list[object]] = [
        [None] * (width + 1),
        [None, "沙利度胺治疗β地中海贫血随访登记表"],
        [None, *top],
        [None, *lower],
    ]
    for number, (patient, p) in enumerate(cohort.patients.iterrows(), start=1):
        rows.append(
            [
                None,
                number,
                _han_name(number),
                {"male": "男", "female": "女"}[p["sex"]],
                p["age_years"],
                p["weight_kg"],
                {"TDT": "输血依赖型", "NTDT": "非输血依赖型"}[p["phenotype"]],
                _zh_bool(p["splenectomy"]),
                spreadsheet_text(p["genotype"]),
                *[_cell(values, patient, m, f) for f in LABS for m in MONTHS],
            ]
        )
    means = [
        round(float(cohort.visits.loc[cohort.visits["month"] == m, f].mean()), 1)
        for f in LABS
        for m in MONTHS
    ]
    rows += [
        [None, "均值", None, None, None, None, None, None, None, *means],
        [None, "注：铁蛋白单位为ng/mL；数据截止2023年6月。"],
    ]
    merged = [(1, 1, 1, width)] + [(2, c, 3, c) for c in range(1, len(static) + 1)]
    merged += [
        (2, len(static) + 1 + i * len(MONTHS), 2, len(static) + (i + 1) * len(MONTHS))
        for i in range(len(LABS))
    ]
    return [Grid("随访表", rows, merged)]


def _zh_bool(value: object) -> str | None:
    return None if pd.isna(value) else ("是" if value else "否")


def _han_name(number: int) -> str:
    surnames, given = "赵钱孙李周吴郑王冯陈", "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平"
    return surnames[number % 10] + given[number % 20] + given[(number * 7 + number // 20) % 20]


def long_rows(cohort: Cohort) -> list[Grid]:
    """A row per visit; what does not change only on the first row of a patient. Hb in g/dL."""
    values = table(cohort)
    rows: list[list[object]] = [
        [
            "patient_id",
            "sex",
            "age",
            "phenotype",
            "splenectomy",
            "genotype",
            "month",
            "Hb (g/dL)",
            "HbF (%)",
            "Ferritin (µg/L)",
            "PLT",
            "thalidomide dose (mg)",
            "units transfused",
        ]
    ]
    units = cohort.transfusions.groupby(["patient_id", "month"])["units"].sum()
    for patient, p in cohort.patients.iterrows():
        static: list[object] = [
            {"male": "M", "female": "F"}[p["sex"]],
            p["age_years"],
            p["phenotype"],
            _yes(p["splenectomy"]),
            spreadsheet_text(p["genotype"]),
        ]
        for month in sorted(
            {m for q, m in values if q == patient} | {m for q, m in units.index if q == patient}
        ):
            hb = _cell(values, patient, month, "hb_g_per_l")
            rows.append(
                [
                    patient,
                    *static,
                    month,
                    None if hb is None else hb / 10,
                    *[
                        _cell(values, patient, month, f)
                        for f in (
                            "hbf_percent",
                            "ferritin_ng_per_ml",
                            "platelets_10e9_per_l",
                            "dose_mg_per_day",
                        )
                    ],
                    units.get((patient, month)),
                ]
            )
            static = [None] * 5
    return [Grid("visits", rows)]


def _yes(value: object) -> str | None:
    return None if pd.isna(value) else ("yes" if value else "no")


def cdisc(cohort: Cohort) -> list[Grid]:
    """Subject, laboratory and adverse event tables with the column names of CDISC."""
    values = table(cohort)
    subjects: list[list[object]] = [
        ["USUBJID", "SEX", "AGE", "PHENOTYPE", "GENOTYPE", "SPLENECTOMY"]
    ]
    labs: list[list[object]] = [
        ["STUDYID", "USUBJID", "PARAMCD", "PARAM", "AVISIT", "ADY", "AVAL", "AVALU"]
    ]
    events: list[list[object]] = [["USUBJID", "AETERM", "ASTDY", "AETOXGR", "AEACN"]]
    for patient, p in cohort.patients.iterrows():
        subjects.append(
            [
                patient,
                {"male": "M", "female": "F"}[p["sex"]],
                p["age_years"],
                p["phenotype"],
                spreadsheet_text(p["genotype"]),
                {True: "Y", False: "N"}.get(p["splenectomy"]),
            ]
        )
        for field, (_, code, name, unit) in LABS.items():
            for month in MONTHS:
                number = _cell(values, patient, month, field)
                if number is not None:
                    visit = "Baseline" if month == 0 else f"Month {month}"
                    labs.append(
                        [
                            "THAL01",
                            patient,
                            code,
                            f"{name} ({unit})",
                            visit,
                            1 + round(month * 30.4375),
                            number,
                            unit,
                        ]
                    )
    for e in cohort.events.to_dict("records"):
        events.append(
            [e["patient_id"], e["event"], 1 + round(e["month"] * 30.4375), e["grade"], e["action"]]
        )
    return [Grid("ADSL", subjects), Grid("ADLB", labs), Grid("ADAE", events)]


REDCAP_HEADER = [
    "record_id",
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_data_access_group",
    "sex",
    "age",
    "pheno",
    "splenectomy",
    "genotype",
    "demographics_complete",
    "hb",
    "hbf",
    "ferritin",
    "plt",
    "labs_complete",
    "ae_term",
    "ae_month",
    "ae_grade",
    "adverse_events_complete",
]
REDCAP_DICTIONARY = [
    [
        "Variable / Field Name",
        "Form Name",
        "Field Type",
        "Field Label",
        "Choices, Calculations, OR Slider Labels",
    ],
    ["record_id", "demographics", "text", "Record ID", None],
    ["sex", "demographics", "radio", "Sex", "1, Male | 2, Female"],
    ["age", "demographics", "text", "Age (years)", None],
    ["pheno", "demographics", "radio", "Phenotype", "1, TDT | 2, NTDT"],
    ["splenectomy", "demographics", "radio", "Splenectomy", "1, Yes | 0, No"],
    ["genotype", "demographics", "text", "Genotype", None],
    ["hb", "labs", "text", "Hemoglobin (g/L)", None],
    ["hbf", "labs", "text", "HbF (%)", None],
    ["ferritin", "labs", "text", "Ferritin (ng/mL)", None],
    ["plt", "labs", "text", "Platelets", None],
    ["ae_term", "adverse_events", "text", "Adverse event", None],
    ["ae_month", "adverse_events", "text", "AE month", None],
    ["ae_grade", "adverse_events", "text", "AE grade", None],
]


def redcap(cohort: Cohort) -> list[Grid]:
    """A longitudinal REDCap export in raw codes, adverse events as a repeating form, with its data
    dictionary.
    """
    values = table(cohort)
    rows: list[list[object]] = [[*REDCAP_HEADER]]
    for patient, p in cohort.patients.iterrows():
        rows += _redcap_visits(str(patient), p, values)
        own = cohort.events[cohort.events["patient_id"] == patient].to_dict("records")
        for instance, e in enumerate(own, start=1):
            start = [patient, "baseline_arm_1", "adverse_events", instance, "guilin"]
            rows.append([*start, *[None] * 11, e["event"], e["month"], e["grade"], 2])
    return [Grid("data", rows), Grid("dictionary", [[*r] for r in REDCAP_DICTIONARY])]


def _redcap_visits(
    patient: str, p: pd.Series, values: dict[tuple[str, float], dict[str, float]]
) -> list[list[object]]:
    rows: list[list[object]] = []
    for month in MONTHS:
        labs = [_cell(values, patient, month, f) for f in LABS]
        event = "baseline_arm_1" if month == 0 else f"month_{month}_arm_1"
        static: list[object] = [None] * 6
        if month == 0:
            static = [
                {"male": 1, "female": 2}[p["sex"]],
                p["age_years"],
                {"TDT": 1, "NTDT": 2}[p["phenotype"]],
                {True: 1, False: 0}.get(p["splenectomy"]),
                spreadsheet_text(p["genotype"]),
                2,
            ]
        if month == 0 or any(v is not None for v in labs):
            rows.append([patient, event, None, None, "guilin", *static, *labs, 2, *[None] * 4])
    return rows


PATIENT_HEADER = [
    "编号",
    "性别",
    "年龄",
    "体重",
    "输血依赖",
    "切脾",
    "β基因型",
    "α基因型",
    "用药前输血量",
    "用药前统计月数",
    "用药后输血量",
    "用药后统计月数",
    "脱离输血时间",
    "停药时间",
    "停药原因",
]
PATIENT_COLUMNS = [
    "transfusion_units_before",
    "transfusion_months_before",
    "transfusion_units_after",
    "transfusion_months_after",
    "transfusion_free_from_month",
    "withdrawn_month",
    "withdrawal_reason",
]


def separate_sheets(cohort: Cohort) -> list[Grid]:
    """Patients, visits, transfusions, drugs and events on sheets of their own, in Chinese, joined
    by 编号.
    """
    values = table(cohort)
    patients: list[list[object]] = [
        [*PATIENT_HEADER],
        *(
            [
                patient,
                {"male": "男", "female": "女"}[p["sex"]],
                p["age_years"],
                p["weight_kg"],
                {"TDT": "是", "NTDT": "否"}[p["phenotype"]],
                _zh_bool(p["splenectomy"]),
                spreadsheet_text(p["genotype"]),
                p["alpha_genotype"],
                *[None if pd.isna(p[c]) else p[c] for c in PATIENT_COLUMNS],
            ]
            for patient, p in cohort.patients.iterrows()
        ),
    ]
    visits: list[list[object]] = [
        ["编号", "随访时间", "血红蛋白", "抗碱血红蛋白", "血清铁蛋白", "血小板计数", "剂量(mg/d)"]
    ]
    for patient, month in values:
        label = "用药前" if month == 0 else f"用药后{month:g}个月"
        measured = [_cell(values, patient, month, f) for f in (*LABS, "dose_mg_per_day")]
        visits.append([patient, label, *measured])
    blood = [
        ["编号", "月份", "输血量(U)"],
        *(
            [t["patient_id"], t["month"], t["units"]]
            for t in cohort.transfusions.to_dict("records")
        ),
    ]
    drugs = [
        ["编号", "药物", "开始月份", "停止月份"],
        *(
            [t["patient_id"], t["drug"], t["start_month"], t["stop_month"]]
            for t in cohort.treatments.to_dict("records")
        ),
    ]
    events = [
        ["编号", "不良反应", "发生时间", "分级", "处理"],
        *(
            [e["patient_id"], e["event"], e["month"], e["grade"], e["action"]]
            for e in cohort.events.to_dict("records")
        ),
    ]
    return [
        Grid("患者", patients),
        Grid("随访", visits),
        Grid("输血", blood),
        Grid("用药", drugs),
        Grid("不良反应", events),
    ]


LAYOUTS = {
    "wide_chinese": wide_chinese,
    "long": long_rows,
    "cdisc": cdisc,
    "redcap": redcap,
    "separate_sheets": separate_sheets,
}


def write_all(folder: Path) -> list[Path]:
    """The sample cohort as one workbook per layout."""
    folder.mkdir(parents=True, exist_ok=True)
    cohort, paths = sample(), []
    for name, layout in LAYOUTS.items():
        path = folder / f"{name}.xlsx"
        path.write_bytes(workbook(layout(cohort)))
        paths.append(path)
    return paths


if __name__ == "__main__":
    for written in write_all(Path(sys.argv[1])):
        print(written)
