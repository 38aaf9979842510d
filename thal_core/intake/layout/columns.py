"""The columns of a table and what each was read as."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from thal_core.intake.layout.find_tables import Table
from thal_core.intake.text.codes import legend_in
from thal_core.intake.text.headers import Header, read_header
from thal_core.intake.text.numbers import column_texts
from thal_core.intake.text.shown import shown_header
from thal_core.mapping import ColumnReading

_REFERENCE = re.compile(  # a reference range behind the name: (110-150 g/L), [参考值 4.0~10.0]
    r"[(（\[【][^()（）\[\]【】]{0,80}(?:\d\s?[-–~～—]\s?\d|参考|正常|normal|ref)[^()（）\[\]【】]{0,80}[)）\]】]",
    re.I,
)
_BLANKS = 8  # kinds of blank cell (empty, spaces) that may stand among the first texts


Key = tuple[str, int, int]  # sheet, first data row, column of the sheet


@dataclass(frozen=True, eq=False)
class Column:
    """One column of one table. What is learned of it is a new Column."""

    table: Table
    index: int  # column of the sheet
    header: Header
    reading: ColumnReading
    recode: dict[str, str] = field(default_factory=dict)  # codes that a data dictionary explains
    window: float | None = None  # months that a total counts, where the header says them
    instead: pa.Array | None = None  # texts that stand for those of the sheet
    derived: bool = False  # the rows of one parameter: no column that a person could map

    @property
    def target(self) -> str:
        return self.reading.field

    @property
    def sheet(self) -> str:
        return self.table.sheet.name

    @property
    def title(self) -> str:
        return self.reading.title

    @property
    def key(self) -> Key:
        """Which column of the file this is, whatever it is read as."""
        rows = self.table.rows
        return self.sheet, int(rows[0]) if len(rows) else -1, self.index

    def read_as(self, **changes: object) -> Column:
        """The column with these changes of its reading."""
        return replace(self, reading=replace(self.reading, **changes))  # type: ignore[arg-type]

    def headed(self, **changes: object) -> Column:
        """The column with these changes of what its header says."""
        return replace(self, header=replace(self.header, **changes))  # type: ignore[arg-type]

    def texts(self) -> pa.Array:
        """The cells of the table's data rows as text."""
        return self._texts

    @cached_property
    def _texts(self) -> pa.Array:
        if self.instead is not None:
            return self.instead
        series, rows = self.table.sheet.text.iloc[:, self.index], self.table.rows
        together = len(rows) and rows[-1] - rows[0] + 1 == len(rows)
        texts = column_texts(series.iloc[rows[0] : rows[-1] + 1] if together else series.iloc[rows])
        if not self.recode:
            return texts
        coded = texts.dictionary_encode()
        words = [self.recode.get(t.strip(), t) for t in coded.dictionary.to_pylist()]
        return pa.array(words, pa.string()).take(coded.indices)

    def distinct(self, most: int | None = None) -> list[str]:
        """The different non-empty texts (or the first ``most`` of them), in order of appearance."""
        texts = pc.unique(self.texts())
        if most is not None:
            texts = texts.slice(0, most + _BLANKS)
        return [text for text in texts.to_pylist() if text and not text.isspace()][:most]

    def filled(self) -> int:
        """How many cells are not blank."""
        blank = pc.match_substring_regex(self.texts(), r"^\s*$")
        return len(self.texts()) - int(pc.sum(blank).as_py() or 0)

    def coded(self) -> tuple[np.ndarray, list[str]]:
        """(code of each row, distinct texts); a code stands for one text, the empty one
        included.
        """
        coded = self.texts().dictionary_encode()
        return coded.indices.to_numpy(zero_copy_only=False), coded.dictionary.to_pylist()


def table_columns(table: Table) -> list[Column]:
    """Every column of the table with what its header alone says."""
    columns = []
    for index, texts in zip(table.columns, table.headers, strict=True):
        parts = [text for text in dict.fromkeys(texts) if text]
        header = _best_reading(parts)
        title, legend = (" ".join(parts), {}) if header.target else legend_in(" ".join(parts))
        header = _best_reading([title]) if legend else header
        reading = _reading(table, index, " ".join(parts), header)
        columns.append(Column(table, index, header, reading, legend))
    return columns


def _reading(table: Table, index: int, typed: str, header: Header) -> ColumnReading:
    reading = ColumnReading(
        table.sheet.name, index, typed, header.target or "extra", unit=header.unit
    )
    return replace(reading, label=shown_header(typed, reading.letter))


def _best_reading(parts: list[str]) -> Header:
    """What the header's rows say together, or its lower rows alone (a group title above says
    nothing).
    """
    together = (read_header(" ".join(parts[first:])) for first in range(len(parts)))
    alone = (read_header(part) for part in parts)
    bare = (read_header(_REFERENCE.sub(" ", " ".join(parts))) for _ in parts[:1])
    read = [*together, *alone, *bare]
    header = next((h for h in read if h.target), read[0] if read else Header())
    return replace(header, target="month", unit="weeks") if header.target == "week" else header
