"""The names outsiders rely on: each is found at home, and shows what it does in one example."""

from __future__ import annotations

import ast
import doctest
import inspect
import sys
from pathlib import Path

import pytest

import thal_core

FUNCTIONS = ("read_cohort", "parse_genotype", "classify_response", "select", "analyse")


@pytest.mark.parametrize("name", thal_core.__all__)
def test_a_public_name_is_found(name) -> None:
    assert getattr(thal_core, name) is not None


def test_an_editor_sees_the_homes_that_run_time_uses() -> None:
    tree = ast.parse(Path(thal_core.__file__).read_text(encoding="utf-8"))
    imports = [n for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)]
    seen = {
        alias.name: n.module.removeprefix("thal_core.")
        for n in imports
        if n.module and n.module.startswith("thal_core.")
        for alias in n.names
    }
    assert seen == thal_core._HOMES and {*seen, "__version__"} == set(thal_core.__all__)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_a_public_function_is_typed_and_its_example_runs(name) -> None:
    function = getattr(thal_core, name)
    asked = inspect.signature(function)
    assert asked.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in asked.parameters.values())
    found = doctest.DocTestFinder(recurse=False).find(
        function, name, globs=vars(sys.modules[function.__module__]).copy()
    )
    assert any(test.examples for test in found)
    runner = doctest.DocTestRunner()
    assert all(runner.run(test).failed == 0 for test in found)
