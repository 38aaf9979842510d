"""A file with a table in it gives a draft, whatever of it is understood; and what a person answers
is kept.
"""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tests.intake.reading import codes, issue, read, series
from tests.layouts.grid import Grid
from thal_core.intake.fields.accepted import accepted_readings
from thal_core.intake.fields.preview import PREVIEW_ROWS, preview_cells
from thal_core.intake.layout.fallback_header import fallback_header, unread_table
from thal_core.intake.text.shown import HIDDEN, may_show
from thal_core.issues import CohortError
from thal_core.mapping import Candidate, ColumnReading, Mapping
from thal_core.reader.transport import mapping_of, mapping_record


@pytest.mark.parametrize(
    "rows",
    [
        [["patient_id", "sex"], ["1", "M"], ["2", "F"]],
        [["patient_id", "blorb", "flump"], ["1", "a", 70], ["2", "b", 80]],
        [["patient_id", "Hb 0M"], ["1", "abc"], ["2", "abd"]],
        [["Wert eins", "Wert zwei"], [1, 2], [3, 4]],
    ],
)
def test_patients_without_one_understood_quantity_are_a_draft(rows: list[list[object]]) -> None:
    cohort = read(*rows)
    with_id = "patient_id" in rows[0]
    assert list(cohort.patients.index) == (["1", "2"] if with_id else ["2", "3"])
    assert ("intake.id.assumed" in codes(cohort)) != with_id and not len(cohort.visits)
    assert issue(cohort, "intake.nothing_measured")["severity"] == "error"
    assert [c.header for c in cohort.mapping.columns] == rows[0]


def test_an_answer_makes_the_draft_a_cohort() -> None:
    rows = [["patient_id", "blorb"], ["1", 70], ["2", 80]]
    draft = read(*rows)
    answered = draft.mapping.with_column("sheet", 1, field="hb_g_per_l", month=6.0, unit="g/L")
    cohort = read(*rows, mapping=answered)
    assert series(cohort, "hb_g_per_l") == {6: 70}
    assert "intake.nothing_measured" not in codes(cohort)


@pytest.mark.parametrize(
    ("rows", "header"),
    [
        ([["Wert eins", "Wert zwei"], [1, 2], [3, 4]], 0),
        ([["Bericht"], ["Wert eins", "Wert zwei"], [1, 2], [3, 4]], 1),
        ([["x", "x", "x", "y"], [1, 2, 3, 4]], None),  # names that do not differ
        ([[1, 2], [3, 4]], None),
        ([["梁上有双燕"], ["翩翩雄与雌"]], None),
        ([["Wert eins", "Wert zwei"]], None),
    ],
)
def test_the_first_row_of_different_texts_over_data_is_the_header(
    rows: list[list[object]], header: int | None
) -> None:
    assert fallback_header(Grid("s", rows, []).sheet()) == header


@pytest.mark.parametrize(
    ("rows", "n"), [([[1, 2], [3, 4]], 2), ([[1, 2]], None), ([[1], [2], [3]], None)]
)
def test_rows_of_values_alone_are_a_table_without_names(
    rows: list[list[object]], n: int | None
) -> None:
    table = unread_table(Grid("s", rows, []).sheet())
    assert (None if table is None else len(table.rows)) == n


@pytest.mark.parametrize(
    ("rows", "code"),
    [
        ([["梁上有双燕"], ["翩翩雄与雌"]], "intake.no_table"),
        ([["id", "Hb"]], "intake.header_alone"),
    ],
)
def test_what_holds_no_table_is_refused(rows: list[list[object]], code: str) -> None:
    with pytest.raises(CohortError) as caught:
        read(*rows)
    assert caught.value.code == code


# --- what a person answered


def column(index: int, header: str, sheet: str = "s", **more: object) -> ColumnReading:
    return ColumnReading(sheet, index, header, label=header, how="how.not_understood", **more)


def answered(index: int, header: str, month: float, sheet: str = "s") -> ColumnReading:
    return column(index, header, sheet, field="hb_g_per_l", month=month, by_hand=True)


def months(saved: list[ColumnReading], here: list[ColumnReading]) -> list[float | None]:
    found = accepted_readings(Mapping(tuple(saved)), here)
    return [None if one is None else one.month for one in found]


def test_an_answer_is_known_again_wherever_its_column_stands() -> None:
    saved = [column(0, "id"), answered(1, "wert", 6)]
    assert months(saved, [column(3, "wert", "other"), column(4, "id", "other")]) == [6, None]


def test_of_columns_with_one_header_each_keeps_its_own_answer() -> None:
    saved = [answered(1, "wert", 0), answered(2, "wert", 6)]
    assert months(saved, [column(2, "wert"), column(7, "wert")]) == [0, 6]
    assert months(saved, [column(2, "wert")]) == [6]  # which of the two? the one in its place
    assert months(saved, [column(5, "wert")]) == [None]


def test_sheets_that_disagree_answer_nothing() -> None:
    saved = [answered(1, "wert", 0, "a"), answered(1, "wert", 6, "b")]
    assert months(saved, [column(1, "wert", "c")]) == [None]
    assert months(saved, [column(1, "wert", "b")]) == [6]


def test_a_header_that_files_hide_is_known_again_in_another_column() -> None:
    rows = [["patient_id", "Dr. Blorb", "Hb 0M"], ["1", 70, 60]]
    saved = Mapping.from_json(
        read(*rows).mapping.with_column("sheet", 1, field="hb_g_per_l", month=6.0).to_json()
    )
    assert saved.columns[1].header.startswith("B#")
    moved = [["patient_id", "Hb 0M", "sex", "Dr. Blorb"], ["1", 60, "M", 75]]
    assert series(read(*moved, mapping=saved, name="other"), "hb_g_per_l") == {0: 60, 6: 75}


# --- which columns are open, and what travels


def test_a_column_is_open_until_somebody_speaks_for_it() -> None:
    unread = column(1, "wert")
    assert unread.is_open and not unread.needs_answer
    proposed = column(1, "wert", candidates=(Candidate("hb_g_per_l", 6.0, "", "how.header"),))
    assert proposed.needs_answer
    said = Mapping((proposed,)).with_column("s", 1, field="extra").columns[0]
    assert not said.is_open
    assert not ColumnReading("s", 1, "Klasse", "extra", how="how.header").is_open


def test_a_column_without_a_filled_cell_asks_nothing() -> None:
    cohort = read(["patient_id", "blorb", "Hb 0M"], ["1", None, 70], ["2", "", 80])
    assert [c.header for c in cohort.mapping.columns if c.is_open] == []


def test_the_preview_travels_from_the_child_and_stands_in_no_file() -> None:
    cohort = read(["patient_id", "blorb", "Hb 0M"], *([n, "Meyer", 70 + n] for n in range(20)))
    previews = [c.preview for c in cohort.mapping.columns]
    assert previews[1] == (HIDDEN,) * PREVIEW_ROWS and previews[2][:2] == ("70", "71")
    assert mapping_of(mapping_record(cohort.mapping)) == cohort.mapping
    assert "preview" not in json.dumps(cohort.mapping.to_records()) + cohort.mapping.to_json()


@given(some.lists(some.text(max_size=30), max_size=9), some.booleans())
def test_a_preview_shows_nothing_but_known_words(texts: list[str], hidden: bool) -> None:
    cells = preview_cells(texts, hidden)
    assert len(cells) == len(texts)
    parts = [part for cell in cells for part in cell.replace(HIDDEN, " ").split()]
    assert not (hidden and parts)
    assert all(may_show(cell) for cell in cells if HIDDEN not in cell)


def test_a_dropped_column_says_what_of_a_person_it_holds() -> None:
    cohort = read(
        ["编号", "姓名", "电话", "住院号", "出生日期", "Hb 0M"],
        *([n, "张伟", f"1380013800{n}", f"1234{n}", "1990-01-01", 70] for n in range(4)),
    )
    held = {c.header: c.identifies for c in cohort.mapping.columns if c.identifies}
    assert held == {
        "姓名": "name",
        "电话": "phone",
        "住院号": "record number",
        "出生日期": "birth date",
    }


def test_words_of_earlier_sheets_are_kept_for_later_ones() -> None:
    earlier = Mapping((answered(1, "wert", 6), answered(2, "zahl", 3), column(3, "offen")))
    here = Mapping((answered(1, "zahl", 12), column(2, "andere"))).with_setting(
        "duplicates", "last"
    )
    joined = here.joined(earlier.with_setting("duplicates", "first").with_setting("encoding", "x"))
    assert [(c.header, c.month) for c in joined.columns] == [
        ("zahl", 12),
        ("andere", None),
        ("wert", 6),
    ]
    assert dict(joined.settings) == {"duplicates": "last", "encoding": "x"}
