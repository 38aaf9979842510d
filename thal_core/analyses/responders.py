"""Who responded."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from functools import partial
from itertools import combinations
from typing import TYPE_CHECKING, Any

import pandas as pd

from thal_core.analyses.build_result import Unanswerable, build_result, need_patients
from thal_core.analyses.overlay import printed_over
from thal_core.analyses.tested import explained
from thal_core.cohort import Cohort
from thal_core.derive.bounds import best_possible, derive_bounds
from thal_core.derive.evidence import with_second_baseline
from thal_core.derive.response import (
    AS_RULED,
    Ruling,
    classify_evidence,
    classify_response,
    judged_by_phenotype,
    under,
)
from thal_core.derive.unread_columns import RESPONSE, columns_behind
from thal_core.figures.concordance import plot_concordance
from thal_core.figures.rates import plot_rates
from thal_core.figures.sensitivity import plot_sensitivity
from thal_core.figures.transitions import plot_transitions
from thal_core.figures.waterfall import plot_waterfall, thresholds_of
from thal_core.groups import POPULATIONS, evidence_of, population, responses
from thal_core.results import Draw, Result
from thal_core.rules.catalogue import Criterion, classes_in, criteria, criterion
from thal_core.stats.proportions import wilson
from thal_core.view import LAST, Options
from thal_core.vocabulary import Response
from thal_core.words import Message

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def response_by_patient(cohort: Cohort, options: Options) -> Result:
    """The class of each patient, with the clause that held or why they are not evaluable."""
    need_patients(cohort)
    classes = responses(cohort, options)
    table = (
        classes.join(cohort.patients[["phenotype", "genotype"]])
        .rename_axis("patient_id")
        .reset_index()
    )
    table["reason"] = table["reason"].map(str).astype("str")
    return build_result(
        "response_by_patient",
        table,
        cohort=cohort,
        draw=_waterfall(criterion(options.criterion)),
        sentences=classes["reason"],
        **about(cohort, classes, options),
    )


def response_rates(cohort: Cohort, options: Options) -> Result:
    """Classes and overall response rate, on both denominators, with Wilson intervals in percent.

    percent_low and percent_high are bounds over what is not known, no confidence interval: of
    bounds_total, all whom the criterion can judge by phenotype, the known members of the level, and
    those with every unknown patient (n_unknown) who may belong to it. Treated for less than the
    month so far: left out of these three, and counted in a note.
    """
    need_patients(cohort)
    rules, classes, evidence = (
        criterion(options.criterion),
        responses(cohort, options),
        evidence_of(cohort, options),
    )
    bounds = derive_bounds(classes, evidence, rules)
    rows = []
    for name in POPULATIONS:
        patients = population(cohort, name)
        counts = Counter(classes["response"].reindex(patients))
        classes_in(
            counts, rules.classes
        )  # a class that the criterion does not name would leave the denominator
        enrolled = sum(counts.values())
        if not enrolled:
            continue
        around = bounds_of_levels(bounds.loc[patients], classes.loc[patients, "response"], rules)
        evaluable = enrolled - counts[Response.NE.value]
        for denominator, total in (("evaluable", evaluable), ("enrolled", enrolled)):
            levels = _levels(counts, rules)
            if denominator == "enrolled":
                levels[Response.NE.value] = counts[Response.NE.value]
            rows += [
                {"population": name, "denominator": denominator, "level": level}
                | wilson(n, total).row()
                | around.get(level, {})
                for level, n in levels.items()
            ]
    settings = about(cohort, classes, options, "method.wilson_rates", "method.bounds")
    settings["notes"] = [*settings["notes"], *_bounds_notes(bounds, evidence, rules)]
    return build_result(
        "response_rates", rows, cohort=cohort, draw=_rates(rules, options), **settings
    )


def _levels(counts: Mapping[str, int], rules: Criterion) -> dict[str, int]:
    """Patients who responded (ORR), then those of each class."""
    return {"ORR": sum(counts[c] for c in rules.responses)} | {c: counts[c] for c in rules.classes}


def bounds_of_levels(
    bounds: pd.DataFrame, classes: pd.Series, rules: Criterion
) -> dict[str, dict[str, float]]:
    """percent_low, percent_high, n_unknown and bounds_total of each level, ORR among them."""
    total, unknown = int(bounds["counted"].sum()), int(bounds["unknown"].sum())
    members = {"ORR": (classes.isin(rules.responses), bounds[sorted(rules.responses)].any(axis=1))}
    members |= {c: (classes == c, bounds[c]) for c in rules.classes}
    return {
        level: {
            "percent_low": wilson(int((known & bounds["counted"]).sum()), total).percent,
            "percent_high": wilson(int((may & bounds["counted"]).sum()), total).percent,
            "n_unknown": unknown,
            "bounds_total": total,
        }
        for level, (known, may) in members.items()
    }


def _bounds_notes(bounds: pd.DataFrame, evidence: pd.DataFrame, rules: Criterion) -> list[Message]:
    not_due = int(
        (
            evidence["not_due"].astype(bool)
            & ~bounds["counted"]
            & judged_by_phenotype(evidence, rules)
        ).sum()
    )
    notes = [
        Message(
            "about.unknown",
            {"n": int(bounds["unknown"].sum()), "total": int(bounds["counted"].sum())},
        )
    ]
    return [*notes, *([Message("about.not_due", {"n": not_due})] if not_due else [])]


# rule → how the patients are ruled; the last two words: what becomes of the unknown, over whom
SENSITIVITY = (
    ("as_ruled", AS_RULED, ""),
    ("stops_left_out", Ruling(stops=False), ""),
    ("unknown_as_no_response", AS_RULED, "worst"),
    ("unknown_as_best", AS_RULED, "best"),
    ("blanks_as_unknown", Ruling(blanks=False), ""),
    ("unconfirmed_as_not_free", Ruling(unconfirmed=False), ""),
)


def response_sensitivity(cohort: Cohort, options: Options) -> Result:
    """ORR and each class under other rules about who counts, with Wilson intervals in percent.

    as_ruled: of the evaluable, as in response_rates; a level that needs freedom from transfusion is
    also known of those inferred not to be free, who count in its total. stops_left_out: nobody is
    classed for having stopped. unknown_as_no_response, unknown_as_best: of all whom the criterion
    can judge by phenotype. blanks_as_unknown: nobody is inferred not to be free.
    unconfirmed_as_not_free: freedom stated for less than two months does not count.
    second_baseline, where the sheet has one: Hb before treatment is the mean of month 0 and the
    last value before it.
    """
    need_patients(cohort)
    rules, evidence = criterion(options.criterion), evidence_of(cohort, options)
    rows = []
    second = with_second_baseline(cohort, evidence)
    asked = [(*one, evidence) for one in SENSITIVITY]
    asked += [("second_baseline", AS_RULED, "", second)] if second is not None else []
    for rule, ruling, unknown, evidence in asked:
        classes = classify_evidence(evidence, rules, ruling, language=None)
        bounds = derive_bounds(classes, under(evidence, ruling), rules)
        known = known_members(classes["response"], bounds, rules, unknown)
        for name in POPULATIONS:
            patients = population(cohort, name)
            rows += [
                {"population": name, "rule": rule, "level": level}
                | wilson(
                    int(member.loc[patients].fillna(False).sum()),
                    int(member.loc[patients].notna().sum()),
                ).row()
                for level, member in known.items()
                if len(patients)
            ]
    settings = about(
        cohort, responses(cohort, options), options, "method.wilson_rates", "method.sensitivity"
    )
    return build_result(
        "response_sensitivity",
        rows,
        cohort=cohort,
        draw=plot_sensitivity,
        **settings,
    )


def known_members(
    classes: pd.Series, bounds: pd.DataFrame, rules: Criterion, unknown: str = ""
) -> dict[str, pd.Series]:
    """For ORR and each class: True or False per patient, <NA> where it is not known. unknown:
    "worst" or "best" gives those counted without a class one.
    """
    if unknown == "worst":
        classes = classes.mask(bounds["unknown"], rules.no_response)
    elif unknown == "best":
        classes = best_possible(bounds, classes, rules)
    evaluable = classes != Response.NE
    said_not = {
        name: evaluable | (bounds["unknown"] & ~bounds[name] & _needs_freedom(rules, name))
        for name in rules.classes
    }
    members = {"ORR": classes.isin(rules.responses).astype("boolean").where(evaluable)}
    return members | {c: (classes == c).astype("boolean").where(said_not[c]) for c in rules.classes}


def _needs_freedom(rules: Criterion, name: str) -> bool:
    return any(level.basis == "transfusion_free" for level in rules.levels if level.level == name)


def criteria_concordance(cohort: Cohort, options: Options) -> Result:
    """The same patients under every criterion, each at its own month."""
    need_patients(cohort)
    table = (
        pd.DataFrame(
            {
                name: classify_response(cohort, name, unit_volume_ml=options.unit_volume_ml)[
                    "response"
                ]
                for name in criteria()
            }
        )
        .rename_axis("patient_id")
        .reset_index()
    )
    return build_result(
        "criteria_concordance",
        table,
        cohort=cohort,
        method=[Message("about.concordance")],
        draw=partial(plot_concordance, agreement=agreement_of(table)),
    )


def criteria_agreement(cohort: Cohort, options: Options) -> Result:
    """Two criteria at a time, in the patients that both can judge: do they agree on responder or
    not?

    percent: of n with the same answer, Wilson interval; kappa: Cohen's, blank where a criterion
    gives one answer only.
    """
    need_patients(cohort)
    pairs = agreement_of(criteria_concordance(cohort, options).table).drop(
        columns="total", errors="ignore"
    )
    rows, reasons = explained(pairs.to_dict("records"))
    return build_result(
        "criteria_agreement",
        rows,
        cohort=cohort,
        sentences=reasons,
        notes=reasons,
        method=[Message("about.agreement"), Message("method.cohens_kappa.sentence")],
    )


def agreement_of(classes: pd.DataFrame) -> pd.DataFrame:
    """Pairs of criteria from ``criteria_concordance``: criterion_1, criterion_2, n, n_agree,
    percent, conf_low, conf_high, kappa, kappa_low, kappa_high, reason. Responder: a class that the
    criterion counts as a response.
    """
    from thal_core.stats.agreement import cohens_kappa
    from thal_core.stats.proportions import wilson

    names = [c for c in classes.columns if c != "patient_id"]
    yes = {
        name: classes[name]
        .isin(list(criteria()[name].responses))
        .astype(float)
        .where(classes[name] != Response.NE)
        for name in names
    }
    rows = []
    for first, second in combinations(names, 2):
        found = cohens_kappa(yes[first], yes[second])
        rows.append(
            {"criterion_1": first, "criterion_2": second}
            | wilson(found.n_agree, found.n).row()
            | vars(found)
        )
    return pd.DataFrame(rows)


def response_transitions(cohort: Cohort, options: Options) -> Result:
    """Class at the criterion's month against the class at later months (2020: 3 against 12 and
    24).
    """
    need_patients(cohort)
    rules = criterion(options.criterion)
    start = options.visit_or(rules.month)
    later = [m for m in sorted(cohort.visits["month"].dropna().unique()) if m > start]
    first = classify_response(
        cohort, options.criterion, start, unit_volume_ml=options.unit_volume_ml
    )["response"]
    rows = []
    for month in later:
        then = classify_response(
            cohort, options.criterion, month, unit_volume_ml=options.unit_volume_ml
        )["response"]
        pairs = Counter(zip(first, then, strict=True))
        rows += [
            {
                "from_month": start,
                "to_month": month,
                "from_response": a,
                "to_response": b,
                "n": pairs[a, b],
            }
            for a in (*rules.classes, Response.NE.value)
            for b in (*rules.classes, Response.NE.value)
            if pairs[a, b]
        ]
    if not rows:
        raise Unanswerable("cannot.no_later_month", month=start)
    return build_result(
        "response_transitions",
        rows,
        cohort=cohort,
        method=[_estimand(rules, options)],
        notes=[Message("about.transitions_totals")],
        draw=plot_transitions,
    )


def _waterfall(rules: Criterion) -> Draw:
    def draw(table: pd.DataFrame, *, language: str, **page: Any) -> Figure:
        return plot_waterfall(
            table,
            language=language,
            thresholds=thresholds_of(rules),
            criterion=rules.label(language),
            best=rules.best,
            **page,
        )

    return draw


def _rates(rules: Criterion, options: Options) -> Draw:
    printed = printed_over("response_rates") if options.published else None

    def draw(table: pd.DataFrame, *, language: str, **page: Any) -> Figure:
        return plot_rates(
            table, language=language, criterion=rules.label(language), published=printed, **page
        )

    return draw


def about(cohort: Cohort, classes: pd.DataFrame, options: Options, *methods: str) -> dict[str, Any]:
    """What every answer built on response says: criterion, estimand, n used, who is out and why."""
    rules = criterion(options.criterion)
    evaluable = classes["response"] != Response.NE
    notes = [Message(rules.note)] if rules.note else []
    if options.month == LAST and evaluable.any():
        months = classes.loc[evaluable, "month"]
        notes.append(
            Message(
                "about.last_months",
                {"median": months.median(), "low": months.min(), "high": months.max()},
            )
        )
    month = options.month_or(rules.month)
    if unread := columns_behind(cohort, RESPONSE, rules, month):
        notes.append(Message("about.unread_columns", {"columns": [c.title for c in unread]}))
    stop = {"": [], Response.NE.value: [Message("about.stop_rule")]}.get(
        rules.stop_other, [Message("about.stop_rule_all")]
    )
    return {
        "used": classes.index[evaluable],
        "excluded": list(Counter(classes.loc[~evaluable, "reason"]).items()),
        "method": [_estimand(rules, options), *stop, *(Message(m) for m in methods)],
        "notes": notes,
    }


def _estimand(rules: Criterion, options: Options) -> Message:
    return Message("about.response", {"criterion": rules, "when": when(rules, options)})


def when(rules: Criterion, options: Options) -> Message:
    """The month of judgement in words."""
    month = options.month_or(rules.month)
    return (
        Message("when.last", {"own": rules.month})
        if month == LAST
        else Message("when.month", {"month": month})
    )
