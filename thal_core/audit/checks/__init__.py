"""The kinds of check a row of the check table can name."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from thal_core.audit.checks import (
    arithmetic,
    before_after,
    chi_square,
    models,
    moments,
    two_groups,
)
from thal_core.audit.checktable import Case
from thal_core.audit.finding import Finding

KINDS: dict[str, Callable[[Case], Iterable[Finding]]] = {
    "at_most": arithmetic.check_at_most,
    "copied": arithmetic.check_copied,
    "count_rows": arithmetic.check_count_rows,
    "distinct": arithmetic.check_distinct,
    "percent": arithmetic.check_percent,
    "product": arithmetic.check_product,
    "same": arithmetic.check_same,
    "sum": arithmetic.check_sum,
    "threshold": arithmetic.check_threshold,
    "unit": arithmetic.check_unit,
    "combine": moments.check_combine,
    "range": moments.check_range,
    "subset": moments.check_subset,
    "values": moments.check_values,
    "whole_numbers": moments.check_whole_numbers,
    "correlation": models.check_correlation,
    "f_test": models.check_f_test,
    "odds_ratio": models.check_odds_ratio,
    "paired": before_after.check_paired,
    "t_from_se": before_after.check_t_from_se,
    "t_test": two_groups.check_t_test,
    "chi_square": chi_square.check_chi_square,
}
