"""XML as events, by expat: the one way in which this room reads XML."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol
from xml.parsers import expat

from thal_core.sheets.limits import Refused

_CHUNK = 1 << 19


class Reader(Protocol):
    """Hears the events. Names are ``namespace name``, or ``name`` alone where there is none."""

    def start(self, tag: str, attributes: dict[str, str]) -> None: ...

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


def read_events(
    xml: bytes,
    reader: Reader,
    encoding: str | None = None,
    on_share: Callable[[float], object] = lambda share: None,
) -> bool:
    """Tells the reader everything up to the end (True) or to where the XML breaks off (False).

    ``encoding`` goes before the one the document states; ``on_share`` hears which share is done.
    Refused for declarations of entities.
    """
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = reader.data, _refuse_doctype
    try:
        for start in range(0, len(xml), _CHUNK):
            on_share(start / len(xml))
            parser.Parse(xml[start : start + _CHUNK])
        parser.Parse(b"", True)
    except expat.ExpatError:
        return False
    return True


def local_name(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition(" ")[2]


class _Elements:
    def __init__(self) -> None:
        self.found: list[tuple[str, dict[str, str]]] = []

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.found.append((local_name(tag), attributes))

    def end(self, tag: str) -> None: ...

    def data(self, text: str) -> None: ...


def read_elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(name, attributes) of every element of a small document. Refused where it is damaged."""
    reader = _Elements()
    if not read_events(xml, reader):
        raise Refused("reading.damaged")
    return reader.found


def _refuse_doctype(*_: object) -> None:
    raise Refused("reading.entities")
