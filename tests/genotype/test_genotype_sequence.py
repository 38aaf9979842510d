"""HGVS and protein names of the catalogue against the coding sequence of HBB (NM_000518.5)."""

import itertools
import re

from thal_core.genotype import alleles, parse_genotype

CODING = (
    "ATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCCCTGTGGGGCAAGGTGAACGTGGATGAAGTTGGTGGTGAGGCCCTGGGCAGGCTGCTGGTGGTCTACCCTTGGACCCAG"
    "AGGTTCTTTGAGTCCTTTGGGGATCTGTCCACTCCTGATGCTGTTATGGGCAACCCTAAGGTGAAGGCTCATGGCAAGAAAGTGCTCGGTGCCTTTAGTGATGGCCTGGCTCACCTGGAC"
    "AACCTCAAGGGCACCTTTGCCACACTGAGTGAGCTGCACTGTGACAAGCTGCACGTGGATCCTGAGAACTTCAGGCTCCTGGGCAACGTGCTGGTCTGTGTGCTGGCCCATCACTTTGGC"
    "AAAGAATTCACCCCACCAGTGCAGGCTGCCTATCAGAAAGTGGTGGCTGGTGTGGCTAATGCCCTGGCCCACAAGTATCACTAA"
)
LETTERS = "FFLLSSSSYY**CC*WLLLLPPPPHHQQRRRRIIIMTTTTNNKKSSRRVVVVAAAADDEEGGGG"
AMINO_ACIDS = dict(zip(map("".join, itertools.product("TCAG", repeat=3)), LETTERS, strict=True))
NAMES = "AlaArgAsnAspCysGlnGluGlyHisIleLeuLysMetPheProSerThrTrpTyrValTer"
THREE = dict(zip("ARNDCQEGHILKMFPSTWYV*", (NAMES[i : i + 3] for i in range(0, 63, 3)), strict=True))


def mutated(name):
    """The coding sequence with this change; None where the change lies outside it."""
    match = re.fullmatch(r"c\.(\d+)(?:_(\d+))?(?:([ACGT])>([ACGT])|(del|dup|ins)([ACGT]+))", name)
    if not match:
        return None
    first, last = int(match[1]), int(match[2] or match[1])
    kind, bases = match[5], match[6]
    if match[3]:
        assert CODING[first - 1] == match[3], name
        return CODING[: first - 1] + match[4] + CODING[first:]
    if kind == "ins":
        return CODING[:first] + bases + CODING[first:]
    assert CODING[first - 1 : last] == bases, name
    return (
        CODING[: first - 1] + CODING[last:]
        if kind == "del"
        else CODING[:last] + bases + CODING[last:]
    )


def protein(sequence):
    return [AMINO_ACIDS[sequence[i : i + 3]] for i in range(0, len(sequence) - 2, 3)]


CHANGES = [(one, name) for one in alleles().values() for name in one.hgvs if mutated(name)]


def test_the_sequence_is_beta_globin():
    assert (
        protein(CODING)[:8] == list("MVHLTPEE")
        and len(protein(CODING)) == 148
        and protein(CODING)[-1] == "*"
    )
    assert len(CHANGES) > 60


def as_printed(one, name):
    """Does the change at this place give the protein that the catalogue prints?"""
    normal, changed = protein(CODING), protein(mutated(name))
    place = next((i for i, (a, b) in enumerate(zip(normal, changed)) if a != b), None)
    if place is None:
        return one.protein == ()  # a synonymous change has no protein name
    if place == 0:
        return one.protein == ("p.Met1?",)
    first = f"p.{THREE[normal[place]]}{place + 1}{THREE[changed[place]]}"
    return any(known.startswith(first) for known in one.protein) or "+T" in one.changes


def test_every_hgvs_name_gives_the_printed_protein():
    assert [(one.name, name) for one, name in CHANGES if not as_printed(one, name)] == []


def test_every_hgvs_name_reads_as_its_allele():
    assert [
        (one.name, name)
        for one, name in CHANGES
        if parse_genotype(f"HBB:{name}").alleles != (one.name,)
        or parse_genotype(f"NM_000518.5:{name.lower()}/{name}").alleles != (one.name,) * 2
    ] == []


def test_shifted_spellings_are_the_same_deletion():
    for name in ("CD41-42", "CD36/37", "CD44", "CD5", "CD8"):
        assert len({mutated(spelling) for spelling in alleles()[name].hgvs}) == 1


def test_codon_numbers_count_without_the_first_methionine():
    """CD17 is residue 18 in HGVS; every single-codon place must lie on its change."""
    for one, name in CHANGES:
        match, site = re.match(r"c\.(\d+)[ACGT]>", name), re.fullmatch(r"CD(\d+)", one.site)
        if match and site:
            assert (int(match[1]) - 1) // 3 == int(site[1]), (one.name, name)
