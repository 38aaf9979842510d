"""Do the values of a column agree in kind with what its header says? Dates are never a dose, codes
never a measurement.
"""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.intake.fields.regimen_columns import TRANSFUSED, holds_regimens
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.dates import is_date
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import EVENT
from thal_core.intake.text.numbers import is_missing, parse_number
from thal_core.rules.catalogue import fields, read_rules

DATED = {  # a month of the course, and the role of its date: which one it is the values say
    "withdrawn_month": "last_dose_date",
    "splenectomy_month": "splenectomy_date",
    "transfusion_free_from_month": "transfusion_free_date",
    "event_month": "start_date",
    "end_month": "stop_date",
    "start_month": "start_date",
    "stop_month": "stop_date",
    "dose_start_mg_per_day": "first_dose_date",
    "dose_last_mg_per_day": "last_dose_date",
    "month": "date",
}
_TRANSFUSED = TRANSFUSED | {"transfusion"}  # told in words of a regimen as well as in numbers
_SAMPLE = 200
_MOSTLY = 0.8  # share of the distinct texts that decides of which kind they are
_REGIMEN = re.compile(r"\d\s{0,3}(?:u|units?|单位|ml|毫升)(?![a-z])", re.I)
_FIRST_YEAR = 1900
_CODES = frozenset({"0", "1", "2"})


@lru_cache(maxsize=1)
def _role_kinds() -> dict[str, str]:
    return {row["field"]: row["kind"] for row in read_rules("roles")}


def kind_of(target: str) -> str:
    """number, month, date, sex …: the kind of value that a field or role holds."""
    return fields()[target].kind if target in fields() else _role_kinds().get(target, "")


def borne_out(column: Column, target: str, strong: bool) -> str:
    """The field that the column's values bear out: ``target``, or the date it may be instead;
    empty where they are of another kind.
    """
    texts = [t for t in map(plain, column.distinct(_SAMPLE)) if t and not is_missing(t)]
    kind = kind_of(target)
    if target in _TRANSFUSED and (holds_regimens(column) or not strong):
        return target if holds_regimens(column) else ""
    if not strong and not _hint_holds(target, kind, texts):
        return ""
    if not texts or target.startswith(EVENT):
        return target
    if kind in ("number", "month", "derived number"):
        return _numbers_or_dates(target, kind, texts)
    if kind == "date":
        return "" if _share(texts, _is_small_number) else target
    if kind in ("genotype", "alpha") and _share(texts, _is_plain_number):
        return target if set(texts) <= _CODES else ""
    return "" if target in ("drug", "chelator") and _share(texts, _is_regimen) else target


def _numbers_or_dates(target: str, kind: str, texts: list[str]) -> str:
    if _share(texts, is_date) and not _share(texts, _is_plain_number):
        return DATED.get(target, "")
    if kind != "number":
        return target
    if not any(map(_is_number, texts)) and len(texts) > 1:
        return ""
    return "" if _only_codes(target, texts) else target


def _only_codes(target: str, texts: list[str]) -> bool:
    """0, 1 and 2 where none of them can be a value: the codes of an answer."""
    seen = {text.removesuffix(".0") for text in texts}
    if target == "transfusion_reduction_percent":
        return seen == {"0", "1"}
    return len(seen) > 1 and seen <= _CODES and _never_small(target)


def _never_small(target: str) -> bool:
    limits = fields().get(target)
    return "dose" in target or (limits is not None and limits.hard_low >= 2)


def _share(texts: list[str], test: object) -> bool:
    return sum(map(test, texts)) >= _MOSTLY * len(texts)  # type: ignore[arg-type]


def _is_number(text: str) -> bool:
    return parse_number(text).state == "ok"


def _is_plain_number(text: str) -> bool:
    return re.fullmatch(r"-?\d{1,6}(?:\.\d{1,6})?", text) is not None


def _is_small_number(text: str) -> bool:
    """A number that is neither a year nor a spreadsheet's day number."""
    return _is_plain_number(text) and float(text) < _FIRST_YEAR


def _is_regimen(text: str) -> bool:
    return _REGIMEN.search(text) is not None


def _hint_holds(target: str, kind: str, texts: list[str]) -> bool:
    """Do the values bear out a header that is only a hint (``type``, ``F``, ``spleen``)?"""
    if target.startswith(EVENT):
        return bool(texts) and all(
            parse_code(t, "bool") is not None or parse_code(t, "grade") for t in texts
        )
    if kind in ("phenotype", "bool", "sex"):
        code_kind = "splenectomy" if target == "splenectomy" else kind
        return bool(texts) and _share(texts, lambda t: parse_code(t, code_kind) is not None)
    if kind == "number":
        return bool(texts) and _share(texts, _is_number)
    if kind == "date":
        return bool(texts) and _share(texts, is_date)
    return kind != "month" or bool(texts) and not _are_answers(texts)


def _are_answers(texts: list[str]) -> bool:
    """Yes and no, or codes of them: no months."""
    return {text.removesuffix(".0") for text in texts} <= _CODES or _share(
        texts, lambda t: parse_code(t, "bool") is not None
    )
