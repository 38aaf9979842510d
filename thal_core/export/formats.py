"""The documents of a report folder: which entries each format holds, and how it is written."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import partial

from thal_core.export.basket import Entry, basket
from thal_core.export.pictures import Made, Pictures
from thal_core.export.report import Answers, Report, build_report
from thal_core.export.table_shapes import TableStyle
from thal_core.issues import CohortError
from thal_core.view import Options
from thal_core.words import tr

DOCUMENTS = ("xlsx", "html", "docx", "pptx", "pdf")
log = logging.getLogger("thal_core")


@dataclass(frozen=True)
class Edition:
    """What documents are written from. names: of results. chosen: whether a person named them, or
    took them into a basket: then every document holds these and nothing else.
    """

    answers: Answers
    entries: tuple[Entry, ...]
    options: Options
    style: TableStyle
    chosen: bool = False
    title: str = ""
    pictures: dict[str, Pictures] = field(default_factory=dict)

    def report(self, ready_made: str = "") -> Report:
        """The ready-made basket as far as it is wanted, else all entries."""
        entries = self.entries
        if ready_made and not self.chosen:
            names = {entry.result for entry in entries}
            entries = tuple(entry for entry in basket(ready_made) if entry.result in names)
        return build_report(
            self.answers, entries, options=self.options, style=self.style, title=self.title
        )

    def without_answers(self) -> Edition:
        """For a page above whose contents the answers stand already."""
        if self.chosen:
            return self
        entries = tuple(entry for entry in self.entries if entry.result != "summary")
        return replace(self, entries=entries)

    def drawn(self, report: str) -> Pictures:
        """The pictures of one of the reports, shared by the formats that print it."""
        return self.pictures.setdefault(report, Pictures(self.style.language))


def _workbook(edition: Edition) -> Iterator[tuple[str, Made]]:
    from thal_core.export.workbook import workbook

    yield "report.xlsx", Made(workbook(edition.report()))


def _page(edition: Edition) -> Iterator[tuple[str, Made]]:
    from thal_core.export.page import results_page

    yield "report.html", results_page(edition.without_answers().report())


def _document(edition: Edition) -> Iterator[tuple[str, Made]]:
    from thal_core.export.document import word_document

    yield "report.docx", word_document(edition.report("paper"), edition.drawn("paper"))


def _slides(edition: Edition) -> Iterator[tuple[str, Made]]:
    from thal_core.export.slides import slides

    yield "report.pptx", slides(edition.report("talk"), edition.drawn("talk"))


def _print(edition: Edition) -> Iterator[tuple[str, Made]]:
    from thal_core.export.page import printed_page, summary_page
    from thal_core.figures.files import write_page

    made = printed_page(edition.report("paper"), edition.drawn("paper"))
    yield "report.pdf", Made(write_page(made.data.decode()), made.missing)
    if not edition.chosen:
        made = summary_page(edition.report("department"), edition.drawn("department"))
        yield "summary.pdf", Made(write_page(made.data.decode()), made.missing)


_WRITERS: dict[str, Callable[[Edition], Iterator[tuple[str, Made]]]] = {
    "xlsx": _workbook,
    "html": _page,
    "docx": _document,
    "pptx": _slides,
    "pdf": _print,
}


def documents(
    edition: Edition, formats: Sequence[str]
) -> Iterator[tuple[str, bytes, tuple[dict[str, str], ...]]]:
    """Each file with its name and what it lacks; of a format that cannot be made the name is empty
    and the reason is what it lacks.
    """
    for kind in formats:
        yield from _guarded(partial(_WRITERS[kind], edition), kind)


def _guarded(
    write: Callable[[], Iterator[tuple[str, Made]]], kind: str
) -> Iterator[tuple[str, bytes, tuple[dict[str, str], ...]]]:
    try:
        for name, made in write():
            yield name, made.data, made.missing
    except OSError:  # the folder, not the document
        raise
    except CohortError as error:
        yield "", b"", ({"result": "all", "format": kind, "why": str(error)},)
    except Exception as error:  # named, logged without values, the others go on
        log.error("%s writing %s", type(error).__name__, kind)
        why = tr("command.fault", {"kind": type(error).__name__})
        yield "", b"", ({"result": "all", "format": kind, "why": why},)
