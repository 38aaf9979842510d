"""Everything asked of a cohort, as files in one folder with a manifest."""

from __future__ import annotations

import json
import logging
import platform
from collections.abc import Callable
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import thal_core
from thal_core.analyses import ON_REQUEST, REGISTRY, analyse
from thal_core.cohort import Cohort
from thal_core.export.script import script
from thal_core.export.table import table_csv, tables_workbook
from thal_core.issues import CohortError
from thal_core.results import Result
from thal_core.view import Options
from thal_core.words import tr

FIGURE_FORMATS = ("svg", "png", "pdf")
FORMATS = ("csv", "xlsx", "html", *FIGURE_FORMATS, "docx", "pptx")
COHORT_TABLES = ("patients", "visits", "transfusions", "treatments", "events")
log = logging.getLogger("thal_core")
OnProgress = Callable[[float, str], None]


def write_report(
    cohort: Cohort, out: Path, *, options: Options = Options(), only: list[str] | None = None,  # noqa: B008
    formats: list[str] | None = None, patient_level: bool = False, on_progress: OnProgress | None = None,
) -> bool:
    """Write ``tables/NAME.csv``, ``figures/NAME.*``, ``script.py`` and ``manifest.json`` into ``out``.

    only: names of results (all by default; the timeline of one patient only where a patient is named).
    formats: of FORMATS; by default csv, and svg where a browser that draws it is found.
    Returns False where some output could not be made; the manifest says which and why.
    """
    from thal_core.figures.files import browser_found

    names = list(only or (name for name in REGISTRY if name not in ON_REQUEST))
    wanted = set(formats or (["csv", "svg"] if browser_found() else ["csv"]))
    (out / "tables").mkdir(parents=True, exist_ok=True)
    results, missing = [], []
    for number, name in enumerate(names):
        if on_progress:
            on_progress(number / len(names), name)
        result, fault = _answer(cohort, name, options)
        if fault:
            missing.append({"result": name, "format": "all", "why": fault})
            continue
        results.append(result)
        (out / "tables" / f"{name}.csv").write_bytes(table_csv(result.table))
        missing += _write_figures(result, out / "figures", wanted & set(FIGURE_FORMATS))
    missing += _write_documents(results, out, wanted)
    if patient_level:
        _write_cohort(cohort, out / "cohort")
    (out / "script.py").write_text(script(cohort, [r.name for r in results], options), encoding="utf-8")
    (out / "mapping.json").write_text(cohort.mapping.to_json(), encoding="utf-8")
    manifest = json.dumps(_manifest(cohort, options, results, missing), ensure_ascii=False, indent=1)
    (out / "manifest.json").write_text(manifest, encoding="utf-8")
    if on_progress:
        on_progress(1.0, names[-1])
    return not missing


def _answer(cohort: Cohort, name: str, options: Options) -> tuple[Result | None, str]:
    try:
        return analyse(cohort, name, options), ""
    except CohortError as error:
        return None, str(error)
    except Exception as error:  # one result that fails must not take the others with it; no values in the log
        log.error("%s in %s", type(error).__name__, name)
        return None, tr("command.fault", {"kind": type(error).__name__})


def _write_figures(result: Result, folder: Path, formats: set[str]) -> list[dict[str, str]]:
    missing = []
    for kind in sorted(formats):
        try:
            figure = result.figure("en", "journal_double")
            if figure is None:
                continue
            from thal_core.figures.files import write_figure

            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{result.name}.{kind}").write_bytes(write_figure(figure, kind, "journal_double"))
        except CohortError as error:
            missing.append({"result": result.name, "format": kind, "why": str(error)})
        except Exception as error:  # as above: named, logged without values, the rest goes on
            log.error("%s drawing %s", type(error).__name__, result.name)
            missing.append({"result": result.name, "format": kind, "why": tr("command.fault", {"kind": type(error).__name__})})
    return missing


def _write_documents(results: list[Result], out: Path, wanted: set[str]) -> list[dict[str, str]]:
    if "xlsx" in wanted:
        (out / "report.xlsx").write_bytes(tables_workbook({r.name: r.table for r in results}))
    if "html" in wanted:
        from thal_core.export.page import results_page

        (out / "report.html").write_text(results_page(results), encoding="utf-8")
    return [{"result": "all", "format": kind, "why": tr("command.format_not_made", {"format": kind})}
            for kind in ("docx", "pptx") if kind in wanted]


def _write_cohort(cohort: Cohort, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name in COHORT_TABLES:
        frame = getattr(cohort, name)
        (folder / f"{name}.csv").write_bytes(table_csv(frame.reset_index() if name == "patients" else frame))


def _manifest(cohort: Cohort, options: Options, results: list[Result], missing: list[dict[str, str]]) -> dict[str, object]:
    return {
        "program": "thal_core", "version": thal_core.__version__, "made": datetime.now(UTC).isoformat(timespec="seconds"),
        "disclaimer": tr("disclaimer"), "python": platform.python_version(), "versions": dict(cohort.provenance.versions),
        "file": cohort.provenance.filename, "sha256": cohort.provenance.sha256,
        "selections": list(cohort.provenance.selections), "options": asdict(options),
        "patients": cohort.n, "patients_read": cohort.provenance.n_patients_read,
        "issues": cohort.issues["severity"].value_counts().to_dict(),
        "results": [
            {"name": r.name, "rows": len(r.table), "n_used": r.n_used, "n_excluded": r.n_excluded,
             "excluded": [{"reason": str(m), "n": n} for m, n in r.excluded], "method": str(r.method), "notes": str(r.notes)}
            for r in results
        ],
        "cannot_be_given": [{"result": r.name, "why": str(r.notes)} for r in results if r.table.empty],
        "not_made": missing,
    }
