"""CSV rows of rules and words: those of this package, then those of folders laid over it.

The environment variable ``THAL_RULES`` names folders (separated as in ``PATH``) with the layout of
``thal_core/rules``; it is read once, when the program starts. A folder may hold any of the files:
its rows are added below the package's. ``papers/<paper>/`` is a paper of its own; ``words.csv``
adds sentences, ``<table>.<language>.csv`` the words of a table in one more language.
"""

from __future__ import annotations

import csv
import os
from functools import lru_cache
from pathlib import Path

RULES = Path(__file__).parent / "rules"
VARIABLE = "THAL_RULES"


@lru_cache(maxsize=1)
def folders() -> tuple[Path, ...]:
    """Where rules are looked for, the package's own first."""
    return (RULES, *(Path(f) for f in os.environ.get(VARIABLE, "").split(os.pathsep) if f))


def read_csv_rows(path: Path) -> list[dict[str, str]]:
    """Every row of one file as text; a cell that a short row leaves out is empty."""
    with path.open(encoding="utf-8-sig", newline="") as lines:
        return list(csv.DictReader(lines, restval=""))


def read_rules(name: str) -> list[dict[str, str]]:
    """The rows of ``<name>.csv`` of every folder; a column that only the package's file has is
    empty.
    """
    parts = [read_csv_rows(f / f"{name}.csv") for f in folders() if (f / f"{name}.csv").is_file()]
    blank = dict.fromkeys(parts[0][0], "") if parts and parts[0] else {}
    rows = [blank | row for rows in parts for row in rows]
    for path in [p for f in folders() for p in sorted(f.glob(f"{name}.*.csv"))]:
        rows = _with_language(rows, read_csv_rows(path), path.suffixes[0].removeprefix("."))
    return rows


def _with_language(
    rows: list[dict[str, str]], words: list[dict[str, str]], language: str
) -> list[dict[str, str]]:
    """The rows with their words in one more language: ``label`` of ``words`` becomes
    ``label_<language>`` of the row that is the same in every column both have.
    """
    key = [column for column in words[0] if column in rows[0]] if rows and words else []
    added = {
        tuple(word[column] for column in key): {
            f"{column}_{language}": text for column, text in word.items() if column not in key
        }
        for word in words
    }
    return [row | added.get(tuple(row[column] for column in key), {}) for row in rows]


def paper_folders() -> tuple[Path, ...]:
    """One folder for each paper whose printed figures are known, in the order of their names."""
    return tuple(
        sorted(
            (p for f in folders() for p in (f / "papers").glob("*") if p.is_dir()),
            key=lambda p: p.name,
        )
    )


def read_paper_rules(name: str) -> list[dict[str, str]]:
    """The rows of ``papers/<paper>/<name>.csv`` of every paper that has them, each with its
    ``paper``.
    """
    return [
        {"paper": paper_of(folder)} | row
        for folder in paper_folders()
        if (folder / f"{name}.csv").is_file()
        for row in read_csv_rows(folder / f"{name}.csv")
    ]


def paper_of(folder: Path) -> str:
    """The name of the paper whose folder this is, as its figures have it (``paper.csv``)."""
    return read_csv_rows(folder / "paper.csv")[0]["paper"]
