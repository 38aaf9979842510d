"""The words of a rules table in every language they are written in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

ENGLISH = "en"


@dataclass(frozen=True)
class Wording:
    """One label or sentence, language by language; English stands in for a language without it.

    >>> Wording((("en", "spleen"), ("zh", "脾"))).text("fr")
    'spleen'
    """

    texts: tuple[tuple[str, str], ...] = ()

    @classmethod
    def of_row(cls, row: Mapping[str, str], what: str) -> Wording:
        """Its columns ``<what>_<language>`` (``label_en``, ``label_zh`` …), blank ones left out."""
        start = f"{what}_"
        return cls(
            tuple((k.removeprefix(start), v) for k, v in row.items() if k.startswith(start) and v)
        )

    @classmethod
    def of_every(cls, languages: tuple[str, ...], write: Callable[[str], str]) -> Wording:
        """What ``write`` gives in each of the languages."""
        return cls(tuple((language, write(language)) for language in languages))

    def text(self, language: str = ENGLISH) -> str:
        known = dict(self.texts)
        return known.get(language) or known.get(ENGLISH, "")

    def __str__(self) -> str:
        return self.text()

    def __bool__(self) -> bool:
        return any(text for _, text in self.texts)
