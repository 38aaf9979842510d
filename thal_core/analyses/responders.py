"""Who responded."""

from __future__ import annotations

from collections import Counter
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from thal_core.analyses.answer import Unanswerable, answer, drawn_by, need_patients
from thal_core.analyses.overlay import printed_over
from thal_core.analyses.tested import explained
from thal_core.cohort import Cohort
from thal_core.derive.response import classify_response
from thal_core.results import Draw, Result
from thal_core.rules.catalogue import Criterion, criteria, criterion
from thal_core.selection import POPULATIONS, population, responses
from thal_core.view import Options
from thal_core.vocabulary import Response
from thal_core.words import Message

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def response_by_patient(cohort: Cohort, options: Options) -> Result:
    """The class of each patient, with the clause that held or why he is not evaluable."""
    need_patients(cohort)
    classes = responses(cohort, options)
    table = classes.join(cohort.patients[["phenotype", "genotype"]]).rename_axis("patient_id").reset_index()
    table["reason"] = table["reason"].map(str).astype("str")
    return answer("response_by_patient", table, cohort=cohort, draw=_waterfall(criterion(options.criterion)), said=classes["reason"],
                  **about(cohort, classes, options))


def response_rates(cohort: Cohort, options: Options) -> Result:
    """Classes and overall response rate, on both denominators, with Wilson intervals in percent."""
    need_patients(cohort)
    from thal_core.stats.proportions import wilson

    rules, classes = criterion(options.criterion), responses(cohort, options)
    rows = []
    for name in POPULATIONS:
        counts = Counter(classes["response"].reindex(population(cohort, name)))
        enrolled = sum(counts.values())
        if not enrolled:
            continue
        evaluable = enrolled - counts[Response.NE.value]
        for denominator, total in (("evaluable", evaluable), ("enrolled", enrolled)):
            levels = {"ORR": sum(counts[c] for c in rules.responses)} | {c: counts[c] for c in rules.classes}
            if denominator == "enrolled":
                levels[Response.NE.value] = counts[Response.NE.value]
            rows += [{"population": name, "denominator": denominator, "level": level} | wilson(n, total).row()
                     for level, n in levels.items()]
    return answer("response_rates", rows, cohort=cohort, draw=_rates(rules, options),
                  **about(cohort, classes, options, "method.wilson_rates"))


def criteria_concordance(cohort: Cohort, options: Options) -> Result:
    """The same patients under every criterion, each at its own month."""
    need_patients(cohort)
    table = pd.DataFrame({
        name: classify_response(cohort, name, unit_volume_ml=options.unit_volume_ml)["response"]
        for name in criteria()
    }).rename_axis("patient_id").reset_index()
    return answer("criteria_concordance", table, cohort=cohort, method=[Message("about.concordance")],
                  draw=drawn_by("concordance", "plot_concordance", agreement=agreement_of(table)))


def criteria_agreement(cohort: Cohort, options: Options) -> Result:
    """Two criteria at a time, in the patients that both can judge: do they agree on responder or not?

    percent: of n with the same answer, Wilson interval; kappa: Cohen's, blank where a criterion gives one answer only.
    """
    need_patients(cohort)
    rows, reasons = explained(agreement_of(criteria_concordance(cohort, options).table).to_dict("records"))
    return answer("criteria_agreement", rows, cohort=cohort, said=reasons, notes=reasons,
                  method=[Message("about.agreement"), Message("method.cohens_kappa.sentence")])


def agreement_of(classes: pd.DataFrame) -> pd.DataFrame:
    """Pairs of criteria from ``criteria_concordance``: criterion_1, criterion_2, n, n_agree, percent, conf_low, conf_high,
    kappa, kappa_low, kappa_high, reason. Responder: a class that the criterion counts as a response."""
    from thal_core.stats.agreement import cohens_kappa
    from thal_core.stats.proportions import wilson

    names = [c for c in classes.columns if c != "patient_id"]
    yes = {name: classes[name].isin(list(criteria()[name].responses)).astype(float).where(classes[name] != Response.NE)
           for name in names}
    rows = []
    for first, second in combinations(names, 2):
        found = cohens_kappa(yes[first], yes[second])
        rows.append({"criterion_1": first, "criterion_2": second} | wilson(found.n_agree, found.n).row() | vars(found))
    return pd.DataFrame(rows)


def response_transitions(cohort: Cohort, options: Options) -> Result:
    """Class at the criterion's month against the class at later months (2020: 3 against 12 and 24)."""
    need_patients(cohort)
    rules = criterion(options.criterion)
    start = rules.month if options.month is None else options.month
    later = [m for m in sorted(cohort.visits["month"].dropna().unique()) if m > start]
    first = classify_response(cohort, options.criterion, start, unit_volume_ml=options.unit_volume_ml)["response"]
    rows = []
    for month in later:
        then = classify_response(cohort, options.criterion, month, unit_volume_ml=options.unit_volume_ml)["response"]
        pairs = Counter(zip(first, then, strict=True))
        rows += [
            {"from_month": start, "to_month": month, "from_response": a, "to_response": b, "n": pairs[a, b]}
            for a in (*rules.classes, Response.NE.value) for b in (*rules.classes, Response.NE.value) if pairs[a, b]
        ]
    if not rows:
        raise Unanswerable("cannot.no_later_month", month=start)
    return answer("response_transitions", rows, cohort=cohort, method=[_estimand(rules, options)],
                  notes=[Message("about.transitions_totals")], draw=drawn_by("transitions", "plot_transitions"))


def _waterfall(rules: Criterion) -> Draw:
    def draw(table: pd.DataFrame, language: str, preset: str) -> Figure:
        from thal_core.figures.waterfall import plot_waterfall, thresholds_of

        return plot_waterfall(table, language=language, preset=preset, thresholds=thresholds_of(rules), criterion=rules.label(language))

    return draw


def _rates(rules: Criterion, options: Options) -> Draw:
    printed = printed_over("response_rates") if options.published else None

    def draw(table: pd.DataFrame, language: str, preset: str) -> Figure:
        from thal_core.figures.rates import plot_rates

        return plot_rates(table, language=language, preset=preset, criterion=rules.label(language), published=printed)

    return draw


def about(cohort: Cohort, classes: pd.DataFrame, options: Options, *methods: str) -> dict[str, object]:
    """What every answer built on response says: criterion, estimand, n used, who is out and why."""
    rules = criterion(options.criterion)
    out = classes[classes["response"] == Response.NE]
    return {
        "used": classes.index[classes["response"] != Response.NE],
        "excluded": list(Counter(out["reason"]).items()),
        "method": [_estimand(rules, options), *(Message(m) for m in methods)],
        "notes": [Message(rules.note)] if rules.note else [],
    }


def _estimand(rules: Criterion, options: Options) -> Message:
    month = rules.month if options.month is None else options.month
    return Message("about.response", {"criterion": Message(f"criterion.{rules.criterion}"), "month": month})
