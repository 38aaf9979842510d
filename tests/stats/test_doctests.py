"""Every public function of stats says what it takes, what it gives, and shows it in one line."""

from __future__ import annotations

import doctest
import importlib
import inspect
import pkgutil
from collections.abc import Callable
from types import ModuleType

import pytest

import thal_core.stats

MODULES = [
    importlib.import_module(f"thal_core.stats.{found.name}")
    for found in pkgutil.iter_modules(thal_core.stats.__path__)
]


def public(module: ModuleType) -> list[Callable[..., object]]:
    return [
        function
        for name, function in vars(module).items()
        if inspect.isroutine(inspect.unwrap(function))
        and function.__module__ == module.__name__
        and not name.startswith("_")
    ]


FUNCTIONS = [function for module in MODULES for function in public(module)]


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__)
def test_the_examples_run(module) -> None:
    assert doctest.testmod(module).failed == 0


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f"{f.__module__}.{f.__name__}")
def test_a_function_is_typed_and_has_an_example(function) -> None:
    asked = inspect.signature(function)
    assert asked.return_annotation is not inspect.Signature.empty
    assert all(p.annotation is not inspect.Parameter.empty for p in asked.parameters.values())
    assert ">>>" in (inspect.getdoc(inspect.unwrap(function)) or "")


def test_there_are_functions_to_read() -> None:
    assert len(FUNCTIONS) > 50
