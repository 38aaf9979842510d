"""The audit: every printed figure beside what the paper's own numbers give."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable, Sequence

import pandas as pd

from thal_core.audit.checks import KINDS
from thal_core.audit.checktable import Check, cases, papers_of, read_checks
from thal_core.audit.finding import NOTHING, Finding, Verdict
from thal_core.audit.infer import infer_checks
from thal_core.audit.printed import Printed
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.words import Message, Text

COLUMNS = (
    "id",
    "paper",
    "item",
    "figure",
    "published",
    "recomputed_low",
    "recomputed_high",
    "verdict",
    "why",
    "printed",
    "unit",
    "importance",
    "test",
    "n_checks",
    "used",
    "why_code",
    "why_params",
)
IMPORTANCE = ("high", "medium", "low")
_GRAVITY = {verdict: place for place, verdict in enumerate(Verdict)}


def audit(rows: pd.DataFrame | None = None, checks: Sequence[Check] | None = None) -> pd.DataFrame:
    """Recomputes whatever the printed figures allow: one row per printed figure, in their order.

    rows: as ``read_published`` gives them; None: the papers in rules/papers. checks: rows of
    the check table; None: the checks a paper brings with it, for any other inferred from the
    structure of its rows.

    Columns: id, paper, item, figure (row · group · statistic), published (number),
    recomputed_low/high (what it can be over the whole interval that rounding allows; an end that is
    open is blank), verdict, why (English; ``translate_audit`` for another language), printed (as it
    stands there), unit, importance (high, medium, low; of the gravest finding), test (which
    reproduces a P), n_checks, used (ids of the figures it was computed from), why_code (of its
    first sentence) and why_params (JSON: the sentences as codes with parameters). Of several checks
    the gravest verdict is shown, and of those the first of the check table.
    """
    figures = printed_figures(published_papers() if rows is None else rows)
    if checks is None:
        checks = _checks_for(figures)
    found: dict[str, list[Finding]] = {}
    for one in findings(figures, checks):
        found.setdefault(one.figure.id, []).append(one)
    helped = _helped(found)
    records = [_record(f, found.get(f.id, []), helped.get(f.id)) for f in figures]
    return pd.DataFrame(records, columns=list(COLUMNS)).astype(
        {"published": float, "n_checks": int}
    )


def findings(figures: Sequence[Printed], checks: Iterable[Check]) -> list[Finding]:
    """Everything that every check says, in the order of the checks."""
    papers = papers_of(figures)
    return [
        one
        for check in checks
        if check.kind in KINDS
        for case in cases(check, papers)
        for one in KINDS[check.kind](case)
    ]


def findings_first(frame: pd.DataFrame) -> pd.DataFrame:
    """An audit in the order of a referee's report: gravest verdict first, then importance, then the
    paper's order.
    """
    order = pd.DataFrame(
        {
            "verdict": frame["verdict"].map({v.value: place for v, place in _GRAVITY.items()}),
            "importance": frame["importance"].map(
                {name: place for place, name in enumerate(IMPORTANCE)}
            ),
        }
    )
    return frame.loc[order.sort_values(["verdict", "importance"], kind="stable").index]


def count_verdicts(frame: pd.DataFrame) -> pd.DataFrame:
    """Per paper: n figures, how many were checked, and of each verdict."""
    counted = pd.crosstab(frame["paper"], frame["verdict"]).reindex(
        columns=[v.value for v in Verdict], fill_value=0
    )
    counted.insert(0, "n", counted.sum(axis=1))
    counted.insert(1, "n_checked", counted["n"] - counted[Verdict.CANNOT.value])
    return counted.rename_axis(columns=None).reset_index()


def translate_audit(frame: pd.DataFrame, language: str) -> pd.DataFrame:
    """The same audit with ``why`` in ``language``."""
    return frame.assign(
        why=[_why(json.loads(reasons), language) for reasons in frame["why_params"]]
    )


def _checks_for(figures: Sequence[Printed]) -> list[Check]:
    """The declared checks of the papers that have some, inferred ones for the others."""
    declared = read_checks()
    known = {check.paper for check in declared}
    return [*declared, *infer_checks([f for f in figures if f.paper not in known])]


def _helped(found: dict[str, list[Finding]]) -> dict[str, str]:
    """Figures that another figure's check was computed from: id → the id of that figure."""
    helped: dict[str, str] = {}
    for one in (f for ones in found.values() for f in ones if f.verdict is not Verdict.CANNOT):
        for used in one.used:
            helped.setdefault(used, one.figure.id)
    return helped


def _record(figure: Printed, found: list[Finding], helps: str | None) -> dict[str, object]:
    place = [IMPORTANCE.index(f.case.check.importance) for f in found]
    order = sorted(range(len(found)), key=lambda i: (_GRAVITY[found[i].verdict], place[i], i))
    first = found[order[0]] if found else None
    bounds = next((found[i] for i in order if _tells(found[i], first)), None)
    recomputed = bounds.recomputed if bounds else NOTHING
    reasons = _reasons(first, bounds, helps)
    return {
        "id": figure.id,
        "paper": figure.paper,
        "item": figure.item,
        "figure": figure_name(figure),
        "published": figure.value,
        "recomputed_low": _finite(recomputed.low),
        "recomputed_high": _finite(recomputed.high),
        "verdict": first.verdict.value if first else Verdict.CANNOT.value,
        "why": _why(reasons, "en"),
        "printed": figure.shown,
        "unit": figure.unit,
        "importance": first.case.check.importance if first else IMPORTANCE[-1],
        "test": first.test if first else "",
        "n_checks": sum(f.verdict is not Verdict.CANNOT for f in found),
        "used": " ".join(first.used) if first else "",
        "why_code": reasons[0][0],
        "why_params": json.dumps(reasons, ensure_ascii=False),
    }


def _reasons(
    first: Finding | None, bounds: Finding | None, helps: str | None
) -> list[tuple[str, dict]]:
    """The sentences of why, as codes with parameters: what was found, what gives the bounds, the
    remark.
    """
    if first is None:
        return (
            [("audit.helps.cannot_be_checked", {"id": helps})]
            if helps
            else [("audit.alone.cannot_be_checked", {})]
        )
    reasons = [(one.code, one.params) for one in (first, bounds) if one is not None]
    if bounds is first:
        reasons.pop()
    remark = first.case.check.remark
    if remark and first.verdict in (Verdict.INCONSISTENT, Verdict.PLAUSIBLE):
        reasons.append((remark, {}))
    return reasons


def _tells(one: Finding, first: Finding | None) -> bool:
    """Has bounds to show beside the shown verdict."""
    return first is not None and one.verdict is first.verdict and not math.isnan(one.recomputed.low)


def _finite(end: float) -> float:
    return end if math.isfinite(end) else math.nan


def figure_name(figure: Printed) -> str:
    """Row, group, month and statistic of a figure in one line."""
    month = figure.timepoint_months
    shown = f"{month} M" if month and figure.measure == figure.row else ""
    return " · ".join(filter(None, (figure.row, figure.group, shown, figure.statistic)))


def _why(reasons: list[tuple[str, dict]], language: str) -> str:
    return Text(Message(code, _in_words(params)) for code, params in reasons).text(language)


def _in_words(params: dict[str, object]) -> dict[str, object]:
    """What is missing is itself a word of the catalogue."""
    return {
        name: Message(f"audit.what.{value}") if name == "missing" else value
        for name, value in params.items()
    }
