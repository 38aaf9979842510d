"""Predictors as journals print them: each variable between the groups, alone in a model, and with
the others, side by side.
"""

from __future__ import annotations

import pandas as pd

from thal_core.export.journal_table import Cell, JournalTable, Row, Span, cells
from thal_core.export.table_shapes import TableStyle, estimate
from thal_core.export.wording import DASH, column_text, value_text
from thal_core.words import label, tr

FIRTH = "firth"


def regression_table(
    predictors: pd.DataFrame, models: pd.DataFrame, style: TableStyle
) -> JournalTable:
    """predictors: one row a variable (one test each). models: ``predictors_model``; of all
    patients, maximum likelihood where it exists, else Firth's, said by a letter. q: Benjamini and
    Hochberg over the rows of this table.
    """
    from thal_core.stats.multiplicity import adjust

    q_values = _adjusted(predictors["p_value"], adjust)
    models = models[models["population"] == "all"]
    rows = tuple(
        Row((*_alone(row, q, style), *_both(models, str(row["variable"]), style)))
        for row, q in zip(predictors.to_dict("records"), q_values, strict=True)
    )
    first, other = (value_text(predictors[g].iloc[0], "group", style.language) for g in _GROUPS)
    odds, p = column_text("odds", style.language), column_text("p_value", style.language)
    heads = (
        column_text("variable", style.language),
        tr("report.column.between", {"first": first, "other": other}, style.language),
        p,
        label("report.column.q_value", style.language),
        *(odds, p) * 2,
    )
    spans = tuple(
        Span(label(f"report.span.{name}", style.language) if name else "", width)
        for name, width in (("", 1), ("groups", 3), ("univariable", 2), ("multivariable", 2))
    )
    note = tr("report.note.regression", language=style.language)
    return JournalTable(cells(heads), rows, 1, spans, (note,))


_GROUPS = ("group_1", "group_2")


def _adjusted(p_values: pd.Series, adjust: object) -> list[float]:
    q_values = pd.Series(float("nan"), index=p_values.index)
    known = p_values.dropna()
    q_values[known.index] = adjust(known.to_numpy(), "benjamini_hochberg")  # type: ignore[operator]
    return list(q_values)


def _alone(row: dict[str, object], q: float, style: TableStyle) -> tuple[Cell, ...]:
    level = str(row["level"] or "")
    name = column_text(str(row["variable"]), style.language)
    words = f"{name}: {value_text(level, 'level', style.language)}" if level else name
    effect = float(row["effect"])  # type: ignore[arg-type]
    size = 0.0 if pd.isna(effect) else min(abs(effect), 1e6)
    reason = str(row["notes"] or "")
    method = str(row["method"] or "") if pd.notna(row["p_value"]) else ""
    notes = tuple(t for t in (label(f"method.{method}", style.language, method), reason) if t)
    p = style.p.text(row["p_value"])  # type: ignore[arg-type]
    return (
        Cell(words),
        Cell(estimate(effect, row["conf_low"], row["conf_high"], size, style.language)),  # type: ignore[arg-type]
        Cell(p or DASH, notes),
        Cell(style.p.text(q) or DASH),
    )


def _both(models: pd.DataFrame, variable: str, style: TableStyle) -> tuple[Cell, ...]:
    own = models[models["term"].str.split("_NTDT").str[0] == variable]
    several = own["terms"].str.contains(" + ", regex=False)
    return (*_odds(own[~several], style), *_odds(own[several], style))


def _odds(rows: pd.DataFrame, style: TableStyle) -> tuple[Cell, Cell]:
    finite = rows[rows["odds_ratio"].notna()]
    if finite.empty:
        reasons = tuple(dict.fromkeys(str(note) for note in rows["notes"] if note))[:1]
        return Cell(DASH if len(rows) else "", reasons), Cell(DASH if len(rows) else "")
    row = finite.sort_values("model", key=lambda names: names == FIRTH, kind="stable").iloc[0]
    size = min(abs(row["odds_ratio"]), 1e6)
    words = estimate(row["odds_ratio"], row["conf_low"], row["conf_high"], size, style.language)
    note = (label(f"method.{FIRTH}", style.language),) if row["model"] == FIRTH else ()
    return Cell(words, note), Cell(style.p.text(row["p_value"]))
