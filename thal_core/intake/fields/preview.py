"""The first rows of a table as they may be shown to the person who maps its columns."""

from __future__ import annotations

from collections.abc import Iterable

from thal_core.intake.text.fold import plain
from thal_core.intake.text.shown import HIDDEN, shown

PREVIEW_ROWS = 8


def preview_cells(texts: Iterable[str | None], hidden: bool) -> tuple[str, ...]:
    """Each cell as it may be shown; of a ``hidden`` column only which cells are filled."""
    tidy = [plain(text or "") for text in texts]
    return tuple(text and (HIDDEN if hidden else shown(text)) for text in tidy)
