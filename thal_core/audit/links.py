"""Which cell of which result of a cohort stands beside a printed figure (links.csv of its paper).

A link selects printed rows (selectors of ``checktable``) and names a result, a column and the key
values of its row; ``{…}`` stands for a property of the printed row: row, timepoint_months,
``row_month`` (the month in its label), ``month_i``/``month_j`` ("0 vs 12"), ``genotype`` (its
label, parsed), ``phenotype`` and ``response_group`` (of its group), ``analyte``
(rules/published_measures.csv and measures.csv of a paper), ``statistic`` as a column name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import lru_cache

from thal_core.audit.checktable import Paper, Selector, papers_of
from thal_core.audit.printed import Printed
from thal_core.genotype import parse_genotype
from thal_core.rules.catalogue import criteria, read_paper_rules, read_rules

COLUMN_OF = {"se": "std_error", "p": "p_value", "count": "n"}
WITH_UNIT = frozenset({"mean", "sd", "se", "mean_diff", "min", "max", "median"})
_MONTH = re.compile(r"(?<!\d)(\d+)\s?M$")


@dataclass(frozen=True)
class Link:
    """A printed figure and the address of its counterpart: computed × factor is in the printed
    unit.
    """

    figure: Printed
    result: str
    column: str
    where: tuple[tuple[str, str], ...]
    criterion: str
    factor: float
    link: str = ""
    month: str = ""  # of judgement; empty: the criterion's own, else a number or "last"


def read_links(figures: Iterable[Printed], table: str = "links") -> list[Link]:
    """One Link per printed figure that has a counterpart, in the order of the figures; the first
    link counts.

    table: ``links`` or ``overlays``, a file of each paper's folder; its rows choose among that
    paper's figures.
    """
    figures = list(figures)
    papers = papers_of(figures)
    found: dict[str, Link] = {}
    for row in read_paper_rules(table):
        for figure in Selector.parse(row["select"]).choose(papers.get(row["paper"], Paper([]))):
            found.setdefault(figure.id, _link(row, figure))
    return [found[f.id] for f in figures if f.id in found]


def _link(row: dict[str, str], figure: Printed) -> Link:
    known = _Properties(figure)
    where = tuple(
        (key, value.format_map(known))
        for key, _, value in (part.partition("=") for part in row["where"].split(";"))
    )
    return Link(
        figure,
        row["result"],
        row["column"].format_map(known),
        where,
        row["criterion"],
        float(row["factor"]) * _factor(figure),
        row["link"],
        row.get("month", ""),
    )


class _Properties(dict):
    """What a link's ``{…}`` may ask of a printed row, worked out when it is asked."""

    def __init__(self, figure: Printed) -> None:
        super().__init__()
        self._figure = figure

    def __missing__(self, name: str) -> str:
        return PROPERTIES[name](self._figure)


def _genotype(figure: Printed) -> str:
    label = figure.row.partition(" ")[2] or figure.row  # "① β-28/β-28"
    return parse_genotype(label).name or label


def _row_month(figure: Printed) -> str:
    month = _MONTH.search(figure.row)
    return month.group(1) if month else ""


def _phenotype(figure: Printed) -> str:
    first = figure.group.partition(" ")[0]
    return first if first in ("TDT", "NTDT") else "all"


PROPERTIES: dict[str, Callable[[Printed], str]] = {
    "row": lambda f: f.row,
    "timepoint_months": lambda f: f.timepoint_months,
    "statistic": lambda f: COLUMN_OF.get(f.statistic, f.statistic),
    "row_month": _row_month,
    "month_i": lambda f: f.timepoint_months.partition(" vs ")[0],
    "month_j": lambda f: f.timepoint_months.partition(" vs ")[2],
    "phenotype": _phenotype,
    "response_group": lambda f: (
        f.group if f.group in {one.best for one in criteria().values()} else "other"
    ),
    "analyte": lambda f: _measure(f).get("analyte", ""),
    "genotype": _genotype,
}


@lru_cache(maxsize=1)
def _measures() -> list[dict[str, str]]:
    return [*read_paper_rules("measures"), *read_rules("published_measures")]


def _measure(figure: Printed) -> dict[str, str]:
    rows = [row for row in _measures() if row["measure"] == figure.measure]
    return next((row for row in rows if row["unit"] == figure.unit), rows[0] if rows else {})


def _factor(figure: Printed) -> float:
    """From the cohort's unit to the printed one, where the figure has a unit that the cohort writes
    otherwise.
    """
    measure = _measure(figure)
    if figure.statistic not in WITH_UNIT or measure.get("unit") != figure.unit:
        return 1.0
    return float(measure["factor"])
