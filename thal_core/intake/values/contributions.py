"""One table (or part of one) while it is read, and what tables contribute to the cohort."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from functools import cached_property

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.timeline.nominal_months import snap
from thal_core.intake.timeline.treatment_time import RowTimes
from thal_core.intake.values.quantities import Values
from thal_core.intake.values.visit_frame import Timed
from thal_core.mapping import Mapping
from thal_core.vocabulary import DAYS_PER_MONTH

STATED_FREE = "stated_free"  # a plain "yes": 100 % less, before any number


@dataclass(frozen=True, eq=False)
class PatientValues:
    """Values of one column of the patients table, with the patient number of each row."""

    field: str
    values: Values
    patient: np.ndarray


@dataclass(frozen=True, eq=False)
class Contributions:
    """What one column, one table or all tables give to the cohort, in their order."""

    patients: tuple[PatientValues, ...] = ()
    visits: tuple[Timed, ...] = ()
    transfusions: tuple[Timed, ...] = ()
    treatments: tuple[pd.DataFrame, ...] = ()
    events: tuple[pd.DataFrame, ...] = ()
    noted_events: tuple[pd.DataFrame, ...] = ()
    noted_doses: tuple[pd.DataFrame, ...] = ()
    extra: tuple[pd.DataFrame, ...] = ()
    recorded_classes: tuple[pd.DataFrame, ...] = ()

    def of(self, name: str) -> list[PatientValues]:
        """The values of one column of the patients table."""
        return [found for found in self.patients if found.field == name]


def together(parts: Iterable[Contributions]) -> Contributions:
    """All contributions as one."""
    every = list(parts)
    return Contributions(
        **{
            f.name: tuple(one for part in every for one in getattr(part, f.name))
            for f in fields(Contributions)
        }
    )


@dataclass(frozen=True, eq=False)
class Part:
    """A table (or the rows of one parameter of it) with its rows' patients and times.

    ids: the id of each patient number. mapping: what a person chose for the file. own_days: column
    of the sheet → days of the date column beside it.
    """

    columns: list[Column]
    patients: np.ndarray
    times: RowTimes
    ids: pd.Index
    mapping: Mapping
    has_row_time: bool = False  # have rows a time of their own, whether or not it could be read?
    own_days: dict[int, np.ndarray] = field(default_factory=dict)

    def ids_at(self, positions: np.ndarray) -> pd.Index:
        """The patients' ids at these positions; every one must have a patient."""
        return self.ids[self.patients[positions]]

    def of_patients(self, name: str, values: Values) -> Contributions:
        """Values that hold once for each patient."""
        return Contributions(patients=(PatientValues(name, values, self.patients),))

    @cached_property
    def row_months(self) -> np.ndarray:
        """The month each row stands for: written months as they are, others at the nearest nominal
        month.
        """
        times = self.times
        unlabelled = ~times.labelled | (times.month % 1 != 0)
        return (
            np.where(unlabelled, snap(times.month, times.day), times.month)
            if unlabelled.any()
            else times.month
        )

    def timed(self, name: str, values: Values) -> Timed:
        """Values with the time of their header, of the date beside them, or of their rows."""
        month, n = values.column.reading.month, len(self.patients)
        days = self.own_days.get(values.column.index)
        if days is not None:
            at = snap(days / DAYS_PER_MONTH, days) if month is None else np.full(n, float(month))
            return Timed(name, values, self.patients, at, days)
        if month is None:
            return Timed(name, values, self.patients, self.row_months, self.times.day)
        whole = float(month).is_integer()
        day = np.nan if whole else float(np.round(month * DAYS_PER_MONTH))
        at = month if whole else float(snap(np.array([month]), np.array([np.nan]))[0])
        every = (np.broadcast_to(np.float64(number), (n,)) for number in (at, day))
        return Timed(name, values, self.patients, *every)
