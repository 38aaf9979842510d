"""The same patients under every criterion: one row for each combination of classes, with how many
patients share it.
"""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import add_words, fitting, rows_axis
from thal_core.figures.page import Page
from thal_core.figures.panels import wrapped
from thal_core.figures.text import rounded
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import classes_in, criteria, criterion
from thal_core.vocabulary import Response
from thal_core.words import label, tr


def combinations(table: pd.DataFrame) -> pd.DataFrame:
    """Distinct rows of classes, a column a criterion, and ``n``: best classes first, then the
    commonest.
    """
    names = [c for c in table.columns if c != "patient_id"]
    if not names or table.empty:
        return pd.DataFrame(columns=[*names, "n"])
    counts = table.groupby(names, sort=False).size().rename("n").reset_index()
    keys = counts[names].apply(lambda column: column.map(_classes(column.name, column).index))
    order = keys.assign(n=-counts["n"]).sort_values([*names, "n"], kind="stable").index
    return counts.loc[order].reset_index(drop=True)


def plot_concordance(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    agreement: pd.DataFrame | None = None,
) -> go.Figure:
    """Tiles with the class's letters, a column for each criterion with its responders of its
    evaluable patients.

    table: ``criteria_concordance``: patient_id and a column for each criterion. ``customdata``:
    criterion, class, n. Where not all combinations fit, the commonest are drawn and the caption
    says so. agreement: criterion_1, criterion_2, n, n_agree, kappa; the two criteria that judge
    most patients together are the title.
    """
    size = preset_named(preset)
    names = [c for c in table.columns if c != "patient_id"]
    rows = combinations(table)
    right = size.text * 4.5
    heads = [
        _head(table[name], name, (size.width - right) / max(len(names), 1), size, language)
        for name in names
    ]
    page = _page(table, rows, right, agreement, heads, size, language, selected)
    shown, page = fitting(len(rows), page, size.row * 1.15)
    if shown < len(rows):
        rows = rows.loc[sorted(rows["n"].nlargest(shown).index)].reset_index(drop=True)
    figure = go.Figure()
    for response in classes_in(pd.concat([rows[name] for name in names]) if names else ()):
        _tiles(figure, rows, names, response, page)
    add_words(figure, page, list(range(len(rows))), [f"n = {n}" for n in rows["n"]])
    rows_axis(figure, [""] * len(rows), page)
    figure.update_xaxes(visible=False, range=[-0.5, max(len(names), 1) - 0.5])
    figure.update_layout(barmode="overlay")
    _column_heads(figure, heads, size)
    return page.dress(figure, max(len(rows), 1) * size.row * 1.35)


def _column_heads(figure: go.Figure, heads: list[list[str]], size: Preset) -> None:
    """The criterion, and its responders, above each column."""
    for place, lines in enumerate(heads):
        figure.add_annotation(
            name="column",
            text="<br>".join(lines),
            showarrow=False,
            x=place,
            xanchor="center",
            yref="paper",
            y=1,
            yanchor="bottom",
            yshift=size.text * 0.2,
            borderpad=0,
            font={"size": size.text},
        )


def _page(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    right: float,
    agreement: pd.DataFrame | None,
    heads: list[list[str]],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, and the room for the heads of the columns."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(agreement, language),
        subtitle=tr("figure.concordance.subtitle", {"n": len(table), "rows": len(rows)}, language),
        caption=(tr("figure.concordance.caption", language=language),),
        left=size.text * 0.7,
        right=right,
        below=size.text * 0.4,
        above=max((len(h) for h in heads), default=1),
    )


def _classes(name: str, found: pd.Series) -> list[str]:
    """The classes of one criterion that occur, best first."""
    return classes_in(found, criteria()[name].classes if name in criteria() else None)


def _responders(classes: pd.Series, name: str) -> tuple[int, int]:
    """Responders and evaluable patients under one criterion."""
    evaluable = classes[classes != Response.NE]
    counted = criterion(name).responses
    return int(evaluable.isin(list(counted)).sum()), len(evaluable)


def _head(classes: pd.Series, name: str, width: float, size: Preset, language: str) -> list[str]:
    text = label(
        f"figure.criterion.{name}",
        language,
        criteria()[name].label(language) if name in criteria() else name,
    )
    n, total = _responders(classes, name)
    return [*wrapped(text, width * 0.94, size.text)[:3], f"<b>{n}/{total}</b>"]


def _title(agreement: pd.DataFrame | None, language: str) -> str:
    """Of one pair of criteria and the patients both judge: rates of different patients are no
    range.
    """
    if agreement is None or agreement.empty or agreement["n"].max() == 0:
        return tr("figure.concordance.title", language=language)
    most = agreement.loc[agreement["n"].idxmax()]
    first, second = (criteria()[most[c]].label(language) for c in ("criterion_1", "criterion_2"))
    kappa = (
        ""
        if pd.isna(most["kappa"])
        else tr("figure.concordance.kappa", {"kappa": rounded(most["kappa"], 2)}, language)
    )
    return tr(
        "figure.concordance.message",
        {
            "first": first,
            "second": second,
            "k": int(most["n_agree"]),
            "n": int(most["n"]),
            "kappa": kappa,
        },
        language,
    )


def _tiles(
    figure: go.Figure, rows: pd.DataFrame, names: list[str], response: str, page: Page
) -> None:
    cells = [
        (x, y, name)
        for x, name in enumerate(names)
        for y, given in enumerate(rows[name])
        if given == response
    ]
    if not cells:
        return
    style = look(response)
    figure.add_trace(
        go.Bar(
            orientation="h",
            width=0.88,
            x=[0.92] * len(cells),
            base=[x - 0.46 for x, _, _ in cells],
            y=[y for _, y, _ in cells],
            name=response,
            showlegend=False,
            text=[response] * len(cells),
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": page.preset.text, "color": style.on},
            customdata=[[name, response, int(rows["n"].iloc[y])] for _, y, name in cells],
            hovertemplate="%{customdata[0]}: %{customdata[1]} "
            "(n = %{customdata[2]})<extra></extra>",
            marker={"color": style.colour, "line": {"width": 0}},
        )
    )
