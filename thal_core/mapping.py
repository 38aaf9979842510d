"""What each column of a sheet was read as: shown, changed by a person, saved and used again."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields, replace

from thal_core.issues import CohortError

FORMAT = "thal-mapping/1"
EMPTY = "how.empty"  # a column without a filled cell
_UNREAD = frozenset({"how.not_understood", "how.time_unclear"})
_DATES = "how.date_not_understood"
_HASHED = re.compile(r"[A-Z]{1,3}#[0-9a-f]{6}")  # the label of a header that may not be shown


@dataclass(frozen=True)
class Candidate:
    """One proposal for a column that was not read: ``field``, ``month`` and ``unit`` as in
    ``ColumnReading``; ``why`` a words code (its word, its values, its neighbours).
    """

    field: str
    month: float | None = None
    unit: str = ""
    why: str = ""


@dataclass(frozen=True)
class ColumnReading:
    """One column of one sheet and what it was read as.

    ``field`` is a column name of the cohort, or one of the roles ``patient_id, month, date, ignore,
    identifying, extra`` or of rules/fields.csv; ``month`` the visit the column belongs to (wide
    sheets); ``unit`` the unit its numbers are in; ``confidence`` 0–1; ``how`` a words code saying
    why.

    ``header`` is the header as typed and stays in this reading (a person who maps columns must see
    it); ``label`` is what files, tables and issues show of it: the same, or the column's letter and
    a hash where the header may name somebody.
    """

    sheet: str
    index: int  # 0-based column of the sheet
    header: str
    field: str = "extra"
    month: float | None = None
    unit: str = ""
    confidence: float = 0.0
    how: str = ""
    examples: tuple[str, ...] = ()  # never filled for identifying columns
    by_hand: bool = False
    label: str = ""
    candidates: tuple[Candidate, ...] = ()  # up to three, best first, of a column that was not read
    identifies: str = ""  # what of a person a dropped column holds (rules/identifiers.csv)
    preview: tuple[
        str, ...
    ] = ()  # its cells in the first rows as they may be shown; never in files

    @property
    def is_open(self) -> bool:
        """Was it neither read nor spoken for by a person? Dates of unknown meaning are dropped, and
        open where there is a proposal.
        """
        if self.by_hand or self.field not in ("extra", "identifying"):
            return False
        unread = self.field == "extra" and self.how in _UNREAD
        return unread or (bool(self.candidates) and self.how in (*_UNREAD, _DATES))

    @property
    def needs_answer(self) -> bool:
        """Is it open, and may it be something that is computed with?"""
        return self.is_open and bool(self.candidates)

    @property
    def title(self) -> str:
        """What may be shown of the header, else the column's letter."""
        return self.label or f"({self.letter})"

    def is_of(self, header: str, label: str) -> bool:
        """Was this reading made for a column of this header (or of this label, where it comes from
        a file: the letter before its hash is where the column stood then)?
        """
        return self.header in (header, label) or (
            _HASHED.fullmatch(self.header) is not None
            and self.header.partition("#")[2] == label.partition("#")[2]
        )

    @property
    def letter(self) -> str:
        name, number = "", self.index + 1
        while number:
            number, rest = divmod(number - 1, 26)
            name = chr(65 + rest) + name
        return name


@dataclass(frozen=True)
class Mapping:
    """All column readings of a file, and the settings a person chose for it."""

    columns: tuple[ColumnReading, ...] = ()
    settings: tuple[
        tuple[str, str], ...
    ] = ()  # e.g. ("encoding", "gb18030"), ("sex_codes", "1=male")

    def setting(self, name: str, default: str = "") -> str:
        return dict(self.settings).get(name, default)

    @property
    def filled_columns(self) -> tuple[ColumnReading, ...]:
        """The columns that hold anything."""
        return tuple(c for c in self.columns if c.how != EMPTY)

    @property
    def open_columns(self) -> tuple[ColumnReading, ...]:
        """The columns that nobody understood yet, those with proposals first."""
        return tuple(sorted((c for c in self.columns if c.is_open), key=lambda c: not c.candidates))

    def with_setting(self, name: str, value: str) -> Mapping:
        others = tuple((k, v) for k, v in self.settings if k != name)
        return replace(self, settings=(*others, (name, value)))

    def joined(self, earlier: Mapping) -> Mapping:
        """With what a person said of headers that do not stand in this sheet, and of settings."""
        here = self.columns
        more = (c for c in earlier.columns if c.by_hand)
        absent = (c for c in more if not any(c.is_of(o.header, o.label) for o in here))
        settings = dict(earlier.settings) | dict(self.settings)
        return Mapping((*here, *absent), tuple(settings.items()))

    def with_column(self, sheet: str, index: int, **changes: object) -> Mapping:
        """A person's word for one column."""
        return replace(
            self,
            columns=tuple(
                replace(c, by_hand=True, confidence=1.0, **changes)
                if (c.sheet, c.index) == (sheet, index)
                else c
                for c in self.columns
            ),
        )

    def to_records(self) -> list[dict[str, object]]:
        """One dict a column, for ``check --json`` and files: headers as they may be shown."""
        return [
            _shown(c)
            | {"letter": c.letter, "examples": list(c.examples)}
            | {"candidates": [asdict(candidate) for candidate in c.candidates]}
            for c in self.columns
        ]

    def to_json(self) -> str:
        """Reusable file: headers and choices, no example values."""
        return json.dumps(
            {
                "format": FORMAT,
                "columns": [_shown(replace(c, examples=(), candidates=())) for c in self.columns],
                "settings": dict(self.settings),
            },
            ensure_ascii=False,
            indent=1,
        )

    @classmethod
    def from_json(cls, text: str | bytes) -> Mapping:
        """Raises CohortError where the text is not a mapping of ours."""
        try:
            data = json.loads(text)
            json.dumps(
                data, ensure_ascii=False
            ).encode()  # half a character, as \\ud800, is a ValueError here
            if data.get("format") != FORMAT:
                raise ValueError("format")
            names = {f.name for f in fields(ColumnReading)} - {"preview"}
            columns = tuple(
                _column({k: v for k, v in c.items() if k in names}) for c in data["columns"]
            )
            settings = tuple((str(k), str(v)) for k, v in data.get("settings", {}).items())
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise CohortError("mapping.unreadable") from error
        return cls(columns, settings)


def _shown(reading: ColumnReading) -> dict[str, object]:
    """As a file holds it. A reading that was made by hand, or comes from a file, has no label: its
    header is one.
    """
    record = asdict(reading)
    del record["preview"]
    return record | {"header": record.pop("label") or reading.header}


def _column(row: dict[str, object]) -> ColumnReading:
    candidates = tuple(Candidate(**c) for c in row.get("candidates", ()))  # type: ignore[attr-defined]
    examples = tuple(row.get("examples", ()))  # type: ignore[arg-type]
    reading = ColumnReading(**{**row, "examples": examples, "candidates": candidates})  # type: ignore[arg-type]
    numbers_ok = isinstance(reading.index, int) and (
        reading.month is None or isinstance(reading.month, int | float)
    )
    texts: Iterable[object] = (
        reading.sheet,
        reading.header,
        reading.field,
        reading.unit,
        reading.how,
        reading.identifies,
    )
    if not numbers_ok or not all(isinstance(t, str) for t in texts):
        raise ValueError("type")
    return reading
