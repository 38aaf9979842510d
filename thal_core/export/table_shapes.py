"""Finished tables of results turned into the tables of a journal, by the rows of
rules/journal_tables.csv and rules/table_columns.csv.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

import pandas as pd

from thal_core.export.journal_table import Cell, JournalTable, Row, Span, cells
from thal_core.export.wording import (
    DASH,
    MONTHS,
    NAMES_OF_COLUMNS,
    PStyle,
    column_text,
    number,
    p_style,
    percent,
    value_text,
    whole,
)
from thal_core.rules.catalogue import class_order, read_rules
from thal_core.words import label, tr

P_COLUMNS = ("p_value", "p_adjusted", "spearman_p", "adjusted_p", "p_likelihood_ratio")
REASONS = "notes"


@dataclass(frozen=True)
class TableStyle:
    """How tables are printed: the language and the style of P."""

    language: str = "en"
    p: PStyle = field(default_factory=p_style)


@dataclass(frozen=True)
class TableRule:
    """What the printed table of a result looks like (rules/journal_tables.csv).

    shape: plain, matrix, groups, counts, baseline or regression. keys: columns that name the row.
    across: columns whose values become columns. where: values that are printed. leave_out: columns
    that stand in the spreadsheet alone. beside: a second result that the table is made from.
    """

    shape: str = "plain"
    keys: tuple[str, ...] = ()
    across: str = ""
    where: tuple[tuple[str, frozenset[str]], ...] = ()
    leave_out: frozenset[str] = frozenset()
    beside: str = ""

    def chosen(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The rows that are printed."""
        for column, values in self.where:
            if column in frame:
                frame = frame[frame[column].map(_level).isin(values)]
        return frame.reset_index(drop=True)


def _level(value: object) -> str:
    """A level as a rule writes it: a month as 6, never 6.0."""
    return whole(value) if isinstance(value, float) else str(value)


@lru_cache(maxsize=1)
def table_rules() -> dict[str, TableRule]:
    return {
        row["result"]: TableRule(
            row["shape"],
            tuple(row["keys"].split()),
            row["across"],
            tuple(_condition(text) for text in row["where"].split()),
            frozenset(row["leave_out"].split()),
            row["beside"],
        )
        for row in read_rules("journal_tables")
    }


def _condition(text: str) -> tuple[str, frozenset[str]]:
    column, _, values = text.partition("=")
    return column, frozenset(values.split("|"))


def table_rule(result: str) -> TableRule:
    return table_rules().get(result, TableRule())


def journal_table(
    result: str,
    frames: Mapping[str, pd.DataFrame],
    style: TableStyle = TableStyle(),
) -> JournalTable | None:
    """The printed table of a result; None where nothing is left to print.

    frames: the tables of the results it is made from, by name.
    """
    rule = table_rule(result)
    frame = rule.chosen(frames[result])
    if frame.empty:
        return None
    return _SHAPES[rule.shape](frame, rule, style, frames)


def _plain(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, _: Mapping[str, pd.DataFrame]
) -> JournalTable:
    """One line a row; columns that belong together in one cell, what repeats is blank."""
    kept = [
        c
        for c in frame
        if c not in rule.leave_out and c not in ("method", REASONS) and not _blank(frame[c])
    ]
    columns = _columns(kept, frame, style)
    keys = [c for c in rule.keys if c in columns] or _leading_words(columns, frame)
    ordered = [*keys, *(c for c in columns if c not in keys)]
    texts = {c: columns[c] for c in ordered} | _unrepeated(columns, frame, keys[:-1])
    texts = _with_reasons(texts, frame, style)
    return JournalTable(
        cells(column_text(c, style.language) for c in ordered),
        tuple(Row(tuple(texts[c][i] for c in ordered)) for i in range(len(frame))),
        max(len(keys), 1),
    )


def _blank(values: pd.Series) -> bool:
    return bool((values.isna() | (values.astype("str") == "")).all())


def _leading_words(columns: Iterable[str], frame: pd.DataFrame) -> list[str]:
    found: list[str] = []
    for column in columns:
        if column not in frame or pd.api.types.is_numeric_dtype(frame[column]):
            break
        found.append(column)
    return found


@lru_cache(maxsize=1)
def _joined() -> tuple[tuple[str, tuple[str, ...], str], ...]:
    rows = read_rules("table_columns")
    return tuple((row["joined"], tuple(row["parts"].split()), row["shape"]) for row in rows)


def _columns(
    kept: Sequence[str], frame: pd.DataFrame, style: TableStyle
) -> dict[str, tuple[Cell, ...]]:
    """The cells of each printed column, in the order of the table."""
    place: dict[str, tuple[str, tuple[str, ...], str]] = {}
    for name, parts, shape in _joined():
        if set(parts) <= set(kept) and not set(parts) & set(place):
            place |= dict.fromkeys(parts, (name, parts, shape))
    columns: dict[str, tuple[Cell, ...]] = {}
    for column in kept:
        if column not in place:
            columns[column] = cells(_texts(frame, column, style))
        elif place[column][0] not in columns:
            name, parts, shape = place[column]
            columns[name] = cells(_JOINS[shape](frame, parts, style))
    return columns


def _texts(frame: pd.DataFrame, column: str, style: TableStyle) -> list[str]:
    values = frame[column]
    if column in P_COLUMNS:
        return [style.p.text(value) for value in values]
    if not pd.api.types.is_numeric_dtype(values) or values.dtype == "boolean":
        return [value_text(value, column, style.language) for value in values]
    if column in MONTHS or (values.dropna().astype(float) % 1 == 0).all():
        return [whole(value) for value in values]
    if column == "percent":
        return [percent(value, 0) for value in values]
    return [number(value, size) for value, size in zip(values, _sizes(frame, column), strict=True)]


def _sizes(frame: pd.DataFrame, *columns: str) -> list[float]:
    """The size that settles the decimals of each row: of the column, or of its quantity where
    quantities stand below each other.
    """
    largest = frame[list(columns)].astype(float).abs().replace(float("inf"), float("nan"))
    rows = largest.max(axis=1)
    mixed = [c for c in frame if c in NAMES_OF_COLUMNS or c == "statistic_of"]
    if mixed:
        return list(rows.groupby([frame[c] for c in mixed], dropna=False).transform("max"))
    return [float(rows.max())] * len(frame)


def _mean_sd(frame: pd.DataFrame, parts: tuple[str, ...], style: TableStyle) -> list[str]:
    sizes = _sizes(frame, parts[0])
    return [
        mean_sd(mean, sd, size)
        for mean, sd, size in zip(frame[parts[0]], frame[parts[1]], sizes, strict=True)
    ]


def mean_sd(mean: float, sd: float, size: float) -> str:
    """``81.2 (7.3)``; the mean alone where one patient has no spread."""
    if pd.isna(mean):
        return DASH
    return f"{number(mean, size)} ({number(sd, size)})" if pd.notna(sd) else number(mean, size)


def _share(frame: pd.DataFrame, parts: tuple[str, ...], style: TableStyle) -> list[str]:
    return [
        DASH if pd.isna(total) or not total else f"{whole(n)}/{whole(total)} ({percent(p, total)})"
        for n, total, p in frame[list(parts)].itertuples(index=False)
    ]


def _estimate(frame: pd.DataFrame, parts: tuple[str, ...], style: TableStyle) -> list[str]:
    sizes = _rates(frame, parts[0]) or _sizes(frame, parts[0])
    return [
        estimate(value, low, high, size, style.language)
        for (value, low, high), size in zip(
            frame[list(parts)].itertuples(index=False), sizes, strict=True
        )
    ]


def estimate(value: float, low: float, high: float, size: float, language: str) -> str:
    """``1.11 (1.03 to 1.26)``; a dash where there is none."""
    if pd.isna(value):
        return DASH
    around = interval(low, high, size, language)
    return f"{number(value, size)} ({around})" if around else number(value, size)


def _interval(frame: pd.DataFrame, parts: tuple[str, ...], style: TableStyle) -> list[str]:
    sizes = _rates(frame, parts[0]) or _sizes(frame, *parts)
    return [
        interval(low, high, size, style.language) or DASH
        for (low, high), size in zip(frame[list(parts)].itertuples(index=False), sizes, strict=True)
    ]


def _rates(frame: pd.DataFrame, column: str) -> list[float]:
    """Intervals of rates have the decimals of rates; empty where these are none."""
    rates = "percent" in frame and column in ("conf_low", "percent_low", "pooled_percent")
    return [1000.0] * len(frame) if rates else []


def interval(low: float, high: float, size: float, language: str) -> str:
    """``80 to 97``; empty where neither end is known."""
    if pd.isna(low) and pd.isna(high):
        return ""
    return f"{number(low, size)}{label('report.to', language)}{number(high, size)}"


_JOINS: dict[str, Callable[[pd.DataFrame, tuple[str, ...], TableStyle], list[str]]] = {
    "mean_sd": _mean_sd,
    "share": _share,
    "estimate": _estimate,
    "interval": _interval,
}


def _unrepeated(
    columns: Mapping[str, tuple[Cell, ...]], frame: pd.DataFrame, keys: Sequence[str]
) -> dict[str, tuple[Cell, ...]]:
    """Key columns that say a thing once, in the first of the rows it holds for."""
    said: dict[str, tuple[Cell, ...]] = {}
    for place, key in enumerate(keys):
        names = [tuple(columns[k][i].text for k in keys[: place + 1]) for i in range(len(frame))]
        said[key] = tuple(
            Cell() if i and names[i] == names[i - 1] else columns[key][i] for i in range(len(frame))
        )
    return said


def _with_reasons(
    texts: Mapping[str, tuple[Cell, ...]], frame: pd.DataFrame, style: TableStyle
) -> dict[str, tuple[Cell, ...]]:
    """The test beside each P and the reason beside each missing one, as footnotes."""
    tested = next((c for c in P_COLUMNS if c in texts), "") or list(texts)[-1]
    with_notes = tuple(
        Cell(cell.text or (DASH if notes else ""), notes)
        for cell, notes in zip(
            texts[tested], [_notes(row, style) for row in frame.to_dict("records")], strict=True
        )
    )
    return {**texts, tested: with_notes}


def _notes(row: Mapping[str, object], style: TableStyle) -> tuple[str, ...]:
    tested = str(row.get("method") or "") if pd.notna(row.get("p_value", 0)) else ""
    method = label(f"method.{tested}", style.language, tested) if tested else ""
    return tuple(text for text in (method, str(row.get(REASONS) or "")) if text and text != "nan")


def _matrix(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, _: Mapping[str, pd.DataFrame]
) -> JournalTable:
    """Mean (SD) and n: rows by the keys, columns by the values of ``across``."""
    heads = sorted(frame[rule.across].dropna().unique())
    size = float(frame["mean"].abs().max())
    rows = []
    for key, part in frame.groupby(list(rule.keys), sort=False, dropna=False):
        found = {r[rule.across]: r for r in part.to_dict("records")}
        words = [value_text(k, c, style.language) for k, c in zip(key, rule.keys, strict=True)]
        rows.append(Row(cells([*words, *(_mean_n(found.get(head), size) for head in heads)])))
    names = [column_text(c, style.language) for c in rule.keys]
    months = [tr("report.month", {"month": whole(h)}, style.language) for h in heads]
    footnote = tr("report.note.mean_sd_n", language=style.language)
    return JournalTable(cells([*names, *months]), tuple(rows), len(names), (), (footnote,))


def _mean_n(row: Mapping[str, float] | None, size: float) -> str:
    if row is None or not row["n"]:
        return DASH
    return f"{mean_sd(row['mean'], row['sd'], size)}, {whole(row['n'])}"


def _groups(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, _: Mapping[str, pd.DataFrame]
) -> JournalTable:
    """Two groups side by side: n and mean (SD) of each, difference with its interval, P with its
    test.
    """
    names = list(dict.fromkeys(frame["group"]))
    size = float(frame["mean"].abs().max())
    rows = []
    for key, part in frame.groupby(list(rule.keys), sort=False, dropna=False):
        of = {r["group"]: r for r in part.to_dict("records")}
        words = [_key_text(k, c, style) for k, c in zip(key, rule.keys, strict=True)]
        counted = [text for name in names for text in _n_and_mean(of.get(name), size)]
        rows.append(Row((*cells([*words, *counted]), *_difference(part.iloc[0], style))))
    keys = tuple(column_text(c, style.language) for c in rule.keys)
    pair = (column_text("n", style.language), column_text("mean_sd", style.language))
    last = (column_text("effect_interval", style.language), column_text("p_value", style.language))
    spans = (
        Span("", len(keys)),
        *(Span(value_text(name, "group", style.language), 2) for name in names),
        Span("", 2),
    )
    return JournalTable(
        cells((*keys, *pair * len(names), *last)), _once(rows, len(keys) - 1), len(keys), spans
    )


def _once(rows: Sequence[Row], keys: int) -> tuple[Row, ...]:
    """The first ``keys`` cells blank where they say what stands above."""
    before: tuple[Cell, ...] = ()
    out = []
    for row in rows:
        own = row.cells[:keys]
        blank = tuple(
            Cell() if before[: i + 1] == own[: i + 1] else cell for i, cell in enumerate(own)
        )
        out.append(Row((*blank, *row.cells[keys:]), row.level))
        before = own
    return tuple(out)


def _key_text(value: object, column: str, style: TableStyle) -> str:
    if column in MONTHS:
        return whole(float(value))  # type: ignore[arg-type]
    return value_text(value, column, style.language)


def _n_and_mean(row: Mapping[str, float] | None, size: float) -> tuple[str, str]:
    if row is None or not row["n"]:
        return ("0", DASH)
    return whole(row["n"]), mean_sd(row["mean"], row["sd"], size)


def _difference(row: pd.Series, style: TableStyle) -> tuple[Cell, Cell]:
    size = abs(row["effect"]) if pd.notna(row["effect"]) else 0.0
    words = estimate(row["effect"], row["conf_low"], row["conf_high"], size, style.language)
    return Cell(words), Cell(style.p.text(row["p_value"]) or DASH, _notes(row, style))


def _counts(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, _: Mapping[str, pd.DataFrame]
) -> JournalTable:
    """How many patients: rows by the keys, columns by the values of ``across`` (else one n)."""
    across = rule.across or "_all"
    frame = frame.assign(_all="n")
    heads = list(dict.fromkeys(frame[across]))
    counted = frame.groupby([*rule.keys, across], sort=False)["patient_id"].nunique()
    rows = []
    keys = dict.fromkeys(frame[list(rule.keys)].itertuples(index=False, name=None))
    for key in sorted(keys, key=_class_place):  # stable: others stay as they come
        words = [value_text(k, c, style.language) for k, c in zip(key, rule.keys, strict=True)]
        numbers = [whole(counted.get((*key, head), 0)) for head in heads]
        rows.append(Row(cells([*words, *numbers])))
    names = [column_text(c, style.language) for c in rule.keys]
    titles = [value_text(h, across, style.language) if rule.across else "n" for h in heads]
    return JournalTable(cells([*names, *titles]), tuple(rows), len(names))


def _class_place(key: tuple[object, ...]) -> int:
    order = class_order()
    return order.index(str(key[0])) if str(key[0]) in order else 0


def _baseline(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, frames: Mapping[str, pd.DataFrame]
) -> JournalTable:
    from thal_core.export.baseline import baseline_table

    return baseline_table(frame, style)


def _regression(
    frame: pd.DataFrame, rule: TableRule, style: TableStyle, frames: Mapping[str, pd.DataFrame]
) -> JournalTable:
    from thal_core.export.regression import regression_table

    return regression_table(frame, frames[rule.beside], style)


_SHAPES: dict[
    str,
    Callable[[pd.DataFrame, TableRule, TableStyle, Mapping[str, pd.DataFrame]], JournalTable],
] = {
    "plain": _plain,
    "matrix": _matrix,
    "groups": _groups,
    "counts": _counts,
    "baseline": _baseline,
    "regression": _regression,
}
