"""Every sentence the library says, as a code with parameters, in every language it is written in.

Texts are rows of ``catalogue/*.csv`` (a column ``code`` and one a language; ``str.format``
placeholders), and of ``words.csv`` in the folder of a paper or in one laid over the rules
(``rows``). A language is a column: one that has its own ``language.name`` is offered, and English
stands in for what it does not say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path

from thal_core.rows import folders, paper_folders, read_csv_rows
from thal_core.words.escape import plain_number
from thal_core.words.wording import ENGLISH, Wording

CATALOGUE = Path(__file__).parent / "catalogue"


@lru_cache(maxsize=1)
def _written() -> dict[str, dict[str, str]]:
    """All texts as the files have them: code → language → text. A code written twice in a language
    is a mistake in the files.
    """
    texts: dict[str, dict[str, str]] = {}
    more = [f / "words.csv" for f in (*folders(), *paper_folders())]
    for path in [*sorted(CATALOGUE.glob("*.csv")), *(path for path in more if path.is_file())]:
        for row in read_csv_rows(path):
            texts_of_code = texts.setdefault(row.pop("code"), {})
            added = {language: text for language, text in row.items() if language and text}
            if twice := texts_of_code.keys() & added.keys():
                raise ValueError(f"{path.name}: a code stands twice in the catalogues, in {twice}")
            texts_of_code |= added
    return texts


@lru_cache(maxsize=1)
def languages() -> tuple[str, ...]:
    """The languages there are, English first: those that say what they are called."""
    return tuple(_written()["language.name"])


@lru_cache(maxsize=1)
def catalogue() -> dict[str, dict[str, str]]:
    """All texts: code → language → text, English where a language has none of its own."""
    return {
        code: {language: own.get(language, own.get(ENGLISH, "")) for language in languages()}
        for code, own in _written().items()
    }


@dataclass(frozen=True)
class Message:
    """One sentence: a code of the catalogue and its parameters. ``str()`` gives English."""

    code: str
    params: Mapping[str, object] = field(default_factory=dict)

    def text(self, language: str = "en") -> str:
        return tr(self.code, self.params, language)

    def __str__(self) -> str:
        return self.text()

    def __hash__(self) -> int:
        return hash((self.code, tuple(sorted((k, str(v)) for k, v in self.params.items()))))


class Text(tuple[Message, ...]):
    """Several sentences, read one after the other."""

    def text(self, language: str = "en") -> str:
        return join_sentences((message.text(language) for message in self), language)

    def __str__(self) -> str:
        return self.text()


def tr(code: str, params: Mapping[str, object] | None = None, language: str = "en") -> str:
    """The text of ``code`` in ``language``; a code nobody wrote down comes back as itself.

    A parameter may be a Message, a number or a list of either; lists are joined.
    """
    texts = catalogue().get(code)
    if texts is None:
        return code
    return filled(texts[language], params or {}, language)


def filled(template: str, params: Mapping[str, object], language: str = "en") -> str:
    """A sentence of ``language`` with its ``{…}`` filled in the same language; KeyError for one
    that has no value.
    """
    return template.format(**{k: _word(v, language) for k, v in params.items()})


def packed(value: object) -> object:
    """A parameter as JSON can carry it, without losing that it can be said in another language."""
    if isinstance(value, Message):
        return {"code": value.code, "params": {k: packed(v) for k, v in value.params.items()}}
    if hasattr(value, "text"):
        return {language: value.text(language) for language in languages()}
    if isinstance(value, str):
        return value
    return [packed(v) for v in value] if isinstance(value, Iterable) else plain_number(value)


def unpacked(value: object) -> object:
    """The parameter that was ``packed``."""
    if isinstance(value, dict):
        if "code" in value:
            return Message(value["code"], {k: unpacked(v) for k, v in value["params"].items()})
        return Wording(tuple(value.items()))
    return [unpacked(v) for v in value] if isinstance(value, list) else value


def label(code: str, language: str = "en", default: str | None = None) -> str:
    """Like ``tr`` for a single word, falling back to ``default`` (or the code's last part)."""
    texts = catalogue().get(code)
    if texts:
        return texts[language]
    return code.rsplit(".", 1)[-1] if default is None else default


def _word(value: object, language: str) -> str:
    if hasattr(value, "text"):  # Message, Text, or anything that has its own words, such as a Field
        return str(value.text(language))
    if isinstance(value, str):
        return value
    if isinstance(value, Iterable):
        return join_list((_word(item, language) for item in value), language)
    return plain_number(value)


def join_list(parts: Iterable[str], language: str = ENGLISH) -> str:
    """``a, b, c`` as the language writes a list."""
    return _joined(parts, "join.list", language)


def join_sentences(parts: Iterable[str], language: str = ENGLISH) -> str:
    """Sentences one after the other, as the language sets them apart."""
    return _joined(parts, "join.sentences", language)


def _joined(parts: Iterable[str], code: str, language: str) -> str:
    return catalogue()[code][language].format(first="", second="").join(parts)
