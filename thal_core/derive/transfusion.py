"""What transfusion became: how much less is an average, free of it is a state, and each has its own
evidence.

Records refute statements. A blank month is unknown; zero units is a record that none was given.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from thal_core.cohort import Cohort
from thal_core.derive.on_drug import last_seen, time_of
from thal_core.derive.visits import on_drug_of
from thal_core.rules.catalogue import Criterion, convention
from thal_core.vocabulary import DAYS_PER_MONTH, Phenotype

TOLERANCE = 1e-6  # months
# "mL a month": amounts over one month are a rate on treatment, not a window that ended then
RATE = 1.0
ROWS, TOTALS, STATED, HUNDRED, INFERRED = "rows", "totals", "stated", "stated_100", "inferred"


def derive_transfusion_change(
    cohort: Cohort, rules: Criterion, month: float, unit_volume_ml: float = 200.0
) -> pd.DataFrame:
    """What transfusion became by ``month``, one row per patient.

    *How much less*: reduction_percent = 100 · (1 − rate after / rate before), negative for an
    increase; volume_less_ml (whole blood) over the window; source {rows, totals, stated, ""};
    average_months of the totals. Recorded transfusions of the criterion's window, else totals with
    their windows, else the reduction the sheet states; the last two at the criterion's own month
    only, and only if the criterion takes them. *Free*: free (True/False/<NA>) and free_source
    {rows, stated, totals, stated_100, inferred, ""}; unconfirmed (stated for less than two months);
    freedom_disagrees (the records or statements contradict each other). transfused_in_window: a
    transfusion is recorded in it. no_base: zero was recorded over everything written of the time
    before treatment. free_since: the month of freedom as stated.
    """
    patients, own_month = cohort.patients, month == rules.month
    out = pd.DataFrame(index=patients.index)
    before, after, given = _window_units(cohort, rules, month)
    known = before.notna() & (before > 0) & after.notna()
    out["reduction_percent"] = _percent_less(before, after).where(known)
    out["volume_less_ml"] = ((before - after) * unit_volume_ml).where(known)
    out["source"] = np.where(known, ROWS, "")
    totals = reduction_of_totals(patients)
    if own_month and rules.takes(TOTALS):
        out = _filled(out, totals, TOTALS)
    if own_month and rules.takes(STATED):
        out = _filled(out, stated_reduction(patients), STATED)
    out["average_months"] = patients["transfusion_months_after"].where(out["source"] == TOTALS)
    out["transfused_in_window"] = given
    freedom = _freedom_evidence(cohort, month, own_month, after, given)
    out = pd.concat([out, freedom], axis=1)
    out["free_since"] = patients["transfusion_free_from_month"]
    out["no_base"] = _no_base(cohort)
    return out


def _filled(out: pd.DataFrame, percent: pd.Series, source: str) -> pd.DataFrame:
    """With these reductions where none is known yet, and where they come from."""
    empty = out["reduction_percent"].isna() & percent.notna()
    return out.assign(
        reduction_percent=out["reduction_percent"].mask(empty, percent),
        source=out["source"].mask(empty, source),
    )


def stated_reduction(patients: pd.DataFrame) -> pd.Series:
    """The reduction the sheet states, in percent; above 100 is impossible and unused."""
    stated = patients["transfusion_reduction_percent"]
    return stated.where(stated <= 100)


def reduction_of_totals(patients: pd.DataFrame) -> pd.Series:
    """Percent less per month between the two totals; NaN unless both windows are known."""
    return _percent_less(
        patients["transfusion_units_before"] / patients["transfusion_months_before"],
        patients["transfusion_units_after"] / patients["transfusion_months_after"],
    )


def _percent_less(before: pd.Series, after: pd.Series) -> pd.Series:
    # rounded to 1e-9 so that exactly 25 % and 50 % stay exact
    return (100 * (1 - after / before.where(before > 0))).round(9)


# ------------------------------------------------------------------ free of transfusion


def _freedom_evidence(
    cohort: Cohort,
    month: float,
    own_month: bool,
    after: pd.Series,
    given: pd.Series,
) -> pd.DataFrame:
    """Columns free, free_source, unconfirmed, freedom_disagrees. The better evidence is written
    last, over the other.
    """
    patients = cohort.patients
    out = pd.DataFrame(index=patients.index)
    stated, refuted = patients["transfusion_free_from_month"], freedom_refuted(cohort, month)
    window = patients["transfusion_months_after"]
    reaches = (window >= month - TOLERANCE) | (window == RATE)
    none = (patients["transfusion_units_after"] == 0) & reaches
    hundred = own_month & (stated_reduction(patients) >= 100)
    denied = own_month & patients["transfusion_free"].eq(False).fillna(False).astype(bool)
    evidence: tuple[tuple[str, pd.Series, bool], ...] = (
        (HUNDRED, hundred & ~(stated > month), True),
        (STATED, stated > month, False),
        (STATED, denied, False),
        (TOTALS, none, True),
        (ROWS, given, False),
        (STATED, (stated <= month) & ~refuted, True),
        (ROWS, after == 0, True),
    )
    free = pd.Series(pd.NA, index=out.index, dtype="boolean")
    source = pd.Series("", index=out.index, dtype="str")
    for name, where, value in evidence:
        free, source = free.mask(where, value), source.mask(where, name)
    blank = free.isna() & _blank_among_filled(cohort, month)
    out["free"], out["free_source"] = free.mask(blank, False), source.mask(blank, INFERRED)
    out["unconfirmed"] = (
        out["free"].fillna(False).astype(bool)
        & (out["free_source"] == STATED)
        & (month - stated < convention("unconfirmed_months"))
    )
    yes = hundred | none | (stated <= month) | (after == 0)
    no = (stated > month) | denied | refuted | (given & ~(stated <= month))
    out["freedom_disagrees"] = yes & no & (patients["phenotype"] == Phenotype.TDT)
    return out


def freedom_refuted(cohort: Cohort, month: float) -> pd.Series:
    """True where the stated month of freedom f cannot be: a transfusion after f (up to the later of
    ``month`` and f + 2), or a reduction over W months below 100 · (1 − f/W) − 5 percent (no W: not
    tested).
    """
    patients = cohort.patients
    stated, rows = patients["transfusion_free_from_month"], transfusion_rows(cohort)
    of_row = rows["patient_id"].map(stated).astype("float64")
    until = np.maximum(of_row + convention("unconfirmed_months"), month) + TOLERANCE
    hit = rows[(rows["units"] > 0) & (rows["time"] > of_row + TOLERANCE) & (rows["time"] <= until)]
    reduction = reduction_of_totals(patients).fillna(stated_reduction(patients))
    least = 100 * (1 - stated / patients["transfusion_months_after"]) - convention("refute_points")
    return pd.Series(patients.index.isin(hit["patient_id"]), index=patients.index) | (
        reduction < least - 1e-9
    )


def derive_free_from(cohort: Cohort) -> pd.Series:
    """The stated month of freedom where nothing recorded within two months, and no total, refutes
    it.
    """
    stated = cohort.patients["transfusion_free_from_month"]
    return stated.mask(freedom_refuted(cohort, -np.inf))


def derive_free_at_last(cohort: Cohort, rules: Criterion) -> pd.Series:
    """Free of transfusion (True/False/<NA>) at each patient's last visit on the drug."""
    seen = cohort.visits.loc[on_drug_of(cohort), ["patient_id", "month"]].dropna()
    last = seen.groupby("patient_id")["month"].max().reindex(cohort.patients.index)
    free = pd.Series(pd.NA, index=last.index, dtype="boolean")
    for month in last[last > 0].unique():
        ending = last == month
        free[ending] = derive_transfusion_change(cohort, rules, month)["free"][ending]
    return free


def _blank_among_filled(cohort: Cohort, month: float) -> pd.Series:
    """TDT patients without a month of freedom, in a column that is filled for at least half of the
    sheet's TDT patients, who were seen on the drug at ``month`` or later: inferred not to be free.
    """
    everybody, patients = cohort.whole.patients, cohort.patients
    column = everybody.loc[everybody["phenotype"] == Phenotype.TDT, "transfusion_free_from_month"]
    if not len(column) or column.notna().mean() < convention("column_filled_share"):
        return pd.Series(False, index=patients.index)
    blank = (patients["phenotype"] == Phenotype.TDT) & patients[
        "transfusion_free_from_month"
    ].isna()
    return blank & (_last_on_drug(cohort) >= month - TOLERANCE)


def _last_on_drug(cohort: Cohort) -> pd.Series:
    seen = cohort.visits.loc[on_drug_of(cohort), ["patient_id", "month"]]
    return np.fmax(
        seen.groupby("patient_id")["month"].max().reindex(cohort.patients.index),
        cohort.patients["duration_months"],
    )


def _no_base(cohort: Cohort) -> pd.Series:
    """TDT with zero units, and nothing else, recorded of the time before treatment. A blank is not
    zero.
    """
    patients, rows = cohort.patients, transfusion_rows(cohort)
    early = (
        rows[rows["time"] <= TOLERANCE].groupby("patient_id")["units"].max().reindex(patients.index)
    )
    most = pd.concat([early, patients["transfusion_units_before"]], axis=1).max(axis=1)
    return (patients["phenotype"] == Phenotype.TDT) & (most == 0)


# ------------------------------------------------------------------ what is recorded


def transfusion_rows(cohort: Cohort, days_per_month: float = DAYS_PER_MONTH) -> pd.DataFrame:
    """Transfusions with ``time`` in months (from the day where known) and ``units``."""
    rows = cohort.transfusions
    return rows.assign(time=time_of(rows, days_per_month))[
        ["patient_id", "time", "units", "day", "month"]
    ].dropna(subset=["time", "units"])


def _window_units(
    cohort: Cohort, rules: Criterion, month: float
) -> tuple[pd.Series, pd.Series, pd.Series]:
    """Units in the window before the first dose and in the one that ends at ``month``, NaN unless
    it is wholly recorded; and whether any transfusion is recorded in the latter.

    Month totals: every month of the window that the sheet has. Dated transfusions: a row before the
    first dose within the window; afterwards none followed the last one for as long as the patient
    is seen.
    """
    rows, index = transfusion_rows(cohort, rules.days_per_month), cohort.patients.index
    window, dated = rules.window_months, _dated(rows, index)
    end = _end_of_baseline(cohort)
    before_ends = rows["patient_id"].map(dated).map({True: 0.0, False: end}).astype("float64")
    in_before = (rows["time"] > before_ends - window + TOLERANCE) & (rows["time"] <= TOLERANCE)
    in_after = (rows["time"] > month - window + TOLERANCE) & (rows["time"] <= month + TOLERANCE)

    def total(mask: pd.Series) -> pd.Series:
        return rows["units"][mask].groupby(rows["patient_id"][mask]).sum().reindex(index)

    whole_before = dated | _every_month(cohort, rows[in_before], end - window, end)
    followed = _recorded_until(cohort, rows) >= month - TOLERANCE
    whole_after = followed.where(dated, _every_month(cohort, rows[in_after], month - window, month))
    before, after = total(in_before).where(whole_before), total(in_after)
    return before, after.fillna(0.0).where(whole_after), after > 0


def _every_month(cohort: Cohort, rows: pd.DataFrame, start: float, end: float) -> pd.Series:
    """Has the patient a total for each month in (start, end] that the sheet has, the last month
    among them?
    """
    sheet = _sheet_months(cohort)
    asked = sheet[(sheet > start + TOLERANCE) & (sheet <= end + TOLERANCE)]
    if not len(asked) or asked.max() < end - TOLERANCE:
        return pd.Series(False, index=cohort.patients.index)
    totals = (
        rows[rows["day"].isna()]
        .drop_duplicates(["patient_id", "time"])
        .groupby("patient_id")
        .size()
    )
    return totals.reindex(cohort.patients.index, fill_value=0) >= len(asked)


def _sheet_months(cohort: Cohort) -> np.ndarray:
    """The months of which anybody in the sheet has a total."""
    rows = cohort.whole.transfusions
    return np.sort(rows.loc[rows["day"].isna() & rows["units"].notna(), "month"].dropna().unique())


def _recorded_until(cohort: Cohort, rows: pd.DataFrame) -> pd.Series:
    """The month up to which a patient's transfusions are recorded: the last total of a month; after
    a dated transfusion, as long as the patient is seen. NaN without a row.
    """
    until = rows.groupby("patient_id")["time"].max().reindex(cohort.patients.index)
    return until.where(~_dated(rows, cohort.patients.index), np.fmax(until, last_seen(cohort)))


def _dated(rows: pd.DataFrame, index: pd.Index) -> pd.Series:
    return (rows.groupby("patient_id")["day"].count() > 0).reindex(index).fillna(False).astype(bool)


def _end_of_baseline(cohort: Cohort) -> float:
    """The month total that ends with the first dose: month 0, or -1 in a sheet that has no month
    0.
    """
    before = _sheet_months(cohort)
    before = before[before <= 0]
    return -1.0 if len(before) and before.max() == -1 else 0.0


def derive_transfusion_rates(cohort: Cohort) -> pd.DataFrame:
    """Units per month ``before`` and ``after`` the first dose over everything recorded, blank
    unless both are known.

    From the totals and their windows; else from the transfusions themselves: month totals count the
    months they cover, dated ones the time from the first to the first dose, and from it until
    transfusions are recorded.
    """
    patients = cohort.patients
    totals = pd.DataFrame(
        {
            "before": patients["transfusion_units_before"] / patients["transfusion_months_before"],
            "after": patients["transfusion_units_after"] / patients["transfusion_months_after"],
        }
    )
    totals = totals.where(totals.notna().all(axis=1))
    rows, index = transfusion_rows(cohort), patients.index
    dated, until = _dated(rows, index), _recorded_until(cohort, rows)
    early, later = rows[rows["time"] <= 0], rows[rows["time"] > 0]
    first, zero = (
        early.groupby("patient_id")["time"].min().reindex(index),
        pd.Series(0.0, index=index),
    )
    length = (_end_of_baseline(cohort) + 1 - first).where(~dated, -first)
    covered_before = length * _share_recorded(cohort, early, first - 1, zero).where(~dated, 1.0)
    covered_after = until * _share_recorded(cohort, later, zero, until).where(~dated, 1.0)
    counted = pd.DataFrame(
        {"before": _per_month(early, covered_before), "after": _per_month(later, covered_after)}
    )
    return totals.fillna(counted.where(counted.notna().all(axis=1)))


def _share_recorded(
    cohort: Cohort, rows: pd.DataFrame, start: pd.Series, end: pd.Series
) -> pd.Series:
    """Of the months in (start, end] that the sheet has a total for, the share in which the patient
    has one.
    """
    sheet = _sheet_months(cohort)
    asked = np.searchsorted(sheet, end + TOLERANCE, "right") - np.searchsorted(
        sheet, start + TOLERANCE, "right"
    )
    totals = (
        rows[rows["day"].isna()]
        .drop_duplicates(["patient_id", "time"])
        .groupby("patient_id")
        .size()
    )
    return totals.reindex(start.index, fill_value=0) / np.maximum(asked, 1)


def _per_month(rows: pd.DataFrame, months: pd.Series) -> pd.Series:
    units = rows.groupby("patient_id")["units"].sum().reindex(months.index).fillna(0.0)
    return units / months.where(months > 0)


def transfused_before(cohort: Cohort, month: float) -> pd.Series:
    """True for patients transfused within 8 weeks before (or on) ``month``."""
    rows, end = transfusion_rows(cohort), month * DAYS_PER_MONTH
    day = rows["day"].fillna(rows["month"] * DAYS_PER_MONTH)
    hit = rows[
        (rows["units"] > 0) & (day > end - convention("transfusion_clear_days")) & (day <= end)
    ]
    return pd.Series(cohort.patients.index.isin(hit["patient_id"]), index=cohort.patients.index)
