"""The binomial log likelihood with logit link, plain or with Firth's penalty, and its profile."""

from dataclasses import dataclass

import numpy as np
from scipy import special

from thal_core.stats import reasons
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import normal_quantile

MAX_ITERATIONS = 200
LARGEST_STEP = 2.0
TOLERANCE = 1e-10
NO_GAIN = 1e-13
FEW = 50  # patients
DIFFERENCE = 1e-5
# on standardised predictors a log odds ratio beyond this is as good as infinite
FARTHEST = 1e4


@dataclass(frozen=True)
class Maximum:
    beta: np.ndarray
    value: float
    converged: bool


@dataclass(frozen=True)
class Limit:
    """One end of an interval, NaN with the reason where there is none."""

    value: float = NAN
    reason: str = ""


class Likelihood:
    """Log likelihood of `y` (0/1) given `design` (with intercept); the penalty is log|I| / 2."""

    def __init__(self, y: np.ndarray, design: np.ndarray, penalised: bool) -> None:
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

    def maximise(
        self, fixed: tuple[int, float] | None = None, start: np.ndarray | None = None
    ) -> Maximum:
        """Fisher scoring with step halving; `fixed` holds one coefficient at a value.

        Then only the height counts: it is reached where a further step gains nothing, even if
        the other coefficients lie on a plain.
        """
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
            gain = float(self.score(beta)[free] @ step)
            beta, new_value = self._climb(beta, free, step, value)
            settled = np.abs(step).max(initial=0.0) < TOLERANCE * (1 + np.abs(beta).max())
            settled |= fixed is not None and abs(gain) < NO_GAIN * (1 + abs(value))
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
                return step * min(
                    1.0, LARGEST_STEP / max(np.abs(step).max(initial=0.0), LARGEST_STEP)
                )
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

    def _climb(
        self, beta: np.ndarray, free: np.ndarray, step: np.ndarray, value: float
    ) -> tuple[np.ndarray, float]:
        for halvings in range(30):
            trial = beta.copy()
            trial[free] += step / 2**halvings
            new_value = self.value(trial)
            if new_value >= value - 1e-12 * abs(value):
                return trial, new_value
        return beta, value


def profile_limits(
    likelihood: Likelihood, best: Maximum, index: int, std_error: float, level: float
) -> tuple[Limit, Limit]:
    """Values of one coefficient at which the profile has fallen by half the chi-square quantile.

    An end that is never reached, or on the way to which the likelihood could not be maximised,
    is NaN with the reason.

    >>> y, x = np.array([0, 1, 0, 1, 1, 0]), np.array([1, 2, 3, 4, 5, 2])
    >>> likelihood = Likelihood(y, np.column_stack([np.ones(6), x]), penalised=True)
    >>> limits = profile_limits(likelihood, likelihood.maximise(), 1, 0.6, 0.95)
    >>> [round(limit.value, 3) for limit in limits]
    [-0.339, 2.698]
    """
    drop = normal_quantile((1 + level) / 2) ** 2 / 2
    return tuple(_limit(likelihood, best, index, side * std_error, drop) for side in (-1, 1))


class _NotConverged(Exception):
    """The profile could not be maximised at a point."""


def _limit(likelihood: Likelihood, best: Maximum, index: int, step: float, drop: float) -> Limit:
    from scipy.optimize import brentq

    found = {float(best.beta[index]): (best, drop)}

    def excess(value: float) -> float:
        if value not in found:
            nearest = found[min(found, key=lambda known: abs(known - value))][0]
            starts = [_towards(likelihood, nearest.beta, index, value)]
            if (
                likelihood.penalised and len(likelihood.y) < FEW
            ):  # of very few patients its profile may have two tops
                starts += [nearest.beta, best.beta, np.zeros(len(best.beta))]
            profiles = [likelihood.maximise(fixed=(index, value), start=start) for start in starts]
            profile = max(profiles, key=lambda each: each.value)
            if not profile.converged:
                raise _NotConverged
            found[value] = profile, profile.value - best.value + drop
        return found[value][1]

    inside = float(best.beta[index])
    outside = inside + 2 * step
    try:
        while excess(outside) > 0:
            if abs(outside) > FARTHEST:
                return Limit(reason=reasons.LIMIT_INFINITE)
            inside, outside = outside, outside + (outside - float(best.beta[index]))
        return Limit(float(brentq(excess, inside, outside, xtol=1e-10)))
    except _NotConverged:
        return Limit(reason=reasons.LIMIT_NOT_CONVERGED)


def _towards(likelihood: Likelihood, beta: np.ndarray, index: int, value: float) -> np.ndarray:
    """Where the other coefficients go when one is moved to `value`: a step along the profile."""
    free = np.delete(np.arange(len(beta)), index)
    information = likelihood.information(beta)
    moved = beta.copy()
    pull = information[free, index] * (value - beta[index])
    moved[free] -= np.linalg.lstsq(information[np.ix_(free, free)], pull, rcond=None)[0]
    moved[index] = value
    return moved if np.isfinite(moved).all() else beta
