"""Logistic regression for small clinics: maximum likelihood where it exists, Firth always.

Separation is looked for before fitting, intervals come from the (penalised) profile
likelihood, and events per variable stand beside every estimate.
Sources: Konis K. DPhil thesis, Oxford 2007 (separation by linear programming); Firth D.
Biometrika 1993;80:27-38; Heinze G, Schemper M. Stat Med 2002;21:2409-19.
"""

from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import as_floats
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import chi_square_upper, normal_two_sided
from thal_core.stats.likelihood import Likelihood, Limit, Maximum, profile_limits
from thal_core.stats.separation import separation

TERM_COLUMNS = [
    "term",
    "coefficient",
    "std_error",
    "statistic",
    "odds_ratio",
    "conf_low",
    "conf_high",
    "p_value",
    "p_likelihood_ratio",
    "reason",
]


@dataclass(frozen=True, eq=False)
class LogisticFit:
    """One fitted model.

    terms: one row per predictor (without intercept): term, coefficient (log odds per unit),
    std_error, statistic (Wald z; for firth the penalised likelihood ratio chi-square),
    odds_ratio, conf_low, conf_high (profile), p_value, p_likelihood_ratio (penalised for
    firth), reason. An interval end that is infinite, or was not reached, is NaN and `reason`
    says which; so is P where its fit did not converge. Without an estimate the rows stand with NaN
    and `reason` says why. epv = smaller class / number of terms; separation {none, quasi_complete,
    complete}.
    """

    model: str
    n: int = 0
    events: int = 0
    non_events: int = 0
    epv: float = NAN
    separation: str = ""
    intercept: float = NAN
    log_likelihood: float = NAN
    terms: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=TERM_COLUMNS))
    reason: str = ""


def fit_maximum_likelihood(
    outcome: ArrayLike, predictors: pd.DataFrame, level: float = 0.95
) -> LogisticFit:
    """Maximum likelihood, Wald p, profile likelihood intervals (R: glm, confint).

    outcome: 1 or 0; predictors: one numeric column per term. Complete rows only. Separated
    data have no estimate: reason `separated`.

    >>> hbf = pd.DataFrame({"hbf": [1, 2, 3, 4, 5, 6, 7, 8]})
    >>> fit = fit_maximum_likelihood([0, 0, 1, 0, 1, 0, 1, 1], hbf)
    >>> fit.terms[["term", "odds_ratio", "p_value"]].round(3).to_dict("records")
    [{'term': 'hbf', 'odds_ratio': 1.811, 'p_value': 0.169}]
    """
    return _fit("maximum_likelihood", outcome, predictors, level)


def fit_firth(outcome: ArrayLike, predictors: pd.DataFrame, level: float = 0.95) -> LogisticFit:
    """Firth's penalised likelihood with penalised likelihood ratio p and profile intervals.

    The penalty of a model with one coefficient fixed is that of the full model (R: logistf).

    >>> hbf = pd.DataFrame({"hbf": [1, 2, 3, 4]})
    >>> fit = fit_firth([0, 0, 1, 1], hbf)
    >>> fit.separation, round(fit.terms["odds_ratio"].iloc[0], 3)
    ('complete', np.float64(3.706))
    """
    return _fit("firth", outcome, predictors, level)


def complete_rows(outcome: ArrayLike, predictors: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Outcome and predictor matrix of the rows without a missing value.

    >>> y, x = complete_rows([1, 0, 1], pd.DataFrame({"hbf": [5.0, None, 9.0]}))
    >>> y.tolist(), x.tolist()
    ([1.0, 1.0], [[5.0], [9.0]])
    """
    y = as_floats(outcome)
    x = np.column_stack([as_floats(predictors[name]) for name in predictors.columns])
    kept = ~np.isnan(y) & ~np.isnan(x).any(axis=1)
    if not np.isin(y[kept], (0, 1)).all():
        raise ValueError("a logistic outcome is 0 or 1")
    return y[kept], x[kept]


def _fit(model: str, outcome: ArrayLike, predictors: pd.DataFrame, level: float) -> LogisticFit:
    names = list(predictors.columns)
    y, x = complete_rows(outcome, predictors)
    events, non_events = int(y.sum()), int(len(y) - y.sum())
    empty = pd.DataFrame({"term": names}).reindex(columns=TERM_COLUMNS)
    numbers = empty.columns[1:-1]
    empty[numbers] = empty[numbers].astype(float)
    empty["reason"] = ""
    result = LogisticFit(
        model,
        n=len(y),
        events=events,
        non_events=non_events,
        epv=min(events, non_events) / len(names),
        terms=empty,
    )
    if len(y) < 2:
        return replace(result, reason=reasons.TOO_FEW)
    if min(events, non_events) == 0:
        return replace(result, reason=reasons.ONE_CLASS)
    centre, scale = x.mean(axis=0), x.std(axis=0)
    scale = np.where(scale > 1e-12 * np.abs(x).max(axis=0), scale, 0)
    design = np.column_stack([np.ones(len(y)), (x - centre) / np.where(scale > 0, scale, 1)])
    if (scale == 0).any() or np.linalg.matrix_rank(design, tol=1e-8 * len(y)) < design.shape[1]:
        return replace(result, reason=reasons.COLLINEAR)
    result = replace(result, separation=separation(y, design))
    if model == "maximum_likelihood" and result.separation != "none":
        return replace(result, reason=reasons.SEPARATED)
    return _estimate(
        result, Likelihood(y, design, penalised=model == "firth"), names, centre, scale, level
    )


def _estimate(
    result: LogisticFit,
    likelihood: Likelihood,
    names: list[str],
    centre: np.ndarray,
    scale: np.ndarray,
    level: float,
) -> LogisticFit:
    best = likelihood.maximise()
    if not best.converged:
        return replace(result, reason=reasons.NOT_CONVERGED)
    std_errors = np.sqrt(np.diag(np.linalg.inv(likelihood.information(best.beta))))
    rows = [
        (name, *_term(likelihood, best, index, std_errors[index], scale[index - 1], level))
        for index, name in enumerate(names, start=1)
    ]
    slopes = best.beta[1:] / scale
    return replace(
        result,
        intercept=float(best.beta[0] - slopes @ centre),
        log_likelihood=_in_units(best.value, likelihood, scale),
        terms=pd.DataFrame(rows, columns=TERM_COLUMNS),
    )


def _term(
    likelihood: Likelihood, best: Maximum, index: int, std_error: float, unit: float, level: float
) -> tuple[float | str, ...]:
    """The columns of one predictor after its name."""
    limits = profile_limits(likelihood, best, index, std_error, level)
    statistic, p_value, p_ratio = _test(likelihood, best, index, std_error)
    coefficient = best.beta[index] / unit
    (low, why_low), (high, why_high) = (_end(limit, unit) for limit in limits)
    reason = why_low or why_high or (reasons.NOT_CONVERGED if np.isnan(p_ratio) else "")
    odds_ratio = _odds_ratio(coefficient)
    return coefficient, std_error / unit, statistic, odds_ratio, low, high, p_value, p_ratio, reason


def _odds_ratio(coefficient: float) -> float:
    with np.errstate(over="ignore"):
        return float(np.exp(coefficient))


def _end(limit: Limit, unit: float) -> tuple[float, str]:
    """One end of the odds ratio's interval per unit, and why it is missing."""
    end = _odds_ratio(limit.value / unit)
    return (NAN, reasons.LIMIT_INFINITE) if end in (0.0, np.inf) else (end, limit.reason)


def _test(
    likelihood: Likelihood, best: Maximum, index: int, std_error: float
) -> tuple[float, float, float]:
    """Wald z, its p and that of the likelihood ratio; for Firth the (penalised) ratio alone."""
    at_zero = likelihood.maximise(fixed=(index, 0.0))
    ratio = max(0.0, 2 * (best.value - at_zero.value)) if at_zero.converged else NAN
    p_ratio = NAN if np.isnan(ratio) else chi_square_upper(ratio, 1)
    if likelihood.penalised:
        return ratio, p_ratio, p_ratio
    z = float(best.beta[index] / std_error)
    return z, normal_two_sided(z), p_ratio


def _in_units(value: float, likelihood: Likelihood, scale: float) -> float:
    """Log likelihood as of the unscaled predictors: only the penalty depends on units."""
    return value + (float(np.log(scale).sum()) if likelihood.penalised else 0.0)
