"""The words of a header → frames of slots: quantity, aspects, time, direction, unit, whose.

A header may be parted into words in several ways; each way that covers all of it is one frame. What
the frame means is said by rules/frames.csv (``headers``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import lru_cache

from thal_core.intake.text.fold import HARD, INSIDE, Words, compact, filler_words, words_of
from thal_core.intake.text.timepoints import Timepoint, is_time_word, times_at
from thal_core.intake.text.units import all_spellings, same_unit
from thal_core.rules.catalogue import read_rules

IDENTIFYING, EVENT = "identifying", "event/"
RELATIVE, DRUG, TREATMENT = "relative", "drug", "treatment"
Rank = tuple[int, int, int]  # cost, bare numbers, minus the letters of the name: less is surer

_WAYS = 40  # frames followed at one place of a header: the surest
_LONGEST_WORD = 48
_JOINED = 14  # letters of a word that may be several written together
_PIECE, _UNIT, _ASPECT, _FILLER, _SKIPPED = 20, 17, 18, 24, 400  # what a word of each kind costs
_NO_MEANING = ("filler", "elided")  # slots of words that fill nothing
_UNIT_LETTERS = 5  # of a unit that is written together with a name
_HIDDEN = -1  # a place inside a word that may be several written together


@dataclass(frozen=True)
class Frame:
    """What the words of a header fill. ``quantity`` is a field or role; ``left`` words that were
    not understood.
    """

    quantity: str = ""
    strong: bool = False
    time: Timepoint | None = None
    direction: str = ""
    unit: str = ""
    aspects: frozenset[str] = frozenset()
    left: tuple[str, ...] = ()


@dataclass(frozen=True)
class _Piece:
    """Some letters of the header and what they fill."""

    end: int
    fills: Frame
    cost: int = _PIECE
    bare: int = 0
    name: int = 0
    joinable: bool = True
    joined: bool = False  # only where it is written together with the next word
    gaps: tuple[int, ...] | None = None  # only with its blanks there: hemoglobin e, hemoglobine


@lru_cache(maxsize=1)
def _name_rows() -> list[tuple[str, str, bool]]:
    """(name as written, field or role, strong), in the order of the files.

    Headers of identifying columns mean ``identifying/<what>`` (rules/identifiers.csv), names of
    adverse events ``event/<event>`` (rules/events.csv), a hint that yes or no must bear out.
    """
    rows = [
        (f"{IDENTIFYING}/{row['what']}", True, row["pattern"])
        for row in read_rules("identifiers")
        if row["kind"] == "header"
    ]
    rows += [(r["field"], r["strength"] == "strong", r["alias"]) for r in read_rules("aliases")]
    rows += [(f"{EVENT}{row['event']}", False, row["terms"]) for row in read_rules("events")]
    return [(word, target, strong) for target, strong, words in rows for word in words.split("|")]


@lru_cache(maxsize=1)
def names() -> dict[str, tuple[str, bool]]:
    """Compact name → (field or role, strong). The first row of the files wins."""
    found: dict[str, tuple[str, bool]] = {}
    for word, target, strong in _name_rows():
        found.setdefault(compact(word), (target, strong))
    found.pop("", None)
    return found


@lru_cache(maxsize=1)
def _parted() -> dict[str, dict[tuple[int, ...], tuple[str, bool]]]:
    """Names whose letters are those of another name, and that only their blanks tell apart."""
    every: dict[str, dict[tuple[int, ...], tuple[str, bool]]] = {}
    for word, target, strong in _name_rows():
        words = words_of(word)
        gaps = _gaps(words.edges, 0, len(words.text))
        every.setdefault(words.text, {}).setdefault(gaps, (target, strong))
    return {
        text: of for text, of in every.items() if len({target for target, _ in of.values()}) > 1
    }


def _gaps(edges: tuple[int, ...], begin: int, end: int) -> tuple[int, ...]:
    """Where a blank or a mark stands between the letters begin–end."""
    return tuple(at - begin for at in range(begin + 1, end) if edges[at] == HARD)


@lru_cache(maxsize=1)
def _lexicon() -> dict[str, tuple[_Piece, ...]]:
    """Compact word → all that it may fill."""
    found: dict[str, list[_Piece]] = {}
    for word, own in names().items():
        for gaps, (target, strong) in _parted().get(word, {None: own}).items():
            piece = _Piece(0, Frame(target, strong), name=len(word), joinable=len(word) > 1)
            found.setdefault(word, []).append(replace(piece, gaps=gaps))
    for word in filler_words():
        found.setdefault(word, []).append(_Piece(0, Frame(), _FILLER, joinable=False))
    for word in all_spellings():
        joinable = len(word) <= _UNIT_LETTERS
        found.setdefault(word, []).append(_Piece(0, Frame(unit=word), _UNIT, joinable=joinable))
    for row in read_rules("header_words"):
        for word in row["words"].split("|") if row["slot"] not in _NO_MEANING else ():
            for piece in _of_row(row, compact(word)):
                found.setdefault(compact(word), []).append(piece)
    return {word: tuple(pieces) for word, pieces in found.items() if word}


def _of_row(row: dict[str, str], word: str) -> Iterable[_Piece]:
    joinable = len(word) > 2 or not word.isascii()
    if row["slot"] == "drug":
        name = TREATMENT if row["meaning"] == TREATMENT else DRUG
        yield _Piece(0, Frame(aspects=frozenset({name})), _ASPECT, joinable=joinable)
    elif row["slot"] == "whose":
        yield _Piece(0, Frame(aspects=frozenset({RELATIVE})), _ASPECT, joinable=joinable)
    else:
        yield _Piece(0, Frame(aspects=frozenset({row["meaning"]})), _ASPECT, joinable=joinable)


def frames_of(words: Words, skipping: bool = False) -> list[tuple[Rank, Frame]]:
    """Every way to understand the words, the surest first; ``skipping``: ways that leave words
    over as well.
    """
    edges = _with_hidden(words)
    ways: dict[int, dict[Frame, Rank]] = {0: {Frame(): (0, 0, 0)}}
    for begin in range(len(words.text)):
        here = ways.pop(begin, None)
        if not here:
            continue
        surest = sorted(here.items(), key=lambda way: way[1])[:_WAYS]
        for piece in _pieces(words.text, edges, begin, skipping):
            reached = ways.setdefault(piece.end, {})
            for frame, rank in surest:
                whole = joined(frame, piece.fills)
                if whole is not None:
                    new = (rank[0] + piece.cost, rank[1] + piece.bare, rank[2] - piece.name)
                    reached[whole] = min(new, reached.get(whole, new))
    found = ways.get(len(words.text), {})
    return sorted(((rank, frame) for frame, rank in found.items()), key=lambda way: way[0])


def joined(first: Frame, second: Frame) -> Frame | None:
    """Both frames in one; None where they fill one slot differently."""
    for slot in ("quantity", "time", "direction", "unit"):
        one, other = getattr(first, slot), getattr(second, slot)
        alike = one == other or slot == "unit" and same_unit(one, other)
        if one and other and not alike:
            return None
    return Frame(
        first.quantity or second.quantity,
        first.strong or second.strong,
        first.time or second.time,
        first.direction or second.direction,
        first.unit or second.unit,
        first.aspects | second.aspects,
        first.left + second.left,
    )


def _with_hidden(words: Words) -> tuple[int, ...]:
    """The edges, with every place inside a word of letters that nobody knows: ``HGBBL`` may be
    ``HGB`` + ``BL``.
    """
    edges = list(words.edges)
    begin = 0
    for end in range(1, len(edges)):
        if edges[end] == INSIDE:
            continue
        word = words.text[begin:end]
        if 2 < len(word) <= _JOINED and word.isalpha() and not _is_known(word):
            edges[begin + 1 : end] = [_HIDDEN] * (end - begin - 1)
        begin = end
    return tuple(edges)


def _is_known(word: str) -> bool:
    return word in _lexicon() or is_time_word(word)


def _pieces(text: str, edges: tuple[int, ...], begin: int, skipping: bool) -> Iterable[_Piece]:
    """Every word that begins here, and where it ends."""
    for piece in (*_timed(text, edges, begin), *_named(text, edges, begin)):
        hidden = (edges[begin] == _HIDDEN) + (edges[piece.end] == _HIDDEN)
        if hidden and not piece.joinable or piece.joined and edges[piece.end] != _HIDDEN:
            continue
        yield replace(piece, cost=piece.cost + _PIECE * hidden)
    if skipping and edges[begin] not in (INSIDE, _HIDDEN):
        end = next(n for n in range(begin + 1, len(edges)) if edges[n] not in (INSIDE, _HIDDEN))
        yield _Piece(end, Frame(left=(text[begin:end],)), _SKIPPED, joinable=False)


def _timed(text: str, edges: tuple[int, ...], begin: int) -> Iterable[_Piece]:
    for word in times_at(text, begin, edges):
        bare = int(word.time.kind == "bare")
        fills = Frame(time=word.time, direction=word.direction)
        if word.time.kind == "post" or word.direction == "before" and word.time.value == 0:
            fills = Frame(direction=word.direction)  # which month it is depends on the other words
        yield _Piece(word.end, fills, _PIECE * (1 + bare), bare, joined=word.joined)


def _named(text: str, edges: tuple[int, ...], begin: int) -> Iterable[_Piece]:
    for end in range(begin + 1, min(len(text), begin + _LONGEST_WORD) + 1):
        if edges[end] != INSIDE:
            for piece in _lexicon().get(text[begin:end], ()):
                if piece.gaps is None or piece.gaps == _gaps(edges, begin, end):
                    yield replace(piece, end=end)
