"""Text of a file is remembered as long as its reading, and no longer."""

from __future__ import annotations

import ast
from pathlib import Path

from thal_core import memo
from thal_core.intake.text.fold import compact
from thal_core.intake.text.timepoints import parse_time

ROOMS = [Path(memo.__file__).parent / room for room in ("intake", "genotype", "sheets", "reader")]
WORDS_OF_RULES = {"_negations", "_phrases", "_whole_word", "_listed", "_exact", "_words"}


def cached_with_arguments() -> set[str]:
    """Functions that keep results by their arguments until the process ends."""
    found = set()
    for path in (p for room in ROOMS for p in room.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef) and (node.args.args or node.args.kwonlyargs):
                words = " ".join(map(ast.unparse, node.decorator_list))
                found |= (
                    {node.name} if "cache" in words and "cached_property" not in words else set()
                )
    return found


def test_only_words_of_the_rules_are_kept_for_good() -> None:
    assert cached_with_arguments() == WORDS_OF_RULES


def test_parsers_forget() -> None:
    compact("张三丰"), parse_time("张三丰")
    remembering = [clear.__self__ for clear in memo._REMEMBERING]
    assert any(one.cache_info().currsize for one in remembering)
    memo.forget()
    assert not any(one.cache_info().currsize for one in remembering)
