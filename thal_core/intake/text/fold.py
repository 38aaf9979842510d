"""Header and label text brought to one plain form, with the places where its words were apart."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

LONGEST = 80  # compact letters of a header or of a time; what is longer is a sentence
INSIDE, SOFT, HARD = 0, 1, 2  # no place between two words; letters beside figures; a blank
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_NEGATIVE = re.compile(r"(?:(?<=[_ (\[])|^)[-−](?=\d)")
_KEPT = re.compile(r"[\w%‰*Δ↑↓<>≥≤.−#+]")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_HAN_NUMBER = re.compile(r"[一二三四五六七八九十两]{1,3}(?=个?月|周|星期|年(?!龄)|天|次)")
_NUMBER_SIGN = re.compile(r"(?<![A-Za-z])#|\b[Nn]°")  # id #, N°; NEUT# is a count
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")  # scripts without blanks


@dataclass(frozen=True)
class Words:
    """Compact text and, at each position of it, what stood there: INSIDE a word, SOFT (letters
    beside figures, aB), HARD (a blank or a mark). Both ends are HARD.
    """

    text: str
    edges: tuple[int, ...]


def plain(text: object) -> str:
    """NFKC (full width → half width), invisible characters out, spaces collapsed."""
    words = str(text)
    if not words.isascii():
        words = _INVISIBLE.sub("", unicodedata.normalize("NFKC", words))
    return " ".join(words.split())


@remembered
def compact(text: str) -> str:
    """Lower case, without spaces, punctuation and accents, in simplified characters.

    A minus sign before a number stays (as ``−``), and ``|`` stands where only a separator kept two
    numbers apart: ``wbc_3_10^9/L`` → ``wbc3|10|9l``.
    """
    return words_of(text).text


@remembered
def words_of(text: str) -> Words:
    """The compact text with its edges."""
    typed = _NEGATIVE.sub("−", _with_figures(one_script(_elided().sub("", plain(text)))))
    letters: list[str] = []
    edges: list[int] = []
    before = ""  # the kept character just left of this one, "" after a blank or a mark
    for position, char in enumerate(typed):
        if not _keep(typed, position, char):
            before = ""
            continue
        if not before and char.isdigit() and letters and letters[-1].isdigit():
            letters.append("|")
            edges.append(HARD)
        edges.append(_edge(before, char))
        letters.append(_letter(char))
        before = char
    return Words("".join(letters), (*edges, HARD))


@lru_cache(maxsize=1)
def filler_words() -> frozenset[str]:
    """Words that may stand in a header without changing what it means (rules/header_words.csv)."""
    rows = (row for row in read_rules("header_words") if row["slot"] == "filler")
    return frozenset(compact(word) for row in rows for word in row["words"].split("|")) | {"|"}


def simplified(text: str) -> str:
    """The text with simplified for traditional characters (rules/traditional.csv)."""
    return text.translate(_simplified())


@lru_cache(maxsize=1)
def _simplified() -> dict[int, str]:
    return {
        ord(other): row["simplified"]
        for row in read_rules("traditional")
        for other in row["traditional"]
    }


@lru_cache(maxsize=1)
def _elided() -> re.Pattern[str]:
    """``d'`` of ``d'arrêt`` and ``à``, which is no ``A`` (rules/header_words.csv)."""
    rows = (row for row in read_rules("header_words") if row["slot"] == "elided")
    words = [word for row in rows for word in row["words"].split("|")]
    short = "|".join(word.removesuffix("'") for word in words if word.endswith("'"))
    whole = "|".join(word for word in words if not word.endswith("'"))
    return re.compile(rf"\b(?:{short})['’](?=[^\W\d_])|\b(?:{whole})\b", re.I)


@lru_cache(maxsize=1)
def _number_words() -> tuple[re.Pattern[str], dict[str, str]]:
    """Number words beside a unit of time, on either side of it: ``six months``, ``ماه ششم``."""
    numbers = {one_script(row["word"]).lower(): row["number"] for row in read_rules("number_words")}
    units = {
        one_script(word)
        for row in read_rules("timepoints")
        for word in row["pattern"].split("|")
        if row["kind"] == "unit" and len(word) > 1
    }
    words, named = (
        "|".join(map(re.escape, sorted(of, key=len, reverse=True))) for of in (numbers, units)
    )
    behind, before = rf"(?=[\s-]{{0,3}}(?:{named})\b)", rf"\b(?P<unit>{named})(?P<gap>[\s-]{{1,3}})"
    return re.compile(rf"\b(?P<a>{words}){behind}|{before}(?P<b>{words})\b", re.I), numbers


def one_script(text: str) -> str:
    """Simplified for traditional characters, letters without accents, ASCII figures."""
    if text.isascii():
        return text
    bare = (c for c in unicodedata.normalize("NFD", text) if unicodedata.category(c) != "Mn")
    joined = simplified(unicodedata.normalize("NFC", "".join(bare)))
    return "".join(_plain_letter(c) for c in joined)


def _plain_letter(char: str) -> str:
    if char in "ıİ":
        return "i"
    if char.isdecimal() and not char.isascii():
        return str(int(char))
    return {"μ": "u", "µ": "u", "×": "x", "ي": "ی", "ك": "ک"}.get(char, char)


def _with_figures(text: str) -> str:
    """``six months`` and ``三个月`` with the number in figures; # for "number"."""
    text = _NUMBER_SIGN.sub(" no ", text)
    pattern, numbers = _number_words()
    text = pattern.sub(
        lambda m: f"{m['unit'] or ''}{m['gap'] or ''}{numbers[(m['a'] or m['b']).lower()]}", text
    )
    return _HAN_NUMBER.sub(lambda m: str(_han_number(m[0])), text)


def _letter(char: str) -> str:
    lower = char.lower()
    return lower if len(lower) == 1 else lower[0]


def _edge(before: str, char: str) -> int:
    """What kind of place is left of ``char``? ``before``: its neighbour, "" where none touches."""
    if not before:
        return HARD
    if _is_figure(before) or _is_figure(char):
        return INSIDE if _is_figure(before) and _is_figure(char) and char != "−" else SOFT
    if not (before.isalpha() and char.isalpha()) or _UNSPACED.match(before + char):
        return SOFT
    if _UNSPACED.match(char) or before.isascii() != char.isascii():
        return SOFT
    return SOFT if before.islower() and char.isupper() else INSIDE


def _is_figure(char: str) -> bool:
    return char.isdigit() or char in ".−"


def _keep(text: str, position: int, char: str) -> bool:
    if char == "_" or not _KEPT.match(char):
        return False
    if char == ".":
        around = text[position - 1 : position], text[position + 1 : position + 2]
        return all(a.isdigit() for a in around)
    if char == "+":  # Hb(+0) is 0, 6M+ is not 6
        return not text[position + 1 : position + 2].isdigit()
    return char != "*" or text[max(0, position - 9) : position].lower().replace(" ", "").endswith(
        "t2"
    )


def _han_number(text: str) -> int:
    """三 → 3, 十二 → 12, 二十四 → 24."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text[-1], 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
