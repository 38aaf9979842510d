"""Does the word (homozygous, 杂合 …) fit the alleles that are named?"""

from __future__ import annotations

from thal_core.genotype.allele_rules import NORMAL_ALPHA, NORMAL_BETA, UNSPECIFIED, allele
from thal_core.words import Message


def complete(named: tuple[str, ...], words: set[str]) -> tuple[str, ...] | Message:
    """The alleles after the zygosity words had their say, or why they contradict each other."""
    if len(named) == 2 and words == {"homozygous"} and named[0] == named[1]:
        return named
    if "homozygous" in words and len(words) > 1:
        return Message("genotype.zygosity_conflict")
    if "homozygous" in words:
        return named * 2 if len(named) == 1 else Message("genotype.homozygous_two")
    normal = NORMAL_BETA if all(allele(name).is_beta for name in named) else NORMAL_ALPHA
    same = len(named) == 2 and named[0] == named[1]
    if words and same:
        return Message("genotype.heterozygous_same")
    if "compound" in words and (len(named) == 1 or normal in named):
        return Message("genotype.compound_one")
    if "heterozygous" in words and len(named) == 1 and named[0] != normal:
        return (*named, normal)
    return named


def zygosity(alleles: tuple[str, ...]) -> str:
    """Of two beta alleles: normal, heterozygous, homozygous, compound heterozygous or class
    only.
    """
    if len(alleles) < 2:
        return "unknown"
    if any(allele(name).kind == UNSPECIFIED for name in alleles):
        return "class only"
    if alleles == (NORMAL_BETA, NORMAL_BETA):
        return "normal"
    if NORMAL_BETA in alleles:
        return "heterozygous"
    return "homozygous" if alleles[0] == alleles[1] else "compound heterozygous"
