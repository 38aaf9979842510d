"""A picker for each column that was not understood: proposals, a month and a unit from lists, and
what an answer would change.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from thal_core.intake.text.units import units_of
from thal_core.mapping import Candidate, ColumnReading
from thal_core.rules.catalogue import fields, read_rules
from thal_core.words import Message, label
from ui import session
from ui.changes import changed_headlines
from ui.language import language, safe, t
from ui.mapping_table import apply, field_choices
from ui.trials import PATIENCE_SECONDS, Outcome, Proposal, proposals_of, trials

OTHER, KEEP, LEAVE = "other", "extra", "ignore"
TIMED = frozenset({"visits", "transfusions", "both"})  # tables whose fields belong to a month
PREVIEWED, KEPT_PREVIEWED = 4, 2  # cells of a column with proposals, and of one without
MOST_ROWS = 12  # columns without a proposal; more are answered in the table of all columns


def show_answers(readings: list[ColumnReading], behind: frozenset[ColumnReading]) -> None:
    """The pickers of these columns and the button that applies what was chosen. ``behind``: those
    that a headline rests on.
    """
    asked = [c for c in readings if c.needs_answer]
    kept = [c for c in readings if not c.needs_answer]
    chosen = [_proposed(reading, reading in behind) for reading in asked]
    if kept:
        st.caption(t("receipt.kept_help"))
    if len(kept) > MOST_ROWS:
        st.caption(t("receipt.kept_many", n=len(kept)))
    else:
        chosen += [_unproposed(reading) for reading in kept]
    answers = [one for one in chosen if one is not None]
    if st.button(
        t("receipt.apply", n=len(answers)),
        type="primary",
        icon=":material/check:",
        disabled=not answers,
        key=_key("apply"),
    ):
        mapping = session.loaded().cohort.mapping
        for answer in answers:
            mapping = answer.applied_to(mapping)
        apply(mapping, Message("ui.receipt.applied", {"columns": [_words(a) for a in answers]}))


def _words(answer: Proposal) -> str:
    """``H: Transfusion reduction (%)``."""
    letter = ColumnReading(answer.sheet, answer.index, "").letter
    role = f"ui.receipt.role.{answer.field}"
    name = label(role, language(), field_choices().get(answer.field, answer.field))
    month = "" if answer.month is None else f" · {t('receipt.month', month=answer.month)}"
    return f"{letter}: {name}{month}"


def _key(*parts: object) -> str:
    fingerprint = session.loaded().cohort.fingerprint[:12]
    return ":".join(map(str, ("answer", fingerprint, *parts, language())))


def _show_column(reading: ColumnReading, behind: bool, most: int) -> None:
    """The column as in the sheet: its header, and its first cells as they may be shown."""
    if behind:
        st.markdown(f":orange-badge[{t('receipt.rests_here')}]")
    sheets = {c.sheet for c in session.loaded().cohort.mapping.columns}
    place = f"{reading.sheet} · {reading.letter}" if len(sheets) > 1 else reading.letter
    cells = [cell for cell in reading.preview if cell][:most] or [""]
    header = f"{place}: {reading.header}" if reading.header else place
    st.dataframe(
        pd.DataFrame({"cells": cells}, dtype="str"),
        hide_index=True,
        column_config={"cells": st.column_config.TextColumn(header)},
        key=_key(reading.sheet, reading.index, "cells"),
    )


def _proposed(reading: ColumnReading, behind: bool) -> Proposal | None:
    """What a person chose for a column with proposals; None while nothing is chosen."""
    proposals = proposals_of(reading)
    names = {str(n): meaning(c) for n, c in enumerate(reading.candidates)}
    names |= {role: t(f"receipt.role.{role}") for role in (OTHER, KEEP, LEAVE)}
    with st.container(border=True):
        left, middle, right = st.columns([3, 5, 3])
        with left:
            _show_column(reading, behind, PREVIEWED)
        picked = middle.radio(
            t("receipt.what", name=reading.letter),
            list(names),
            index=None,
            format_func=names.get,
            captions=[_why(c) for c in reading.candidates] + [""] * 3,
            key=_key(reading.sheet, reading.index),
            label_visibility="collapsed",
        )
        with right:
            if picked is None:
                _show_effect(proposals[0], t("receipt.first_would"))
                return None
            return _tried(_detailed(reading, picked, proposals))


def _unproposed(reading: ColumnReading) -> Proposal | None:
    """What a person chose for a column that nothing was proposed for."""
    left, middle, right = st.columns([3, 5, 3])
    with left:
        _show_column(reading, False, KEPT_PREVIEWED)
    with middle:
        answer = _other(reading)
    with right:
        return _tried(answer)


def _tried(answer: Proposal | None) -> Proposal | None:
    """The answer, with what it would change below it."""
    if answer is not None and answer.field != KEEP:
        trials().ask(answer, first=True)
        with st.spinner(t("receipt.trying")):
            trials().outcome(answer, PATIENCE_SECONDS)
        _show_effect(answer, t("receipt.would"))
    return answer


def _detailed(reading: ColumnReading, picked: str, proposals: list[Proposal]) -> Proposal | None:
    if picked in (KEEP, LEAVE):
        return Proposal(reading.sheet, reading.index, picked)
    if picked == OTHER:
        return _other(reading)
    return _with_details(proposals[int(picked)], picked)


def _other(reading: ColumnReading) -> Proposal | None:
    choices = field_choices()
    field = st.selectbox(
        t("receipt.what", name=reading.letter),
        list(choices),
        index=None,
        format_func=choices.get,
        placeholder=t("receipt.choose"),
        key=_key(reading.sheet, reading.index, "field"),
        label_visibility="collapsed",
    )
    if field is None:
        return None
    return _with_details(Proposal(reading.sheet, reading.index, field), OTHER)


def _with_details(proposal: Proposal, picked: str) -> Proposal:
    """The proposal with the month and the unit that stand in the lists beside it."""
    where = (proposal.sheet, proposal.index, picked, proposal.field)
    month, unit = proposal.month, proposal.unit
    if _is_timed(proposal.field):
        months = [None, *month_choices(month)]
        words = {
            m: t("receipt.no_month") if m is None else t("receipt.month", month=m) for m in months
        }
        month = st.selectbox(
            t("mapping.month"),
            months,
            index=months.index(month),
            format_func=words.get,
            key=_key(*where, "month"),
        )
    units = ["", *dict.fromkeys([u.unit for u in units_of(proposal.field)] + [unit])]
    units = list(dict.fromkeys(units))
    if len(units) > 1:
        unit = st.selectbox(
            t("mapping.unit"),
            units,
            index=units.index(unit),
            format_func=lambda u: u or t("receipt.unit_by_values"),
            key=_key(*where, "unit"),
        )
    return Proposal(proposal.sheet, proposal.index, proposal.field, month, unit)


def month_choices(own: float | None) -> list[float]:
    """Months that visits are planned for, those of the other columns, and the proposal's own."""
    planned = {float(row["month"]) for row in read_rules("nominal_months")}
    read = {c.month for c in session.loaded().cohort.mapping.columns if c.month is not None}
    return sorted(planned | read | ({own} if own is not None else set()))


def _is_timed(field: str) -> bool:
    if field in fields():
        return fields()[field].table in TIMED
    tables = {row["field"]: row["table"] for row in read_rules("roles")}
    return tables.get(field) in TIMED


def meaning(candidate: Candidate) -> str:
    """``Haemoglobin (g/L) · month 6 · g/dL``."""
    month = "" if candidate.month is None else t("receipt.month", month=candidate.month)
    name = field_choices().get(candidate.field, candidate.field)
    parts = (name, month, "" if candidate.unit in name else candidate.unit)
    return " · ".join(safe(part) for part in parts if part)


def _why(candidate: Candidate) -> str:
    return safe(label(candidate.why, language(), candidate.why))


def _show_effect(proposal: Proposal, opening: str) -> None:
    """What the proposal would change, as far as it is known by now."""
    outcome = trials().outcome(proposal)
    st.caption(f"{opening}  \n{_effect(outcome)}")


def _effect(outcome: Outcome | None) -> str:
    if outcome is None:
        return t("receipt.not_tried")
    if outcome.summary is None:
        return f":red[{t('receipt.cannot')}]"
    lines = [
        f"**{safe(one)}**" for one in changed_headlines(session.ask("summary"), outcome.summary)
    ]
    if outcome.left_out > 0:
        lines.append(f":red[{t('receipt.more_left_out', n=outcome.left_out)}]")
    return "  \n".join(lines) or t("receipt.no_change")
