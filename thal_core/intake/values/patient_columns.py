"""Columns that hold one value per patient → the patients table, first non-blank first."""

from __future__ import annotations

from itertools import count

import numpy as np
import pandas as pd

from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.distinct import Distinct
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.codes import MISSING, opposites, parse_code, setting_codes
from thal_core.intake.text.fold import plain
from thal_core.intake.text.numbers import is_missing
from thal_core.intake.text.shown import is_short_code, may_show, shown
from thal_core.intake.values.contributions import PatientValues
from thal_core.intake.values.extra import drop_identifying, read_phrases
from thal_core.intake.values.quantities import Values
from thal_core.mapping import Mapping
from thal_core.rules.catalogue import fields

_MAY_CHANGE = frozenset(
    {"age_years", "weight_kg", "center"}
)  # what may truly differ from visit to visit
_AMBIGUOUS = {"sex": ("0", "1", "2"), "phenotype": ("0", "1", "2"), "splenectomy": ("1", "2")}


def read_codes(ledger: Ledger, column: Column, mapping: Mapping) -> Values:
    """A coded column (sex, yes/no, phenotype) in the cohort's words; strange codes are named and
    left out.
    """
    kind = fields()[column.target].kind
    kind = "splenectomy" if column.target == "splenectomy" else kind
    codes, texts = column.coded()
    given = _given_codes(mapping.setting(f"{column.target}_codes"), kind, texts)
    words = [given.get(plain(t).lower().removesuffix(".0")) or _word(t, kind) for t in texts]
    if not given and _must_ask(column, kind, texts, words):
        ledger.report_column(
            ERROR,
            f"intake.codes_ambiguous.{column.target if column.target in _AMBIGUOUS else 'bool'}",
            column,
        )
        ledger.mark(column, Fate.ISSUE)
        words = [MISSING for _ in texts]
    read = Distinct(codes, texts, words)
    ledger.report_cells(ERROR, "intake.cell.strange_code", column, read.not_understood())
    ledger.mark(column, Fate.USED)
    _report_codes(ledger, column, read)
    return Values(column, read.spread("", object))


def _report_codes(ledger: Ledger, column: Column, codes: Distinct[str]) -> None:
    """How 1 and 0 were read, with counts: in some clinics 1 is "spleen intact"."""
    counts = np.bincount(codes.codes, minlength=len(codes.texts))
    read = [
        f"{plain(t)} = {w} ({counts[c]})"
        for c, (t, w) in enumerate(zip(codes.texts, codes.values, strict=True))
        if w and plain(t).isdigit()
    ]
    if read:
        ledger.report_column(NOTE, "intake.codes_read", column, counts=sorted(read))


def _given_codes(setting: str, kind: str, texts: list[str]) -> dict[str, str]:
    """A person's codes; of two codes the one not named means the other thing."""
    given = {code: _word(word, kind) or word for code, word in setting_codes(setting).items()}
    others = {plain(t).lower().removesuffix(".0") for t in texts if not is_missing(t)} - set(given)
    pair = opposites().get(next(iter(given.values()), ""))
    if (
        len(given) == 1
        and len(others) == 1
        and pair
        and parse_code(next(iter(others)), kind) not in opposites()
    ):
        given[others.pop()] = pair
    return given


def _word(text: str, kind: str) -> str | None:
    """The cohort's word for a code; yes to "transfusion dependent?" is TDT."""
    word = parse_code(text, kind)
    return {"yes": "TDT", "no": "NTDT"}.get(word or "", word) if kind == "phenotype" else word


def _must_ask(column: Column, kind: str, texts: list[str], words: list[str | None]) -> bool:
    """1/0 and 1/2 that may mean either: never guessed."""
    seen = {
        plain(t).removesuffix(".0")
        for t, w in zip(texts, words, strict=True)
        if plain(t) and w != MISSING
    }
    if not seen or not seen <= {"0", "1", "2"}:
        return False
    if kind == "sex":
        return True
    if kind == "phenotype":
        return "2" in seen or not any(
            w in column.title.lower() for w in ("tdt", "depend", "依赖", "输血")
        )
    return "2" in seen


def read_texts(ledger: Ledger, column: Column) -> Values:
    """A column of words as they may be shown; missing words are blank. A centre nobody knows gets a
    number.
    """
    if column.target == "withdrawal_reason":
        return Values(column, read_phrases(ledger, column, "reason"))
    codes, texts = column.coded()
    words = ["" if is_missing(t) else t for t in drop_identifying(ledger, column, codes, texts)]
    ledger.mark(column, Fate.USED)
    if column.target == "center":
        words = _numbered(ledger, column, words)
    return Values(column, np.array([shown(word) for word in words], dtype=object)[codes])


def _numbered(ledger: Ledger, column: Column, words: list[str]) -> list[str]:
    """Names of places are nobody's word to show: C1, C2 … in order of appearance; short codes
    stay.
    """
    hidden = [w for w in dict.fromkeys(words) if w and not (is_short_code(w) or may_show(w))]
    if hidden:
        ledger.report_column(NOTE, "intake.center.numbered", column, n=len(hidden))
    free = (code for place in count(1) if (code := f"C{place}") not in words)
    number = dict(zip(hidden, free))
    return [number.get(word, word) for word in words]


def one_value_each(
    ledger: Ledger, found: list[PatientValues], n: int, default: object, duplicates: str
) -> np.ndarray:
    """One value per patient out of several columns and rows: the first that is not blank, or the
    last, or the mean.

    Cells that say otherwise are reported.
    """
    out = np.full(n, default, dtype=object if default == "" else float)
    for one in found[::-1] if duplicates == "last" else found:
        values, patient = one.values, one.patient
        rows = np.flatnonzero(_filled(values.value) & (patient >= 0))
        rows = rows[::-1] if duplicates == "last" else rows
        owner = patient[rows]
        blank = ~_filled(out)[owner]
        owners, first = np.unique(owner[blank], return_index=True)
        out[owners] = values.value[rows[blank][first]]
        other = rows[out[owner] != values.value[rows]]
        if len(other):
            _report_conflicts(ledger, values.column, other, duplicates)
    if duplicates == "mean" and default != "":
        return _means(found, out)
    return out


def _filled(values: np.ndarray) -> np.ndarray:
    return values != "" if values.dtype == object else np.isfinite(values)


def _report_conflicts(ledger: Ledger, column: Column, rows: np.ndarray, duplicates: str) -> None:
    if column.target in _MAY_CHANGE:
        ledger.report_column(NOTE, "intake.conflict.changing", column, n=len(rows))
    else:
        ledger.report_cells(WARNING, f"intake.conflict.{duplicates}", column, rows)


def _means(found: list[PatientValues], first: np.ndarray) -> np.ndarray:
    """The mean of each patient's different values."""
    pairs = {
        (int(p), float(v))
        for one in found
        for p, v in zip(one.patient, one.values.value, strict=True)
        if p >= 0 and np.isfinite(v)
    }
    owner = np.array([p for p, _ in pairs], dtype=int)
    number = np.array([v for _, v in pairs])
    total, count = (
        np.bincount(owner, weights=w, minlength=len(first)) for w in (number, np.ones(len(number)))
    )
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(count > 1, total / count, first)


def as_boolean(words: np.ndarray) -> pd.array:
    return pd.arrays.BooleanArray(words == "yes", (words != "yes") & (words != "no"))
