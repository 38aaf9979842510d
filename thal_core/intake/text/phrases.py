"""What people write for a reason, an action or an outcome → the words of rules/phrases.csv."""

from __future__ import annotations

from functools import lru_cache

from thal_core.intake.text.clinical_terms import Terms, events_in, terms
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import plain, simplified
from thal_core.intake.text.numbers import is_missing
from thal_core.rules.catalogue import read_rules

_UNKNOWN_REASON = "reason unknown"


def phrase_in(text: str, kind: str) -> str | None:
    """The meaning of a text: "" where it says nothing, None where it is not understood.

    kind: ``reason`` (of stopping), ``indication`` (why a drug was given), ``action`` or
    ``outcome``. The whole text is asked first, then the longest phrase in it; a reason may also be
    an adverse event (``皮疹``).
    """
    words = simplified(plain(text)).lower()
    whole = _phrases(kind).meaning.get(words)
    if whole or not words:
        return whole or ""
    if is_missing(words) or parse_code(words, "bool") == "no":
        return ""
    events = [found.event for found in events_in(words)] if kind == "reason" else []
    inside = _phrases(kind).found_in(words)
    longest = max(inside, key=lambda hit: hit[1] - hit[0], default=None)
    if events and (longest is None or longest[2] in ("adverse event", _UNKNOWN_REASON)):
        return events[0]
    return longest[2] if longest else None


def stop_reason_in(text: str) -> str:
    """The reason for stopping that a cell gives where a month is asked; "" where it gives none.

    ``失访`` alone is a reason; ``不详`` is not.
    """
    words = simplified(plain(text)).lower()
    whole = _phrases("reason").meaning.get(words, "")
    meaning = whole or ("" if is_missing(words) else phrase_in(text, "reason") or "")
    return "" if meaning == _UNKNOWN_REASON else meaning


@lru_cache(maxsize=4)
def _phrases(kind: str) -> Terms:
    kinds = ("indication", "reason") if kind == "indication" else (kind,)
    rows = [row for row in read_rules("phrases") if row["kind"] in kinds]
    return terms(
        {
            plain(t).lower(): row["meaning"]
            for row in rows
            for t in (row["meaning"], *row["terms"].split("|"))
        }
    )
