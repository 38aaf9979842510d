"""Doses of drugs that are not written in mg per day: their unit and interval are in
rules/drugs.csv.
"""

from __future__ import annotations

import pandas as pd

from thal_core.intake.ledger.issue_log import NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.rules.catalogue import Drug, drugs


def doses_per_day(
    ledger: Ledger,
    treatments: pd.DataFrame,
    weight_kg: pd.Series,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """(treatments with mg per day, rows of ``extra`` for the doses that cannot become mg).

    treatments: patient_id, drug, start_month, dose_mg_per_day as written. weight_kg: by patient_id.
    Each drug that has a unit of its own is named in an issue with the number of doses.
    """
    extra = []
    for drug in (one for one in drugs().values() if one.dose_unit and len(treatments)):
        of_drug = (treatments["drug"] == drug.drug) & treatments["dose_mg_per_day"].notna()
        if not of_drug.any():
            continue
        written = treatments.loc[of_drug]
        per_day = _per_day(drug, written, weight_kg)
        treatments = treatments.assign(
            dose_mg_per_day=treatments["dose_mg_per_day"].mask(of_drug, per_day)
        )
        lost = written[per_day.isna()]
        extra.append(_as_written(drug, lost))
        params = {"drug": drug.drug, "unit": drug.dose_unit, "days": drug.interval_days}
        if len(lost) < len(written):
            ledger.report(NOTE, "intake.dose_own_unit", n=len(written) - len(lost), **params)
        if len(lost):
            ledger.report(WARNING, "intake.dose_not_mg", n=len(lost), **params)
    return treatments, pd.concat(extra, ignore_index=True) if extra else pd.DataFrame()


def _per_day(drug: Drug, rows: pd.DataFrame, weight_kg: pd.Series) -> pd.Series:
    mg = rows["dose_mg_per_day"] * drug.mg_per_unit
    if drug.per_kg:
        mg = mg * rows["patient_id"].map(weight_kg).astype("float64")
    return mg / drug.interval_days


def _as_written(drug: Drug, rows: pd.DataFrame) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "patient_id": rows["patient_id"],
            "month": rows["start_month"],
            "column": f"{drug.drug} ({drug.dose_unit} / {drug.interval_days:g} d)",
            "value": [f"{dose:g}" for dose in rows["dose_mg_per_day"]],
        }
    )
