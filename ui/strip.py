"""The strip a clinician reads in five seconds."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from thal_core import Result
from thal_core.mapping import ColumnReading
from thal_core.rules.catalogue import convention
from thal_core.view import LAST
from thal_core.words import join_list
from ui import session
from ui.class_marks import mark
from ui.language import class_text, column_name, language, number, safe, t, value_label

REASONS = "stopped_because"  # one row a reason
HEADLINES = ("response", "transfusion_free", "hb_change", "ferritin", "stopped")
Unread = tuple[ColumnReading, ...]


def percent(value: float, total: float) -> str:
    """Whole percent below 200 patients (Annals of Internal Medicine), one decimal from there on."""
    return "–" if math.isnan(value) else f"{value:.1f} %" if total >= 200 else f"{value:.0f} %"


def show_strip(result: Result) -> None:
    if result.table.empty:
        st.info(safe(result.notes), icon=":material/info:")
        return
    items: dict[str, Any] = {row.item: row for row in result.table.itertuples()}
    unread = {name: session.columns_behind(name) for name in HEADLINES}
    _show_response(items, result, unread)
    _show_course(items, [r for r in result.table.itertuples() if r.item == REASONS], unread)
    st.caption(f":material/function: {safe(result.method)}")


def _show_response(items: dict[str, Any], result: Result, unread: dict[str, Unread]) -> None:
    """Who could be judged, who responded, how well, who is free of transfusion."""
    places = st.columns(4)
    _evaluable(places[0], items["evaluable"], result)
    _response(places[1], items, unread["response"])
    best = str(items["mar"].detail)
    name = t("strip.best", mark=mark(best), name=class_text(best), level=best)
    _share(places[2], name, items["mar"], unread["response"])
    free = items["transfusion_free"]
    at_month = t("strip.at_month", month=free.detail)
    when = t("strip.at_last") if free.detail == LAST else at_month
    label = t("strip.free", mark=mark("TDT"))
    _share(places[3], label, free, unread["transfusion_free"], when)


def _show_course(items: dict[str, Any], reasons: list[Any], unread: dict[str, Unread]) -> None:
    """Hb and ferritin before and after, and who stopped."""
    places = st.columns([1, 1, 2])
    before, after, change = (items[f"hb_ntdt_{item}"] for item in ("before", "after", "change"))
    label = t("strip.hb", mark=mark("NTDT"), month=before.detail)
    _change(places[0], label, before, after, change, unread["hb_change"])
    before, last = items["ferritin_before"], items["ferritin_last"]
    _change(places[1], t("strip.ferritin"), before, last, None, unread["ferritin"])
    _stopped(places[2], items["stopped"], unread["stopped"], reasons)


def provisional(unread: Unread) -> str:
    """The mark of a number that rests on columns that were not understood, with their names; empty
    for a final one.
    """
    names = [f"**{safe(column_name(c))}**" for c in unread]
    words = t("strip.rests_on", columns=join_list(names, language()))
    return f":orange-badge[{t('strip.provisional')}] :orange[{words}]" if unread else ""


def _cell(place: Any, label: str, value: str, *lines: str, unread: Unread = ()) -> None:
    with place, st.container(border=True, height="stretch", gap=None):
        st.metric(label, value)
        st.caption("  \n".join(line for line in (provisional(unread), *lines) if line))


def _evaluable(place: Any, row: Any, result: Result) -> None:
    """The commonest reasons stand below: they say what the sheet lacks."""
    reasons = sorted(result.excluded, key=lambda reason: -reason[1])[:2]
    _cell(
        place,
        t("strip.evaluable"),
        _of(row),
        t("strip.treated"),
        *(t("strip.not_evaluable", n=n, why=safe(why)) for why, n in reasons),
    )


def _of(row: Any) -> str:
    return t("strip.n_of", n=f"{int(row.n):,}", total=f"{int(row.total):,}")


def _interval(row: Any) -> str:
    return (
        f"{int(row.n)}/{int(row.total)} · {t('strip.interval')} {_range(row)}"
        if row.total
        else t("strip.none")
    )


def _range(row: Any) -> str:
    low, high = (percent(v, row.total).removesuffix(" %") for v in (row.conf_low, row.conf_high))
    return f"{low}–{high}"


def _response(place: Any, items: dict[str, Any], unread: Unread) -> None:
    of_evaluable, of_enrolled = items["orr_evaluable"], items["orr_enrolled"]
    value, *around = headline(of_evaluable)
    _cell(
        place,
        t("strip.orr"),
        value,
        *(around or [_interval(of_evaluable)]),
        t(
            "strip.of_enrolled",
            percent=percent(of_enrolled.value, of_enrolled.total),
            n=int(of_enrolled.n),
            total=int(of_enrolled.total),
            interval=_range(of_enrolled),
        ),
        unread=unread,
    )


def _share(place: Any, label: str, row: Any, unread: Unread, when: str = "") -> None:
    value, *around = headline(row)
    _cell(
        place,
        label,
        value if row.total else "–",
        *(around or [_interval(row)]),
        when if row.total else "",
        unread=unread,
    )


def headline(row: Any) -> tuple[str, ...]:
    """The share; but the range, with why, where what is not known can move it by more than ten
    points.
    """
    if math.isnan(row.percent_low) or row.percent_high - row.percent_low <= convention(
        "headline_points"
    ):
        return (percent(row.value, row.total),)
    low, high = (
        percent(v, row.bounds_total).removesuffix(" %") for v in (row.percent_low, row.percent_high)
    )
    known = t(
        "strip.known", n=int(row.n), total=int(row.total), percent=percent(row.value, row.total)
    )
    return (
        f"{low}–{high} %",
        t("strip.unknown", n=int(row.n_unknown), total=int(row.bounds_total)),
        known,
    )


def _change(place: Any, label: str, before: Any, after: Any, change: Any, unread: Unread) -> None:
    if not before.n:
        _cell(place, label, "–", t("strip.no_pair"), unread=unread)
        return
    gained = (
        t(
            "strip.gain",
            value=f"{change.value:+.0f}".replace("-", "−"),
            low=f"{change.conf_low:.0f}",
            high=f"{change.conf_high:.0f}",
            unit=change.unit,
        )
        if change and change.n > 1
        else ""
    )
    _cell(
        place,
        label,
        f"{_whole(before.value)} → {_whole(after.value)}",
        f"{before.unit} · n = {int(before.n)}",
        gained,
        unread=unread,
    )


def _whole(value: float) -> str:
    return number(value) if value < 10 else f"{value:,.0f}"


def _stopped(place: Any, row: Any, unread: Unread, reasons: list[Any]) -> None:
    why = " · ".join(f"{safe(value_label(r.detail))} {int(r.n)}" for r in reasons[:6])
    rest = sum(int(r.n) for r in reasons[6:])
    _cell(
        place,
        t("strip.stopped"),
        _of(row),
        (why + (t("strip.more_reasons", n=rest) if rest else "")) or t("strip.no_stop"),
        unread=unread,
    )
