"""The strip a clinician reads in five seconds."""

from __future__ import annotations

import math
from typing import Any

import streamlit as st

from thal_core import Result
from thal_core.rules.catalogue import convention
from thal_core.view import LAST
from ui.class_marks import mark
from ui.language import class_text, number, safe, t, value_label


def percent(value: float, total: float) -> str:
    """Whole percent below 200 patients (Annals of Internal Medicine), one decimal from there on."""
    return "–" if math.isnan(value) else f"{value:.1f} %" if total >= 200 else f"{value:.0f} %"


def show_strip(result: Result) -> None:
    if result.table.empty:
        st.info(safe(result.notes), icon=":material/info:")
        return
    items: dict[str, Any] = {row.item: row for row in result.table.itertuples()}
    top, bottom = st.columns(4), st.columns([1, 1, 2])
    _evaluable(top[0], items["evaluable"], result)
    _response(top[1], items)
    best = str(items["mar"].detail)
    _share(
        top[2], t("strip.best", mark=mark(best), name=class_text(best), level=best), items["mar"]
    )
    free = items["transfusion_free"]
    _share(
        top[3],
        t("strip.free", mark=mark("TDT")),
        free,
        t("strip.at_last") if free.detail == LAST else t("strip.at_month", month=free.detail),
    )
    _change(
        bottom[0],
        t("strip.hb", mark=mark("NTDT"), month=items["hb_ntdt_before"].detail),
        items["hb_ntdt_before"],
        items["hb_ntdt_after"],
        items["hb_ntdt_change"],
    )
    _change(bottom[1], t("strip.ferritin"), items["ferritin_before"], items["ferritin_last"], None)
    _stopped(
        bottom[2],
        items["stopped"],
        [r for r in result.table.itertuples() if r.item == "stopped_because"],
    )
    st.caption(f":material/function: {safe(result.method)}")


def _cell(place: Any, label: str, value: str, *lines: str) -> None:
    with place, st.container(border=True, height="stretch", gap=None):
        st.metric(label, value)
        st.caption("  \n".join(line for line in lines if line))


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


def _response(place: Any, items: dict[str, Any]) -> None:
    of_evaluable, of_enrolled = items["orr_evaluable"], items["orr_enrolled"]
    headline, *around = _headline(of_evaluable)
    _cell(
        place,
        t("strip.orr"),
        headline,
        *(around or [_interval(of_evaluable)]),
        t(
            "strip.of_enrolled",
            percent=percent(of_enrolled.value, of_enrolled.total),
            n=int(of_enrolled.n),
            total=int(of_enrolled.total),
            interval=_range(of_enrolled),
        ),
    )


def _share(place: Any, label: str, row: Any, when: str = "") -> None:
    headline, *around = _headline(row)
    _cell(
        place,
        label,
        headline if row.total else "–",
        *(around or [_interval(row)]),
        when if row.total else "",
    )


def _headline(row: Any) -> tuple[str, ...]:
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


def _change(place: Any, label: str, before: Any, after: Any, change: Any) -> None:
    if not before.n:
        _cell(place, label, "–", t("strip.no_pair"))
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
    )


def _whole(value: float) -> str:
    return number(value) if value < 10 else f"{value:,.0f}"


def _stopped(place: Any, row: Any, reasons: list[Any]) -> None:
    why = " · ".join(f"{safe(value_label(r.detail))} {int(r.n)}" for r in reasons[:6])
    rest = sum(int(r.n) for r in reasons[6:])
    _cell(
        place,
        t("strip.stopped"),
        _of(row),
        (why + (t("strip.more_reasons", n=rest) if rest else "")) or t("strip.no_stop"),
    )
