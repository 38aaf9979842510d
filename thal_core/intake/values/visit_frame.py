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


def visit_frame(ledger: Ledger, found: Sequence[Timed], ids: pd.Index, how: str) -> pd.DataFrame:
    """One row per patient, month and day, a column per field; NUMBER tells the patient's place
    among ``ids``.

    ``how``: first, last or mean of duplicates.
    """
    if not found:
        return pd.DataFrame(
            {NUMBER: np.array([], dtype=int), "patient_id": pd.Series([], dtype="str")}
        )
    keep = [
        np.flatnonzero((t.patient >= 0) & np.isfinite(t.month) & _filled(t.values)) for t in found
    ]
    times, codes = _time_codes(found, keep)
    n_times = len(times)
    keys = [
        t.patient[k].astype(np.int64) * n_times + c
        for t, k, c in zip(found, keep, codes, strict=True)
    ]
    rows, places = _dense(keys, len(ids) * n_times)
    number, at = np.divmod(rows, n_times)
    frame = {NUMBER: number, "patient_id": ids[number], "month": times[at, 0], "day": times[at, 1]}
    for timed, kept, place in zip(found, keep, places, strict=True):
        _put(ledger, frame, timed, kept, place, len(rows), how)
    texts = {name: text_column(own) for name, own in frame.items() if own.dtype == object}
    return pd.DataFrame(frame | texts, copy=False)


def _filled(values: Values) -> np.ndarray:
    return values.value != "" if values.value.dtype == object else np.isfinite(values.value)


def _time_codes(found: list[Timed], keep: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """The different (month, day) pairs, and the code of each kept row. Columns that share their
    times are coded once.
    """
    sources: dict[tuple[object, object], tuple[np.ndarray, np.ndarray]] = {}
    keys = []
    for timed in found:
        single = timed.month.strides == timed.day.strides == (0,) and len(timed.month) > 0
        end = 1 if single else None
        keys.append(
            (float(timed.month[0]), str(timed.day[0]))
            if single
            else (id(timed.month), id(timed.day))
        )
        sources.setdefault(keys[-1], (timed.month[:end], timed.day[:end]))
    months, month_codes = _coded(np.concatenate([m for m, _ in sources.values()]))
    days, day_codes = _coded(np.concatenate([d for _, d in sources.values()]))
    pairs, inverse = np.unique(month_codes * len(days) + day_codes, return_inverse=True)
    bounds = np.cumsum([0, *(len(m) for m, _ in sources.values())])
    own = {key: inverse[a:b] for key, a, b in zip(sources, bounds[:-1], bounds[1:], strict=True)}
    codes = [
        np.broadcast_to(own[key], (len(k),)) if len(own[key]) == 1 else own[key][k]
        for key, k in zip(keys, keep, strict=True)
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


def _put(
    ledger: Ledger,
    frame: dict[str, np.ndarray],
    timed: Timed,
    kept: np.ndarray,
    place: np.ndarray,
    n: int,
    how: str,
) -> None:
    """Write one column's values into its places; values for a place that is taken are
    duplicates.
    """
    name = timed.field
    text = timed.values.value.dtype == object
    column = frame.setdefault(name, np.full(n, "", dtype=object) if text else np.full(n, np.nan))
    value = timed.values.value[kept]
    first = _first_of_place(place, n)
    taken = (column[place] != "") if text else np.isfinite(column[place])
    column[place[first & ~taken]] = value[first & ~taken]
    again = np.flatnonzero(~first | taken)
    other = again[value[again] != column[place[again]]]
    same = np.setdiff1d(again, other, assume_unique=True)
    if len(same):
        ledger.report_cells(NOTE, "intake.duplicate.same", timed.values.column, kept[same])
    if len(other):
        ledger.report_cells(WARNING, f"intake.duplicate.{how}", timed.values.column, kept[other])
        _resolve(column, place, value, other, how)
    if timed.values.censored is not None:
        flag = frame.setdefault(f"{name}_censored", np.zeros(n, dtype=bool))
        flag[place[first]] |= timed.values.censored[kept][first] != 0


def _first_of_place(place: np.ndarray, n: int) -> np.ndarray:
    if len(place) < 2 or (np.diff(place) > 0).all():
        return np.ones(len(place), dtype=bool)
    firsts = np.full(n, -1)
    firsts[place[::-1]] = np.arange(len(place))[::-1]
    return firsts[place] == np.arange(len(place))


def _resolve(
    column: np.ndarray, place: np.ndarray, value: np.ndarray, other: np.ndarray, how: str
) -> None:
    if how == "last":
        column[place[other]] = value[other]
    elif how == "mean" and column.dtype != object:
        for target in np.unique(place[other]):
            values = np.append(value[other[place[other] == target]], column[target])
            column[target] = values.mean()
