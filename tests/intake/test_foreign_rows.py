"""A list of contacts, relatives or doctors under the table is another table, not more patients."""

from __future__ import annotations

import pytest

from thal_core import Cohort, read_cohort

HEADER = "编号,性别,年龄,分型,Hb_0M (g/L),Hb_6M (g/L)"
PATIENTS = [f"{i},{'男' if i % 2 else '女'},{20 + i},NTDT,{70 + i},{95 + i}" for i in range(1, 13)]
PEOPLE = [
    "王大明,13800138001,父亲,南宁青秀区,,",
    "李小红,13800138002,母亲,贵港港北区,,",
    "赵强,13800138003,兄,,,",
]
CONTACTS = "联系人,电话,关系,地址,,"
LISTS = {
    "after a blank row": [",,,,,", CONTACTS, *PEOPLE],
    "at once": [CONTACTS, *PEOPLE],
    "under a title": ["家属联系方式,,,,,", "姓名,电话,关系,,,", *PEOPLE],
    "without a header": [",,,,,", *PEOPLE],
    "without anything between": PEOPLE,
    "in English": [
        ",,,,,",
        "Contact,Phone,Relation,,,",
        "Maria Lopez,+34 600 123 456,mother,,,",
        "Somchai Jaidee,0812345678,father,,,",
    ],
    "of doctors": [
        ",,,,,",
        "医生,职称,电话,,,",
        "王大明,主任,13800138001,,,",
        "李小红,护士,13800138002,,,",
    ],
    "with numbers of its own": [
        ",,,,,",
        "序号,联系人,电话,关系,,",
        *(f"{n},{p}".rstrip(",") for n, p in enumerate(PEOPLE, 1)),
    ],
    "longer than the table": [
        ",,,,,",
        "序号,联系人,电话,关系,,",
        *(f"{n},王大明,13800138001,父" for n in range(1, 20)),
    ],
    "before a footer": [CONTACTS, *PEOPLE, "制表人：韦某某，审核：黄某某，二〇二四年,,,,,"],
}


def read(*rows: str) -> Cohort:
    return read_cohort("\n".join([HEADER, *rows]).encode(), filename="clinic.csv")


@pytest.mark.parametrize("where", LISTS)
def test_nobody_in_the_list_becomes_a_patient(where):
    alone, cohort = read(*PATIENTS), read(*PATIENTS, *LISTS[where])
    assert cohort.patients.drop(columns="center").equals(alone.patients.drop(columns="center"))
    assert cohort.visits["hb_g_per_l"].tolist() == alone.visits["hb_g_per_l"].tolist()


@pytest.mark.parametrize(
    "last",
    [
        "13,女,33,NTDT,x,y",
        "13,女,?,NTDT,未查,未查",
        "13,,,,,",
        "13,f?,33,NTDT,80,",
        "13,女,33,TDT,,",
    ],
    ids=["two errors", "missing words", "id alone", "one error", "blank"],
)
def test_a_last_patient_with_gaps_or_errors_stays_a_patient(last):
    assert read(*PATIENTS, last).n == 13


def test_rows_left_out_are_named_with_the_remedy():
    cohort = read(*PATIENTS, *LISTS["after a blank row"])
    named = cohort.issues[cohort.issues["code"] == "intake.row.foreign"]
    assert named["row"].tolist() == [16, 17, 18] and named[["message", "action"]].ne("").all(
        axis=None
    )


def test_sheets_of_names_beside_the_data_add_nobody():
    from tests.intake import files

    rows = [line.split(",") for line in (HEADER, *PATIENTS)]
    data = files.xlsx(
        rows, 通讯录=[["姓名", "电话"], *(["王大明", f"1380013800{n}"] for n in range(9))]
    )
    assert read_cohort(data, filename="a.xlsx").n == 12
