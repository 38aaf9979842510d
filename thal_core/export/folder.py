"""Everything asked of a cohort, as files in one folder with a manifest."""

from __future__ import annotations

import contextlib
import json
import logging
import platform
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

import thal_core
from thal_core.analyses import ON_REQUEST, REGISTRY
from thal_core.cohort import Cohort
from thal_core.export.basket import Entry
from thal_core.export.formats import DOCUMENTS, Edition, documents
from thal_core.export.masked import MARKS
from thal_core.export.report import answers_of, entries_for, safe_figure
from thal_core.export.script import script
from thal_core.export.table import table_csv
from thal_core.export.table_shapes import TableStyle
from thal_core.figure_options import FigureOptions
from thal_core.issues import CohortError
from thal_core.results import Result
from thal_core.view import Options
from thal_core.words import tr

FIGURE_FORMATS = ("svg", "png", "pdf")
FORMATS = ("csv", "xlsx", "html", *FIGURE_FORMATS, "docx", "pptx")
COHORT_TABLES = ("patients", "visits", "transfusions", "treatments", "events")
log = logging.getLogger("thal_core")
OnProgress = Callable[[float, str], None]
MANIFEST = "manifest.json"
OWN = (
    "tables",
    "figures",
    "cohort",
    "script.py",
    "mapping.json",
    MANIFEST,
    "report.xlsx",
    "report.html",
    "report.docx",
    "report.pptx",
    "report.pdf",
    "summary.pdf",
)


@dataclass
class _Folder:
    """The folder of one report, and the files written into it so far, by their names within it."""

    root: Path
    files: list[str] = field(default_factory=list)

    def write(self, name: str, data: bytes | str) -> None:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        self.files.append(name)
        path.write_bytes(data.encode("utf-8", "replace") if isinstance(data, str) else data)


def _make_room(out: Path, sha256: str) -> None:
    """Take away what an earlier report of the same file wrote here, and nothing else.

    Raises CohortError where another file's report, or a file that no report lists, would be mixed
    with the new one.
    """
    listed = _listed(out, sha256)
    for path in (p for name in OWN for p in (out / name, *(out / name).rglob("*"))):
        if path.is_file() and path.relative_to(out).as_posix() not in listed:
            raise CohortError(
                "command.foreign_file", folder=str(out), file=path.relative_to(out).as_posix()
            )
    for name in listed:
        (out / name).unlink(missing_ok=True)
    for place in ("tables", "figures", "cohort"):
        with contextlib.suppress(OSError):
            (out / place).rmdir()  # where it is there and empty


def _listed(out: Path, sha256: str) -> list[str]:
    """The files that the manifest found in ``out`` says it wrote; none where there is no manifest
    of this program.
    """
    try:
        manifest = json.loads((out / MANIFEST).read_text(encoding="utf-8"))
        ours = manifest["program"] == "thal_core"
        names = [str(name) for name in manifest.get("files", [])]
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return []
    if not ours:
        return []
    if manifest.get("sha256") != sha256:
        raise CohortError("command.other_cohort", folder=str(out))
    kept = out.resolve()
    return [
        name
        for name in names
        if (out / name).resolve().is_relative_to(kept) and (out / name).is_file()
    ]


def write_report(
    cohort: Cohort,
    out: Path,
    *,
    options: Options = Options(),  # noqa: B008
    only: list[str] | None = None,
    formats: list[str] | None = None,
    patient_level: bool = False,
    style: TableStyle = TableStyle(),  # noqa: B008
    entries: tuple[Entry, ...] = (),
    figures: tuple[tuple[str, FigureOptions], ...] = (),
    on_progress: OnProgress | None = None,
) -> bool:
    """Write ``tables/NAME.csv``, ``figures/NAME.*``, documents, ``script.py`` and
    ``manifest.json`` into ``out``.

    only: names of results (all by default; the timeline of one patient only where a patient is
    named). formats: of FORMATS; by default csv, and svg where a browser that draws it is found.
    Documents and figures name no patient unless ``patient_level``. style: the language of
    documents and figures, and how P is printed. entries: what every document holds, in order,
    in place of the ready-made baskets; ``tables/`` then has these results. figures: how those of a
    result are wanted (of a View). An earlier report of the same file in ``out``
    makes room; with anything else there nothing is written (CohortError). Returns False where some
    output could not be made; the manifest says which and why.
    """
    from thal_core.figures.files import browser_found

    own = list(dict.fromkeys(entry.result for entry in entries))
    names = list(only or own or (name for name in REGISTRY if name not in ON_REQUEST))
    wanted = set(formats or (["csv", "svg"] if browser_found() else ["csv"]))
    _make_room(out, cohort.provenance.sha256)
    answers = answers_of(cohort, patient_level=patient_level, figures=figures)
    chosen = entries or entries_for(names)
    edition = Edition(answers, chosen, options, style, chosen=bool(only or entries))
    folder, results, missing = _Folder(out), [], []
    (out / "tables").mkdir(parents=True, exist_ok=True)
    try:
        _write_all(edition, folder, wanted, results, missing, on_progress)
        if patient_level:
            _write_cohort(cohort, folder)
        folder.write("script.py", script(cohort, [(r.name, r.options) for r in results]))
        folder.write("mapping.json", cohort.mapping.to_json())
    finally:  # a report that was stopped says what it left, so that the next one can take it away
        manifest = _manifest(cohort, options, results, missing, [*folder.files, MANIFEST])
        folder.write(MANIFEST, json.dumps(manifest, ensure_ascii=False, indent=1))
    if on_progress:
        on_progress(1.0, names[-1])
    return not missing


def _write_all(
    edition: Edition,
    folder: _Folder,
    wanted: set[str],
    results: list[Result],
    missing: list[dict[str, str]],
    on_progress: OnProgress | None,
) -> None:
    """Tables, figures and documents; what came of them is added to ``results`` and ``missing``."""
    kinds = [kind for kind in DOCUMENTS if kind in wanted]
    steps = len(edition.entries) + len(kinds)
    for number, (name, entry) in enumerate(_file_names(edition.entries).items()):
        if on_progress:
            on_progress(number / steps, entry.result)
        result, fault = _answer(edition, entry)
        if result is None:
            missing.append({"result": entry.result, "format": "all", "why": fault})
            continue
        table = edition.answers.masked.restored(result.table)
        results.append(replace(result, table=table))
        folder.write(f"tables/{name}.csv", table_csv(table))
        missing += _write_figures(edition, result, name, folder, wanted & set(FIGURE_FORMATS))
    for number, kind in enumerate(kinds, len(edition.entries)):
        if on_progress:
            on_progress(number / steps, kind)
        for name, data, lacking in documents(edition, [kind]):
            missing += lacking
            if name:
                folder.write(name, data)


def _file_names(entries: Iterable[Entry]) -> dict[str, Entry]:
    """A file name for each entry: the result's, counted where it comes twice."""
    named: dict[str, Entry] = {}
    for entry in entries:
        name, count = entry.result, 1
        while name in named:
            count += 1
            name = f"{entry.result}_{count}"
        named[name] = entry
    return named


def _answer(edition: Edition, entry: Entry) -> tuple[Result | None, str]:
    name = entry.result
    try:
        return edition.answers.result(name, entry.asked(edition.options)), ""
    except CohortError as error:
        return None, str(error)
    except (
        Exception
    ) as error:  # one result that fails must not take the others with it; no values in the log
        log.error("%s in %s", type(error).__name__, name)
        return None, tr("command.fault", {"kind": type(error).__name__})


def _write_figures(
    edition: Edition, result: Result, name: str, folder: _Folder, formats: set[str]
) -> list[dict[str, str]]:
    from thal_core.figures.files import write_figure

    missing = []
    for kind in sorted(formats):
        try:
            wanted = dict(edition.answers.figures).get(result.name, FigureOptions())
            figure = safe_figure(edition.answers, result, edition.style.language, wanted.size)
            if figure is None:
                continue
            drawn = write_figure(figure, kind, wanted.size, dpi=wanted.dpi or None)
            folder.write(f"figures/{name}.{kind}", drawn)
        except OSError:  # the folder, not the figure
            raise
        except CohortError as error:
            missing.append({"result": result.name, "format": kind, "why": str(error)})
        except Exception as error:  # as above: named, logged without values, the rest goes on
            log.error("%s drawing %s", type(error).__name__, result.name)
            why = tr("command.fault", {"kind": type(error).__name__})
            missing.append({"result": result.name, "format": kind, "why": why})
    return missing


def _write_cohort(cohort: Cohort, folder: _Folder) -> None:
    for name in COHORT_TABLES:
        frame = getattr(cohort, name)
        folder.write(
            f"cohort/{name}.csv", table_csv(frame.reset_index() if name == "patients" else frame)
        )


def _manifest(
    cohort: Cohort,
    options: Options,
    results: list[Result],
    missing: list[dict[str, str]],
    files: list[str],
) -> dict[str, object]:
    return {
        "program": "thal_core",
        "version": thal_core.__version__,
        "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "disclaimer": tr("disclaimer"),
        "python": platform.python_version(),
        "versions": dict(cohort.provenance.versions),
        "file": cohort.provenance.filename,
        "sha256": cohort.provenance.sha256,
        "selections": list(cohort.provenance.selections),
        "options": asdict(options),
        "patients": cohort.n,
        "patients_read": cohort.provenance.n_patients_read,
        "issues": cohort.issues["severity"].value_counts().to_dict(),
        "results": [
            {
                "name": r.name,
                "rows": len(r.table),
                "n_used": r.n_used,
                "n_excluded": r.n_excluded,
                "excluded": [{"reason": MARKS.sub("", str(m)), "n": n} for m, n in r.excluded],
                "method": MARKS.sub("", str(r.method)),
                "notes": MARKS.sub("", str(r.notes)),
            }
            for r in results
        ],
        "cannot_be_given": [
            {"result": r.name, "why": MARKS.sub("", str(r.notes))} for r in results if r.table.empty
        ],
        "not_made": missing,
        "files": files,
    }
