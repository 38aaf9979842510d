"""Why a number is missing, or why a method answered by another route.

The texts are `statistics.<code>` in words/catalogue/statistics.csv.
"""

TOO_FEW = "too_few"
ZERO_VARIANCE = "zero_variance"
ONE_GROUP_EMPTY = "one_group_empty"
ONE_LEVEL = "one_level"
ONE_CLASS = "one_class"
ONE_VISIT = "one_visit"
ALL_ZERO = "all_zero"
NOT_POSITIVE = "not_positive"
SEPARATED = "separated"
COLLINEAR = "collinear"
NOT_CONVERGED = "not_converged"
NO_EVENTS = "no_events"
SMALL_CLASS = "small_class"
TOO_FEW_IN_CLASS = "too_few_in_class"
TOO_FEW_ADJUSTED = "too_few_adjusted"
INTERVAL_NOT_REACHED = "interval_not_reached"
TIES_NO_EXACT = "ties_no_exact"
ZEROES_NO_EXACT = "zeroes_no_exact"
MONTE_CARLO = "monte_carlo"
EXPECTED_BELOW_FIVE = "expected_below_five"
LIMIT_INFINITE = "limit_infinite"
LIMIT_NOT_CONVERGED = "limit_not_converged"
BY_DEFINITION = "by_definition"

REASONS = (
    TOO_FEW,
    ZERO_VARIANCE,
    ONE_GROUP_EMPTY,
    ONE_LEVEL,
    ONE_CLASS,
    ONE_VISIT,
    ALL_ZERO,
    NOT_POSITIVE,
    SEPARATED,
    COLLINEAR,
    NOT_CONVERGED,
    NO_EVENTS,
    SMALL_CLASS,
    TOO_FEW_IN_CLASS,
    TOO_FEW_ADJUSTED,
    INTERVAL_NOT_REACHED,
    TIES_NO_EXACT,
    ZEROES_NO_EXACT,
    MONTE_CARLO,
    EXPECTED_BELOW_FIVE,
    LIMIT_INFINITE,
    LIMIT_NOT_CONVERGED,
    BY_DEFINITION,
)
