"""How Hb, HbF and ferritin moved."""

from __future__ import annotations

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_values
from thal_core.analyses.overlay import overlaid
from thal_core.cohort import Cohort
from thal_core.derive.visits import visit_values
from thal_core.figures.trajectory import plot_trajectory
from thal_core.groups import POPULATIONS, derive_groups, population
from thal_core.results import Draw, Result
from thal_core.stats.describe import describe, geometric_mean
from thal_core.view import Options
from thal_core.vocabulary import ANALYTES
from thal_core.words import Message


def hb_over_time(cohort: Cohort, options: Options) -> Result:
    """2020 Fig. 1: mean Hb (g/L) with SD and t interval by phenotype and month, patients on
    drug.
    """
    need_values(cohort, "hb_g_per_l")
    visits = visit_values(cohort, "hb_g_per_l", on_drug_only=True)
    rows = []
    for name in POPULATIONS:
        of_population = visits[visits["patient_id"].isin(population(cohort, name))]
        rows += [
            {"phenotype": name, "month": month} | describe(part["value"]).row()
            for month, part in of_population.groupby("month")
        ]
    draw, missing = overlaid(
        options.published,
        "trajectory",
        plot_trajectory,
        {"analyte": "hb_g_per_l", "grouping": "phenotype"},
        lines=visit_values(cohort, "hb_g_per_l"),
        seed=options.seed,
    )
    return build_result(
        "hb_over_time",
        rows,
        cohort=cohort,
        used=visits["patient_id"],
        draw=draw,
        method=[Message("about.mean_interval_on_drug")],
        notes=[Message("about.hb_timing_tdt"), *missing],
    )


def trajectory(cohort: Cohort, options: Options) -> Result:
    """Any analyte by any grouping and month: mean with t interval, median with quartiles, geometric
    mean.
    """
    if options.analyte not in ANALYTES:
        raise Unanswerable("cannot.not_an_analyte", analyte=options.analyte)
    need_values(cohort, options.analyte)
    visits = visit_values(cohort, options.analyte, on_drug_only=True)
    groups = derive_groups(cohort, options.group_by, options)
    visits = visits.assign(group=visits["patient_id"].map(groups)).dropna(subset=["group"])
    asked = {"analyte": options.analyte, "grouping": options.group_by}
    rows = [
        asked | {"group": str(group), "month": month} | _centre(part["value"])
        for group, of_group in visits.groupby("group")
        for month, part in of_group.groupby("month")
    ]
    notes = _cautions(options)
    used = visits["patient_id"].unique()
    draw, missing = _drawing(cohort, options, groups, notes)
    return build_result(
        "trajectory",
        rows,
        cohort=cohort,
        used=used,
        notes=[*notes, *missing],
        draw=draw,
        excluded=[(Message("excluded.no_group_or_value"), cohort.n - len(used))],
        method=[Message("about.mean_interval_on_drug")],
    )


def _centre(values: pd.Series) -> dict[str, object]:
    geometric = geometric_mean(values)
    return describe(values).row() | {
        "geometric_mean": geometric.mean,
        "geometric_low": geometric.conf_low,
        "geometric_high": geometric.conf_high,
    }


def _cautions(options: Options) -> list[Message]:
    """What a reader must know of this quantity and these groups."""
    of_hb, by_response = options.analyte == "hb_g_per_l", options.group_by.startswith("response")
    cautions = {
        "about.hb_timing_tdt": of_hb,
        "about.hbf_diluted": options.analyte == "hbf_percent",
        "about.hb_by_class_descriptive": of_hb and by_response,
        "about.class_same_visits": by_response,
        "about.genotype_circular": options.group_by.startswith("genotype"),
    }
    return [Message(code) for code, holds in cautions.items() if holds]


def _drawing(
    cohort: Cohort, options: Options, groups: pd.Series, notes: list[Message]
) -> tuple[Draw, list[Message]]:
    """Ferritin is skewed: median and quartiles on a log axis. Single lines of everybody who has a
    group.
    """
    lines = visit_values(cohort, options.analyte)
    lines = lines[lines["patient_id"].isin(groups.dropna().index)]
    statistic = "median" if options.analyte == "ferritin_ng_per_ml" else "mean"
    return overlaid(
        options.published,
        "trajectory",
        plot_trajectory,
        {"analyte": options.analyte, "grouping": options.group_by},
        analyte=options.analyte,
        group_by=options.group_by,
        statistic=statistic,
        lines=lines,
        seed=options.seed,
        notes=tuple(notes),
    )
