"""However a clinic wrote the same patients down, they come out the same."""

from __future__ import annotations

from functools import lru_cache

import pytest

from tests.intake.reading import read_file
from tests.layouts.clinic import answer, differences, han_name
from tests.layouts.disguises import DISGUISES, SETTINGS
from tests.layouts.grid import text_file, workbook
from tests.layouts.layouts import LAYOUTS
from thal_core.cohort import Cohort
from thal_core.derive.record import complete
from thal_core.intake.parse_file import parse_sheets
from thal_core.mapping import Mapping
from thal_core.reader import read_cohort


@pytest.mark.parametrize("name", DISGUISES)
def test_a_disguise_changes_nothing(name: str) -> None:
    reading = parse_sheets(
        [grid.sheet() for grid in DISGUISES[name]()], Mapping((), SETTINGS.get(name, ()))
    )
    assert differences(complete(reading.cohort)) == []
    assert [
        counts["unseen"] for counts in reading.fates.counts().values() if counts["unseen"]
    ] == []


@lru_cache
def worked_example(name: str) -> Cohort:
    return read_file(workbook(LAYOUTS[name](answer())), f"{name}.xlsx")


@pytest.mark.parametrize("name", LAYOUTS)
def test_a_worked_example_gives_the_sample_back(name: str) -> None:
    assert differences(worked_example(name)) == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_text_files_in_any_encoding(encoding: str) -> None:
    grid = DISGUISES["header 用药后第6月Hb"]()[0]
    assert differences(read_cohort(text_file(grid, "\t", encoding), filename="随访.txt")) == []


def test_decimal_commas_between_semicolons() -> None:
    grid = DISGUISES["header decimal commas"]()[0]
    assert differences(read_cohort(text_file(grid, ";"), filename="s.csv")) == []


def test_separate_sheets_bring_transfusions_drugs_and_events() -> None:
    cohort = worked_example("separate_sheets")
    known = answer()
    assert (
        cohort.transfusions.groupby("month")["units"].sum().to_dict()
        == known.transfusions.groupby("month")["units"].sum().to_dict()
    )
    assert sorted(cohort.events["event"]) == sorted(known.events["event"])
    assert sorted(
        zip(cohort.treatments["patient_id"], cohort.treatments["drug"], strict=True)
    ) == sorted(zip(known.treatments["patient_id"], known.treatments["drug"], strict=True))
    for column in (
        "withdrawn_month",
        "withdrawal_reason",
        "transfusion_free_from_month",
        "transfusion_units_before",
        "alpha_genotype",
    ):
        assert cohort.patients[column].equals(known.patients[column]), column


def test_adverse_events_of_a_repeating_form() -> None:
    cohort = worked_example("redcap")
    ours, known = (
        c.events[["patient_id", "event", "month", "grade"]]
        .sort_values(["patient_id", "event"])
        .to_numpy()
        .tolist()
        for c in (cohort, answer())
    )
    assert ours == known


@pytest.mark.parametrize(
    "name",
    [
        "names as the only id",
        "birth dates, addresses, notes",
        "laboratory export with dates",
        "row number, record number, phone",
    ],
)
def test_no_identifier_comes_out(name: str) -> None:
    cohort = complete(parse_sheets([grid.sheet() for grid in DISGUISES[name]()], Mapping()).cohort)
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
        han_name(0),
        han_name(7),
        "13812345678",
        "解放路",
        "李医生",
        "13810000000",
        "7000131",
        "300037",
        "2019-03",
    ]
    assert [s for s in secrets if s in text] == []


def test_two_columns_of_one_quantity_without_a_time_are_asked_about() -> None:
    from tests.layouts.clinic import wide

    cohort = complete(parse_sheets([wide(header=lambda n, m: n).sheet()], Mapping()).cohort)
    assert cohort.visits["hb_g_per_l"].notna().sum() == 0
    assert "intake.time_unclear" in set(cohort.issues["code"])
