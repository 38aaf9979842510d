"""Linear mixed model with month as a category and one random intercept per patient.

REML with Satterthwaite's degrees of freedom (R: lmerTest, value ~ month + (1 | patient)).
The likelihood is profiled over the one ratio lambda = patient variance / residual
variance; with the counts of visits per patient and month at hand every evaluation costs
patients x months^2.
Source: Bates D et al. J Stat Softw 2015;67(1) (REML); Kuznetsova A et al. J Stat Softw
2017;82(13) (degrees of freedom, F of several contrasts).
"""

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import as_floats
from thal_core.stats.comparison import NAN, SMALLEST_PAIRS
from thal_core.stats.distributions import f_upper, t_quantile, t_two_sided

LEAST_RATIO, LARGEST_RATIO, RATIOS = 1e-4, 1e8, 60
CONTRAST_COLUMNS = [
    "month",
    "n",
    "mean",
    "mean_diff",
    "std_error",
    "df",
    "statistic",
    "conf_low",
    "conf_high",
    "p_value",
    "reason",
]


@dataclass(frozen=True, eq=False)
class MixedModel:
    """n: patients; n_observations: visits; statistic, df1, df2, p_value: F test of month;
    effect: its partial eta squared, from F and the degrees of freedom.

    contrasts: one row per month after the first: month, n (patients with that month), mean
    (estimated), mean_diff (month - first month), std_error, df, statistic, conf_low,
    conf_high, p_value (unadjusted), reason (of a contrast that is not tested). Standard deviations
    in the unit of the values.
    """

    model: str = "mixed_random_intercept"
    n: int = 0
    n_observations: int = 0
    months: int = 0
    statistic: float = NAN
    df1: float = NAN
    df2: float = NAN
    effect: float = NAN
    p_value: float = NAN
    sd_patient: float = NAN
    sd_residual: float = NAN
    contrasts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=CONTRAST_COLUMNS))
    reason: str = ""

    def row(self) -> dict[str, object]:
        """The F test as a row, without the contrasts."""
        return {name: value for name, value in self.__dict__.items() if name != "contrasts"}


def fit_random_intercept(
    patient: ArrayLike, month: ArrayLike, value: ArrayLike, level: float = 0.95
) -> MixedModel:
    """Fit the model to visits in long form (equal lengths; missing values are dropped).

    The first month in sorted order is the baseline of the contrasts. Three patients or more,
    and a contrast is tested where both its months have three.

    >>> patient, month = list("aaabbbccc"), [0, 6, 12] * 3
    >>> fit = fit_random_intercept(patient, month, [70, 85, 90, 66, 79, 88, 75, 93, 94])
    >>> fit.contrasts["mean_diff"].round(3).tolist()
    [15.333, 20.333]
    """
    visits = pd.DataFrame(
        {"patient": np.asarray(patient), "month": np.asarray(month), "value": as_floats(value)}
    )
    visits = visits.dropna()
    patients, months = visits["patient"].nunique(), visits["month"].nunique()
    size = dict(n=patients, n_observations=len(visits), months=months)
    reason = _unfit(visits, patients, months)
    if reason:
        return MixedModel(**size, reason=reason)
    model = _Reml(visits)
    ratio, reason = model.best_ratio()
    if reason:
        return MixedModel(**size, reason=reason)
    fit = model.at(ratio)
    return _answer(model, fit, ratio, size, level)


def _unfit(visits: pd.DataFrame, patients: int, months: int) -> str:
    if len(visits) == 0:
        return reasons.TOO_FEW
    if patients < SMALLEST_PAIRS and months > 1:
        return reasons.TOO_FEW
    if months < 2:
        return reasons.ONE_VISIT
    if len(visits) <= months:
        return reasons.TOO_FEW
    within = visits["value"] - visits.groupby("month")["value"].transform("mean")
    return (
        reasons.ZERO_VARIANCE
        if np.abs(within).max() <= 1e-12 * np.abs(visits["value"]).max()
        else ""
    )


@dataclass(frozen=True)
class _Fit:
    """Estimates at one ratio; `score` and `curvature` are derivatives of the deviance."""

    beta: np.ndarray
    unscaled: np.ndarray  # inverse information of beta, per residual variance
    unscaled_slope: np.ndarray  # its derivative by the ratio
    variance: float  # residual
    score: float
    curvature: float
    rss_slope: float
    deviance: float


class _Reml:
    """REML deviance of cell means per month, as a function of the variance ratio."""

    def __init__(self, visits: pd.DataFrame) -> None:
        rows, _ = pd.factorize(visits["patient"])
        columns, self.month_labels = pd.factorize(visits["month"], sort=True)
        self.centre = float(visits["value"].mean())
        y = visits["value"].to_numpy() - self.centre
        shape = (rows.max() + 1, len(self.month_labels))
        cells = rows * shape[1] + columns
        self.counts = np.bincount(cells, minlength=shape[0] * shape[1]).reshape(shape).astype(float)
        self.visits = self.counts.sum(axis=1)
        self.y_patient = np.bincount(rows, weights=y)
        self.y_month = np.bincount(columns, weights=y)
        self.y_squares = float(y @ y)
        self.df = len(y) - shape[1]
        self.least_variance = 1e-13 * self.y_squares / self.df

    def at(self, ratio: float) -> _Fit:
        counts, grown = self.counts, 1 + ratio * self.visits
        weight, slope, bend = ratio / grown, 1 / grown**2, -2 * self.visits / grown**3
        information = np.diag(counts.sum(axis=0)) - counts.T @ (weight[:, None] * counts)
        unscaled = np.linalg.inv(information)
        beta = unscaled @ (self.y_month - counts.T @ (weight * self.y_patient))
        residual = self.y_patient - counts @ beta
        rss = self._rss(beta, weight)
        pull = counts.T @ (slope * residual)
        rss_slope = -float(slope @ residual**2)
        rss_bend = -float(bend @ residual**2) - 2 * float(pull @ unscaled @ pull)
        first = unscaled @ (-counts.T @ (slope[:, None] * counts))
        second = unscaled @ (-counts.T @ (bend[:, None] * counts))
        log_det_slope = (self.visits / grown).sum() + np.trace(first)
        log_det_bend = (
            -((self.visits / grown) ** 2).sum() + np.trace(second) - np.trace(first @ first)
        )
        variance = max(rss / self.df, self.least_variance)
        log_det = np.log(grown).sum() + np.linalg.slogdet(information)[1]
        return _Fit(
            beta,
            unscaled,
            -first @ unscaled,
            variance,
            float(log_det_slope + rss_slope / variance),
            float(log_det_bend + rss_bend / variance),
            rss_slope,
            float(log_det + self.df * np.log(variance)),
        )

    def _rss(self, beta: np.ndarray, weight: np.ndarray) -> float:
        """Generalised residual sum of squares at `beta`."""
        within = self.y_squares - 2 * beta @ self.y_month + self.counts.sum(axis=0) @ beta**2
        return float(within - weight @ (self.y_patient - self.counts @ beta) ** 2)

    def both_variances_show(self) -> bool:
        """Are there degrees of freedom left between patients, and within them?

        Months that share no patient with each other form blocks of their own.
        """
        within = np.diag(self.counts.sum(axis=0)) - self.counts.T @ (
            self.counts / self.visits[:, None]
        )
        patients, months = self.counts.shape
        joined = np.linalg.matrix_rank(within, tol=1e-9 * self.visits.sum(), hermitian=True)
        return patients > months - joined and self.visits.sum() > patients + joined

    def best_ratio(self) -> tuple[float, str]:
        """Ratio of the lowest deviance, or why there is none.

        With few patients the deviance may fall at 0 and again further out, so that it is first
        looked at over the whole range; the zero of the score near its lowest point is the answer.
        """
        from scipy.optimize import brentq

        if not self.both_variances_show():
            return np.nan, reasons.TOO_FEW
        start = self.at(0.0)
        if start.variance <= self.least_variance:
            return np.nan, reasons.ZERO_VARIANCE
        ratios = np.concatenate([[0.0], np.geomspace(LEAST_RATIO, LARGEST_RATIO, RATIOS)])
        fits = [start, *(self.at(ratio) for ratio in ratios[1:])]
        lowest = int(np.argmin([fit.deviance for fit in fits]))
        if lowest == len(ratios) - 1 or min(fit.variance for fit in fits) <= self.least_variance:
            return np.nan, reasons.ZERO_VARIANCE
        if lowest == 0 and start.score >= 0:
            return 0.0, ""
        left = lowest - 1 if fits[lowest].score > 0 and lowest else lowest
        ends = ratios[left], ratios[left + 1]
        return float(brentq(lambda ratio: self.at(ratio).score, *ends, xtol=1e-14, rtol=1e-13)), ""


def partial_eta_squared(statistic: float, df1: float, df2: float) -> float:
    """Effect size of an F test from its statistic and degrees of freedom, 0 to 1.

    >>> partial_eta_squared(4.0, 2, 16)
    0.3333333333333333
    """
    return statistic * df1 / (statistic * df1 + df2)


def _answer(model: _Reml, fit: _Fit, ratio: float, size: dict, level: float) -> MixedModel:
    months = len(fit.beta)
    against_first = np.column_stack([-np.ones(months - 1), np.eye(months - 1)])
    parameters = _parameter_covariance(model, fit, ratio)
    statistic, df2 = _f_test(_sequential(model) @ against_first, fit, parameters)
    return MixedModel(
        **size,
        statistic=statistic,
        df1=float(months - 1),
        df2=df2,
        effect=partial_eta_squared(statistic, months - 1, df2),
        p_value=f_upper(statistic, months - 1, df2),
        sd_patient=float(np.sqrt(ratio * fit.variance)),
        sd_residual=float(np.sqrt(fit.variance)),
        contrasts=_contrast_table(model, against_first, fit, parameters, level),
    )


def _parameter_covariance(model: _Reml, fit: _Fit, ratio: float) -> np.ndarray:
    """Asymptotic covariance of (log residual variance, ratio): twice the inverse Hessian."""
    cross = -fit.rss_slope / fit.variance
    if ratio == 0:
        return np.diag([2 / model.df, 0.0])
    return 2 * np.linalg.inv([[model.df, cross], [cross, fit.curvature]])


def _satterthwaite(contrast: np.ndarray, fit: _Fit, parameters: np.ndarray) -> tuple[float, float]:
    """Variance of a contrast and its degrees of freedom."""
    variance = fit.variance * contrast @ fit.unscaled @ contrast
    gradient = np.array([variance, fit.variance * contrast @ fit.unscaled_slope @ contrast])
    return float(variance), float(2 * variance**2 / (gradient @ parameters @ gradient))


def _sequential(model: _Reml) -> np.ndarray:
    """Each month adjusted for the visits of the later ones, as lmerTest sets up its F test.

    F does not depend on this choice; its degrees of freedom do, in the fourth digit.
    """
    visits = model.counts.sum(axis=0)
    factor = np.linalg.cholesky(
        np.diag(visits[1:]) - np.outer(visits[1:], visits[1:]) / visits.sum()
    ).T
    return factor / np.diag(factor)[:, None]


def _f_test(contrasts: np.ndarray, fit: _Fit, parameters: np.ndarray) -> tuple[float, float]:
    """F of several contrasts: mean of squared t over uncorrelated directions."""
    _, directions = np.linalg.eigh(contrasts @ fit.unscaled @ contrasts.T)
    rotated = directions.T @ contrasts
    pairs = [_satterthwaite(row, fit, parameters) for row in rotated]
    squares = [
        (row @ fit.beta) ** 2 / variance for row, (variance, _) in zip(rotated, pairs, strict=True)
    ]
    return float(np.mean(squares)), _joint_df([df for _, df in pairs])


def _joint_df(dfs: list[float]) -> float:
    """Denominator degrees of freedom that give F the mean of the averaged squared t."""
    if np.ptp(dfs) < 1e-8:
        return float(np.mean(dfs))
    if min(dfs) <= 2:
        return 2.0
    expected = sum(df / (df - 2) for df in dfs)
    return float(2 * expected / (expected - len(dfs)))


def _contrast_table(
    model: _Reml, contrasts: np.ndarray, fit: _Fit, parameters: np.ndarray, level: float
) -> pd.DataFrame:
    rows = []
    seen = (model.counts > 0).sum(axis=0)
    for index, contrast in enumerate(contrasts, start=1):
        n, mean = int(seen[index]), float(fit.beta[index] + model.centre)
        if min(n, seen[0]) < SMALLEST_PAIRS:
            rows.append((model.month_labels[index], n, mean, *[NAN] * 7, reasons.TOO_FEW))
            continue
        variance, df = _satterthwaite(contrast, fit, parameters)
        difference, std_error = float(contrast @ fit.beta), float(np.sqrt(variance))
        half = t_quantile((1 + level) / 2, df) * std_error
        rows.append(
            (
                model.month_labels[index],
                n,
                mean,
                difference,
                std_error,
                df,
                difference / std_error,
                difference - half,
                difference + half,
                t_two_sided(difference / std_error, df),
                "",
            )
        )
    return pd.DataFrame(rows, columns=CONTRAST_COLUMNS)
