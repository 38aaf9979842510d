"""A column headed "before and after" (``治疗前后Hb``: ``85→102``) is two columns."""

from __future__ import annotations

from dataclasses import replace

from thal_core.intake.fields.header_months import with_months
from thal_core.intake.fields.regimen_columns import with_regimens
from thal_core.intake.fields.roles import TIMED, with_roles
from thal_core.intake.layout.columns import Column
from thal_core.intake.text.headers import Header, read_header
from thal_core.intake.text.numbers import is_missing
from thal_core.intake.text.pairs import PairedHeader, paired_header, parse_pair
from thal_core.intake.text.timepoints import Timepoint

_ONE_VALUE = "{} →"  # a cell that does not say which of the two it is: no number, so it is reported


def with_halves(
    columns: list[Column], kind: str, visit_months: dict[str, str], post_month: str
) -> list[Column]:
    """The columns, each that is headed before and after as its two halves, where its cells hold
    two values.
    """
    return [
        half
        for column in columns
        for half in _halves(column, kind, visit_months, post_month) or [column]
    ]


def _halves(
    column: Column, kind: str, visit_months: dict[str, str], post_month: str
) -> list[Column]:
    paired = paired_header(column.reading.header)
    texts = column.distinct()
    if paired is None or not any(map(parse_pair, texts)):
        return []
    header = column.header if column.reading.by_hand else read_header(paired.rest)
    if not header.target:
        return []
    sides = _sides(column, header, paired)
    halves = [
        _half(replace(column, header=side), place, side.time, texts)
        for place, side in enumerate(sides)
    ]
    timed = [with_months([half], TIMED, visit_months, post_month) for half in halves]
    roles = [with_roles(with_regimens(half, False), kind, row_time=False) for half in timed]
    return [_with_lone_values(half, texts) for found in roles for half in found]


def _sides(column: Column, header: Header, paired: PairedHeader) -> tuple[Header, Header]:
    """The header of either half. Of blood, a month is the window that both totals count:
    ``24个月输血量 治疗前→治疗后``.
    """
    before, after = _times(column, paired, header.time)
    if header.target != "transfusion" or column.reading.by_hand:
        return replace(header, time=before), replace(header, time=after)
    month = header.time.value if header.time is not None and header.time.kind == "month" else 0.0
    both = replace(header, window=header.window or abs(month) or None)
    return (
        replace(both, direction="before", time=paired.before),
        replace(both, direction="after", time=paired.after),
    )


def _times(
    column: Column, paired: PairedHeader, named: Timepoint | None
) -> tuple[Timepoint, Timepoint]:
    """``治疗前后Hb(6月)`` and a month that a person gives name the second time."""
    given = column.reading.month if column.reading.by_hand else None
    if given:
        return paired.before, Timepoint("month", float(given))
    later = named is not None and named.kind == "month" and named.value > 0
    return paired.before, named if named is not None and later else paired.after


def _half(column: Column, place: int, time: Timepoint | None, texts: list[str]) -> Column:
    """The first or the second of the two values of each cell."""
    recode = {text.strip(): (parse_pair(text) or ("", ""))[place] for text in texts}
    half = replace(column, recode=recode, derived=place > 0).headed(time=time)
    field, unit = column.header.target, column.reading.unit or column.header.unit
    return half.read_as(field=field, unit=unit, how="how.pair", confidence=0.8, by_hand=False)


def _with_lone_values(half: Column, texts: list[str]) -> Column:
    """The first half with the cells that hold one value, as texts that are no value; missing words
    stay what they are.
    """
    lone = [text for text in texts if parse_pair(text) is None]
    lone_values = {t.strip(): t if is_missing(t) else _ONE_VALUE.format(t.strip()) for t in lone}
    return half if half.derived else replace(half, recode=half.recode | lone_values)
