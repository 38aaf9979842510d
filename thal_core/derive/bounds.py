"""What is not known bounds a rate from both sides; it never leaves the denominator silently."""

from __future__ import annotations

import pandas as pd

from thal_core.derive.response import judged_by_phenotype
from thal_core.rules.catalogue import Criterion
from thal_core.vocabulary import Response


def derive_bounds(classes: pd.DataFrame, evidence: pd.DataFrame, rules: Criterion) -> pd.DataFrame:
    """Who counts and which class they may belong to, one row per patient.

    counted: the criterion has clauses for their phenotype and they were treated long enough to be
    judged ("not yet due" are left out). unknown: counted and not evaluable. A column per class:
    they are in it, or may be: an unknown patient may be in any class of their phenotype, in none
    that needs freedom from transfusion if they are on the drug and not free.
    """
    judged = judged_by_phenotype(evidence, rules)
    unknown = judged & ~evidence["not_due"].astype(bool) & (classes["response"] == Response.NE)
    out = pd.DataFrame(
        {"counted": judged & (unknown | (classes["response"] != Response.NE)), "unknown": unknown}
    )
    off = evidence[["stopped", "paused", "zero_dose"]].any(axis=1)
    not_free = (evidence["free"] == False).fillna(False).astype(bool) & ~off  # noqa: E712 — missing is not False
    for name in rules.classes:
        may = pd.Series(False, index=out.index)
        for level in (level for level in rules.levels if level.level == name):
            of_level = (
                pd.Series(True, index=out.index)
                if level.phenotype == "all"
                else evidence["phenotype"] == level.phenotype
            )
            may |= of_level & ~(not_free & (level.basis == "transfusion_free"))
        out[name] = (classes["response"] == name) | (unknown & may)
    return out


def best_possible(bounds: pd.DataFrame, classes: pd.Series, rules: Criterion) -> pd.Series:
    """The classes with every unknown patient in the best one they may belong to."""
    best = classes.copy()
    for name in reversed(rules.classes):
        best = best.mask(bounds["unknown"] & bounds[name], name)
    return best
