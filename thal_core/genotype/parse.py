"""The one door: a cell → Genotype."""

from __future__ import annotations

import re
from functools import lru_cache

from thal_core.genotype import allele_rules
from thal_core.genotype.interpret import read
from thal_core.genotype.normalise import normalise
from thal_core.genotype.result import Genotype, refused
from thal_core.genotype.spreadsheet_damage import as_text, read_damage
from thal_core.genotype.suggestion import suggest
from thal_core.genotype.tokenise import Covering, best_coverings
from thal_core.memo import remembered
from thal_core.words import Message

LONGEST, LONGEST_WITH_MARKUP = 300, 4000


def parse_genotype(text: object) -> Genotype:
    """The genotype a cell states (text, number, date or nothing); order of alleles does not matter.

    Never raises and never guesses: ``status`` is ok, incomplete (one allele), unrecognised (with
    ``reason`` and ``suggestion``) or missing. Grammar: docs of the package; names:
    rules/genotypes.csv.

    >>> found = parse_genotype("41-42/-28")
    >>> found.name, found.beta_class, found.status
    ('CD41-42/-28', 'β0/β+', 'ok')
    """
    return _parse(as_text(text))


@remembered
def _parse(raw: str) -> Genotype:
    folded = normalise(raw) if len(raw) <= LONGEST_WITH_MARKUP else raw
    if len(folded) > LONGEST:
        return refused(raw, Message("genotype.too_long"))
    damaged = read_damage(raw, folded)
    if damaged:
        return damaged
    stated = without_negative_clauses(folded)
    if not stated or _is_negative(stated):
        return refused(raw, Message("genotype.panel_negative"))
    found = best_coverings(stated)
    return _decide(raw, found) if found else _unreadable(raw, stated)


def _decide(raw: str, coverings: list[Covering]) -> Genotype:
    readings = [read(raw, covering) for covering in coverings]
    understood = [reading for reading in readings if reading.name or reading.alpha]
    if not understood or len({(reading.alleles, reading.alpha) for reading in readings}) == 1:
        return readings[0]
    names = list(dict.fromkeys(reading.name or reading.alpha for reading in understood))
    return refused(raw, Message("genotype.ambiguous", {"readings": names}), names[0])


def _unreadable(raw: str, text: str) -> Genotype:
    if re.search(_listed("diagnosis"), text) and not re.search(r"\d", text):
        return refused(raw, Message("genotype.diagnosis"))
    return refused(raw, Message("genotype.unreadable"), suggest(text, _readable))


def _readable(text: str) -> str:
    """The name of a repaired spelling, empty where it is still not understood."""
    found = best_coverings(text) if text else []
    return read(text, found[0]).name if found and not found[0].rank[0] else ""


def without_negative_clauses(text: str) -> str:
    """Without what is said not to be there beside the genotype: α未检出, 其余位点未见异常."""
    negative, rest = _listed("negative"), _listed("rest")
    text = re.sub(
        rf"[,;、。 ]{{0,9}}(?:{rest})[^,;、。]{{0,60}}?(?:{negative}|正常)[^,;、。]*", "", text
    )
    text = re.sub(
        rf"[,;、。 ]{{0,9}}α[^β,;、。/\d]{{0,12}}:? ?(?:{negative}|正常|未查|未测)[^,;、。β]*",
        "",
        text,
    )
    text = re.sub(rf"[,;、。 ]{{0,9}}(?:{negative}|NO|无|未查|未测) ?α[^β,;、。/\d]*", "", text)
    return text.strip(" ,;、。")


def _is_negative(text: str) -> bool:
    return bool(re.search(_listed("negative"), text))


@lru_cache(maxsize=8)
def _listed(meaning: str) -> str:
    spellings = sorted(allele_rules.words()[meaning], key=len, reverse=True)
    return "|".join(
        rf"(?<![A-Z]){re.escape(s)}(?![A-Z])" if s.isascii() else re.escape(s) for s in spellings
    )
