"""One table's columns → what they contribute to the cohort."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np

from thal_core.intake.fields.roles import DATES, TIMES, VISIT_ROLES, rows_have_time
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import parse_distinct
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import compact
from thal_core.intake.text.headers import EVENT
from thal_core.intake.text.phrases import stop_reason_in
from thal_core.intake.text.timepoints import parse_time
from thal_core.intake.timeline.patient_ids import PatientIds
from thal_core.intake.timeline.treatment_time import TreatmentTime, month_labels, row_times
from thal_core.intake.values.contributions import STATED_FREE, Contributions, Part, together
from thal_core.intake.values.events import read_events, read_flags
from thal_core.intake.values.extra import keep_extra
from thal_core.intake.values.genotype_columns import read_allele_pair, read_alpha, read_genotypes
from thal_core.intake.values.notes import read_notes
from thal_core.intake.values.parameters import by_parameter, times_of
from thal_core.intake.values.patient_columns import read_codes, read_texts
from thal_core.intake.values.quantities import Values, read_quantities
from thal_core.intake.values.treatments import read_treatments
from thal_core.intake.values.visit_columns import read_extra, read_timing, read_visit_quantity
from thal_core.intake.values.visit_frame import Timed
from thal_core.intake.values.visit_rates import BEFORE, is_rate_of_rows, rates_by_time
from thal_core.mapping import Mapping
from thal_core.rules.catalogue import fields
from thal_core.vocabulary import DAYS_PER_MONTH

TRANSFUSIONS = frozenset({"units", "volume_ml"})
_DATES_BECOME = {
    "last_dose_date": "withdrawn_month",
    "splenectomy_date": "splenectomy_month",
    "transfusion_free_date": "transfusion_free_from_month",
}


def collect_table(
    ledger: Ledger,
    columns: list[Column],
    kind: str,
    patients: np.ndarray,
    patient_ids: PatientIds,
    treatment_time: TreatmentTime,
    mapping: Mapping,
) -> Contributions:
    """What every column of one table contributes. ``patients``: the patient of each row."""
    times = row_times(ledger, columns, patients, treatment_time, mapping)
    beside = _days_beside(columns, patients, treatment_time)
    part = Part(
        columns, patients, times, patient_ids.index, mapping, rows_have_time(columns), beside
    )
    found = [
        Contributions(
            events=tuple(read_events(ledger, part, treatment_time)),
            treatments=tuple(read_treatments(ledger, part, treatment_time)),
        )
    ]
    if kind == "parameters":
        found += [
            collect_part(ledger, one_parameter) for one_parameter in _parameter_parts(ledger, part)
        ]
        part = replace(
            part, columns=[c for c in columns if c.target not in ("value", "value_unit")]
        )
    found += [collect_part(ledger, part), _dates(part, treatment_time), _rest(ledger, part)]
    return together(found)


def _parameter_parts(ledger: Ledger, part: Part) -> Iterator[Part]:
    for positions, parameter_columns in by_parameter(
        ledger, part.columns, part.times, part.mapping
    ):
        times = times_of(part.times, positions)
        yield replace(
            part,
            columns=parameter_columns,
            patients=part.patients[positions],
            times=times,
            own_days={},
        )


def _days_beside(
    columns: list[Column], patients: np.ndarray, treatment_time: TreatmentTime
) -> dict[int, np.ndarray]:
    """``Hb 2`` beside ``Visit date 2``: the days of the date column with the same time in its
    header.
    """
    dates = {c.header.time: c for c in columns if c.target == "date" and c.header.time is not None}
    return {
        c.index: treatment_time.since_first_dose(dates[c.header.time], patients)
        for c in columns
        if c.header.time in dates
    }


def collect_part(ledger: Ledger, part: Part) -> Contributions:
    """What columns contribute whose rows' patients and times are known."""
    by_target: dict[str, list[Column]] = {}
    for column in part.columns:
        by_target.setdefault(column.target, []).append(column)
    found = [_genotypes(ledger, part)]
    for target, group in by_target.items():
        reader = _reader(target)
        if reader is not None:
            found.append(reader(ledger, part, target, group))
    return together(found)


_Reader = Callable[[Ledger, Part, str, list[Column]], Contributions]


def _reader(target: str) -> _Reader | None:
    if target in ("identifying", "ignore"):
        return _drop
    if target == "notes":
        return _notes
    if target.startswith(EVENT):
        return _flags
    if target in VISIT_ROLES:
        return read_visit_quantity
    if target in TRANSFUSIONS:
        return _transfusions
    if target == "hb_timing":
        return read_timing
    if target in ("transfusion_free", "transfusion_free_from_month"):
        return _free
    if target in ("extra", "recorded_response", "recorded_beta_class"):
        return read_extra
    if target == "withdrawn_month":
        return _withdrawn
    if target in fields() and fields()[target].table in ("patients", "both"):
        return _patient_columns
    return None


def _drop(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    for column in group:
        n = column.filled()
        if n and target == "ignore":
            technical = column.reading.how == "how.technical"
            code = "intake.column.technical" if technical else "intake.column.ignored"
            ledger.report_column(NOTE, code, column, n=n)
            ledger.mark(column, Fate.ISSUE)
        elif n:
            ledger.report_column(WARNING, "intake.identifying.dropped", column, n=n)
            ledger.mark(column, Fate.IDENTIFYING)
    return Contributions()


def _notes(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    read = [read_notes(ledger, part, column) for column in group]
    return Contributions(
        noted_events=tuple(events for events, _ in read),
        noted_doses=tuple(doses for _, doses in read),
    )


def _flags(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    return Contributions(events=tuple(read_flags(ledger, part, column) for column in group))


def _transfusions(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    return Contributions(
        transfusions=tuple(
            _transfused(ledger, part, target, values) for values in read_quantities(ledger, group)
        )
    )


def _transfused(ledger: Ledger, part: Part, target: str, values: Values) -> Timed:
    month = values.column.reading.month
    at = part.times.month if month is None else np.full(len(part.patients), month)
    day = part.times.day if month is None else np.full(len(part.patients), np.nan)
    lost = np.flatnonzero(np.isfinite(values.value) & np.isnan(at) & (part.patients >= 0))
    ledger.report_cells(WARNING, "intake.cell.no_time", values.column, lost)
    return Timed(target, values, part.patients, np.round(at, 2), day)


def _patient_columns(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    read = _patient_values(ledger, part, target, group)
    return together(
        _rates(ledger, part, values)
        if target == BEFORE and is_rate_of_rows(values, part.has_row_time)
        else part.of_patients(target, values)
        for values in read
    )


def _rates(ledger: Ledger, part: Part, values: Values) -> Contributions:
    """Rates of a table of visits; those of other months are kept as they are."""
    sides = rates_by_time(values, part.row_months)
    extra = keep_extra(ledger, part, values.column, values.column.coded())
    return together(
        [Contributions(extra=(extra,)), *(part.of_patients(n, rates) for n, rates in sides.items())]
    )


def _withdrawn(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    """When the drug was stopped; a reason in place of the month (``失访``) is kept as one."""
    return together(_stop(ledger, part, column) for column in group)


def _stop(ledger: Ledger, part: Part, column: Column) -> Contributions:
    read = parse_distinct(column, lambda t: "" if parse_time(t) else stop_reason_in(t))
    blanked = {t.strip(): "" for t, reason in zip(read.texts, read.values, strict=True) if reason}
    months = month_labels(ledger, replace(column, recode=blanked), part.mapping)
    found = [part.of_patients("withdrawn_month", Values(column, months))]
    if blanked:
        reasons = Values(column, read.spread("", object))
        n = int((reasons.value != "").sum())
        ledger.report_column(NOTE, "intake.reason_for_month", column, n=n)
        found.append(part.of_patients("withdrawal_reason", reasons))
    return together(found)


def _free(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    """When transfusion ended; a plain "yes" has no month and counts as 100 % less, a plain "no" is
    a record of it.
    """
    return together(_freedom(ledger, part, target, column) for column in group)


def _freedom(ledger: Ledger, part: Part, target: str, column: Column) -> Contributions:
    read = parse_distinct(column, lambda text: _says_free(text, target))
    yes_no = read.spread("", object)
    free = yes_no == "yes"
    blanked = {t.strip(): "" for t, word in zip(read.texts, read.values, strict=True) if word}
    dated = replace(column, recode=blanked)
    months = Values(column, month_labels(ledger, dated, part.mapping))
    found = [
        part.of_patients("transfusion_free_from_month", months),
        part.of_patients("transfusion_free", Values(column, yes_no)),
    ]
    if free.any():
        ledger.report_column(NOTE, "intake.transfusion_free", column, n=int(free.sum()))
        less = Values(column, np.where(free, 100.0, np.nan))
        found.append(part.of_patients(STATED_FREE, less))
    return together(found)


def _says_free(text: str, target: str) -> str:
    """yes, no or "" for a month or nothing. A sign (``-``, ``×``) in a column of months is a
    blank.
    """
    sign = compact(text) in ("", "x")
    if parse_time(text) or (sign and target != "transfusion_free"):
        return ""
    return parse_code(text, "transfusion_free") or ""


def _patient_values(ledger: Ledger, part: Part, target: str, group: list[Column]) -> list[Values]:
    kind = fields()[target].kind
    if kind == "number":
        return read_quantities(ledger, group)
    if kind in ("sex", "bool", "phenotype", "origin"):
        return [read_codes(ledger, column, part.mapping) for column in group]
    if kind == "month":
        return [Values(c, month_labels(ledger, c, part.mapping)) for c in group]
    if kind == "alpha":
        return [read_alpha(ledger, column) for column in group]
    return [read_texts(ledger, column) for column in group] if kind == "text" else []


def _genotypes(ledger: Ledger, part: Part) -> Contributions:
    whole = [c for c in part.columns if c.target == "genotype"]
    pair = [
        next((c for c in part.columns if c.target == name), None)
        for name in ("allele_1", "allele_2")
    ]
    read = [read_genotypes(ledger, column) for column in whole]
    if not whole and pair[0] is not None and pair[1] is not None:
        read.append(read_allele_pair(ledger, pair[0], pair[1]))
    values = [
        part.of_patients(name, column_values)
        for parts, _ in read
        for name, column_values in parts.items()
    ]
    extra = tuple(keep_extra(ledger, part, raw.column, raw.coded()) for _, raw in read)
    return together([*values, Contributions(extra=extra)])


def _dates(part: Part, treatment_time: TreatmentTime) -> Contributions:
    """Dates of one event per patient become months; a birth date becomes the age at the first
    dose.
    """
    found = []
    for column in part.columns:
        if column.target in _DATES_BECOME:
            days = treatment_time.since_first_dose(column, part.patients)
            months = Values(column, np.round(days / DAYS_PER_MONTH, 2))
            found.append(part.of_patients(_DATES_BECOME[column.target], months))
        elif column.target == "birth_date":
            days = treatment_time.since_first_dose(column, part.patients)
            found.append(part.of_patients("age_years", Values(column, np.floor(-days / 365.25))))
    return together(found)


def _rest(ledger: Ledger, part: Part) -> Contributions:
    """Columns that were understood but belong to nothing in this table (a grade without an event)
    are kept.
    """
    extra = []
    for column in part.columns:
        unseen = ledger.fates.holds(column.sheet, column.table.rows, column.index, Fate.UNSEEN)
        if column.target in TIMES or column.target in DATES or column.target.startswith("redcap"):
            ledger.mark(column, Fate.USED)
        if unseen and column.target not in TIMES:
            extra.append(keep_extra(ledger, part, column, column.coded()))
    return Contributions(extra=tuple(extra))
