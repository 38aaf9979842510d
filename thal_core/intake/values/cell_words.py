"""What a number column says in words beside its numbers: regimens of transfusion, and remarks."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.fields.regimen_columns import TRANSFUSED, holds_regimens
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.durations import parse_duration
from thal_core.intake.text.numbers import CellNumber, Numbers, parse_number
from thal_core.intake.text.regimens import parse_regimen
from thal_core.intake.text.remarks import parse_remark
from thal_core.intake.text.units import parse_unit

HB = frozenset({"hb_g_per_l", "hb_pre_g_per_l", "hb_post_g_per_l"})
_SPANS = frozenset({"duration_months", "transfusion_months_before", "transfusion_months_after"})
_RATES = ("U/month", "mL/month")


def with_words(column: Column, numbers: Numbers) -> tuple[Numbers, np.ndarray | None]:
    """The numbers with what words add to them, and ``hb_timing`` of each row where remarks say it
    (None where no remark does).
    """
    if column.target in TRANSFUSED:
        return _with_regimens(column, numbers), None
    if column.target in _SPANS:
        return _with_spans(column, numbers), None
    return _with_remarks(column, numbers)


def _with_regimens(column: Column, numbers: Numbers) -> Numbers:
    """``停输`` is none in any column of transfusion; a rate counts where the column is one of
    rates, and there a bare number says nothing.
    """
    regimens_alone = column.reading.how == "how.regimens"
    wordy = column.reading.unit in _RATES and (regimens_alone or holds_regimens(column))
    if wordy:
        numbers = _with_bare_numbers(column, numbers)
    known = {text: _regimen(text, wordy) for text in set(numbers.texts)}
    readings = [
        known[text] or number for text, number in zip(numbers.texts, numbers.readings, strict=True)
    ]
    return _replaced(numbers, readings)


def _with_bare_numbers(column: Column, numbers: Numbers) -> Numbers:
    """The same, every filled cell among the ``odd`` ones."""
    texts = column.texts().to_pylist()
    odd = np.array([at for at, text in enumerate(texts) if text.strip()], dtype=np.int64)
    by_row = dict(zip(numbers.odd.tolist(), numbers.readings, strict=True))
    readings = [by_row.get(int(at), CellNumber("ok", numbers.value[at])) for at in odd]
    return replace(numbers, odd=odd, readings=readings, texts=[texts[at] for at in odd])


def _regimen(text: str, wordy: bool) -> CellNumber | None:
    """The cell as a regimen; None where it is to be read as any other number."""
    regimen = parse_regimen(text)
    if regimen.state == "missing" or not (wordy or regimen.sure):
        return None
    if regimen.state == "unknown":
        return CellNumber("regimen_amount") if parse_number(text).state == "ok" else None
    if regimen.state == "rate" and regimen.per_month == 0:
        return CellNumber("ok", 0.0)
    if regimen.state == "rate" and wordy:
        return CellNumber("ok", regimen.per_month, rest=_RATES[regimen.in_ml])
    return CellNumber(f"regimen_{regimen.state}")


def _with_spans(column: Column, numbers: Numbers) -> Numbers:
    """``1年6个月`` and ``半年`` in months, whatever the column's unit."""
    readings = [
        _span(column.target, t, number) for t, number in zip(numbers.texts, numbers.readings)
    ]
    return _replaced(numbers, readings)


def _span(target: str, text: str, number: CellNumber) -> CellNumber:
    months = parse_duration(text, target) if number.state == "text" else None
    return number if months is None else CellNumber("ok", months, rest="months")


def _with_remarks(column: Column, numbers: Numbers) -> tuple[Numbers, np.ndarray | None]:
    known = {
        text: _remarked(column.target, text, number)
        for text, number in zip(numbers.texts, numbers.readings, strict=True)
    }
    readings = [known[text][0] for text in numbers.texts]
    timing = np.full(len(numbers.value), "", dtype=object)
    timing[numbers.odd] = [known[text][1] for text in numbers.texts]
    found = timing if (timing != "").any() else None
    return _replaced(numbers, readings), found


def _remarked(target: str, text: str, whole: CellNumber) -> tuple[CellNumber, str]:
    """The number without its remark, and what the remark says of transfusion; for Hb alone."""
    if whole.state not in ("ok", "text") or (whole.state == "ok" and not whole.rest):
        return whole, ""
    if whole.rest and parse_unit(whole.rest, target) is not None:
        return whole, ""
    remark = parse_remark(text)
    if not remark.known or (remark.hb_timing and target not in HB):
        return whole, ""
    number = parse_number(remark.text, whole.comma)
    return (number, remark.hb_timing) if number.state == "ok" else (whole, "")


def _replaced(numbers: Numbers, readings: list[CellNumber]) -> Numbers:
    """The same cells, read so."""
    value = numbers.value.copy()
    value[numbers.odd] = [reading.value for reading in readings]
    return replace(numbers, value=value, readings=readings)
