"""Area under the ROC curve with its interval, and what is left of it after correction for
optimism.
"""

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import special

from thal_core.stats import reasons
from thal_core.stats.arrays import midranks, observed_pairs
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import normal_quantile
from thal_core.stats.likelihood import Likelihood
from thal_core.stats.logistic import complete_rows

SMALLEST_CLASS = 20  # for the correction
SMALLEST_FOR_INTERVAL = 5


@dataclass(frozen=True)
class Discrimination:
    """auc: apparent, conf_low and conf_high: its interval; auc_corrected = auc - optimism (mean
    over `replicates` resamples, 0 where chance makes it negative)."""

    n: int
    events: int
    non_events: int
    auc: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    optimism: float = NAN
    auc_corrected: float = NAN
    replicates: int = 0
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


def area_under_curve(score: ArrayLike, outcome: ArrayLike) -> float:
    """Probability that an event scores above a non-event, ties counting half (R: pROC auc).

    >>> area_under_curve([1, 2, 3, 4], [0, 1, 0, 1])
    0.75
    """
    score, outcome = observed_pairs(score, outcome)
    events = int((outcome == 1).sum())
    others = len(outcome) - events
    if min(events, others) == 0:
        return NAN
    ranks = midranks(score)
    return float((ranks[outcome == 1].sum() - events * (events + 1) / 2) / (events * others))


def area_interval(score: ArrayLike, outcome: ArrayLike, level: float = 0.95) -> tuple[float, float]:
    """DeLong's interval of `area_under_curve`, on the logit scale.

    (NaN, NaN) where the area is 0 or 1, or a class has fewer than five. Source: DeLong ER,
    DeLong DM, Clarke-Pearson DL. Biometrics 1988;44:837-45 (R: pROC var; then by hand).

    >>> score, outcome = range(12), [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1]
    >>> [round(limit, 3) for limit in area_interval(score, outcome)]
    [0.582, 0.989]
    """
    score, outcome = observed_pairs(score, outcome)
    events, others = score[outcome == 1], score[outcome != 1]
    if min(len(events), len(others)) < SMALLEST_FOR_INTERVAL:
        return NAN, NAN
    ranks = midranks(np.concatenate([events, others]))
    above = (ranks[: len(events)] - midranks(events)) / len(others)
    below = 1 - (ranks[len(events) :] - midranks(others)) / len(events)
    area = float(above.mean())
    if area in (0.0, 1.0):
        return NAN, NAN
    std_error = np.sqrt(above.var(ddof=1) / len(events) + below.var(ddof=1) / len(others))
    half = normal_quantile((1 + level) / 2) * std_error / (area * (1 - area))
    return tuple(float(special.expit(special.logit(area) + side * half)) for side in (-1, 1))


def estimate_discrimination(
    outcome: ArrayLike,
    predictors: pd.DataFrame,
    penalised: bool = True,
    replicates: int = 200,
    seed: int = 20240619,
) -> Discrimination:
    """AUC of a logistic model with DeLong's interval and Harrell's correction for optimism.

    Answered where the smaller class has five patients or more; corrected where it has 20.

    >>> outcome = [0, 0, 0, 0, 1, 0, 1, 0, 1, 1, 1, 1]
    >>> found = estimate_discrimination(outcome, pd.DataFrame({"hbf": range(12)}))
    >>> round(found.auc, 3), found.reason
    (0.917, 'small_class')
    """
    y, x = complete_rows(outcome, predictors)
    events = int(y.sum())
    result = Discrimination(len(y), events, len(y) - events)
    smaller = min(events, len(y) - events)
    if smaller < SMALLEST_FOR_INTERVAL:
        return replace(result, reason=reasons.TOO_FEW_IN_CLASS)
    spread = x.std(axis=0)
    if (spread == 0).any():
        return replace(result, reason=reasons.COLLINEAR)
    design = np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / spread])
    score = design @ _coefficients(y, design, penalised)
    apparent = area_under_curve(score, y)
    low, high = area_interval(score, y)
    result = replace(result, auc=apparent, conf_low=low, conf_high=high)
    if smaller < SMALLEST_CLASS:
        return replace(result, reason=reasons.SMALL_CLASS)
    generator = np.random.default_rng(seed)
    optimism = [
        _optimism(y, design, penalised, generator.integers(len(y), size=len(y)))
        for _ in range(replicates)
    ]
    mean = max(0.0, float(np.nanmean(optimism)))
    return replace(result, optimism=mean, auc_corrected=apparent - mean, replicates=replicates)


def _coefficients(y: np.ndarray, design: np.ndarray, penalised: bool) -> np.ndarray:
    return Likelihood(y, design, penalised).maximise().beta


def _optimism(y: np.ndarray, design: np.ndarray, penalised: bool, drawn: np.ndarray) -> float:
    """AUC in the resample minus AUC of the resample's model in all patients."""
    beta = _coefficients(y[drawn], design[drawn], penalised)
    return area_under_curve(design[drawn] @ beta, y[drawn]) - area_under_curve(design @ beta, y)
