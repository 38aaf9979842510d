"""From what headers say to what columns are: the roles that depend on the rest of the table and on
the values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import Timepoint
from thal_core.vocabulary import ANALYTES

TIMES = frozenset({"month", "date", "day", "visit_number", "redcap_event"})
DATES = frozenset(
    {
        "date",
        "first_dose_date",
        "last_dose_date",
        "start_date",
        "stop_date",
        "splenectomy_date",
        "transfusion_free_date",
        "birth_date",
    }
)
VISIT_ROLES = frozenset({*ANALYTES, "hb_pre_g_per_l", "hb_post_g_per_l", "dose", "spleen_size"})
_SAMPLE = 200
_IN_KIND = {  # what a general word means on a sheet of its own
    ("events", "month"): "event_month",
    ("events", "first_dose_date"): "start_date",
    ("events", "last_dose_date"): "stop_date",
    ("events", "withdrawn_month"): "end_month",
    ("events", "stop_month"): "end_month",
    ("events", "start_month"): "event_month",
    ("treatments", "withdrawn_month"): "stop_month",
    ("treatments", "withdrawal_reason"): "reason",
    ("treatments", "first_dose_date"): "start_date",
    ("treatments", "last_dose_date"): "stop_date",
}


def header_month(column: Column) -> float | None:
    """The month that the header itself says."""
    time = column.header.time
    return time.value if time is not None and time.kind == "month" else None


def settle_times(columns: list[Column], visit_months: dict[str, str], post_month: str) -> None:
    """Turn visit labels, bare numbers and "after" in headers into months where that is certain."""
    by_target: dict[str, list[Column]] = {}
    for column in columns:
        if column.target in VISIT_ROLES or column.target in ("transfusion", "date", "hb_timing"):
            by_target.setdefault(column.target, []).append(column)
    for siblings in by_target.values():
        _flip_dashes(siblings)
        months = {m for m in map(header_month, siblings) if m is not None}
        sure = {
            kind: not months - {0.0} and numbers_are_months(_numbers(siblings, kind) | months)
            for kind in ("bare", "visit")
        }
        for column in siblings:
            _settle_one(column, sure, visit_months, post_month)
    _settle_by_neighbours(by_target)


def _numbers(columns: list[Column], kind: str) -> set[float]:
    times = (column.header.time for column in columns)
    return {time.value for time in times if time is not None and time.kind == kind}


def _settle_by_neighbours(by_target: dict[str, list[Column]]) -> None:
    """``Ferritin 6`` beside ``Hb 6M``: a number that other quantities name as a month is one. So is
    0: every way of counting begins with the baseline.
    """
    known = {m for columns in by_target.values() for m in map(header_month, columns)} | {0.0}
    for siblings in by_target.values():
        own = {header_month(column) for column in siblings}
        for column in siblings:
            time = column.header.time
            if time is not None and time.kind == "bare" and time.value in known - own:
                column.header = replace(column.header, time=Timepoint("month", time.value))


def numbers_are_months(numbers: Iterable[float]) -> bool:
    """0, 1, 3, 6 are months; 1, 2, 3 may be anything. At least three, not a plain count, 0 or a
    half year among them.
    """
    seen = sorted(set(numbers))
    counting = seen in (
        [float(n) for n in range(len(seen))],
        [float(n + 1) for n in range(len(seen))],
    )
    return (
        len(seen) >= 3
        and not counting
        and (seen[0] <= 0 or seen[-1] >= 6)
        or (len(seen) == 2 and seen[0] == 0 and seen[1] >= 3)
    )


def _flip_dashes(siblings: list[Column]) -> None:
    """``Hb -6M``: where every month is at or below 0, the dash was a separator."""
    months = [m for m in map(header_month, siblings) if m is not None]
    if min(months, default=0) < 0 and max(months) <= 0 and siblings[0].target != "transfusion":
        for column in siblings:
            if column.header.time is not None:
                time = replace(column.header.time, value=abs(column.header.time.value))
                column.header = replace(column.header, time=time)


def _settle_one(
    column: Column, sure: dict[str, bool], visit_months: dict[str, str], post_month: str
) -> None:
    time = column.header.time
    if time is None or time.kind == "month":
        return
    after = time.kind in ("post", "last")
    given = (
        post_month
        if after
        else visit_months.get(f"v{time.value:g}", visit_months.get(f"{time.value:g}", ""))
    )
    number = parse_number(given).value if given else float("nan")
    if number == number:
        column.header = replace(column.header, time=Timepoint("month", number))
    elif not after and sure[time.kind]:
        column.header = replace(column.header, time=Timepoint("month", time.value))


def table_kind(columns: list[Column]) -> str:
    """parameters, events, treatments, transfusions or clinical (patients and visits)."""
    targets = {c.target for c in columns}
    static = targets & {"sex", "genotype", "age_years", "phenotype"}
    measured = targets & VISIT_ROLES - {"dose", "weight_kg"}
    timed = targets & {*TIMES, "event_month", "start_month", "start_date"}
    if targets & {"param", "param_code"} and "value" in targets:
        return "parameters"
    if (
        "event" in targets
        and not measured
        and not static
        and (timed or targets & {"grade", "action", "outcome", "day"})
    ):
        return "events"
    if "drug" in targets and not measured and not static:
        return "treatments"
    if targets & {"transfusion", "volume_ml"} and not measured and timed and not static:
        return "transfusions"
    return "clinical"


def rows_have_time(columns: list[Column]) -> bool:
    """Has each row a time of its own: a column of times, and no quantity with months in its
    header?
    """
    wide = any(header_month(c) is not None for c in columns if c.target in VISIT_ROLES)
    return not wide and any(c.target in TIMES and c.header.time is None for c in columns)


def settle_roles(columns: list[Column], kind: str, row_time: bool | None = None) -> None:
    """Give the general words (dose, transfusion, month, reason …) their meaning in this kind of
    table.

    ``row_time``: do the rows have a time of their own? Asked of the columns where not given.
    """
    if row_time is None:
        row_time = rows_have_time(columns)
    _settle_windows(columns)
    _settle_totals(columns)
    wide = any(header_month(c) is not None for c in columns if c.target in VISIT_ROLES)
    for column in columns:
        if column.target in ("month", "day") and not row_time and (column.target, wide) != (
            "day",
            False,
        ):
            column.read_as(field="extra", confidence=0.3, how="how.time_unclear")
        column.read_as(month=header_month(column), field=_role(column, kind, row_time))


def _settle_windows(columns: list[Column]) -> None:
    """``用药前6个月输血量``, ``units (U/24m) before``: the total of a window, not of one month.

    One month before, and months counted one by one, are months. A window after is known by the
    window before beside it; alone it may be either, and is asked.
    """
    given = [c for c in columns if c.target == "transfusion" and c.header.direction]
    sides = {side: [c for c in given if c.header.direction == side] for side in ("before", "after")}
    before = [c for c in sides["before"] if not _counts_months(c, sides["before"])]
    for column in before:
        _read_total(column, "before")
    windows = {c.window for c in before} - {None}
    after = [c for c in sides["after"] if not _counts_months(c, sides["after"])]
    for column in after:
        month = header_month(column)
        if month is None or column.header.window is not None:
            _read_total(column, "after")
        elif month in windows or (windows and len(after) == 1):
            _read_total(column, "after")
        else:
            column.read_as(field="extra", confidence=0.3, how="how.time_unclear")


def _counts_months(column: Column, siblings: list[Column]) -> bool:
    """Is the column's month one of months counted one by one (or the very first before)?"""
    if column.header.window is not None or column.header.unit.endswith(("/year", "/month")):
        return False
    months = sorted({abs(m) for m in map(header_month, siblings) if m})
    month = header_month(column)
    first = column.header.direction == "before" and month == -1
    counted = len(months) > 1 and months == [float(n + 1) for n in range(len(months))]
    visits = column.header.direction == "after" and len(months) > 2
    return bool(month) and (first or counted or visits)


def _read_total(column: Column, side: str) -> None:
    month = header_month(column)
    column.window = column.header.window or (abs(month) if month else None)
    column.header = replace(column.header, time=None)
    column.read_as(field=f"transfusion_units_{side}")


def _settle_totals(columns: list[Column]) -> None:
    """``用药前6个月输血量`` beside ``用药后6个月输血量``: totals of two windows, not of two months."""
    _settle_rates(
        [c for c in columns if c.target == "transfusion" and c.header.unit.endswith("/month")]
    )
    timed = [c for c in columns if c.target == "transfusion" and header_month(c) is not None]
    months = [header_month(c) or 0.0 for c in timed]
    if (
        len(timed) == 2
        and min(months) <= 0 < max(months)
        and not any(c.header.unit.endswith(("/year", "/month")) for c in timed)
    ):
        for column, month in zip(timed, months, strict=True):
            side = "after" if month > 0 else "before"
            column.window = abs(month) or max(months)
            column.header = replace(column.header, time=None)
            column.read_as(field=f"transfusion_units_{side}")


def _settle_rates(rates: list[Column]) -> None:
    """``输血量(U/月)`` at 0, 3 and 6 months is a rate at each visit; only every month in turn makes
    monthly amounts.
    """
    months = sorted({m for m in map(header_month, rates) if m is not None and m > 0})
    if not months or (len(months) > 2 and months == [float(n) for n in range(1, len(months) + 1)]):
        return
    last = 6.0 if 6.0 in months else months[-1]
    for column in rates:
        month = header_month(column)
        if month is not None and month > 0:
            column.read_as(
                field="transfusion_units_after" if month == last else "extra", how="how.header"
            )
            column.header = replace(column.header, time=Timepoint("post"))


def _role(column: Column, kind: str, row_time: bool) -> str:
    target, timed = column.target, column.header.time is not None
    if target == "dose":
        if kind == "treatments":
            return "treatment_dose"
        return "dose_mg_per_day" if timed or row_time else "dose_start_mg_per_day"
    if target == "transfusion":
        return _transfusion_role(column, kind, row_time)
    if target == "transfusion_yearly":
        return "transfusion_units_after" if _is_after(column) else "transfusion_units_before"
    if target == "spleen_size":
        return "spleen_cm2" if column.header.unit == "cm²" else "extra"
    return _IN_KIND.get((kind, target), target)


def _transfusion_role(column: Column, kind: str, row_time: bool) -> str:
    time = column.header.time
    volume = "volume_ml" if column.header.unit == "mL" else "units"
    yearly = column.header.unit.endswith(("/year", "/month"))
    if column.header.unit.endswith("/year") and time is not None:
        return "transfusion_units_after" if _is_after(column) else "transfusion_units_before"
    if time is not None and time.kind == "post":
        return "transfusion_units_after"
    if time is not None and time.kind == "month" and not (yearly and time.value == 0):
        return volume
    if time is None and (row_time or kind == "transfusions") and not yearly:
        return volume
    return "transfusion_units_before"


def _is_after(column: Column) -> bool:
    time = column.header.time
    return time is not None and (time.kind == "post" or time.value > 0)
