"""What the tables contribute, and one table (or part of one) while it is read."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.timeline.nominal_months import snap
from thal_core.intake.timeline.treatment_time import RowTimes
from thal_core.intake.values.quantities import Values
from thal_core.intake.values.visit_frame import Timed
from thal_core.vocabulary import DAYS_PER_MONTH


@dataclass(eq=False)
class Harvest:
    """Contributions of all tables, in their order."""

    statics: dict[str, list[tuple[Values, np.ndarray]]] = field(default_factory=dict)
    visits: list[Timed] = field(default_factory=list)
    transfusions: list[Timed] = field(default_factory=list)
    treatments: list[pd.DataFrame] = field(default_factory=list)
    events: list[pd.DataFrame] = field(default_factory=list)
    noted_events: list[pd.DataFrame] = field(default_factory=list)
    noted_doses: list[pd.DataFrame] = field(default_factory=list)
    extra: list[pd.DataFrame] = field(default_factory=list)
    recorded_classes: list[pd.DataFrame] = field(default_factory=list)


@dataclass(frozen=True, eq=False)
class Part:
    """A table (or the rows of one parameter of it) with its rows' patients and times."""

    columns: list[Column]
    patients: np.ndarray
    times: RowTimes
    has_row_time: bool  # do the rows have a time of their own, whether or not it could be read?
    # column of the sheet → days of the date column beside it
    own_days: dict[int, np.ndarray] = field(default_factory=dict)

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
        return Timed(
            name,
            values,
            self.patients,
            np.broadcast_to(np.float64(at), (n,)),
            np.broadcast_to(np.float64(day), (n,)),
        )
