"""A table as journals print it: headers, rows of finished text, and footnotes by letter."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cached_property
from string import ascii_lowercase

import pandas as pd


@dataclass(frozen=True)
class Cell:
    """Finished text. notes: sentences that stand below the table, under a letter beside the
    text.
    """

    text: str = ""
    notes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Row:
    """level 1: a line that belongs to the heading above it (the levels of a variable)."""

    cells: tuple[Cell, ...]
    level: int = 0


@dataclass(frozen=True)
class Span:
    """A header over several columns."""

    text: str
    columns: int


@dataclass(frozen=True)
class JournalTable:
    """columns: the headers; the first columns name the row and are set left, ``words`` of them.

    spans: a header row above, where columns belong together. footnotes: without letters
    (abbreviations, how numbers are given).
    """

    columns: tuple[Cell, ...]
    rows: tuple[Row, ...]
    words: int = 1
    spans: tuple[Span, ...] = ()
    footnotes: tuple[str, ...] = ()

    @cached_property
    def letters(self) -> dict[str, str]:
        """The sentences that have a letter, each with it, in the order in which they are met."""
        cells = [*self.columns, *(cell for row in self.rows for cell in row.cells)]
        notes = dict.fromkeys(note for cell in cells for note in cell.notes if note)
        return {note: letter(place) for place, note in enumerate(notes)}

    def mark(self, cell: Cell) -> str:
        """The letters of a cell: ``a``, ``a,c``; empty for none."""
        return ",".join(self.letters[note] for note in cell.notes if note)

    @property
    def below(self) -> tuple[str, ...]:
        """Every footnote as it is read: those by letter first."""
        return (
            *(f"{mark} {note}" for note, mark in self.letters.items()),
            *self.footnotes,
        )

    def with_footnotes(self, more: Iterable[str]) -> JournalTable:
        return replace(self, footnotes=(*self.footnotes, *(note for note in more if note)))

    def frame(self) -> pd.DataFrame:
        """The text alone, one column a header, for a test or a spreadsheet."""
        return pd.DataFrame(
            [[cell.text for cell in row.cells] for row in self.rows],
            columns=[cell.text for cell in self.columns],
        )


def letter(place: int) -> str:
    """a … z, aa, ab …"""
    letters = ascii_lowercase
    return letters[place] if place < 26 else letter(place // 26 - 1) + letters[place % 26]


def cells(texts: Iterable[str]) -> tuple[Cell, ...]:
    return tuple(Cell(text) for text in texts)
