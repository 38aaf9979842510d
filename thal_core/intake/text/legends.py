"""Codes that a line of text explains: ``性别 1=男，2=女``, ``1=男 2=女``, ``TDT=1``."""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.intake.text.codes import parse_code
from thal_core.intake.text.fold import plain
from thal_core.rules.catalogue import read_rules

_PARTS = re.compile(r"[；;。\n|]|[,，、]\s?(?=[^\d\s=:：,，、]{1,12}[:：\s]{0,3}\d\s?[=＝])")
_CODE_FIRST = re.compile(r"(?<!\d)(\d)\s?[=:：-]\s?([^\d=:：.、,，;；/()（）\[\]\s]{1,30})")
_CODE_LAST = re.compile(r"([^\d=:：.、,，;；/()（）\[\]\s]{1,30})\s?[=＝]\s?(\d)(?!\d)")
_CODED = ("sex", "phenotype", "bool")
_LONGEST = 400  # characters of a line that may explain codes
Codes = dict[str, str]


def parse_legends(text: str) -> list[tuple[str, Codes]]:
    """(name or "", code → word) of each part of a line.

    >>> parse_legends("注：性别 1=男，2=女；TDT=1")
    [('性别', {'1': '男', '2': '女'}), ('', {'1': 'TDT'})]
    """
    found: list[tuple[str, Codes]] = []
    for part in _PARTS.split(plain(text)[:_LONGEST]):
        first = _CODE_FIRST.findall(part)
        last = [(code, word) for word, code in _CODE_LAST.findall(part)]
        pairs = max(first, last, key=lambda p: sum(kind_of_code(word) != "" for _, word in p))
        codes = dict(pairs)
        if (
            codes
            and len(codes) == len(pairs)
            and all(kind_of_code(word) for word in codes.values())
        ):
            found.append((_name(part, codes), codes))
    return found


def _name(part: str, codes: Codes) -> str:
    """The words before the codes, without a word that begins a note."""
    begin = min(
        position
        for code, word in codes.items()
        for position in (part.find(word), part.find(code))
        if position >= 0
    )
    words = part[:begin].strip(" :：-(（[【")
    start = next((w for w in _note_starts() if words.lower().startswith(w)), "")
    return words[len(start) :].strip(" :：")


@lru_cache(maxsize=1)
def _note_starts() -> tuple[str, ...]:
    words = {row["word"].lower() for row in read_rules("note_starts")}
    return tuple(sorted(words, key=len, reverse=True))


def kind_of_code(word: str) -> str:
    """sex, phenotype or bool, where the word is a code of that kind; else ""."""
    return next((kind for kind in _CODED if parse_code(word, kind)), "")
