"""The one record every two-sample, paired, tabular or correlational method returns."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass

import pandas as pd

NAN = float("nan")
# how few values a test of means or ranks, and one of correlation, may rest on
SMALLEST_GROUP = SMALLEST_PAIRS = 3
SMALLEST_CORRELATION = 4


@dataclass(frozen=True)
class Comparison:
    """Result of one test on one set of data; the fields are columns of the result tables.

    method       code such as `student`; its words are `method.<code>`
    n            observations used (pairs, for paired methods); n_1, n_2 per group
    effect       group 1 - group 2 (or first - second of pairs): difference of means,
                 Hodges-Lehmann shift, conditional odds ratio (fisher), r or rho
    std_error    of `effect` where the method has one
    conf_low/high  95 % interval of `effect`
    hedges_g     bias-corrected standardised mean difference with its interval
    variant      route taken: `exact`, `normal`, `t`, `edgeworth`, `monte_carlo` or ""
    reason       code of `reasons.py` where a number is missing or a route was changed
    """

    method: str
    n: int = 0
    n_1: int = 0
    n_2: int = 0
    statistic: float = NAN
    df: float = NAN
    effect: float = NAN
    std_error: float = NAN
    conf_low: float = NAN
    conf_high: float = NAN
    p_value: float = NAN
    hedges_g: float = NAN
    hedges_g_low: float = NAN
    hedges_g_high: float = NAN
    variant: str = ""
    reason: str = ""

    def row(self) -> dict[str, object]:
        """The fields as a dictionary: one row of a result table."""
        return asdict(self)


def comparison_table(comparisons: Iterable[Comparison]) -> pd.DataFrame:
    """One row per comparison, columns as the fields of `Comparison`.

    >>> comparison_table([Comparison("welch", n=7, p_value=0.2)])[["method", "n", "p_value"]]
      method  n  p_value
    0  welch  7      0.2
    """
    return pd.DataFrame(
        [each.row() for each in comparisons], columns=list(Comparison.__dataclass_fields__)
    )
