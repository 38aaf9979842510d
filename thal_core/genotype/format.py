"""Genotypes written out: for spreadsheets, and as the groups of the 2024 paper."""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.genotype import allele_rules
from thal_core.genotype.parse import parse_genotype
from thal_core.genotype.result import Genotype
from thal_core.rules.catalogue import read_rules

_NEEDS_BETA = re.compile(r"-\d|CD\d|IVS|CAP")


def spreadsheet_text(genotype_name: str) -> str:
    """The genotype so that no spreadsheet program computes with it: ``β-28/β-28``, ``βCD8/9``,
    ``α:--SEA/αα``.

    The text parses back to the same genotype. What is no genotype comes back as it is, behind an
    apostrophe where a program would compute with it.
    """
    read = parse_genotype(genotype_name)
    if read.alleles:
        return "/".join(_guarded(allele_rules.allele(name).written) for name in read.alleles)
    if read.alpha:
        return f"α:{read.alpha}"
    text = str(genotype_name or "")
    return f"'{text}" if text.startswith(("-", "+", "=", "@")) else text


def _guarded(name: str) -> str:
    return f"β{name}" if _NEEDS_BETA.match(name) else name


def genotype_group_2024(genotype: Genotype | str) -> str | None:
    """``favourable`` (combinations 1–10 of the 2024 paper's Table 1), ``other`` (11–14), or None
    for any other genotype.
    """
    read = genotype if isinstance(genotype, Genotype) else parse_genotype(genotype)
    return _groups().get(read.alleles)


@lru_cache(maxsize=1)
def _groups() -> dict[tuple[str, ...], str]:
    return {
        (row["allele_1"], row["allele_2"]): row["group"] for row in read_rules("genotype_groups")
    }
