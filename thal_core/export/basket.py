"""What goes into a report, in which order: entries of a person, or a ready-made basket."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace

from thal_core.issues import CohortError, UnknownChoice
from thal_core.rules.catalogue import read_rules
from thal_core.view import Options

PARTS = ("both", "figure", "table")
MOST_ENTRIES, MOST_SIGNS = 100, 2000
_SHARED = ("criterion", "month", "unit_volume_ml", "seed", "patient_id")  # of the whole report


@dataclass(frozen=True)
class Entry:
    """One result in a report. part: ``both``, ``figure`` or ``table``. options: what differs from
    the report's own (``analyte``, ``group_by`` …). title: in place of the result's. note: a
    person's own sentence below it.
    """

    result: str
    part: str = "both"
    options: tuple[tuple[str, object], ...] = ()
    title: str = ""
    note: str = ""

    def __post_init__(self) -> None:
        if self.part not in PARTS:
            raise UnknownChoice("choice.unknown", what="part", given=self.part, allowed=list(PARTS))
        if max(len(self.title), len(self.note)) > MOST_SIGNS:
            raise CohortError("report.too_long", most=MOST_SIGNS)
        self.asked(Options())

    def asked(self, options: Options) -> Options:
        """The report's options with this entry's own on top."""
        return replace(options, **dict(self.options))

    @property
    def has_figure(self) -> bool:
        return self.part != "table"

    @property
    def has_table(self) -> bool:
        return self.part != "figure"


def entry_of(result: str, options: Options, **words: str) -> Entry:
    """The entry for a result as it is seen: what it was asked with, but for what a whole report
    shares.
    """
    usual = asdict(Options())
    own = {k: v for k, v in asdict(options).items() if v != usual[k] and k not in _SHARED}
    return Entry(result, options=tuple(own.items()), **words)


def baskets() -> dict[str, tuple[Entry, ...]]:
    """The ready-made baskets by name (rules/baskets.csv)."""
    made: dict[str, tuple[Entry, ...]] = {}
    for row in read_rules("baskets"):
        options = tuple(tuple(text.split("=", 1)) for text in row["options"].split())
        entry = Entry(row["result"], row["part"], options)  # type: ignore[arg-type]
        made[row["basket"]] = (*made.get(row["basket"], ()), entry)
    return made


def basket(name: str) -> tuple[Entry, ...]:
    """Raises UnknownChoice, naming the baskets there are."""
    if name not in baskets():
        raise UnknownChoice("choice.unknown", what="basket", given=name, allowed=list(baskets()))
    return baskets()[name]


def to_json(entries: Iterable[Entry]) -> str:
    return json.dumps(
        {"format": "thal-basket/1", "entries": [asdict(entry) for entry in entries]},
        ensure_ascii=False,
        indent=1,
    )


def from_json(text: str | bytes) -> tuple[Entry, ...]:
    """Raises CohortError for anything that is not a well-formed basket."""
    try:
        data = json.loads(text)
        if data.get("format") != "thal-basket/1" or len(data["entries"]) > MOST_ENTRIES:
            raise ValueError("format")
        return tuple(_entry(entry) for entry in data["entries"])
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
        raise CohortError("report.basket_unreadable") from error


def _entry(given: dict[str, object]) -> Entry:
    names = {f.name for f in fields(Entry)} - {"options"}
    words = {name: given[name] for name in names if name in given}
    if not all(isinstance(word, str) for word in words.values()):
        raise ValueError("text")
    options = tuple((str(name), value) for name, value in given.get("options", ()))  # type: ignore[attr-defined]
    return Entry(**words, options=options)  # type: ignore[arg-type]
