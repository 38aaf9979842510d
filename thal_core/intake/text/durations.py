"""Spans of time in words (``1年6个月``, ``1y 6m``, ``半年``) → months."""

from __future__ import annotations

import re

from thal_core.intake.text.fold import plain
from thal_core.intake.text.units import parse_unit

_SPAN = re.compile(
    r"(?:(\d{1,4}(?:\.\d{1,3})?)|([一二两三四五六七八九十半]))\s?(个半|[a-z]{1,6}|个?[年月周天日]|星期)(半)?"
)
_BETWEEN = re.compile(r"^(?:[\s,，零]|and|又|-)*")
_HAN = {c: float(n) for n, c in enumerate("零一二三四五六七八九十")} | {"两": 2.0, "半": 0.5}


def parse_duration(text: str, field: str = "duration_months") -> float | None:
    """The months of all spans of the text together; None where anything else stands in it, or a
    shorter span before a longer one.
    """
    rest, months, last = plain(text).lower(), 0.0, float("inf")
    while rest:
        match = _SPAN.match(rest)
        unit = parse_unit(_unit_name(match[3]), field) if match else None
        if match is None or unit is None or unit.factor >= last:
            return None
        number = float(match[1]) if match[1] else _HAN[match[2]]
        half = 0.5 if match[4] or match[3] == "个半" else 0.0
        months, last = months + (number + half) * unit.factor, unit.factor
        rest = _BETWEEN.sub(
            "", rest[match.end() :].removeprefix("月" if match[3] == "个半" else "")
        )
    return months if last < float("inf") else None


def _unit_name(word: str) -> str:
    return "个月" if word == "个半" else word
