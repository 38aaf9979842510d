"""Proportions in percent with their intervals."""

from dataclasses import asdict, dataclass
from math import sqrt

from scipy import special

from thal_core.stats import reasons
from thal_core.stats.comparison import NAN
from thal_core.stats.distributions import normal_quantile


@dataclass(frozen=True)
class Proportion:
    """n of total; `percent`, `conf_low`, `conf_high` in percent."""

    n: int
    total: int
    percent: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    method: str = "wilson"
    reason: str = ""

    def row(self) -> dict[str, object]:
        return asdict(self)


def wilson(n: int, total: int, level: float = 0.95) -> Proportion:
    """Wilson score interval without continuity correction (R: prop.test(correct = FALSE)).

    >>> found = wilson(18, 36)
    >>> round(found.percent, 1), round(found.conf_low, 1), round(found.conf_high, 1)
    (50.0, 34.5, 65.5)
    """
    n, total = _counts(n, total)
    if total == 0:
        return Proportion(n, total, method="wilson", reason=reasons.TOO_FEW)
    z = normal_quantile((1 + level) / 2)
    share, spread = n / total, z * z / total
    centre = share + spread / 2
    half = z * sqrt(share * (1 - share) / total + spread / (4 * total))
    low = 0.0 if n == 0 else (centre - half) / (1 + spread)
    high = 1.0 if n == total else (centre + half) / (1 + spread)
    return Proportion(n, total, 100 * share, 100 * low, 100 * high, "wilson")


def clopper_pearson(n: int, total: int, level: float = 0.95) -> Proportion:
    """Exact (Clopper-Pearson) interval from beta quantiles (R: binom.test).

    >>> found = clopper_pearson(18, 36)
    >>> round(found.percent, 1), round(found.conf_low, 1), round(found.conf_high, 1)
    (50.0, 32.9, 67.1)
    """
    n, total = _counts(n, total)
    if total == 0:
        return Proportion(n, total, method="clopper_pearson", reason=reasons.TOO_FEW)
    tail = (1 - level) / 2
    low = 0.0 if n == 0 else float(special.betaincinv(n, total - n + 1, tail))
    high = 1.0 if n == total else float(special.betaincinv(n + 1, total - n, 1 - tail))
    return Proportion(n, total, 100 * n / total, 100 * low, 100 * high, "clopper_pearson")


def _counts(n: float, total: float) -> tuple[int, int]:
    n, total = int(n), int(total)
    if not 0 <= n <= total:
        raise ValueError(f"need 0 <= n <= total, got n={n}, total={total}")
    return n, total
