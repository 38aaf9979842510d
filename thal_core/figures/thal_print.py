"""Genotype × response print (after OncoPrint): patients as columns, best response first, a track
for each fact.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page, share
from thal_core.figures.panels import lines_height, stack
from thal_core.figures.text import shorten
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import class_label, class_order, classes_in
from thal_core.vocabulary import Phenotype
from thal_core.words import tr
from thal_core.words.escape import figure_text

MOST_PATIENTS = 200
MOST_ALLELES = {True: 7, False: 14}  # on a slide, elsewhere
ABSENT = "rgba(128,138,150,0.14)"
ALLELE = "#6B7786"


def plot_thal_print(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """Bars of Hb gain and of baseline HbF, then tiles: response, phenotype, spleen, and a row for
    each β allele.

    table: patient_id, response, phenotype, allele_1, allele_2 and, where known, splenectomy,
    hb_gain (g/L), hbf_percent (month 0). A full tile is two copies of an allele, a half one copy.
    Of more than 200 patients every k-th is drawn, the caption says so. What is not recorded has no
    tile. ``customdata`` of a tile: patient_id.
    """
    size = preset_named(preset)
    rows = _ranked(table)
    alleles = _alleles(rows)
    kept = alleles[: MOST_ALLELES[size.fixed]]
    spleen = "splenectomy" in rows and rows["splenectomy"].notna().any()
    tracks = ["response", "phenotype", *(["splenectomy"] if spleen else [])]
    bars = [c for c in ("hb_gain", "hbf_percent") if c in rows and rows[c].notna().any()][
        : 1 if size.fixed else 2
    ]
    names = [*(tr(f"figure.print.{t}", language=language) for t in tracks), *kept]
    classes = classes_in(rows["response"])
    page = _page(table, rows, kept, alleles, bars, names, classes, size, language, selected)
    figure = go.Figure()
    gap = lines_height(1, size.text)
    tiles = len(names) * size.row * (0.85 if size.fixed else 1.15)
    spare = page.room - tiles - gap * len(bars) if size.fixed else size.text * 4.5 * len(bars)
    heights = [max(spare / max(len(bars), 1), size.text * 2)] * len(bars) + [tiles]
    total = stack(figure, heights, gap)
    for number, column in enumerate(bars, start=1):
        _bars(figure, rows, column, "" if number == 1 else str(number), page)
    _tracks(figure, rows, tracks, kept, names, "" if not bars else str(len(bars) + 1), page)
    _patients_axis(figure, rows, size, language)
    figure.update_layout(bargap=0.15, barmode="overlay")
    return page.dress(figure, total)


def _patients_axis(figure: go.Figure, rows: pd.DataFrame, size: Preset, language: str) -> None:
    """One place a patient, and how many there are."""
    figure.update_xaxes(
        range=[-0.6, max(len(rows), 1) - 0.4],
        showticklabels=False,
        ticks="",
        showgrid=False,
        title={
            "text": tr("figure.patients_n", {"n": len(rows)}, language),
            "standoff": size.text * 0.4,
        },
    )


def _page(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    kept: list[str],
    alleles: list[str],
    bars: list[str],
    names: list[str],
    classes: list[str],
    size: Preset,
    language: str,
    selected: tuple[str, ...],
) -> Page:
    """Title, legend and the room for the names of the tracks."""
    return Page(
        size,
        language,
        selected=selected,
        title=tr("figure.print.title", language=language),
        subtitle=tr("figure.print.subtitle", {"n": len(table), "alleles": len(alleles)}, language),
        caption=_caption(table, rows, kept, alleles, bars, language),
        legend=(
            *(class_label(c, language) for c in classes),
            *(p.value for p in Phenotype if (rows["phenotype"] == p).any()),
        ),
        left=share(size.width, names, size, 0.34),
        right=size.text,
        below=size.text * 2.0,
    )


def _ranked(table: pd.DataFrame) -> pd.DataFrame:
    order = {c: i for i, c in enumerate(classes_in(table["response"]))}
    gain = table["hb_gain"] if "hb_gain" in table else pd.Series(0.0, index=table.index)
    rows = table.assign(_class=table["response"].map(order).fillna(99), _gain=-gain.fillna(-1e9))
    rows = rows.sort_values(["_class", "phenotype", "_gain", "patient_id"], kind="stable").drop(
        columns=["_class", "_gain"]
    )
    rows = rows.iloc[:: -(-len(rows) // MOST_PATIENTS) or 1]
    return rows.assign(place=range(len(rows)))


def _alleles(rows: pd.DataFrame) -> list[str]:
    """β alleles, commonest first."""
    both = pd.concat([rows["allele_1"], rows["allele_2"]]).dropna()
    return [str(a) for a in both[both != ""].value_counts(sort=True).index]


def _bars(figure: go.Figure, rows: pd.DataFrame, column: str, axis: str, page: Page) -> None:
    known = rows.dropna(subset=[column])
    colours = (
        [look(r).colour for r in known["response"]] if column == "hb_gain" else look("hbf").colour
    )
    figure.add_trace(
        go.Bar(
            x=known["place"],
            y=known[column],
            yaxis=f"y{axis}",
            name=column,
            showlegend=False,
            customdata=known[["patient_id"]],
            hovertext=[figure_text(i) for i in known["patient_id"]],
            hovertemplate="%{hovertext}: %{y:.0f}<extra></extra>",
            marker={"color": colours, "line": {"width": 0}},
        )
    )
    top = max(math.ceil(known[column].max() / 10) * 10, 10) if len(known) else 10
    figure.update_layout(
        {
            f"yaxis{axis}": {
                "tickvals": [0, top] if page.preset.fixed else [0, top / 2, top],
                "range": [
                    min(float(known[column].min()), 0) * 1.05 if len(known) else 0,
                    top * 1.03,
                ],
                "zeroline": True,
                "zerolinecolor": page.preset.pale,
            }
        }
    )
    page.axis_title(
        figure,
        tr(f"figure.print.{column}", language=page.language),
        axis,
        indent=page.pad - page.left,
    )
    figure.layout.annotations[-1].update(xref="paper", x=0)


def _tracks(
    figure: go.Figure,
    rows: pd.DataFrame,
    tracks: Sequence[str],
    alleles: Sequence[str],
    names: Sequence[str],
    axis: str,
    page: Page,
) -> None:
    ids = dict(zip(rows["place"], rows["patient_id"], strict=True))
    known = [rows[t].notna() for t in tracks] + [
        rows["allele_1"].notna() | rows["allele_2"].notna()
    ] * len(alleles)
    _tiles(
        figure,
        [(x, y) for y, there in enumerate(known) for x in rows.loc[there, "place"]],
        ids,
        0.9,
        ABSENT,
        "",
        "absent",
        axis,
    )
    _clinical_tracks(figure, rows, tracks, ids, axis, page)
    for y, allele in enumerate(alleles, start=len(tracks)):
        copies = (rows["allele_1"] == allele).astype(int) + (rows["allele_2"] == allele).astype(int)
        for count, height in ((1, 0.45), (2, 0.9)):
            cells = [(x, y) for x in rows.loc[copies == count, "place"]]
            _tiles(figure, cells, ids, height, ALLELE, "", figure_text(f"{allele} × {count}"), axis)
    _track_names(figure, names, axis, page)


def _clinical_tracks(
    figure: go.Figure,
    rows: pd.DataFrame,
    tracks: Sequence[str],
    ids: dict[int, str],
    axis: str,
    page: Page,
) -> None:
    """Response, phenotype and spleen of each patient."""
    for y, track in enumerate(tracks):
        for value in [v for v in (*class_order(), *Phenotype, True) if (rows[track] == v).any()]:
            cells = [(x, y) for x in rows.loc[rows[track] == value, "place"]]
            colour = ALLELE if value is True else look(str(value)).colour
            name = class_label(str(value), page.language)
            _tiles(
                figure,
                cells,
                ids,
                0.9,
                colour,
                "" if value is True else look(str(value)).pattern,
                name,
                axis,
                listed=value is not True,
            )


def _track_names(figure: go.Figure, names: Sequence[str], axis: str, page: Page) -> None:
    """The names of the tracks, left of them."""
    ticks = [
        figure_text(shorten(n, (page.left - page.preset.text * 1.2) / page.preset.text))
        for n in names
    ]
    figure.update_layout(
        {
            f"yaxis{axis}": {
                "range": [max(len(names), 1) - 0.45, -0.55],
                "tickvals": list(range(len(names))),
                "ticktext": ticks,
                "ticks": "",
                "showgrid": False,
                "showline": False,
                "ticklabelstandoff": round(page.preset.text * 0.3),
            }
        }
    )


def _tiles(
    figure: go.Figure,
    cells: Sequence[tuple[int, int]],
    ids: dict[int, str],
    height: float,
    colour: str,
    pattern: str,
    name: str,
    axis: str,
    listed: bool = False,
) -> None:
    """Bars of one tile each: the lower ``height`` of their row's square."""
    if not cells:
        return
    figure.add_trace(
        go.Bar(
            x=[x for x, _ in cells],
            y=[-height] * len(cells),
            base=[y + 0.45 for _, y in cells],
            yaxis=f"y{axis}",
            name=name,
            showlegend=listed,
            legendgroup=name,
            customdata=[[ids[x]] for x, _ in cells],
            width=0.86,
            hovertext=[figure_text(ids[x]) for x, _ in cells],
            hovertemplate="%{hovertext}<extra>" + name + "</extra>",
            marker={
                "color": colour,
                "line": {"width": 0},
                "pattern": {
                    "shape": pattern,
                    "fgcolor": "#FFFFFF",
                    "fgopacity": 0.7,
                    "size": 5,
                    "fillmode": "overlay",
                },
            },
        )
    )


def _caption(
    table: pd.DataFrame,
    rows: pd.DataFrame,
    kept: Sequence[str],
    alleles: Sequence[str],
    bars: Sequence[str],
    language: str,
) -> tuple[str, ...]:
    sentences = [tr("figure.print.caption", language=language)]
    if len(kept) < len(alleles):
        sentences.append(
            tr("figure.print.alleles_left_out", {"shown": len(kept), "n": len(alleles)}, language)
        )
    if len(rows) < len(table):
        sentences.append(
            tr("figure.print.thinned", {"shown": len(rows), "n": len(table)}, language)
        )
    if "hbf_percent" in bars:
        sentences.append(tr("figure.caveat.hbf_percent", language=language))
    return tuple(sentences)
