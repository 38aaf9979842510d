"""Printed figures of the two papers beside what the loaded cohort gives."""

from __future__ import annotations

import math
from collections.abc import Mapping

import pandas as pd

from thal_core.analyses.build_result import Analysis, Unanswerable, result_of
from thal_core.analyses.paper_audit import audit_of_the_papers
from thal_core.audit.links import Link, read_links
from thal_core.audit.printed import Printed, sibling, siblings_of
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.cohort import Cohort
from thal_core.results import Result
from thal_core.stats.compare import welch_from_summary
from thal_core.stats.proportions import wilson
from thal_core.view import LAST, Options
from thal_core.words import Message, Text
from thal_core.words.escape import plain_number

COLUMNS = (
    "paper",
    "item",
    "row",
    "statistic",
    "published",
    "computed",
    "difference",
    "id",
    "group",
    "month",
    "printed",
    "unit",
    "n_published",
    "n",
    "conf_low",
    "conf_high",
    "audit_verdict",
    "audit_why",
    "audit_why_code",
    "audit_why_params",
)
LIMITS = ("<", ">", "≤", "≥")  # a printed limit has no difference
SPREAD = {"mean": ("sd", "n"), "before_mean": ("before_sd", "n"), "after_mean": ("after_sd", "n")}


def published(cohort: Cohort, options: Options, analyses: Mapping[str, Analysis]) -> Result:
    """One row per printed figure that has a counterpart in the cohort's results, which ``analyses``
    give.

    computed is in the printed unit; difference is computed − published (blank
    where a limit like P < 0.001 is printed). n_published and n: patients behind
    each. conf_low/high: 95 % interval of the difference, for means (Welch, from both means, SDs and
    n) and for percentages (Newcombe, from both Wilson intervals). audit_verdict, audit_why: what
    the audit says of the printed figure against the paper's own numbers; never a verdict on this
    cohort's. Figures for which the cohort has no counterpart are left out and counted in ``notes``.
    """
    figures = printed_figures(published_papers())
    siblings = siblings_of(figures)
    cells = _Cells(cohort, analyses)
    links = read_links(figures)
    found = [(link, cells.of(link)) for link in links]
    rows = [_row(link, cell, siblings) for link, cell in found if cell is not None]
    if not rows:
        raise Unanswerable("cannot.nothing_published")
    doubts = audit_of_the_papers().set_index("id")[["verdict", "why", "why_code", "why_params"]]
    table = (
        pd.DataFrame(rows).join(doubts.add_prefix("audit_"), on="id").reindex(columns=list(COLUMNS))
    )
    return Result(
        "published",
        table,
        n_used=cohort.n,
        method=Text([Message("about.published")]),
        notes=Text(
            [
                Message("published.counted", {"n": len(rows), "total": len(links)}),
                Message("published.not_tuned"),
            ]
        ),
    )


class _Cells:
    """The rows of the cohort's results by the key values links use; each result is computed
    once.
    """

    def __init__(self, cohort: Cohort, analyses: Mapping[str, Analysis]) -> None:
        self._cohort, self._analyses = cohort, analyses
        self._tables: dict[tuple[str, str, str], pd.DataFrame] = {}
        self._rows: dict[
            tuple[str, str, str, tuple[str, ...]], dict[tuple[str, ...], dict[str, object]]
        ] = {}

    def of(self, link: Link) -> dict[str, object] | None:
        """The row the link addresses, or None where the cohort has none or its cell is empty."""
        columns = tuple(column for column, _ in link.where)
        place = (link.result, link.criterion, link.month, columns)
        if place not in self._rows:
            self._rows[place] = _by_key(self._table(*place[:3]), columns)
        row = self._rows[place].get(tuple(value for _, value in link.where))
        return None if row is None or pd.isna(row.get(link.column)) else row

    def _table(self, result: str, criterion: str, month: str) -> pd.DataFrame:
        asked = (result, criterion, month)
        if asked not in self._tables:
            judged_at = LAST if month == LAST else float(month) if month else None
            options = Options(criterion=criterion, month=judged_at)
            found = result_of(result, self._analyses[result], self._cohort, options)
            self._tables[asked] = found.table
        return self._tables[asked]


def _by_key(
    table: pd.DataFrame, columns: tuple[str, ...]
) -> dict[tuple[str, ...], dict[str, object]]:
    """The first row for every combination of the columns' values, written as links write them (6,
    not 6.0).
    """
    if not set(columns) <= set(table):
        return {}
    rows = table.drop_duplicates(list(columns)).to_dict("records")
    return {tuple(plain_number(row[column]) for column in columns): row for row in rows}


def _row(link: Link, cell: dict[str, object], siblings: dict[tuple, Printed]) -> dict[str, object]:
    figure = link.figure
    computed = float(cell[link.column]) * link.factor
    difference = math.nan if figure.operator in LIMITS else computed - figure.value
    n_published, low, high = _interval(link, cell, computed, siblings)
    return {
        "paper": figure.paper,
        "item": figure.item,
        "row": figure.row,
        "statistic": figure.statistic,
        "published": figure.value,
        "computed": computed,
        "difference": difference,
        "id": figure.id,
        "group": figure.group,
        "month": figure.timepoint_months,
        "printed": figure.shown,
        "unit": figure.unit,
        "n_published": n_published,
        "n": _n(cell),
        "conf_low": low,
        "conf_high": high,
    }


def _interval(
    link: Link, cell: dict[str, object], computed: float, siblings: dict[tuple, Printed]
) -> tuple[float, float, float]:
    """n behind the printed figure and the limits of the difference; NaN where they cannot be
    had.
    """
    figure = link.figure
    size = sibling(figure, "n", siblings)
    if link.column in SPREAD:
        sd, n = SPREAD[link.column]
        spread = sibling(figure, "sd", siblings)
        if spread is not None and size is not None and not pd.isna(cell.get(sd)):
            test = welch_from_summary(
                computed,
                float(cell[sd]) * abs(link.factor),
                int(cell[n]),
                figure.value,
                spread.value,
                int(size.value),
            )
            return size.value, test.conf_low, test.conf_high
    count = sibling(figure, "count", siblings)
    if link.column == "percent" and count is not None and figure.value:
        total = round(100 * count.value / figure.value)
        return total, *_newcombe(int(cell["n"]), _n(cell), int(count.value), total)
    return (size.value if size is not None else math.nan), math.nan, math.nan


def _n(cell: dict[str, object]) -> float:
    """Patients behind the cell: its total, where n counts those of them with a property."""
    n = float(cell.get("n", math.nan))  # type: ignore[arg-type]
    if "total" in cell:
        return float(cell["total"])  # type: ignore[arg-type]
    percent = cell.get("percent")
    return (
        n if percent is None or pd.isna(percent) or not percent else float(round(100 * n / percent))
    )


def _newcombe(n: int, total: float, printed_n: int, printed_total: int) -> tuple[float, float]:
    """Interval of a difference of two percentages from their Wilson intervals (Newcombe 1998,
    method 10).
    """
    if not 0 <= printed_n <= printed_total or not n <= total:
        return math.nan, math.nan
    computed, other = wilson(n, int(total)), wilson(printed_n, printed_total)
    apart = computed.percent - other.percent
    below = math.hypot(computed.percent - computed.conf_low, other.conf_high - other.percent)
    above = math.hypot(computed.conf_high - computed.percent, other.percent - other.conf_low)
    return apart - below, apart + above
