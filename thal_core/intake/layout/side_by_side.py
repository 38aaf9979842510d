"""Tables that stand beside one another: each becomes a sheet of its own, so that no row of one is
joined to a row of the other.
"""

from __future__ import annotations

import numpy as np

from thal_core.intake.layout.header_rows import best_header, has_id, id_columns, texts_at
from thal_core.intake.layout.pieces import Piece, may_move, noted, only_columns
from thal_core.sheets.sheet import Kind, Sheet


def side_by_side(piece: Piece) -> list[Piece]:
    """The tables of a sheet that blank columns, or their headers coming again, keep apart."""
    sheet = piece.sheet
    if not may_move(sheet):
        return [piece]
    starts = _block_starts(sheet)
    if len(starts) < 2:
        return [piece]
    ends = [*(start - 1 for start in starts[1:]), sheet.text.shape[1] - 1]
    parts = [
        only_columns(piece, first, last, sheet.name if n == 0 else f"{sheet.name} ({n + 1})")
        for n, (first, last) in enumerate(zip([0, *starts[1:]], ends, strict=True))
    ]
    return [noted(parts[0], "intake.layout.side_by_side", n=str(len(parts))), *parts[1:]]


def _block_starts(sheet: Sheet) -> list[int]:
    """The first column of each table with a header of its own that tells patients apart."""
    filled = sheet.kind != Kind.EMPTY
    best = best_header(sheet, np.flatnonzero(filled.any(axis=1)))
    if best is None:
        return []
    again = _repeats(sheet, best[0])
    if again:
        return again
    used = filled[best[0] :].any(axis=0)
    starts = [c for c in np.flatnonzero(used).tolist() if c == 0 or not used[c - 1]]
    found = [start for start in starts if _has_own_header(sheet, start, starts)]
    return found if len(found) > 1 else []


def _has_own_header(sheet: Sheet, start: int, starts: list[int]) -> bool:
    later = [other for other in starts if other > start]
    end = later[0] if later else sheet.text.shape[1]
    rows = np.flatnonzero((sheet.kind[:, start:end] != Kind.EMPTY).any(axis=1))[:40]
    return any(
        len(texts) > 1 and has_id(texts) and _is_header_over_rows(sheet, row, start, end)
        for row in rows.tolist()
        if (texts := {c: t for c, t in texts_at(sheet, row).items() if start <= c < end})
    )


def _is_header_over_rows(sheet: Sheet, row: int, start: int, end: int) -> bool:
    below = sheet.kind[row + 1 : row + 4, start:end] != Kind.EMPTY
    return bool(below.sum(axis=1).max(initial=0) > 1)


def _repeats(sheet: Sheet, row: int) -> list[int]:
    """Where the same headers come again in one row: 编号 Hb HbF 编号 Hb HbF."""
    texts = texts_at(sheet, row)
    ids = [c for c in id_columns(texts) if texts[c] == texts[id_columns(texts)[0]]]
    if len(ids) < 2:
        return []
    width = ids[1] - ids[0]
    blocks = [[texts.get(c + n, "") for n in range(width)] for c in ids]
    return ids if width > 1 and all(block == blocks[0] for block in blocks) else []
