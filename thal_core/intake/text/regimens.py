"""Transfusion regimens in words (``每月2U``, ``2U q3w``, ``停输``) → an amount per month.

Every word must be known (rules/regimen_words.csv) and every number must have its place: how much,
how often, in what time. What leaves a doubt has a ``state`` that says which, and no amount.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from thal_core.intake.text.fold import plain
from thal_core.intake.text.numbers import is_missing
from thal_core.rules.catalogue import read_rules
from thal_core.vocabulary import DAYS_PER_MONTH

_NUMBER = re.compile(r"\d{1,5}(?:\.\d{1,3})?|[一二两三四五六七八九十]{1,3}(?=\D|$)|半")
_HAN = {c: float(n) for n, c in enumerate("零一二三四五六七八九")} | {"两": 2.0, "半": 0.5}
_BETWEEN = re.compile(r"(?<=\d)\s?(?:-|–|—|~|至|到|to)\s?(?=\d)")
_SILENT = re.compile(r"[\s,，、;；。.:：]+")
_NO_TOKENS = ("none in a regimen", "of transfusion")
_LONGEST = 60  # characters: a longer text is a sentence


@dataclass(frozen=True)
class Regimen:
    """What a cell says of transfusion.

    ``state``: rate (``per_month`` is known, 0 where none is given), missing, count (how often, but
    not how much), amount (how much, but not how often), range, irregular, continuing (transfused,
    nothing else is said) or unknown (a word or a number that nothing explains). ``in_ml``: the
    amount is millilitres. ``sure``: the words speak of transfusion by themselves (``无`` and
    ``irregular`` do not).
    """

    state: str
    per_month: float = float("nan")
    in_ml: bool = False
    sure: bool = True


@dataclass(frozen=True)
class _Token:
    kind: str
    value: float = float("nan")


_MISSING, _UNKNOWN = Regimen("missing", sure=False), Regimen("unknown", sure=False)


def parse_regimen(text: str) -> Regimen:
    """The regimen that the whole text states; a month is 30.4375 days."""
    words = plain(text).lower()
    if len(words) > _LONGEST:
        return _UNKNOWN
    if words in _words("none in a regimen"):
        return Regimen("rate", 0.0, sure=False)
    if is_missing(words):
        return _MISSING
    if _BETWEEN.search(words):
        return _range(words)
    tokens = _tokens(words)
    found = _UNKNOWN if tokens is None else _meaning(tokens)
    generic = found.state in ("irregular", "continuing") and not speaks_of_transfusion(words)
    return replace(found, sure=False) if generic else found


def speaks_of_transfusion(text: str) -> bool:
    """Does a header or a cell name transfusion or red cells?"""
    words = plain(text).lower()
    return any(word in words for word in _words("of transfusion"))


def _range(words: str) -> Regimen:
    """``每月2-3U``: a regimen if it is one with either number in its place."""
    between = _BETWEEN.sub("|", words, count=1)
    single = re.sub(r"\d{1,5}(?:\.\d{1,3})?\|(?=\d)", "", between)
    return Regimen("range") if parse_regimen(single).state == "rate" else _UNKNOWN


@lru_cache(maxsize=1)
def _rows() -> dict[str, dict[str, float]]:
    kinds: dict[str, dict[str, float]] = {}
    for row in read_rules("regimen_words"):
        kinds.setdefault(row["kind"], {})[plain(row["word"]).lower()] = float(row["value"] or "nan")
    return kinds


def _words(kind: str) -> dict[str, float]:
    return _rows().get(kind, {})


@lru_cache(maxsize=1)
def _spellings() -> tuple[re.Pattern[str], dict[str, list[_Token]]]:
    """The pattern that finds the longest word at a place, and what each word may be."""
    found: dict[str, list[_Token]] = {}
    for kind, words in _rows().items():
        for word, value in words.items() if kind not in _NO_TOKENS else ():
            found.setdefault(word, []).append(_Token(kind, value))
    longest_first = sorted(found, key=len, reverse=True)
    pattern = "|".join(
        rf"{re.escape(w)}(?![a-z])" if w.isascii() and len(w) > 1 else re.escape(w)
        for w in longest_first
    )
    return re.compile(pattern), found


def _tokens(words: str) -> list[_Token] | None:
    """The words and numbers in order, silent ones left out; None where one is not known."""
    pattern, meanings = _spellings()
    tokens, at = [], 0
    while at < len(words):
        gap = _SILENT.match(words, at)
        match = gap or pattern.match(words, at) or _NUMBER.match(words, at)
        if match is None:
            return None
        at = match.end()
        if gap is None:
            tokens.append(_token(match[0], meanings))
    return [token for token in tokens if token.kind != "silent"]


def _token(word: str, meanings: dict[str, list[_Token]]) -> _Token:
    if word in meanings:
        return meanings[word][0]
    return _Token("number", float(word) if word.isascii() else _han(word))


def _han(text: str) -> float:
    """三 → 3, 十二 → 12, 半 → 0.5."""
    if "十" not in text:
        return _HAN.get(text[-1], float("nan")) if len(text) == 1 else float("nan")
    tens, _, ones = text.partition("十")
    return _HAN.get(tens, 1.0) * 10 + (_HAN.get(ones, 0.0) if ones else 0.0)


@dataclass(frozen=True)
class _Parts:
    """What the words of a regimen add up to, each at most once."""

    amounts: tuple[float, ...] = ()
    in_ml: bool = False
    counts: tuple[float, ...] = ()
    days: tuple[float, ...] = ()
    each: bool = False  # "every", "per": an amount belongs to a time
    each_time: bool = False


def _meaning(tokens: list[_Token]) -> Regimen:
    kinds = {token.kind for token in tokens}
    for kind in ("none", "irregular"):
        if kind in kinds:
            return _stated(kind) if kinds == {kind} else _UNKNOWN
    if kinds == {"continuing"}:
        return _stated("continuing")
    parts = _parts([token for token in tokens if token.kind != "continuing"])
    return _UNKNOWN if parts is None else _of_parts(parts)


def _stated(kind: str) -> Regimen:
    return Regimen("rate", 0.0) if kind == "none" else Regimen(kind)


def _parts(tokens: list[_Token]) -> _Parts | None:
    """Numbers with the words behind them; None where a number stands alone."""
    parts, number = _Parts(), float("nan")
    for token in [*tokens, _Token("end")]:
        waiting = number == number
        if token.kind == "number":
            if waiting:
                return None
            number = token.value
            continue
        if waiting and token.kind not in ("unit", "ml", "period", "time"):
            return None
        parts, number = _with(parts, token, number), float("nan")
    return parts


def _with(parts: _Parts, token: _Token, number: float) -> _Parts:
    given = number == number
    if token.kind in ("unit", "ml") and given:
        return replace(parts, amounts=(*parts.amounts, number), in_ml=token.kind == "ml")
    if token.kind == "time" and given:
        return replace(parts, counts=(*parts.counts, number))
    if token.kind == "time":
        return replace(parts, each_time=True) if parts.each else parts
    if token.kind == "once":
        return replace(parts, counts=(*parts.counts, token.value))
    if token.kind == "period":
        return replace(parts, days=(*parts.days, (number if given else 1.0) * token.value))
    if token.kind == "adverb":
        return replace(parts, days=(*parts.days, token.value), each=True)
    if token.kind == "each time":
        return replace(parts, each_time=True)
    return replace(parts, each=True) if token.kind == "every" else parts


def _of_parts(parts: _Parts) -> Regimen:
    if any(len(found) > 1 for found in (parts.amounts, parts.counts, parts.days)):
        return _UNKNOWN
    if not parts.days:
        return Regimen("amount", sure=False) if _only(parts.amounts) else _UNKNOWN
    if not (parts.each or parts.counts) or parts.days[0] <= 0:
        return _UNKNOWN
    if not parts.amounts:
        return Regimen("count") if parts.counts else _UNKNOWN
    times = parts.counts[0] if parts.counts else 1.0
    if times != 1 and not parts.each_time:  # 每月2次2U: in all, or each time?
        return _UNKNOWN
    rate = parts.amounts[0] * times * DAYS_PER_MONTH / parts.days[0]
    return Regimen("rate", rate, parts.in_ml)


def _only(amounts: Iterable[float]) -> bool:
    return len(tuple(amounts)) == 1
