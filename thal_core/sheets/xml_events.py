"""XML as events, by expat: the one way in which this room reads XML."""

from __future__ import annotations

from collections.abc import Callable
from xml.parsers import expat

from thal_core.sheets.limits import Refused

_CHUNK = 1 << 19


Start = Callable[[str, dict[str, str]], object]
Heard = Callable[[str], object]


def read_events(
    xml: bytes,
    start: Start,
    end: Heard | None = None,
    data: Heard | None = None,
    *,
    encoding: str | None = None,
    on_share: Callable[[float], object] = lambda share: None,
) -> bool:
    """Tells everything up to the end (True) or to where the XML breaks off (False).

    ``start(name, attributes)``, ``end(name)`` and ``data(text)`` are called as the document goes;
    names are ``namespace name``, or ``name`` alone where there is no namespace. ``encoding`` goes
    before the one the document states; ``on_share`` hears which share is done. Refused for
    declarations of entities.
    """
    parser = expat.ParserCreate(encoding, namespace_separator=" ")
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.CharacterDataHandler, parser.StartDoctypeDeclHandler = data, _refuse_doctype
    try:
        for place in range(0, len(xml), _CHUNK):
            on_share(place / len(xml))
            parser.Parse(xml[place : place + _CHUNK])
        parser.Parse(b"", True)
    except expat.ExpatError:
        return False
    return True


def local_name(tag: str) -> str:
    """The name without its namespace."""
    return tag.rpartition(" ")[2]


def read_elements(xml: bytes) -> list[tuple[str, dict[str, str]]]:
    """(name, attributes) of every element of a small document. Refused where it is damaged."""
    found: list[tuple[str, dict[str, str]]] = []
    if not read_events(xml, lambda tag, attributes: found.append((local_name(tag), attributes))):
        raise Refused("reading.damaged")
    return found


def _refuse_doctype(*_: object) -> None:
    raise Refused("reading.entities")
