"""From what headers say to what columns are: the roles that depend on the rest of the table and on
the values.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from thal_core.intake.fields.regimen_columns import holds_regimens
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.headers import EVENT
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import Timepoint
from thal_core.rules.catalogue import fields
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


def with_months(
    columns: list[Column], visit_months: dict[str, str], post_month: str
) -> list[Column]:
    """Visit labels, bare numbers and "after" in headers as months, where that is certain."""
    by_target: dict[str, list[Column]] = {}
    for column in columns:
        if column.target in VISIT_ROLES or column.target in ("transfusion", "date", "hb_timing"):
            by_target.setdefault(column.target, []).append(column)
    timed: dict[int, Column] = {}
    for siblings in by_target.values():
        upright = _without_dashes(siblings)
        times = [c.header.time for c in upright]
        numbers = {t.value for t in times if t and t.kind in ("bare", "month", "visit")}
        sure = numbers_are_months(numbers)
        timed |= {c.index: _with_month(c, sure, visit_months, post_month) for c in upright}
    return [timed.get(c.index, c) for c in columns]


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


def _without_dashes(siblings: list[Column]) -> list[Column]:
    """``Hb -6M``: where every month is at or below 0, the dash was a separator."""
    months = [m for m in map(header_month, siblings) if m is not None]
    negative = min(months, default=0) < 0 and max(months) <= 0
    if not negative or siblings[0].target == "transfusion":
        return siblings
    return [
        c
        if c.header.time is None
        else c.headed(time=replace(c.header.time, value=abs(c.header.time.value)))
        for c in siblings
    ]


def _with_month(
    column: Column, sure: bool, visit_months: dict[str, str], post_month: str
) -> Column:
    time = column.header.time
    if time is None or time.kind == "month":
        return column
    given = (
        post_month
        if time.kind == "post"
        else visit_months.get(f"v{time.value:g}", visit_months.get(f"{time.value:g}", ""))
    )
    number = parse_number(given).value if given else float("nan")
    if number == number:
        return column.headed(time=Timepoint("month", number))
    if time.kind != "post" and sure:
        return column.headed(time=Timepoint("month", time.value))
    return column


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


def with_roles(columns: list[Column], kind: str, row_time: bool | None = None) -> list[Column]:
    """The general words (dose, transfusion, month, reason …) in the meaning they have in this kind
    of table. A person's word stays as it is.

    ``row_time``: do the rows have a time of their own? Asked of the columns where not given.
    """
    timed = rows_have_time(columns) if row_time is None else row_time
    return [
        _with_role(new, kind, timed) if not new.reading.by_hand else old
        for old, new in zip(columns, _with_windows(columns), strict=True)
    ]


def _with_role(column: Column, kind: str, row_time: bool) -> Column:
    if column.target == "month" and not row_time:
        column = column.read_as(field="extra", confidence=0.3, how="how.time_unclear")
    return column.read_as(month=header_month(column), field=_role(column, kind, row_time))


def _with_windows(columns: list[Column]) -> list[Column]:
    """``用药前6个月输血量`` beside ``用药后6个月输血量``: totals of two windows, not of two months."""
    rated = _with_rates(columns)
    timed = [c for c in rated if c.target == "transfusion" and header_month(c) is not None]
    months = [header_month(c) or 0.0 for c in timed]
    rates = any(c.header.unit.endswith(("/year", "/month")) for c in timed)
    if len(timed) != 2 or not min(months) <= 0 < max(months) or rates:
        return rated
    totals = {c.index: _as_total(c, month, max(months)) for c, month in zip(timed, months)}
    return [totals.get(c.index, c) for c in rated]


def _as_total(column: Column, month: float, last: float) -> Column:
    side = "after" if month > 0 else "before"
    total = column.headed(time=None).read_as(field=f"transfusion_units_{side}")
    return replace(total, window=abs(month) or last)


def _with_rates(columns: list[Column]) -> list[Column]:
    """``输血量(U/月)`` at 0, 3 and 6 months is a rate at each visit; only every month in turn makes
    monthly amounts.
    """
    rates = [c for c in columns if c.target == "transfusion" and c.header.unit.endswith("/month")]
    months = sorted({m for m in map(header_month, rates) if m is not None and m > 0})
    if not months or (len(months) > 2 and months == [float(n) for n in range(1, len(months) + 1)]):
        return columns
    last = 6.0 if 6.0 in months else months[-1]
    found = {c.index: _as_rate(c, last) for c in rates}
    return [found.get(c.index, c) for c in columns]


def _as_rate(column: Column, last: float) -> Column:
    month = header_month(column)
    if month is None or month <= 0:
        return column
    field = "transfusion_units_after" if month == last else "extra"
    how = "how.header" if field == "extra" else column.reading.how
    return column.read_as(field=field, how=how).headed(time=Timepoint("post"))


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
        return "spleen_cm2" if column.header.unit == "cm²" else "spleen_cm_below_margin"
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


def weak_name_holds(column: Column) -> bool:
    """Do the values bear out a header that is only a hint (``type``, ``F``, ``spleen``)?"""
    target = column.target
    if target == "transfusion":  # how often, or how much? Only words of a regimen say
        return holds_regimens(column)
    texts = column.distinct(_SAMPLE)
    kind = fields()[target].kind if target in fields() else ""
    if target.startswith(EVENT):
        return bool(texts) and all(
            parse_code(t, "bool") is not None or parse_code(t, "grade") for t in texts
        )
    if kind in ("phenotype", "bool", "sex"):
        code_kind = "splenectomy" if target == "splenectomy" else kind
        understood = [parse_code(t, code_kind) for t in texts]
        return bool(texts) and sum(u is not None for u in understood) >= 0.8 * len(texts)
    if kind == "number":
        readings = [parse_number(t) for t in texts]
        return bool(texts) and sum(r.state in ("ok", "missing") for r in readings) >= 0.8 * len(
            texts
        )
    return True
