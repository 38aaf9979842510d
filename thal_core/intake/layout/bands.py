"""Rows between the patients that name the group of the rows below them: ``TDT组``, ``NTDT group
(n=34)``, ``切脾组``, a centre, a drug arm, a visit.

What a title says is decided by the codes the rules know; a title that only looks like one is a
``group``, kept and never read.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from thal_core.intake.text.clinical_terms import drugs_in
from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import plain
from thal_core.intake.text.timepoints import parse_time
from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

PHENOTYPE, SPLENECTOMY, SEX, DRUG = "phenotype", "splenectomy", "sex", "drug"
MONTH, CENTER, GROUP = "month", "center", "group"
KINDS = (
    PHENOTYPE,
    SPLENECTOMY,
    SEX,
    DRUG,
    MONTH,
    CENTER,
)  # a kind is also the header of its column
_CODED = (PHENOTYPE, SPLENECTOMY, SEX)
_SPLEEN = re.compile("脾|splen", re.I)
_LONGEST = 40  # characters of a title
_COUNT = re.compile(
    r"[(（\[【]?\s?(?:[nN]\s?[=:：]?\s?\d{1,5}|[共计合]{0,2}\s?\d{1,5}\s?(?:例|人|名|位)"
    r"|\d{1,5}\s?(?:patients|pts|cases|subjects))\s?[)）\]】]?"
)
_NUMBERING = re.compile(
    r"^(?:(?:表|table|part|section)\s?\d{1,3}\s?[.、:：．]?|[IVXⅠ-Ⅹ]{1,4}[.、．]|[(（]?[一二三四五六七八九十\d]{1,3}[)）]?\s?[.、:：．]"
    r"|[(（][一二三四五六七八九十\d]{1,3}[)）]|[A-Za-z][.、:：．]\s)\s?",
    re.I,
)
_EDGES = " \t:：-—_–·*#【】[]()（）<>=~～.。,，、/|+&"


class Meaning(NamedTuple):
    """What a title says: the kind of its column, and the text of it that says so."""

    kind: str
    value: str


@dataclass(frozen=True)
class Band:
    """A row that names a group: its sheet row, the column of its words, and what they say."""

    row: int
    column: int
    meanings: tuple[Meaning, ...]


@remembered
def group_meanings(text: str) -> tuple[Meaning, ...]:
    """What a row, title or sheet name says of the patients under it, where all its words are
    understood; nothing where they are not.

    >>> group_meanings("TDT group (n=34)")
    (Meaning(kind='phenotype', value='TDT'),)
    >>> group_meanings("TDT 与 NTDT 患者")
    ()
    """
    core = _core(text)
    whole = _meaning(core)
    if whole is not None:
        return (whole,)
    for begin, end in _seams(core):
        one, other = _meaning(_stripped(core[:begin])), _meaning(_stripped(core[end:]))
        if one and other and one.kind != other.kind:
            return one, other
        if one and other and _same_code(one, other):
            return (one,)
    return ()


@remembered
def group_named(text: str) -> tuple[Meaning, ...]:
    """As ``group_meanings``; a title of unknown words that calls itself a group or a place too."""
    known = group_meanings(text)
    words = _tidy(text)
    if known or not 0 < len(words) <= _LONGEST or any(c in words for c in "。；;"):
        return known
    if _ends_with(words, "place"):
        return (Meaning(CENTER, words),)
    return (Meaning(GROUP, words),) if _ends_with(words, "group") else ()


def _meaning(core: str) -> Meaning | None:
    """What words say that are a code, drugs or a time as a whole."""
    if len(core) < 2 and core.isascii() or core.isdigit():
        return None
    for kind in _CODED:
        if code_named(core, kind):
            return Meaning(kind, core)
    if drugs_in(core) and not _without(_drugless(core), ("silent", "group", "beside a drug")):
        return Meaning(DRUG, core)
    time = parse_time(core)
    return Meaning(MONTH, core) if time is not None and time.kind == "month" else None


def _same_code(one: Meaning, other: Meaning) -> bool:
    """重型 and TDT: two words for one thing."""
    return one.kind in _CODED and code_named(one.value, one.kind) == code_named(
        other.value, other.kind
    )


def _seams(core: str) -> list[tuple[int, int]]:
    """Where two words of a title may meet: at marks or blanks, else beside a Chinese letter."""
    marks = [m.span() for m in re.finditer(r"[\s_\-—()（）/,，、:：]+", core)]
    han = [(n, n) for n in range(1, len(core)) if not (core[n - 1].isascii() and core[n].isascii())]
    return [*marks, *han]


def code_named(text: str, kind: str) -> str:
    """The cohort's word for a whole text that is a code of this kind and not a bare yes, 1 or M;
    else "".
    """
    if len(text) < 2 and text.isascii() or parse_code(text, "bool") is not None:
        return ""
    if kind == SPLENECTOMY and not _SPLEEN.search(text):
        return ""
    return _exact(kind).get(text.lower(), "")


def says_patient(text: str) -> bool:
    """Is the text a word for a patient and perhaps a number (``患者1``, ``Case 2``)?"""
    return plain(text).rstrip("0123456789#. \t\n").lower() in _words(("silent",))


def is_count(text: str) -> bool:
    """Does the text only say how many (``n=34``, ``34例``)?"""
    return not _COUNT.sub("", plain(text)).strip(_EDGES)


def without_count(text: str) -> str:
    """The words of a title without its numbering and count."""
    return _tidy(text)


@lru_cache(maxsize=8)
def _exact(kind: str) -> dict[str, str]:
    return {plain(r["code"]).lower(): r["value"] for r in read_rules("codes") if r["kind"] == kind}


def _tidy(text: str) -> str:
    """Without counts, numbering and marks at the edges."""
    words = _COUNT.sub(" ", plain(text))
    return plain(_NUMBERING.sub("", words.strip(" ").lstrip("#*【["))).strip(_EDGES)


def _core(text: str) -> str:
    """The words of a title that mean something, in the spelling they have."""
    words = _tidy(text)
    if not 0 < len(words) <= _LONGEST:
        return ""
    whole = words.lower() in {w for kind in _CODED for w in _exact(kind)}
    return words if whole else _stripped(words)


def _stripped(words: str) -> str:
    """Words of a group taken off both ends, as long as there are any."""
    silent = _words(("silent", "group"))
    while True:
        low = words.lower()
        word = next((w for w in silent if low.endswith(w) and _apart(low, w, -1)), "")
        if word:
            words = words[: len(words) - len(word)].rstrip(_EDGES)
            continue
        word = next((w for w in silent if low.startswith(w) and _apart(low, w, 0)), "")
        if not word:
            return words
        words = words[len(word) :].lstrip(_EDGES)


def _apart(text: str, word: str, side: int) -> bool:
    """A word of Latin letters stands by itself."""
    if not word.isascii():
        return True
    beside = text[len(word) : len(word) + 1] if side == 0 else text[-len(word) - 1 : -len(word)]
    return not (beside.isascii() and beside.isalnum())


def _drugless(text: str) -> str:
    words = text.lower()
    for row in read_rules("drugs"):
        for name in sorted([row["drug"], *row["names"].split("|")], key=len, reverse=True):
            words = words.replace(plain(name).lower(), " ")
    return words


def _without(text: str, roles: tuple[str, ...]) -> str:
    for word in _words(roles):
        text = text.replace(word, " ")
    return plain(text).strip(_EDGES)


def _ends_with(words: str, role: str) -> bool:
    low = words.lower()
    return any(
        (low.endswith(w) and _apart(low, w, -1)) or (low.startswith(w) and _apart(low, w, 0))
        for w in _words((role,))
    )


@lru_cache(maxsize=8)
def _words(roles: tuple[str, ...]) -> tuple[str, ...]:
    words = (plain(r["word"]).lower() for r in read_rules("group_words") if r["role"] in roles)
    return tuple(sorted(words, key=len, reverse=True))
