"""When: month labels and dates of rows → months and days from each patient's first dose."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from thal_core.intake.fields.header_months import numbers_are_months
from thal_core.intake.fields.roles import DATES
from thal_core.intake.layout.columns import Column, Key
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import parse_distinct
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.calendars import (
    GREGORIAN,
    calendar_of,
    calendars,
    solar_or_lunar,
    year_first,
)
from thal_core.intake.text.clinical_terms import month_in
from thal_core.intake.text.codes import setting_codes
from thal_core.intake.text.dates import Order, day_month_order, needs_order, parse_date
from thal_core.intake.text.fold import compact, plain
from thal_core.intake.text.numbers import is_missing, parse_number
from thal_core.intake.text.timepoints import Timepoint, parse_time
from thal_core.intake.text.units import unit_named
from thal_core.intake.timeline.patient_ids import PatientIds
from thal_core.mapping import Mapping
from thal_core.rules.catalogue import fields
from thal_core.vocabulary import DAYS_PER_MONTH
from thal_core.words import Message

_CDISC_DAYS = frozenset(
    {"ady", "lbdy", "aedy", "exdy", "visitdy", "studyday", "astdy", "aestdy", "exstdy", "cmstdy"}
)
_ROW_TIMES = ("month", "visit_number", "redcap_event")
_MONTH_WORDS = ("month", "月", "mo")


@dataclass(frozen=True, eq=False)
class TreatmentTime:
    """First dose of each patient (day number, NaN unknown) and how dates are written."""

    first_dose: np.ndarray
    order: Order
    days: dict[Key, np.ndarray]  # date column → day number per row

    def since_first_dose(self, column: Column, patients: np.ndarray) -> np.ndarray:
        """Days from the patient's first dose, per row of a date column."""
        start = np.where(patients >= 0, self.first_dose[np.maximum(patients, 0)], np.nan)
        return self.days[column.key] - start


@dataclass(frozen=True, eq=False)
class RowTimes:
    """Month and day of each row of a table, NaN where the row has none. ``labelled``: the month was
    written.
    """

    month: np.ndarray
    day: np.ndarray
    labelled: np.ndarray


def read_treatment_time(
    ledger: Ledger, tables: dict[int, list[Column]], patient_ids: PatientIds, mapping: Mapping
) -> TreatmentTime:
    """Read every date column; find each patient's first dose: as written, else the date of their
    baseline visit, else their earliest visit.
    """
    dated = [(n, c) for n, columns in tables.items() for c in columns if c.target in DATES]
    order = _order(ledger, [c for _, c in dated], mapping)
    calendar = _calendars(ledger, [c for _, c in dated], mapping)
    days = {c.key: _days(ledger, c, order, calendar[c.key]) for _, c in dated}
    first = np.full(len(patient_ids.ids), np.nan)
    for number, column in dated:
        if column.target == "first_dose_date":
            earliest = _earliest(len(first), patient_ids.of[number], days[column.key])
            first = np.fmin(first, earliest)
            _report_other_first_doses(
                ledger, column, first, patient_ids.of[number], days[column.key]
            )
    visits = [(n, c) for n, c in dated if c.target == "date"]
    for number, column in visits:
        at_baseline = _is_baseline(tables[number], column)
        rows = np.where(at_baseline, days[column.key], np.nan)
        first = _with_visits(ledger, first, patient_ids.of[number], rows, column, baseline=True)
    for number, column in visits:
        rows = days[column.key]
        first = _with_visits(ledger, first, patient_ids.of[number], rows, column, baseline=False)
    for number, column in dated:
        _report_dates(ledger, column, first, patient_ids.of[number], days[column.key])
    return TreatmentTime(first, order, days)


def _report_dates(
    ledger: Ledger, column: Column, first: np.ndarray, patients: np.ndarray, days: np.ndarray
) -> None:
    """Dates end here: they became months, or cannot because the first dose is not known."""
    known = np.isfinite(days) & (patients >= 0)
    if known.any():
        ledger.report_column(NOTE, "intake.dates_dropped", column, n=int(known.sum()))
    lost = np.flatnonzero(known & np.isnan(first[np.maximum(patients, 0)]))
    ledger.report_cells(WARNING, "intake.first_dose_unknown", column, lost, hide=True)


def _order(ledger: Ledger, columns: list[Column], mapping: Mapping) -> Order:
    chosen = mapping.setting("date_order")
    if chosen in ("dmy", "mdy", "ymd"):
        return chosen  # type: ignore[return-value]
    texts = [t for column in columns for t in column.distinct()]
    written_order = day_month_order(texts)
    if written_order is None and needs_order(texts):
        for column in columns:
            if needs_order(column.distinct()):
                ledger.report_column(WARNING, "intake.date_order_assumed", column)
    return written_order or "dmy"


def _calendars(ledger: Ledger, columns: list[Column], mapping: Mapping) -> dict[Key, str]:
    """The calendar of each column's years: the setting, else what most of them can be in; '' where
    nothing tells, which is reported.
    """
    chosen = mapping.setting("calendar")
    if chosen in calendars():
        return {column.key: chosen for column in columns}
    by_column = {column.key: calendar_of(column.distinct()) for column in columns}
    seen = [t for c in columns if c.target != "birth_date" for t in c.distinct()]
    hijri = solar_or_lunar(seen) or ""
    foreign = {hijri if name is None else name for name in by_column.values()} - {"", GREGORIAN}
    two_digit = next(iter(foreign)) if len(foreign) == 1 else GREGORIAN  # of two-digit years
    if all(name != GREGORIAN for name in by_column.values()):
        by_column = {key: two_digit if name == "" else name for key, name in by_column.items()}
    found = {key: hijri if name is None else name or GREGORIAN for key, name in by_column.items()}
    for column in columns:
        _report_calendar(ledger, column, found[column.key])
    return found


def _report_calendar(ledger: Ledger, column: Column, calendar: str) -> None:
    if not calendar:
        ledger.report_column(ERROR, "intake.calendar_unclear", column)
    elif calendar != GREGORIAN:
        name = Message(f"calendar.{calendar}")
        ledger.report_column(NOTE, "intake.calendar_read", column, calendar=name)


def _days(ledger: Ledger, column: Column, order: Order, calendar: str) -> np.ndarray:
    """Day number of each row; a date may identify: it is reported, never printed."""

    if calendar != GREGORIAN and year_first(column.distinct()):
        order = "ymd"

    def day(text: str) -> float | None:
        if is_missing(text):
            return np.nan
        found = parse_date(text, order, serial=True, calendar=calendar) if calendar else None
        return None if found is None else float(found.toordinal())

    read = parse_distinct(column, day)
    bad = read.not_understood()
    ledger.report_cells(ERROR, "intake.cell.date", column, bad, hide=True)
    ledger.mark(column, Fate.IDENTIFYING if column.target == "birth_date" else Fate.USED)
    return read.spread(np.nan)


def _earliest(n: int, patients: np.ndarray, days: np.ndarray) -> np.ndarray:
    """The first of these days for each of ``n`` patients, NaN where there is none."""
    rows = np.flatnonzero((patients >= 0) & np.isfinite(days))
    first = np.full(n, np.nan)
    np.fmin.at(first, patients[rows], days[rows])
    return first


def _report_other_first_doses(
    ledger: Ledger, column: Column, first: np.ndarray, patients: np.ndarray, days: np.ndarray
) -> None:
    known = np.flatnonzero((patients >= 0) & np.isfinite(days))
    n = int((days[known] != first[patients[known]]).sum())
    if n:
        ledger.report_column(WARNING, "intake.first_dose_differs", column, n=n)


def _with_visits(
    ledger: Ledger,
    first: np.ndarray,
    patients: np.ndarray,
    days: np.ndarray,
    column: Column,
    *,
    baseline: bool,
) -> np.ndarray:
    """First doses, those still unknown taken from the earliest of these visits."""
    found = _earliest(len(first), patients, days)
    new = int((np.isnan(first) & np.isfinite(found)).sum())
    if new:
        code = "intake.first_dose_is_baseline" if baseline else "intake.first_dose_is_earliest"
        ledger.report_column(NOTE if baseline else WARNING, code, column, n=new)
    return np.where(np.isnan(first), found, first)


def _is_baseline(columns: list[Column], date: Column) -> np.ndarray:
    """Rows that are labelled month 0, or all where the date's own header says so."""
    if date.header.time is not None:
        return np.full(
            len(date.table.rows), date.header.time.kind == "month" and date.header.time.value == 0
        )
    for column in columns:
        if column.target in ("month", "redcap_event"):
            codes, texts = column.coded()
            zero = [
                (t := parse_time(text)) is not None and t.kind in ("month", "bare") and t.value == 0
                for text in texts
            ]
            return np.array(zero)[codes]
    return np.zeros(len(columns[0].table.rows), dtype=bool)


def row_times(
    ledger: Ledger,
    columns: list[Column],
    patients: np.ndarray,
    treatment_time: TreatmentTime,
    mapping: Mapping,
) -> RowTimes:
    """The time of each row, from its month, day and date columns; a written month goes before a
    date.
    """
    n = len(patients)
    month, day = np.full(n, np.nan), np.full(n, np.nan)
    for column in columns:
        second = (
            column.target in ("event_month", "start_month")
            and column.header.number is None
            and np.isnan(month).all()
        )
        if column.target in _ROW_TIMES or second:
            month = np.where(np.isnan(month), month_labels(ledger, column, mapping), month)
    labelled = np.isfinite(month)
    for column in columns:
        if column.target == "day":
            day = np.where(np.isnan(day), _day_numbers(ledger, column), day)
        elif column.target in ("date", "start_date") and column.header.time is None:
            day = np.where(np.isnan(day), treatment_time.since_first_dose(column, patients), day)
    broken = labelled & (month % 1 != 0) & np.isnan(day)
    day = np.where(broken, np.round(month * DAYS_PER_MONTH), day)
    month = np.where(labelled, month, day / DAYS_PER_MONTH)
    return RowTimes(month, day, labelled)


def month_labels(ledger: Ledger, column: Column, mapping: Mapping) -> np.ndarray:
    """Months of a column of labels or numbers; what is neither is reported."""
    times = parse_distinct(column, lambda text: _time_in(column, text))
    unit = unit_named(column.header.unit, column.target) if column.header.unit else None
    factor = unit.factor if unit is not None else 1.0
    visit_months = setting_codes(mapping.setting("visit_months"))
    sure = _bare_are_months(column, times.values)
    found = [_month_of(time, factor, sure, visit_months) for time in times.values]
    limits = fields()["month"]
    possible = [m is not None and limits.hard_low <= m <= limits.hard_high for m in found]
    blank = [not plain(t) or is_missing(t) for t in times.texts]
    months = [m if ok else None for m, ok in zip(found, possible, strict=True)]
    bad = [not (ok or empty) for ok, empty in zip(possible, blank, strict=True)]
    ask = any(time is not None and wrong for time, wrong in zip(times.values, bad, strict=True))
    code = "intake.cell.visit_label" if ask else "intake.cell.time"
    ledger.report_cells(ERROR, code, column, times.rows(bad))
    ledger.mark(column, Fate.USED)
    return np.array([np.nan if m is None else m for m in months])[times.codes]


def _time_in(column: Column, text: str) -> Timepoint | None:
    return (parse_time(text) or _month_inside(column, text)) if plain(text) else None


def _month_inside(column: Column, text: str) -> Timepoint | None:
    """``用药3个月后脱离``: the one month a sentence names, where a column holds a month of one
    thing.
    """
    month = None if column.target in _ROW_TIMES else month_in(plain(text))
    return None if month is None else Timepoint("month", month)


def _bare_are_months(column: Column, times: list[Timepoint | None]) -> bool:
    """Plain numbers under "month" are months; under "visit" only where they cannot be a count."""
    words = compact(column.title)
    if column.target not in _ROW_TIMES:
        return True
    if any(word in words for word in _MONTH_WORDS) or column.header.unit or column.reading.by_hand:
        return True
    numbers = {t.value for t in times if t is not None and t.kind in ("bare", "visit")}
    if column.target == "visit_number":
        return numbers_are_months(numbers)
    return numbers_are_months(numbers) or not numbers or (0 in numbers and len(numbers) <= 2)


def _month_of(
    time: Timepoint | None, factor: float, sure: bool, visit_months: dict[str, str]
) -> float | None:
    if time is None or time.kind in ("post", "last"):
        return None
    if time.kind == "month":
        return time.value
    given = visit_months.get(f"v{time.value:g}", visit_months.get(f"{time.value:g}"))
    if given:
        return parse_number(given).value
    return time.value * factor if sure else None


def _day_numbers(ledger: Ledger, column: Column) -> np.ndarray:
    """Days from first dose; study days of CDISC count the first dose as day 1 and know no day 0."""
    codes, texts = column.coded()
    values = np.array([parse_number(t).value for t in texts])
    if compact(column.title) in _CDISC_DAYS:
        values = np.where(values > 0, values - 1, values)
    ledger.mark(column, Fate.USED)
    return values[codes]
