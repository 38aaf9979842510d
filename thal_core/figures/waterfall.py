"""Waterfall: one bar a patient, best on the left, coloured by response class. Hb and transfusion
never share an axis.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from plotly import graph_objects as go
from plotly.subplots import make_subplots

from thal_core.figures.page import Page
from thal_core.figures.text import percent, width_em
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import Criterion, class_label, class_order, classes_in
from thal_core.vocabulary import Response
from thal_core.words import join_list, tr
from thal_core.words.escape import figure_text, plain_number

BASES = ("hb", "transfusion")
MOST_BARS = 1000
_SIGNS = {">=": "≥", ">": ">"}

Thresholds = Mapping[str, Sequence[tuple[float, str]]]


def thresholds_of(criterion: Criterion) -> dict[str, list[tuple[float, str]]]:
    """The cuts of a criterion by basis, with their words: ``{"hb": [(20.0, "MaR ≥ 20"), …],
    "transfusion": […]}``.
    """
    cuts: dict[str, list[tuple[float, str]]] = {basis: [] for basis in BASES}
    for level in criterion.levels:
        if level.basis in cuts and level.operator in _SIGNS and level.counts_as_response:
            words = f"{level.level} {_SIGNS[level.operator]} {plain_number(level.threshold)}"
            cuts[level.basis].append((level.threshold, words))
    return cuts


def plot_waterfall(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    thresholds: Thresholds | None = None,
    criterion: str = "",
    best: str = "",
) -> go.Figure:
    """Bars of ``response_by_patient``, a panel for each basis.

    table: patient_id, response, basis {hb, transfusion}, value (g/L gained, or percent less
    transfusion). thresholds: basis → lines as (cut, words); see thresholds_of. criterion: its
    label, for the subtitle. best: its best class, for the title; without it the best that occurs.
    Patients that are not evaluable (NE) or have no value are counted in the caption, not drawn.
    Bars carry ``customdata`` (patient_id); of more than 1000 in a panel every k-th is drawn and the
    caption says so.
    """
    size = preset_named(preset)
    drawn = table[(table["response"] != Response.NE) & table["value"].notna()]
    panels = {basis: ranked(drawn[drawn["basis"] == basis]) for basis in BASES}
    panels = {basis: rows for basis, rows in panels.items() if len(rows)} or {"hb": drawn}
    side = size.width > 500
    page = _page(table, panels, size, language, criterion, best, selected)
    height = page.usual_height if side else page.usual_height * (1 + 0.7 * (len(panels) - 1))
    figure = _canvas(panels, page, height, side)
    listed: set[str] = set()
    for place, (basis, rows) in enumerate(panels.items(), start=1):
        where = {"row": 1 if side else place, "col": place if side else 1}
        _bars(figure, rows, where, listed, size, language)
        cuts = (thresholds or {}).get(basis, ())
        _cuts(figure, rows, cuts, where, size)
        _axes(figure, rows, basis, cuts, place, where, page)
    return page.dress(figure, height)


def ranked(rows: pd.DataFrame) -> pd.DataFrame:
    """Best first, with ``rank`` from 1; thinned to at most MOST_BARS."""
    rows = rows.sort_values(["value", "patient_id"], ascending=[False, True]).assign(
        rank=range(1, len(rows) + 1)
    )
    return rows.iloc[:: -(-len(rows) // MOST_BARS) or 1]


def _page(
    table: pd.DataFrame,
    panels: Mapping[str, pd.DataFrame],
    size: Preset,
    language: str,
    criterion: str,
    best: str,
    selected: tuple[str, ...],
) -> Page:
    classes = classes_in(pd.concat([rows["response"] for rows in panels.values()]))
    not_evaluable = int((table["response"] == Response.NE).sum())
    without = int(((table["response"] != Response.NE) & table["value"].isna()).sum())
    total = sum((table["response"] != Response.NE) & table["value"].notna())
    counts = join_list(
        (f"{c} {(table['response'] == c).sum()}" for c in classes_in(table["response"])),
        language,
    )
    caption = _caption(not_evaluable, without, total, panels, language)
    return Page(
        size,
        language,
        selected=selected,
        title=_title(table, best, language),
        subtitle=tr(
            "figure.waterfall.subtitle",
            {"n": int(total), "counts": counts, "criterion": criterion},
            language,
        ).removesuffix(" · "),
        caption=tuple(caption),
        legend=tuple(class_label(c, language) for c in classes),
        left=size.text * 3.2,
        right=_label_width(size),
        below=size.text * 2.2,
    )


def _caption(
    not_evaluable: int, without: int, total: int, panels: Mapping[str, pd.DataFrame], language: str
) -> list[str]:
    """What the bars are, and who is not drawn."""
    caption = [tr("figure.waterfall.caption", language=language)]
    if not_evaluable:
        caption.append(tr("figure.not_evaluable", {"n": not_evaluable}, language))
    if without:
        caption.append(tr("figure.waterfall.no_value", {"n": without}, language))
    if sum(len(rows) for rows in panels.values()) < total:
        caption.append(
            tr(
                "figure.waterfall.thinned",
                {"shown": sum(map(len, panels.values())), "n": total},
                language,
            )
        )
    return caption


def _title(table: pd.DataFrame, best: str, language: str) -> str:
    evaluable = table[table["response"] != Response.NE]
    best = best or next(iter(classes_in(evaluable["response"])), "")
    count = int((evaluable["response"] == best).sum())
    if not count:
        return tr("figure.waterfall.title", language=language)
    params = {
        "level": best,
        "k": count,
        "n": len(evaluable),
        "percent": percent(100 * count / len(evaluable), len(evaluable)),
    }
    return tr("figure.waterfall.message", params, language)


def _label_width(size: Preset) -> float:
    return width_em("MaR ≥ 100 ") * size.text


def _canvas(panels: Mapping[str, pd.DataFrame], page: Page, height: float, side: bool) -> go.Figure:
    sizes = [max(len(rows), 1) for rows in panels.values()]
    widths = [max(s / sum(sizes), 0.3) for s in sizes]
    if side:
        between = (page.left + page.right) / page.plot_width
        return make_subplots(
            rows=1, cols=len(panels), column_widths=widths, horizontal_spacing=between
        )
    return make_subplots(
        rows=len(panels), cols=1, vertical_spacing=(page.below + page.above_height) / height
    )


def _bars(
    figure: go.Figure,
    rows: pd.DataFrame,
    where: Mapping[str, int],
    listed: set[str],
    size: Preset,
    language: str,
) -> None:
    for response in classes_in(rows["response"]):
        of_class = rows[rows["response"] == response]
        style = look(response)
        figure.add_trace(
            go.Bar(
                x=of_class["rank"],
                y=of_class["value"],
                name=class_label(response, language),
                legendgroup=response,
                showlegend=response not in listed,
                legendrank=class_order().index(response),
                customdata=of_class[["patient_id"]],
                hovertext=[figure_text(i) for i in of_class["patient_id"]],
                hovertemplate="%{hovertext}<br>%{y:.1f}<extra>" + response + "</extra>",
                marker={
                    "color": style.colour,
                    "line": {"color": style.colour, "width": 0.5},
                    "pattern": {
                        "shape": style.pattern,
                        "fgcolor": "#FFFFFF",
                        "fgopacity": 0.75,
                        "size": size.text * 0.5,
                        "fillmode": "overlay",
                    },
                },
            ),
            **where,
        )
        listed.add(response)


def _cuts(
    figure: go.Figure,
    rows: pd.DataFrame,
    cuts: Sequence[tuple[float, str]],
    where: Mapping[str, int],
    size: Preset,
) -> None:
    """Dashed lines; the class each one opens stands in the margin on the right."""
    for cut, words in cuts:
        figure.add_trace(
            go.Scatter(
                x=[0.4, len(rows) + 0.6],
                y=[cut, cut],
                mode="lines",
                name="threshold",
                showlegend=False,
                line={"color": size.pale, "width": size.line * 0.7, "dash": "dash"},
                hoverinfo="skip",
            ),
            **where,
        )
        figure.add_annotation(
            name="threshold",
            text=figure_text(words),
            showarrow=False,
            xanchor="left",
            yanchor="middle",
            borderpad=0,
            x=max(len(rows), 1) + 0.7,
            xshift=size.text * 0.3,
            y=cut,
            font={"size": size.text},
            **where,
        )


def _axes(
    figure: go.Figure,
    rows: pd.DataFrame,
    basis: str,
    cuts: Sequence[tuple[float, str]],
    place: int,
    where: Mapping[str, int],
    page: Page,
) -> None:
    values = [0.0, *rows["value"], *(cut for cut, _ in cuts)]
    low, high = min(values), max(values)
    roof = (high - low or 1) * 0.05
    size = page.preset
    figure.update_xaxes(
        title={
            "text": tr("figure.patients_n", {"n": len(rows)}, page.language),
            "standoff": size.text * 0.4,
        },
        showticklabels=False,
        ticks="",
        showgrid=False,
        range=[0.3, max(len(rows), 1) + 0.7],
        **where,
    )
    figure.update_yaxes(
        range=[low - roof if low < 0 else 0, high + roof],
        zeroline=True,
        zerolinewidth=size.line * 0.7,
        zerolinecolor=size.pale,
        **where,
    )
    page.axis_title(
        figure,
        tr(f"figure.waterfall.{basis}", language=page.language),
        "" if place == 1 else str(place),
        indent=page.pad - page.left,
    )
    figure.update_layout(bargap=0.15 if len(rows) < 200 else 0)
