"""Which genotypes did how well: counts, intervals and Hb. Never a verdict on a genotype."""

from __future__ import annotations

from functools import partial

import pandas as pd

from thal_core.analyses.build_result import build_result, need, need_patients, need_values
from thal_core.analyses.overlay import overlaid
from thal_core.analyses.responders import about
from thal_core.cohort import Cohort
from thal_core.derive.transfusion import derive_free_from
from thal_core.derive.visits import values_at, visit_values
from thal_core.figures.genotype_bars import plot_genotype_bars, plot_genotype_response
from thal_core.figures.thal_print import plot_thal_print
from thal_core.groups import POPULATIONS, evidence_of, population, responses
from thal_core.results import Result
from thal_core.rules.catalogue import criterion, read_rules
from thal_core.stats.describe import describe
from thal_core.stats.partial_pooling import Rate, pooled_rates, quantiles
from thal_core.stats.proportions import wilson
from thal_core.view import Options
from thal_core.vocabulary import Phenotype, Response
from thal_core.words import Message

SMALL_GROUP = 3  # design.md: a genotype with fewer patients is greyed


def genotype_response(cohort: Cohort, options: Options) -> Result:
    """2024 Table 1 for this cohort: patients analysed by genotype, phenotype, time free of
    transfusion, and MaR.

    Patients withdrawn before the month of judgement are not counted; ``percent_mar`` is of the
    evaluable, with Wilson interval. Free of transfusion: TDT patients; free_by_3_months is
    cumulative (free_by_1_month + free_1_to_3_months). pooled_percent, pooled_low, pooled_high: the
    rate partially pooled with the other genotypes of the phenotype (stats.partial_pooling;
    posterior median and 95 % interval), blank with fewer than five genotypes. A genotype with
    patients of both phenotypes has the mean of its two rates, weighted by its evaluable patients.
    """
    need_patients(cohort)
    patients = cohort.patients
    need(patients["genotype"].notna().any(), "genotype")
    rules, classes = criterion(options.criterion), responses(cohort, options)
    stopped = evidence_of(cohort, options)["stopped"] & (classes["response"] == Response.NE)
    analysed = patients[~stopped & patients["genotype"].notna()].join(classes["response"])
    analysed["free_from"] = derive_free_from(cohort)
    best = rules.classes[0]
    pooled = _pooled(analysed, best)
    rows = [
        _genotype_row(str(name), group, best) | pooled.get(str(name), {})
        for name, group in analysed.groupby("genotype", sort=False)
    ]
    rows.sort(key=_paper_order)
    settings = about(cohort, classes, options, "method.wilson_rates", "about.pooled_rates")
    notes = [
        *settings.pop("notes"),
        Message("about.genotypes_looked_at", {"n": len(rows)}),
        Message("about.genotype_total"),
        Message("about.genotype_small", {"n": SMALL_GROUP}),
        Message("about.alpha_unknown"),
    ]
    return build_result(
        "genotype_response",
        rows,
        cohort=cohort,
        notes=notes,
        draw=partial(plot_genotype_response, level=rules.best),
        **settings,
    )


def _genotype_row(name: str, group: pd.DataFrame, best: str) -> dict[str, object]:
    free = group["free_from"].where(group["phenotype"] == Phenotype.TDT)
    evaluable = group["response"] != Response.NE
    mar = int((group["response"] == best).sum())
    share = wilson(mar, int(evaluable.sum()))
    return {
        "genotype": name,
        "beta_class": group["beta_class"].iloc[0],
        "ntdt": int((group["phenotype"] == Phenotype.NTDT).sum()),
        "tdt": int((group["phenotype"] == Phenotype.TDT).sum()),
        "free_by_1_month": int((free <= 1).sum()),
        "free_1_to_3_months": int(((free > 1) & (free <= 3)).sum()),
        "free_by_3_months": int((free <= 3).sum()),
        "total": len(group),
        "mar": mar,
        "percent_mar": share.percent,
        "conf_low": share.conf_low,
        "conf_high": share.conf_high,
    }


def _pooled(analysed: pd.DataFrame, best: str) -> dict[str, dict[str, float]]:
    """Genotype → its partially pooled rate in percent; only genotypes whose phenotypes all have
    one.
    """
    judged = analysed[(analysed["response"] != Response.NE) & analysed["phenotype"].notna()]
    judged = judged.assign(mar=judged["response"] == best)
    parts: dict[str, list[tuple[float, Rate]]] = {}
    for _, rows in judged.groupby("phenotype"):
        counts = rows.groupby("genotype", sort=True)["mar"].agg(["sum", "size"])
        rates = pooled_rates(counts["sum"], counts["size"]) or []
        for name, n, rate in zip(counts.index, counts["size"], rates, strict=False):
            parts.setdefault(str(name), []).append((float(n), rate))
    total = analysed[analysed["response"] != Response.NE].groupby("genotype").size()
    return {
        name: _pooled_cells([(n / total[name], rate) for n, rate in shares])
        for name, shares in parts.items()
        if sum(n for n, _ in shares) == total[name]
    }


def _pooled_cells(parts: list[tuple[float, Rate]]) -> dict[str, float]:
    middle, low, high = (100 * share for share in quantiles(parts))
    return {"pooled_percent": middle, "pooled_low": low, "pooled_high": high}


def _paper_order(row: dict[str, object]) -> tuple[int, int, str]:
    """The paper's fourteen combinations first and in its order, then the others by size."""
    number = _paper_numbers().get(frozenset(str(row["genotype"]).split("/")), 99)
    return (number, -int(str(row["total"])), str(row["genotype"]))


def _paper_numbers() -> dict[frozenset[str], int]:
    return {
        frozenset((r["allele_1"], r["allele_2"])): int(r["paper_number"])
        for r in read_rules("genotype_groups")
    }


def hb_by_genotype(cohort: Cohort, options: Options) -> Result:
    """2024 Table 2 and Fig. 2: mean and SD of Hb (g/L) by genotype, phenotype and month, available
    patients on drug.
    """
    need_values(cohort, "hb_g_per_l")
    need(cohort.patients["genotype"].notna().any(), "genotype")
    visits = visit_values(cohort, "hb_g_per_l", on_drug_only=True)
    visits = visits.join(cohort.patients[["genotype"]], on="patient_id").dropna(subset=["genotype"])
    numbers, rows = _paper_numbers(), []
    order = sorted(
        visits["genotype"].unique(), key=lambda g: (numbers.get(frozenset(g.split("/")), 99), g)
    )
    for name in order:
        for phenotype in POPULATIONS:
            of_genotype = visits[
                (visits["genotype"] == name)
                & visits["patient_id"].isin(population(cohort, phenotype))
            ]
            rows += [
                {"genotype": name, "phenotype": phenotype, "month": month}
                | describe(part["value"]).row()
                for month, part in of_genotype.groupby("month")
            ]
    draw, missing = overlaid(options.published, "hb_by_genotype", plot_genotype_bars, {})
    return build_result(
        "hb_by_genotype",
        rows,
        cohort=cohort,
        used=visits["patient_id"],
        method=[Message("about.mean_sd_on_drug")],
        draw=draw,
        notes=[
            Message("about.hb_timing_tdt"),
            Message("about.genotype_small", {"n": SMALL_GROUP}),
            *missing,
        ],
    )


def response_print(cohort: Cohort, options: Options) -> Result:
    """Patients side by side: response, phenotype, spleen, alleles, baseline HbF (%) and gain in Hb
    (g/L).
    """
    need_patients(cohort)
    need(cohort.patients["allele_1"].notna().any(), "genotype")
    classes, rules = responses(cohort, options), criterion(options.criterion)
    before = values_at(cohort, "hb_g_per_l", 0, on_drug_only=False)
    table = cohort.patients[
        ["phenotype", "genotype", "allele_1", "allele_2", "splenectomy"]
    ].assign(
        response=classes["response"],
        hb_gain=values_at(cohort, "hb_g_per_l", options.visit_or(rules.month)) - before,
        hbf_percent=values_at(cohort, "hbf_percent", 0, on_drug_only=False),
    )
    return build_result(
        "response_print",
        table.rename_axis("patient_id").reset_index(),
        cohort=cohort,
        draw=plot_thal_print,
        **about(cohort, classes, options),
    )
