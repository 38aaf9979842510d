"""What can stand at one place of a normalised genotype text: an allele, a word, a separator."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from thal_core.genotype import allele_rules
from thal_core.genotype.sites import read_site
from thal_core.genotype.variants import Named, annotate, named_by_hgvs
from thal_core.words import Message


@dataclass(frozen=True)
class Token:
    """A piece of text. ``kind`` is beta, alpha, class_pair, modifier, unknown_allele, a zygosity
    (homozygous, heterozygous, compound), a join (mark, word, space, open, close), ignored or
    diagnosis.

    ``refusal`` explains a piece that has the form of an allele and is none; ``fix`` is the allele
    that was probably meant. ``form`` tells how the allele was named: site, number, alias, hgvs,
    class, or twice (``bracket``, ``beside``).
    """

    kind: str
    end: int
    text: str = ""
    alleles: tuple[str, ...] = ()
    form: str = ""
    zygosity: str = ""
    message: Message | None = None
    refusal: Message | None = None
    fix: str = ""

    @property
    def is_allele(self) -> bool:
        return self.kind in ("beta", "alpha", "class_pair", "unknown_allele")


def tokens_at(text: str, start: int) -> list[Token]:
    """Every token that begins at ``start``; the covering decides between them."""
    named = [*_alleles(text, start)]
    found = [*named, *_class_pairs(text, start), *_modifiers(text, start), *_words(text, start)]
    return [*found, *(probe for token in named for probe in _probe_results(text, token))]


def _alleles(text: str, start: int) -> Iterator[Token]:
    for named in (*read_site(text, start), *_aliases(text, start), *named_by_hgvs(text, start)):
        token = Token(text=text[start : named.end], **vars(named))
        yield token
        if not token.refusal:
            yield from _described_twice(text, token)


def _aliases(text: str, start: int) -> Iterator[Named]:
    for pattern, one in alias_patterns().get(text[start], ()):
        match = pattern.match(text, start)
        if not match or (len(match[0]) == 1 and not _stands_alone(text, start, match.end())):
            continue
        if (
            match[0][0].isascii()
            and match[0][0].isalpha()
            and start
            and _is_letter(text[start - 1])
        ):
            continue
        kind = "beta" if one.is_beta else "alpha"
        yield Named(kind, match.end(), (one.name,), "alias")
        yield from annotate(text, match.end(), (one,), kind, alone=False, form="alias")


@lru_cache(maxsize=1)
def alias_patterns() -> dict[str, list[tuple[re.Pattern[str], allele_rules.Allele]]]:
    """First character → patterns of the names that are not built from a place and a change."""
    found: dict[str, list[tuple[re.Pattern[str], allele_rules.Allele]]] = {}
    for one in allele_rules.alleles().values():
        if one.kind == "SNP":
            continue
        spellings = {
            allele_rules.normalise(spelling)
            for spelling in ([*one.aliases] if one.site else [one.name, *one.aliases])
        }
        for spelling in sorted(spellings, key=len, reverse=True):
            prefixed = (
                one.kind in ("mutation", "deletion")
                and len(spelling) > 1
                and not spelling.startswith("β")
            )
            for first, pattern in [
                (spelling[0], _pattern(spelling)),
                *([("β", _pattern(spelling, "β"))] * prefixed),
            ]:
                found.setdefault(first, []).append((pattern, one))
    return found


def _pattern(spelling: str, prefix: str = "") -> re.Pattern[str]:
    body = re.sub(r"(\\ )+", r"[ _-]?", re.escape(spelling))
    last = spelling[-1]
    after = (
        r"(?![0-9])(?!\.\d)"
        if last.isdigit()
        else r"(?![A-Z0-9])"
        if last.isascii() and last.isalpha()
        else ""
    )
    not_a_position = r"(?![+-]\d)" if spelling == "CAP" else ""
    return re.compile((prefix and prefix + r"[ _-]{0,9}") + body + after + not_a_position)


def _described_twice(text: str, token: Token) -> Iterator[Token]:
    """``CD17(c.52A>T)``, ``CD17 c.52A>T``, ``HBB:c.79G>A (HbE)``: one allele under two names is one
    token.
    """
    opening = re.compile(r" ?[(:=] ?| ").match(text, token.end)
    if not opening or opening.end() >= len(text):
        return
    start, in_brackets = opening.end(), "(" in opening[0]
    for named in (*read_site(text, start), *_aliases(text, start), *named_by_hgvs(text, start)):
        same = named.alleles == token.alleles and not named.refusal
        if not same or not (in_brackets or named.form != token.form):
            continue
        closing = re.compile(r" ?\)").match(text, named.end) if in_brackets else None
        if bool(closing) == in_brackets:
            yield replace(
                token,
                end=closing.end() if closing else named.end,
                form="bracket" if in_brackets else "beside",
            )


_PROBE_RESULT = re.compile(r"(?<=[0-9]M) ?/ ?([NM])(?![A-Z0-9-])(?! ?/)")


def _probe_results(text: str, token: Token) -> Iterator[Token]:
    """``17M/N`` and ``17M/M``; ``17N/N`` is a probe that found nothing and says no allele."""
    match = _PROBE_RESULT.match(text, token.end)
    if (
        match
        and not token.refusal
        and not text[: token.end - len(token.text)].rstrip().endswith("/")
    ):
        yield replace(
            token, end=match.end(), zygosity="heterozygous" if match[1] == "N" else "homozygous"
        )
    blank = re.compile(r" ?\(? ?N ?/ ?N ?\)?(?![A-Z0-9])").match(text, token.end)
    if blank and token.kind == "beta" and token.form in ("site", "number"):
        yield Token("negative_probe", blank.end())


_CLASS_PAIR = re.compile(
    r"β ?-?(0|\+\+?|E|N)(?: ?/ ?β?| ?β) ?-?(0|\+\+?|E|N)(?![0-9A-Z])|B(0|\+) ?/ ?B(0|\+)"
)
_CLASS_ALLELE = {
    "0": "β0 (unspecified)",
    "+": "β+ (unspecified)",
    "++": "β+ (unspecified)",
    "E": "CD26",
    "N": "βN",
}


def _class_pairs(text: str, start: int) -> Iterator[Token]:
    match = _CLASS_PAIR.match(text, start)
    if (
        not match
        or text[:start].rstrip().endswith("/")
        or text[match.end() :].lstrip().startswith("/")
    ):
        return
    letters = [letter for letter in match.groups() if letter]
    if set(letters) - {"E", "N"}:
        yield Token(
            "class_pair",
            match.end(),
            match[0],
            tuple(_CLASS_ALLELE[letter] for letter in letters),
            form="class",
            zygosity="/".join(f"β{letter}" for letter in letters),
        )


_SNP_GENOTYPE = (
    r"(?: ?(?:位点|多态性?|基因型|SITE|SNP)){0,3} ?[:=]? ?\(?"
    r"(?:[ACGT] ?[/>]? ?[ACGT]|[+-] ?/ ?[+-]|[+-]{1,2}|[012])(?![A-Z0-9./>])\)?"
)


@lru_cache(maxsize=1)
def _modifier_pattern() -> re.Pattern[str]:
    listed = "|".join(
        re.escape(name).replace(r"\ ", " ?")
        for name in sorted(_modifier_names(), key=len, reverse=True)
    )
    return re.compile(
        rf"(?P<name>{listed})(?![A-Z0-9])(?P<genotype>{_SNP_GENOTYPE})?(?: ?位点| ?多态性?)?"
    )


@lru_cache(maxsize=1)
def _modifier_names() -> dict[str, str]:
    return {
        allele_rules.normalise(spelling): one.name
        for one in allele_rules.alleles().values()
        if one.kind == "SNP"
        for spelling in (one.name, *one.aliases)
    }


def _modifiers(text: str, start: int) -> Iterator[Token]:
    match = _modifier_pattern().match(text, start)
    if match:
        spelt = match["name"].replace(" ", "")
        name = next(
            one for spelling, one in _modifier_names().items() if spelling.replace(" ", "") == spelt
        )
        yield Token(
            "modifier", match.end(), f"{name} {(match['genotype'] or '').strip(' :=()')}".strip()
        )


_SMALL = {" ": "space", ":": "space", "(": "open", ")": "close"}
_LABEL = re.compile(r"(?:[αβ]|HB[AB])(?: ?:|-?(?=[^ -~αβγδ]))")


def _words(text: str, start: int) -> Iterator[Token]:
    if text[start] in _SMALL:
        yield Token(_SMALL[text[start]], start + 1)
    elif text[start] in allele_rules.words()["mark"]:
        yield Token("mark", start + 1, text[start])
    elif text[start] == "?" and _stands_alone(text, start, start + 1):
        yield Token("unknown_allele", start + 1)
    label = _LABEL.match(text, start)
    if label:
        yield Token("ignored", label.end())
    matches = [
        (kind, match) for kind, pattern in _word_patterns() if (match := pattern.match(text, start))
    ]
    longest = max((match.end() for _, match in matches), default=start)
    yield from (Token(kind, longest, match[0]) for kind, match in matches if match.end() == longest)


@lru_cache(maxsize=1)
def _word_patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    kinds = {
        "homozygous": ["M/M"],
        "heterozygous": ["M/N", "N/M"],
        "compound": [],
        "joining word": [],
        "ignored": [],
        "diagnosis": [],
    }
    found = []
    for kind, more in kinds.items():
        spellings = sorted(allele_rules.words()[kind], key=len, reverse=True)
        listed = "|".join(
            [*map(_bounded, spellings), *map(r"(?<![A-Z0-9]){}(?![A-Z0-9])".format, more)]
        )
        locus = r"(?:[αβ] ?)?(?:- ?)?" if kind in ("ignored", "diagnosis") else ""
        found.append(
            ("word" if kind == "joining word" else kind, re.compile(f"{locus}(?:{listed})"))
        )
    return tuple(found)


def _bounded(word: str) -> str:
    """English words stand between non-letters; Chinese words stand anywhere."""
    return rf"(?<![A-Z]){re.escape(word)}(?![A-Z])" if word.isascii() else re.escape(word)


def _is_letter(character: str) -> bool:
    return character.isascii() and character.isalpha()


def _stands_alone(text: str, start: int, end: int) -> bool:
    """A single letter is an allele only between separators (654/E), never inside other text; N and
    A only beside a slash.
    """
    marks = allele_rules.words()["mark"]
    before, after = text[:start].rstrip(), text[end:].lstrip()
    if text[start] in "NA" and "/" not in (before[-1:], after[:1]):
        return False
    return (not before or before[-1] in marks) and (
        not after or after[0] in marks or after[0] >= "一"
    )
