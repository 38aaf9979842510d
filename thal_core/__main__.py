"""Command line: ``python -m thal_core check FILE`` and ``python -m thal_core report FILE --out
DIR``.

Exit 0: read. 1: cells left out, or some output not made (the manifest says which and why). 2: could
not be read, or not written; one line on standard error. 130: stopped by a person. 141: nobody reads
the answer any more.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import sys
import warnings
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from thal_core.cohort import Cohort
from thal_core.issues import CohortError
from thal_core.mapping import Mapping
from thal_core.view import LAST, Condition, Selection, View
from thal_core.vocabulary import Severity
from thal_core.words import Message, languages, tr

if TYPE_CHECKING:
    from thal_core.export.basket import Entry

log = logging.getLogger("thal_core")


def main(arguments: list[str] | None = None) -> int:
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    if not sys.warnoptions:
        warnings.simplefilter("ignore")  # a library's warning may show what a cell holds
    args = _parser().parse_args(arguments)
    try:
        status = int(args.run(args))
        sys.stdout.flush()
        return status
    except CohortError as error:
        print(str(error), file=sys.stderr)
    except KeyboardInterrupt:
        print(tr("command.stopped"), file=sys.stderr)
        return 130
    except BrokenPipeError:  # | head has seen enough
        _drop_the_rest()
        return 141
    except OSError as error:  # of reading is said by _opened
        _drop_the_rest()
        where = str(error.filename or getattr(args, "out", "") or tr("command.standard_output"))
        print(
            tr(
                "command.not_written",
                {"file": where, "why": error.strerror or type(error).__name__},
            ),
            file=sys.stderr,
        )
    except (
        Exception
    ) as error:  # no traceback ever reaches a user; the log names type and place, never a value
        trace = error.__traceback__
        while trace and trace.tb_next:
            trace = trace.tb_next
        where = f"{trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}" if trace else "?"
        log.error("%s at %s", type(error).__name__, where)
        print(tr("command.fault", {"kind": type(error).__name__}), file=sys.stderr)
    return 2


def _drop_the_rest() -> None:
    """What is still to be printed goes nowhere, so that the end of the process does not stumble
    over it.
    """
    with contextlib.suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


@contextlib.contextmanager
def _opened(path: str) -> Iterator[Path]:
    """While this file is read: an error of the system is then about it."""
    try:
        yield Path(path)
    except OSError as error:
        why = error.strerror or type(error).__name__
        raise CohortError("command.file", file=str(error.filename or path), why=why) from error


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m thal_core", description="Thalidomide in β-thalassemia: research use only."
    )
    commands = parser.add_subparsers(required=True)
    check = commands.add_parser("check", help="read a sheet and say what was understood")
    report = commands.add_parser("report", help="every table and figure of a sheet into a folder")
    for command, run in ((check, _check), (report, _report)):
        command.add_argument("file", metavar="FILE")
        command.add_argument("--mapping", metavar="M.json", help="column mapping saved before")
        command.set_defaults(run=run)
    check.add_argument(
        "--json", action="store_true", help="machine-readable answer on standard output"
    )
    for flag, settings in _report_options().items():
        report.add_argument(flag, **settings)
    return parser


def _report_options() -> dict[str, dict[str, Any]]:
    """What a report may be asked for: flag → how argparse reads it."""
    several: dict[str, Any] = {"nargs": "+", "action": "extend", "default": []}
    last = "month of judgement, or last (each patient's last judged visit)"
    basket = "talk, paper, department, or a list saved by the app: every document holds it"
    return {
        "--out": {"required": True, "metavar": "DIR"},
        "--criterion": {"metavar": "ID"},
        "--month": {"metavar": "M", "help": last},
        "--where": several | {"metavar": "EXPR", "help": "sex=female  age_years>=14"},
        "--only": several | {"metavar": "NAME"},
        "--formats": {"default": "", "help": "csv,xlsx,docx,pptx,html,svg,png,pdf"},
        "--basket": {"default": "", "metavar": "NAME", "help": basket},
        "--language": {"default": "en", "choices": languages()},
        "--p-style": {"default": "", "metavar": "STYLE", "help": "zero, no_zero or three"},
        "--view": {"metavar": "V.json", "help": "a saved view: mapping, selection and options"},
        "--patient-level": {"action": "store_true", "help": "also write the cohort's own tables"},
    }


def _read(args: argparse.Namespace, mapping: Mapping | None) -> Cohort:
    from thal_core.reader import read_cohort

    if args.mapping:
        with _opened(args.mapping) as path:
            mapping = Mapping.from_json(path.read_bytes())
    with _opened(args.file) as path:
        return read_cohort(
            path,
            mapping=mapping,
            isolated=True,
            on_progress=_progress if sys.stderr.isatty() else None,
        )


def _progress(fraction: float, code: str) -> None:
    print(
        f"\r{fraction:4.0%} {tr(code)[:60]:60}",
        end="\n" if fraction >= 1 else "",
        file=sys.stderr,
        flush=True,
    )


def _left_out(cohort: Cohort) -> bool:
    return bool((cohort.issues["severity"] == Severity.ERROR).any())


def _check(args: argparse.Namespace) -> int:
    cohort = _read(args, None)
    if args.json:
        print(json.dumps(_record(cohort), ensure_ascii=False))
    else:
        print("\n".join(_lines(cohort)))
    return int(_left_out(cohort))


def _record(cohort: Cohort) -> dict[str, object]:
    """What ``check --json`` says (contract.md)."""
    issues = cohort.issues.drop(columns="params")
    return {
        "patients": cohort.n,
        "visits": len(cohort.visits),
        "events": len(cohort.events),
        "mapping": cohort.mapping.to_records(),
        "issues": json.loads(issues.to_json(orient="records", force_ascii=False)),
    }


def _lines(cohort: Cohort) -> Iterator[str]:
    """What ``check`` says: the counts, each column with its proposals, each issue."""
    counts = {"patients": cohort.n, "visits": len(cohort.visits), "events": len(cohort.events)}
    yield tr("command.counts", counts)
    for column in cohort.mapping.columns:
        sure = f" ({column.confidence:.0%})" if column.confidence else ""
        meaning = _meaning(column.field, column.month, column.unit)
        yield f"  {column.sheet}!{column.letter}  {column.title!r} → {meaning}{sure}"
        for one in column.candidates if column.is_open else ():
            meant = _meaning(one.field, one.month, one.unit)
            yield "      " + tr("command.proposal", {"meaning": meant, "why": Message(one.why)})
    for issue in cohort.issues.to_dict("records"):
        place = f"{issue['sheet']}!{issue['cell']}"
        yield f"  {issue['severity']}: {place} {issue['message']} {issue['action']}".rstrip()


def _meaning(field: str, month: float | None, unit: str) -> str:
    return " ".join(p for p in (field, "" if month is None else f"· month {month:g}", unit) if p)


def _asked(args: argparse.Namespace) -> dict[str, object]:
    """The options given on the command line."""
    asked: dict[str, object] = {"criterion": args.criterion} if args.criterion else {}
    if args.month:
        try:
            asked["month"] = LAST if args.month == LAST else float(args.month)
        except ValueError as error:
            raise CohortError("view.bad_option", name="month") from error
    return asked


def _basket(given: str) -> tuple[Entry, ...]:
    """A ready-made basket by its name, or a list saved as JSON; none where none is given."""
    from thal_core.export.basket import basket, baskets, from_json

    if not given:
        return ()
    if given in baskets() or not Path(given).is_file():
        return basket(given)
    with _opened(given) as path:
        return from_json(path.read_bytes())


def _report(args: argparse.Namespace) -> int:
    from thal_core.analyses import REGISTRY
    from thal_core.export.folder import FORMATS, write_report
    from thal_core.export.table_shapes import TableStyle
    from thal_core.export.wording import p_style
    from thal_core.groups import check_month
    from thal_core.rules.catalogue import criterion
    from thal_core.selection import select

    view = View()
    if args.view:
        with _opened(args.view) as path:
            view = View.from_json(path.read_bytes())
    options = replace(view.options, **_asked(args))
    style = TableStyle(args.language, p_style(args.p_style))
    criterion(options.criterion)
    selection = Selection((*view.selection.where, *(Condition.parse(w) for w in args.where)))
    for given, allowed, what in (
        (args.only, REGISTRY, "result"),
        ([f for f in args.formats.split(",") if f], FORMATS, "format"),
    ):
        for name in given:
            if name not in allowed:
                raise CohortError("choice.unknown", what=what, given=name, allowed=list(allowed))
    cohort = _read(args, view.mapping if args.view else None)
    check_month(cohort, options)
    chosen = select(cohort, selection)
    complete = write_report(
        chosen,
        Path(args.out),
        options=options,
        only=args.only,
        patient_level=args.patient_level,
        style=style,
        entries=_basket(args.basket),
        figures=view.figures,
        formats=[f for f in args.formats.split(",") if f],
        on_progress=_progress if sys.stderr.isatty() else None,
    )
    return int(_left_out(cohort) or not complete)


if __name__ == "__main__":
    sys.exit(main())
