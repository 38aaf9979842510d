"""Quantities of visits: timed by their header, by their row, by the date beside them, or the
baseline.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from thal_core.intake.fields.assign import untimed
from thal_core.intake.fields.proposals import proposal_words
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.values.contributions import Contributions, Part, together
from thal_core.intake.values.deferred_units import waiting_name
from thal_core.intake.values.extra import keep_extra
from thal_core.intake.values.hb_unit_check import hb_ratios
from thal_core.intake.values.patient_columns import read_codes
from thal_core.intake.values.quantities import Values, read_quantities
from thal_core.intake.values.visit_frame import Timed

_HB_SIDES = {"hb_pre_g_per_l": "pre_transfusion", "hb_post_g_per_l": "post_transfusion"}


def read_visit_quantity(
    ledger: Ledger, part: Part, target: str, group: list[Column]
) -> Contributions:
    """A quantity of visits: timed by its header, by its row, or the baseline where a table knows no
    time.
    """
    unclear = _unclear(part, target, group)
    for column in unclear:
        ledger.report_column(WARNING, "intake.time_unclear", column)
    untimed = [c.read_as(field="extra", confidence=0.3, how="how.time_unclear") for c in unclear]
    ledger.learn(*untimed)
    found = []
    usable = [c for c in group if c not in unclear]
    for values in read_quantities(ledger, usable, hb_ratios(part.columns)) if usable else []:
        once = values.column.reading.month is None and not part.has_row_time
        if target == "weight_kg" and once:
            found.append(part.of_patients(target, values))
        else:
            found.append(_visit_values(ledger, part, target, values))
    # last: of a cell with two values the half that was read decides what became of it
    return together([*found, read_extra(ledger, part, "extra", untimed)])


def _unclear(part: Part, target: str, group: list[Column]) -> list[Column]:
    """Columns whose time cannot be told: a visit that is no month, or one of several baselines."""
    undated = [c for c in group if c.index not in part.own_days]
    unclear = [c for c in undated if c.reading.month is None and untimed(c)]
    if part.has_row_time or target == "weight_kg":
        return unclear
    bare = [c for c in undated if c not in unclear and c.reading.month is None]
    baselines = any(c.reading.month == 0 for c in undated)
    return [*unclear, *(bare if len(bare) > 1 or baselines else [])]


def _visit_values(ledger: Ledger, part: Part, target: str, values: Values) -> Contributions:
    column = values.column
    dated = column.reading.month is not None or column.index in part.own_days
    if not dated and not part.has_row_time:
        column = column.read_as(month=0.0, confidence=min(column.reading.confidence, 0.7))
        ledger.learn(column)
        values = replace(values, column=column)
        ledger.report_column(NOTE, "intake.time_is_baseline", column)
    side = _HB_SIDES.get(target)
    timed = part.timed("hb_g_per_l" if side else waiting_name(target, values), values)
    if column.reading.month is None:
        lost = np.isfinite(values.value) & ~np.isfinite(timed.month) & (part.patients >= 0)
        ledger.report_cells(WARNING, "intake.cell.no_time", column, np.flatnonzero(lost))
    if not side and values.hb_timing is None:
        return Contributions(visits=(timed,))
    timing_words = side if values.hb_timing is None else _first_timing(values.hb_timing, side)
    words = Values(column, np.where(np.isfinite(values.value), timing_words, "").astype(object))
    timing = Timed("hb_timing", words, timed.patient, timed.month, timed.day)
    return Contributions(visits=(timed, timing))


def _first_timing(remarked: np.ndarray, header: str | None) -> np.ndarray:
    """What the cell remarks of transfusion; else what the header says."""
    return np.where(remarked != "", remarked, header or "")


def read_timing(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    """Whether Hb was taken before or after transfusion, as written."""
    read = [part.timed(target, read_codes(ledger, column, part.mapping)) for column in group]
    return Contributions(visits=tuple(read))


def read_extra(ledger: Ledger, part: Part, target: str, group: list[Column]) -> Contributions:
    """Columns kept as they are, under their headers."""
    read = [(column, keep_extra(ledger, part, column, column.coded())) for column in group]
    frames = tuple(frame for _, frame in read)
    if target == "recorded_beta_class":
        return Contributions(extra=frames, recorded_classes=frames)
    for column, frame in read:
        if column.reading.how == "how.not_understood" and len(frame):
            severity = WARNING if column.reading.candidates else NOTE
            words = proposal_words(column.reading)
            ledger.report_column(severity, "intake.column.not_understood", column, proposals=words)
    return Contributions(extra=frames)
