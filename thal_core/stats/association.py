"""Correlation of two measured variables, and the straight line through them."""

from dataclasses import asdict, dataclass, replace
from math import atanh, inf, sqrt, tanh

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from thal_core.stats import reasons
from thal_core.stats.arrays import midranks, observed_pairs
from thal_core.stats.comparison import NAN, SMALLEST_CORRELATION, Comparison
from thal_core.stats.distributions import normal_quantile, t_quantile, t_two_sided
from thal_core.stats.spearman_exact import spearman_p_value

SPEARMAN_EXACT_UP_TO = 1290


@dataclass(frozen=True)
class Line:
    """Least-squares line of y on x; `slope` in units of y per unit of x."""

    n: int
    slope: float = NAN
    intercept: float = NAN
    std_error: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    residual_sd: float = NAN
    x_mean: float = NAN
    x_squares: float = NAN
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


def pearson(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Comparison:
    """Pearson's r (`effect`) with t test and Fisher z interval (R: cor.test), from four pairs.

    >>> found = pearson([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(found.effect, 3), round(found.p_value, 3)
    (0.8, 0.104)
    """
    x, y = observed_pairs(x, y)
    result, reason = _correlation("pearson", x, y)
    if reason:
        return replace(result, reason=reason)
    r, df = result.effect, result.n - 2
    result = replace(
        result, statistic=_t_of_r(r, df), df=float(df), p_value=_p_of_r(r, df), variant="t"
    )
    if abs(r) == 1:
        return replace(result, conf_low=r, conf_high=r)
    return _with_interval(result, 1.0, level)


def spearman(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Comparison:
    """Spearman's rho (`effect`; R: cor.test(method = "spearman")); `statistic` is S.

    Without ties and n <= 1290, R's AS 89: exact to n = 9, Edgeworth series beyond; with
    ties the t approximation. From four pairs. The interval is that of Bonett DG, Wright TA.
    Psychometrika 2000;65:23-8: Fisher's z with variance (1 + rho^2 / 2) / (n - 3); rho of
    1 or -1 has none.

    >>> found = spearman([1, 2, 3, 4, 5], [2, 1, 4, 3, 5])
    >>> round(found.effect, 3), round(found.p_value, 3), found.variant
    (0.8, 0.133, 'exact')
    """
    x, y = observed_pairs(x, y)
    result, reason = _correlation("spearman", midranks(x), midranks(y))
    if reason:
        return replace(result, reason=reason)
    n, rho = result.n, result.effect
    s = (n**3 - n) * (1 - rho) / 6
    result = replace(result, statistic=s)
    if abs(rho) == 1:
        result = replace(result, reason=reasons.INTERVAL_NOT_REACHED)
    else:
        result = _with_interval(result, 1 + rho**2 / 2, level)
    if len(np.unique(x)) == n == len(np.unique(y)) and n <= SPEARMAN_EXACT_UP_TO:
        p_value, variant = spearman_p_value(s, n)
        return replace(result, p_value=p_value, variant=variant)
    ties = reasons.TIES_NO_EXACT if n <= SPEARMAN_EXACT_UP_TO else ""
    return replace(
        result,
        df=float(n - 2),
        p_value=_p_of_r(rho, n - 2),
        variant="t",
        reason=result.reason or ties,
    )


def _with_interval(result: Comparison, inflation: float, level: float) -> Comparison:
    """Fisher's z interval of `effect`, its variance 1 / (n - 3) times `inflation`."""
    z = atanh(result.effect)
    half = normal_quantile((1 + level) / 2) * sqrt(inflation / (result.n - 3))
    return replace(result, conf_low=tanh(z - half), conf_high=tanh(z + half))


def fit_line(x: ArrayLike, y: ArrayLike, level: float = 0.95) -> Line:
    """Least-squares line with the t interval of its slope (R: lm(y ~ x)).

    >>> line = fit_line([1, 2, 3, 4], [3, 5, 7, 10])
    >>> round(line.slope, 3), round(line.intercept, 3)
    (2.3, 0.5)
    """
    x, y = observed_pairs(x, y)
    n = len(x)
    if n < 2:
        return Line(n, reason=reasons.TOO_FEW)
    if _constant(x):
        return Line(n, reason=reasons.ZERO_VARIANCE)
    x_mean, squares = float(x.mean()), float(((x - x.mean()) ** 2).sum())
    slope = float(((x - x_mean) * (y - y.mean())).sum() / squares)
    line = Line(n, slope, float(y.mean() - slope * x_mean), x_mean=x_mean, x_squares=squares)
    if n < 3:
        return replace(line, reason=reasons.TOO_FEW)
    residual_sd = float(np.sqrt(((y - line.intercept - slope * x) ** 2).sum() / (n - 2)))
    std_error = residual_sd / sqrt(squares)
    half = t_quantile((1 + level) / 2, n - 2) * std_error
    return replace(
        line,
        std_error=std_error,
        conf_low=slope - half,
        conf_high=slope + half,
        residual_sd=residual_sd,
    )


def line_band(line: Line, at: ArrayLike, level: float = 0.95) -> pd.DataFrame:
    """The line's mean and its pointwise interval at the positions `at`.

    Columns x, fitted, conf_low, conf_high (R: predict(interval = "confidence")).

    >>> line_band(fit_line([1, 2, 3, 4], [3, 5, 7, 10]), [2.5]).round(3).to_dict("records")
    [{'x': 2.5, 'fitted': 6.25, 'conf_low': 5.417, 'conf_high': 7.083}]
    """
    at = np.asarray(at, dtype=float)
    fitted = line.intercept + line.slope * at
    spread = np.sqrt(1 / line.n + (at - line.x_mean) ** 2 / line.x_squares) if line.n else np.nan
    half = (
        t_quantile((1 + level) / 2, line.n - 2) * line.residual_sd * spread
        if line.n > 2
        else np.nan
    )
    return pd.DataFrame(
        {"x": at, "fitted": fitted, "conf_low": fitted - half, "conf_high": fitted + half}
    )


def _correlation(method: str, x: np.ndarray, y: np.ndarray) -> tuple[Comparison, str]:
    n = len(x)
    result = Comparison(method, n=n, n_1=n, n_2=n)
    if n < SMALLEST_CORRELATION:
        return result, reasons.TOO_FEW
    if _constant(x) or _constant(y):
        return result, reasons.ZERO_VARIANCE
    x, y = (
        (x - x.mean()) / np.linalg.norm(x - x.mean()),
        (y - y.mean()) / np.linalg.norm(y - y.mean()),
    )
    r = float(np.clip(x @ y, -1, 1))
    return replace(result, effect=round(r) * 1.0 if 1 - abs(r) < 1e-15 else r), ""


def _constant(values: np.ndarray) -> bool:
    return float(np.ptp(values)) <= 10 * np.finfo(float).eps * float(np.abs(values).max())


def _t_of_r(r: float, df: int) -> float:
    return inf * np.sign(r) if abs(r) == 1 else r * sqrt(df / ((1 - r) * (1 + r)))


def _p_of_r(r: float, df: int) -> float:
    return 0.0 if abs(r) == 1 else t_two_sided(_t_of_r(r, df), df)
