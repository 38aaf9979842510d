"""What went with a main response: univariate comparisons, and baseline HbF against the gain in
Hb.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import numpy as np
import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_values
from thal_core.analyses.responders import about
from thal_core.analyses.tested import ROUTES, explained
from thal_core.cohort import Cohort
from thal_core.derive.visits import values_at
from thal_core.figures.forest import plot_forest
from thal_core.figures.scatter import plot_scatter
from thal_core.groups import OTHER, POPULATIONS, derive_groups, population, responses
from thal_core.results import Result
from thal_core.rules.catalogue import criterion, fields
from thal_core.selection import column_values
from thal_core.stats import compare, multiplicity
from thal_core.stats.comparison import Comparison
from thal_core.view import LAST, Options
from thal_core.words import Message

# 2020 Table 2, with the level whose odds are compared and the ways a variable may be tested
VARIABLES = (
    "sex",
    "age_years",
    "phenotype",
    "splenectomy",
    "duration_months",
    "dose_start_mg_per_day",
    "hb_g_per_l",
    "hbf_percent",
    "ferritin_ng_per_ml",
)
WORDS = {"sex": "female", "phenotype": "NTDT", "splenectomy": "yes"}
PAPER_ONLY = frozenset({"duration_months"})  # known only afterwards: it cannot predict
WAYS = (("paper", "chi_square", ("student",)), ("recommended", "fisher", ("welch", "mann_whitney")))
HBF_MONTH = 6


def predictors(cohort: Cohort, options: Options) -> Result:
    """2020 Table 2: each variable between MaR and the other evaluable patients, as the paper did
    and recommended.

    effect is group_1 − group_2 (Hodges–Lehmann for mann_whitney, conditional odds ratio of
    ``level`` for fisher, difference of its percentages for chi_square), hedges_g the same
    difference standardised; p_adjusted is Holm over the variables of one way and method.
    """
    groups = derive_groups(cohort, options.group_by, options)
    names = _two_groups(groups)
    rows: list[dict[str, object]] = []
    variables = [
        v for v in VARIABLES if v not in PAPER_ONLY or options.month != LAST
    ]  # a later response, a longer time
    for way, of_words, of_numbers in WAYS:
        own = [
            row
            for variable in variables
            for row in _rows(cohort, variable, groups, names, way, of_words, of_numbers)
        ]
        rows += [row | {"way": way} for row in _adjusted(own)]
    rows, reasons = explained(rows)
    settings = _grouped(cohort, groups, options)
    settings["method"] = [*settings["method"], Message("about.predictors")]
    looked_at = {str(row["variable"]) for row in rows}
    settings["notes"] = [
        *settings["notes"],
        *_not_recorded(variables, looked_at),
        *reasons,
        Message("about.predictors_exploratory", {"n": len(looked_at)}),
    ]
    return build_result("predictors", rows, cohort=cohort, sentences=reasons, **settings)


def _adjusted(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """The rows of one way with ``p_adjusted``: Holm within each method, over the variables."""
    frame = pd.DataFrame(rows, columns=["method", "p_value"])
    by_method = frame.groupby("method", sort=False)["p_value"].transform(multiplicity.holm)
    return [row | {"p_adjusted": p} for row, p in zip(rows, by_method, strict=True)]


def _grouped(cohort: Cohort, groups: pd.Series, options: Options) -> dict[str, object]:
    """What is said of the groups compared: the response, or any other column."""
    if options.group_by == "response":
        return about(cohort, responses(cohort, options), options)
    used = groups.dropna().index
    circular = (
        [Message("about.genotype_circular")] if options.group_by.startswith("genotype") else []
    )
    return {
        "used": used,
        "excluded": [(Message("excluded.no_group"), cohort.n - len(used))],
        "notes": circular,
        "method": [Message("about.grouped", {"grouping": options.group_by})],
    }


def _not_recorded(variables: list[str], looked_at: set[str]) -> list[Message]:
    missing = [fields()[variable] for variable in variables if variable not in looked_at]
    return [Message("about.not_recorded", {"columns": missing})] if missing else []


def _two_groups(groups: pd.Series) -> tuple[str, str]:
    names = [str(n) for n in groups.dropna().unique()]
    first = [n for n in names if n != OTHER]
    if len(names) != 2:
        raise Unanswerable("cannot.two_groups", n=len(names))
    ordered = first[:1] + [OTHER] if OTHER in names else sorted(names)
    return ordered[0], ordered[1]


def _rows(
    cohort: Cohort,
    variable: str,
    groups: pd.Series,
    names: tuple[str, str],
    way: str,
    of_words: str,
    of_numbers: tuple[str, ...],
) -> list[dict[str, object]]:
    values = column_values(cohort, variable)
    if values.notna().sum() == 0 or (variable in PAPER_ONLY and way != "paper"):
        return []
    head = {"variable": variable, "group_1": names[0], "group_2": names[1]}
    if variable in WORDS:
        level = WORDS[variable]
        test, counts = _word_test(values, level, groups, names, of_words)
        return [head | test.row() | {"level": level, "n_1": counts[0], "n_2": counts[1]}]
    parts = [values[groups == name] for name in names]
    return [
        head | compare.two_groups(method, *parts).row() | {"level": ""} for method in of_numbers
    ]


def _word_test(
    values: pd.Series, level: str, groups: pd.Series, names: tuple[str, str], method: str
) -> tuple[Comparison, list[int]]:
    yes = (
        values.map({True: "yes", False: "no"}, na_action="ignore")
        if values.dtype == "boolean"
        else values
    ) == level
    known = values.notna()
    table = [
        [int((side & known & (groups == name)).sum()) for name in names] for side in (yes, ~yes)
    ]
    return compare.counts(method, table), [sum(column) for column in zip(*table, strict=True)]


def hb_gain_vs_hbf(cohort: Cohort, options: Options) -> Result:
    """2024 Fig. 3: Hb(month) − Hb(0) in g/L on baseline HbF in percent, all and by phenotype.

    r with t test and Fisher z interval, least-squares slope (g/L per 1 %), Spearman's rho with
    Bonett and Wright's interval beside it; from four patients.
    """
    need_values(cohort, "hb_g_per_l")
    need_values(cohort, "hbf_percent")
    month = options.visit_or(HBF_MONTH)
    pairs = gain_and_hbf(cohort, month)
    if pairs.empty:
        raise Unanswerable("cannot.no_pairs", month=month)
    rows, bands = [], {}
    for name in POPULATIONS:
        of_population = pairs[pairs.index.isin(population(cohort, name))]
        if of_population.empty:
            continue
        line = compare.fit_line(of_population["hbf"], of_population["gain"])
        bands[name] = compare.line_band(
            line, np.linspace(of_population["hbf"].min(), of_population["hbf"].max(), 40)
        )
        rows.append({"population": name, "month": month} | _correlations(of_population, line))
    rows, reasons = explained(rows)
    apart = compare.difference_of_slopes(
        pairs["hbf"], pairs["gain"], pairs["phenotype"].map(NTDT_IS_ONE)
    )
    return build_result(
        "hb_gain_vs_hbf",
        rows,
        cohort=cohort,
        used=pairs.index,
        sentences=reasons,
        excluded=[(Message("excluded.no_pair", {"month": month}), cohort.n - len(pairs))],
        draw=partial(
            plot_scatter, points=pairs, bands=bands, apart=(apart.conf_low, apart.conf_high)
        ),
        method=[Message("about.correlation", {"month": month})],
        notes=[
            Message("about.pooled_correlation"),
            Message("about.regression_to_the_mean"),
            *reasons,
        ],
    )


def _correlations(pairs: pd.DataFrame, line: compare.Line) -> dict[str, object]:
    """Pearson, the line and Spearman of the gain on HbF, as columns of ``hb_gain_vs_hbf``."""
    r, rho = (test(pairs["hbf"], pairs["gain"]) for test in (compare.pearson, compare.spearman))
    return {
        "n": r.n,
        "r": r.effect,
        "p_value": r.p_value,
        "conf_low": r.conf_low,
        "conf_high": r.conf_high,
        "slope": line.slope,
        "intercept": line.intercept,
        "spearman_rho": rho.effect,
        "spearman_low": rho.conf_low,
        "spearman_high": rho.conf_high,
        "spearman_p": rho.p_value,
        "reason": rho.reason if r.reason in ROUTES else r.reason,
    }


def gain_and_hbf(cohort: Cohort, month: float) -> pd.DataFrame:
    """Patients with baseline HbF and Hb at 0 and ``month`` on drug: hbf (%), gain (g/L),
    phenotype.
    """
    before = values_at(cohort, "hb_g_per_l", 0, on_drug_only=False)
    return pd.DataFrame(
        {
            "hbf": values_at(cohort, "hbf_percent", 0, on_drug_only=False),
            "gain": values_at(cohort, "hb_g_per_l", month) - before,
            "phenotype": cohort.patients["phenotype"],
        }
    ).dropna(subset=["hbf", "gain"])


MODELS = (("hbf_percent",), ("phenotype",), ("hbf_percent", "phenotype"))
NTDT_IS_ONE = {"TDT": 0.0, "NTDT": 1.0}


def predictors_model(cohort: Cohort, options: Options) -> Result:
    """Logistic regression of MaR on baseline HbF (per 1 %) and phenotype (NTDT against TDT), alone
    and together.

    Maximum likelihood (profile intervals, Wald P) where the outcome is not separated, Firth's
    penalised likelihood (profile intervals, penalised likelihood ratio P) always beside it;
    p_likelihood_ratio belongs to the profile interval. epv: smaller class / terms. An end that is
    not finite or not reached is blank (notes).
    """
    outcome, values = _outcome_and_values(cohort, options)
    rows = [
        row
        for name, own, terms in _models(cohort)
        for row in _model_rows(name, outcome.loc[own], values.loc[own, terms])
    ]
    if all(row["n"] == 0 for row in rows):
        raise Unanswerable("cannot.no_model")
    rows, reasons = explained(rows)
    used = outcome.index[outcome.notna() & values.notna().any(axis=1)]
    return build_result(
        "predictors_model",
        rows,
        cohort=cohort,
        used=used,
        method=[Message("about.logistic")],
        excluded=[(Message("excluded.no_hbf_or_class"), cohort.n - len(used))],
        notes=[Message("about.logistic_small"), Message("about.no_probabilities")],
        sentences=reasons,
        draw=partial(
            plot_forest,
            level=criterion(options.criterion).best,
            apart=_hbf_apart(outcome, values),
        ),
    )


def _hbf_apart(outcome: pd.Series, values: pd.DataFrame) -> tuple[float, float]:
    """Interval of the ratio of the two phenotypes' odds ratios of HbF (Firth): does HbF go with MaR
    in opposite ways?
    """
    from thal_core.stats import logistic

    together = values.assign(interaction=values["hbf_percent"] * values["phenotype"])
    last = logistic.fit_firth(outcome, together).terms.iloc[-1]
    return float(last["conf_low"]), float(last["conf_high"])


def _outcome_and_values(cohort: Cohort, options: Options) -> tuple[pd.Series, pd.DataFrame]:
    """MaR (1) against other evaluable (0), and what the models explain it with."""
    need_values(cohort, "hbf_percent")
    groups = derive_groups(cohort, "response", options)
    phenotype = cohort.patients["phenotype"]
    return (groups != OTHER).where(groups.notna()).astype("float64"), pd.DataFrame(
        {
            "hbf_percent": values_at(cohort, "hbf_percent", 0, on_drug_only=False),
            "phenotype": phenotype.map(NTDT_IS_ONE).astype("float64"),
        }
    )


def _models(cohort: Cohort) -> Iterator[tuple[str, pd.Index, list[str]]]:
    """Population, its patients and the terms; within one phenotype there is nothing to compare it
    with.
    """
    for name in POPULATIONS:
        for terms in MODELS:
            if name == "all" or "phenotype" not in terms:
                yield name, population(cohort, name), list(terms)


def predictors_auc(cohort: Cohort, options: Options) -> Result:
    """Area under the ROC curve of the Firth models with DeLong's interval, and corrected by seeded
    bootstrap.

    Answered only when asked for, where the smaller class has five patients or more; corrected for
    optimism where it has 20 (``notes`` says so). Source: Harrell FE, Lee KL, Mark DB. Stat Med
    1996;15:361–87.
    """
    from thal_core.stats.discrimination import estimate_discrimination

    outcome, values = _outcome_and_values(cohort, options)
    rows = []
    for name, own, terms in _models(cohort):
        found = estimate_discrimination(outcome.loc[own], values.loc[own, terms], seed=options.seed)
        rows.append(vars(found) | {"population": name, "terms": " + ".join(terms)})
    rows, reasons = explained(rows)
    used = outcome.index[outcome.notna() & values.notna().any(axis=1)]
    return build_result(
        "predictors_auc",
        rows,
        cohort=cohort,
        used=used,
        excluded=[(Message("excluded.no_hbf_or_class"), cohort.n - len(used))],
        sentences=reasons,
        method=[
            Message("about.auc", {"replicates": max(row["replicates"] for row in rows) or 200})
        ],
        notes=[Message("about.no_probabilities")],
    )


def _model_rows(name: str, outcome: pd.Series, values: pd.DataFrame) -> list[dict[str, object]]:
    from thal_core.stats import logistic

    rows = []
    for fit in (
        logistic.fit_maximum_likelihood(outcome, values),
        logistic.fit_firth(outcome, values),
    ):
        head = {
            "population": name,
            "model": fit.model,
            "terms": " + ".join(values.columns),
            "n": fit.n,
            "events": fit.events,
            "non_events": fit.non_events,
            "epv": fit.epv,
        }
        rows += [
            head | term | {"reason": fit.reason or term["reason"]}
            for term in fit.terms.to_dict("records")
        ]
    return rows
