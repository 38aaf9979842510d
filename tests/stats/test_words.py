"""Every reason and method has its words in both languages."""

import pytest

from thal_core.stats import compare, multiplicity
from thal_core.stats.reasons import REASONS
from thal_core.words import catalogue

METHODS = [
    *compare.TWO_GROUPS,
    *compare.PAIRS,
    *compare.COUNTS,
    *compare.CORRELATIONS,
    *multiplicity.ADJUSTMENTS,
    "wilson",
    "clopper_pearson",
    "anova",
    "anova_greenhouse_geisser",
    "mixed_random_intercept",
    "maximum_likelihood",
    "firth",
    "kaplan_meier",
    "log_rank",
    "cohens_kappa",
    "ancova",
    "delong",
    "beta_binomial",
]
CODES = [f"statistics.{code}" for code in REASONS] + [
    f"method.{m}{part}" for m in METHODS for part in ("", ".sentence")
]


@pytest.mark.parametrize("code", CODES)
def test_code_has_both_languages(code):
    text = catalogue()[code]
    assert text["en"] and text["zh"]
    if not code.startswith("method.") or code.endswith(".sentence"):
        assert text["en"].endswith(".") and text["zh"].endswith("。")
