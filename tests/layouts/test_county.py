"""One sheet as a county hospital keeps it, with everything at once."""

from __future__ import annotations

from functools import lru_cache

from tests.intake.reading import read_file
from tests.layouts.clinic import answer, first_dose, han_name, people, value
from tests.layouts.grid import Grid, workbook
from thal_core.cohort import Cohort

MONTHS = (0, 1, 3, 6, 12)
STATIC = (
    *("序号", "姓名", "性别(1男2女)", "出生年月", "身高(cm)", "体重(kg)", "身份证号"),
    *("联系电话", "诊断", "地贫基因", "脾切除(有/无)", "开始用药日期", "起始剂量", "备注"),
)


def county() -> Grid:
    visits = [
        part for m in MONTHS for part in ("用药前" if m == 0 else f"用药{m}个月", None, None, None)
    ]
    rows: list[list[object]] = [
        ["沙利度胺治疗地中海贫血患者随访表（2019-2022）"],
        ["填表人：王小明", None, None, None, "日期：2022.5.1"],
    ]
    rows.append([*STATIC, *visits, "疗效", "不良反应", "发生时间"])
    rows.append(
        [None] * len(STATIC) + ["Hb", "HbF", "SF", "输血量(U/月)"] * len(MONTHS) + [None] * 3
    )
    units = {
        (r["patient_id"], r["month"]): r["units"] for r in answer().transfusions.to_dict("records")
    }
    for number, (person, (patient, p)) in enumerate(
        zip(people(), answer().patients.iterrows(), strict=True)
    ):
        row: list[object] = [
            number + 1,
            han_name(number),
            1 if p["sex"] == "male" else 2,
            _born(number, float(p["age_years"])),
            150,
        ]
        row += [p["weight_kg"], f"4503031990010112{number:02d}", f"1387{1000000 + number * 37}"]
        row += [
            "重型β-地中海贫血" if p["phenotype"] == "TDT" else "中间型β-地中海贫血",
            person["genotype"] or "未做",
        ]
        row += [
            "有" if p["splenectomy"] else "无",
            f"{first_dose(number):%y.%m.%d}",
            "50mg qn",
            "无特殊，张医生随访",
        ]
        for month in MONTHS:
            labs = [
                value(str(patient), month, f) or "未查"
                for f in ("hb_g_per_l", "hbf_percent", "ferritin_ng_per_ml")
            ]
            row += [*labs, units.get((patient, month), 0)]
        own = answer().events[answer().events["patient_id"] == patient]
        row += [
            "有效",
            "、".join(own["event"]) or "无",
            f"{own['month'].iloc[0]:g}月" if len(own) else None,
        ]
        rows.append(row)
    merged = [(0, 0, 0, 20), *((2, c, 3, c) for c in range(len(STATIC)))]
    merged += [(2, len(STATIC) + 4 * i, 2, len(STATIC) + 4 * i + 3) for i in range(len(MONTHS))]
    return Grid("Sheet1", [*rows, ["合计 52例"], ["医师签字："], ["2022.5.1"]], merged)


def _born(number: int, age: float) -> str:
    return f"{first_dose(number).year - int(age) - 1}.12"


@lru_cache
def read_county() -> Cohort:
    return read_file(workbook([county()]), "随访.xlsx")


def test_a_county_hospital_s_sheet() -> None:
    cohort = read_county()
    assert cohort.n == answer().n
    for column in ("sex", "age_years", "phenotype", "genotype", "splenectomy", "weight_kg"):
        assert cohort.patients[column].tolist() == answer().patients[column].tolist() or _same(
            cohort, column
        ), column
    ours, known = (
        c.visits[c.visits["month"].isin(MONTHS)].groupby("month") for c in (cohort, answer())
    )
    for field in ("hb_g_per_l", "hbf_percent", "ferritin_ng_per_ml"):
        assert ours[field].mean().round(6).to_dict() == known[field].mean().round(6).to_dict()
    assert sorted(cohort.events["event"]) == sorted(answer().events["event"])
    assert set(cohort.issues["severity"]) == {"note", "warning"}


def _same(cohort: Cohort, column: str) -> bool:
    """Ages from birth months are right to within the year."""
    ours, known = cohort.patients[column].to_numpy(), answer().patients[column].to_numpy()
    return column == "age_years" and bool((abs(ours - known) <= 1).all())


def test_nothing_of_the_people_behind_it_comes_out() -> None:
    cohort = read_county()
    frames = (
        cohort.patients.reset_index(),
        cohort.visits,
        cohort.events,
        cohort.treatments,
        cohort.extra,
        cohort.issues,
    )
    text = "".join(f.to_csv() for f in frames) + str(cohort.mapping.to_records())
    secrets = [
        "王小明",
        "张医生",
        "45030319900101",
        "13871000",
        "2022",
        *(han_name(n) for n in range(52)),
    ]
    assert [s for s in secrets if s in text] == []
