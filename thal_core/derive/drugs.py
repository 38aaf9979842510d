"""Which class a drug belongs to (rules/drugs.csv): chelator, antithrombotic, thalidomide …"""

from __future__ import annotations

from functools import lru_cache

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.rules.catalogue import read_rules

SHORTEST_LATIN = 3  # a shorter Latin name counts only where it is the whole cell: "HU", "L1"


@lru_cache(maxsize=1)
def _names() -> list[tuple[str, str]]:
    return [(name.casefold(), row["class"]) for row in read_rules("drugs") for name in (row["drug"], *row["names"].split("|"))]


def drug_classes(drug: str) -> frozenset[str]:
    """The classes named in a cell such as "deferasirox + aspirin"; empty where no drug is known."""
    text = str(drug).casefold()
    return frozenset(
        kind for name, kind in _names()
        if name == text or (name in text and (len(name) > SHORTEST_LATIN or not name.isascii())))


def treatments_of(cohort: Cohort, kind: str) -> pd.DataFrame:
    """The rows of ``treatments`` whose drug is of this class."""
    treatments = cohort.treatments
    known = {drug: kind in drug_classes(drug) for drug in treatments["drug"].dropna().unique()}
    return treatments[treatments["drug"].map(known).fillna(False).astype(bool)]
