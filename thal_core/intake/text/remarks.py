"""A remark beside a number (``102(输血后)``, ``95 pre-transfusion``) → the number and what was
remarked (rules/remarks.csv).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.fold import plain
from thal_core.rules.catalogue import read_rules

_EDGES = " ()[]【】,，;；:：、_"


@dataclass(frozen=True)
class Remarked:
    """``text`` without the remark; ``hb_timing`` that the remark says, '' where it says nothing
    of it. ``known``: was a remark found, and is it one of the rules?
    """

    text: str
    hb_timing: str = ""
    known: bool = False


@lru_cache(maxsize=1)
def _remarks() -> dict[str, str]:
    return {plain(row["word"]).lower(): row["meaning"] for row in read_rules("remarks")}


@lru_cache(maxsize=1)
def _longest_first() -> tuple[str, ...]:
    return tuple(sorted(_remarks(), key=len, reverse=True))


def parse_remark(text: str) -> Remarked:
    """The text with a known remark before or behind it taken off; one remark at most."""
    words = plain(text)
    low = words.lower()
    for word in _longest_first():
        at = low.find(word)
        if at < 0:
            continue
        before, behind = words[:at], words[at + len(word) :]
        if behind.strip(_EDGES) and before.strip(_EDGES):
            continue
        left = f"{before}{behind}".strip(_EDGES)
        if _stands_alone(before, behind) and any(char.isdigit() for char in left):
            return Remarked(left, _remarks()[word], True)
    return Remarked(words)


def _stands_alone(before: str, behind: str) -> bool:
    """Is the remark no piece of a longer word?"""
    return not any(char.isalpha() for char in (before[-1:], behind[:1]))
