"""The classes of a criterion, counted, in their colours."""

from __future__ import annotations

import math

import streamlit as st

from thal_core import Result
from thal_core.rules.catalogue import Criterion
from ui import session
from ui.class_marks import mark
from ui.language import class_text, safe, t
from ui.strip import percent, provisional


def show_classes(rates: Result, rules: Criterion) -> None:
    """ORR, then a tile for each class and for those not evaluable."""
    table = rates.table[rates.table["population"] == "all"] if len(rates.table) else rates.table
    if table.empty:
        st.info(safe(rates.notes), icon=":material/info:")
        return
    rows = {(r.denominator, r.level): r for r in table.itertuples()}
    levels = ["ORR", *rules.classes, "NE"]
    unread = session.columns_behind("response")
    if unread:
        st.markdown(provisional(unread))
    for place, level in zip(st.columns(len(levels)), levels, strict=True):
        row = rows[("enrolled" if level == "NE" else "evaluable", level)]
        with place, st.container(border=True, height="stretch", gap=None):
            st.metric(
                f"{mark(level)} {level}",
                f"{int(row.n)}",
                help=class_text(level),
            )
            st.caption(_share(row))
    st.caption(t("class.denominators"))


def _share(row: object) -> str:
    if not row.total:  # type: ignore[attr-defined]
        return t("strip.none")
    low, high = (percent(v, row.total).removesuffix(" %") for v in (row.conf_low, row.conf_high))  # type: ignore[attr-defined]
    share = t("class.of", percent=percent(row.percent, row.total), total=int(row.total))  # type: ignore[attr-defined]
    lines = [share, f"{t('strip.interval')} {low}–{high}", *_bounds(row)]
    return "  \n".join(lines)


def _bounds(row: object) -> list[str]:
    """How far what is not known can move the share; nothing where all is known."""
    if math.isnan(row.percent_low) or row.percent_low == row.percent_high == row.percent:  # type: ignore[attr-defined]
        return []
    low, high = (
        percent(v, row.bounds_total).removesuffix(" %") for v in (row.percent_low, row.percent_high)
    )  # type: ignore[attr-defined]
    unknown = t("strip.unknown", n=int(row.n_unknown), total=int(row.bounds_total))  # type: ignore[attr-defined]
    return [f"{low}–{high} % · {unknown}" if low != high else f"{low} % · {unknown}"]
