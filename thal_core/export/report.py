"""A report before it is written: the same sections, numbers, n and tests for every format."""

from __future__ import annotations

import logging
import platform
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

import thal_core
from thal_core.analyses import REGISTRY, analyse
from thal_core.analyses.build_result import columns_of
from thal_core.cohort import Cohort
from thal_core.export.basket import Entry
from thal_core.export.journal_table import JournalTable
from thal_core.export.masked import MARKS, Masked, without_ids
from thal_core.export.table_shapes import TableStyle, journal_table, table_rule
from thal_core.export.wording import column_text, value_text, whole
from thal_core.figure_options import FigureOptions
from thal_core.issues import CohortError
from thal_core.results import Result
from thal_core.rules.catalogue import criterion, field_label
from thal_core.view import LAST, Options, Selection
from thal_core.words import join_sentences, label, tr

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

OnProgress = Callable[[float, str], None]
ONE_PATIENT = frozenset({"patient_timeline"})  # shows one person: only where patients are asked for
PRINTED = frozenset({"title", "caption", "footer"})  # what a document prints beside a figure
WIDTH = "17 cm"  # between the margins of an A4 page
log = logging.getLogger("thal_core")


@dataclass(frozen=True)
class Section:
    """One result, ready to be printed: every text is in the report's language and names nobody.

    finding: what the figure's title says; empty without a figure. legend: who and how many, what
    marks and bars are. sample: n, and who was left out. method: test and what it estimates.
    """

    name: str
    title: str
    finding: str = ""
    legend: str = ""
    sample: str = ""
    method: str = ""
    notes: tuple[str, ...] = ()
    note: str = ""
    table: JournalTable | None = None
    numbers: pd.DataFrame = field(default_factory=pd.DataFrame)
    figure_number: int = 0
    table_number: int = 0
    draw: Callable[[str], Figure] | None = None

    @property
    def headline(self) -> str:
        """One message for a slide: the finding, else what the section is about."""
        return self.finding or self.title

    def figure(self, preset: str = WIDTH) -> Figure:
        """The figure without the texts that a document prints beside it, and without any id."""
        if self.draw is None:
            raise ValueError(f"{self.name} has no figure")
        return self.draw(preset)


@dataclass(frozen=True)
class Report:
    """title, language; facts: what every export carries, as (word, text); methods: paragraphs
    written from what was run; missing: what could not be given, as (result, format, why).
    """

    title: str
    language: str
    sections: tuple[Section, ...]
    facts: tuple[tuple[str, str], ...] = ()
    methods: tuple[str, ...] = ()
    answers: JournalTable | None = None
    missing: tuple[dict[str, str], ...] = ()

    @cached_property
    def disclaimer(self) -> str:
        return tr("disclaimer", language=self.language)

    @property
    def small_print(self) -> str:
        """Criterion, patients and conditions in one line."""
        return " · ".join(
            text for code, text in self.facts if code in ("criterion", "patients", "conditions")
        )


@dataclass(frozen=True)
class Answers:
    """The results of a cohort, each asked once; under signs in place of ids unless patients are
    wanted.
    """

    masked: Masked
    patient_level: bool = False
    figures: tuple[tuple[str, FigureOptions], ...] = ()  # how they are wanted, by result
    known: dict[tuple[str, Options], Result] = field(default_factory=dict)
    sections: dict[tuple[Entry, Options, TableStyle], tuple[Section | None, str]] = field(
        default_factory=dict
    )

    def section(
        self, entry: Entry, options: Options, style: TableStyle
    ) -> tuple[Section | None, str]:
        """The section of an entry, or in one sentence why there is none (or only a part of it)."""
        if (entry, options, style) not in self.sections:
            self.sections[entry, options, style] = _section_or_reason(self, entry, options, style)
        return self.sections[entry, options, style]

    def figure(self, result: Result, language: str, preset: str) -> Figure | None:
        """The figure as it is wanted, with all its texts and marks; None where there is none."""
        drawn = result.figure(language, preset)
        if drawn is None or result.name not in dict(self.figures):
            return drawn
        from thal_core.figures.restyled import restyled

        return restyled(drawn, dict(self.figures)[result.name])

    def result(self, name: str, options: Options) -> Result:
        """Raises what the analysis raises."""
        options = replace(options, patient_id=self.masked.sign(options.patient_id))
        if (name, options) not in self.known:
            self.known[name, options] = analyse(self.masked.cohort, name, options)
        return self.known[name, options]


def answers_of(
    cohort: Cohort,
    *,
    patient_level: bool = False,
    figures: tuple[tuple[str, FigureOptions], ...] = (),
) -> Answers:
    masked = Masked(cohort) if patient_level else without_ids(cohort)
    return Answers(masked, patient_level, figures)


def build_report(
    answers: Answers,
    entries: Sequence[Entry],
    *,
    options: Options = Options(),  # noqa: B008
    style: TableStyle = TableStyle(),  # noqa: B008
    title: str = "",
    on_progress: OnProgress | None = None,
) -> Report:
    """The entries as sections, numbered in their order; what cannot be given is in ``missing``,
    and one that fails does not stop the others.
    """
    sections: list[Section] = []
    missing: list[dict[str, str]] = []
    for place, entry in enumerate(entries):
        if on_progress:
            on_progress(place / len(entries), entry.result)
        section, why = answers.section(entry, options, style)
        if section:
            sections.append(section)
        if why:
            missing.append({"result": entry.result, "format": "report", "why": why})
    language = style.language
    return Report(
        title or tr("report.title", language=language),
        language,
        _numbered(sections),
        facts(answers.masked.cohort, options, language),
        _methods(answers, entries, options, language),
        _answers_table(answers, options, style),
        tuple(missing),
    )


def _section_or_reason(
    answers: Answers, entry: Entry, options: Options, style: TableStyle
) -> tuple[Section | None, str]:
    """The section, or in one sentence why there is none (or only a part of it)."""
    language = style.language
    if entry.result in ONE_PATIENT and not answers.patient_level:
        return None, tr("report.patient_level", language=language)
    try:
        result = answers.result(entry.result, entry.asked(options))
        if result.table.empty:
            return None, result.notes.text(language) or tr("report.nothing", language=language)
        section, why = _section(answers, entry, result, style)
    except CohortError as error:
        return None, error.text(language)
    except Exception as error:  # one that fails must not take the others with it; no values logged
        log.error("%s in %s", type(error).__name__, entry.result)
        return None, tr("command.fault", {"kind": type(error).__name__}, language)
    return section, why


def _section(
    answers: Answers, entry: Entry, result: Result, style: TableStyle
) -> tuple[Section | None, str]:
    language = style.language
    table = _table(answers, entry, result, style) if entry.has_table else None
    why = ""
    if entry.has_table and table is None:
        why = tr("report.patient_level", language=language)
    drawn = answers.figure(result, language, WIDTH) if entry.has_figure else None
    if table is None and drawn is None:
        return None, why or tr("report.no_figure", language=language)
    meta = (drawn.layout.meta or {}) if drawn is not None else {}
    said = {k: _plain(str(v)) for k, v in meta.items() if isinstance(v, str)}
    caption = [_plain(sentence) for sentence in meta.get("caption", ())]
    section = Section(
        entry.result,
        entry.title or title_of(result, language),
        finding=said.get("title", ""),
        legend=join_sentences(
            filter(None, (_ended(said.get("subtitle", ""), language), *caption)), language
        ),
        sample=_sample(result, language),
        method=_plain(result.method.text(language)),
        notes=tuple(
            text for text in (_plain(m.text(language)) for m in result.notes) if text not in caption
        ),
        note=entry.note,
        table=table,
        numbers=_numbers(answers, result, language),
        draw=_drawn(answers, result, language) if drawn is not None else None,
    )
    return section, why


def title_of(result: Result, language: str) -> str:
    """What a result is about, with the quantity where it was asked for one."""
    name = label(f"result.{result.name}", language)
    usual = Options()
    if result.options.analyte != usual.analyte and "analyte" in columns_of(result.name):
        return f"{name} · {field_label(result.options.analyte, language)}"
    return name


def _plain(text: str) -> str:
    return MARKS.sub("", text)


def _ended(text: str, language: str) -> str:
    """A title or subtitle as a sentence."""
    return text and text + label("report.full_stop", language)


def _sample(result: Result, language: str) -> str:
    """``n = 48 of 52; left out: stopped (4)``."""
    total = result.n_used + result.n_excluded
    if not total:
        return ""
    code = "report.n_of" if result.n_excluded else "report.n"
    words = tr(code, {"n": result.n_used, "total": total}, language)
    reasons = "; ".join(f"{_plain(why.text(language))} ({n})" for why, n in result.excluded)
    return words + (tr("report.left_out", {"reasons": reasons}, language) if reasons else "")


def _drawn(answers: Answers, result: Result, language: str) -> Callable[[str], Figure]:
    def draw(preset: str) -> Figure:
        from thal_core.figures.theme import PX_PER_CM, preset_named, size_name

        size, drawn = preset_named(preset), _stripped(answers, result, language, preset)
        if not size.fixed:
            return drawn
        freed = sum(
            drawn.layout.meta.get("heights", {}).values()
        )  # what texts leave is for the drawing
        taller = size_name(size.width / PX_PER_CM, (size.height + freed) / PX_PER_CM)
        return _stripped(answers, result, language, taller)

    return draw


def _stripped(answers: Answers, result: Result, language: str, preset: str) -> Figure:
    from thal_core.figures.stripped import stripped

    drawn = answers.figure(result, language, preset)
    assert drawn is not None
    return stripped(drawn, PRINTED, MARKS)


def names_patients(name: str) -> bool:
    """Whether the table of a result has a row a patient."""
    return "patient_id" in columns_of(name)


def _table(
    answers: Answers, entry: Entry, result: Result, style: TableStyle
) -> JournalTable | None:
    """The printed table; None where it would list patients and nobody asked for that."""
    rule = table_rule(result.name)
    if names_patients(result.name) and rule.shape != "counts" and not answers.patient_level:
        return None
    frames = {result.name: result.translated(style.language)}
    if rule.beside:
        beside = answers.result(rule.beside, result.options)
        frames[rule.beside] = beside.translated(style.language)
    return journal_table(result.name, frames, style)


def _numbers(answers: Answers, result: Result, language: str) -> pd.DataFrame:
    """The table at full precision, for a workbook; empty where it lists patients and nobody asked
    for that.
    """
    if names_patients(result.name) and not answers.patient_level:
        return pd.DataFrame()
    return result.translated(language)


def _numbered(sections: Iterable[Section]) -> tuple[Section, ...]:
    figures = tables = 0
    numbered = []
    for section in sections:
        figures += section.draw is not None
        tables += section.table is not None
        numbered.append(
            replace(
                section,
                figure_number=figures if section.draw is not None else 0,
                table_number=tables if section.table is not None else 0,
            )
        )
    return tuple(numbered)


def _answers_table(answers: Answers, options: Options, style: TableStyle) -> JournalTable | None:
    """The dozen answers of the first screen; None where the cohort cannot give them."""
    try:
        table = answers.result("summary", options).translated(style.language)
        return journal_table("summary", {"summary": table}, style) if len(table) else None
    except CohortError:
        return None


def facts(cohort: Cohort, options: Options, language: str) -> tuple[tuple[str, str], ...]:
    """What every export carries: criterion, patients, conditions in words, file, software, date."""
    rules = criterion(options.criterion)
    month = options.month_or(rules.month)
    when = (
        tr("report.at_last", language=language)
        if month == LAST
        else tr("report.at_month", {"month": whole(float(month))}, language)
    )
    read = cohort.provenance.n_patients_read or cohort.whole.n
    conditions = conditions_text(cohort, language) or tr("report.no_condition", language=language)
    return (
        ("criterion", f"{rules.label(language)}, {when}"),
        ("patients", tr("report.n_of", {"n": cohort.n, "total": read}, language)),
        ("conditions", conditions),
        ("source", rules.source),
        ("file", f"SHA-256 {cohort.provenance.sha256}"),
        ("software", software(cohort)),
        ("made", datetime.now(UTC).strftime("%Y-%m-%d")),
    )


def software(cohort: Cohort) -> str:
    """The program and what it computes with, each with its version."""
    versions = dict(cohort.provenance.versions)
    python = versions.pop("python", platform.python_version())
    others = ", ".join(f"{name} {version}" for name, version in versions.items())
    return f"thal_core {thal_core.__version__}, Python {python}" + (f", {others}" if others else "")


def conditions_text(cohort: Cohort, language: str) -> str:
    """The filters in words."""
    return "; ".join(
        _condition_text(condition.column, condition.operator, condition.values, language)
        for text in cohort.provenance.selections
        for condition in Selection.from_json(text).where
    )


def _condition_text(column: str, operator: str, values: Sequence[str], language: str) -> str:
    words = ", ".join(value_text(value, column, language) for value in values)
    return f"{column_text(column, language)} {operator} {words}"


def _methods(
    answers: Answers, entries: Sequence[Entry], options: Options, language: str
) -> tuple[str, ...]:
    """The statistical methods section: of each result what it estimates, then every test that is
    in a printed table, then intervals and software.
    """
    paragraphs: list[str] = []
    tests: dict[str, None] = {}
    for entry in entries:
        result = answers.known.get((entry.result, entry.asked(options)))
        if result is None or result.table.empty:
            continue
        sentences = [_plain(m.text(language)) for m in result.method]
        fresh = [s for s in sentences if not any(s in p for p in paragraphs)]
        if fresh:
            paragraphs.append(join_sentences(fresh, language))
        tests |= dict.fromkeys(_tests(result))
    sentences = [label(f"method.{test}.sentence", language, "") for test in tests]
    ran = [join_sentences((s for s in sentences if s), language)]
    software_text = tr("report.software", {"versions": software(answers.masked.cohort)}, language)
    return tuple(p for p in (*paragraphs, *ran, software_text) if p)


def _tests(result: Result) -> list[str]:
    """Names of the tests and models in the printed rows of a result."""
    frame = table_rule(result.name).chosen(result.table)
    return [
        str(name)
        for column in ("method", "model")
        if column in frame
        for name in frame[column].dropna().unique()
    ]


def safe_figure(answers: Answers, result: Result, language: str, preset: str) -> Figure | None:
    """The figure with all its texts, for a file of its own; None where there is none, or where it
    shows one patient and nobody asked for that.
    """
    if result.name in ONE_PATIENT and not answers.patient_level:
        return None
    drawn = answers.figure(result, language, preset)
    if drawn is None:
        return None
    from thal_core.figures.stripped import stripped

    return stripped(drawn, (), MARKS)


def entries_for(names: Iterable[str]) -> tuple[Entry, ...]:
    """An entry for each of these results."""
    return tuple(Entry(name) for name in names if name in REGISTRY)
