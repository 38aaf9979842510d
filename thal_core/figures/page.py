"""The page around a drawing: title, subtitle, legend, caption and footer, each given its room
before anything is drawn.

Plotly neither wraps text nor keeps it apart. A Page measures every line first and sets the margins
to what the text needs, so that nothing overlaps at any preset and in either language.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

from plotly import graph_objects as go

from thal_core.figures.text import shorten, spread, thin, width_em, wrap
from thal_core.figures.theme import Preset, template
from thal_core.words import join_sentences, tr
from thal_core.words.escape import figure_text

LINE = 1.3  # plotly's own line height, in em
_UNDER = {"showarrow": False, "borderpad": 0, "yref": "paper", "y": 0, "yanchor": "top"}  # the plot


@dataclass(frozen=True)
class Page:
    """Plain text (escaped here) and the px that the axes need left, right and below of the plot.

    title: one message. subtitle: who and how many. caption: what bars and marks are, what is left
    out. legend: the names plotly will list; empty for none. above: lines over the plot for axis
    titles. selected: the conditions that the patients meet, the first sentence of the caption.
    """

    preset: Preset
    language: str
    title: str
    subtitle: str = ""
    caption: tuple[str, ...] = ()
    legend: tuple[str, ...] = ()
    left: float = 0.0
    right: float = 0.0
    below: float = 0.0
    above: int = 1
    selected: tuple[str, ...] = ()

    @property
    def pad(self) -> float:
        return self.preset.text * 0.7

    def _lines(self, text: str, size: float, bold: float = 1.0) -> list[str]:
        return wrap(text, (self.preset.width - 2 * self.pad) / size / bold) if text else []

    @cached_property
    def title_lines(self) -> list[str]:
        return self._lines(self.title, self.preset.title, 1.08)

    @cached_property
    def subtitle_lines(self) -> list[str]:
        return self._lines(self.subtitle, self.preset.text)

    @cached_property
    def caption_lines(self) -> list[str]:
        selected = (
            tr("figure.selected", {"conditions": self.selected}, self.language)
            if self.selected
            else ""
        )
        joined = join_sentences((c for c in (selected, *self.caption) if c), self.language)
        return self._lines(joined, self.preset.text)

    @cached_property
    def footer_lines(self) -> list[str]:
        return (
            self._lines(tr("figure.footer", language=self.language), self.preset.text)
            if self.preset.footer
            else []
        )

    @property
    def title_height(self) -> float:
        return self.pad + len(self.title_lines) * self.preset.title * LINE

    @property
    def legend_height(self) -> float:
        """Plotly sets entries side by side while they fit, else in columns as wide as the widest.

        A legend that starts left of the plot may be as wide as plot and left margin together, else
        as the plot.
        """
        if not self.legend:
            return 0.0
        widths = [width_em(name) * self.preset.text + 52 for name in self.legend]
        room = self.preset.width - self.right if self.preset.white else self.plot_width
        rows = 1 if sum(widths) <= room else -(-len(widths) // max(1, int(room // max(widths))))
        return rows * (self.preset.text * LINE + 5) + self.preset.text * 0.4

    @property
    def above_height(self) -> float:
        return self.preset.text * (0.9 + self.above * LINE)

    @property
    def top(self) -> float:
        subtitle = (
            len(self.subtitle_lines) * LINE + (0.25 if self.legend else 0)
        ) * self.preset.text
        return self.title_height + subtitle + self.legend_height + self.above_height

    @property
    def bottom(self) -> float:
        lines = len(self.caption_lines) + len(self.footer_lines)
        return (
            self.below
            + lines * self.preset.text * LINE
            + self.pad
            + (self.preset.text * 0.7 if lines else 0)
        )

    @property
    def _heights(self) -> dict[str, float]:
        """What each text around the plot takes of the margins, for those who print it beside the
        figure.
        """
        line = self.preset.text * LINE
        return {
            "title": self.title_height,
            "caption": len(self.caption_lines) * line,
            "footer": len(self.footer_lines) * line,
        }

    @property
    def plot_width(self) -> float:
        return self.preset.width - self.left - self.right

    @property
    def room(self) -> float:
        """The tallest plot this page can hold."""
        return self.preset.tallest - self.top - self.bottom

    @property
    def usual_height(self) -> float:
        """The plot's height where no number of rows asks for another."""
        if self.preset.fixed:
            return self.room
        return max(self.preset.height - self.top - self.bottom, self.preset.width * 0.5)

    def saying(self, *sentences: str) -> Page:
        """The same page with more sentences in its caption."""
        return replace(self, caption=(*self.caption, *sentences))

    def dress(self, figure: go.Figure, plot_height: float | None = None) -> go.Figure:
        """Sets size, margins and every text around the plot; plain texts stay readable in
        ``layout.meta``.
        """
        height = (
            self.room if self.preset.fixed else min(plot_height or self.usual_height, self.room)
        )
        height = max(height, self.preset.text * 4)
        figure.update_layout(
            template=template(self.preset),
            width=self.preset.width if self.preset.white else None,
            height=self.top + height + self.bottom,
            margin={
                "l": self.left,
                "r": self.right,
                "t": self.top,
                "b": self.bottom,
                "pad": 0,
                "autoexpand": False,
            },
            title=self._title_layout(),
            font={"size": self.preset.text},
            legend=self._legend_layout(height),
            showlegend=bool(self.legend),
            meta=self._meta,
        )
        self._write(figure, "subtitle", self.subtitle_lines, top=self.top - self.title_height)
        below = -(self.below + self.preset.text * 0.7)
        self._write(figure, "caption", self.caption_lines, top=below)
        self._write(
            figure,
            "footer",
            self.footer_lines,
            top=below - len(self.caption_lines) * self.preset.text * LINE,
            colour=self.preset.pale,
        )
        return figure

    @property
    def _meta(self) -> dict[str, object]:
        """The texts around the plot, to be read again from the figure."""
        return {
            "title": self.title,
            "subtitle": self.subtitle,
            "caption": [c for c in self.caption if c],
            "preset": self.preset.preset,
            "language": self.language,
            "heights": self._heights,
        }

    def _title_layout(self) -> dict[str, object]:
        lift = (len(self.title_lines) - 1) * self.preset.title * LINE / 2  # plotly centres lines
        return {
            "text": f"<b>{_html(self.title_lines)}</b>",
            "font": {"size": self.preset.title},
            "x": 0,
            "xref": "container",
            "xanchor": "left",
            "y": 1,
            "yref": "container",
            "yanchor": "top",
            "pad": {"l": self.pad, "t": self.pad + lift, "r": 0, "b": 0},
            "automargin": False,
        }

    def _legend_layout(self, height: float) -> dict[str, object]:
        """Above the plot, from the page's left edge; a page stretches the screen's figure."""
        fixed = {"xref": "paper", "x": -self.left / self.plot_width}
        return {
            "orientation": "h",
            "xanchor": "left",
            **(fixed if self.preset.white else {"xref": "container", "x": 0}),
            "traceorder": "normal",
            "yref": "paper",
            "yanchor": "bottom",
            "y": 1 + (self.above_height - self.preset.text * 0.4) / height,
            "font": {"size": self.preset.text},
            "itemsizing": "trace",
            "tracegroupgap": 0,
        }

    def _write(
        self,
        figure: go.Figure,
        name: str,
        lines: Sequence[str],
        top: float,
        colour: str | None = None,
    ) -> None:
        """Lines whose first one starts ``top`` px above the plot's upper edge (or below its lower
        one, negative).
        """
        if lines:
            figure.add_annotation(
                name=name,
                text=_html(lines),
                align="left",
                showarrow=False,
                borderpad=0,
                xref="paper",
                x=0,
                xanchor="left",
                xshift=self.pad - self.left,
                yref="paper",
                y=1 if top > 0 else 0,
                yanchor="top",
                yshift=top,
                font={"size": self.preset.text} | ({"color": colour} if colour else {}),
            )

    def axis_title(self, figure: go.Figure, text: str, axis: str = "", indent: float = 0.0) -> None:
        """A y axis's title, level, above its upper end: it reads without turning the head and costs
        no width.

        axis: "" for the first, "2" for the second panel …; indent: px from the panel's left edge
        (negative: outside).
        """
        figure.add_annotation(
            name="axis_title",
            text=_html(wrap(text, (self.preset.width - 2 * self.pad) / self.preset.text)),
            align="left",
            showarrow=False,
            borderpad=0,
            xref=f"x{axis} domain",
            x=0,
            xanchor="left",
            xshift=indent,
            yref=f"y{axis} domain",
            y=1,
            yanchor="bottom",
            yshift=self.preset.text * 0.35,
            font={"size": self.preset.text},
        )

    def count_rows(
        self,
        figure: go.Figure,
        positions: Sequence[float],
        span: tuple[float, float],
        rows: Mapping[str, Sequence[object]],
        top: float,
        axis: str = "x",
        colours: Mapping[str, str] | None = None,
    ) -> None:
        """Rows of counts under an axis, each number below its position, its group's name in the
        left margin.

        positions: sorted axis values; span: the axis range; top: px from the axis down to the first
        row.
        """
        start, end = span
        px = [(p - start) / (end - start) * self.plot_width for p in positions]
        notes: list[dict[str, object]] = []
        for line, (name, counts) in enumerate(rows.items()):
            words = ["" if c is None else str(c) for c in counts]
            colour = {"color": colours[name]} if colours and name in colours else {}
            row = [*self._counts(words, positions, px, axis), self._group_of_counts(name, colour)]
            notes += [_UNDER | {"yshift": -(top + line * self.preset.row)} | note for note in row]
        add_notes(figure, notes)

    def _counts(
        self, words: Sequence[str], positions: Sequence[float], px: Sequence[float], axis: str
    ) -> list[dict[str, object]]:
        """The numbers of one row that there is room for, moved apart where they would touch."""
        text = self.preset.text
        widths = [width_em(w) * text for w in words]
        tight = 1.0 if max(widths, default=0) > 3 * text else 0.75  # short ones may be pushed apart
        shown = thin(px, [w * tight for w in widths], gap=1.0)
        moved = spread([px[i] for i in shown], [widths[i] for i in shown])
        return [
            {
                "name": "n",
                "text": words[i],
                "xref": axis,
                "x": positions[i],
                "xshift": dx,
                "font": {"size": text},
            }
            for i, dx in zip(shown, moved, strict=True)
        ]

    def _group_of_counts(self, name: str, colour: Mapping[str, str]) -> dict[str, object]:
        text = self.preset.text
        return {
            "name": "n_group",
            "text": figure_text(shorten(name, (self.left - self.pad * 1.6) / text)),
            "xref": "paper",
            "x": 0,
            "xanchor": "left",
            "xshift": self.pad - self.left,
            "align": "left",
            "font": {"size": text, **colour},
        }


def add_notes(figure: go.Figure, notes: Sequence[Mapping[str, object]]) -> None:
    """Annotations all at once: plotly validates the whole list each time one is added."""
    figure.layout.annotations += tuple(notes)


def _html(lines: Sequence[str]) -> str:
    return "<br>".join(figure_text(line) for line in lines)


def share(width: float, names: Sequence[str], preset: Preset, at_most: float = 0.42) -> float:
    """px for a column of labels: as wide as the widest, at most a share of ``width``."""
    widest = max((width_em(n) for n in names), default=0.0) * preset.text
    return min(widest + preset.text * 1.4, width * at_most)


def label_lines(text: str, px: float, preset: Preset) -> list[str]:
    """The lines a row's label needs in ``px``."""
    return wrap(text, (px - preset.text * 1.3) / preset.text)


def row_label(text: str, px: float, preset: Preset, lines: int = 2) -> str:
    """Escaped tick text of at most ``lines`` lines in ``px``."""
    parts = label_lines(text, px, preset)
    if len(parts) > lines:
        parts = [
            *parts[: lines - 1],
            shorten(" ".join(parts[lines - 1 :]), (px - preset.text * 1.3) / preset.text),
        ]
    return _html(parts)
