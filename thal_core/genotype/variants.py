"""Base changes, HGVS and protein names: which allele of a place they mean."""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache

from thal_core.genotype import allele_rules
from thal_core.genotype.allele_rules import Allele
from thal_core.words import Message


@dataclass(frozen=True)
class Named:
    """An allele named in the text, or a piece that has the form of a name and is refused."""

    kind: str
    end: int
    alleles: tuple[str, ...] = ()
    form: str = ""
    message: Message | None = None
    refusal: Message | None = None
    fix: str = ""


_CHANGE = re.compile(
    r"(?:(?P<sub>[ACGT]{1,6} ?[>-] ?[ACGT]{1,6})"
    r"|(?P<sub_in_brackets>[ACGT]{1,6} ?/ ?[ACGT]{1,6}(?= ?\)))"
    r"|(?P<lost>(?:- ?|DEL ?|缺失)(?:[ACGT]{1,6}|\d ?BP|\d(?= ?\))))"
    r"|(?P<lost_after>[ACGT]{1,6}(?:缺失|DEL)|\dBP ?(?:缺失|DEL))"
    r"|(?P<gained>(?:\+ ?|INS ?|DUP ?|插入)[ACGT]{1,6})"
    r"|(?P<some_lost>DELETION|DEL|缺失型?))(?![A-Z0-9.α-δ])"
)
_PROTEIN = re.compile(
    r"P\.(?P<open>\()?(?P<residue>[A-Z]{3}\d{1,5})(?P<rest>[A-Z*?0-9]{0,40})(?(open)\))(?![A-Z0-9])"
)
_CLASS_OF_ALLELE = re.compile(r"β(?P<class>0|\+\+?|E)(?= ?\))")
_BRACKET, _CLOSING, _COMMA, _UNBRACKETED = (
    re.compile(p) for p in (r" ?\( ?", r" ?\)", r" ?[,;:] ?| ", r" ?: ?| ?")
)

Fits = Callable[[Allele], bool]


@dataclass(frozen=True)
class _Change:
    """A change as written, where it ends, and which alleles it fits."""

    end: int
    written: str
    fits: Fits


def annotate(
    text: str,
    start: int,
    among: tuple[Allele, ...],
    kind: str = "beta",
    *,
    alone: bool = True,
    form: str = "site",
) -> Iterator[Named]:
    """The allele of ``among`` that the changes written at ``start`` choose.

    Without any change it is the one whose place alone is enough (nothing where ``alone`` is false).
    A change that belongs to none of them is refused; shorter readings are offered too.
    """
    if alone:
        yield _chosen(kind, start, among, [one for one in among if one.site_alone], form, change="")
    left, end = list(among), start
    while changes := _bracketed(text, end) or _unbracketed(text, end):
        for change in changes:
            left = [one for one in left if change.fits(one)]
        end = changes[-1].end
        yield _chosen(kind, end, among, left, form, changes[-1].written)


def _chosen(
    kind: str, end: int, among: tuple[Allele, ...], left: list[Allele], form: str, change: str
) -> Named:
    if len(left) == 1:
        return Named(kind, end, (left[0].name,), form)
    place = among[0].site or among[0].name
    if change:
        alone = [one for one in among if one.site_alone] or among
        return Named(
            kind,
            end,
            refusal=Message("genotype.wrong_change", {"change": change, "site": place}),
            fix=alone[0].name,
        )
    choices = [*among, *allele_rules.pairs_with(place)]
    named = Message(
        "genotype.needs_change", {"site": place, "names": [one.written for one in choices]}
    )
    return Named(kind, end, refusal=named, fix=min(choices, key=lambda one: one.sort_order).name)


def _bracketed(text: str, start: int) -> list[_Change]:
    """The changes in brackets, ``(c.52A>T, p.Lys18*)``; a bracket that goes on with other words
    stays open.
    """
    opening = _BRACKET.match(text, start)
    found: list[_Change] = []
    at = opening.end() if opening else len(text)
    while at < len(text) and (change := _change(text, at, in_brackets=True)):
        closing, comma = _CLOSING.match(text, change.end), _COMMA.match(text, change.end)
        if closing:
            return [*found, replace(change, end=closing.end())]
        if not comma:
            return []
        found.append(change)
        at = comma.end()
    return found


def _unbracketed(text: str, start: int) -> list[_Change]:
    change = _change(text, _UNBRACKETED.match(text, start).end(), in_brackets=False)  # type: ignore[union-attr]
    return [change] if change else []


def _change(text: str, start: int, *, in_brackets: bool) -> _Change | None:
    readers: list[tuple[re.Pattern[str], Callable[[re.Match[str]], Fits]]] = [
        (_PROTEIN, _fits_protein),
        (_CHANGE, _fits_change),
    ]
    if in_brackets:
        readers += [(_hgvs_pattern(), _fits_hgvs), (_CLASS_OF_ALLELE, _fits_class)]
    for pattern, fits in readers:
        match = pattern.match(text, start)
        if match:
            return _Change(match.end(), as_written(match[0]), fits(match))
    return None


def as_written(name: str) -> str:
    """HGVS and protein names in their usual letters: c.126_129delCTTT, p.Lys18Ter."""
    if name.startswith("P."):
        return "p." + re.sub("[A-Z]{3}", lambda residue: residue[0].capitalize(), name[2:])
    return re.sub(r"C ?\.|DEL(?!ETION)|DUP|INS", lambda part: part[0].lower(), name)


def _fits_change(match: re.Match[str]) -> Fits:
    written = match[0].replace(" ", "")
    bases = re.sub("[^ACGT]", "", re.sub("DEL|INS|DUP|BP", "", written))
    number = re.search(r"\d", written)
    kind = match.lastgroup
    if kind == "some_lost":
        return lambda one: (
            one.kind in ("deletion", "alpha")
            or any(change.startswith("-") for change in one.changes)
        )
    if kind in ("lost", "lost_after"):
        wanted = f"-{number[0]}bp" if number else f"-{bases}"
    elif kind == "gained":
        wanted = f"+{bases}"
    else:
        wanted = re.sub(r"[-/]", ">", written)
    return lambda one: wanted in one.changes


def _fits_protein(match: re.Match[str]) -> Fits:
    residue = match["residue"]
    rest = re.sub(r"\*|X(?=\d|$)", "TER", match["rest"])

    def fits(one: Allele) -> bool:
        for name in one.protein:
            known = name.removeprefix("p.").upper()
            if known.startswith(residue) and (
                known == residue + rest or "FS" in known and rest.endswith("FS")
            ):
                return True
        return False

    return fits


def _fits_class(match: re.Match[str]) -> Fits:
    written = f"β{match['class']}"
    return lambda one: (
        written
        in (one.allele_class, allele_rules.classes().get(one.allele_class, {}).get("coarse"))
    )


def _fits_hgvs(match: re.Match[str]) -> Fits:
    found = _lookup(match)
    return lambda one: one in found


_BODY = (
    r"C ?\.? ?(?P<position>[-*]?\d+(?:[-+]\d+)?(?:_[-*]?\d+(?:[-+]\d+)?)?) ?"
    r"(?P<operation>[ACGT]>[ACGT]|(?:DEL|DUP|INS)(?: ?[ACGT]+|\d+)?)(?![A-Z0-9.α-δ])"
)


@lru_cache(maxsize=1)
def _hgvs_pattern() -> re.Pattern[str]:
    beta = r"NM_?0*518(?:\.\d+)?(?:\(HBB\))?|HBB"
    alpha = r"(?P<alpha>NM_?0*517(?:\.\d+)?(?:\(HBA2\))?|HBA2)"
    return re.compile(rf"(?:(?:{beta}|{alpha}) ?: ?)?{_BODY}")


@lru_cache(maxsize=1)
def _hgvs_names() -> dict[tuple[str, str, str], list[tuple[str, Allele]]]:
    """(locus, position, operation) → [(bases, allele)]."""
    found: dict[tuple[str, str, str], list[tuple[str, Allele]]] = {}
    for one in allele_rules.alleles().values():
        for name in one.hgvs:
            match = _hgvs_pattern().fullmatch(name.upper())
            if match:
                key, bases = _key(match)
                found.setdefault(key, []).append((bases, one))
    return found


def _key(match: re.Match[str]) -> tuple[tuple[str, str, str], str]:
    operation = match["operation"].replace(" ", "")
    locus = "alpha" if match["alpha"] else "beta"
    if ">" in operation:
        return (locus, match["position"], operation), ""
    return (locus, match["position"], operation[:3]), operation[3:]


def _lookup(match: re.Match[str]) -> tuple[Allele, ...]:
    key, bases = _key(match)
    length = int(bases) if bases.isdigit() else None
    known = _hgvs_names().get(key, [])
    return tuple(
        dict.fromkeys(
            one
            for given, one in known
            if not bases
            and key[2] != "INS"
            or bases == given
            or (length is not None and length == len(given))
        )
    )


def named_by_hgvs(text: str, start: int) -> Iterator[Named]:
    """The allele of an HGVS name (c.52A>T, NM_000518.5:c.126_129del, HBA2:c.427T>C)."""
    match = _hgvs_pattern().match(text, start)
    if not match or (start and text[start - 1].isascii() and text[start - 1].isalnum()):
        return
    found = _lookup(match)
    kind = "alpha" if match["alpha"] else "beta"
    if len(found) == 1:
        yield Named(kind, match.end(), (found[0].name,), "hgvs")
        yield from annotate(text, match.end(), found, kind, alone=False, form="hgvs")
    else:
        name = as_written(match[0])
        yield Named(
            kind,
            match.end(),
            refusal=Message("genotype.unknown_hgvs", {"name": name}),
            fix=_nearest_hgvs(name),
        )


def _nearest_hgvs(name: str) -> str:
    known = {
        spelling: one.name
        for one in allele_rules.alleles().values()
        if one.is_beta
        for spelling in one.hgvs
    }
    close = difflib.get_close_matches(name.rpartition(":")[2], list(known), n=1, cutoff=0.8)
    return known[close[0]] if close else ""
