"""The binomial log likelihood with logit link, plain or with Firth's penalty, and its profile."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from thal_core.stats.distributions import normal_quantile

MAX_ITERATIONS = 200
LARGEST_STEP = 2.0
TOLERANCE = 1e-10
DIFFERENCE = 1e-5
# on standardised predictors a log odds ratio beyond this is as good as infinite
FARTHEST = 200.0


@dataclass(frozen=True)
class Maximum:
    beta: np.ndarray
    value: float
    converged: bool


class Likelihood:
    """Log likelihood of `y` (0/1) given `design` (with intercept); the penalty is log|I| / 2."""

    def __init__(self, y: np.ndarray, design: np.ndarray, penalised: bool):
        self.y, self.design, self.penalised = y, design, penalised
        self.signed = design * (2 * y - 1)[:, None]

    def value(self, beta: np.ndarray) -> float:
        total = float(special.log_expit(self.signed @ beta).sum())
        if self.penalised:
            sign, log_det = np.linalg.slogdet(self.information(beta))
            total += float(log_det) / 2 if sign > 0 else -np.inf
        return total

    def information(self, beta: np.ndarray) -> np.ndarray:
        share = special.expit(self.design @ beta)
        return (self.design * (share * (1 - share))[:, None]).T @ self.design

    def score(self, beta: np.ndarray) -> np.ndarray:
        share = special.expit(self.design @ beta)
        residual = self.y - share
        if self.penalised:
            weighted = self.design * np.sqrt(share * (1 - share))[:, None]
            orthonormal, _ = np.linalg.qr(weighted)
            residual = residual + (orthonormal**2).sum(axis=1) * (0.5 - share)
        return self.design.T @ residual

    def maximise(self, fixed: tuple[int, float] | None = None, start: np.ndarray | None = None) -> Maximum:
        """Fisher scoring with step halving; `fixed` holds one coefficient at a value."""
        beta = np.zeros(self.design.shape[1]) if start is None else start.copy()
        free = np.arange(len(beta))
        if fixed is not None:
            beta[fixed[0]] = fixed[1]
            free = np.delete(free, fixed[0])
        value = self.value(beta)
        for _ in range(MAX_ITERATIONS):
            step = self._step(beta, free)
            if step is None:
                return Maximum(beta, value, False)
            beta, new_value = self._climb(beta, free, step, value)
            settled = np.abs(step).max(initial=0.0) < TOLERANCE * (1 + np.abs(beta).max())
            value = new_value
            if settled:
                return Maximum(beta, value, True)
        return Maximum(beta, value, False)

    def _step(self, beta: np.ndarray, free: np.ndarray) -> np.ndarray | None:
        """Newton's step, or Fisher's where the penalised likelihood is not yet concave."""
        score = self.score(beta)[free]
        for curvature in (self._curvature, self.information):
            try:
                lower = np.linalg.cholesky(curvature(beta)[np.ix_(free, free)])
            except np.linalg.LinAlgError:
                continue
            step = np.linalg.solve(lower.T, np.linalg.solve(lower, score))
            if np.isfinite(step).all():
                return step * min(1.0, LARGEST_STEP / max(np.abs(step).max(initial=0.0), LARGEST_STEP))
        return None

    def _curvature(self, beta: np.ndarray) -> np.ndarray:
        """Minus the derivative of the score (differences where the penalty enters).

        Fisher scoring alone can swing for ever around a penalised maximum.
        """
        if not self.penalised:
            return self.information(beta)
        shifts = DIFFERENCE * np.eye(len(beta))
        slopes = [self.score(beta - shift) - self.score(beta + shift) for shift in shifts]
        curvature = np.array(slopes) / (2 * DIFFERENCE)
        return (curvature + curvature.T) / 2

    def _climb(self, beta, free, step, value) -> tuple[np.ndarray, float]:
        for halvings in range(30):
            trial = beta.copy()
            trial[free] += step / 2**halvings
            new_value = self.value(trial)
            if new_value >= value - 1e-12 * abs(value):
                return trial, new_value
        return beta, value


def profile_limits(likelihood: Likelihood, best: Maximum, index: int, std_error: float, level: float):
    """Values of one coefficient at which the profile has fallen by half the chi-square quantile.

    An end that is never reached is infinite.
    """
    drop = normal_quantile((1 + level) / 2) ** 2 / 2
    return tuple(_limit(likelihood, best, index, direction * std_error, drop) for direction in (-1, 1))


def _limit(likelihood: Likelihood, best: Maximum, index: int, step: float, drop: float) -> float:
    from scipy.optimize import brentq

    warm = {"beta": best.beta}

    def excess(value):
        profile = likelihood.maximise(fixed=(index, value), start=warm["beta"])
        if profile.converged:
            warm["beta"] = profile.beta
        return profile.value - best.value + drop

    inside, outside = best.beta[index], best.beta[index] + 2 * step
    while excess(outside) > 0:
        inside, outside = outside, outside + (outside - best.beta[index])
        if abs(outside) > FARTHEST:
            return float(np.copysign(np.inf, step))
    return float(brentq(excess, inside, outside, xtol=1e-10))
