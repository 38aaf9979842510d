"""What each column of the sheet was read as: shown, changed by hand, saved, used again."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core import Cohort, CohortError, Mapping
from thal_core.mapping import ColumnReading
from thal_core.reader import read_cohort
from thal_core.rules.catalogue import fields, read_rules
from thal_core.words import Message, join_list, label
from thal_core.words.wording import Wording
from ui import reading, session
from ui.changes import changed_headlines
from ui.download import show_download
from ui.language import column_label, column_name, language, safe, t
from ui.table_view import MOST_ROWS, ROW

ROLES = {row["field"]: Wording.of_row(row, "label") for row in read_rules("roles")}
READ_AGAIN = Message("ui.mapping.applied")
APPLIED = "mapping_applied"  # what is to be said of the sheet that was read again
IDENTIFYING, NOTES = "identifying", "notes"
EDITABLE = ("field", "month", "unit")


def show_mapping() -> None:
    mapping = session.loaded().cohort.mapping
    readings = [c for c in mapping.columns if c.field != IDENTIFYING]
    if not readings:
        st.info(t("mapping.none"))
        return
    st.caption(t("mapping.help"))
    before = readings_frame(readings)
    shown = [c for c in before if c != "sheet" or before["sheet"].nunique() > 1]
    after = st.data_editor(
        before,
        hide_index=True,
        column_config=_columns(),
        column_order=shown,
        placeholder="–",
        height="content" if len(before) <= MOST_ROWS else ROW * MOST_ROWS,
        disabled=[c for c in before if c not in EDITABLE],
        key=f"mapping:{session.loaded().cohort.fingerprint}:{language()}",
    )
    changes = changed(before, after)
    with st.container(horizontal=True):
        if st.button(
            t("mapping.apply", n=len(changes)),
            type="primary",
            disabled=not changes,
            key="mapping_apply",
        ):
            apply(with_changes(mapping, readings, changes))
        show_download(
            t("mapping.save"),
            session.words().to_json,
            "mapping.json",
            "application/json",
            icon=":material/save:",
            key="mapping_save",
        )
    _load_saved()


def show_identifying() -> None:
    """Which columns were dropped and what of a person they held; never what stood in them."""
    columns = session.loaded().cohort.mapping.columns
    dropped = [
        t(
            "mapping.dropped",
            name=_name(c),
            why=label(f"ui.kind.{c.identifies}", language(), c.identifies),
        )
        for c in columns
        if c.identifies
    ]
    notes = [_name(c) for c in columns if c.field == NOTES]
    lines = [t("mapping.identifying", columns=join_list(dropped, language()))] if dropped else []
    lines += [t("mapping.notes_dropped", columns=join_list(notes, language()))] if notes else []
    if lines:
        st.markdown("  \n".join(f":material/visibility_off: {line}" for line in lines))


def _name(column: ColumnReading) -> str:
    return f"**{safe(column_name(column))}**"


def readings_frame(readings: list[ColumnReading]) -> pd.DataFrame:
    """One row a column of the sheet, in the order of ``readings``."""
    return pd.DataFrame(
        {
            "sheet": [c.sheet for c in readings],
            "letter": [c.letter for c in readings],
            "header": [c.header for c in readings],
            "examples": [" · ".join(c.examples[:5]) for c in readings],
            "field": [c.field for c in readings],
            "month": pd.array([c.month for c in readings], dtype="Float64"),
            "unit": [c.unit for c in readings],
            "confidence": [100 * c.confidence for c in readings],
            "how": [label(c.how, language(), c.how) for c in readings],
        }
    )


def changed(before: pd.DataFrame, after: pd.DataFrame) -> dict[int, dict[str, object]]:
    """What a person changed: row → {column: new value}; a blank month is None, a blank unit
    empty.
    """
    changes: dict[int, dict[str, object]] = {}
    for column in EDITABLE:
        for row, (old, new) in enumerate(zip(before[column], after[column], strict=True)):
            old, new = (None if pd.isna(v) else v for v in (old, new))
            if old != new:
                changes.setdefault(row, {})[column] = new if column == "month" else new or ""
    return changes


def with_changes(
    mapping: Mapping, readings: list[ColumnReading], changes: dict[int, dict[str, object]]
) -> Mapping:
    """The mapping after a person's changes (rows of ``readings``)."""
    for row, values in changes.items():
        mapping = mapping.with_column(readings[row].sheet, readings[row].index, **values)
    return mapping


def field_choices() -> dict[str, str]:
    """What a column may be → its name in the language of the screen."""
    known = {f: rule for f, rule in fields().items() if not rule.kind.startswith("derived")}
    return {f: column_label(f) for f in known} | {
        role: names.text(language()) for role, names in ROLES.items()
    }


def _units() -> list[str]:
    """Every unit that the rules know, and those of this sheet."""
    known = {row["unit"] for row in read_rules("units")}
    return ["", *sorted(known | {c.unit for c in session.loaded().cohort.mapping.columns} - {""})]


def _columns() -> dict[str, object]:
    config, choices = st.column_config, field_choices()
    return {
        "sheet": config.TextColumn(t("mapping.sheet"), width="small"),
        "letter": config.TextColumn(t("mapping.letter"), width=55),
        "header": config.TextColumn(t("mapping.header"), width=150),
        "field": config.SelectboxColumn(
            t("mapping.field"),
            options=list(choices),
            format_func=choices.get,
            required=True,
            width=170,
        ),
        "month": config.NumberColumn(t("mapping.month"), width=80, min_value=-1200, max_value=600),
        "unit": config.SelectboxColumn(t("mapping.unit"), options=_units(), width=85),
        "confidence": config.ProgressColumn(
            t("mapping.sure"), min_value=0, max_value=100, format="%.0f %%", width=105
        ),
        "how": config.TextColumn(t("mapping.how")),
        "examples": config.TextColumn(t("mapping.examples"), width=200),
    }


def _load_saved() -> None:
    saved = st.file_uploader(
        t("mapping.load"), ["json"], key="mapping_file", help=t("mapping.load_help")
    )
    if saved is not None and st.session_state.get("mapping_seen") != saved.file_id:
        st.session_state["mapping_seen"] = saved.file_id
        try:
            _apply_saved(Mapping.from_json(saved.getvalue()))
        except CohortError as error:
            st.error(safe(error), icon=":material/block:")


def _apply_saved(mapping: Mapping) -> None:
    here = session.loaded().cohort.mapping.columns
    known = [c for c in mapping.columns if any(c.is_of(own.header, own.label) for own in here)]
    if not known:
        raise CohortError("ui.mapping.other_sheet")
    st.session_state[session.WORDS] = mapping.joined(session.words())
    apply(
        st.session_state[session.WORDS],
        Message("ui.mapping.applied_saved", {"n": len(known), "total": len(mapping.columns)}),
    )


def apply(mapping: Mapping, message: Message = READ_AGAIN) -> None:
    """Read the open sheet again, as this mapping says; a mapping that does not fit is refused and
    nothing changes. Whichever page is open stays open and says what changed.
    """
    now = session.loaded()
    data = session.sheet_of(now)

    def read(report: reading.Report) -> Cohort:
        return read_cohort(
            data, filename=now.filename, mapping=mapping, on_progress=report, isolated=True
        )

    def applied(cohort: Cohort) -> None:
        before = session.ask("summary")
        session.replace_cohort(cohort)
        changes = changed_headlines(before, session.ask("summary"))
        st.session_state[APPLIED] = message, changes

    reading.start(reading.Job(now.name, read, applied))
