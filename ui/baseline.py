"""Table 1 as journals print it: a row a variable or level, a column a group."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from ui import session
from ui.choose import choose_group
from ui.language import column_label, number, p_text, t, value_label
from ui.show import show_result


def show_baseline() -> None:
    with st.container(horizontal=True, vertical_alignment="bottom"):
        group = choose_group(
            ("response", "phenotype", "genotype_group_2024", "splenectomy", "sex"), "baseline_group"
        )
        with_p = st.toggle(
            t("baseline.p"),
            value=False,
            key="baseline_p",
            persist_state="session",
            help=t("baseline.p_help"),
        )
    result = session.ask("baseline_table", group_by=group, p_values=with_p)
    if result.table.empty:
        show_result(result)
        return
    headers = {g: f"{value_label(g)}, n = {n}" for g, n in group_sizes(result.table).items()}
    show_result(
        result,
        shown=lambda: baseline_wide(result.table, with_p),
        labels=headers,
        title=t("cohort.table_1"),
    )


def group_sizes(table: pd.DataFrame) -> dict[str, int]:
    """Patients of each group: those with and those without a value of the first variable."""
    first = table[table["variable"] == table["variable"].iloc[0]]
    return {
        str(g): int(part["n"].sum() + part["missing"].iloc[0])
        for g, part in first.groupby("group", sort=False)
    }


def baseline_wide(table: pd.DataFrame, with_p: bool = False) -> pd.DataFrame:
    """``baseline_table`` turned: variable, a text column a group (mean (SD) or n (%)), missing,
    SMD, P if asked.

    What belongs to the whole variable stands in its first row alone.
    """
    rows: list[dict[str, object]] = []
    described: set[str] = set()
    for (variable, level), part in table.groupby(["variable", "level"], sort=False, dropna=False):
        everyone = part.iloc[0]
        of_variable = {
            "missing": everyone["missing"],
            "smd": everyone["smd"],
            "p_value": p_text(everyone["p_value"]),
        }
        rows.append(
            {"variable": _name(variable, level)}
            | {str(cell.group): _cell(cell) for cell in part.itertuples()}
            | ({} if variable in described else of_variable)
        )
        described.add(variable)
    frame = pd.DataFrame(rows)
    last = ["missing", "smd", *(["p_value"] if with_p else [])]
    return frame[[c for c in frame if c not in ("missing", "smd", "p_value")] + last]


def _name(variable: str, level: str) -> str:
    name = column_label(variable)
    return f"{name}: {value_label(level)}, n (%)" if level else f"{name}, {t('baseline.mean_sd')}"


def _cell(cell: object) -> str:
    if cell.level:  # type: ignore[attr-defined]
        return "–" if pd.isna(cell.percent) else f"{int(cell.n)} ({cell.percent:.0f} %)"  # type: ignore[attr-defined]
    if not cell.n:  # type: ignore[attr-defined]
        return "–"
    size = abs(cell.mean)  # type: ignore[attr-defined]
    spread = f" ({number(cell.sd, size)})" if not pd.isna(cell.sd) else ""  # type: ignore[attr-defined]
    known = f", n = {int(cell.n)}" if cell.missing else ""  # type: ignore[attr-defined]
    return f"{number(cell.mean)}{spread}{known}"  # type: ignore[attr-defined]
