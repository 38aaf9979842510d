"""How much less a patient is transfused: rates per month over stated windows, never raw totals."""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.drugs import treatments_of
from thal_core.rules.catalogue import STUDY, Criterion
from thal_core.vocabulary import DAYS_PER_MONTH

NTDT_CLEAR_DAYS = 56  # contract: an NTDT patient transfused within 8 weeks before an Hb is not evaluable
OFF_DRUG_DAYS = 30  # contract: later than 30 days after the last dose is off drug


def derive_transfusion_change(
    cohort: Cohort, rules: Criterion, month: float, unit_volume_ml: float = 200.0
) -> pd.DataFrame:
    """What transfusion became by ``month``, one row per patient.

    Columns: reduction_percent = 100 · (1 − rate after / rate before); volume_less_ml (whole blood) over the
    window; free (True/False/<NA>); source {rows, totals, stated, ""}. The window after is the criterion's
    ``window_months`` that end at ``month``, the window before as many that end with the first dose. Totals and a
    stated reduction belong to the criterion's own month only.
    """
    patients, own_month = cohort.patients, month == rules.month
    out = pd.DataFrame(index=patients.index)
    before, after = _window_units(cohort, rules, month)
    known = before.notna() & (before > 0) & after.notna()
    out["reduction_percent"] = _percent_less(before, after).where(known)
    out["volume_less_ml"] = ((before - after) * unit_volume_ml).where(known)
    out["source"] = np.where(known, "rows", "")
    if own_month:
        _fill_from_totals(out, patients, rules.window_months, unit_volume_ml)
    out["free"] = _free(out, patients, after, month, own_month)
    return out


def _window_units(cohort: Cohort, rules: Criterion, month: float) -> tuple[pd.Series, pd.Series]:
    """Units in the window before the first dose and in the one that ends at ``month``; NaN where not recorded.

    A patient counts as recorded before if he has a row in that window, and as recorded up to ``month`` if his
    transfusions are (``_recorded_until``).
    """
    rows, index = transfusion_rows(cohort, rules.days_per_month), cohort.patients.index
    tolerance, window = 1e-6, rules.window_months
    end = _end_of_baseline(rows).where(rows["day"].isna(), 0.0)
    in_before = (rows["time"] > end - window + tolerance) & (rows["time"] <= tolerance)
    in_after = (rows["time"] > month - window + tolerance) & (rows["time"] <= month + tolerance)
    units = rows["units"]

    def total(mask: pd.Series) -> pd.Series:
        return units[mask].groupby(rows["patient_id"][mask]).sum().reindex(index)

    before = total(in_before)
    followed = (_recorded_until(cohort, rows) >= month - tolerance) & before.notna()
    after = total(in_after)
    return before, after.fillna(0.0).where(followed)


def _recorded_until(cohort: Cohort, rows: pd.DataFrame) -> pd.Series:
    """The month up to which a patient's transfusions are recorded; NaN without a row.

    After a dated transfusion none followed for as long as he is seen. Month totals are recorded as far as they go:
    to his own last one where months without are written as 0, else to the last one of anybody.
    """
    index = cohort.patients.index
    own = rows.groupby("patient_id")["time"].max().reindex(index)
    seen = cohort.visits.groupby("patient_id")["month"].max().reindex(index)
    totals = rows[rows["day"].isna()]
    sheet = own if (totals["units"] == 0).any() else np.fmax(own, np.minimum(seen, totals["time"].max()))
    return sheet.where(~_dated(rows, index), np.fmax(own, seen))


def _dated(rows: pd.DataFrame, index: pd.Index) -> pd.Series:
    return (rows.groupby("patient_id")["day"].count() > 0).reindex(index).fillna(False).astype(bool)


def _end_of_baseline(rows: pd.DataFrame) -> pd.Series:
    """The month total that ends with the first dose: month 0, or -1 in a sheet that has no month 0."""
    before = rows.loc[rows["day"].isna() & (rows["time"] <= 0), "time"]
    return pd.Series(-1.0 if before.max() == -1 else 0.0, index=rows.index)


def derive_transfusion_rates(cohort: Cohort) -> pd.DataFrame:
    """Units per month ``before`` and ``after`` the first dose over everything recorded, blank unless both are known.

    From the totals and their windows; else from the transfusions themselves: month totals count their months,
    dated ones the time from the first to the first dose, and from it until transfusions are recorded.
    """
    patients = cohort.patients
    totals = pd.DataFrame({
        "before": patients["transfusion_units_before"] / patients["transfusion_months_before"],
        "after": patients["transfusion_units_after"] / patients["transfusion_months_after"],
    })
    totals = totals.where(totals.notna().all(axis=1))
    rows, index = transfusion_rows(cohort), patients.index
    early = rows.assign(end=_end_of_baseline(rows) + 1)[rows["time"] <= 0]
    first = early.groupby("patient_id")["time"].min().reindex(index)
    end = early.groupby("patient_id")["end"].max().reindex(index).where(~_dated(rows, index), 0.0)
    later = rows[rows["time"] > 0].groupby("patient_id")["units"].sum().reindex(index).fillna(0.0)
    counted = pd.DataFrame({
        "before": _per_month(early.groupby("patient_id")["units"].sum().reindex(index), end - first),
        "after": _per_month(later, _recorded_until(cohort, rows)),
    })
    return totals.fillna(counted.where(counted.notna().all(axis=1)))


def _per_month(units: pd.Series, months: pd.Series) -> pd.Series:
    return units / months.where(months > 0)


def transfusion_rows(cohort: Cohort, days_per_month: float = DAYS_PER_MONTH) -> pd.DataFrame:
    """Transfusions with ``time`` in months (from the day where known) and ``units``."""
    rows = cohort.transfusions
    time = (rows["day"] / days_per_month).fillna(rows["month"])
    return rows.assign(time=time)[["patient_id", "time", "units", "day", "month"]].dropna(subset=["time", "units"])


def _percent_less(before: pd.Series, after: pd.Series) -> pd.Series:
    # rounded to 1e-9 so that exactly 25 % and 50 % stay exact
    return (100 * (1 - after / before.where(before > 0))).round(9)


def _fill_from_totals(out: pd.DataFrame, patients: pd.DataFrame, window: float, unit_volume_ml: float) -> None:
    rate_before = patients["transfusion_units_before"] / patients["transfusion_months_before"]
    rate_after = patients["transfusion_units_after"] / patients["transfusion_months_after"]
    percent = _percent_less(rate_before, rate_after)
    _fill(out, percent, "totals", (rate_before - rate_after) * window * unit_volume_ml)
    _fill(out, patients["transfusion_reduction_percent"], "stated", None)


def _fill(out: pd.DataFrame, percent: pd.Series, source: str, volume: pd.Series | None) -> None:
    empty = out["reduction_percent"].isna() & percent.notna()
    out.loc[empty, "reduction_percent"] = percent[empty]
    out.loc[empty, "source"] = source
    if volume is not None:
        out.loc[empty, "volume_less_ml"] = volume[empty]


def _free(
    out: pd.DataFrame, patients: pd.DataFrame, after: pd.Series, month: float, own_month: bool
) -> pd.Series:
    free = pd.Series(pd.NA, index=out.index, dtype="boolean")
    free = free.mask(out["reduction_percent"].notna(), out["reduction_percent"] >= 100)
    if own_month:
        recorded = patients["transfusion_units_after"].notna() & (out["source"] != "rows")
        free = free.mask(recorded, patients["transfusion_units_after"] == 0)
    free = free.mask(after.notna(), after == 0)
    free_from = patients["transfusion_free_from_month"]
    return free.mask(free_from.notna(), free_from <= month)


def transfused_before(cohort: Cohort, month: float, days: int = NTDT_CLEAR_DAYS) -> pd.Series:
    """True for patients transfused within ``days`` before (or on) ``month``."""
    rows = transfusion_rows(cohort)
    end = month * DAYS_PER_MONTH
    at = rows["day"].fillna(rows["month"] * DAYS_PER_MONTH)
    hit = rows[(rows["units"] > 0) & (at > end - days) & (at <= end)]
    return pd.Series(cohort.patients.index.isin(hit["patient_id"]), index=cohort.patients.index)


def last_dose_month(cohort: Cohort) -> pd.Series:
    """When thalidomide was last taken: the month it was stopped, else the stop of its last treatment row, else the
    time on treatment; NaN if unknown."""
    patients = cohort.patients
    rows = treatments_of(cohort, STUDY).groupby("patient_id")[["start_month", "stop_month"]].agg(["max", "count", "size"])
    closed = (rows["stop_month", "count"] == rows["stop_month", "size"]) & (
        rows["stop_month", "max"] >= rows["start_month", "max"].fillna(-np.inf))
    stop = rows.loc[closed, ("stop_month", "max")].reindex(patients.index)
    return patients["withdrawn_month"].fillna(stop).fillna(patients["duration_months"])
