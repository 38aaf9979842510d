"""The nearest reading of a text that cannot be read, offered for a person to accept."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from functools import lru_cache

from thal_core.genotype import allele_rules

_REPAIRS: tuple[tuple[str, str], ...] = (
    (r"\?", ""),  # β lost in a wrong encoding
    (r"(?<=[0-9A-Z])[-. ](?=(?:CD|IVS|β))", "/"),
    (r"(^|/)-(?=CD|IVS)", r"\1"),
    (r"(?<=\d)[., 、](?=\d)", "-"),
    (r"(?<=IVS)([12])(?=\d{3}\b)", r"\1-"),
    (r"\([^()]*\)", ""),
    (r"(?<=[A-Z-])O|(?<=\d)O", "0"),
    (r"(?<![/,;+-])[/,;+-]+$", ""),
)
_BETWEEN = re.compile(r"\s?[/,;+&、。]\s?")


def suggest(text: str, read: Callable[[str], str]) -> str:
    """A fixed spelling that ``read`` understands, else the closest names of the catalogue, else
    nothing.
    """
    mended = text
    for pattern, replacement in _REPAIRS:
        for candidate in (
            re.sub(pattern, replacement, text),
            mended := re.sub(pattern, replacement, mended),
        ):
            name = read(candidate) if candidate != text else ""
            if name:
                return name
    parts = [part for part in _BETWEEN.split(text) if part]
    alone = len(parts) == 1
    named = [
        name for part in parts if (name := _closest(part, 0.75 if alone else 0.6) or read(part))
    ]
    if not 0 < len(named) <= 2 or len(named) < len(parts):
        return ""
    found = "/".join(named)
    return read(allele_rules.normalise(found)) or found


def _closest(text: str, cutoff: float) -> str:
    found = (
        difflib.get_close_matches(text, list(_spellings()), n=1, cutoff=cutoff)
        if len(text) > 2
        else []
    )
    return _spellings()[found[0]] if found else ""


@lru_cache(maxsize=1)
def _spellings() -> dict[str, str]:
    return {
        allele_rules.normalise(spelling): one.written
        for one in allele_rules.alleles().values()
        if one.is_beta
        for spelling in (one.name, one.written, *one.aliases)
        if len(spelling) > 2
    }
