"""A Result on the screen: figure or table, n and who was left out, notes, method, files to take
away, code.
"""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd
import streamlit as st

from thal_core import CohortError, Result
from thal_core.words import Text, label
from ui import session
from ui.basket import show_add
from ui.download import show_download
from ui.figure_options import show_figure_options
from ui.guard import note
from ui.language import language, safe, t
from ui.table_view import show_table

FIGURE_FILES = (("png", "journal_double"), ("svg", "journal_double"), ("pdf", "journal_double"))
SLIDE = ("png", "slide")
MIME = {"png": "image/png", "svg": "image/svg+xml", "pdf": "application/pdf"}
CHART = {"displaylogo": False, "modeBarButtonsToRemove": ["lasso2d", "select2d", "autoScale2d"]}
SMALL_GROUP = 3


def show_result(
    result: Result,
    *,
    title: str | None = None,
    shown: Callable[[], pd.DataFrame] | None = None,
    small: Callable[[pd.Series], bool] | None = None,
    figure: bool = True,
    table: bool = True,
    labels: dict[str, str] | None = None,
    key: str = "",
    to_patient: bool = False,
) -> None:
    """One Result. shown: gives the table as it is to be read, where that differs from the file (a
    pivot, fewer columns, one comparison that its own pickers name).

    With a figure the table waits behind a click; without one it stands open under ``title`` (none
    where it is ""). key: where a page shows a result twice. to_patient: a click on a row opens that
    patient's page.
    """
    drawn = _drawn(result) if figure else None
    if title != "" and (drawn is None or title):
        st.subheader(title or label(f"result.{result.name}", language()), anchor=False)
    if result.table.empty:
        st.info(safe(result.notes) or t("show.nothing"), icon=":material/info:")
        return

    def show_numbers() -> None:
        frame = shown() if shown else result.translated(language())
        if to_patient:
            show_patients(frame, f"patients:{result.name}{key}")
        else:
            show_table(frame, small=small, labels=labels)

    if drawn is not None:
        _chart(result, drawn, key)
    elif table:
        show_numbers()
    _words(result, drawn)
    _files(result, drawn is not None, key)
    if drawn is not None and table:
        with st.expander(t("show.numbers"), icon=":material/table:"):
            show_numbers()


def show_patients(frame: pd.DataFrame, key: str) -> None:
    """A table of patients; a click on a row opens that patient's page."""
    st.caption(t("show.to_patient"))
    event = show_table(frame, key=key, on_select="rerun", selection_mode="single-row")
    if event.selection.rows:
        session.set_options(patient_id=str(frame["patient_id"].iloc[event.selection.rows[0]]))
        st.switch_page("pages/patient.py")


def show_results(*names: str) -> None:
    """Several results, one below the other, as the View asks for them."""
    for name in names:
        show_result(session.ask(name))


def _drawn(result: Result) -> object:
    try:
        return session.figure(result)
    except Exception as error:  # as in guard.py: the table stands in for it
        note(error)
        return None


def _chart(result: Result, drawn: object, key: str) -> None:
    save = {"format": "svg", "filename": result.name, "scale": 3}
    st.plotly_chart(
        drawn,
        key=f"figure:{result.name}{key}",
        alt=label(f"result.{result.name}", language()),
        config=CHART | {"toImageButtonOptions": save},
    )


def _words(result: Result, drawn: object) -> None:
    """n first, then what a reader must know and the figure does not say, then how it was
    computed.
    """
    caption = " ".join(drawn.layout.meta["caption"]) if drawn is not None else ""  # type: ignore[attr-defined]
    notes = [message for message in result.notes if message.text(language()) not in caption]
    total = result.n_used + result.n_excluded
    left_out = "; ".join(f"{safe(message)} ({n})" for message, n in result.excluded)
    lines = (
        []
        if not total
        else [
            f"**n = {result.n_used}** "
            + (t("show.of", total=total) if total != result.n_used else "")
            + (f" · {t('show.left_out')} {left_out}" if left_out else "")
        ]
    )
    lines += [f":material/info: {safe(Text(notes))}"] if notes else []
    lines += [f":material/function: {safe(result.method)}"] if result.method else []
    st.caption("  \n".join(lines))


def _files(result: Result, has_figure: bool, key: str) -> None:
    from thal_core.figures.files import browser_found

    can_draw = has_figure and browser_found()
    with st.container(horizontal=True, gap="small"):
        if can_draw:
            _download(*SLIDE, result, key, icon=":material/slideshow:", type="tertiary")
        with st.popover(t("show.download"), icon=":material/download:", type="tertiary"):
            _download("csv", "table", result, key, width="stretch")
            for kind, preset in FIGURE_FILES if can_draw else ():
                _download(kind, preset, result, key, width="stretch")
            if has_figure and not can_draw:
                st.caption(t("show.no_browser"))
        if has_figure:
            show_figure_options(result, key, can_draw=can_draw)
        show_add(result, key)
        with st.popover(t("show.code"), icon=":material/code:", type="tertiary"):
            st.caption(t("show.code_help"))
            st.code(result.code, language="python")
            _show_script(result, key)


def _show_script(result: Result, key: str) -> None:
    """The same with the mapping as it stands now, checked against the file's SHA-256."""
    cohort = session.selected()

    def make() -> str:
        from thal_core.export.script import script

        return script(cohort, [(result.name, result.options)])

    name = f"{result.name}.py"
    words = t("show.script")
    show_download(words, make, name, "text/x-python", key=f"script:{result.name}{key}")


def _download(kind: str, preset: str, result: Result, key: str, **looks: object) -> None:
    word = language()

    def make() -> (
        bytes
    ):  # runs when clicked, outside the script: it holds the finished Result alone
        if kind == "csv":
            from thal_core.export.table import table_csv

            return table_csv(result.translated(word))
        from thal_core.figures.files import write_figure

        drawn = result.figure(word, preset)
        if drawn is None:
            raise CohortError("cannot.nobody")
        return write_figure(drawn, kind, preset)

    name = f"{result.name}_16x9" if preset == "slide" else result.name
    show_download(
        t(f"show.file.{kind}_{preset}"),
        make,
        f"{name}.{kind}",
        MIME.get(kind, "text/csv"),
        key=f"file:{result.name}:{kind}:{preset}{key}",
        **looks,
    )
