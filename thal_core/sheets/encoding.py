"""In which encoding a text file was written: byte order mark, then strict UTF-8, then a suggestion
from a short list.

General detectors take short Chinese files for Korean and Greek for Cyrillic; here seven encodings
that clinics meet (rules/encodings.csv) are compared by how much of the decoded text looks like
writing in their script.
"""

from __future__ import annotations

import codecs
import contextlib
import re
from collections.abc import Callable
from functools import lru_cache

from thal_core.issues import CohortError
from thal_core.rules.catalogue import read_rules
from thal_core.sheets.limits import limit

Notes = tuple[tuple[str, dict[str, str]], ...]
_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
UNICODE = ("utf-8", "utf-16", "utf-16-le", "utf-16-be")
_HIGH_LINE = re.compile(rb"(?<![^\r\n])[\x00-\x09\x0b\x0c\x0e-\x7f]*[\x80-\xff][^\r\n]*")
_HIGH_RUN = re.compile(r"(?P<before>[A-Za-z]?)(?P<run>[^\x00-\x7f]+)(?P<after>[A-Za-z]?)")
_SYMBOLS = frozenset("°±²³µ·×÷½¼¾€£–—‘’“”…«»≤≥•™®©\xa0‰")
_GREEK_WORD = re.compile("[\u0386\u0388-\u03ab]?[\u03ac-\u03ce\u0390]+|[\u0386\u0388-\u03ab]+")
_THAI_WORD = re.compile(
    "(?:[\u0e40-\u0e44]?[\u0e01-\u0e2e][\u0e31\u0e34-\u0e3a]?[\u0e47-\u0e4e]?[\u0e30\u0e32\u0e33\u0e45]?"
    "|[\u0e2f\u0e3f\u0e46\u0e4f-\u0e5b])+"
)
_CONTROL = bytes(b for b in range(32) if b not in b"\t\n\v\f\r\x1a")


def decode_text(
    data: bytes, encoding: str | None = None, declared: str | None = None
) -> tuple[str, Notes]:
    """The text of a file, and the words codes to say about how it was read.

    ``encoding`` is a person's choice, ``declared`` what the file says of itself; without either the
    best guess is taken and noted. CohortError where the bytes are not text, or not text in the
    encoding chosen.
    """
    if encoding is not None:
        return _decode_as(data, encoding), ()
    for mark, name in _BOMS:
        if data.startswith(mark):
            return _decode_as(data, name), ()
    wide = _utf16_without_mark(data)
    if wide:
        return _decode_as(data, wide), (("reading.encoding_utf16", {}),)
    check_is_text(data)
    for name in filter(None, (declared, "utf-8")):
        with contextlib.suppress(UnicodeDecodeError, LookupError):
            return data.decode(name), ()
    return _decode_by_guess(data)


def check_is_text(data: bytes) -> None:
    """Raises CohortError for NUL bytes and for more control characters than a table ever holds."""
    controls = len(data) - len(data.translate(None, _CONTROL))
    if b"\x00" in data or controls > max(1, limit("control_share") * len(data)):
        raise CohortError("reading.not_text")


_SAMPLE = 4000  # characters


def suggest_encodings(data: bytes) -> list[tuple[str, str]]:
    """(encoding, sample), best first: the first lines beyond ASCII as they would read. Empty for
    Unicode files.
    """
    if _is_unicode(data):
        return []
    lines = _HIGH_LINE.findall(data[: 1 << 20]) or _HIGH_LINE.findall(data)[:1]
    sample = b"\n".join(lines[:2000])
    scored = []
    for row in _encodings():
        try:
            text = sample.decode(row["encoding"])
        except UnicodeDecodeError:
            continue
        scored.append((-_plausibility(text, row), len(scored), row["encoding"], text[:_SAMPLE]))
    return [(encoding, text) for _, _, encoding, text in sorted(scored)]


def _is_unicode(data: bytes) -> bool:
    if data.startswith(tuple(mark for mark, _ in _BOMS)) or _utf16_without_mark(data):
        return True
    with contextlib.suppress(UnicodeDecodeError):
        data.decode("utf-8")
        return True
    return False


def _decode_as(data: bytes, encoding: str) -> str:
    known = [row["encoding"] for row in _encodings()]
    if encoding.lower() not in (*UNICODE, *known):
        raise CohortError(
            "reading.unknown_encoding", encoding=encoding, allowed=["utf-8", "utf-16", *known]
        )
    try:
        text = data.decode(encoding.lower())
    except UnicodeDecodeError as error:
        raise CohortError("reading.wrong_encoding", encoding=encoding) from error
    if "\x00" in text:
        raise CohortError("reading.not_text")
    return text.removeprefix("\ufeff")


def _decode_by_guess(data: bytes) -> tuple[str, Notes]:
    damaged = data.decode("utf-8", errors="replace")
    broken = damaged.count("\ufffd")
    if (
        broken * 5 <= len({c for c in damaged if c > "\x7f"}) - 1
    ):  # GB text may hold a few valid pairs, often repeated
        return damaged.removeprefix("\ufeff"), (("reading.utf8_damaged", {"count": str(broken)}),)
    for encoding, _ in suggest_encodings(data):
        try:
            return data.decode(encoding), (("reading.encoding_guessed", {"encoding": encoding}),)
        except UnicodeDecodeError:
            continue
    raise CohortError("reading.encoding_unknown")


def _utf16_without_mark(data: bytes) -> str | None:
    """ASCII characters (separators, digits) leave every second byte zero."""
    half = len(data) // 2
    if not half or b"\x00" not in data:
        return None
    sample = data[:65536]
    even, odd = sample[0::2].count(0), sample[1::2].count(0)
    most = max(even, odd)
    if most * 10 < len(sample) // 2 or min(even, odd) * 20 > most:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


@lru_cache(maxsize=1)
def _encodings() -> tuple[dict[str, str], ...]:
    return tuple(read_rules("encodings"))


def _plausibility(text: str, row: dict[str, str]) -> float:
    """Mean weight (0–1) of the characters beyond ASCII as writing in the encoding's script."""
    if row["script"] == "hanzi":
        high = [c for c in text if c > "\x7f"]
        common = frozenset(row["common_characters"])
        weights = {c: _hanzi_weight(c, row["encoding"], common) for c in set(high)}
        return sum(weights[c] for c in high) / max(len(high), 1)
    total = weight = 0.0
    for match in _HIGH_RUN.finditer(text):
        run = match["run"]
        total += len(run)
        weight += len(run) * _run_weight(
            run, bool(match["before"] or match["after"]), row["script"]
        )
    return weight / max(total, 1.0)


def _hanzi_weight(character: str, encoding: str, common: frozenset[str]) -> float:
    code = ord(character)
    if character in common:
        return 1.0
    if 0x4E00 <= code <= 0x9FFF:
        lead, trail = character.encode(encoding)[:2]
        everyday = (
            0xB0 <= lead <= 0xD7 and trail >= 0xA1
            if encoding == "gb18030"
            else 0xA4 <= lead <= 0xC6
        )
        second = trail >= 0xA1 if encoding == "gb18030" else True
        return 0.7 if everyday else 0.3 if second else 0.1
    if 0x3000 <= code <= 0x303F or 0xFF01 <= code <= 0xFF5E:  # punctuation of their width
        return 1.0
    beside = (
        0x2010 <= code <= 0x27BF
        or 0x391 <= code <= 0x3C9
        or 0x3300 <= code <= 0x33FF
        or character in _SYMBOLS
    )
    return 0.9 if beside else 0.0


def _run_weight(run: str, beside_letters: bool, script: str) -> float:
    """One run of characters beyond ASCII, in a script written by letters."""
    if all(c in _SYMBOLS for c in run):
        return 0.9 if len(run) <= 2 else 0.2
    return _SCRIPTS[script](run, beside_letters)


def _by_length(run: str) -> float:
    """A long run of bytes is seldom a word of the wrong script by chance; a short one often is."""
    return min(0.97, 0.5 + 0.06 * len(run))


def _latin(run: str, beside_letters: bool) -> float:
    if not all(c.isalpha() for c in run) or len(run) > 2:
        return 0.1
    rare = 0.5 if any(c in "ðþýÐÞÝÿ" for c in run) else 1.0
    return rare * (1.0 if beside_letters and len(run) == 1 else 0.5 if beside_letters else 0.3)


def _turkish(run: str, beside_letters: bool) -> float:
    if not all(c.isalpha() for c in run) or len(run) > 3:
        return 0.1
    turkish = all(c in "çğıöşüÇĞİÖŞÜâîû" for c in run)
    return (0.95 if turkish else 0.5) * (1.0 if beside_letters else 0.3)


def _greek(run: str, beside_letters: bool) -> float:
    if _GREEK_WORD.fullmatch(run):
        return 0.3 if beside_letters else _by_length(run) if len(run) > 1 else 0.7
    return 0.1


def _thai(run: str, beside_letters: bool) -> float:
    return (
        _by_length(run)
        if len(run) > 1 and not beside_letters and _THAI_WORD.fullmatch(run)
        else 0.1
    )


def _arabic(run: str, beside_letters: bool) -> float:
    if all("\u060c" <= c <= "\u06d2" or c in "\u200c\u200d" for c in run):
        return 0.95 * _by_length(run) if len(run) > 1 and not beside_letters else 0.3
    return 0.4 if len(run) == 1 and run.isalpha() and beside_letters else 0.1


_SCRIPTS: dict[str, Callable[[str, bool], float]] = {
    "latin": _latin,
    "turkish": _turkish,
    "greek": _greek,
    "thai": _thai,
    "arabic": _arabic,
}
