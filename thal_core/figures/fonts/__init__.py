"""Fonts that come with the program, for servers that have none with β⁰ and Chinese."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

FOLDER = Path(__file__).parent
VARIABLE = "FONTCONFIG_FILE"


@contextmanager
def offered() -> Iterator[None]:
    """While a browser is started: it finds this folder's fonts behind those of the system.

    Only Linux asks fontconfig, and only where nobody has given it a file of their own; elsewhere
    the system has the signs.
    """
    if not sys.platform.startswith("linux") or VARIABLE in os.environ:
        yield
        return
    os.environ[VARIABLE] = str(FOLDER / "fonts.conf")
    try:
        yield
    finally:
        del os.environ[VARIABLE]
