"""What a person tells the reader about a sheet: kept in its mapping, and so used again on the next
sheet of that clinic.
"""

from __future__ import annotations

import streamlit as st

from thal_core import CohortError
from thal_core.reader import preview_encodings
from thal_core.rules.catalogue import read_rules
from thal_core.words.wording import Wording
from ui import session
from ui.language import language, t
from ui.mapping_table import apply

CHOICES = {
    "duplicates": ("first", "last", "mean"),
    "date_order": ("", "dmy", "mdy", "ymd"),
    "calendar": ("", "gregorian", "buddhist", "minguo", "persian", "hijri"),
}
WRITTEN = ("sex_codes", "phenotype_codes", "splenectomy_codes", "visit_months", "unit_volume_ml")


def show_settings() -> None:
    mapping = session.loaded().cohort.mapping
    with (
        st.expander(t("settings.title"), icon=":material/tune:"),
        st.form(f"settings:{language()}", border=False),
    ):
        left, right = st.columns(2)
        chosen = {
            name: _choice(left, name, values, mapping.setting(name))
            for name, values in CHOICES.items()
        }
        encodings = {
            row["encoding"]: Wording.of_row(row, "label").text(language())
            for row in read_rules("encodings")
        }
        chosen["encoding"] = _choice(
            left, "encoding", ("", "utf-8", *encodings), mapping.setting("encoding"), encodings
        )
        if (
            mapping.setting("encoding")
            or (session.loaded().cohort.issues["code"] == "reading.encoding_guessed").any()
        ):
            now = session.loaded()
            for encoding, words in _previews(session.sheet_of(now), now.cohort.provenance.sha256)[
                :4
            ]:
                left.text(f"{encodings.get(encoding, encoding)}: {words}")
        for name in WRITTEN:
            chosen[name] = right.text_input(
                t(f"settings.{name}"),
                mapping.setting(name),
                max_chars=200,
                placeholder=t(f"settings.{name}.example"),
                key=f"settings:{name}:{language()}",
            )
        if st.form_submit_button(t("settings.apply"), type="primary"):
            for name, value in chosen.items():
                if value != mapping.setting(name):
                    mapping = mapping.with_setting(name, value)
            apply(mapping)


@st.cache_data(scope="session", show_spinner=False, max_entries=2)
def _previews(_data: bytes, sha256: str) -> list[tuple[str, str]]:
    """What the sheet's words would be in each encoding: those that are understood, and no row of
    data.
    """
    try:
        return preview_encodings(_data)
    except CohortError:
        return []


def _choice(
    place: object, name: str, values: tuple[str, ...], now: str, names: dict[str, str] | None = None
) -> str:
    words = {v: (names or {}).get(v) or t(f"settings.{name}.{v or 'automatic'}") for v in values}
    return place.selectbox(  # type: ignore[attr-defined]
        t(f"settings.{name}"),
        values,
        index=values.index(now) if now in values else 0,
        format_func=words.get,
        key=f"settings:{name}:{language()}",
    )
