"""Every analysis by name, in the order of a report."""

from __future__ import annotations

from thal_core.analyses.build_result import Analysis
from thal_core.analyses.comparisons import (
    ferritin_by_response,
    ferritin_change,
    hb_by_response,
    hbf_by_response,
    labs_before_after,
)
from thal_core.analyses.enrolment import baseline_table, flow, summary, treatment_summary
from thal_core.analyses.genotypes import genotype_response, hb_by_genotype, response_print
from thal_core.analyses.hb_tests import (
    dose_changes,
    hb_composition,
    hb_contrasts,
    hb_over_time_tests,
)
from thal_core.analyses.iron import chelation_stopped, iron_response
from thal_core.analyses.paper_audit import paper_audit
from thal_core.analyses.patient import patient_timeline
from thal_core.analyses.predictors import (
    hb_gain_vs_hbf,
    predictors,
    predictors_auc,
    predictors_model,
)
from thal_core.analyses.published import published
from thal_core.analyses.responders import (
    criteria_agreement,
    criteria_concordance,
    response_by_patient,
    response_rates,
    response_sensitivity,
    response_transitions,
)
from thal_core.analyses.safety import (
    adverse_events,
    clinical_features,
    exposure,
    review_list,
    safety_flags,
)
from thal_core.analyses.strobe import strobe
from thal_core.analyses.swimmer import swimmer
from thal_core.analyses.trajectories import hb_over_time, trajectory
from thal_core.analyses.transfusion_need import (
    still_transfused,
    time_to_transfusion_free,
    transfusion_burden,
)
from thal_core.cohort import Cohort
from thal_core.results import Result
from thal_core.view import Options

OF_THE_COHORT: dict[str, Analysis] = {
    analysis.__name__: analysis
    for analysis in (
        summary,
        flow,
        treatment_summary,
        baseline_table,
        response_by_patient,
        response_rates,
        response_sensitivity,
        response_transitions,
        criteria_concordance,
        criteria_agreement,
        swimmer,
        strobe,
        still_transfused,
        transfusion_burden,
        time_to_transfusion_free,
        genotype_response,
        hb_by_genotype,
        response_print,
        hb_over_time,
        trajectory,
        hb_over_time_tests,
        hb_contrasts,
        hb_composition,
        dose_changes,
        hb_by_response,
        hbf_by_response,
        ferritin_by_response,
        ferritin_change,
        labs_before_after,
        iron_response,
        chelation_stopped,
        predictors,
        predictors_model,
        predictors_auc,
        hb_gain_vs_hbf,
        adverse_events,
        exposure,
        clinical_features,
        safety_flags,
        review_list,
        patient_timeline,
    )
}


def _published(cohort: Cohort, options: Options) -> Result:
    return published(cohort, options, OF_THE_COHORT)


REGISTRY = OF_THE_COHORT | {"published": _published, "paper_audit": paper_audit}
# answered when asked for by name, left out of a report of everything
ON_REQUEST = frozenset({predictors_auc.__name__})
