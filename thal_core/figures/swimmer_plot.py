"""Swimmer plot: one line a patient on one time axis, with dose, transfusions, response and stop."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page, row_label, share
from thal_core.figures.theme import Preset, look, preset_named
from thal_core.rules.catalogue import Criterion, class_label, classes_in
from thal_core.words import join_list, tr
from thal_core.words.escape import figure_text, plain_number

DOSES = (25.0, 50.0, 75.0, 100.0)  # mg/day; upper ends of the shades, the last is open
SHADES = (0.22, 0.38, 0.56, 0.74, 0.92)
BAR, LEAST_ROW = (
    0.62,
    0.34,
)  # of a row's height; of the text's size, where many patients share a page
MOST_COLUMNS = 2  # on a slide, whose height is given
UNKNOWN = "NE"


def plot_swimmer(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    criterion: Criterion | None = None,
) -> go.Figure:
    """Rows of ``swimmer`` in the table's order: bars of dose in shades of one colour, grey where it
    is not recorded, a thin line where a patient was seen off the drug; marks for transfusions,
    stated freedom, the class and stops; an arrow where no stop was seen.

    table: patient_id, kind {followed, dose, dose_unknown, transfusion, free_from, response, stop},
    start_month, end_month, value (mg/d, U), detail (class, reason), phenotype, response. criterion:
    for the subtitle. ``customdata`` of every mark: patient_id, kind. Where not all patients fit,
    every k-th is drawn and the caption says so.
    """
    size = preset_named(preset)
    page = _page(table, table, size, language, criterion, selected)
    columns, most = _columns(table["patient_id"].nunique(), page)
    names = _evenly(list(dict.fromkeys(table["patient_id"])), columns * most)
    shown = table[table["patient_id"].isin(names)]
    page = _page(table, shown, size, language, criterion, selected)
    lines = -(-len(names) // columns)
    row = min(page.room / max(lines, 1), size.row * (1.25 if size.width > 400 else 1.05))
    figure, months = go.Figure(), _months(shown)
    for column in range(columns):
        in_column = names[column * lines : (column + 1) * lines]
        rows = shown[shown["patient_id"].isin(in_column)]
        rows = rows.assign(y=rows["patient_id"].map({name: y for y, name in enumerate(in_column)}))
        part = go.Figure()
        _bars(part, rows, page)
        _marks(part, rows, row, page)
        _place(figure, part, column, page.legend)
        _axes(figure, months, _labels(rows), lines, row, column, columns, page)
    figure.update_layout(barmode="overlay", bargap=0)
    return page.dress(figure, max(lines, 4) * row)


def _page(
    table: pd.DataFrame,
    shown: pd.DataFrame,
    size: Preset,
    language: str,
    criterion: Criterion | None,
    selected: tuple[str, ...],
) -> Page:
    return Page(
        size,
        language,
        selected=selected,
        title=_title(table, language),
        subtitle=_subtitle(table, criterion, language),
        caption=_caption(table, shown, language),
        legend=_legend(shown, language),
        left=share(size.width, _labels(table), size, 0.3),
        right=size.text * 1.6,
        below=size.text * 3.6,
        above=0,
    )


def _evenly(names: list[str], most: int) -> list[str]:
    """At most so many, the first and the last among them."""
    return (
        names
        if len(names) <= most
        else [names[round(i * (len(names) - 1) / max(most - 1, 1))] for i in range(most)]
    )


def _columns(patients: int, page: Page) -> tuple[int, int]:
    """Columns of patients, and how many patients one of them holds legibly; with room to say so
    where some are left out.
    """
    least, most_columns = page.preset.text * LEAST_ROW, MOST_COLUMNS if page.preset.fixed else 1
    most = max(1, int(page.room // least))
    if patients > most * most_columns:
        return most_columns, max(1, int((page.room - page.preset.text * 2.6) // least))
    return (most_columns if patients > most else 1), most


def _labels(rows: pd.DataFrame) -> list[str]:
    """Patient and phenotype, a label for each line."""
    patients = rows.drop_duplicates("patient_id")
    return [
        f"{n} · {p}" if isinstance(p, str) and p else str(n)
        for n, p in zip(patients["patient_id"], patients["phenotype"], strict=True)
    ]


def _place(figure: go.Figure, part: go.Figure, column: int, legend: Sequence[str]) -> None:
    """The traces of one column of patients; each name stands in the legend once, in its order."""
    listed = {trace.name for trace in figure.data}
    for trace in part.data:
        figure.add_trace(
            trace.update(
                xaxis=f"x{column + 1 if column else ''}",
                yaxis=f"y{column + 1 if column else ''}",
                legendgroup=trace.name,
                legendrank=legend.index(trace.name) if trace.name in legend else 1000,
                showlegend=trace.showlegend is not False and trace.name not in listed,
            )
        )


def _months(table: pd.DataFrame) -> tuple[float, float]:
    low, high = min([0.0, *table["start_month"].dropna()]), max([1.0, *table["end_month"].dropna()])
    return low - (high - low) * 0.02, high + (high - low) * 0.03


def _shade(doses: pd.Series) -> list[int]:
    """Which shade each dose has."""
    return [sum(dose > end for end in DOSES) for dose in doses.dropna()]


def _dose_words(shade: int, language: str) -> str:
    ends = ["", *(plain_number(end) for end in DOSES)]
    words = (
        f"≤{ends[1]}"
        if shade == 0
        else f">{ends[-1]}"
        if shade == len(DOSES)
        else f">{ends[shade]}–{ends[shade + 1]}"
    )
    return tr("figure.swimmer.dose", {"dose": words}, language)


def _legend(table: pd.DataFrame, language: str) -> tuple[str, ...]:
    there = [
        kind
        for kind in ("dose_unknown", "transfusion", "free_from", "stop")
        if (table["kind"] == kind).any()
    ]
    there += ["ongoing"] if len(_ongoing(table)) else []
    doses = sorted(set(_shade(table.loc[table["kind"] == "dose", "value"])))
    classes = classes_in(table.loc[table["kind"] == "response", "detail"])
    return (
        *(_dose_words(shade, language) for shade in doses),
        *(tr(f"figure.swimmer.{k}", language=language) for k in there),
        *(class_label(c, language) for c in classes),
    )


def _ongoing(table: pd.DataFrame) -> pd.DataFrame:
    """The ends of the lines of patients who were not seen to stop, or who started again."""
    months = table.astype({"start_month": "float64", "end_month": "float64"})
    last = months[months["kind"] == "stop"].groupby("patient_id")["start_month"].max()
    taken = (
        months[months["kind"].isin(["dose", "dose_unknown"])]
        .groupby("patient_id")["end_month"]
        .max()
    )
    lines = months[months["kind"] == "followed"]
    stop, end = (lines["patient_id"].map(at).astype("float64") for at in (last, taken))
    return lines[stop.isna() & (end >= lines["end_month"] - 1) | (end > stop)]


def _bars(figure: go.Figure, rows: pd.DataFrame, page: Page) -> None:
    """The doses, and a thin line where a patient was seen without one."""
    off = _off_drug(rows)
    figure.add_trace(
        go.Scatter(
            x=[x for ends in zip(off["start"], off["end"], strict=True) for x in (*ends, None)],
            y=[y for y in off["y"] for y in (y, y, None)],
            mode="lines",
            name="followed",
            showlegend=False,
            hoverinfo="skip",
            line={"color": page.preset.pale, "width": page.preset.line * 0.7},
        )
    )
    unknown = rows[rows["kind"] == "dose_unknown"]
    _bar(
        figure,
        unknown,
        tr("figure.swimmer.dose_unknown", language=page.language),
        look(UNKNOWN).faint(0.45),
    )
    doses = rows[(rows["kind"] == "dose") & rows["value"].notna()]
    shade = pd.Series(_shade(doses["value"]), index=doses.index, dtype="int64")
    for one in sorted(shade.unique()):
        _bar(
            figure,
            doses[shade == one],
            _dose_words(one, page.language),
            look("dose").faint(SHADES[one]),
        )


def _off_drug(rows: pd.DataFrame) -> pd.DataFrame:
    """y, start and end of the times between two doses, and from the last of them to the last
    record.
    """
    bars = rows[rows["kind"].isin(["dose", "dose_unknown"])].sort_values(
        ["y", "start_month"], kind="stable"
    )
    seen = rows[rows["kind"] == "followed"].set_index("y")["end_month"]
    following = bars.groupby("y")["start_month"].shift(-1).fillna(bars["y"].map(seen))
    gaps = pd.DataFrame({"y": bars["y"], "start": bars["end_month"], "end": following})
    return gaps[gaps["end"] > gaps["start"]]


def _bar(figure: go.Figure, part: pd.DataFrame, name: str, colour: str) -> None:
    if part.empty:
        return
    figure.add_trace(
        go.Bar(
            orientation="h",
            x=part["end_month"] - part["start_month"],
            base=part["start_month"],
            y=part["y"],
            width=BAR,
            name=name,
            customdata=part[["patient_id", "kind"]],
            hovertext=[figure_text(_hover(r)) for r in part.itertuples()],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"color": colour, "line": {"width": 0}},
        )
    )


def _hover(row: object) -> str:
    amount = "" if pd.isna(row.value) else f": {plain_number(row.value)} {row.unit}"  # type: ignore[attr-defined]
    return f"{row.patient_id} · {row.start_month:.3g}–{row.end_month:.3g} M{amount}"  # type: ignore[attr-defined]


def _marks(figure: go.Figure, rows: pd.DataFrame, row: float, page: Page) -> None:
    size, language = min(page.preset.marker * 1.5, row * 0.72), page.language
    given, transfusion = rows[rows["kind"] == "transfusion"], look("transfusion")
    _points(
        figure,
        given,
        tr("figure.swimmer.transfusion", language=language),
        "line-ns-open",
        size * 0.75,
        transfusion.colour,
        page.preset,
        width=1.0,
    )
    _points(
        figure,
        rows[rows["kind"] == "free_from"],
        tr("figure.swimmer.free_from", language=language),
        f"{transfusion.symbol}-open",
        size,
        transfusion.colour,
        page.preset,
    )
    _points(
        figure,
        rows[rows["kind"] == "stop"],
        tr("figure.swimmer.stop", language=language),
        "line-ns-open",
        row * 0.85,
        page.preset.ink,
        page.preset,
        width=2.2,
    )
    _arrows_of_ongoing(figure, rows, size, page)
    _class_marks(figure, rows, page, size, language)


def _arrows_of_ongoing(figure: go.Figure, rows: pd.DataFrame, size: float, page: Page) -> None:
    """An arrow where no stop was seen."""
    ongoing = _ongoing(rows)
    beyond = size * 0.5 / page.plot_width * rows["end_month"].max()
    _points(
        figure,
        ongoing.assign(start_month=ongoing["end_month"] + beyond),
        tr("figure.swimmer.ongoing", language=page.language),
        "triangle-right",
        size * 0.8,
        page.preset.pale,
        page.preset,
    )


def _class_marks(
    figure: go.Figure, rows: pd.DataFrame, page: Page, size: float, language: str
) -> None:
    """The class, where it became another one."""
    judged = _changes(rows[rows["kind"] == "response"])
    for name in classes_in(judged["detail"]):
        style = look(name)
        _points(
            figure,
            judged[judged["detail"] == name],
            class_label(name, language),
            style.symbol,
            size,
            style.colour,
            page.preset,
            edge="#FFFFFF",
        )


def _changes(judged: pd.DataFrame) -> pd.DataFrame:
    """The first class of each patient, and those that differ from the one before."""
    judged = judged.sort_values(["y", "start_month"], kind="stable")
    return judged[judged["detail"] != judged.groupby("y")["detail"].shift()]


def _points(
    figure: go.Figure,
    part: pd.DataFrame,
    name: str,
    symbol: str,
    size: float,
    colour: str,
    preset: Preset,
    width: float = 1.0,
    edge: str = "",
) -> None:
    part = part.dropna(subset=["start_month"])
    if part.empty:
        return
    edged = edge and "open" not in symbol and symbol != "x"
    line = {
        "color": edge if edged else colour,
        "width": min(preset.line * width * 0.8, size * 0.25),
    }
    figure.add_trace(
        go.Scatter(
            x=part["start_month"],
            y=part["y"],
            mode="markers",
            name=name,
            cliponaxis=False,
            customdata=part[["patient_id", "kind"]],
            hovertext=[
                figure_text(f"{r.patient_id} · {r.start_month:.3g} M · {r.detail or name}")
                for r in part.itertuples()
            ],
            hovertemplate="%{hovertext}<extra></extra>",
            marker={"symbol": symbol, "size": size, "color": colour, "line": line},
        )
    )


def _axes(
    figure: go.Figure,
    months: tuple[float, float],
    labels: Sequence[str],
    most: int,
    row: float,
    column: int,
    columns: int,
    page: Page,
) -> None:
    """Labels keep their size: of narrow rows every k-th is named."""
    size, suffix = page.preset, str(column + 1) if column else ""
    width = (1 - (columns - 1) * page.left / page.plot_width) / columns
    start = column * (width + page.left / page.plot_width)
    every = max(1, -(-int(size.text * 1.15) // max(int(row), 1)))
    named = range(0, len(labels), every)
    figure.update_layout(
        {
            f"xaxis{suffix}": {
                "range": months,
                "nticks": 12 if size.width * width > 400 else 7,
                "domain": [start, start + width],
                "anchor": f"y{suffix}",
                "zeroline": True,
                "zerolinecolor": size.pale,
                "zerolinewidth": size.line * 0.6,
                "title": {"text": tr("figure.months", language=page.language)}
                | {"standoff": size.text * 0.4},
            },
            f"yaxis{suffix}": {
                "range": [max(most, 1) - 0.4, -0.6],
                "tickvals": list(named),
                "ticks": "",
                "showgrid": False,
                "showline": False,
                "ticktext": [row_label(labels[i], page.left, size, 1) for i in named],
                "anchor": f"x{suffix}",
                "ticklabelstandoff": round(size.text * 0.3),
            },
        }
    )


def _title(table: pd.DataFrame, language: str) -> str:
    lines = table[table["kind"] == "followed"]
    if lines.empty:
        return tr("figure.swimmer.title", language=language)
    return tr(
        "figure.swimmer.message",
        {
            "ongoing": len(_ongoing(table)),
            "n": table["patient_id"].nunique(),
            "longest": f"{lines['end_month'].max():.0f}",
        },
        language,
    )


def _subtitle(table: pd.DataFrame, criterion: Criterion | None, language: str) -> str:
    patients = table.drop_duplicates("patient_id")
    judged = table[table["kind"] == "response"].groupby("patient_id")["start_month"].min()
    months = sorted({f"{m:g}" for m in judged.dropna()}, key=float)
    counts = join_list(
        (f"{c} {(patients['response'] == c).sum()}" for c in classes_in(patients["response"])),
        language,
    )
    return tr(
        "figure.swimmer.subtitle",
        {
            "n": len(patients),
            "counts": counts,
            "month": "–".join(dict.fromkeys([*months[:1], *months[-1:]])),
            "criterion": criterion.label(language) if criterion else "",
        },
        language,
    ).removesuffix(" · ")


def _caption(table: pd.DataFrame, shown: pd.DataFrame, language: str) -> tuple[str, ...]:
    sentences = [tr("figure.swimmer.caption", language=language)]
    drawn, everybody = shown["patient_id"].nunique(), table["patient_id"].nunique()
    if drawn < everybody:
        sentences.append(tr("figure.swimmer.thinned", {"shown": drawn, "n": everybody}, language))
    if timeless := everybody - table.loc[table["kind"] == "followed", "patient_id"].nunique():
        sentences.append(tr("figure.swimmer.nothing", {"n": timeless}, language))
    return tuple(sentences)
