"""Every reason and method has its words in both languages."""

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


def test_every_code_has_both_languages():
    texts = {code: catalogue().get(code, {}) for code in CODES}
    assert [code for code, text in texts.items() if not (text.get("en") and text.get("zh"))] == []


def test_every_reason_and_sentence_ends_as_a_sentence():
    texts = {c: catalogue()[c] for c in CODES if c.endswith(".sentence") or "method." not in c}
    assert [
        code
        for code, text in texts.items()
        if not (text["en"].endswith(".") and text["zh"].endswith("。"))
    ] == []
