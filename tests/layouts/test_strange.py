"""However a clinic laid the same patients out, they come out the same."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.layouts.clinic import answer, differences, han_name
from tests.layouts.grid import Grid
from tests.layouts.strange import STRANGE
from thal_core.cohort import Cohort, make_cohort
from thal_core.derive.record import complete
from thal_core.export.marked_copy import _texts as marked_texts
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.parse_file import Reading, parse_sheets
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.sheets.sheet import Kind


def _read(name: str) -> Reading:
    return parse_sheets([grid.sheet() for grid in STRANGE[name]()], Mapping())


def _in_order(cohort: Cohort) -> Cohort:
    """The patients in the order of the known answer, where they have its ids."""
    ids = answer().patients.index
    if set(ids) != set(cohort.patients.index):
        return cohort
    frames = {
        name: getattr(cohort, name)
        for name in ("visits", "transfusions", "treatments", "events", "extra", "issues")
    }
    return make_cohort(
        patients=cohort.patients.loc[ids],
        **frames,
        mapping=cohort.mapping,
        provenance=cohort.provenance,
    )


@pytest.mark.parametrize("name", STRANGE)
def test_an_unusual_structure_changes_nothing(name: str) -> None:
    reading = _read(name)
    assert differences(_in_order(complete(reading.cohort))) == []
    _check_conservation(reading)


def _check_conservation(reading: Reading) -> None:
    """Every filled cell of the file has a fate, and every issue's address is a filled cell."""
    for sheet in reading.sheets:
        fates = reading.fates.cells[sheet.name]
        fates = fates.T if sheet.name in reading.turned else fates
        assert ((fates != Fate.EMPTY) == (sheet.kind != Kind.EMPTY)).all()
        assert not (fates == Fate.UNSEEN).any()
    names = {sheet.name for sheet in reading.sheets}
    named = reading.cohort.issues[reading.cohort.issues["cell"] != ""]
    assert set(named["sheet"]) <= names


_WORDS = [
    "TDT组",
    "NTDT (n=2)",
    "切脾组",
    "A组",
    "小计",
    "合计(n=3)",
    "性别 1=男 2=女",
    "6月",
    "说明",
]
_HEADS = [
    "编号",
    "性别",
    "分型",
    "项目",
    "单位",
    "0月",
    "6月",
    "Hb 0月",
    "Hb 6月",
    "月份",
    "备注",
    "",
]
_CELLS = [
    "P001",
    "P002",
    "P003",
    "男",
    "女",
    "TDT",
    "NTDT",
    "Hb",
    "HbF",
    "g/L",
    "70",
    "8.5",
    "1",
    "",
]
_LINES = st.one_of(
    st.lists(st.sampled_from(_CELLS), min_size=1, max_size=8),
    st.lists(st.sampled_from(_HEADS), min_size=2, max_size=8),
    st.sampled_from(_WORDS).map(lambda word: [word]),
    st.tuples(st.sampled_from(_HEADS), st.sampled_from(_CELLS)).map(list),
    st.just([""]),
)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.lists(_LINES, min_size=1, max_size=12), min_size=1, max_size=3))
def test_whatever_the_structure_no_cell_vanishes_and_nobody_is_invented(
    sheets: list[list[list[str]]],
) -> None:
    grids = [Grid(f"s{n}", [list(line) for line in rows]) for n, rows in enumerate(sheets)]
    try:
        reading = parse_sheets([grid.sheet() for grid in grids], Mapping())
    except CohortError:
        return
    _check_conservation(reading)
    assert reading.cohort.patients.index.is_unique
    written = {cell for rows in sheets for line in rows for cell in line}
    assert reading.cohort.n <= len(written - set(_HEADS))


@pytest.mark.parametrize("name", STRANGE)
def test_a_marked_copy_has_the_sheets_of_the_file_and_no_names(name: str) -> None:
    reading = _read(name)
    texts = {s.name: marked_texts(s, reading) for s in reading.sheets}
    assert [t.shape for t in texts.values()] == [s.text.shape for s in reading.sheets]
    words = {str(text) for shown in texts.values() for text in shown.ravel()}
    words |= {reading.cohort.issues.to_csv(), str(reading.cohort.mapping.to_records())}
    secrets = ["13812345678", "13800138000", "李医生", "张三", "王某", han_name(0), han_name(11)]
    assert [s for s in secrets if any(s in word for word in words)] == []
