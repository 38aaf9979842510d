"""Iron: who got better, and whose chelation was stopped."""

from __future__ import annotations

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_values
from thal_core.cohort import Cohort
from thal_core.derive.drugs import treatments_of
from thal_core.derive.visits import months_with, values_at, visit_values
from thal_core.figures.intervals import plot_iron_response
from thal_core.groups import POPULATIONS, population
from thal_core.results import Result
from thal_core.stats.proportions import wilson
from thal_core.view import Options
from thal_core.words import Message

LAST_MONTH = 24  # 2024 Table 8


def iron_response(cohort: Cohort, options: Options) -> Result:
    """Patients whose ferritin fell below their baseline ("alleviation", 2024), by month; Wilson
    intervals in percent.
    """
    need_values(cohort, "ferritin_ng_per_ml")
    before = values_at(cohort, "ferritin_ng_per_ml", 0, on_drug_only=False)
    rows, used = [], set()
    for name in POPULATIONS:
        patients = population(cohort, name)
        for month in [m for m in months_with(cohort, "ferritin_ng_per_ml") if m > 0]:
            change = (
                (values_at(cohort, "ferritin_ng_per_ml", month) - before).reindex(patients).dropna()
            )
            used |= set(change.index)
            if len(change):
                share = wilson(int((change < 0).sum()), len(change))
                rows.append(
                    {
                        "phenotype": name,
                        "month": month,
                        "n": len(change),
                        "n_fell": share.n,
                        "percent": share.percent,
                        "conf_low": share.conf_low,
                        "conf_high": share.conf_high,
                    }
                )
    if not rows:
        raise Unanswerable("cannot.no_before_after")
    return build_result(
        "iron_response",
        rows,
        cohort=cohort,
        used=used,
        method=[Message("about.iron_response")],
        excluded=[(Message("excluded.no_before_after"), cohort.n - len(used))],
        notes=[Message("about.ferritin_acute"), Message("about.regression_to_the_mean")],
        draw=plot_iron_response,
    )


def chelation_stopped(cohort: Cohort, options: Options) -> Result:
    """2024 Table 8: patients whose chelation was stopped, with ferritin (ng/mL) at that time and at
    month 24.
    """
    stopped = treatments_of(cohort, "chelator").dropna(subset=["stop_month"])
    if stopped.empty:
        raise Unanswerable("cannot.no_chelation_stop")
    ferritin = visit_values(cohort, "ferritin_ng_per_ml").sort_values("month")
    late = values_at(cohort, "ferritin_ng_per_ml", LAST_MONTH, on_drug_only=False)
    table = (
        stopped.sort_values("stop_month")
        .drop_duplicates("patient_id", keep="last")
        .set_index("patient_id")
    )
    patients = cohort.patients.loc[
        cohort.patients.index.isin(table.index), ["sex", "age_years", "genotype"]
    ]
    patients = patients.assign(
        month=table["stop_month"],
        ferritin_24=late,
        ferritin_before=[
            _last_before(ferritin, name, table["stop_month"][name]) for name in patients.index
        ],
    )
    return build_result(
        "chelation_stopped",
        patients.rename_axis("patient_id").reset_index(),
        cohort=cohort,
        used=patients.index,
        method=[Message("about.chelation_stopped")],
    )


def _last_before(ferritin: pd.DataFrame, patient: str, month: float) -> float:
    of_patient = ferritin[(ferritin["patient_id"] == patient) & (ferritin["month"] <= month)]
    return float(of_patient["value"].iloc[-1]) if len(of_patient) else float("nan")
