"""One file through the program as the reading process does it, and what came of it."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory

from bench.fuzz.conservation import faults
from thal_core.analyses import REGISTRY, analyse
from thal_core.cohort import Cohort
from thal_core.derive.conclusions import conclude
from thal_core.export.folder import write_report
from thal_core.export.marked_copy import mark
from thal_core.intake.parse_file import Reading, parse_file
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.reader import worker
from thal_core.reader.messages import REFUSED
from thal_core.reader.transport import pack_cohort, unpack_cohort

READ, FAULT = "read", "FAULT"
FORMATS = ["csv", "xlsx", "html"]  # those that need no browser


def judge(data: bytes, name: str, deep: bool = False) -> str:
    """``read``, ``refused: code`` or ``FAULT: what``; ``deep``: also what is made of a file that
    reads.
    """
    heard: list[str] = []

    def read(request: dict[str, object], content: bytes, report: object) -> bytes:
        reading = parse_file(content, name, Mapping(), lambda share, code: None)
        cohort = conclude(reading.cohort)
        heard.extend(faults(reading))
        unpack_cohort(pack_cohort(cohort))
        if deep:
            heard.extend(made_of(reading, cohort))
        return b""

    worker.TASKS["judge"] = read
    kind, body = worker._answered({"task": "judge"}, data, lambda share, code: None)
    if kind == REFUSED:
        refusal = json.loads(body)
        if refusal["code"] == "reading.failed":
            return f"{FAULT}: failed at {refusal['params']['place']}"
        return f"refused: {refusal['code']}"
    return f"{FAULT}: {'; '.join(sorted(set(heard)))}" if heard else READ


def made_of(reading: Reading, cohort: Cohort) -> Iterator[str]:
    """What fails of the marked copy, the analyses, their figures, and the report as files."""
    yield from _tried("marked copy", lambda: mark(reading, "zh"))
    for name in REGISTRY:
        yield from _tried(name, lambda name=name: analyse(cohort, name).figure("en", "screen"))
    with TemporaryDirectory() as folder:
        yield from _tried("report", lambda: write_report(cohort, Path(folder), formats=FORMATS))


def _tried(what: str, work: object) -> Iterator[str]:
    try:
        work()  # type: ignore[operator]
    except CohortError:
        return
    except Exception as error:
        yield f"{what}: {type(error).__name__}"
        logging.getLogger(__name__).debug("%s", what, exc_info=error)
