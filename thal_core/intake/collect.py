"""One table's columns → what they contribute to the cohort."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from thal_core.intake.fields.roles import DATES, TIMES, VISIT_ROLES, rows_have_time
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.headers import EVENT
from thal_core.intake.text.timepoints import parse_time
from thal_core.intake.timeline.treatment_time import Clock, month_labels, row_times
from thal_core.intake.values.contributions import Harvest, Part
from thal_core.intake.values.events import read_events, read_flags, read_treatments
from thal_core.intake.values.extra import keep_extra
from thal_core.intake.values.genotypes import read_allele_pair, read_alpha, read_genotypes
from thal_core.intake.values.notes import read_notes
from thal_core.intake.values.parameters import by_parameter, times_of
from thal_core.intake.values.patient_columns import read_codes, read_texts
from thal_core.intake.values.quantities import Values, read_quantities
from thal_core.intake.values.visit_columns import read_extra, read_measured, read_timing
from thal_core.intake.values.visit_frame import Timed
from thal_core.rules.catalogue import fields
from thal_core.vocabulary import DAYS_PER_MONTH

TRANSFUSIONS = frozenset({"units", "volume_ml"})
_DATES_BECOME = {
    "last_dose_date": "withdrawn_month",
    "splenectomy_date": "splenectomy_month",
    "transfusion_free_date": "transfusion_free_from_month",
}


def gather(
    context: Context,
    harvest: Harvest,
    columns: list[Column],
    patients: np.ndarray,
    kind: str,
    clock: Clock,
) -> None:
    """Read every column of one table into the harvest."""
    times = row_times(context, columns[0].table, columns, patients, clock)
    timed = rows_have_time(columns)
    part = Part(columns, patients, times, timed, _days_beside(columns, patients, clock))
    harvest.events += read_events(context, columns, patients, times, clock)
    harvest.treatments += read_treatments(context, columns, patients, times, clock)
    if kind == "parameters":
        for positions, own in by_parameter(context, columns, times):
            gather_part(
                context, harvest, Part(own, patients[positions], times_of(times, positions), timed)
            )
        part = replace(
            part, columns=[c for c in columns if c.target not in ("value", "value_unit")]
        )
    gather_part(context, harvest, part)
    _dates(harvest, part, clock)
    _keep_the_rest(context, harvest, part)


def _days_beside(
    columns: list[Column], patients: np.ndarray, clock: Clock
) -> dict[int, np.ndarray]:
    """``Hb 2`` beside ``Visit date 2``: the days of the date column with the same time in its
    header.
    """
    dates = {c.header.time: c for c in columns if c.target == "date" and c.header.time is not None}
    return {
        c.index: clock.since_first_dose(dates[c.header.time], patients)
        for c in columns
        if c.header.time in dates
    }


def gather_part(context: Context, harvest: Harvest, part: Part) -> None:
    """Read columns whose rows' patients and times are known."""
    _genotypes(context, harvest, part)
    by_target: dict[str, list[Column]] = {}
    for column in part.columns:
        by_target.setdefault(column.target, []).append(column)
    for target, group in by_target.items():
        reader = _reader(target)
        if reader is not None:
            reader(context, harvest, part, target, group)


_Reader = Callable[[Context, Harvest, Part, str, list[Column]], None]


def _reader(target: str) -> _Reader | None:
    if target in ("identifying", "ignore"):
        return _drop
    if target == "notes":
        return _notes
    if target.startswith(EVENT):
        return _flags
    if target in VISIT_ROLES:
        return read_measured
    if target in TRANSFUSIONS:
        return _transfusions
    if target == "hb_timing":
        return read_timing
    if target in ("transfusion_free", "transfusion_free_from_month"):
        return _free
    if target in ("extra", "recorded_response", "recorded_beta_class"):
        return read_extra
    if target in fields() and fields()[target].table in ("patients", "both"):
        return _statics
    return None


def _drop(context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]) -> None:
    for column in group:
        n = column.filled()
        if n and target == "ignore":
            code = (
                "intake.column.technical"
                if column.reading.how == "how.technical"
                else "intake.column.ignored"
            )
            context.column_issue(NOTE, code, column, n=n)
            context.mark(column, Fate.ISSUE)
        elif n:
            context.column_issue(WARNING, "intake.identifying.dropped", column, n=n)
            context.mark(column, Fate.IDENTIFYING)


def _notes(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    for column in group:
        events, doses = read_notes(context, column, part.patients, part.times)
        harvest.noted_events.append(events)
        harvest.noted_doses.append(doses)


def _flags(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    for column in group:
        harvest.events.append(read_flags(context, column, part.patients, part.times))


def _transfusions(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    for values in read_quantities(context, group):
        month = values.column.reading.month
        at = part.times.month if month is None else np.full(len(part.patients), month)
        day = part.times.day if month is None else np.full(len(part.patients), np.nan)
        lost = np.flatnonzero(np.isfinite(values.value) & np.isnan(at) & (part.patients >= 0))
        context.cell_issues(WARNING, "intake.cell.no_time", values.column, lost)
        harvest.transfusions.append(Timed(target, values, part.patients, np.round(at, 2), day))


def _statics(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    for values in _static_values(context, target, group):
        harvest.statics.setdefault(target, []).append((values, part.patients))


def _free(context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]) -> None:
    """When transfusion ended; a plain "yes" has no month and counts as 100 % less."""
    for column in group:
        codes, texts = column.coded()
        words = [None if parse_time(t) else parse_code(t, "transfusion_free") for t in texts]
        free = np.array([w == "yes" for w in words])[codes]
        if free.any():
            context.column_issue(NOTE, "intake.transfusion_free", column, n=int(free.sum()))
            less = Values(column, np.where(free, 100.0, np.nan))
            harvest.statics.setdefault("transfusion_reduction_percent", []).insert(
                0, (less, part.patients)
            )
        answers = {t.strip(): "" for t, w in zip(texts, words, strict=True) if w in ("yes", "no")}
        months = Values(column, month_labels(context, replace(column, recode=answers)))
        harvest.statics.setdefault("transfusion_free_from_month", []).append(
            (months, part.patients)
        )


def _static_values(context: Context, target: str, group: list[Column]) -> list[Values]:
    kind = fields()[target].kind
    if kind == "number":
        return read_quantities(context, group)
    if kind in ("sex", "bool", "phenotype", "origin"):
        return [read_codes(context, column) for column in group]
    if kind == "month":
        return [Values(column, month_labels(context, column)) for column in group]
    if kind == "alpha":
        return [read_alpha(context, column) for column in group]
    return [read_texts(context, column) for column in group] if kind == "text" else []


def _genotypes(context: Context, harvest: Harvest, part: Part) -> None:
    whole = [c for c in part.columns if c.target == "genotype"]
    pair = [
        next((c for c in part.columns if c.target == name), None)
        for name in ("allele_1", "allele_2")
    ]
    read = [read_genotypes(context, column) for column in whole]
    if not whole and pair[0] is not None and pair[1] is not None:
        read.append(read_allele_pair(context, pair[0], pair[1]))
    for parts, raw in read:
        for name, values in parts.items():
            harvest.statics.setdefault(name, []).append((values, part.patients))
        harvest.extra.append(
            keep_extra(context, raw.column, raw.coded(), part.patients, part.times)
        )


def _dates(harvest: Harvest, part: Part, clock: Clock) -> None:
    """Dates of one event per patient become months; a birth date becomes the age at the first
    dose.
    """
    for column in part.columns:
        if column.target in _DATES_BECOME:
            months = np.round(clock.since_first_dose(column, part.patients) / DAYS_PER_MONTH, 2)
            harvest.statics.setdefault(_DATES_BECOME[column.target], []).append(
                (Values(column, months), part.patients)
            )
        elif column.target == "birth_date":
            years = np.floor(-clock.since_first_dose(column, part.patients) / 365.25)
            harvest.statics.setdefault("age_years", []).append(
                (Values(column, years), part.patients)
            )


def _keep_the_rest(context: Context, harvest: Harvest, part: Part) -> None:
    """Columns that were understood but belong to nothing in this table (a grade without an event)
    are kept.
    """
    for column in part.columns:
        cells = context.account.fate[column.sheet][column.table.rows, column.index]
        if column.target in TIMES or column.target in DATES or column.target.startswith("redcap"):
            context.mark(column, Fate.USED)
        if not (cells == Fate.UNSEEN).any() or column.target in TIMES:
            continue
        harvest.extra.append(keep_extra(context, column, column.coded(), part.patients, part.times))
