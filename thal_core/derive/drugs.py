"""Which class a drug belongs to (rules/drugs.csv): chelator, antithrombotic, the study drug …"""

from __future__ import annotations

import pandas as pd

from thal_core.cohort import Cohort
from thal_core.rules.catalogue import drugs

SHORTEST_LATIN = 3  # a shorter Latin name counts only where it is the whole cell: "HU", "L1"


def drug_classes(drug: str) -> frozenset[str]:
    """The drugs named in a cell such as "deferasirox + aspirin" and their classes; empty where none
    is known.
    """
    text = str(drug).casefold()
    found = [
        one
        for one in drugs().values()
        if any(_named(name.casefold(), text) for name in (one.drug, *one.names))
    ]
    return frozenset(word for one in found for word in (one.drug, one.kind))


def _named(name: str, text: str) -> bool:
    return name == text or (name in text and (len(name) > SHORTEST_LATIN or not name.isascii()))


def treatments_of(cohort: Cohort, kind: str) -> pd.DataFrame:
    """The rows of ``treatments`` whose drug is of this class, or is this drug."""
    treatments = cohort.treatments
    known = {drug: kind in drug_classes(drug) for drug in treatments["drug"].dropna().unique()}
    return treatments[treatments["drug"].map(known).fillna(False).astype(bool)]
