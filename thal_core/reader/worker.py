"""The child process: ``python -m thal_core.reader.worker``.

It imports what reading needs, waits for one request on standard input, answers on standard output,
and ends. A hostile file may take it down; the parent says so in one sentence and lives on.
"""

from __future__ import annotations

import gc
import json
import sys
import traceback
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

from thal_core.derive.conclusions import conclude
from thal_core.intake.parse_file import Reading, parse_file
from thal_core.intake.text.shown import known_words, shown, shown_params
from thal_core.issues import CohortError
from thal_core.reader.messages import ANSWER, PROGRESS, REFUSED, read_frame, write_frame
from thal_core.reader.process_limits import limit_this_process
from thal_core.reader.transport import mapping_of, pack, pack_cohort
from thal_core.sheets.encoding import suggest_encodings
from thal_core.sheets.limits import Refused
from thal_core.words import packed

Request = dict[str, object]
Report = Callable[[float, str], object]
PACKAGE = Path(__file__).parents[1]
_AFTER_OPENING = frozenset({"intake", "derive", "genotype", "export", "audit"})
_REHEARSAL = (
    b"id,sex,Hb_0M (g/L),Hb_6M (g/L),genotype\nP1,F,70,95,CD17/-28\nP2,M,81,90,CD41-42/CD17\n"
)


def main() -> None:
    """Answer one request."""
    gc.disable()  # millions of short-lived cells and no cycles
    _rehearse()
    stdin, stdout = sys.stdin.buffer, sys.stdout.buffer
    request, data = read_frame(stdin), read_frame(stdin)
    if request is None or data is None:  # the parent has ended
        return
    limit_this_process()

    def report(share: float, code: str) -> None:
        write_frame(stdout, PROGRESS, json.dumps([round(share, 3), code]).encode())

    write_frame(stdout, *_answered(json.loads(request[1]), data[1], report))


def _answered(request: Request, data: bytes, report: Report) -> tuple[bytes, bytes]:
    try:
        return ANSWER, TASKS[str(request["task"])](request, data, report)
    except CohortError as error:
        return _refusal(error.code, error.params)
    except Refused as refusal:
        return _refusal(refusal.code, refusal.params)
    except MemoryError:
        return _refusal("reading.too_heavy", {})
    except BaseException as error:  # a parser's panic is no Exception
        place = _place_in_package(error)
        return _our_failure(place) if place else _refusal("reading.damaged", {})


def _our_failure(place: str) -> tuple[bytes, bytes]:
    return REFUSED, json.dumps({"code": "reading.failed", "params": {"place": place}}).encode()


def _place_in_package(error: BaseException) -> str:
    """Where in our own steps after opening the file it failed (file and line, no value of the
    sheet); '' where the file itself could not be opened.
    """
    frames = [(Path(f.f_code.co_filename), n) for f, n in traceback.walk_tb(error.__traceback__)]
    of_package = [(path, line) for path, line in frames if path.is_relative_to(PACKAGE)]
    steps = [(path.relative_to(PACKAGE), line) for path, line in of_package]
    if not any(path.parts[0] in _AFTER_OPENING for path, _ in steps):
        return ""
    path, line = steps[-1]
    in_the_file = path.parts[0] == "sheets" and not isinstance(error, ImportError)
    return "" if in_the_file else f"{path.as_posix()}:{line}"


def _refusal(code: str, params: dict[str, object]) -> tuple[bytes, bytes]:
    safe = {name: packed(value) for name, value in shown_params(params).items()}
    return REFUSED, json.dumps({"code": code, "params": safe}).encode()


def _reading(request: Request, data: bytes, report: Report) -> Reading:
    mapping = mapping_of(request["mapping"])  # type: ignore[arg-type]
    reading = parse_file(data, str(request["name"]), mapping, report)
    return replace(reading, cohort=conclude(reading.cohort))


def _cohort(request: Request, data: bytes, report: Report) -> bytes:
    return pack_cohort(_reading(request, data, report).cohort)


def _marked_copy(request: Request, data: bytes, report: Report) -> bytes:
    from thal_core.export.marked_copy import mark

    return mark(_reading(request, data, report), str(request["language"]))


def _encodings(request: Request, data: bytes, report: Report) -> bytes:
    words = [
        (encoding, " · ".join(known_words(text))) for encoding, text in suggest_encodings(data)
    ]
    return json.dumps(words).encode()


def _published(request: Request, data: bytes, report: Report) -> bytes:
    from thal_core.audit import read_published
    from thal_core.issues import issues_frame

    rows, issues = read_published(data)
    found = issues_frame(issues)
    return pack({}, rows, found.assign(raw=found["raw"].map(shown).astype("str")))


TASKS: dict[str, Callable[[Request, bytes, Report], bytes]] = {
    "cohort": _cohort,
    "marked_copy": _marked_copy,
    "encodings": _encodings,
    "published": _published,
}


def _rehearse() -> None:
    """One small sheet is read while nobody waits, so that rules and libraries are there when
    somebody does.
    """
    from thal_core.mapping import Mapping

    conclude(parse_file(_REHEARSAL, "rehearsal.csv", Mapping(), lambda share, code: None).cohort)


if __name__ == "__main__":
    main()
