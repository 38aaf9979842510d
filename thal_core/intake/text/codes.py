"""Words and codes for sex, yes and no, phenotype, grade … → the cohort's own (rules/codes.csv)."""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.intake.text.fold import plain
from thal_core.intake.text.numbers import is_missing
from thal_core.rules.catalogue import read_rules

MISSING = ""
_LEGEND = re.compile(
    r"[(（\[][^()（）\[\]\d]{0,200}\d[^()（）\[\]]{0,200}[)）\]]"
    r"|[:：,， ]{0,9}\d\s?[=:：.、-]?\s?[^\d\s].{0,100}?\d.*| [^\d\s]{1,6}\d[^\d\s]{1,6}\d$"
)
_CODE_FIRST = re.compile(r"(\d)\s?[=:：.、-]?\s?([^\d=:：.、,，;；/()（）\[\]]+)")
_CODE_LAST = re.compile(r"([^\d=:：.、,，;；/()（）\[\]]{1,60})\s?[=:：.、-]?\s?(\d)")


@lru_cache(maxsize=1)
def _codes() -> dict[str, dict[str, str]]:
    tables: dict[str, dict[str, str]] = {}
    for row in read_rules("codes"):
        tables.setdefault(row["kind"], {}).setdefault(plain(row["code"]).lower(), row["value"])
    return tables


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
    words = plain(text).lower()
    words = words.removesuffix(".0")
    for name in (
        (kind, "bool") if kind in ("splenectomy", "phenotype", "transfusion_free") else (kind,)
    ):
        value = _codes()[name].get(words)
        if value is not None:
            return value
    return MISSING if is_missing(text) else _by_words_inside(words, kind)


def _by_words_inside(words: str, kind: str) -> str | None:
    """``重型β-地中海贫血（TDT）``: a phenotype named inside a longer text; 非 and non- are asked
    first.
    """
    if kind != "phenotype":
        return None
    for value in ("NTDT", "TDT"):
        names = [
            c
            for c, v in _codes()["phenotype"].items()
            if v == value and len(c) > (2 if c.isascii() else 1)
        ]
        if any(name in words for name in names):
            return value
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
    return any(word.strip().lower() in table for table in _codes().values())


def setting_codes(text: str) -> dict[str, str]:
    """A person's word on codes, ``1=male,2=female`` → {"1": "male", "2": "female"}."""
    pairs = [
        part.split("=", 1)
        for part in text.replace("，", ",").replace(";", ",").split(",")
        if "=" in part
    ]
    return {plain(code).lower(): plain(value) for code, value in pairs}
