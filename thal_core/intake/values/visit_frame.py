"""Values with a patient and a month → one row per visit, and which visit stands for its month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.text_columns import text_column
from thal_core.intake.values.quantities import Values

NUMBER = "patient_number"  # of the row's patient among the ids; left out of the cohort


@dataclass(frozen=True, eq=False)
class Timed:
    """Values of one field with patient number, month and day per row."""

    field: str
    values: Values
    patient: np.ndarray
    month: np.ndarray
    day: np.ndarray


@dataclass(frozen=True, eq=False)
class _Placed:
    """Values that have a patient and a month: which rows of ``timed``, and their rows of the
    frame.
    """

    timed: Timed
    rows: np.ndarray
    places: np.ndarray

    @property
    def value(self) -> np.ndarray:
        return self.timed.values.value[self.rows]


def visit_frame(
    ledger: Ledger, found: Sequence[Timed], ids: pd.Index, duplicates: str
) -> pd.DataFrame:
    """One row per patient, month and day, a column per field; NUMBER tells the patient's place
    among ``ids``.

    ``duplicates``: which of several values stands: first, last or their mean.
    """
    if not found:
        return pd.DataFrame(
            {NUMBER: np.array([], dtype=int), "patient_id": pd.Series([], dtype="str")}
        )
    rows = [
        np.flatnonzero((t.patient >= 0) & np.isfinite(t.month) & _filled(t.values)) for t in found
    ]
    times, codes = _time_codes(found, rows)
    keys = [
        t.patient[r].astype(np.int64) * len(times) + c
        for t, r, c in zip(found, rows, codes, strict=True)
    ]
    used, places = _dense(keys, len(ids) * len(times))
    number, at = np.divmod(used, len(times))
    placed = list(map(_Placed, found, rows, places))
    columns = _columns(ledger, placed, len(used), duplicates)
    frame = {NUMBER: number, "patient_id": ids[number], "month": times[at, 0], "day": times[at, 1]}
    return pd.DataFrame(frame | columns, copy=False)


def _filled(values: Values) -> np.ndarray:
    return values.value != "" if values.value.dtype == object else np.isfinite(values.value)


def _time_codes(
    found: Sequence[Timed], rows: list[np.ndarray]
) -> tuple[np.ndarray, list[np.ndarray]]:
    """The different (month, day) pairs, and the code of each of these rows. Columns of the same
    times are coded once.
    """
    sources: dict[tuple[bytes, bytes], tuple[np.ndarray, np.ndarray]] = {}
    keys = []
    for timed in found:
        single = timed.month.strides == timed.day.strides == (0,) and len(timed.month) > 0
        month, day = (times[: 1 if single else None] for times in (timed.month, timed.day))
        keys.append((month.tobytes(), day.tobytes()))
        sources.setdefault(keys[-1], (month, day))
    months, month_codes = _coded(np.concatenate([m for m, _ in sources.values()]))
    days, day_codes = _coded(np.concatenate([d for _, d in sources.values()]))
    pairs, inverse = np.unique(month_codes * len(days) + day_codes, return_inverse=True)
    ends = np.cumsum([len(m) for m, _ in sources.values()])[:-1]
    codes_of = dict(zip(sources, np.split(inverse, ends), strict=True))
    codes = [
        np.broadcast_to(codes_of[k], (len(r),)) if len(codes_of[k]) == 1 else codes_of[k][r]
        for k, r in zip(keys, rows, strict=True)
    ]
    return np.column_stack([months[pairs // len(days)], days[pairs % len(days)]]), codes


def _coded(numbers: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """(different numbers, the code of each); NaN is a number of its own."""
    values, codes = np.unique(numbers, return_inverse=True, equal_nan=True)
    return values, codes


def _dense(keys: list[np.ndarray], size: int) -> tuple[np.ndarray, list[np.ndarray]]:
    """The keys in use, in order, and where each given key stands among them."""
    if size > 50_000_000:
        used, inverse = np.unique(np.concatenate(keys), return_inverse=True)
        return used, np.split(inverse, np.cumsum([len(k) for k in keys])[:-1])
    present = np.zeros(size, dtype=bool)
    for key in keys:
        present[key] = True
    place = np.cumsum(present) - 1
    return np.flatnonzero(present), [place[key] for key in keys]


def _columns(
    ledger: Ledger, placed: list[_Placed], n: int, duplicates: str
) -> dict[str, np.ndarray | pd.Series]:
    """Each field's column, and which of its values are censored; values for a place that is taken
    are reported in the order of the tables.
    """
    of_field: dict[str, list[int]] = {}
    for position, one in enumerate(placed):
        of_field.setdefault(one.timed.field, []).append(position)
    columns: dict[str, np.ndarray | pd.Series] = {}
    repeated: dict[int, tuple[np.ndarray, np.ndarray]] = {}
    for name, positions in of_field.items():
        column, repeats = _column([placed[p] for p in positions], n, duplicates)
        columns[name] = text_column(column) if column.dtype == object else column
        repeated |= zip(positions, repeats, strict=True)
        censored = [p for p in positions if placed[p].timed.values.censored is not None]
        if censored:
            columns[f"{name}_censored"] = _censored([placed[p] for p in censored], n)
    for position, one in enumerate(placed):
        _report_repeats(ledger, one, *repeated[position], duplicates)
    return columns


def _column(
    placed: list[_Placed], n: int, duplicates: str
) -> tuple[np.ndarray, list[tuple[np.ndarray, np.ndarray]]]:
    """One field's column, and of each of its sources the positions of values that stand there
    already, and of others for a place that is taken.
    """
    text = placed[0].value.dtype == object
    column = np.full(n, "", dtype=object) if text else np.full(n, np.nan)
    repeats = []
    for one in placed:
        place, value = one.places, one.value
        first = _first_of_place(place, n)
        taken = (column[place] != "") if text else np.isfinite(column[place])
        column[place[first & ~taken]] = value[first & ~taken]
        again = np.flatnonzero(~first | taken)
        other = again[value[again] != column[place[again]]]
        repeats.append((np.setdiff1d(again, other, assume_unique=True), other))
        if len(other):
            column = _resolved(column, place, value, other, duplicates)
    return column, repeats


def _censored(placed: list[_Placed], n: int) -> np.ndarray:
    """At which places a value below or above what could be measured stands first."""
    flags = np.zeros(n, dtype=bool)
    for one in placed:
        first = _first_of_place(one.places, n)
        flags[one.places[first]] |= one.timed.values.censored[one.rows][first] != 0
    return flags


def _report_repeats(
    ledger: Ledger, one: _Placed, same: np.ndarray, other: np.ndarray, duplicates: str
) -> None:
    column = one.timed.values.column
    if len(same):
        ledger.report_cells(NOTE, "intake.duplicate.same", column, one.rows[same])
    if len(other):
        ledger.report_cells(WARNING, f"intake.duplicate.{duplicates}", column, one.rows[other])


def _first_of_place(place: np.ndarray, n: int) -> np.ndarray:
    if len(place) < 2 or (np.diff(place) > 0).all():
        return np.ones(len(place), dtype=bool)
    firsts = np.full(n, -1)
    firsts[place[::-1]] = np.arange(len(place))[::-1]
    return firsts[place] == np.arange(len(place))


def _resolved(
    column: np.ndarray, place: np.ndarray, value: np.ndarray, other: np.ndarray, duplicates: str
) -> np.ndarray:
    """The column with what stands where a place was taken by another value."""
    resolved = column.copy()
    if duplicates == "last":
        resolved[place[other]] = value[other]
    elif duplicates == "mean" and column.dtype != object:
        for target in np.unique(place[other]):
            values = np.append(value[other[place[other] == target]], column[target])
            resolved[target] = values.mean()
    return resolved
