"""Every question that can be asked of a cohort, by name. One module per page; each name one
function.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from importlib import import_module

import pandas as pd

from thal_core.analyses.answer import Unanswerable, columns_of
from thal_core.cohort import Cohort
from thal_core.issues import UnknownChoice
from thal_core.results import Result
from thal_core.view import Options
from thal_core.words import Text

REGISTRY: dict[str, str] = {  # name → module of thal_core.analyses; the order of the report
    "summary": "cohort",
    "flow": "cohort",
    "treatment_summary": "cohort",
    "baseline_table": "cohort",
    "response_by_patient": "responders",
    "response_rates": "responders",
    "response_sensitivity": "responders",
    "response_transitions": "responders",
    "criteria_concordance": "responders",
    "criteria_agreement": "responders",
    "swimmer": "swimmer",
    "strobe": "strobe",
    "still_transfused": "transfusion",
    "transfusion_burden": "transfusion",
    "time_to_transfusion_free": "transfusion",
    "genotype_response": "genotypes",
    "hb_by_genotype": "genotypes",
    "response_print": "genotypes",
    "hb_over_time": "trajectories",
    "trajectory": "trajectories",
    "hb_over_time_tests": "courses",
    "hb_contrasts": "courses",
    "hb_composition": "courses",
    "dose_changes": "courses",
    "hb_by_response": "comparisons",
    "hbf_by_response": "comparisons",
    "ferritin_by_response": "comparisons",
    "ferritin_change": "comparisons",
    "labs_before_after": "comparisons",
    "iron_response": "iron",
    "chelation_stopped": "iron",
    "predictors": "predictors",
    "predictors_model": "predictors",
    "predictors_auc": "predictors",
    "hb_gain_vs_hbf": "predictors",
    "adverse_events": "safety",
    "exposure": "safety",
    "clinical_features": "safety",
    "safety_flags": "safety",
    "review_list": "safety",
    "patient_timeline": "patient",
    "published": "published",
    "paper_audit": "paper_audit",
}
ON_REQUEST = frozenset(
    {"predictors_auc"}
)  # answered when asked for by name, left out of a report of everything
OnProgress = Callable[[float, str], None]


def analyse(
    cohort: Cohort,
    name: str,
    options: Options = Options(),  # noqa: B008
    on_progress: OnProgress | None = None,
) -> Result:
    """One question asked of a cohort.

    Returns a Result whose ``table`` has the columns of rules/results.csv for ``name``, full
    precision. Where the cohort cannot answer, the table is header-only and ``notes`` says in one
    sentence which column is missing. on_progress(fraction, name) is told of long work. Raises
    UnknownChoice for a name that does not exist.
    """
    if name not in REGISTRY:
        raise UnknownChoice("choice.unknown", what="result", given=name, allowed=list(REGISTRY))
    if on_progress:
        on_progress(0.0, name)
    function = getattr(import_module(f"thal_core.analyses.{REGISTRY[name]}"), name)
    try:
        result = function(cohort, options)
    except Unanswerable as reason:
        result = Result(
            name,
            pd.DataFrame(columns=columns_of(name)),
            notes=Text((reason.message,)),
            n_excluded=cohort.n,
        )
    if on_progress:
        on_progress(1.0, name)
    return replace(result, options=options, provenance=cohort.provenance)
