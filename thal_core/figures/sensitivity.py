"""How far the response rate moves with the rules about who counts."""

from __future__ import annotations

import pandas as pd
from plotly import graph_objects as go

from thal_core.figures.intervals import plot_proportions
from thal_core.figures.theme import look
from thal_core.words import label, tr


def plot_sensitivity(
    table: pd.DataFrame,
    *,
    language: str = "en",
    preset: str = "screen",
    selected: tuple[str, ...] = (),
) -> go.Figure:
    """ORR of all patients under each rule. table: ``response_sensitivity``: population, rule,
    level, n, total, percent, conf_low, conf_high (percent).
    """
    rows = table[(table["population"] == "all") & (table["level"] == "ORR")]
    return plot_proportions(
        rows,
        [label(f"sensitivity.{rule}", language) for rule in rows["rule"]],
        [look("all")] * len(rows),
        language,
        preset,
        title=tr("figure.sensitivity.title", language=language),
        subtitle="",
        axis=tr("figure.rates.axis", language=language),
        caption=(
            tr("figure.interval.wilson", language=language),
            tr("figure.sensitivity.caption", language=language),
        ),
        selected=selected,
    )
