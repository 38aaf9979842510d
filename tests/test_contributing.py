"""What CONTRIBUTING.md promises: the files it names are there, and a change touches no others."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
FIGURE = {  # "A figure (and its question)": a pattern of the one file of each kind
    "thal_core/rules/results.csv",
    "thal_core/analyses/*.py",
    "thal_core/analyses/registry.py",
    "thal_core/figures/*.py",
    "thal_core/words/catalogue/*.csv",
    "pages/*.py",
}


def section(title: str) -> str:
    return re.split(r"^## ", TEXT.split(f"\n## {title}\n")[1], flags=re.MULTILINE)[0]


def files(title: str) -> list[str]:
    """The files in the first column of a section's table."""
    rows = [line.split("|")[1] for line in section(title).splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`([^`]+)`", row)]


@pytest.mark.parametrize("name", sorted(set(re.findall(r"`((?:\w+/)+[\w.]+)`", TEXT))))
def test_every_path_it_names_is_there(name: str) -> None:
    assert (ROOT / name).exists()


def test_an_analyte_is_three_files_of_rows() -> None:
    assert len(files("An analyte")) == 3
    assert all(name.endswith(".csv") for name in files("An analyte"))


def test_a_language_is_rows_and_no_code() -> None:
    assert all(name.endswith(".csv") for name in files("A language"))


def test_a_paper_is_the_files_of_one_folder() -> None:
    papers = [p for p in (ROOT / "thal_core/rules/papers").iterdir() if p.is_dir()]
    present = {path.name for paper in papers for path in paper.iterdir()}
    assert papers and present <= set(files("A paper"))


def test_a_figure_is_six_files_at_most() -> None:
    assert len(files("A figure (and its question)")) == len(FIGURE)
    naming = [
        path.relative_to(ROOT)
        for place in ("thal_core", "ui", "pages")
        for path in sorted((ROOT / place).rglob("*"))
        if path.suffix in (".py", ".csv")
        and re.search(r"\b(response|plot)_transitions\b", path.read_text(encoding="utf-8"))
    ]
    assert 0 < len(naming) <= len(FIGURE)
    assert [path for path in naming if not any(path.match(kind) for kind in FIGURE)] == []
