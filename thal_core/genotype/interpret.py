"""From a covering of the text to the genotype it states."""

from __future__ import annotations

from thal_core.genotype import allele_rules
from thal_core.genotype.allele_rules import NORMAL_ALPHA, NORMAL_BETA, allele
from thal_core.genotype.result import Genotype, refused
from thal_core.genotype.tokenise import Covering
from thal_core.genotype.tokens import Token
from thal_core.genotype.zygosity import complete, zygosity
from thal_core.words import Message

ZYGOSITIES = ("homozygous", "heterozygous", "compound")
COUNTS = {3: "three", 4: "four"}


def read(raw: str, covering: Covering) -> Genotype:
    """The genotype of one covering, refused with the reason where its parts contradict each
    other.
    """
    tokens = covering.tokens
    wrong = [token for token in tokens if token.refusal]
    if wrong:
        return refused(raw, wrong[0].refusal, _repaired(tokens))  # type: ignore[arg-type]
    beta, printed_classes = _beta(tokens)
    alpha = [name for token in tokens if token.kind == "alpha" for name in token.alleles]
    problem = _too_many(tokens, beta, alpha) or _named_twice(tokens)
    if problem:
        return refused(raw, problem)
    if not beta and not alpha:
        return refused(raw, _nothing_named(tokens))
    words = _words_by_locus(tokens)
    if (
        alpha and NORMAL_BETA in beta
    ):  # 双重杂合 of CD41-42/N with --SEA/αα means one mutation at each locus
        words["beta"].discard("compound")
    alleles = complete(tuple(beta), words["beta"]) if beta else ()
    haplotypes = complete(tuple(alpha), words["alpha"]) if alpha else ()
    for problem in (alleles, haplotypes):
        if isinstance(problem, Message):
            return refused(raw, problem, _without_words(beta))
    messages = tuple(dict.fromkeys(token.message for token in tokens if token.message))
    messages += (Message("genotype.separator_missing"),) * bool(covering.separators_missing)
    modifiers = tuple(token.text for token in tokens if token.kind == "modifier")
    untyped = [
        name
        for token in tokens
        if token.text in allele_rules.words()["untyped deletion"]
        for name in token.alleles
    ]
    remarks = [Message("genotype.note.deletion_type", {"name": name}) for name in untyped]
    return _genotype(raw, alleles, haplotypes, messages, modifiers, remarks, printed_classes)  # type: ignore[arg-type]


def _genotype(
    raw: str,
    named: tuple[str, ...],
    haplotypes: tuple[str, ...],
    messages: tuple[Message, ...],
    modifiers: tuple[str, ...],
    remarks: list[Message],
    printed_classes: list[str],
) -> Genotype:
    alleles = tuple(sorted(named, key=allele_rules.order_key))
    status, reasons = "ok", messages
    if len(alleles) < 2:
        status = "incomplete"
        reasons = (*messages, Message("genotype.one_allele" if alleles else "genotype.alpha_only"))
    fine, coarse = class_text(alleles, "allele_class"), class_text(alleles, "coarse")
    return Genotype(
        raw,
        status,
        alleles,
        zygosity(alleles),
        fine,
        coarse,
        alpha_text(haplotypes),
        allele_rules.written_name(alleles),
        modifiers=modifiers,
        messages=reasons,
        notes=(*remarks, *_notes(alleles, haplotypes, printed_classes, (fine, coarse))),
    )


def class_text(alleles: tuple[str, ...], which: str) -> str:
    """``β0/β+``; a second allele that is not known is a question mark."""
    found = [allele_rules.classes()[allele(name).allele_class][which] for name in alleles]
    return "/".join([*found, "?"][:2]) if found else ""


def alpha_text(haplotypes: tuple[str, ...]) -> str:
    """``--SEA/αα``: the haplotypes in the catalogue's order, the normal one last."""
    if not haplotypes:
        return ""
    both = haplotypes if len(haplotypes) == 2 else (*haplotypes, NORMAL_ALPHA)
    return "/".join(sorted(both, key=lambda name: (name == NORMAL_ALPHA, allele(name).sort_order)))


def _beta(tokens: tuple[Token, ...]) -> tuple[list[str], list[str]]:
    """Named alleles, and classes that are printed beside them (``CD17/-28 β0/β+``)."""
    named = [name for token in tokens if token.kind == "beta" for name in token.alleles]
    pairs = [token for token in tokens if token.kind == "class_pair"]
    if named or not pairs:
        return named, [token.zygosity for token in pairs]
    return [name for token in pairs for name in token.alleles], []


def _too_many(tokens: tuple[Token, ...], beta: list[str], alpha: list[str]) -> Message | None:
    count = len(beta) + sum(token.kind == "unknown_allele" for token in tokens) * bool(beta)
    if count > 2:
        return (
            Message("genotype.three_alleles")
            if count == 3
            else Message("genotype.many_alleles", {"count": count})
        )
    return Message("genotype.many_haplotypes", {"count": len(alpha)}) if len(alpha) > 2 else None


def _named_twice(tokens: tuple[Token, ...]) -> Message | None:
    """``CD17 c.52A>T`` and ``CD17, c.52A>T`` may be one allele under two names or two alleles."""
    alone = [token for token in tokens if token.is_allele or token.kind in ZYGOSITIES]
    if len(alone) == 1 and alone[0].form == "beside" and alone[0].kind == "beta":
        return _one_or_two(alone[0])
    found: Token | None = None
    between = ""
    for token in tokens:
        if token.kind in ("mark", "word"):
            between += token.text
        elif token.kind == "beta":
            if found and found.alleles == token.alleles and _may_be_one(found, token, between):
                return _one_or_two(found)
            found, between = token, ""
    return None


def _one_or_two(token: Token) -> Message:
    return Message(
        "genotype.ambiguous",
        {"readings": [allele_rules.written_name(token.alleles * count) for count in (1, 2)]},
    )


def _may_be_one(first: Token, second: Token, between: str) -> bool:
    """Two names of one allele, one of them HGVS or nothing but space between them; a slash divides
    alleles.
    """
    if "/" in between or first.form == second.form:
        return False
    return not between or "hgvs" in (first.form, second.form)


def _nothing_named(tokens: tuple[Token, ...]) -> Message:
    kinds = {token.kind for token in tokens}
    if "negative_probe" in kinds:
        return Message("genotype.panel_negative")
    return Message("genotype.diagnosis" if "diagnosis" in kinds else "genotype.no_allele")


def _words_by_locus(tokens: tuple[Token, ...]) -> dict[str, set[str]]:
    """Each zygosity word belongs to the allele before it, else to the one behind it."""
    words: dict[str, set[str]] = {"beta": set(), "alpha": set(), "modifier": set()}
    loci = [_locus(token) for token in tokens]
    for place, token in enumerate(tokens):
        before = [locus for locus in reversed(loci[:place]) if locus]
        behind = [locus for locus in loci[place:] if locus]
        if token.kind in ZYGOSITIES and (before or behind):
            words["beta" if token.kind == "compound" else (before or behind)[0]].add(token.kind)
        elif token.is_allele and token.zygosity in ZYGOSITIES:
            words[loci[place]].add(token.zygosity)
    return words


def _locus(token: Token) -> str:
    return {"class_pair": "beta"}.get(
        token.kind, token.kind if token.kind in ("beta", "alpha", "modifier") else ""
    )


def _repaired(tokens: tuple[Token, ...]) -> str:
    """The genotype with every refused piece replaced by what was probably meant."""
    names = [
        name
        for token in tokens
        if token.kind == "beta"
        for name in (token.alleles or (token.fix,))
        if name
    ]
    return allele_rules.written_name(tuple(names)) if 0 < len(names) <= 2 else ""


def _without_words(beta: list[str]) -> str:
    return allele_rules.written_name(tuple(beta)) if len(beta) == 2 else ""


def _notes(
    alleles: tuple[str, ...],
    haplotypes: tuple[str, ...],
    printed: list[str],
    computed: tuple[str, str],
) -> tuple[Message, ...]:
    notes = (
        [Message("genotype.note.one_haplotype", {"name": haplotypes[0]})]
        if len(haplotypes) == 1
        else []
    )
    if len(alleles) == 2 and NORMAL_BETA in alleles and set(alleles) != {NORMAL_BETA}:
        notes.append(Message("genotype.note.carrier"))
    codes = {"CD6 (-A)": "cd6", "-50": "uncertain"}
    notes += [
        Message(f"genotype.note.{codes[name]}", {"name": name})
        for name in dict.fromkeys(alleles)
        if name in codes
    ]
    for written in printed:
        swapped = "/".join(reversed(written.split("/")))
        if len(alleles) == 2 and not {written, swapped} & set(computed):
            notes.append(
                Message(
                    "genotype.note.class_differs", {"printed": written, "computed": computed[0]}
                )
            )
    return tuple(notes)
