"""Columns and cells that could identify a person: found by header and by value, never printed."""

from __future__ import annotations

import re
from functools import lru_cache

import numpy as np

from thal_core.rules.catalogue import read_rules

_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK = "10X98765432"
_HAN_NAME = re.compile(r"[\u4e00-\u9fff·]{2,4}")
_LATIN_NAME = re.compile(r"^[A-Z][A-Za-z'-]+,? [A-Z][A-Za-z'-]+(?: [A-Z][A-Za-z'-]+)?")


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple(
        (r["what"], re.compile(r["pattern"]))
        for r in read_rules("identifiers")
        if r["kind"] == "value"
    )


def valid_national_id(number: str) -> bool:
    """GB 11643: 18 characters, a possible birth date, and the check digit (mod 11-2)."""
    month, day = int(number[10:12]), int(number[12:14])
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return 1 <= month <= 12 and 1 <= day <= 31 and _CHECK[total % 11] == number[17].upper()


def identifier_in(text: str) -> str:
    """What kind of identifier the text holds, empty where none is seen."""
    if len(text) < 6:
        return ""
    for what, pattern in _patterns():
        match = pattern.search(text)
        if match and (what != "national id" or valid_national_id(match[0])):
            return what
    return ""


def identifying_cells(texts: np.ndarray) -> np.ndarray:
    """For each text: does it hold an identifier?"""
    return np.fromiter((bool(identifier_in(t)) for t in texts), dtype=bool, count=len(texts))


def column_is_names(texts: np.ndarray, n_rows: int) -> bool:
    """Distinct texts of a column: does it look like people's names (2–4 Han characters, or two
    capitalised words), nearly all different? Only asked of columns that nothing else explains.
    """
    if n_rows < 3 or len(texts) <= 0.8 * n_rows:
        return False
    alike = (sum(bool(shape.fullmatch(t)) for t in texts) for shape in (_HAN_NAME, _LATIN_NAME))
    return max(alike) > 0.8 * len(texts)
