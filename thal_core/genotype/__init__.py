"""What a genotype cell says: text → Genotype, never a guess.

``parse_genotype`` reads legacy names (CD41-42, IVS-Ⅱ-654, 654M), HGVS, probe notation and Chinese
hospital wording, in any order of alleles; what is unknown or ambiguous is ``unrecognised`` with the
nearest reading offered.
"""

from thal_core.genotype.allele_rules import Allele, allele, alleles
from thal_core.genotype.format import genotype_group_2024, spreadsheet_text
from thal_core.genotype.parse import parse_genotype
from thal_core.genotype.result import Genotype

__all__ = [
    "Allele",
    "Genotype",
    "allele",
    "alleles",
    "genotype_group_2024",
    "parse_genotype",
    "spreadsheet_text",
]
