"""What the headlines say before and after a sheet is read otherwise."""

from __future__ import annotations

from typing import Any

from thal_core import Result
from ui.language import number, t
from ui.strip import headline

ITEMS = (
    "evaluable",
    "orr_evaluable",
    "mar",
    "transfusion_free",
    "hb_ntdt_change",
    "ferritin_last",
    "stopped",
)


def changed_headlines(before: Result, after: Result) -> list[str]:
    """``ORR 100 % → 92 %``, one for each number of the strip that is another one now."""
    old, new = _values(before), _values(after)
    names = {item: t(f"receipt.item.{item}") for item in ITEMS}
    return [
        t("receipt.changed", name=names[item], before=old[item], after=new[item])
        for item in ITEMS
        if old[item] != new[item]
    ]


def _values(summary: Result) -> dict[str, str]:
    rows: dict[str, Any] = {row.item: row for row in summary.table.itertuples()}
    return {item: _value(item, rows.get(item)) for item in ITEMS}


def _value(item: str, row: Any) -> str:
    if row is None or not (row.n or row.total):
        return "–"
    if item in ("evaluable", "stopped"):
        return t("strip.n_of", n=int(row.n), total=int(row.total))
    if item in ("hb_ntdt_change", "ferritin_last"):
        return f"{number(row.value)} {row.unit}" if row.n else "–"
    return headline(row)[0] if row.total else "–"
