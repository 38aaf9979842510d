"""Who a row is about: nobody is invented, nobody merged, and what is not known is asked."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.intake.reading import codes, issue, read, read_sheets_of
from tests.layouts.grid import Grid

HEAD = ["No.", "Sex", "Age", "Hb 0M (g/L)"]
GROUPED = ["Group", *HEAD]


def ids(cohort) -> list[str]:
    return cohort.patients.index.tolist()


def test_numbers_that_restart_in_each_group_are_told_apart_by_the_group() -> None:
    rows = [["TDT", 1, "M", 16, 70], ["TDT", 2, "F", 20, 80], ["NTDT", 1, "F", 40, 75]]
    cohort = read(GROUPED, *rows, ["NTDT", 3, "F", 41, 76])
    assert ids(cohort) == ["TDT-1", "TDT-2", "NTDT-1", "NTDT-3"]
    assert issue(cohort, "intake.id.restarts").severity == "error"
    assert cohort.patients["age_years"].tolist() == [16, 20, 40, 41]


def test_any_column_of_a_few_groups_tells_them_apart() -> None:
    rows = [[1, "A", "M", 16, 70], [2, "A", "F", 20, 80], [1, "B", "F", 40, 75]]
    cohort = read(["No.", "组别", *HEAD[1:]], *rows, [2, "B", "F", 30, 76])
    assert ids(cohort) == ["A-1", "A-2", "B-1", "B-2"]


def test_without_a_group_the_row_tells_them_apart() -> None:
    cohort = read(HEAD, [7, "M", 16, 70], [8, "F", 17, 80], [7, "F", 30, 85])
    assert ids(cohort) == ["R2-7", "8", "R4-7"]
    assert codes(cohort).count("intake.id.two_people") == 2


def test_ages_a_year_apart_are_one_person() -> None:
    cohort = read(HEAD, [7, "M", 16, 70], [8, "F", 17, 80], [7, "M", 17, 85])
    assert ids(cohort) == ["7", "8"]
    cohort = read(HEAD, [7, "M", 16, 70], [8, "F", 17, 80], [7, "M", 18, 85])
    assert ids(cohort) == ["R2-7", "8", "R4-7"]


def test_exact_copies_are_one_person() -> None:
    cohort = read(GROUPED, *[["TDT", 1, "M", 16, 70], ["NTDT", 1, "F", 20, 80]] * 2)
    assert ids(cohort) == ["TDT-1", "NTDT-1"]


def test_sheets_that_count_from_one_each() -> None:
    one = Grid("TDT", [HEAD, [1, "M", 16, 70], [2, "F", 20, 80], [3, "F", 30, 81]])
    two = Grid("NTDT", [HEAD, [1, "F", 40, 75], [2, "M", 22, 85], [3, "F", 12, 86]])
    labs = Grid("labs", [["No.", "Hb 3M (g/L)"], [1, 99], [2, 98]])
    cohort = read_sheets_of(one, two, labs)
    assert ids(cohort) == ["TDT-1", "TDT-2", "TDT-3", "NTDT-1", "NTDT-2", "NTDT-3"]
    assert codes(cohort).count("intake.id.ambiguous") == 2
    assert set(cohort.visits["month"]) == {0}


def test_sheets_named_after_groups_need_no_sex_nor_age() -> None:
    grids = [Grid(n, [["No.", "Hb 0M (g/L)"], [1, 70], [2, 80]]) for n in ("TDT", "NTDT")]
    assert ids(read_sheets_of(*grids)) == ["TDT-1", "TDT-2", "NTDT-1", "NTDT-2"]


def test_later_visits_of_older_people_are_no_other_people() -> None:
    first = Grid("0月", [HEAD, [1, "M", 16, 70], [2, "F", 20, 80], [3, "F", 30, 81]])
    later = Grid("36月", [["No.", "Sex", "Age", "Hb"], [1, "M", 19, 75], [2, "F", 23, 85]])
    assert ids(read_sheets_of(first, later)) == ["1", "2", "3"]


def test_a_join_by_a_shared_number_needs_the_group() -> None:
    list_ = [GROUPED, ["TDT", 1, "M", 16, 70], ["TDT", 2, "F", 20, 80], ["NTDT", 1, "F", 40, 75]]
    labs = [["Group", "No.", "Hb 3M (g/L)"], ["TDT", 1, 99], ["NTDT", 1, 98], ["TDT", 2, 97]]
    cohort = read_sheets_of(Grid("a", list_), Grid("b", labs))
    later = cohort.visits[cohort.visits["month"] == 3]
    found = dict(zip(later["patient_id"], later["hb_g_per_l"], strict=True))
    assert found == {"TDT-1": 99, "TDT-2": 97, "NTDT-1": 98}
    bare = [row[1:] for row in labs]
    cohort = read_sheets_of(Grid("a", list_), Grid("b", bare))
    later = cohort.visits[cohort.visits["month"] == 3]
    assert later["patient_id"].tolist() == ["TDT-2"]


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["TDT", "NTDT"]),
            st.integers(1, 4),
            st.sampled_from(["M", "F"]),
            st.integers(10, 60),
        ),
        min_size=2,
        max_size=8,
    )
)
def test_ids_are_unique_and_no_two_sexes_share_one(people: list[tuple[str, int, str, int]]) -> None:
    cohort = read(GROUPED, *[[*person, 70 + n] for n, person in enumerate(people)])
    assert cohort.patients.index.is_unique
    assert "intake.conflict.first" not in set(
        cohort.issues.loc[cohort.issues["column"].isin(["Sex", "Age"]), "code"]
    )


def test_without_any_id_the_row_stands_for_the_patient() -> None:
    cohort = read(HEAD[1:], ["M", 16, 70], ["F", 17, 80], ["F", 18, 85])
    assert ids(cohort) == ["2", "3", "4"]
    assert issue(cohort, "intake.id.assumed").severity == "error"


def test_a_serial_number_goes_before_a_name_and_either_may_stand_in_one_column() -> None:
    rows = [[1, "张三", "M", 16, 70], [2, "李四", "F", 17, 80], [3, "王五", "F", 18, 85]]
    assert ids(read(["序号", "姓名", *HEAD[1:]], *rows)) == ["1", "2", "3"]
    assert ids(read(["姓名", *HEAD[1:]], *[r[1:] for r in rows])) == ["P001", "P002", "P003"]
    either = [[f"P0{r[0]}", *r[2:]] for r in rows]
    assert ids(read(["姓名/编号", *HEAD[1:]], *either)) == ["P01", "P02", "P03"]


def test_a_blank_number_goes_on_where_the_months_do() -> None:
    head = ["id", "month", "Hb (g/L)"]
    cohort = read(head, [1, 0, 70], ["", 3, 80], ["", 6, 90], [2, 0, 85], ["", 0, 90])
    assert cohort.visits.groupby("patient_id")["month"].apply(list).to_dict() == {
        "1": [0, 3, 6],
        "2": [0],
    }
    assert issue(cohort, "intake.row_without_id")["cell"] == "A6"
    assert issue(cohort, "intake.id.filled_down").severity == "note"


def test_visits_of_two_groups_on_sheets_of_their_own() -> None:
    tdt = [[1, "M", 16, 70], [2, "F", 20, 80], [3, "M", 30, 81]]
    ntdt = [[1, "F", 40, 75], [2, "M", 22, 85], [3, "F", 12, 86]]
    grids = [
        Grid(f"{name} {month}月", [["No.", "Sex", "Age", f"Hb {month}M (g/L)"], *rows])
        for month in (0, 6)
        for name, rows in (("TDT", tdt), ("NTDT", ntdt))
    ]
    cohort = read_sheets_of(*grids)
    assert sorted(ids(cohort)) == sorted(f"{g}-{n}" for g in ("TDT", "NTDT") for n in (1, 2, 3))
    assert len(cohort.visits) == 12


def test_one_number_given_twice_does_not_rename_everybody() -> None:
    rows = [[n, "A" if n < 5 else "B", "M", 10 + n, 70] for n in range(1, 9)]
    cohort = read(["No.", "组别", *HEAD[1:]], *rows, [2, "B", "F", 40, 71])
    assert ids(cohort) == ["1", "R3-2", "3", "4", "5", "6", "7", "8", "R10-2"]


def test_a_table_with_a_less_sure_header_of_its_ids_is_joined_by_them() -> None:
    """``编号`` beside ``patient_id``: once each patient came twice, with one and the same id."""
    sure = Grid("a", [["patient_id", "Sex", "Age"], *([f"P{n}", "M", 10 + n] for n in range(1, 6))])
    other = Grid("b", [["编号", "Hb 0M (g/L)"], *([f"P{n}", 70 + n] for n in range(1, 6))])
    cohort = read_sheets_of(sure, other)
    assert ids(cohort) == [f"P{n}" for n in range(1, 6)]
    assert cohort.visits["hb_g_per_l"].tolist() == [71, 72, 73, 74, 75]


def test_a_less_sure_id_of_other_people_merges_nobody() -> None:
    sure = [["patient_id", "Sex", "Age", "Hb 0M"], *([n, "M", 10 + n, 80] for n in range(1, 5))]
    other = [["编号", "性别", "年龄", "HbF 0M"], *([n, "女", 50 + n, 20] for n in range(1, 5))]
    cohort = read_sheets_of(Grid("a", sure), Grid("b", other))
    assert len(ids(cohort)) == len(set(ids(cohort))) == 8
    assert "error" in set(cohort.issues["severity"])
