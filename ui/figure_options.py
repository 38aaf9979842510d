"""How a figure is wanted: size, colours, words, ranges; kept in the View, in every file."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import streamlit as st

from thal_core import CohortError, Result
from thal_core.figure_options import HIGHEST_DPI, PALETTES, FigureOptions
from thal_core.figures.theme import preset_named, presets
from ui import session
from ui.download import show_download
from ui.language import language, safe, t

FILES = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
OWN = "own"


def show_figure_options(result: Result, key: str, *, can_draw: bool) -> None:
    """Everything that may be wanted of this figure, and its files."""
    name = f"{result.name}{key}:{language()}"
    wanted = session.view().figure(result.name)
    with st.popover(t("figure.options"), icon=":material/tune:", type="tertiary", width=460):
        try:
            asked = _asked(result, wanted, name)
            preset_named(asked.size)
        except CohortError as error:
            st.error(safe(error), icon=":material/error:")
            return
        if asked != wanted:
            session.set_figure(result.name, asked)
            st.rerun()
        if can_draw:
            _show_files(result, asked, name)
        if wanted != FigureOptions():
            st.button(
                t("figure.reset"),
                type="tertiary",
                key=f"figure_reset:{name}",
                on_click=_reset,
                args=(result.name, name),
            )


def _reset(result: str, name: str) -> None:
    session.set_figure(result, FigureOptions())
    for key in [
        k for k in st.session_state if str(k).startswith("figure_") and str(k).endswith(f":{name}")
    ]:
        del st.session_state[key]


def _asked(result: Result, wanted: FigureOptions, name: str) -> FigureOptions:
    """The options as the widgets stand. Raises CohortError for what is not allowed."""
    size, dpi = _size(wanted, name)
    palette = st.segmented_control(
        t("figure.palette"),
        PALETTES,
        default=wanted.palette,
        format_func={one: t(f"figure.palette.{one}") for one in PALETTES}.get,
        key=f"figure_palette:{name}",
        required=True,
    )
    words = {
        what: st.text_input(
            t(f"figure.{what}"), getattr(wanted, what), max_chars=300, key=f"figure_{what}:{name}"
        )
        for what in ("title", "x_title", "y_title")
    }
    ranges = {f"{axis}_range": _range(axis, wanted, name) for axis in ("x", "y")}
    hide = wanted.hide_lines
    if _has_lines(result):
        hide = st.toggle(t("figure.hide_lines"), wanted.hide_lines, key=f"figure_hide_lines:{name}")
    legend = _legend(result, wanted, name)
    return replace(
        wanted, size=size, dpi=dpi, palette=palette, hide_lines=hide, **words, **ranges, **legend
    )


def _size(wanted: FigureOptions, name: str) -> tuple[str, int]:
    sizes = [one for one in presets() if one != "screen"]
    known = wanted.size if wanted.size in sizes else OWN
    names = {one: presets()[one].label(language()) for one in sizes} | {OWN: t("figure.own")}
    picked, dots = st.columns(2)
    with picked:
        size = st.selectbox(
            t("figure.size"),
            [*sizes, OWN],
            [*sizes, OWN].index(known),
            format_func=names.get,
            key=f"figure_size:{name}",
        )
    with dots:
        dpi = st.number_input(
            t("figure.dpi"), 0, HIGHEST_DPI, wanted.dpi, 50, key=f"figure_dpi:{name}"
        )
    if size == OWN:
        own = wanted.size.removesuffix("cm").strip() if known == OWN else "12"
        typed = st.text_input(t("figure.typed"), own, max_chars=20, key=f"figure_typed:{name}")
        size = f"{typed.strip().removesuffix('cm').strip()} cm"
    return size, int(dpi)


def _range(axis: str, wanted: FigureOptions, name: str) -> tuple[float, float] | None:
    ends = getattr(wanted, f"{axis}_range") or (None, None)
    typed = []
    for column, end, value in zip(st.columns(2), ("low", "high"), ends, strict=True):
        with column:
            key = f"figure_{axis}_{end}:{name}"
            typed.append(st.number_input(t(f"figure.{axis}_{end}"), value=value, key=key))
    low, high = typed
    return None if low is None or high is None else (float(low), float(high))


def _plain(result: Result) -> object:
    """The figure without anybody's own wishes."""
    return session.plain_figure(result)


def _has_lines(result: Result) -> bool:
    return any(str(trace.name).startswith("lines_") for trace in _plain(result).data)  # type: ignore[attr-defined]


def _legend(result: Result, wanted: FigureOptions, name: str) -> dict[str, tuple[object, ...]]:
    """Own names, colours and order of what the legend lists."""
    listed = [t.name for t in _plain(result).data if t.name and t.showlegend is not False]  # type: ignore[attr-defined]
    names = list(dict.fromkeys(n for n in listed if not n.startswith("lines_")))[:30]
    if not names:
        return {}
    labels, colours = dict(wanted.labels), dict(wanted.colours)
    rows = pd.DataFrame(
        {
            "name": names,
            "label": [labels.get(n, "") for n in names],
            "colour": [colours.get(n, "") for n in names],
            "order": [wanted.order.index(n) + 1 if n in wanted.order else None for n in names],
        }
    ).astype({"order": "Int64"})
    st.caption(t("figure.names"))
    edited = st.data_editor(
        rows,
        hide_index=True,
        disabled=["name"],
        column_config={c: t(f"figure.{c}") for c in rows.columns},
        key=f"figure_names:{name}",
    )
    return _chosen(edited)


def _chosen(edited: pd.DataFrame) -> dict[str, tuple[object, ...]]:
    def pairs(column: str) -> tuple[object, ...]:
        given = edited[column].fillna("").astype("str").str.strip()
        return tuple((n, v) for n, v in zip(edited["name"], given, strict=True) if v)

    ranked = edited.dropna(subset=["order"]).sort_values("order", kind="stable")
    return {
        "labels": pairs("label"),
        "colours": pairs("colour"),
        "order": tuple(ranked["name"]),
    }


def _show_files(result: Result, asked: FigureOptions, name: str) -> None:
    word = language()
    with st.container(horizontal=True):
        for kind, mime in FILES.items():

            def make(kind: str = kind) -> bytes:
                from thal_core.figures.files import write_figure
                from thal_core.figures.restyled import restyled

                drawn = restyled(result.figure(word, asked.size), asked)
                return write_figure(drawn, kind, asked.size, dpi=asked.dpi or None)

            show_download(
                kind.upper(), make, f"{result.name}.{kind}", mime, key=f"figure_file:{name}:{kind}"
            )
