"""However a clinic laid the same patients out, they come out the same."""

from __future__ import annotations

import pytest

from tests.layouts.clinic import answer, differences
from tests.layouts.strange import STRANGE
from thal_core.cohort import Cohort, make_cohort
from thal_core.intake.parse import Reading, parse_sheets
from thal_core.mapping import Mapping


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
    assert differences(_in_order(reading.cohort)) == []
    assert [c["unseen"] for c in reading.fates.counts().values() if c["unseen"]] == []
