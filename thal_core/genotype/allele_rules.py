"""The alleles and words of genotype cells, as rows of rules/genotype*.csv."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from thal_core.genotype.normalise import normalise
from thal_core.rules.catalogue import read_rules
from thal_core.words.wording import Wording

UNSPECIFIED = "class"
NORMAL_BETA, NORMAL_ALPHA = "βN", "αα"


@dataclass(frozen=True)
class Allele:
    """One allele or haplotype of the catalogue (rules/genotypes.csv).

    ``site`` is its place without the base change (CD26, -28, IVS-I-5, CD8-9); ``site_alone`` tells
    whether the place without a change means this allele; ``bare_number`` whether the number alone
    does (``yes``), only where no dash stands before it (``without sign``), or only behind a β
    (``after β``). ``changes``, ``hgvs`` and ``protein`` are every
    accepted spelling.
    """

    name: str
    kind: str  # mutation, deletion, normal, class, alpha, SNP
    allele_class: str  # β0, β+, β++, βE …; for alpha α0, α+ …
    severity: str
    sort_order: int
    site: str
    site_alone: bool
    bare_number: str
    changes: tuple[str, ...]
    aliases: tuple[str, ...]
    hgvs: tuple[str, ...]
    protein: tuple[str, ...]
    words: Wording
    notes: str
    source: str

    def label(self, language: str = "en") -> str:
        return self.words.text(language)

    @property
    def is_beta(self) -> bool:
        return self.kind not in ("alpha", "SNP")

    @property
    def written(self) -> str:
        """The name as it is written into a genotype: with its change where the place alone is not
        enough.
        """
        if self.site == self.name and not self.site_alone:
            return f"{self.name} ({self.changes[0]})"
        return self.name


@lru_cache(maxsize=1)
def alleles() -> dict[str, Allele]:
    """Every allele by name, in the order of the catalogue."""
    return {row["name"]: _allele(row) for row in read_rules("genotypes")}


def allele(name: str) -> Allele:
    return alleles()[name]


def _allele(row: dict[str, str]) -> Allele:
    lists = {key: _split(row[key]) for key in ("changes", "aliases", "hgvs", "protein")}
    texts = {
        key: row[key]
        for key in (
            "name",
            "kind",
            "allele_class",
            "severity",
            "site",
            "bare_number",
            "notes",
            "source",
        )
    }
    return Allele(
        **texts,
        **lists,
        words=Wording.of_row(row, "label"),
        sort_order=int(row["sort_order"]),
        site_alone=row["site_alone"] == "yes",
    )


def _split(cell: str) -> tuple[str, ...]:
    return tuple(cell.split("|")) if cell else ()


@lru_cache(maxsize=1)
def at_site() -> dict[str, tuple[Allele, ...]]:
    """The alleles at each place: CD6 holds CD6 (-A), HbS and HbC."""
    places: dict[str, list[Allele]] = {}
    for one in alleles().values():
        if one.site:
            places.setdefault(one.site, []).append(one)
    return {site: tuple(found) for site, found in places.items()}


def pairs_with(codon: str) -> tuple[Allele, ...]:
    """The alleles of the codon pairs that hold this codon: CD41 → CD41-42."""
    number = codon.removeprefix("CD")
    return tuple(
        found[0]
        for site, found in at_site().items()
        if site.startswith("CD") and "-" in site and number in site[2:].split("-")
    )


@lru_cache(maxsize=1)
def by_number() -> dict[str, Allele]:
    """The alleles that a number alone can mean (17, 26, 654 …)."""
    return {
        one.site.rsplit("-", 1)[-1].removeprefix("CD"): one
        for one in alleles().values()
        if one.bare_number
    }


@lru_cache(maxsize=1)
def classes() -> dict[str, dict[str, str]]:
    """Rows of rules/genotype_classes.csv by class."""
    return {row["allele_class"]: row for row in read_rules("genotype_classes")}


@lru_cache(maxsize=1)
def words() -> dict[str, dict[str, str]]:
    """Meaning → {normalised word: value}, from rules/genotype_words.csv."""
    found: dict[str, dict[str, str]] = {}
    for row in read_rules("genotype_words"):
        word = row["word"] if row["meaning"] in ("mark", "missing") else normalise(row["word"])
        found.setdefault(row["meaning"], {})[word] = row["value"]
    return found


def order_key(name: str) -> tuple[int, int]:
    """Where an allele stands in a genotype: by class (β0 first, βN last), then by the catalogue's
    order.
    """
    one = allele(name)
    return int(classes()[one.allele_class]["order"]), one.sort_order


def written_name(names: tuple[str, ...]) -> str:
    """The genotype as text: sorted alleles joined by a slash."""
    return "/".join(allele(name).written for name in sorted(names, key=order_key))
