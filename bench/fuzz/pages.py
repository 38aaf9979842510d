"""``python -m bench.fuzz.pages [--files 20] [--first 0]``: of the files that read, every page of
the app, in turns of language; a page that had to say "something in the program failed" is a fault.
"""

from __future__ import annotations

import argparse
import logging
import sys
from collections.abc import Iterator
from itertools import count, islice

from streamlit.testing.v1 import AppTest

from bench.fuzz.mutate import mutated
from bench.fuzz.seeds import ROOT
from tests.pages.screen import words
from thal_core.issues import CohortError
from thal_core.reader import read_cohort
from thal_core.words import languages, tr
from ui.session import Loaded

PAGES = sorted(path.stem for path in (ROOT / "pages").glob("*.py"))


def readable(first: int) -> Iterator[tuple[int, Loaded]]:
    """The files that read, each through the one door, from this seed on."""
    for seed in count(first):
        data, name = mutated(seed)
        try:
            yield seed, Loaded(read_cohort(data, filename=name, isolated=True), name, data)
        except CohortError:
            continue


def faults(what: Loaded) -> Iterator[str]:
    """The pages that failed on this file, and where in the program."""
    broken = {tr("ui.broken", language=language) for language in languages()}
    for number, page in enumerate(PAGES):
        heard = _Heard()
        with heard:
            test = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
            test.session_state["start_page"] = page
            test.session_state["loaded"] = what
            test.session_state["language"] = languages()[number % len(languages())]
            drawn = words(test.run())
        if test.exception or any(sentence in drawn for sentence in broken):
            yield f"{page}: {' '.join(heard.said) or 'exception'}"


class _Heard(logging.Handler):
    """What the app's log said meanwhile: kinds and places of errors."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.said.append(record.getMessage())

    def __enter__(self) -> _Heard:
        logging.getLogger("thal.app").addHandler(self)
        return self

    def __exit__(self, *_: object) -> None:
        logging.getLogger("thal.app").removeHandler(self)


def main(given: list[str] | None = None) -> int:
    """Exit status 1 where a page failed."""
    parser = argparse.ArgumentParser(prog="python -m bench.fuzz.pages", description=__doc__)
    parser.add_argument("--files", type=int, default=20)
    parser.add_argument("--first", type=int, default=0)
    wanted = parser.parse_args(given)
    failed = 0
    for seed, what in islice(readable(wanted.first), wanted.files):
        for fault in faults(what):
            failed += 1
            print(seed, fault, flush=True)
    print(
        f"{wanted.files} files from seed {wanted.first}, {len(PAGES)} pages each: {failed} faults"
    )
    return int(failed > 0)


if __name__ == "__main__":
    sys.exit(main())
