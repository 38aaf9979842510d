"""Table 1 as journals print it: a column a group, n (%), mean (SD) or median (quartiles), missing,
SMD, P with its test by letter.
"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from thal_core.export.journal_table import Cell, JournalTable, Row, cells
from thal_core.export.table_shapes import TableStyle, estimate, mean_sd
from thal_core.export.wording import DASH, column_text, number, percent, value_text, whole
from thal_core.rules.catalogue import read_rules
from thal_core.words import label, tr


@lru_cache(maxsize=1)
def skewed() -> frozenset[str]:
    """Quantities that are given as median and quartiles (rules/skewed.csv)."""
    return frozenset(row["field"] for row in read_rules("skewed"))


def baseline_table(table: pd.DataFrame, style: TableStyle) -> JournalTable:
    """``baseline_table`` turned. Missing, SMD and P stand once for a variable; columns that nothing
    is in are left out.
    """
    groups = list(dict.fromkeys(table["group"]))
    rows: list[Row] = []
    for variable, part in table.groupby("variable", sort=False):
        rows += _variable_rows(str(variable), part, groups, style)
    sizes = _group_sizes(table)
    heads = [f"{value_text(g, 'group', style.language)} (n = {sizes[g]})" for g in groups]
    last = [column_text(c, style.language) for c in ("missing", "smd", "p_value")]
    columns = cells([column_text("variable", style.language), *heads, *last])
    footnote = tr("report.note.baseline", language=style.language)
    return _without_blank(JournalTable(columns, tuple(rows), 1, (), (footnote,)), 1 + len(groups))


def _group_sizes(table: pd.DataFrame) -> dict[str, int]:
    first = table[table["variable"] == table["variable"].iloc[0]]
    return {
        str(g): int(part["n"].sum() + part["missing"].iloc[0])
        for g, part in first.groupby("group", sort=False)
    }


def _variable_rows(
    variable: str, part: pd.DataFrame, groups: list[str], style: TableStyle
) -> list[Row]:
    levels = [level for level in dict.fromkeys(part["level"]) if level]
    name, first = column_text(variable, style.language), part.iloc[0]
    end = _end(first, style)
    if not levels:
        suffix = label(
            "report.median_iqr" if variable in skewed() else "report.mean_sd", style.language
        )
        texts = _group_texts(part, groups, variable)
        return [Row((Cell(f"{name}, {suffix}"), *cells(texts), *end))]
    if set(levels) == {"yes", "no"}:
        texts = _group_texts(part[part["level"] == "yes"], groups, variable)
        return [Row((Cell(f"{name}, n (%)"), *cells(texts), *end))]
    blank = (Cell(),) * len(groups)
    return [Row((Cell(f"{name}, n (%)"), *blank, *end))] + [
        Row(
            (
                Cell(value_text(level, variable, style.language)),
                *cells(_group_texts(part[part["level"] == level], groups, variable)),
                *(Cell(),) * 3,
            ),
            level=1,
        )
        for level in levels
    ]


def _end(first: pd.Series, style: TableStyle) -> tuple[Cell, Cell, Cell]:
    """Missing in all patients, SMD between the groups, P with its test."""
    method = str(first["method"] or "") if pd.notna(first["p_value"]) else ""
    notes = (label(f"method.{method}", style.language, method),) if method else ()
    return (
        Cell(whole(first["missing"]) if first["missing"] else ""),
        Cell("" if pd.isna(first["smd"]) else number(first["smd"], 1.0)),
        Cell(style.p.text(first["p_value"]), notes),
    )


def _group_texts(part: pd.DataFrame, groups: list[str], variable: str) -> list[str]:
    size = float(part["mean"].abs().max())
    of = {row["group"]: row for row in part.to_dict("records")}
    return [_text(of[g], variable, size) if g in of else DASH for g in groups]


def _text(row: dict[str, float], variable: str, size: float) -> str:
    if row["level"]:
        n = row["n"]
        return DASH if pd.isna(row["percent"]) else f"{whole(n)} ({percent(row['percent'], 0)})"
    if not row["n"]:
        return DASH
    known = f", n = {whole(row['n'])}" if row["missing"] else ""
    if variable in skewed():
        around = estimate(row["median"], row["q1"], row["q3"], size, "en")
        return around.replace(" to ", "–") + known
    return mean_sd(row["mean"], row["sd"], size) + known


def _without_blank(table: JournalTable, first: int) -> JournalTable:
    """Without those of the last columns that hold nothing."""
    kept = [
        i
        for i in range(len(table.columns))
        if i < first or any(row.cells[i].text for row in table.rows)
    ]
    rows = tuple(Row(tuple(row.cells[i] for i in kept), row.level) for row in table.rows)
    columns = tuple(table.columns[i] for i in kept)
    return JournalTable(columns, rows, table.words, (), table.footnotes)
