"""The parsed genotype."""

from __future__ import annotations

from dataclasses import dataclass, field

from thal_core.words import Message


@dataclass(frozen=True)
class Genotype:
    """What one genotype cell says.

    ``alleles`` are catalogue names sorted as the 2024 paper prints them (β0 first, βN last): two
    where ``status`` is ``ok``, at most one where it is ``incomplete``, else none. ``zygosity`` is
    homozygous, compound heterozygous, heterozygous, normal, class only or unknown. ``beta_class``
    keeps βE and β++ apart, ``beta_class_coarse`` counts both as β+, as the paper does. ``messages``
    say why a cell was refused, or what was read otherwise than written; ``notes`` are further
    things to check.
    """

    raw: str
    status: str  # ok, incomplete, unrecognised, missing
    alleles: tuple[str, ...] = ()
    zygosity: str = ""
    beta_class: str = ""
    beta_class_coarse: str = ""
    alpha: str = ""
    name: str = ""
    suggestion: str = ""
    modifiers: tuple[str, ...] = ()
    messages: tuple[Message, ...] = field(default=())
    notes: tuple[Message, ...] = field(default=())

    @property
    def allele_1(self) -> str:
        return self.alleles[0] if self.alleles else ""

    @property
    def allele_2(self) -> str:
        return self.alleles[1] if len(self.alleles) > 1 else ""

    @property
    def message(self) -> Message | None:
        """The first message, for translation; None where the cell was read as written."""
        return self.messages[0] if self.messages else None

    @property
    def reason(self) -> str:
        """All messages in English."""
        return "; ".join(map(str, self.messages))


def refused(raw: str, message: Message, suggestion: str = "") -> Genotype:
    """A cell that is not understood, with the reason and the nearest reading."""
    return Genotype(
        raw, "unrecognised", beta_class="unrecognised", suggestion=suggestion, messages=(message,)
    )


def missing(raw: str) -> Genotype:
    return Genotype(raw, "missing", beta_class="missing", messages=(Message("genotype.not_done"),))
