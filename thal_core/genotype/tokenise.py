"""Cover a whole text with tokens: everything between two alleles must be a separator.

Coverings are ranked by (pieces refused, separators missing, alleles named); slashes, dashes and
pluses occur inside names, so nothing is ever split on them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from thal_core.genotype.tokens import Token, tokens_at

Rank = tuple[int, int, int]
MOST_READINGS = 8


@dataclass(frozen=True)
class Covering:
    """One way to read the text: its tokens in order, and its rank."""

    rank: Rank
    tokens: tuple[Token, ...]

    @property
    def separators_missing(self) -> int:
        return self.rank[1]


@dataclass(frozen=True)
class _Place:
    position: int
    # what stands between here and the allele before: start, none, space, word, mark, blocked
    gap: str
    before: Token | None


def best_coverings(text: str) -> list[Covering]:
    """All coverings of the best rank; empty where the text cannot be covered."""
    return _Search(text).best(_Place(0, "start", None))


class _Search:
    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens: dict[int, list[Token]] = {}
        self.known: dict[_Place, list[Covering]] = {}

    def best(self, place: _Place) -> list[Covering]:
        if place.position >= len(self.text):
            return [Covering((0, 0, 0), ())]
        if place not in self.known:
            self.known[place] = self._best(place)
        return self.known[place]

    def _best(self, place: _Place) -> list[Covering]:
        if place.position not in self.tokens:
            self.tokens[place.position] = tokens_at(self.text, place.position)
        found: list[Covering] = []
        for token in self.tokens[place.position]:
            step = self._step(place, token)
            if step is None:
                continue
            cost, following = step
            for rest in self.best(following):
                rank = tuple(a + b for a, b in zip(cost, rest.rank, strict=True))
                found.append(Covering(rank, (token, *rest.tokens)))  # type: ignore[arg-type]
        lowest = min((covering.rank for covering in found), default=None)
        return [covering for covering in found if covering.rank == lowest][:MOST_READINGS]

    def _step(self, place: _Place, token: Token) -> tuple[Rank, _Place] | None:
        if token.is_allele:
            missing = self._separator_missing(place, token)
            if missing is None:
                return None
            return (int(bool(token.refusal)), missing, 1), _Place(token.end, "none", token)
        gap = _gap_after(place, token, last=token.end >= len(self.text))
        return None if gap is None else ((0, 0, 0), _Place(token.end, gap, place.before))

    def _separator_missing(self, place: _Place, token: Token) -> int | None:
        """0 or 1 separators missing before ``token``; None where it cannot stand here."""
        before = place.before
        if place.gap == "blocked":
            return 0 if token.kind == "class_pair" else None
        if place.gap == "none" and before is not None:
            return 1 if _may_touch(before, token) else None
        if (
            place.gap == "word"
            and before is not None
            and "alpha" in (before.kind, token.kind)
            and before.kind != token.kind
        ):
            return 1
        return 0


def _gap_after(place: _Place, token: Token, *, last: bool) -> str | None:
    """What stands behind the allele before, after this token; None where the token cannot stand
    here.
    """
    gap = place.gap
    if token.kind == "open":
        after_class = place.before is not None and place.before.kind == "class_pair"
        return "space" if after_class else "blocked" if gap in ("none", "space") else gap
    if token.kind == "close":
        return "space" if gap in ("blocked", "none") else gap
    if token.kind == "mark":
        plus = token.text == "+"
        return None if plus and (last or gap in ("start", "mark")) else "mark"
    if token.kind == "space":
        return "space" if gap == "none" else gap
    if token.kind == "word":
        return gap if gap == "mark" else "word"
    if token.kind in ("homozygous", "heterozygous", "compound", "modifier", "negative_probe"):
        return "space" if gap == "none" else gap
    return gap


def _may_touch(before: Token, token: Token) -> bool:
    """CD17-29 is two alleles; CD31-32 would be a range of codons, and letters never touch."""
    if before.form == "class" or token.form == "class":
        return before.form == token.form or token.kind == "class_pair"
    if (
        before.form == "alias"
        and before.kind == "beta"
        or token.form == "alias"
        and token.kind == "beta"
    ):
        return False
    if token.kind == "alpha" and not token.text.startswith(("-", "α")):
        return False
    if token.text.startswith(("~", "_")):
        return False
    ends, begins = re.search(r"(?<!\d)(\d+)$", before.text), re.match(r"-(\d+)", token.text)
    return not (ends and begins and int(begins[1]) == int(ends[1]) + 1)
