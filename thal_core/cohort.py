"""The one tidy cohort: what a sheet became, and what every analysis is asked of."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from typing import TypeVar

import numpy as np
import pandas as pd
from pandas.api.extensions import ExtensionArray

from thal_core.issues import issues_frame
from thal_core.mapping import Mapping
from thal_core.vocabulary import (
    BOOLEAN_COLUMNS,
    EVENT_COLUMNS,
    EXTRA_COLUMNS,
    PATIENT_COLUMNS,
    TEXT_COLUMNS,
    TRANSFUSION_COLUMNS,
    TREATMENT_COLUMNS,
    VISIT_COLUMNS,
)

T = TypeVar("T")


@dataclass(frozen=True)
class Provenance:
    """Where a cohort came from: enough to make it again, and nothing about a patient.

    ``filename`` and ``sheets`` hold what may be shown of the names; ``replaced`` lets a clinician
    find in their own sheet whom P007 stands for.
    """

    filename: str = ""
    sha256: str = ""
    sheets: tuple[str, ...] = ()
    versions: tuple[tuple[str, str], ...] = ()
    selections: tuple[str, ...] = ()  # each a Selection as JSON, in the order applied
    n_patients_read: int = 0
    replaced: tuple[
        tuple[str, str], ...
    ] = ()  # ids given for a name or record number, each with its row (12) or column (D)


@dataclass(frozen=True, eq=False)
class Cohort:
    """Patients, visits, transfusions, treatments and events in canonical units.

    Columns are those of ``vocabulary`` (contract.md, "Cohort"); every column is always there,
    blank where the sheet had nothing. ``patients`` is indexed by ``patient_id`` (text as typed).
    ``extra`` keeps columns nobody understood: patient_id, month, column, value (text).
    """

    patients: pd.DataFrame
    visits: pd.DataFrame
    transfusions: pd.DataFrame
    treatments: pd.DataFrame
    events: pd.DataFrame
    extra: pd.DataFrame
    issues: pd.DataFrame
    mapping: Mapping = field(default_factory=Mapping)
    provenance: Provenance = field(default_factory=Provenance)
    unfiltered: Cohort | None = None  # what the selections were applied to; None: itself
    # what was worked out of these very patients; a cohort derived from this one starts with none
    memo: dict[Hashable, object] = field(default_factory=dict, init=False, repr=False)

    def once(self, what: Hashable, derive: Callable[[], T]) -> T:
        """What ``derive`` gives, worked out when first asked for; to be copied before a change."""
        if what not in self.memo:
            self.memo[what] = derive()
        return self.memo[what]  # type: ignore[return-value]

    def __getstate__(self) -> dict[str, object]:
        """What travels: everything but the memo, which can be worked out again."""
        return self.__dict__ | {"memo": {}}

    @property
    def whole(self) -> Cohort:
        """Everybody in the sheet: what is known of its columns does not change with a filter."""
        return self.unfiltered or self

    @property
    def n(self) -> int:
        return len(self.patients)

    @property
    def fingerprint(self) -> str:
        """Content key for caches: file, mapping and selections, never the values themselves."""
        parts = (self.provenance.sha256, self.mapping.to_json(), *self.provenance.selections)
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()

    def restricted(self, patient_ids: pd.Index, selection_json: str) -> Cohort:
        """The same cohort with only these patients; issues, mapping and the file stay as they
        were.
        """

        def keep(frame: pd.DataFrame) -> pd.DataFrame:
            return frame[frame["patient_id"].isin(patient_ids)].reset_index(drop=True)

        return replace(
            self,
            patients=self.patients.loc[self.patients.index.isin(patient_ids)],
            visits=keep(self.visits),
            transfusions=keep(self.transfusions),
            treatments=keep(self.treatments),
            events=keep(self.events),
            extra=keep(self.extra),
            unfiltered=self.whole,
            provenance=replace(
                self.provenance, selections=(*self.provenance.selections, selection_json)
            ),
        )


def make_cohort(
    patients: pd.DataFrame,
    visits: pd.DataFrame | None = None,
    transfusions: pd.DataFrame | None = None,
    treatments: pd.DataFrame | None = None,
    events: pd.DataFrame | None = None,
    extra: pd.DataFrame | None = None,
    issues: pd.DataFrame | None = None,
    mapping: Mapping | None = None,
    provenance: Provenance | None = None,
) -> Cohort:
    """A cohort from frames that hold any subset of the canonical columns; the rest is added
    blank.
    """
    if patients.index.name != "patient_id":
        patients = patients.set_index("patient_id")
    patients.index = patients.index.astype("str")
    return Cohort(
        patients=canonical(patients, PATIENT_COLUMNS),
        visits=canonical(visits, VISIT_COLUMNS),
        transfusions=canonical(transfusions, TRANSFUSION_COLUMNS),
        treatments=canonical(treatments, TREATMENT_COLUMNS),
        events=canonical(events, EVENT_COLUMNS),
        extra=canonical(extra, EXTRA_COLUMNS),
        issues=issues_frame(()) if issues is None else issues,
        mapping=mapping or Mapping(),
        provenance=provenance or Provenance(sha256=_content_sha(patients, visits)),
    )


def canonical(frame: pd.DataFrame | None, columns: tuple[str, ...]) -> pd.DataFrame:
    """``frame`` with exactly ``columns`` in order (and any ``…_censored`` flags behind), typed."""
    frame = pd.DataFrame() if frame is None else frame
    flags = sorted(c for c in frame.columns if c.endswith("_censored"))
    blanks = {dtype: _blank(dtype, len(frame)) for dtype in ("str", "boolean", "float64")}
    return pd.DataFrame(
        {
            c: frame[c].astype(_dtype(c))
            if c in frame
            else pd.Series(blanks[_dtype(c)], index=frame.index, copy=False)
            for c in (*columns, *flags)
        },
        index=frame.index,
    )


def _blank(dtype: str, n: int) -> ExtensionArray:
    """n missing values; taken from one, which for text is many times faster than making them."""
    return pd.array([None], dtype=dtype).take(np.full(n, -1), allow_fill=True)


def _dtype(column: str) -> str:
    if column in TEXT_COLUMNS:
        return "str"
    if column in BOOLEAN_COLUMNS or column.endswith("_censored"):
        return "boolean"
    return "float64"


def _content_sha(*frames: pd.DataFrame | None) -> str:
    text = json.dumps([None if f is None else f.to_csv() for f in frames])
    return hashlib.sha256(text.encode()).hexdigest()
