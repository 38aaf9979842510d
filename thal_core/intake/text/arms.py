"""What a cell says a patient was treated with: the study drug, another drug instead, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.clinical_terms import Terms, terms
from thal_core.intake.text.fold import plain
from thal_core.rules.catalogue import drugs, read_rules, study_drug

STUDY, INSTEAD, BESIDE = "study", "instead", "beside"
CONTROL = "control"
_LONGEST = 60  # characters: a longer text is a sentence
_LETTER = re.compile(r"(?<![a-z])[a-d](?![a-z])")  # of the arm: A组
_NOTHING = re.compile(r"[\s\d.,，、;；:：()（）\[\]+/&＋·*-]*")


@dataclass(frozen=True)
class Arm:
    """``drugs`` named (``control`` for none). ``kind``: study where the study drug is among them;
    instead where another drug against the anaemia, or none, stands for it; else beside.
    """

    drugs: tuple[str, ...]
    kind: str


def parse_arm(text: str) -> Arm | None:
    """The arm that the whole text names; None where a word of it is no drug and no word of arms."""
    words = plain(text).lower()
    if not words or len(words) > _LONGEST:
        return None
    denied, words = _without_denied(words)
    found = _names().found_in(words)
    rest = words
    for begin, end, _ in found[::-1]:
        rest = f"{rest[:begin]} {rest[end:]}"
    for begin, end, _ in _silent().found_in(rest)[::-1]:
        rest = f"{rest[:begin]} {rest[end:]}"
    if not (found or denied) or not _NOTHING.fullmatch(_LETTER.sub(" ", rest)):
        return None
    named = tuple(dict.fromkeys(name for _, _, name in found))
    if denied and _kind(named) == BESIDE:
        return Arm((*named, CONTROL), INSTEAD)
    return Arm(named, _kind(named))


def arm_in(text: str) -> Arm | None:
    """The arm that a title speaks of, whatever else it says; None where it names no drug that is
    given against the anaemia.
    """
    words = plain(text).lower()
    found = dict.fromkeys(name for _, _, name in _names().found_in(words) if name != CONTROL)
    arm = Arm(tuple(found), _kind(tuple(found)))
    return None if arm.kind == BESIDE else arm


def _without_denied(words: str) -> tuple[bool, str]:
    """``羟基脲，未用沙利度胺``: was the study drug denied, and the text without that."""
    names = sorted((plain(n).lower() for n in drugs()[study_drug()].names), key=len, reverse=True)
    for denial in sorted(_words("denial"), key=len, reverse=True):
        for name in names:
            for joint in ("", " "):
                if f"{denial}{joint}{name}" in words:
                    return True, words.replace(f"{denial}{joint}{name}", " ")
    return False, words


def beside_header(header: str) -> bool:
    """Does a header speak of drugs given beside or before the treatment (``合并用药``)?"""
    words = plain(header).lower()
    return any(word in words for word in _words("beside header"))


def _kind(named: tuple[str, ...]) -> str:
    if study_drug() in named:
        return STUDY
    return INSTEAD if any(name == CONTROL or drugs()[name].instead for name in named) else BESIDE


@lru_cache(maxsize=1)
def _names() -> Terms:
    names = {plain(n).lower(): one.drug for one in drugs().values() for n in one.names}
    return terms(names | {word: CONTROL for word in _words(CONTROL)})


@lru_cache(maxsize=1)
def _silent() -> Terms:
    return terms({word: "" for word in _words("silent")})


def _words(meaning: str) -> list[str]:
    rows = [row for row in read_rules("arms") if row["meaning"] == meaning]
    return [plain(word).lower() for row in rows for word in row["words"].split("|")]
