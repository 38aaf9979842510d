"""Courses over months: repeated measures ANOVA and the random-intercept model as F tests."""

from dataclasses import asdict, dataclass, replace

import numpy as np
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import f_upper
from thal_core.stats.mixed import MixedModel, fit_random_intercept, partial_eta_squared

__all__ = ["FTest", "MixedModel", "fit_random_intercept", "greenhouse_geisser", "repeated_anova"]


@dataclass(frozen=True)
class FTest:
    """F test that all months have one mean. n: patients with every month.

    `effect` is partial eta squared: the month's share of the variation that is not between
    patients, 0 to 1.
    """

    model: str
    n: int = 0
    months: int = 0
    statistic: float = NAN
    df1: float = NAN
    df2: float = NAN
    epsilon: float = NAN
    effect: float = NAN
    p_value: float = NAN
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


def repeated_anova(wide: ArrayLike) -> FTest:
    """One-way repeated measures ANOVA (R: aov(value ~ month + Error(patient / month))).

    wide: patients x months; patients with a missing month are left out, and more patients
    than months must remain (the covariance of the months needs them). `epsilon` is
    Greenhouse and Geisser's estimate, here only reported.

    >>> wide = [[70, 85, 90], [66, 79, 88], [75, 93, 94], [72, 80, 91]]
    >>> found = repeated_anova(wide)
    >>> round(found.statistic, 2), found.df1, found.df2, round(found.epsilon, 3)
    (63.51, 2.0, 6.0, 0.579)
    """
    values = np.asarray(wide, dtype=float)
    if values.ndim != 2:
        raise ValueError("repeated measures come as patients x months")
    values = values[np.isfinite(values).all(axis=1)]
    n, months = values.shape
    result = FTest("anova", n=n, months=months)
    if months < 2:
        return replace(result, reason=reasons.ONE_VISIT)
    if n <= months:
        return replace(result, reason=reasons.TOO_FEW)
    grand, by_month, by_patient = values.mean(), values.mean(axis=0), values.mean(axis=1)
    effect = n * ((by_month - grand) ** 2).sum()
    error = ((values - by_month - by_patient[:, None] + grand) ** 2).sum()
    df1, df2 = months - 1, (months - 1) * (n - 1)
    if not error > (np.finfo(float).eps * np.abs(values).max()) ** 2 * values.size:
        return replace(result, df1=float(df1), df2=float(df2), reason=reasons.ZERO_VARIANCE)
    statistic = float(effect / df1 / (error / df2))
    return replace(
        result,
        statistic=statistic,
        df1=float(df1),
        df2=float(df2),
        epsilon=_epsilon(values),
        effect=partial_eta_squared(statistic, df1, df2),
        p_value=f_upper(statistic, df1, df2),
    )


def greenhouse_geisser(wide: ArrayLike) -> FTest:
    """`repeated_anova` with both degrees of freedom multiplied by epsilon.

    >>> wide = [[70, 85, 90], [66, 79, 88], [75, 93, 94], [72, 80, 91]]
    >>> found = greenhouse_geisser(wide)
    >>> round(found.df1, 2), round(found.p_value, 4)
    (1.16, 0.0022)
    """
    plain = repeated_anova(wide)
    result = replace(plain, model="anova_greenhouse_geisser")
    if plain.reason:
        return replace(result, df1=NAN, df2=NAN)
    df1, df2 = plain.df1 * plain.epsilon, plain.df2 * plain.epsilon
    return replace(result, df1=df1, df2=df2, p_value=f_upper(plain.statistic, df1, df2))


def _epsilon(values: np.ndarray) -> float:
    """trace(S)^2 / ((k - 1) trace(S^2)), S the double-centred covariance of k months."""
    months = values.shape[1]
    centring = np.eye(months) - 1 / months
    covariance = centring @ np.cov(values, rowvar=False) @ centring
    epsilon = np.trace(covariance) ** 2 / ((months - 1) * (covariance**2).sum())
    return float(np.clip(epsilon, 1 / (months - 1), 1))
