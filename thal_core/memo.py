"""Parsers that remember what they have parsed, and forget it: uploaded text lives as long as its
reading.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import ParamSpec, TypeVar

_MOST = 20_000  # distinct texts
_REMEMBERING: list[Callable[[], None]] = []
P = ParamSpec("P")
T = TypeVar("T")


def remembered(parser: Callable[P, T]) -> Callable[P, T]:
    """The parser, each text parsed once until ``forget`` is called."""
    memo = lru_cache(maxsize=_MOST)(parser)
    _REMEMBERING.append(memo.cache_clear)
    return memo


def forget() -> None:
    """Everything that any parser remembers is gone."""
    for clear in _REMEMBERING:
        clear()
