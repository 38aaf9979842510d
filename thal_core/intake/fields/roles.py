"""From what headers say to what columns are: the roles that depend on the rest of the table and on
the values.
"""

from __future__ import annotations

from thal_core.intake.fields.header_months import header_month
from thal_core.intake.fields.windows import with_windows
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.headers import IDENTIFYING
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
TIMED = VISIT_ROLES | {"transfusion", "date", "hb_timing"}  # whose headers may name a visit
_HOSPITAL_DATES = f"{IDENTIFYING}/hospital dates"
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


def with_admissions(columns: list[Column]) -> list[Column]:
    """An admission is a visit where patients have several rows and nothing else says when;
    otherwise its date is one of the hospital stay.
    """
    admitted = [c for c in columns if c.target == "admission_date" and not c.reading.by_hand]
    ids = [c for c in columns if c.target in ("patient_id", "record_number")] if admitted else []
    several = any(len(c.distinct()) < c.filled() for c in ids)
    visits = several and len(admitted) == 1 and not any(c.target in TIMES for c in columns)
    return [_admission(c, visits) if c in admitted else c for c in columns]


def _admission(column: Column, is_visit: bool) -> Column:
    if is_visit:
        return column.headed(target="date").read_as(field="date")
    stay = column.headed(target=_HOSPITAL_DATES)
    return stay.read_as(field="identifying", how="how.identifying_header")


def with_roles(columns: list[Column], kind: str, row_time: bool | None = None) -> list[Column]:
    """The general words (dose, transfusion, month, reason …) in the meaning they have in this kind
    of table. A person's word stays as it is.

    ``row_time``: do the rows have a time of their own? Asked of the columns where not given.
    """
    timed = rows_have_time(columns) if row_time is None else row_time
    wide = any(header_month(c) is not None for c in columns if c.target in VISIT_ROLES)
    return [
        _with_role(_timeless(new, timed, wide), kind, timed) if not new.reading.by_hand else old
        for old, new in zip(columns, with_windows(columns), strict=True)
    ]


def _timeless(column: Column, row_time: bool, wide: bool) -> Column:
    """A time of rows that have none: ``用药天数`` beside ``Hb 6M`` is no day of a visit."""
    if row_time or not (column.target == "month" or column.target == "day" and wide):
        return column
    return column.read_as(field="extra", confidence=0.3, how="how.time_unclear")


def _with_role(column: Column, kind: str, row_time: bool) -> Column:
    if column.target == "spleen_size" and column.header.unit != "cm²":
        column = column.read_as(confidence=0.3, how="how.not_understood")
    return column.read_as(month=header_month(column), field=_role(column, kind, row_time))


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
