"""Header and label text brought to one plain form, with the places where its words were apart."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from thal_core.memo import remembered
from thal_core.rules.catalogue import read_rules

LONGEST = 80  # compact letters of a header or of a time; what is longer is a sentence
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_NEGATIVE = re.compile(r"(?:(?<=[_ (\[])|^)[-−](?=\d)")
_KEPT = re.compile(r"[\w%‰*Δ↑↓<>.−]")
_DIGITS = {c: n for n, c in enumerate("零一二三四五六七八九")} | {"两": 2}
_HAN_NUMBER = re.compile(r"[一二三四五六七八九十两]{1,3}(?=个?月|周|星期|年(?!龄)|天|次)")


def plain(text: object) -> str:
    """NFKC (full width → half width), invisible characters out, spaces collapsed."""
    words = str(text)
    if not words.isascii():
        words = _INVISIBLE.sub("", unicodedata.normalize("NFKC", words))
    return " ".join(words.split())


@remembered
def compact(text: str) -> str:
    """Lower case, without spaces and punctuation.

    A minus sign before a number stays (as ``−``), and ``|`` stands where only a separator kept two
    numbers apart: ``wbc_3_10^9/L`` → ``wbc3|10|9l``.
    """
    folded = plain(text).lower().replace("μ", "u").replace("µ", "u").replace("×", "x")
    folded = _NEGATIVE.sub("−", _HAN_NUMBER.sub(lambda m: str(_han_number(m[0])), folded))
    letters = ""
    apart = False
    for position, char in enumerate(folded):
        if not _keep(folded, position, char):
            apart = True
            continue
        letters += "|" if apart and char.isdigit() and letters[-1:].isdigit() else ""
        letters += char
        apart = False
    return letters


def cut_number(text: str, begin: int, end: int) -> bool:
    """True where text[begin:end] starts or ends in the middle of a number."""

    def inside(at: int) -> bool:
        return 0 < at < len(text) and text[at].isdigit() and text[at - 1] in "0123456789."

    return inside(begin) or inside(end)


@lru_cache(maxsize=1)
def filler_words() -> frozenset[str]:
    """Words that may stand in a header without changing what it means (rules/header_words.csv)."""
    return frozenset(compact(row["word"]) for row in read_rules("header_words")) | {"|"}


def _keep(text: str, position: int, char: str) -> bool:
    if char == "_" or not _KEPT.match(char):
        return False
    if char == ".":
        around = text[position - 1 : position], text[position + 1 : position + 2]
        return all(a.isdigit() for a in around)
    return char != "*" or text[max(0, position - 9) : position].replace(" ", "").endswith("t2")


def _han_number(text: str) -> int:
    """三 → 3, 十二 → 12, 二十四 → 24."""
    tens, ten, ones = text.rpartition("十")
    if not ten:
        return _DIGITS.get(text[-1], 0)
    return (_DIGITS.get(tens, 1) if tens else 1) * 10 + (_DIGITS.get(ones, 0) if ones else 0)
