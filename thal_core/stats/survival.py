"""Time to an event with censoring: Kaplan-Meier and the log-rank test."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import as_floats, observed_pairs
from thal_core.stats.comparison import Comparison
from thal_core.stats.distributions import chi_square_upper, normal_quantile

CURVE_COLUMNS = [
    "time",
    "at_risk",
    "events",
    "censored",
    "survival",
    "std_error",
    "conf_low",
    "conf_high",
]


def kaplan_meier(time: ArrayLike, event: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """Survival at time 0 and at every time of an event or a censoring.

    event: 1 (or True) occurred, 0 censored; missing rows are dropped. Columns time, at_risk
    (just before), events, censored, survival (share without the event), std_error
    (Greenwood), conf_low, conf_high: on the log scale, cut at 1 (R's survfit default,
    conf.type = "log"). At survival 0 the interval does not exist. Empty without data.

    >>> kaplan_meier([3, 6, 6, 12], [1, 1, 0, 0])[["time", "at_risk", "events", "survival"]]
       time  at_risk  events  survival
    0   0.0        4       0      1.00
    1   3.0        4       1      0.75
    2   6.0        3       1      0.50
    3  12.0        1       0      0.50
    """
    time, event = observed_pairs(time, event)
    if len(time) == 0:
        return pd.DataFrame(columns=CURVE_COLUMNS)
    times, index = np.unique(time, return_inverse=True)
    events = np.bincount(index, weights=event)
    leaving = np.bincount(index)
    at_risk = len(time) - np.concatenate([[0], np.cumsum(leaving)[:-1]])
    survival = np.cumprod(1 - events / at_risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.sqrt(np.cumsum(events / (at_risk * (at_risk - events))))
        half = normal_quantile((1 + level) / 2) * greenwood
        low, high = survival * np.exp(-half), np.minimum(1, survival * np.exp(half))
        std_error = survival * greenwood
    curve = pd.DataFrame(
        {
            "time": times,
            "at_risk": at_risk,
            "events": events.astype(int),
            "censored": leaving - events.astype(int),
            "survival": survival,
            "std_error": std_error,
            "conf_low": low,
            "conf_high": high,
        }
    )
    curve.loc[curve["survival"] == 0, ["std_error", "conf_low", "conf_high"]] = np.nan
    if times[0] > 0:
        start = pd.DataFrame([(0.0, len(time), 0, 0, 1.0, 0.0, 1.0, 1.0)], columns=CURVE_COLUMNS)
        curve = pd.concat([start, curve], ignore_index=True)
    return curve


def log_rank(time: ArrayLike, event: ArrayLike, group: ArrayLike) -> Comparison:
    """Log-rank test of two or more groups (R: survdiff); `statistic` is chi-square.

    >>> found = log_rank([3, 6, 6, 12], [1, 1, 1, 0], ["a", "a", "b", "b"])
    >>> round(found.statistic, 3), round(found.p_value, 3)
    (1.471, 0.225)
    """
    frame = pd.DataFrame(
        {"time": as_floats(time), "event": as_floats(event), "group": np.asarray(group)}
    ).dropna()
    codes, groups = pd.factorize(frame["group"], sort=True)
    sizes = np.bincount(codes, minlength=2)
    result = dict(n=len(frame), n_1=int(sizes[0]), n_2=int(sizes[1]))
    if len(groups) < 2:
        return Comparison(
            "log_rank", **result, reason=reasons.ONE_GROUP_EMPTY if len(frame) else reasons.TOO_FEW
        )
    if frame["event"].sum() == 0:
        return Comparison("log_rank", **result, reason=reasons.NO_EVENTS)
    difference, covariance = _log_rank_sums(
        frame["time"].to_numpy(), frame["event"].to_numpy(), codes, len(groups)
    )
    kept = np.diag(covariance) > 0
    if kept.sum() < 2:
        return Comparison("log_rank", **result, reason=reasons.TOO_FEW)
    difference, covariance = difference[kept][1:], covariance[np.ix_(kept, kept)][1:, 1:]
    statistic = float(difference @ np.linalg.pinv(covariance, hermitian=True) @ difference)
    df = len(difference)
    return Comparison(
        "log_rank",
        **result,
        statistic=statistic,
        df=float(df),
        p_value=chi_square_upper(statistic, df),
    )


def _log_rank_sums(
    time: np.ndarray, event: np.ndarray, codes: np.ndarray, groups: int
) -> tuple[np.ndarray, np.ndarray]:
    """Observed - expected events per group, and its hypergeometric covariance."""
    difference, covariance = np.zeros(groups), np.zeros((groups, groups))
    for moment in np.unique(time[event == 1]):
        at_risk = np.bincount(codes[time >= moment], minlength=groups)
        died = np.bincount(codes[(time == moment) & (event == 1)], minlength=groups)
        n, d = at_risk.sum(), died.sum()
        share = at_risk / n
        difference += died - d * share
        if n > 1:
            covariance += d * (n - d) / (n - 1) * (np.diag(share) - np.outer(share, share))
    return difference, covariance
