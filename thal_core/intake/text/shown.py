"""What of an uploaded text may be shown: numbers, dates, units and words that the rules know.

A name is whatever nobody can list, so nothing is looked for: a word is shown because the rules know
it, and any other word is "…". Every text of a file that is to leave the reading (a value, a header
in a file, the name of a sheet) passes here.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from itertools import groupby
from pathlib import PurePath

from thal_core.intake.text.dates import MONTH_NAMES, is_date
from thal_core.intake.text.fold import plain, simplified
from thal_core.intake.text.identifiers import identifier_in
from thal_core.rules.catalogue import read_rules
from thal_core.words import Message, Text

HIDDEN = "…"
_LONGEST = 120  # characters: a longer text is free text
_DIGITS = 5  # a longer number may be one of a record or a telephone
_NUMBER = re.compile(r"^[-<>≤≥]?\d{1,5}(?:[.,]\d{1,17})?$")
_SURE = {"latin": 4, "han": 2}  # characters of a known word that is shown beside an unknown one
_CODE_LETTERS, _CODE_LENGTH = 2, 10  # letters of a short code that are no known word; its length
_SHOWN_ALREADY = frozenset({"column", "cell", "cells"})
_GENE_LETTERS = frozenset("αβγδεζΔ")  # of globin genes and differences; a Greek name has others too
_SUFFIXES = frozenset(
    ["xlsx", "xlsm", "xls", "ods", "csv", "tsv", "txt", "html", "htm", "xml", "json", "tab", "dat"]
)
_VOCABULARY = (  # rule file, columns of words, what parts them
    ("aliases", ("alias",), "|"),
    ("header_words", ("words",), "|"),
    ("codes", ("code", "value"), ""),
    ("missing_words", ("word",), ""),
    ("units", ("spellings", "unit"), "|"),
    ("timepoints", ("name", "pattern"), "|"),
    ("events", ("event", "label_zh", "terms"), "|"),
    ("drugs", ("drug", "class", "names"), "|"),
    ("phrases", ("meaning", "label_zh", "terms"), "|"),
    ("fields", ("field", "label_en", "label_zh"), ""),
    ("roles", ("field", "label_en", "label_zh"), ""),
    ("genotypes", ("name", "label_en", "label_zh", "aliases"), "|"),
    ("genotype_words", ("word",), ""),
    ("genotype_classes", ("label_en", "label_zh"), ""),
    ("criteria_levels", ("level",), ""),
    ("negations", ("word",), ""),
    ("summary_rows", ("pattern",), "|"),
    ("dictionary_headers", ("headers",), "|"),
    ("identifiers", ("pattern",), "|"),
    ("regimen_words", ("word",), ""),
    ("remarks", ("word",), ""),
    ("arms", ("words",), "|"),
    ("shown_words", ("words",), "|"),
)
_GRAMMAR = frozenset(
    "()?:[]{}\\*+^$"
)  # a row that holds one of these in ``pattern`` is a pattern, not words


def may_show(text: str) -> bool:
    """Is every word of the text known, and no number in it long enough to be somebody's?"""
    words = plain(text)
    if not words or _NUMBER.match(words):
        return True
    if words.lower() in _whole():
        return True
    if len(words) > _LONGEST or identifier_in(words):
        return False
    if _is_date(words):
        return True
    parts = list(_parts(words))
    known = [_known(kind, part) for kind, part in parts]
    return all(known) and _says_enough(parts)


def shown(text: str) -> str:
    """The text where it may be shown; else its known words, with "…" for the others."""
    words = plain(text)
    if may_show(words):
        return words
    if len(words) > _LONGEST or identifier_in(words):
        return HIDDEN
    visible = [
        part if _sure(kind, part) else " " if kind == "other" else HIDDEN
        for kind, part in _parts(words)
    ]
    return " ".join(
        part for part, _ in groupby("".join(visible).replace(HIDDEN, f" {HIDDEN} ").split())
    )


def shown_param(value: object) -> object:
    """A parameter of a sentence with its words as they may be shown, however deep they stand."""
    if isinstance(value, Message):
        return Message(value.code, {name: shown_param(one) for name, one in value.params.items()})
    if isinstance(value, Text):
        return Text(shown_param(one) for one in value)
    if isinstance(value, list | tuple):
        return [shown_param(one) for one in value]
    return shown(value) if isinstance(value, str) else value


def shown_params(params: Mapping[str, object]) -> dict[str, object]:
    """The parameters of a sentence with their words as they may be shown; labels and addresses are
    shown already.
    """
    return {
        name: value if name in _SHOWN_ALREADY else shown_param(value)
        for name, value in params.items()
    }


def shown_header(header: str, letter: str) -> str:
    """A header as files may hold it: as typed, or its column letter and a short hash of it, by
    which a saved mapping knows the column again.
    """
    if may_show(header):
        return header
    digest = hashlib.blake2b(plain(header).encode("utf-8", "replace"), digest_size=3).hexdigest()
    return f"{letter}#{digest}"


def known_words(text: str, most: int = 8) -> list[str]:
    """The first words of a text, beyond ASCII, that the rules know: enough to see whether it was
    decoded rightly, and no row of it.
    """
    runs = (part for kind, part in _parts(text) if _sure(kind, part) and not part.isascii())
    return list(dict.fromkeys(runs))[:most]


def shown_filename(name: str) -> str:
    """``C:\\data\\Hb 李四.xlsx`` → ``….xlsx``."""
    path = PurePath(name.replace("\\", "/").rpartition("/")[2])
    suffix = path.suffix.lower().lstrip(".")
    if suffix not in _SUFFIXES:
        return shown(path.name)
    return f"{shown(path.stem)}{path.suffix}"


def shown_names(names: Iterable[str]) -> list[str]:
    """Names of sheets as they may be shown, each once: the hidden ones are numbered."""
    taken: list[str] = []
    for name in names:
        base = shown(name) or HIDDEN
        unique, number = base, 1
        while unique in taken:
            number += 1
            unique = f"{base} {number}"
        taken.append(unique)
    return taken


def is_short_code(text: str) -> bool:
    """May the text stay as a patient's id? ``007``, ``TDT-3`` and ``患者12`` may; names, initials
    with a date and record numbers may not.
    """
    words = plain(text)
    parts = [(kind, part) for kind, part in _parts(words) if kind != "other"]
    if not parts or len(words) > _CODE_LENGTH or words.split(" ")[0].lower() in _record_prefixes():
        return False
    if "number" not in (kind for kind, _ in parts):
        return len(words) == 1  # A, B, C …
    return (
        all(_in_code(kind, part) for kind, part in parts)
        and parts[0][1].lower() not in _record_prefixes()
    )


def _in_code(kind: str, part: str) -> bool:
    if kind == "latin":
        return (part.isascii() and len(part) <= _CODE_LETTERS) or _known(kind, part)
    return _known(kind, part)


def _parts(words: str) -> Iterator[tuple[str, str]]:
    """Runs of one kind of character: latin (letters of any alphabet), han, number, other."""
    return ((kind, "".join(run)) for kind, run in groupby(words, key=_kind))


def _kind(char: str) -> str:
    if "a" <= char <= "z" or "A" <= char <= "Z":
        return "latin"
    if "0" <= char <= "9":
        return "number"
    if char in _GENE_LETTERS:
        return "other"
    category = unicodedata.category(char)
    if category[0] in "LM":
        return (
            "han"
            if "\u2e80" <= char <= "\u9fff" or "\uf900" <= char <= "\ufaff" or char > "\U00020000"
            else "latin"
        )
    return "number" if category[0] == "N" else "other"


def _known(kind: str, part: str) -> bool:
    if kind == "other":
        return True
    if kind == "number":
        return len(part) <= _DIGITS
    return _latin_known(part) if kind == "latin" else _han_known(part)


def _latin_known(part: str) -> bool:
    words = _vocabulary()
    if part.casefold() in words or len(part) == 1:
        return True
    starts = [i for i in range(1, len(part)) if part[i].isupper() and part[i - 1].islower()]
    cuts = [0, *starts, len(part)]
    return len(cuts) > 2 and all(
        part[a:b].casefold() in words and b - a > 1 for a, b in zip(cuts, cuts[1:])
    )


def _han_known(typed: str) -> bool:
    """Can the run be laid out in known words, at least one of them longer than one character?
    Traditional characters are those of the simplified words.
    """
    part, words, singles = simplified(typed), _vocabulary(), _singles()
    if part in words:
        return True
    reach: list[int] = [0] + [-1] * len(
        part
    )  # longest word used so far, −1 where no layout gets here
    for end in range(1, len(part) + 1):
        for begin in range(max(0, end - _longest_han()), end):
            piece = part[begin:end]
            if reach[begin] >= 0 and (piece in words or piece in singles):
                reach[end] = max(reach[end], reach[begin], len(piece))
    return reach[-1] > 1 or (len(part) == 1 and part in singles)


def _says_enough(parts: list[tuple[str, str]]) -> bool:
    """Letters, syllables and single characters alone may be initials or a short name: a longer word
    or a number must stand beside them.
    """
    words = [(kind, part) for kind, part in parts if kind in ("latin", "han")]
    if any(kind == "number" for kind, _ in parts) or sum(len(part) for _, part in words) < 2:
        return True
    return any(len(part) > (2 if kind == "latin" else 1) for kind, part in words)


def _sure(kind: str, part: str) -> bool:
    return kind in _SURE and len(part) >= _SURE[kind] and _known(kind, part)


def _is_date(words: str) -> bool:
    letters = [part.lower() for kind, part in _parts(words) if kind in ("latin", "han")]
    return is_date(words) and all(
        p in ("年", "月", "日", "t", "st", "nd", "rd", "th") or p[:3] in MONTH_NAMES
        for p in letters
    )


@lru_cache(maxsize=1)
def _whole() -> frozenset[str]:
    """Codes that are known only as the whole of a text: M, 女, 3+ …"""
    return frozenset(plain(word).lower() for word in _spellings())


@lru_cache(maxsize=1)
def _vocabulary() -> frozenset[str]:
    """Every word of the rules: runs of letters, or of at least two Han characters."""
    parts = (pair for spelling in _spellings() for pair in _parts(plain(spelling)))
    return frozenset(
        part.casefold() for kind, part in parts if kind in ("latin", "han") and len(part) > 1
    )


def _spellings() -> Iterator[str]:
    for name, columns, separator in _VOCABULARY:
        for row in read_rules(name):
            if row.get("kind") in ("single", "value", "record prefix"):
                continue
            for column in columns:
                if column == "pattern" and set(row[column]) & _GRAMMAR:
                    continue
                yield from row[column].split(separator) if separator else (row[column],)


@lru_cache(maxsize=1)
def _singles() -> frozenset[str]:
    return frozenset(
        c
        for row in read_rules("shown_words")
        if row["kind"] == "single"
        for c in row["words"].split("|")
    )


@lru_cache(maxsize=1)
def _longest_han() -> int:
    return max(len(word) for word in _vocabulary() if _kind(word[0]) == "han")


@lru_cache(maxsize=1)
def _record_prefixes() -> frozenset[str]:
    rows = read_rules("identifiers")
    return frozenset(
        word for row in rows if row["kind"] == "record prefix" for word in row["pattern"].split("|")
    )
