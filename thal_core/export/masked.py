"""A cohort whose patients have no names: what documents are made from, so that no id can be in
them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace

import pandas as pd

from thal_core.cohort import Cohort

FIRST, SIGNS = 0xE000, 6400  # the private use area of Unicode: signs that no font draws
MARKS = re.compile(f"[{chr(FIRST)}-{chr(FIRST + SIGNS - 1)}]+")
TABLES = ("visits", "transfusions", "treatments", "events", "extra", "issues")


@dataclass(frozen=True)
class Masked:
    """``cohort`` has a sign of the private use area for each patient, in the order of their ids,
    so that every number is the same; ``ids`` leads back.
    """

    cohort: Cohort
    ids: dict[str, str] = field(default_factory=dict)

    def sign(self, patient_id: str) -> str:
        """The sign of an id; an id that is not there stays as it is."""
        return {name: sign for sign, name in self.ids.items()}.get(patient_id, patient_id)

    def restored(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the ids of the sheet again, in ``patient_id`` and in every sentence."""
        texts = [c for c in table if not pd.api.types.is_numeric_dtype(table[c])]
        texts = [c for c in texts if any(MARKS.search(v) for v in table[c] if isinstance(v, str))]
        return table.assign(**{c: table[c].map(self._named, na_action="ignore") for c in texts})

    def _named(self, value: object) -> object:
        return self.restored_text(value) if isinstance(value, str) else value

    def restored_text(self, text: str) -> str:
        return MARKS.sub(lambda found: self.ids.get(found[0], found[0]), text)


def without_ids(cohort: Cohort) -> Masked:
    """The same cohort under signs; documents take the signs out of what they print."""
    names = sorted(map(str, cohort.whole.patients.index))
    width = 1 if len(names) <= SIGNS else 2
    signs = {name: _sign(place, width) for place, name in enumerate(names)}
    return Masked(_renamed(cohort, signs), {sign: name for name, sign in signs.items()})


def _sign(place: int, width: int) -> str:
    high, low = divmod(place, SIGNS)
    return chr(FIRST + low) if width == 1 else chr(FIRST + high) + chr(FIRST + low)


def _renamed(cohort: Cohort, signs: dict[str, str]) -> Cohort:
    def under_signs(frame: pd.DataFrame) -> pd.DataFrame:
        named = frame["patient_id"].map(lambda name: signs.get(name, name), na_action="ignore")
        return frame.assign(patient_id=named.astype(frame["patient_id"].dtype))

    patients = cohort.patients.copy()
    patients.index = pd.Index(
        [signs[str(name)] for name in patients.index], dtype="str", name=patients.index.name
    )
    return replace(
        cohort,
        patients=patients,
        **{name: under_signs(getattr(cohort, name)) for name in TABLES},
        unfiltered=_renamed(cohort.unfiltered, signs) if cohort.unfiltered else None,
    )
