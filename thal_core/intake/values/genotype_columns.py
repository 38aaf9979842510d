"""Genotype columns → the genotype columns of the patients table; what is not understood is named
and kept.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from thal_core.genotype import Genotype, genotype_group_2024, parse_genotype
from thal_core.intake.layout.columns import Column
from thal_core.intake.ledger.cell_fates import Fate
from thal_core.intake.ledger.issue_log import ERROR, NOTE, WARNING
from thal_core.intake.ledger.ledger import Ledger
from thal_core.intake.text.fold import plain
from thal_core.intake.values.quantities import Values
from thal_core.words import Text

PARTS = (
    "genotype",
    "allele_1",
    "allele_2",
    "zygosity",
    "beta_class",
    "beta_class_coarse",
    "genotype_group_2024",
    "alpha_genotype",
)


def read_genotypes(ledger: Ledger, column: Column) -> tuple[dict[str, Values], Values]:
    """The parts of each row's β genotype, and the raw texts to keep in ``extra`` ('' where it was
    understood).
    """
    codes, texts = column.coded()
    genotypes = [parse_genotype(plain(t)) for t in texts]
    ledger.mark(column, Fate.USED)
    for code, genotype in enumerate(genotypes):
        _say(
            ledger,
            column,
            np.flatnonzero(codes == code) if _has_finding(genotype) else (),
            genotype,
        )
    parts = {name: _spread(column, codes, genotypes, _part(name)) for name in PARTS}
    extra = _spread(
        column, codes, genotypes, lambda g: "" if g.status in ("ok", "missing") else g.raw
    )
    return parts, extra


def read_allele_pair(
    ledger: Ledger, first: Column, second: Column
) -> tuple[dict[str, Values], Values]:
    """As ``read_genotypes``, for a genotype written in two columns."""
    one, other = first.texts().to_pylist(), second.texts().to_pylist()
    pairs = ["/".join(filter(None, map(plain, pair))) for pair in zip(one, other, strict=True)]
    distinct = list(dict.fromkeys(pairs))
    codes = (
        np.array([distinct.index(p) for p in pairs])
        if len(distinct) < 500
        else _codes(pairs, distinct)
    )
    genotypes = [parse_genotype(t) for t in distinct]
    for column in (first, second):
        ledger.mark(column, Fate.USED)
    for code, genotype in enumerate(genotypes):
        _say(
            ledger,
            first,
            np.flatnonzero(codes == code) if _has_finding(genotype) else (),
            genotype,
        )
    parts = {name: _spread(first, codes, genotypes, _part(name)) for name in PARTS}
    return parts, _spread(
        first, codes, genotypes, lambda g: "" if g.status in ("ok", "missing") else g.raw
    )


def _codes(texts: list[str], distinct: list[str]) -> np.ndarray:
    number = {text: n for n, text in enumerate(distinct)}
    return np.array([number[t] for t in texts])


def read_alpha(ledger: Ledger, column: Column) -> Values:
    """α genotypes in the catalogue's names; others are blank, with a note."""
    codes, texts = column.coded()
    ledger.mark(column, Fate.USED)
    genotypes = [parse_genotype(_marked_alpha(plain(text))) for text in texts]
    unknown = [code for code, g in enumerate(genotypes) if not g.alpha and g.status != "missing"]
    ledger.report_cells(
        NOTE, "intake.alpha.unknown", column, np.flatnonzero(np.isin(codes, unknown))
    )
    return Values(column, np.array([g.alpha for g in genotypes], dtype=object)[codes])


def _marked_alpha(text: str) -> str:
    """``正常`` in an α column is αα/αα."""
    return (
        "αα/αα"
        if text in ("正常", "normal", "Normal", "wild type", "野生型", "未见异常", "WT")
        else text
    )


def _part(name: str) -> Callable[[Genotype], str]:
    def part(genotype: Genotype) -> str:
        whole = genotype.status == "ok"
        if name == "genotype":
            return genotype.name if whole else ""
        if name == "genotype_group_2024":
            return genotype_group_2024(genotype) or "" if whole else ""
        if name == "alpha_genotype":
            return genotype.alpha
        if genotype.status not in ("ok", "incomplete") or (
            name == "zygosity" and not genotype.alleles
        ):
            return ""
        return getattr(genotype, name)

    return part


def _spread(
    column: Column, codes: np.ndarray, genotypes: list[Genotype], part: Callable[[Genotype], str]
) -> Values:
    return Values(column, np.array([part(g) for g in genotypes], dtype=object)[codes])


def _has_finding(genotype: Genotype) -> bool:
    return genotype.status in ("unrecognised", "incomplete") or bool(
        genotype.messages or genotype.notes
    )


def _say(ledger: Ledger, column: Column, positions: object, genotype: Genotype) -> None:
    if genotype.status == "missing" or not len(positions):  # type: ignore[arg-type]
        return
    reason = Text((*genotype.messages, *genotype.notes))
    if genotype.status == "ok":
        ledger.report_cells(
            NOTE,
            "intake.genotype.note",
            column,
            positions,
            Fate.USED,  # type: ignore[arg-type]
            reason=reason,
            name=genotype.name,
        )
        return
    severity = WARNING if genotype.status == "incomplete" else ERROR
    code = f"intake.genotype.{genotype.status}" + (".suggestion" if genotype.suggestion else "")
    ledger.report_cells(
        severity,
        code,
        column,
        positions,
        Fate.ISSUE,  # type: ignore[arg-type]
        reason=reason,
        suggestion=genotype.suggestion,
    )
