"""Words and codes for sex, yes and no, phenotype, grade … → the cohort's own (rules/codes.csv)."""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.intake.text.fold import one_script, plain
from thal_core.intake.text.numbers import is_missing
from thal_core.rules.catalogue import read_rules

MISSING = ""
_LEGEND = re.compile(
    r"[(（\[][^()（）\[\]\d]{0,200}\d[^()（）\[\]]{0,200}[)）\]]"
    r"|[:：,， ]{0,9}\d\s?[=:：.、-]?\s?[^\d\s].{0,100}?\d.*| [^\d\s]{1,6}\d[^\d\s]{1,6}\d$"
)
_UNSPACED = re.compile("[\u0e00-\u0e7f\u3400-\u9fff]")  # scripts without blanks
_CODE_FIRST = re.compile(r"(\d)\s?[=:：.、-]?\s?([^\d=:：.、,，;；/()（）\[\]]+)")
_CODE_LAST = re.compile(r"([^\d=:：.、,，;；/()（）\[\]]{1,60})\s?[=:：.、-]?\s?(\d)")


@lru_cache(maxsize=1)
def _codes() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for row in read_rules("codes"):
        tables.setdefault(row["kind"], {}).setdefault(_key(row["code"]), row["value"])
    return tables


def _key(text: str) -> str:
    """The text as codes are compared: without case and accents, in simplified characters."""
    return one_script(plain(text)).lower()


@lru_cache(maxsize=1)
def _denials() -> str:
    """A pattern of the words that turn a phenotype round (rules/negations.csv)."""
    words = (_key(r["word"]) for r in read_rules("negations") if r["place"] == "phenotype")
    return "|".join(w if _UNSPACED.search(w) else rf"\b{re.escape(w)}\b" for w in words)


def _is_denied(name: str, text: str) -> bool:
    """``non è dipendente``, ``dipendente: no``: does a denial stand just before or behind it?"""
    near, name = r"[^,;.，；。()（）]", re.escape(name)
    pattern = rf"(?:{_denials()}){near}{{0,8}}{name}|{name}{near}{{0,3}}(?:{_denials()})\W{{0,9}}$"
    return re.search(pattern, text) is not None


@lru_cache(maxsize=1)
def opposites() -> dict[str, str]:
    """Each word of a kind that has but two, with the other one: male and female, TDT and NTDT, yes
    and no.
    """
    pairs = [tuple(dict.fromkeys(words.values())) for words in _codes().values()]
    return {a: b for pair in pairs if len(pair) == 2 for a, b in (pair, pair[::-1])}


def parse_code(text: str, kind: str) -> str | None:
    """The cohort's word for a code of this kind; ``MISSING`` for a missing word, None for a
    stranger.

    ``kind``: sex, bool, splenectomy, phenotype, grade, hb_timing, origin.
    """
    words = _key(text).removesuffix(".0")
    for name in (
        (kind, "bool") if kind in ("splenectomy", "phenotype", "transfusion_free") else (kind,)
    ):
        value = _codes()[name].get(words)
        if value is not None:
            return value
    return MISSING if is_missing(text) else _by_words_inside(words, kind)


def _by_words_inside(words: str, kind: str) -> str | None:
    """``重型β-地中海贫血（TDT）``: a phenotype named inside a longer text; 非 and non- are asked
    first, and beside another denial it is a stranger.
    """
    if kind != "phenotype":
        return None
    for value in ("NTDT", "TDT"):
        names = [
            c
            for c, v in _codes()["phenotype"].items()
            if v == value and len(c) > (2 if c.isascii() else 1)
        ]
        found = [name for name in names if name in words]
        if found:
            denied = value == "TDT" and any(_is_denied(name, words) for name in found)
            return None if denied else value
    return None


def legend_in(header: str) -> tuple[str, dict[str, str]]:
    """A header without the codes it explains, and the codes: ``性别(1男2女)`` → 性别,
    {"1": "男", "2": "女"}.
    """
    for match in _LEGEND.finditer(plain(header)):
        for pairs in (
            _CODE_FIRST.findall(match[0]),
            [(code, word) for word, code in _CODE_LAST.findall(match[0])],
        ):
            codes = {code: word.strip() for code, word in pairs}
            if len(codes) > 1 and all(map(_is_coded_word, codes.values())):
                return (
                    plain(header)[: match.start()] + plain(header)[match.end() :]
                ).strip(), codes
    return header, {}


def _is_coded_word(word: str) -> bool:
    named = any(letter.isalpha() for letter in word)  # in "1-3m" the dash is no code
    return named and any(_key(word) in table for table in _codes().values())


def setting_codes(text: str) -> dict[str, str]:
    """A person's word on codes, ``1=male,2=female`` → {"1": "male", "2": "female"}."""
    pairs = [
        part.split("=", 1)
        for part in text.replace("，", ",").replace(";", ",").split(",")
        if "=" in part
    ]
    return {plain(code).lower(): plain(value) for code, value in pairs}
