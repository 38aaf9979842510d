"""Places of the gene as people write them: codons, codon pairs, promoter and intron positions, bare
numbers.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator
from dataclasses import replace

from thal_core.genotype import allele_rules
from thal_core.genotype.variants import Named, annotate
from thal_core.memo import remembered
from thal_core.words import Message

_BETA = re.compile(r"(?P<beta>β|B(?=[ _-]?(?:CD|IVS|-?\d)))(?P<dash>[ _]{0,9}-?[ _]{0,9})")
_PAIR = re.compile(
    r"(?P<cd>CDS? ?[-_]? ?)?(?P<first>\d{1,2}) ?(?P<joint>[-/_~]) ?"
    r"(?P<cd2>CD ?)?(?P<second>\d{1,2})(?![0-9])(?!\.\d)"
)
_CODON = re.compile(r"CDS? ?[-_.:]? ?(?P<number>\d{1,3})(?![0-9])(?!\.\d)")
_PROMOTER = re.compile(
    r"(?:(?:NT|PROMOTER|A?TATA(?: ?BOX)?) ?|CAP)?(?P<sign>[-~])(?P<number>\d{2,3})(?![0-9])(?!\.\d)"
)
_INTRON = re.compile(
    r"IVS ?[-_~]? ?(?P<intron>[IL|]{2}|11|2|[IL|1])"
    r"(?P<joint> ?[-_~:.] ?| |, ?(?=NT))?(?P<nt>NT ?-? ?)?(?P<number>\d{1,3})(?![0-9])"
)
_NUMBER = re.compile(r"(?P<number>\d{1,3})(?![0-9])(?!\.\d)")
_PROBE = re.compile(r" ?M(?![A-Z0-9])")


def read_site(text: str, start: int) -> Iterator[Named]:
    """Every reading of the text at ``start`` as a place, with the changes written behind it."""
    prefix = _BETA.match(text, start)
    yield from _unprefixed(text, start, after_beta=False)
    if prefix:
        sign = prefix.end("beta") + len(prefix["dash"]) - len(prefix["dash"].lstrip(" _"))
        for begin in sorted({sign, prefix.end()}):
            yield from _unprefixed(text, begin, after_beta=True, dashed=begin > sign)


def _unprefixed(
    text: str, start: int, *, after_beta: bool, dashed: bool = False
) -> Iterator[Named]:
    if start >= len(text):
        return
    for readings in (
        _pair(text, start),
        _codon(text, start),
        _promoter(text, start, dashed=dashed),
        _intron(text, start),
        _bare_number(text, start, after_beta=after_beta, dashed=dashed),
    ):
        for named in readings:
            yield named
            probe = _PROBE.match(text, named.end)
            if probe and not named.refusal:
                yield replace(named, end=probe.end())


def _pair(text: str, start: int) -> Iterator[Named]:
    match = _PAIR.match(text, start)
    if not match:
        return
    site = f"CD{match['first']}-{match['second']}"
    two_alleles = (
        match["joint"] == "/"
        and match["cd2"]
        and _is_codon(match["first"])
        and _is_codon(match["second"])
    )
    if site in allele_rules.at_site():
        if not two_alleles:
            yield from annotate(text, match.end(), allele_rules.at_site()[site])
    elif match["cd"] and int(match["second"]) == int(match["first"]) + 1:
        yield Named(
            "beta",
            match.end(),
            refusal=Message("genotype.unknown_codon"),
            fix=_nearest_pair(int(match["first"])),
        )


def _is_codon(number: str) -> bool:
    return any(one.site_alone for one in allele_rules.at_site().get(f"CD{number}", ()))


def _codon(text: str, start: int) -> Iterator[Named]:
    match = _CODON.match(text, start)
    if not match:
        return
    number = match["number"]
    found = allele_rules.at_site().get(f"CD{number}")
    if found:
        yield from annotate(text, match.end(), found)
    else:
        yield Named(
            "beta",
            match.end(),
            refusal=Message("genotype.unknown_codon"),
            fix=_nearest_codon(number),
        )


def _promoter(text: str, start: int, *, dashed: bool) -> Iterator[Named]:
    match = _PROMOTER.match(text, start)
    if not match:
        return
    number = match["number"]
    found = allele_rules.at_site().get(f"-{number}")
    if found:
        yield from annotate(text, match.end(), found)
    elif number == "43":
        for named in annotate(text, match.end(), allele_rules.at_site()["CD43"]):
            yield replace(named, message=Message("genotype.minus_43"))
    else:
        yield Named(
            "beta",
            match.end(),
            refusal=Message("genotype.unknown_promoter"),
            fix=_nearest_codon(number),
        )


def _intron(text: str, start: int) -> Iterator[Named]:
    match = _INTRON.match(text, start)
    if not match or not (match["joint"] or match["nt"] or match["intron"].strip("12")):
        return
    intron = "II" if len(match["intron"]) == 2 or match["intron"] == "2" else "I"
    site = f"IVS-{intron}-{match['number']}"
    found = allele_rules.at_site().get(site)
    if found:
        yield from annotate(text, match.end(), found)
        return
    meant = allele_rules.words()["misprint"].get(site, "")
    refusal = (
        Message("genotype.misprint", {"name": meant})
        if meant
        else Message("genotype.unknown_intron")
    )
    yield Named("beta", match.end(), refusal=refusal, fix=meant or _nearest(site))


def _bare_number(text: str, start: int, *, after_beta: bool, dashed: bool) -> Iterator[Named]:
    match = _NUMBER.match(text, start)
    if (
        not match
        or (start and text[start - 1] in "0123456789.")
        or (dashed and _is_promoter(match["number"]))
    ):
        return
    number = match["number"]
    among = (
        *allele_rules.at_site().get(f"CD{number}", ()),
        *allele_rules.at_site().get(f"-{number}", ()),
    )
    if among:  # the sign or the CD was lost: only the base change can decide
        yield from annotate(text, match.end(), among, alone=False, form="number")
    meant = allele_rules.by_number().get(number)
    if meant and (
        meant.bare_number == "yes"
        or not dashed
        and (after_beta or meant.bare_number == "without sign")
    ):
        yield from annotate(text, match.end(), allele_rules.at_site()[meant.site], form="number")
    elif _is_promoter(number):
        yield Named(
            "beta",
            match.end(),
            refusal=Message("genotype.bare_number", {"number": number}),
            fix=f"-{number}",
        )
    else:
        refusal = Message("genotype.unknown_number", {"number": number})
        yield Named("beta", match.end(), refusal=refusal, fix=_nearest_codon(number))


def _is_promoter(number: str) -> bool:
    return f"-{number}" in allele_rules.at_site() or number == "43"


@remembered
def _nearest_codon(number: str) -> str:
    """What a codon or promoter number that is not in the catalogue was probably meant to be."""
    sites = allele_rules.at_site()
    pairs = [one.site for one in allele_rules.pairs_with(number)]
    introns = [site for site in sites if site.startswith("IVS") and site.endswith(f"-{number}")]
    codons = [f"CD{number}"] * _is_codon(number)
    wanted = [site for site in (*codons, f"-{number}", *pairs, *introns) if site in sites]
    return sites[wanted[0]][0].name if wanted else _nearest(f"CD{number}")


def _nearest_pair(codon: int) -> str:
    pairs = [site for site in allele_rules.at_site() if site.startswith("CD") and "-" in site]
    nearest = min(pairs, key=lambda site: abs(int(site[2:].split("-")[0]) - codon))
    return allele_rules.at_site()[nearest][0].name


@remembered
def _nearest(site: str) -> str:
    sites = allele_rules.at_site()
    position = site.rsplit("-", 1)[-1]
    same = [one for one in sites if one.startswith(site[:3]) and one.rsplit("-", 1)[-1] == position]
    close = same or difflib.get_close_matches(site, list(sites), n=1, cutoff=0.0)
    return sites[close[0]][0].name
