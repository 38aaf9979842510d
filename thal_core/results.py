"""The one answer every analysis gives: table, figure, method, n, notes and the code that makes it
again.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Protocol

import pandas as pd

from thal_core.cohort import Provenance
from thal_core.view import Options, Selection
from thal_core.words import Message, Text
from thal_core.words.wording import Wording

if TYPE_CHECKING:  # the type only: drawing lives in figures/, which imports downwards
    from plotly.graph_objects import Figure

Sentence = Message | Wording


class Draw(Protocol):
    """A function of figures/: a finished table → figure. selected: conditions that it names."""

    def __call__(
        self, table: pd.DataFrame, *, language: str, preset: str, selected: tuple[str, ...]
    ) -> Figure | None: ...


@dataclass(frozen=True, eq=False)
class Result:
    """What ``analyse`` returns.

    table: the contract's columns, full precision, header-only where the cohort cannot give it.
    figure(language, preset): drawn when asked, from ``table``; None where a table says it all or is
    empty. method: how it was computed and what it estimates. notes: what a reader must know.
    n_used, n_excluded: patients; excluded: why, as (Message, n). code: a Python script that makes
    this table again.
    """

    name: str
    table: pd.DataFrame
    method: Text = Text()
    notes: Text = Text()
    n_used: int = 0
    n_excluded: int = 0
    excluded: tuple[tuple[Message, int], ...] = ()
    options: Options = field(default_factory=Options)
    provenance: Provenance = field(default_factory=Provenance)
    sentences: tuple[
        Sentence, ...
    ] = ()  # sentences that stand in cells of the table, to translate them
    draw: Draw | None = None

    def figure(self, language: str = "en", preset: str = "screen") -> Figure | None:
        if self.draw is None or self.table.empty:
            return None
        conditions = tuple(
            str(c) for s in self.provenance.selections for c in Selection.from_json(s).where
        )
        return self.draw(
            self.translated(language), language=language, preset=preset, selected=conditions
        )

    def translated(self, language: str) -> pd.DataFrame:
        """The table with the sentences in its cells in ``language``; names and numbers as they
        are.
        """
        words = {sentence.text("en"): sentence.text(language) for sentence in self.sentences}
        texts = (
            []
            if language == "en" or not words
            else self.table.select_dtypes(["str", "object"]).columns
        )
        return self.table.assign(
            **{c: self.table[c].map(lambda cell: words.get(cell, cell)) for c in texts}
        )

    @property
    def code(self) -> str:
        """A script for a clean process; the file is its argument, wherever it lies."""
        given = {k: v for k, v in asdict(self.options).items() if v != getattr(Options(), k)}
        options = ", ".join(f"{k}={v!r}" for k, v in given.items())
        steps = [selection_code(s) for s in self.provenance.selections]
        return "\n".join(
            [
                "import sys",
                "",
                "from thal_core import Options, Selection, analyse, read_cohort, select",
                "",
                f"# file SHA-256 {self.provenance.sha256}",
                "cohort = read_cohort(sys.argv[1])",
                *steps,
                f"result = analyse(cohort, {self.name!r}, Options({options}))",
                "print(result.table.to_string())",
                "",
            ]
        )


def selection_code(selection_json: str) -> str:
    """The line of Python that applies a selection again."""
    conditions = ", ".join(c.code for c in Selection.from_json(selection_json).where)
    return f"cohort = select(cohort, Selection(({conditions},)))"
