"""How wide words are, where lines break, and how labels are kept apart: plotly does none of
this.
"""

from __future__ import annotations

import math
import unicodedata
from collections.abc import Sequence

_NARROW = frozenset("iljtfrI.,:;'|![]()/ -·\u00a0")
_WIDE = frozenset("mwMW@%—")
_CLOSING, _OPENING = frozenset("，。；：、）！？％”》"), frozenset("（“《")


def width_em(text: str) -> float:
    """Width of ``text`` in em of a sans-serif face (Arial within about 5 %, CJK one em a sign)."""
    return sum(_sign_em(sign) for sign in text)


def _sign_em(sign: str) -> float:
    if unicodedata.east_asian_width(sign) in "WF":
        return 1.0
    if sign in _NARROW:
        return 0.31
    if sign in _WIDE:
        return 0.87
    return 0.68 if sign.isupper() else 0.56


def wrap(text: str, em: float) -> list[str]:
    """Lines of at most ``em`` em.

    Breaks at spaces (never in ``n = 4``), between CJK signs,
    and inside a word longer than a line."""
    lines: list[str] = []
    for paragraph in (
        text.replace(" = ", "\u00a0=\u00a0")
        .replace(" < ", "\u00a0<\u00a0")
        .replace(" %", "\u00a0%")
        .split("\n")
    ):
        line = ""
        for piece in _pieces(paragraph):
            if line and width_em(line + piece.rstrip()) > em:
                lines.append(line.rstrip())
                line = piece.lstrip()
            else:
                line += piece
            while width_em(line.rstrip()) > em and len(line) > 1:
                cut = _fit(line, em)
                lines.append(line[:cut])
                line = line[cut:]
        lines.append(line.rstrip())
    return lines


def _pieces(text: str) -> list[str]:
    """Unbreakable pieces: a word with its space, or one CJK sign; no closing sign begins a line, no
    opening one ends it.
    """
    pieces: list[str] = []
    open_ = True  # whether the next sign may join the last piece
    for sign in text:
        wide = unicodedata.east_asian_width(sign) in "WF"
        if pieces and (sign in _CLOSING or pieces[-1][-1] in _OPENING or not (wide or open_)):
            pieces[-1] += sign
        else:
            pieces.append(sign)
        open_ = wide and sign not in _OPENING or sign == " "
    return pieces


def _fit(text: str, em: float) -> int:
    """How many signs of ``text`` fit into ``em``; at least one."""
    used = 0.0
    for count, sign in enumerate(text):
        used += _sign_em(sign)
        if used > em:
            return max(count, 1)
    return len(text)


def shorten(text: str, em: float) -> str:
    """``text``, cut with an ellipsis where it is wider than ``em``."""
    return text if width_em(text) <= em else text[: _fit(text, em - 0.9)].rstrip() + "…"


def spread(positions: Sequence[float], widths: Sequence[float], gap: float = 3.0) -> list[float]:
    """Shifts that keep labels centred at sorted ``positions`` from overlapping, moving them as
    little as can be.
    """
    blocks: list[tuple[list[int], float]] = []  # members, centre of the first
    for index, position in enumerate(positions):
        blocks.append(([index], position))
        while len(blocks) > 1 and _clash(blocks[-2], blocks[-1], widths, gap):
            members = blocks[-2][0] + blocks[-1][0]
            blocks[-2:] = [(members, _placed(members, positions, widths, gap))]
    shifts = [0.0] * len(positions)
    for members, start in blocks:
        for index, offset in zip(members, _offsets(members, widths, gap), strict=True):
            shifts[index] = start + offset - positions[index]
    return shifts


def _offsets(members: list[int], widths: Sequence[float], gap: float) -> list[float]:
    offsets = [0.0]
    for before, after in zip(members, members[1:], strict=False):
        offsets.append(offsets[-1] + (widths[before] + widths[after]) / 2 + gap)
    return offsets


def _placed(
    members: list[int], positions: Sequence[float], widths: Sequence[float], gap: float
) -> float:
    offsets = _offsets(members, widths, gap)
    return sum(positions[i] - o for i, o in zip(members, offsets, strict=True)) / len(members)


def _clash(
    left: tuple[list[int], float],
    right: tuple[list[int], float],
    widths: Sequence[float],
    gap: float,
) -> bool:
    end = left[1] + _offsets(left[0], widths, gap)[-1]
    return right[1] - end < (widths[left[0][-1]] + widths[right[0][0]]) / 2 + gap


def thin(positions: Sequence[float], widths: Sequence[float], gap: float = 3.0) -> list[int]:
    """Indices of the sorted labels that can all be written, from the first on."""
    kept: list[int] = []
    edge = -math.inf
    for index, (position, width) in enumerate(zip(positions, widths, strict=True)):
        if position - width / 2 >= edge:
            kept.append(index)
            edge = position + width / 2 + gap
    return kept


def percent(value: float, total: float) -> str:
    """``value`` per cent: no decimals below 200 patients, one from there on."""
    if math.isnan(value):
        return "–"
    return rounded(value, 1 if total >= 200 else 0)


def rounded(value: float, digits: int = 1) -> str:
    """``value`` with a true minus sign; a dash where it is missing."""
    return (
        "–" if math.isnan(value) else f"{round(value, digits) + 0.0:.{digits}f}".replace("-", "−")
    )


def p_text(value: float) -> str:
    """``P = 0.012`` (three decimals to 0.20, two above), ``P < 0.001``; empty where there is
    none.
    """
    if math.isnan(value):
        return ""
    if value < 0.001:
        return "P < 0.001"
    return (
        f"P = {value:.3f}"
        if value <= 0.20
        else f"P = {min(value, 0.99):.2f}"
        if value < 0.995
        else "P > 0.99"
    )
