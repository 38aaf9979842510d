"""A quantity over time: the mean (or median) with its interval at each visit, n under each, single
lines behind.
"""

from __future__ import annotations

import math
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.page import Page, share
from thal_core.figures.printed_marks import add_printed, printed_caption, printed_name
from thal_core.figures.text import width_em
from thal_core.figures.theme import Look, Preset, looks, preset_named
from thal_core.rules.catalogue import class_label, field_label
from thal_core.vocabulary import Phenotype
from thal_core.words import Message, label, tr
from thal_core.words.escape import figure_text

MOST_LINES = 300
MOST_GROUPS, MOST_GROUPS_ON_SLIDE = 6, 4


@dataclass(frozen=True)
class Statistic:
    """Which columns of the table are the point and the ends of its bar."""

    centre: str
    low: str
    high: str


STATISTICS = {
    "mean": Statistic("mean", "conf_low", "conf_high"),
    "mean_sd": Statistic("mean", "sd_low", "sd_high"),
    "median": Statistic("median", "q1", "q3"),
    "geometric_mean": Statistic("geometric_mean", "geometric_low", "geometric_high"),
}


def plot_trajectory(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
    analyte: str = "hb_g_per_l",
    group_by: str = "phenotype",
    statistic: str = "mean",
    log: bool | None = None,
    lines: pd.DataFrame | None = None,
    published: pd.DataFrame | None = None,
    seed: int = 20240917,
    title: str = "",
    notes: Sequence[Message] = (),
) -> go.Figure:
    """Points and bars of the table, one line for each group, groups set a little apart so that bars
    stay readable.

    table: month, n and a column of groups (``group``, or the one named by ``group_by``), with mean,
    conf_low, conf_high (statistic ``mean``); mean, sd (``mean_sd``); median, q1, q3 (``median``);
    or geometric_mean, geometric_low, geometric_high (``geometric_mean``). Unit: that of
    ``analyte``, a column of visits. The six largest groups are drawn (four on a slide), ``all``
    only where there is no other; rows repeated for several methods are drawn once; a statistic
    whose ends the table lacks has no bars. lines: patient_id, month, value, on_drug; of more than
    300 patients a seeded sample is drawn and the caption says so; steps to a visit off the drug are
    dashed. published: printed means of the same groups (``analyses.overlay.printed_over``), laid
    over it hollow, pale and dashed, each with a legend entry. notes: sentences for the caption, in
    place of the drawing's own caveat on transfusion. log: the value axis; by default for ferritin.
    ``customdata`` of a point: month, n, group.
    """
    size = preset_named(preset)
    column = "group" if "group" in table else group_by
    rows, left_out = _rows(table, statistic, column, size)
    groups = list(dict.fromkeys(rows["group"]))
    style = looks(groups)
    log = analyte.startswith("ferritin") if log is None else log
    names = {g: group_name(g, group_by, language) for g in groups}
    printed = _curves(published, names, language)
    page = _page(rows, names, list(printed), size, language, analyte, statistic, title, selected)
    page = _with_caption(
        left_out, groups, statistic, lines, log, analyte, group_by, notes, printed, page, language
    )
    figure = go.Figure()
    span = _span([rows, *printed.values(), *([] if lines is None else [lines])])
    if lines is not None and len(lines):
        _single_lines(figure, lines, size, seed)
    _groups(figure, rows, groups, names, style, statistic, span, size)
    _printed_curves(figure, printed, style, size, language)
    months = sorted(
        {*rows["month"], *(month for curve in printed.values() for month in curve["month"])}
    )
    _axes(figure, page, rows, months, names, style, analyte, span, log)
    return page.dress(figure)


def _rows(
    table: pd.DataFrame, statistic: str, column: str, size: Preset
) -> tuple[pd.DataFrame, int]:
    """One row a group and month, of the largest groups, and how many groups are left out."""
    rows = (
        _with_ends(table, statistic)
        .rename(columns={column: "group"})
        .drop_duplicates(["group", "month"])
    )
    rows, left_out = _largest_groups(rows.assign(group=rows["group"].astype("str")), size)
    return rows, left_out


def _printed_curves(
    figure: go.Figure,
    printed: dict[str, pd.DataFrame],
    style: dict[str, Look],
    size: Preset,
    language: str,
) -> None:
    """The curves that papers print."""
    for name, curve in printed.items():
        add_printed(
            figure,
            curve,
            curve["month"],
            curve["value"],
            name,
            style[curve["group"].iloc[0]],
            size,
            language,
        )


def _groups(
    figure: go.Figure,
    rows: pd.DataFrame,
    groups: list[str],
    names: dict[str, str],
    style: dict[str, Look],
    statistic: str,
    span: tuple[float, float],
    size: Preset,
) -> None:
    """The curves of the groups, a little apart."""
    for index, group in enumerate(groups):
        aside = (index - (len(groups) - 1) / 2) * (span[1] - span[0]) * 0.016
        _group(
            figure,
            rows[rows["group"] == group],
            names[group],
            style[group],
            STATISTICS[statistic],
            aside,
            size,
        )


def _with_caption(
    left_out: int,
    groups: list[str],
    statistic: str,
    lines: pd.DataFrame | None,
    log: bool,
    analyte: str,
    group_by: str,
    notes: Sequence[Message],
    printed: dict[str, pd.DataFrame],
    page: Page,
    language: str,
) -> Page:
    """The page with what its caption says."""
    if left_out:
        page = page.saying(
            tr(
                "figure.trajectory.groups_left_out",
                {"shown": len(groups), "n": len(groups) + left_out},
                language,
            )
        )
    page = page.saying(
        *_caption(statistic, lines, log, language),
        *([note.text(language) for note in notes] or _caveat(groups, analyte, group_by, language)),
    )
    if printed:
        page = page.saying(
            *printed_caption("overlay.caption", pd.concat(printed.values()), language)
        )
    return page


def group_name(group: str, group_by: str, language: str) -> str:
    """A group's label: its word in the catalogue, else as it is."""
    return label(f"figure.group.{group_by}.{group}", language, class_label(group, language))


def _curves(
    published: pd.DataFrame | None, names: Mapping[str, str], language: str
) -> dict[str, pd.DataFrame]:
    """The printed curves of the groups drawn, by the name of each in the legend."""
    if published is None:
        return {}
    shown = published.sort_values("month")
    curves = {
        (group, paper): curve
        for group in names
        for paper, curve in shown[shown["group"] == group].groupby("paper", sort=False)
    }
    return {
        printed_name(curve, names[group], language): curve for (group, _), curve in curves.items()
    }


def _largest_groups(rows: pd.DataFrame, size: Preset) -> tuple[pd.DataFrame, int]:
    """The rows of the largest groups (without ``all`` beside others), and how many groups are left
    out.
    """
    if rows["group"].nunique() > 1:
        rows = rows[rows["group"] != "all"]
    most = MOST_GROUPS if not size.fixed else MOST_GROUPS_ON_SLIDE
    largest = (
        rows.groupby("group", sort=False)["n"]
        .max()
        .sort_values(ascending=False, kind="stable")
        .index[:most]
    )
    return rows[rows["group"].isin(list(largest))], max(rows["group"].nunique() - most, 0)


def _with_ends(table: pd.DataFrame, statistic: str) -> pd.DataFrame:
    if statistic == "mean_sd":
        table = table.assign(
            sd_low=table["mean"] - table["sd"], sd_high=table["mean"] + table["sd"]
        )
    return table.sort_values("month")


def _page(
    rows: pd.DataFrame,
    names: Mapping[str, str],
    printed: list[str],
    size: Preset,
    language: str,
    analyte: str,
    statistic: str,
    title: str,
    selected: tuple[str, ...],
) -> Page:
    first = rows.groupby("group", sort=False)["n"].max()
    counts = " · ".join(f"{names[str(g)]} n = {int(n)}" for g, n in first.items())
    left = share(size.width, [*(f"n {name}" for name in names.values()), "0000"], size, 0.25)
    return Page(
        size,
        language,
        selected=selected,
        title=title
        or tr("figure.trajectory.title", {"analyte": plain_name(analyte, language)}, language),
        subtitle=tr("figure.trajectory.subtitle", {"counts": counts}, language) if counts else "",
        legend=(*names.values(), *printed) if len(names) > 1 or printed else (),
        left=left,
        right=size.text * 1.2,
        below=size.text * 3.8 + len(names) * size.row,
    )


def plain_name(analyte: str, language: str) -> str:
    """A quantity's label without its unit."""
    return field_label(analyte, language).split(" (")[0].split("（")[0]


def _caption(statistic: str, lines: pd.DataFrame | None, log: bool, language: str) -> list[str]:
    sentences = [tr(f"figure.statistic.{statistic}", language=language)]
    if lines is not None and len(lines):
        total = lines["patient_id"].nunique()
        code = (
            "figure.trajectory.lines_some" if total > MOST_LINES else "figure.trajectory.lines_all"
        )
        sentences.append(tr(code, {"shown": min(total, MOST_LINES), "n": total}, language))
        if "on_drug" in lines and (lines["on_drug"] == False).any():  # noqa: E712 — missing is not False
            sentences.append(tr("figure.trajectory.off_drug", language=language))
    return [*sentences, tr("figure.log_axis", language=language)] if log else sentences


def _caveat(groups: Sequence[str], analyte: str, group_by: str, language: str) -> list[str]:
    """What transfusion does to Hb and HbF, wherever a group may hold transfused patients."""
    transfused = Phenotype.TDT in groups or group_by != "phenotype"
    return (
        [tr(f"figure.caveat.{analyte}", language=language)]
        if transfused and analyte in ("hb_g_per_l", "hbf_percent")
        else []
    )


def _span(drawn: Sequence[pd.DataFrame]) -> tuple[float, float]:
    months = [month for frame in drawn for month in frame["month"]] or [0.0, 1.0]
    low, high = min(months), max(months)
    edge = max((high - low) * 0.04, 0.5)
    return low - edge, high + edge


def sample_lines(lines: pd.DataFrame, seed: int, most: int = MOST_LINES) -> pd.DataFrame:
    """The visits of at most ``most`` patients; the same ones for the same seed."""
    patients = sorted(map(str, lines["patient_id"].unique()))
    if len(patients) > most:
        patients = random.Random(seed).sample(patients, most)
    return lines[lines["patient_id"].astype(str).isin(patients)].sort_values(
        ["patient_id", "month"]
    )


def _single_lines(figure: go.Figure, lines: pd.DataFrame, size: Preset, seed: int) -> None:
    """Two gapped traces, steps on the drug and steps off it: SVG draws hundreds of traces
    slowly.
    """
    shown, on, opacity = _shown_lines(seed, lines)
    for wanted, dash in ((True, "solid"), (False, "dash")):
        x: list[float] = []
        y: list[float] = []
        for _, visits in shown.assign(on=on).groupby("patient_id", sort=False):
            months, values, state = (
                visits["month"].tolist(),
                visits["value"].tolist(),
                visits["on"].tolist(),
            )
            for i in range(1, len(months)):
                if state[i] == wanted:
                    if (
                        not x
                        or math.isnan(x[-1])
                        or (x[-1], y[-1]) != (months[i - 1], values[i - 1])
                    ):
                        x += [math.nan, months[i - 1]]
                        y += [math.nan, values[i - 1]]
                    x.append(months[i])
                    y.append(values[i])
        if x:
            figure.add_trace(
                go.Scatter(
                    x=x[1:],
                    y=y[1:],
                    mode="lines",
                    name=f"lines_{dash}",
                    showlegend=False,
                    hoverinfo="skip",
                    line={
                        "color": f"rgba(128,138,150,{opacity:.2f})",
                        "width": size.line * 0.55,
                        "dash": dash,
                    },
                )
            )


def _shown_lines(seed: int, lines: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series, float]:
    """The visits that are drawn, whether each is on the drug, and how dark the lines are."""
    shown = sample_lines(lines.dropna(subset=["value"]), seed)
    on = (
        shown["on_drug"].fillna(True).astype(bool)
        if "on_drug" in shown
        else pd.Series(True, shown.index)
    )
    opacity = max(0.12, min(0.4, 20 / shown["patient_id"].nunique())) if len(shown) else 0.4
    return shown, on, opacity


def _group(
    figure: go.Figure,
    rows: pd.DataFrame,
    name: str,
    style: Look,
    statistic: Statistic,
    aside: float,
    size: Preset,
) -> None:
    centre = rows[statistic.centre]
    figure.add_trace(
        go.Scatter(
            x=rows["month"] + aside,
            y=centre,
            mode="lines+markers",
            name=figure_text(name),
            customdata=rows[["month", "n", "group"]],
            cliponaxis=False,
            line={"color": style.colour, "width": size.line, "dash": style.dash},
            marker={
                "symbol": style.symbol,
                "size": size.marker,
                "color": style.colour,
                "line": {"color": style.colour, "width": size.line * 0.6},
            },
            error_y=_bars(rows, centre, statistic, style, size),
            hovertemplate=f"{figure_text(name)}, %{{customdata[0]}} M: %{{y:.1f}} "
            "(n = %{customdata[1]})<extra></extra>",
        )
    )


def _bars(
    rows: pd.DataFrame,
    centre: pd.Series,
    statistic: Statistic,
    style: Look,
    size: Preset,
) -> dict[str, object] | None:
    if statistic.low not in rows:
        return None
    return {
        "type": "data",
        "symmetric": False,
        "array": rows[statistic.high] - centre,
        "arrayminus": centre - rows[statistic.low],
        "color": style.colour,
        "thickness": size.line * 0.8,
        "width": size.marker * 0.5,
    }


def _axes(
    figure: go.Figure,
    page: Page,
    rows: pd.DataFrame,
    months: Sequence[float],
    names: Mapping[str, str],
    style: Mapping[str, Look],
    analyte: str,
    span: tuple[float, float],
    log: bool,
) -> None:
    size = page.preset
    figure.update_xaxes(
        range=list(span),
        tickvals=ticks(months, span, page.plot_width, size.text),
        showgrid=False,
        title={"text": tr("figure.months", language=page.language), "standoff": size.text * 0.4},
    )
    figure.update_yaxes(nticks=7)
    if log:
        drawn = [v for t in figure.data for v in t.y if v is not None and v > 0]
        figure.update_yaxes(log_axis(min(drawn, default=10), max(drawn, default=1000)))
    page.axis_title(figure, field_label(analyte, page.language), indent=page.pad - page.left)
    counts = {f"n {names[g]}": [_n(rows, g, month) for month in months] for g in names}
    page.count_rows(
        figure,
        months,
        span,
        counts,
        top=size.text * 4.0,
        colours={f"n {names[g]}": style[g].colour for g in names},
    )


def log_axis(low: float, high: float) -> dict[str, object]:
    """A logarithmic axis over ``low`` to ``high`` that labels 1, 2, 5 of each decade, or 1 alone
    over many.
    """
    decades = range(math.floor(math.log10(low)) - 1, math.ceil(math.log10(high)) + 2)
    leads = (1, 2, 5) if high / low < 2000 else (1,)
    values = [lead * 10.0**decade for decade in decades for lead in leads]
    return {
        "type": "log",
        "range": [math.log10(low * 0.85), math.log10(high * 1.15)],
        "tickvals": values,
        "ticktext": [f"{v:,.10g}" for v in values],
    }


def ticks(
    months: Sequence[float], span: tuple[float, float], width: float, text: float
) -> list[float]:
    """Visits whose labels fit side by side; where there are too many, every k-th."""
    step = 1
    while step < len(months):
        shown = list(months[::step])
        px = [(m - span[0]) / (span[1] - span[0]) * width for m in shown]
        wide = [width_em(f"{m:g}") * text for m in shown]
        if all(
            b - a >= (u + v) / 2 * 0.95
            for a, b, u, v in zip(px, px[1:], wide, wide[1:], strict=False)
        ):
            return shown
        step += 1
    return list(months[:1])


def _n(rows: pd.DataFrame, group: str, month: float) -> object:
    found = rows[(rows["group"] == group) & (rows["month"] == month)]["n"]
    return int(found.iloc[0]) if len(found) else None
