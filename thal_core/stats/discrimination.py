"""Area under the ROC curve, and what is left of it after correction for optimism."""

from dataclasses import asdict, dataclass, replace

import numpy as np
import pandas as pd

from thal_core.stats import reasons
from thal_core.stats.arrays import midranks, observed_pairs
from thal_core.stats.comparison import NAN
from thal_core.stats.likelihood import Likelihood
from thal_core.stats.logistic import complete_rows

SMALLEST_CLASS = 20


@dataclass(frozen=True)
class Discrimination:
    """auc: apparent; auc_corrected = auc - optimism (mean over `replicates` resamples)."""

    n: int
    events: int
    non_events: int
    auc: float = NAN
    optimism: float = NAN
    auc_corrected: float = NAN
    replicates: int = 0
    reason: str = ""

    def row(self) -> dict:
        return asdict(self)


def area_under_curve(score, outcome) -> float:
    """Probability that an event scores above a non-event, ties counting half."""
    score, outcome = observed_pairs(score, outcome)
    events = int((outcome == 1).sum())
    others = len(outcome) - events
    if min(events, others) == 0:
        return NAN
    ranks = midranks(score)
    return float((ranks[outcome == 1].sum() - events * (events + 1) / 2) / (events * others))


def estimate_discrimination(
    outcome, predictors: pd.DataFrame, penalised: bool = True, replicates: int = 200, seed: int = 20240619
) -> Discrimination:
    """AUC of a logistic model with Harrell's bootstrap correction for optimism.

    Answered only where the smaller class has 20 patients or more.
    """
    y, x = complete_rows(outcome, predictors)
    events = int(y.sum())
    result = Discrimination(len(y), events, len(y) - events)
    if min(events, len(y) - events) < SMALLEST_CLASS:
        return replace(result, reason=reasons.SMALL_CLASS)
    spread = x.std(axis=0)
    if (spread == 0).any():
        return replace(result, reason=reasons.COLLINEAR)
    design = np.column_stack([np.ones(len(y)), (x - x.mean(axis=0)) / spread])
    apparent = area_under_curve(design @ _coefficients(y, design, penalised), y)
    generator = np.random.default_rng(seed)
    optimism = [_optimism(y, design, penalised, generator.integers(len(y), size=len(y))) for _ in range(replicates)]
    mean = float(np.nanmean(optimism))
    return replace(result, auc=apparent, optimism=mean, auc_corrected=apparent - mean, replicates=replicates)


def _coefficients(y, design, penalised: bool) -> np.ndarray:
    return Likelihood(y, design, penalised).maximise().beta


def _optimism(y, design, penalised: bool, drawn: np.ndarray) -> float:
    """AUC in the resample minus AUC of the resample's model in all patients."""
    beta = _coefficients(y[drawn], design[drawn], penalised)
    return area_under_curve(design[drawn] @ beta, y[drawn]) - area_under_curve(design @ beta, y)
