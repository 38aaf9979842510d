"""How parent and child speak: frames of a kind, a length and a body over the child's standard input
and output.
"""

from __future__ import annotations

import struct
from typing import IO

HEAD = struct.Struct(">cQ")
REQUEST, DATA = b"R", b"B"  # to the child: what is asked (JSON), the file
PROGRESS, REFUSED, ANSWER = (
    b"P",
    b"E",
    b"A",
)  # from it: [share, words code], a refusal, what was asked for


def write_frame(stream: IO[bytes], kind: bytes, body: bytes) -> None:
    stream.write(HEAD.pack(kind, len(body)))
    stream.write(body)
    stream.flush()


def read_frame(stream: IO[bytes]) -> tuple[bytes, bytes] | None:
    """The next frame; None where the stream has ended, in the middle of one too."""
    head = stream.read(HEAD.size)
    if len(head) < HEAD.size:
        return None
    kind, length = HEAD.unpack(head)
    body = stream.read(length)
    return (kind, body) if len(body) == length else None
