"""How the time of every pattern and reader of a cell grows with the text: ``python -m
bench.patterns``.

A growth near 4 from one size to the next (four times the text) is a straight line; 16 is a square.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable

from bench.read import seconds
from tests.patterns import places, running
from thal_core.genotype import parse_genotype
from thal_core.intake.text.clinical_terms import events_in
from thal_core.intake.text.headers import read_header
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.numbers import parse_number
from thal_core.intake.text.timepoints import parse_time

SIZES = (1_000, 4_000, 16_000)
TEXTS = {
    "Han": "汉",
    "省": "省",
    "a": "a",
    "digits": "1",
    "spaces": " ",
    "separators": " ,;/-_.(:",
    "@": "a@a.",
    "d1": "d1",
}
GROWTH_LIMIT, WORTH_TIMING = 10.0, 0.004  # seconds at the longest text
READERS: dict[str, Callable[[str], object]] = {
    "identifier_in": identifier_in,
    "read_header": read_header,
    "parse_genotype": parse_genotype,
    "parse_time": parse_time,
    "events_in": events_in,
    "parse_number": parse_number,
}


def _searched(pattern: str | bytes, flags: int, anchored: bool) -> Callable[[str], object]:
    compiled = re.compile(pattern, flags)
    look = compiled.match if anchored else compiled.search
    return lambda text: look(text if isinstance(pattern, str) else text.encode())


def _growth(work: Callable[[str], object], unit: str) -> tuple[list[float], float]:
    """Seconds at each size (the quickest of three), and the last step's growth; 0 where all is too
    short to tell.
    """
    for word in unit:  # catalogues and caches are filled before the clock starts
        work(word)
    spent = [
        min(seconds(lambda n=n, k=k: work((unit * n)[: n - k])) for k in range(3)) for n in SIZES
    ]
    return spent, spent[-1] / max(spent[-2], 1e-9) if spent[-1] > WORTH_TIMING else 0.0


def _worst(name: str, work: Callable[[str], object]) -> tuple[float, str]:
    growths = [(*_growth(work, unit)[::-1], text) for text, unit in TEXTS.items()]
    growth, spent, text = max(growths, key=lambda g: (g[0], g[1][-1]))
    line = " ".join(f"{n // 1000}k {1000 * s:.2f} ms" for n, s in zip(SIZES, spent, strict=True))
    return growth, f"{name} ({text}): {line}, growth {growth:.1f}"


def main() -> int:
    """Prints each reader and the five patterns that grow most; exit status 1 where one grows like a
    square.
    """
    readers = [_worst(name, work) for name, work in READERS.items()]
    written = {
        (p.pattern, p.flags, p.anchored): p
        for p in [*places(), *running()]
        if p.pattern is not None
    }
    patterns = [_worst(f"{p.file}:{p.first}", _searched(*key)) for key, p in written.items()]
    for _, line in [*readers, *sorted(patterns, reverse=True)[:5]]:
        print(line)
    print(f"{len(patterns)} patterns; growth limit {GROWTH_LIMIT:g}")
    return int(max(growth for growth, _ in [*readers, *patterns]) > GROWTH_LIMIT)


if __name__ == "__main__":
    sys.exit(main())
