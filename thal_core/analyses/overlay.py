"""What the papers print for a drawing of the cohort: the rows of each paper's overlays.csv as
points to draw.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache, partial
from typing import TYPE_CHECKING

import pandas as pd

from thal_core.analyses.paper_audit import audit_of_the_papers
from thal_core.audit import translate_audit
from thal_core.audit.finding import Verdict
from thal_core.audit.links import Link, read_links
from thal_core.audit.printed import Printed, sibling, siblings_of
from thal_core.audit.read_printed import printed_figures, published_papers
from thal_core.results import Draw
from thal_core.rules.catalogue import paper_label
from thal_core.stats.proportions import wilson
from thal_core.words import Message, label, languages

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def printed_over(result: str, **keys: str) -> pd.DataFrame:
    """The printed figures that belong on the drawing of ``result``: those with these ``keys``
    (``analyte``, ``grouping`` …).

    One row a figure: the keys of its link (group, month, genotype, population, level), then paper,
    item, id, value (in the cohort's unit), printed (as it stands there), n (patients), doubt (the
    audit finds that it does not follow) and name (of the paper), people and why, each once for a
    language (``why_en``). Rates have value in percent with total and the Wilson interval conf_low,
    conf_high. No rows where the papers print nothing.
    """
    printed = _printed(result)
    for column, wanted in keys.items():
        printed = printed[printed[column] == wanted]
    return printed.reset_index(drop=True)


def overlaid(
    wanted: bool, result: str, plot: Callable[..., Figure], keys: dict[str, str], **choices: object
) -> tuple[Draw, list[Message]]:
    """``plot`` with these choices and, where they are ``wanted``, the printed figures on top; and,
    for the notes, that there are none.
    """
    printed = printed_over(result, **keys) if wanted else None
    none = printed is not None and printed.empty
    draw = partial(plot, published=printed, **choices)
    return draw, [Message("overlay.none")] if none else []


@lru_cache(maxsize=8)
def _printed(result: str) -> pd.DataFrame:
    """Every printed figure of one result, from the papers alone; computed once in a process, not to
    be changed.
    """
    figures = printed_figures(published_papers())
    siblings, whys = siblings_of(figures), _doubts()
    links = [link for link in read_links(figures, "overlays") if link.result == result]
    frame = pd.DataFrame(
        [place | _row(link, siblings, whys) for link in links for place in _places(link)]
    )
    if "month" in frame:
        frame["month"] = frame["month"].astype(float)
    return _rates(frame) if result == "response_rates" else frame


def _places(link: Link) -> list[dict[str, str]]:
    """Where a figure is drawn: ``grouping=a|b;group=x|y`` is two places, (a, x) and (b, y)."""
    values = {column: value.split("|") for column, value in link.where}
    most = max(map(len, values.values()))
    return [
        {column: parts[i if len(parts) > 1 else 0] for column, parts in values.items()}
        for i in range(most)
    ]


def _row(
    link: Link, siblings: dict[tuple, Printed], whys: dict[str, dict[str, str]]
) -> dict[str, object]:
    figure, size = link.figure, sibling(link.figure, "n", siblings)
    words = {
        f"{what}_{language}": text
        for language in languages()
        for what, text in (
            ("name", paper_label(figure.paper, language)),
            ("people", label(f"overlay.people.{link.link}", language, "")),
        )
    }
    return (
        {
            "paper": figure.paper,
            "item": figure.item,
            "id": figure.id,
            "column": link.column,
            "value": figure.value / link.factor,
            "printed": f"{figure.shown} {figure.unit}".strip(),
            "n": math.nan if size is None else size.value,
            "doubt": figure.id in whys,
        }
        | words
        | {f"why_{language}": whys.get(figure.id, {}).get(language, "") for language in languages()}
    )


def _doubts() -> dict[str, dict[str, str]]:
    """Why a printed figure does not follow, by its id and language."""
    audited = audit_of_the_papers()
    found = audited[audited["verdict"] == Verdict.INCONSISTENT]
    sentences = {
        language: dict(zip(found["id"], translate_audit(found, language)["why"], strict=True))
        for language in languages()
    }
    return {
        one: {language: sentences[language][one] for language in languages()} for one in found["id"]
    }


def _rates(frame: pd.DataFrame) -> pd.DataFrame:
    """Percentages and counts over the paper's own denominator, with Wilson intervals; without one
    nothing is drawn.
    """
    totals = frame[frame["column"] == "total"].set_index(["paper", "population"])["value"]
    rates = frame[frame["column"] != "total"].join(
        totals.rename("total"), on=["paper", "population"]
    )
    rates = rates.dropna(subset=["total"])
    counts = (
        rates["value"].where(rates["column"] == "n", rates["value"] * rates["total"] / 100).round()
    )
    shares = [wilson(int(n), int(total)) for n, total in zip(counts, rates["total"], strict=True)]
    return rates.assign(
        n=counts,
        value=[
            share.percent if column == "n" else value
            for share, column, value in zip(shares, rates["column"], rates["value"], strict=True)
        ],
        conf_low=[share.conf_low for share in shares],
        conf_high=[share.conf_high for share in shares],
    )
