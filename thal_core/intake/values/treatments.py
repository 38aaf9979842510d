"""Drugs: yes/no or named columns with their months, or a sheet of drugs → rows of treatments."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import parse_distinct
from thal_core.intake.ledger.issue_log import NOTE
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.clinical_terms import denies, drugs_in
from thal_core.intake.text.codes import MISSING, parse_code
from thal_core.intake.text.fold import plain
from thal_core.intake.timeline.treatment_time import TreatmentTime, month_labels
from thal_core.intake.values.contributions import Part
from thal_core.intake.values.events import Parts, exploded, phrases_of, report_orphans
from thal_core.intake.values.quantities import read_quantities
from thal_core.vocabulary import DAYS_PER_MONTH

DRUG_CLASSES = ("chelator", "antithrombotic", "hydroxyurea")
OTHER_DRUG = "other drug"
_ENDS = ("start_month", "stop_month")
_SHEET_PARTS = ("drug", *_ENDS, "start_date", "stop_date", "treatment_dose", "reason")


def read_treatments(
    ledger: Ledger, part: Part, treatment_time: TreatmentTime
) -> list[pd.DataFrame]:
    """Treatment rows of one table: drug columns with their months, or a sheet of drugs."""
    by_target: Parts = {}
    for column in part.columns:
        by_target.setdefault(column.target, column)
    return [
        _drug_rows(ledger, part, group, kind, treatment_time)
        for kind, group in _drug_groups(by_target)
    ]


def _drug_groups(columns: Parts) -> Iterator[tuple[str, Parts]]:
    """(class of drugs, '' on a sheet of drugs; its columns)."""
    for kind in (kind for kind in DRUG_CLASSES if kind in columns):
        ends = {end: columns[f"{kind}_{end}"] for end in _ENDS if f"{kind}_{end}" in columns}
        yield kind, {"drug": columns[kind], **ends}
    if "drug" in columns:
        yield "", {name: columns[name] for name in _SHEET_PARTS if name in columns}


def _drug_rows(
    ledger: Ledger, part: Part, group: Parts, kind: str, treatment_time: TreatmentTime
) -> pd.DataFrame:
    named = parse_distinct(group["drug"], lambda text: _drug_names(text, kind))
    ledger.mark(group["drug"], Fate.USED)
    unknown = named.rows([OTHER_DRUG in names for names in named.values])
    ledger.report_cells(NOTE, "intake.drug.unknown", group["drug"], unknown, Fate.USED)
    start = _drug_month(ledger, part, group, "start", treatment_time)
    stop = _drug_month(ledger, part, group, "stop", treatment_time)
    n = len(part.patients)
    blank = np.full(n, np.nan)
    undated = blank if kind else part.times.month
    filled = {
        "start_month": undated if start is None else start,
        "stop_month": blank if stop is None else stop,
        "dose_mg_per_day": _dose(ledger, group.get("treatment_dose"), blank),
        "reason": phrases_of(ledger, group.get("reason"), "indication", n),
    }
    report_orphans(ledger, group, "drug", named.rows([bool(names) for names in named.values]))
    where, names = exploded(part, named.codes, named.values)
    frame = {name: values[where] for name, values in filled.items()}
    return pd.DataFrame({"patient_id": part.ids_at(where), "drug": names, **frame})


def _dose(ledger: Ledger, column: Column | None, blank: np.ndarray) -> np.ndarray:
    return blank if column is None else read_quantities(ledger, [column])[0].value


def _drug_names(text: str, kind: str) -> list[str]:
    yes_no = parse_code(text, "bool")
    if not plain(text) or yes_no in ("no", MISSING) or denies(text):
        return []
    found = list(drugs_in(text))
    if yes_no == "yes" and not found:
        return [kind]
    return found or [OTHER_DRUG]


def _drug_month(
    ledger: Ledger, part: Part, group: Parts, end: str, treatment_time: TreatmentTime
) -> np.ndarray | None:
    if f"{end}_month" in group:
        return month_labels(ledger, group[f"{end}_month"], part.mapping)
    if f"{end}_date" in group:
        days = treatment_time.since_first_dose(group[f"{end}_date"], part.patients)
        return days / DAYS_PER_MONTH
    return None
