"""Is there a linear combination of the predictors that separates the two outcomes?"""

import numpy as np


def separation(y: np.ndarray, design: np.ndarray) -> str:
    """`none`, `quasi_complete` or `complete`, for outcome 0/1 and a design with intercept.

    Two linear programmes over coefficients between -1 and 1: can every row lie on its own
    side with a margin (complete), or at least none on the wrong side and some on the right
    (quasi-complete)?

    >>> separation(np.array([0, 0, 1, 1]), np.array([[1, 1], [1, 2], [1, 3], [1, 4]]))
    'complete'
    """
    from scipy.optimize import linprog

    signed = design * (2 * y - 1)[:, None]
    rows, terms = signed.shape
    bounds = [(-1, 1)] * terms
    margin = linprog(
        np.append(np.zeros(terms), -1.0),
        A_ub=np.column_stack([-signed, np.ones(rows)]),
        b_ub=np.zeros(rows),
        bounds=[*bounds, (None, None)],
        method="highs",
    )
    if -margin.fun > 1e-7:
        return "complete"
    total = linprog(
        -signed.sum(axis=0), A_ub=-signed, b_ub=np.zeros(rows), bounds=bounds, method="highs"
    )
    return "quasi_complete" if -total.fun > 1e-6 else "none"
