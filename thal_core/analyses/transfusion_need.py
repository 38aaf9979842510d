"""Transfusion: who still needs it, how much less, and how soon none."""

from __future__ import annotations

from functools import partial

import pandas as pd

from thal_core.analyses.build_result import build_result, need, need_patients
from thal_core.analyses.tested import explained, test_cells
from thal_core.cohort import Cohort
from thal_core.derive.evidence import reasons_that_mean
from thal_core.derive.on_drug import derive_last_dose, last_seen
from thal_core.derive.transfusion import (
    derive_free_at_last,
    derive_free_from,
    derive_transfusion_rates,
)
from thal_core.derive.visits import values_at
from thal_core.figures.survival_curves import plot_survival
from thal_core.groups import derive_groups, evidence_of, population, responses
from thal_core.results import Result
from thal_core.rules.catalogue import criterion
from thal_core.stats import compare
from thal_core.stats.describe import describe
from thal_core.stats.survival import kaplan_meier
from thal_core.view import Options
from thal_core.vocabulary import Phenotype, Response
from thal_core.words import Message

TABLE_3_MONTHS = (0, 1, 3, 6)


def still_transfused(cohort: Cohort, options: Options) -> Result:
    """2024 Table 3: the evaluable TDT patients not free of transfusion, with Hb (g/L) and class."""
    need_patients(cohort)
    evidence, classes = evidence_of(cohort, options), responses(cohort, options)["response"]
    known = (
        evidence["reduction_percent"].notna() | evidence["free"].notna()
    )  # stopping says nothing of transfusion
    still = (
        (evidence["phenotype"] == Phenotype.TDT)
        & (classes != Response.NE)
        & known
        & ~evidence["free"].fillna(False).astype(bool)
    )
    table = cohort.patients.loc[still, ["genotype", "sex", "age_years"]].assign(
        transfusion_reduction_percent=evidence.loc[still, "reduction_percent"],
        response=classes[still],
    )
    stated = cohort.patients["transfusion_reduction_percent"]
    table["transfusion_reduction_percent"] = stated.reindex(table.index).fillna(
        table["transfusion_reduction_percent"]
    )
    for month in TABLE_3_MONTHS:
        table[f"hb_{month}"] = values_at(cohort, "hb_g_per_l", month, on_drug_only=False)[still]
    return build_result(
        "still_transfused",
        table.rename_axis("patient_id").reset_index(),
        cohort=cohort,
        used=table.index,
        method=[Message("about.still_transfused")],
        notes=[Message("about.hb_timing_tdt")],
    )


def transfusion_burden(cohort: Cohort, options: Options) -> Result:
    """Red cell units per month before and on treatment, TDT; all, and those still transfused.

    percent_change = 100 · (Σ after − Σ before) / Σ before; mean_of_patient_percent is the mean of
    each patient's change: both are negative where transfusion fell. Patients of whom only a
    reduction is known enter the latter alone (means blank). effect, conf_low, conf_high, p_value:
    paired t test of the rates (after − before, U per month) of the ``n_pairs`` patients with both.
    """
    need_patients(cohort)
    evidence, rates = evidence_of(cohort, options), derive_transfusion_rates(cohort)
    change = (100 * (rates["after"] / rates["before"].where(rates["before"] > 0) - 1)).fillna(
        -evidence["reduction_percent"]
    )
    tdt = change.index[
        (evidence["phenotype"] == Phenotype.TDT) & change.notna() & ~evidence["stopped"]
    ]
    need(len(tdt) > 0, "transfusion_units_before", "transfusion_units_after")
    free = evidence["free"].fillna(False).astype(bool)
    rows = [
        _burden_row(name, rates.loc[ids], change.loc[ids])
        for name, ids in (("all", tdt), ("still_transfused", tdt[~free.loc[tdt]]))
    ]
    rows, reasons = explained([row for row in rows if row["n"]])
    return build_result(
        "transfusion_burden",
        rows,
        cohort=cohort,
        used=tdt,
        notes=reasons,
        sentences=reasons,
        excluded=[(Message("excluded.no_transfusion"), cohort.n - len(tdt))],
        method=[Message("about.burden")],
    )


def _burden_row(name: str, rates: pd.DataFrame, change: pd.Series) -> dict[str, object]:
    pairs = rates.dropna(subset=["before", "after"])
    before, after = describe(pairs["before"]), describe(pairs["after"])
    total = pairs["before"].sum()
    return {
        "population": name,
        "n": len(change),
        "before_mean": before.mean,
        "before_sd": before.sd,
        "after_mean": after.mean,
        "after_sd": after.sd,
        "percent_change": 100 * (pairs["after"].sum() - total) / total
        if total > 0
        else float("nan"),
        "mean_of_patient_percent": change.mean(),
        "n_pairs": len(pairs),
        "method": "paired_t",
    } | test_cells(compare.paired_t(pairs["after"], pairs["before"]))


def time_to_transfusion_free(cohort: Cohort, options: Options) -> Result:
    """Kaplan–Meier of the time to transfusion independence, TDT, in months; ``survival`` is the
    share still transfused.

    A stated month that the records refute is no event; how many are still free at their last visit
    is a note. Steps at visits; patients withdrawn (transplantation among them) or not yet free are
    censored at the last dose, else the last visit. Groups: all, then those of the chosen grouping
    unless it is response itself.
    """
    need_patients(cohort)
    need(
        cohort.patients["transfusion_free_from_month"].notna().any(), "transfusion_free_from_month"
    )
    free_from = derive_free_from(cohort)
    time = free_from.fillna(derive_last_dose(cohort)).fillna(last_seen(cohort))
    tdt = population(cohort, Phenotype.TDT)
    frame = pd.DataFrame({"time": time, "event": free_from.notna().astype(float)}).loc[tdt].dropna()
    groups = {"all": frame.index}
    if not options.group_by.startswith("response"):
        of = derive_groups(cohort, options.group_by, options)
        groups |= {
            str(name): frame.index[of.reindex(frame.index) == name]
            for name in sorted(of.dropna().unique())
        }
    rows = []
    for name, ids in groups.items():
        curve = kaplan_meier(frame.loc[ids, "time"], frame.loc[ids, "event"]).rename(
            columns={"time": "month"}
        )
        rows += [{"group": name} | row for row in curve.to_dict("records")]
    return build_result(
        "time_to_transfusion_free",
        rows,
        cohort=cohort,
        used=frame.index,
        excluded=[(Message("excluded.not_tdt_or_no_time"), cohort.n - len(frame))],
        method=[Message("about.kaplan_meier")],
        notes=[*_still_free(cohort, options, free_from), *_notes(cohort, frame, options)],
        draw=partial(plot_survival, group_by=options.group_by),
    )


def _still_free(cohort: Cohort, options: Options, free_from: pd.Series) -> list[Message]:
    """Of those who ever became free, how many are at the last visit on the drug; freedom is lost
    where a later transfusion is recorded.
    """
    became = free_from.index[free_from.notna() & (cohort.patients["phenotype"] == Phenotype.TDT)]
    if not len(became):
        return []
    free = derive_free_at_last(cohort, criterion(options.criterion)).loc[became]
    unknown = int(free.isna().sum())
    notes = [Message("about.still_free", {"n": int(free.sum()), "total": len(became)})]
    return [*notes, Message("about.still_free_unknown", {"unknown": unknown})] if unknown else notes


def _notes(cohort: Cohort, frame: pd.DataFrame, options: Options) -> list[Message]:
    """How many of the censored left for transplantation; circular where genotypes are compared."""
    reasons = cohort.patients.loc[frame.index[frame["event"] == 0], "withdrawal_reason"]
    n = int(reasons_that_mean("transplantation", reasons).sum())
    notes = [Message("about.transplanted", {"n": n})]
    return (
        [*notes, Message("about.genotype_circular")]
        if options.group_by.startswith("genotype")
        else notes
    )
