"""What the person who maps columns may see of them: the first rows, and what was dropped."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from thal_core.intake.layout.columns import Column
from thal_core.intake.text.fold import plain
from thal_core.intake.text.headers import IDENTIFYING
from thal_core.intake.text.identifiers import identifier_in
from thal_core.intake.text.shown import HIDDEN, shown

PREVIEW_ROWS = 8
_DATES = frozenset({"how.date_not_understood", "how.date_not_needed"})
_PERSONAL = (IDENTIFYING, "record_number", "birth_date")
_LOOKED_AT = 200  # distinct texts


def preview_cells(texts: Iterable[str | None], hidden: bool) -> tuple[str, ...]:
    """Each cell as it may be shown; of a ``hidden`` column only which cells are filled."""
    tidy = [plain(text or "") for text in texts]
    return tuple(text and (HIDDEN if hidden else shown(text)) for text in tidy)


def identifies(column: Column) -> str:
    """What of a person a column holds that is dropped or replaced ("name", "record number" …), by
    its header, else by its values; "" where it holds nothing of one.
    """
    replaced = column.reading.how == "how.identifying_id"
    if column.target not in _PERSONAL and not replaced:
        return ""
    role, _, what = column.header.target.partition("/")
    if role in _PERSONAL:
        return what or role.replace("_", " ")
    texts = map(plain, column.distinct(_LOOKED_AT))
    kinds = Counter(kind for text in texts if (kind := identifier_in(text)))
    if kinds:
        return kinds.most_common(1)[0][0]
    return "date" if column.reading.how in _DATES else "name"
