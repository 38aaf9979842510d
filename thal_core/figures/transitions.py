"""Response class at one month against another (2020): of each first class, a bar split by the later
class.
"""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import fitting
from thal_core.figures.page import Page, row_label, share
from thal_core.figures.text import width_em
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import class_label, classes_in
from thal_core.vocabulary import Response
from thal_core.words import tr


def plot_transitions(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Stacked rows of counts, the number in each piece, a block of rows for each pair of months.

    table: ``response_transitions``: from_month, to_month, from_response, to_response, n.
    ``customdata`` of a piece: from_month, to_month, from_response, to_response.
    """
    size = preset_named(preset)
    rows = table.assign(
        rank=table["from_response"].map(classes_in(table["from_response"]).index)
    ).sort_values(["to_month", "rank"])
    keys = list(
        dict.fromkeys(zip(rows["from_month"], rows["to_month"], rows["from_response"], strict=True))
    )
    totals = rows.groupby(["from_month", "to_month", "from_response"])["n"].sum()
    names = [
        tr(
            "figure.transitions.row",
            {"level": k[2], "from": f"{k[0]:g}", "to": f"{k[1]:g}", "n": int(totals[k])},
            language,
        )
        for k in keys
    ]
    classes = classes_in(rows["to_response"])
    page = _page(rows, names, classes, size, language, selected)
    shown, page = fitting(len(keys), page, size.row * 1.3)
    figure, widest = go.Figure(), max(totals.max() if len(totals) else 1, 1)
    for response in classes:
        part = rows[rows["to_response"] == response]
        places = zip(part["from_month"], part["to_month"], part["from_response"], strict=True)
        part = part.assign(y=[keys.index(k) for k in places])
        _pieces(figure, part[part["y"] < shown], response, widest, page)
    figure.update_layout(barmode="stack", bargap=0.3)
    figure.update_xaxes(
        range=[0, widest * 1.02],
        nticks=6,
        title={"text": tr("figure.patients", language=language), "standoff": size.text * 0.4},
    )
    _row_names(figure, shown, names, page, size)
    return page.dress(figure, max(shown, 1) * size.row * 1.7)


def _row_names(figure: go.Figure, shown: int, names: list[str], page: Page, size: Preset) -> None:
    """The names of the rows, left of them."""
    figure.update_yaxes(
        range=[max(shown, 1) - 0.45, -0.55],
        tickvals=list(range(shown)),
        ticks="",
        showgrid=False,
        ticklabelstandoff=round(size.text * 0.3),
        ticktext=[row_label(n, page.left, size, 1) for n in names[:shown]],
        showline=False,
    )


def _page(
    rows: pd.DataFrame,
    names: list[str],
    classes: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and the room for names."""
    return Page(
        size,
        language,
        selected=selected,
        title=_title(rows, language),
        subtitle=tr("figure.transitions.subtitle", language=language),
        caption=(tr("figure.transitions.caption", language=language),),
        legend=tuple(class_label(c, language) for c in classes),
        left=share(size.width, names, size, 0.45),
        right=size.text * 1.2,
        below=size.text * 3.6,
        above=0,
    )


def _pieces(
    figure: go.Figure, part: pd.DataFrame, response: str, widest: float, page: Page
) -> None:
    size, style = page.preset, look(response)
    fits = [n / widest * page.plot_width > width_em(str(n)) * size.text + 4 for n in part["n"]]
    figure.add_trace(
        go.Bar(
            x=part["n"],
            y=part["y"],
            orientation="h",
            name=class_label(response, page.language),
            customdata=part[["from_month", "to_month", "from_response", "to_response"]],
            text=[str(n) if fit else "" for n, fit in zip(part["n"], fits, strict=True)],
            textposition="inside",
            insidetextanchor="middle",
            textangle=0,
            constraintext="none",
            textfont={"size": size.text, "color": style.on},
            hovertemplate="%{customdata[2]} → %{customdata[3]}: %{x}<extra></extra>",
            marker={"color": style.colour, "line": {"color": "#FFFFFF", "width": 0.7}},
        )
    )


def _title(rows: pd.DataFrame, language: str) -> str:
    both = rows[(rows["from_response"] != Response.NE) & (rows["to_response"] != Response.NE)]
    if both.empty:
        return tr("figure.transitions.title", language=language)
    last = both[both["to_month"] == both["to_month"].min()]
    same = int(last.loc[last["from_response"] == last["to_response"], "n"].sum())
    return tr(
        "figure.transitions.message",
        {
            "same": same,
            "n": int(last["n"].sum()),
            "from": f"{last['from_month'].iloc[0]:g}",
            "to": f"{last['to_month'].iloc[0]:g}",
        },
        language,
    )
