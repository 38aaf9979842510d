"""Quantities of visits: timed by their header, by their row, by the date beside them, or the
baseline.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.fields.assign import untimed
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.context import Context
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.values.contributions import Harvest, Part
from thal_core.intake.values.deferred_units import waiting_name
from thal_core.intake.values.extra import keep_extra
from thal_core.intake.values.hb_unit_check import hb_ratios
from thal_core.intake.values.patient_columns import read_codes
from thal_core.intake.values.quantities import Values, read_quantities
from thal_core.intake.values.visit_frame import Timed

_HB_SIDES = {"hb_pre_g_per_l": "pre_transfusion", "hb_post_g_per_l": "post_transfusion"}


def read_measured(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    """A quantity of visits: timed by its header, by its row, or the baseline where a table knows no
    time.
    """
    unclear = [
        c for c in group if c.index not in part.own_days and c.reading.month is None and untimed(c)
    ]
    if not part.has_row_time and target != "weight_kg":
        unclear += _several_baselines(
            [c for c in group if c not in unclear and c.index not in part.own_days]
        )
    for column in unclear:
        context.column_issue(WARNING, "intake.time_unclear", column)
    kept = [c.read_as(field="extra", confidence=0.3, how="how.time_unclear") for c in unclear]
    context.learn(*kept)
    read_extra(context, harvest, part, "extra", kept)
    usable = [c for c in group if c not in unclear]
    for values in read_quantities(context, usable, hb_ratios(part.columns)) if usable else []:
        if target == "weight_kg" and values.column.reading.month is None and not part.has_row_time:
            harvest.statics.setdefault(target, []).append((values, part.patients))
        else:
            _visit_values(context, harvest, part, target, values)


def _several_baselines(group: list[Column]) -> list[Column]:
    """Columns of one quantity without any time: one may be the baseline, of several none can be
    told.
    """
    bare = [c for c in group if c.reading.month is None]
    return bare if len(bare) > 1 or any(c.reading.month == 0 for c in group) else []


def _visit_values(
    context: Context, harvest: Harvest, part: Part, target: str, values: Values
) -> None:
    column = values.column
    if column.reading.month is None and not part.has_row_time and column.index not in part.own_days:
        column = column.read_as(month=0.0, confidence=min(column.reading.confidence, 0.7))
        context.learn(column)
        values = replace(values, column=column)
        context.column_issue(NOTE, "intake.time_is_baseline", column)
    side = _HB_SIDES.get(target)
    timed = part.timed("hb_g_per_l" if side else waiting_name(target, values), values)
    if column.reading.month is None:
        lost = np.flatnonzero(
            np.isfinite(values.value) & ~np.isfinite(timed.month) & (part.patients >= 0)
        )
        context.cell_issues(WARNING, "intake.cell.no_time", column, lost)
    harvest.visits.append(timed)
    if side:
        words = Values(column, np.where(np.isfinite(values.value), side, "").astype(object))
        harvest.visits.append(Timed("hb_timing", words, timed.patient, timed.month, timed.day))


def read_timing(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    """Whether Hb was taken before or after transfusion, as written."""
    for column in group:
        harvest.visits.append(part.timed(target, read_codes(context, column)))


def read_extra(
    context: Context, harvest: Harvest, part: Part, target: str, group: list[Column]
) -> None:
    """Columns kept as they are, under their headers."""
    for column in group:
        kept = keep_extra(context, column, column.coded(), part.patients, part.times)
        harvest.extra.append(kept)
        if target == "recorded_beta_class":
            harvest.recorded_classes.append(kept)
        elif column.reading.how == "how.not_understood" and len(kept):
            context.column_issue(NOTE, "intake.column.not_understood", column)
