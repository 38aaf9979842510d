"""What a person said of columns, in this sheet or in an earlier one of the clinic."""

from __future__ import annotations

from collections.abc import Sequence

from thal_core.mapping import ColumnReading, Mapping


def accepted_readings(
    mapping: Mapping, readings: Sequence[ColumnReading]
) -> list[ColumnReading | None]:
    """For each column of a table the reading that a person gave its header, None where none did.

    A header goes before a place: columns may have moved, and the sheet may have another name. Of
    several columns with one header the first is the first, the second the second.
    """
    return [_accepted(mapping, readings, reading) for reading in readings]


def _accepted(
    mapping: Mapping, readings: Sequence[ColumnReading], reading: ColumnReading
) -> ColumnReading | None:
    alike = [c for c in mapping.columns if c.is_of(reading.header, reading.label)]
    same_sheet = [c for c in alike if c.sheet in (reading.sheet, "")]
    if not alike:
        return None
    siblings = [r.index for r in readings if r.header == reading.header]
    groups = [same_sheet] if same_sheet else _by_sheet(alike)
    found = [_of_group(group, siblings, reading.index) for group in groups]
    agree = len({None if one is None else (one.field, one.month, one.unit) for one in found}) == 1
    return found[0] if agree else None


def _by_sheet(alike: list[ColumnReading]) -> list[list[ColumnReading]]:
    return [[c for c in alike if c.sheet == s] for s in dict.fromkeys(c.sheet for c in alike)]


def _of_group(group: list[ColumnReading], siblings: list[int], index: int) -> ColumnReading | None:
    """Of the readings of one header on one sheet: the one in the same order, else in the same
    place, else the only one.
    """
    ordered = sorted(group, key=lambda c: c.index)
    if len(ordered) == len(siblings):
        chosen = ordered[sorted(siblings).index(index)]
    else:
        alone = ordered[0] if len(ordered) == 1 else None
        chosen = next((c for c in ordered if c.index == index), alone)
    return chosen if chosen is not None and (chosen.by_hand or not chosen.how) else None
