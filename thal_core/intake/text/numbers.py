"""Cells of one column → numbers, vectorised; what is not a plain number is read once per distinct
text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thal_core.intake.text.fold import plain
from thal_core.rules.catalogue import read_rules

_PLAIN_NUMBER = r"^\s*-?\d{1,15}(?:\.\d+)?\s*$"
_NUMBER = re.compile(
    r"^[-−]?(?:\d+(?:\.\d{3})*,\d+(?![\d,])|\d+(?:[,'’ ]\d{3})+(?!\d)(?:\.\d+)?"
    r"|\d+(?:[.,。]\d*)?|[.,]\d+)"
    r"(?:[eE][+-]?\d+)?"
)
_BELOW = ("<=", "≤", "<", "小于等于", "小于", "低于", "不足", "less than", "below", "under")
_ABOVE = (
    ">=",
    "≥",
    ">",
    "大于等于",
    "大于",
    "高于",
    "超过",
    "more than",
    "above",
    "over",
    "greater than",
)
_ABOUT = ("约", "大约", "≈", "~", "ca.", "about", "approx.", "=")
_FLAGS = re.compile(r"(?:(?<=\d)\s?(?:HH?|LL?|-))?(?:[↑↓*#!]|\((?:HH?|LL?|[↑↓高低])\)){0,8}$")
_SUFFIXES = {"以上": 1, "及以上": 1, "+": 1, "以下": -1, "以内": -1}
_DIGITS_OF_UNIT = re.compile(r"10[\^*eE]?\d|cm2|/100|mm3|m2")
_SUMMARY = re.compile(r"\d\s?(?:±|\+/-|\+-)\s?\d")
_RANGE = re.compile(r"^\d+(?:\.\d+)?\s?(?:-|–|—|~|至|to)\s?\d+(?:\.\d+)?(?!\s?[-/.\d])")
ERRORS = frozenset(
    {"#NAME?", "#N/A", "#DIV/0!", "#REF!", "#VALUE!", "#NUM!", "#NULL!", "#SPILL!", "#CALC!"}
)


@dataclass(frozen=True)
class CellNumber:
    """One text as a number. ``state``: ok, missing, or why not (``summary, range, error, text``).

    ``rest``: what stands behind the number (a unit, perhaps). ``censored``: −1 for <, 1 for >.
    ``comma``: the number had a comma that may be decimal or thousands.
    """

    state: str
    value: float = float("nan")
    censored: int = 0
    rest: str = ""
    comma: bool = False


@dataclass(frozen=True, eq=False)
class Numbers:
    """A column of numbers. ``value`` is NaN where blank, missing or unreadable.

    ``odd``: positions that were not plain numbers, with their ``CellNumber`` in ``readings``.
    """

    value: np.ndarray
    censored: np.ndarray | None
    odd: np.ndarray
    readings: list[CellNumber]
    texts: list[str]


def column_texts(series: object) -> pa.Array:
    """A str column of a sheet as one Arrow array."""
    array = pa.array(series.array)  # type: ignore[attr-defined]
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def parse_numbers(texts: pa.Array) -> Numbers:
    """Every cell as a number; commas are read as decimal where the column shows they are."""
    simple = pc.match_substring_regex(texts, _PLAIN_NUMBER)
    numeric = pc.utf8_trim_whitespace(pc.if_else(simple, texts, None))
    value = pc.cast(numeric, pa.float64()).to_numpy(zero_copy_only=False).copy()
    blank = pc.equal(texts, "")
    odd = np.flatnonzero(~pc.or_(simple, blank).to_numpy(zero_copy_only=False))
    if not len(odd):
        return Numbers(value, None, odd, [], [])
    coded = texts.take(pa.array(odd)).dictionary_encode()
    distinct = coded.dictionary.to_pylist()
    decimal = _decimal_commas(distinct)
    readings = [parse_number(text, decimal) for text in distinct]
    codes = coded.indices.to_numpy(zero_copy_only=False)
    value[odd] = np.array([r.value for r in readings])[codes]
    censored = np.zeros(len(value), dtype=np.int8)
    censored[odd] = np.array([r.censored for r in readings], dtype=np.int8)[codes]
    return Numbers(
        value,
        censored if censored.any() else None,
        odd,
        [readings[c] for c in codes],
        [distinct[c] for c in codes],
    )


def _decimal_commas(texts: list[str]) -> bool:
    """Does the column write 8,4 for 8.4? Yes where a comma is not followed by exactly three
    digits.
    """
    tails = [re.search(r"\d,(\d*)", plain(text)) for text in texts]
    return any(tail is not None and len(tail[1]) != 3 for tail in tails)


@lru_cache(maxsize=1)
def missing_words() -> frozenset[str]:
    return frozenset(plain(row["word"]).lower() for row in read_rules("missing_words"))


def is_missing(text: str) -> bool:
    """``未查``, ``-``, ``ND``, ``n/a`` …: the writer says there is no value."""
    return plain(text).lower() in missing_words() or not plain(text)


def parse_number(text: str, decimal_comma: bool = False) -> CellNumber:
    """One cell's text as a number; never a guess: what is not one number says why."""
    words = plain(text)
    if words.upper() in ERRORS:
        return CellNumber("error")
    if is_missing(words):
        return CellNumber("missing")
    words, censored = _without_limit_sign(words)
    if _SUMMARY.search(words):
        return CellNumber("summary")
    match = _NUMBER.match(words)
    if not match:
        return CellNumber("text")
    rest = _FLAGS.sub("", words)[match.end() :].strip()
    if rest in _SUFFIXES:
        rest, censored = "", _SUFFIXES[rest]
    if _RANGE.match(words):
        return CellNumber("range")
    if re.search(r"\d", rest) and not _DIGITS_OF_UNIT.search(rest):
        return CellNumber("text")
    value = _number(match[0], decimal_comma)
    return (
        CellNumber("ok", value, censored, rest, "," in match[0])
        if value is not None
        else CellNumber("text")
    )


def _without_limit_sign(words: str) -> tuple[str, int]:
    for signs, side in ((_BELOW, -1), (_ABOVE, 1), (_ABOUT, 0)):
        for sign in signs:
            if words.lower().startswith(sign):
                return words[len(sign) :].strip(), side
    return words, 0


def _number(text: str, decimal_comma: bool) -> float | None:
    digits = text.replace("−", "-").replace("。", ".")
    if decimal_comma and digits.count(",") == 1:
        digits = digits.replace(".", "").replace(",", ".")
    digits = re.sub(r"[,'’ ]", "", digits)
    try:
        return float(digits)
    except ValueError:
        return None
