"""A Cohort as bytes and back: the frames as Arrow streams, everything else as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

import pandas as pd
import pyarrow as pa

from thal_core.cohort import Cohort, Provenance
from thal_core.mapping import Candidate, ColumnReading, Mapping
from thal_core.reader.messages import HEAD

_FRAMES = ("patients", "visits", "transfusions", "treatments", "events", "extra", "issues")


def pack_cohort(cohort: Cohort) -> bytes:
    """The cohort without the sheet it came from."""
    head = {"mapping": mapping_record(cohort.mapping), "provenance": asdict(cohort.provenance)}
    return pack(head, *(getattr(cohort, name) for name in _FRAMES))


def unpack_cohort(data: bytes) -> Cohort:
    """The Cohort that was packed: same values, same types."""
    head, found = unpack(data)
    frames = dict(zip(_FRAMES, found, strict=True))
    return Cohort(
        **frames, mapping=mapping_of(head["mapping"]), provenance=_provenance(head["provenance"])
    )


def pack(head: dict[str, object], *frames: pd.DataFrame) -> bytes:
    """One JSON head, then a stream for each frame, each with its length before it."""
    parts = [json.dumps(head).encode(), *map(_stream, frames)]
    return b"".join(HEAD.pack(b"F", len(part)) + part for part in parts)


def unpack(data: bytes) -> tuple[dict, list[pd.DataFrame]]:
    """Head and frames that were packed."""
    parts, place, view = [], 0, memoryview(data)
    while place < len(data):
        _, length = HEAD.unpack(view[place : place + HEAD.size])
        place += HEAD.size
        parts.append(view[place : place + length])
        place += length
    return json.loads(bytes(parts[0])), [_frame(part) for part in parts[1:]]


def mapping_record(mapping: Mapping) -> dict[str, object]:
    """A Mapping with its headers as typed: for the child alone, never for a file."""
    return {"columns": [asdict(c) for c in mapping.columns], "settings": mapping.settings}


def mapping_of(record: dict[str, list]) -> Mapping:
    columns = tuple(map(_reading, record["columns"]))
    return Mapping(columns, tuple((name, value) for name, value in record["settings"]))


def _reading(record: dict) -> ColumnReading:
    candidates = tuple(Candidate(**one) for one in record["candidates"])
    texts = {name: tuple(record[name]) for name in ("examples", "preview")}
    return ColumnReading(**{**record, **texts, "candidates": candidates})


def _provenance(record: dict[str, object]) -> Provenance:
    tuples = {name: _tuples(value) for name, value in record.items() if isinstance(value, list)}
    return Provenance(**{**record, **tuples})  # type: ignore[arg-type]


def _tuples(value: object) -> object:
    return tuple(map(_tuples, value)) if isinstance(value, list) else value


def _stream(frame: pd.DataFrame) -> bytes:
    table = pa.Table.from_pandas(frame)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, table.schema) as writer:
        writer.write_table(table)
    return sink.getvalue().to_pybytes()


def _frame(part: memoryview) -> pd.DataFrame:
    return pa.ipc.open_stream(part).read_pandas()
