"""Column names and enumerations: the words every room of the library meets in.

The columns, their meaning, unit, limits and labels are rows of ``rules/fields.csv``.
"""

from __future__ import annotations

from enum import StrEnum

from thal_core.rows import read_rules

DAYS_PER_MONTH = 30.4375  # 365.25 / 12


class Phenotype(StrEnum):
    TDT = "TDT"
    NTDT = "NTDT"


class Response(StrEnum):
    """The classes of the criteria this project starts from, and NE; which classes there are, and in
    what order, is said by the rows of a criterion (``rules.catalogue.class_order``).
    """

    R = "R"
    MAR = "MaR"
    MIR = "MiR"
    SLR = "SLR"
    NR = "NR"
    NE = "NE"


class Severity(StrEnum):
    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


class HbTiming(StrEnum):
    PRE = "pre_transfusion"
    POST = "post_transfusion"
    UNTRANSFUSED = "untransfused"
    UNKNOWN = "unknown"


_FIELDS = read_rules("fields")
_TEXT_KINDS = frozenset(
    {
        "id",
        "text",
        "sex",
        "phenotype",
        "genotype",
        "alpha",
        "origin",
        "hb_timing",
        "event",
        "derived text",
    }
)


def _columns(table: str, *kinds: str) -> tuple[str, ...]:
    """The columns of one table, of these kinds where any is named, in the order of the rows."""
    names = (
        f["field"] for f in _FIELDS if f["table"] == table and (not kinds or f["kind"] in kinds)
    )
    return tuple(dict.fromkeys(names))


PATIENT_COLUMNS = _columns("patients")
ANALYTES = _columns("visits", "number")
VISIT_COLUMNS = ("patient_id", "month", "day", "nominal", "on_drug", "hb_timing", *ANALYTES)
TRANSFUSION_COLUMNS = ("patient_id", "month", "day", "units", "volume_ml")
TREATMENT_COLUMNS = ("patient_id", "drug", "start_month", "stop_month", "dose_mg_per_day", "reason")
EVENT_COLUMNS = ("patient_id", "month", "end_month", "event", "grade", "action", "outcome")
EXTRA_COLUMNS = ("patient_id", "month", "column", "value")
ISSUE_COLUMNS = (
    "severity",
    "code",
    "sheet",
    "cell",
    "row",
    "column",
    "patient_id",
    "raw",
    "message",
    "action",
)

TEXT_COLUMNS = frozenset(
    {"column", "value", *(f["field"] for f in _FIELDS if f["kind"] in _TEXT_KINDS)}
)
BOOLEAN_COLUMNS = frozenset(f["field"] for f in _FIELDS if f["kind"] in ("bool", "derived bool"))
