"""What a test contributes to a row of a table, and why one was not made."""

from __future__ import annotations

from thal_core.stats import reasons
from thal_core.stats.comparison import NAN, Comparison
from thal_core.words import Message

# another route was taken, no number is missing: the sentence of the method says so already
ROUTES = frozenset({"", reasons.TIES_NO_EXACT, reasons.ZEROES_NO_EXACT, reasons.MONTE_CARLO})
OF_THE_TEST = ("statistic", "df", "std_error", "effect", "conf_low", "conf_high", "p_value")
NO_P_BY_DEFINITION = {"statistic": NAN, "df": NAN, "p_value": NAN, "reason": reasons.BY_DEFINITION}


def test_cells(test: Comparison) -> dict[str, object]:
    """Statistic, effect with its interval and P of one test, and the ``reason`` where one is
    missing.
    """
    return {name: getattr(test, name) for name in (*OF_THE_TEST, "reason")}


def explained(rows: list[dict[str, object]]) -> tuple[list[dict[str, object]], list[Message]]:
    """The rows with the sentence of their ``reason`` in ``notes``, and each sentence once."""
    sentences = {
        code: Message(f"statistics.{code}")
        for code in dict.fromkeys(str(row.get("reason", "")) for row in rows)
        if code not in ROUTES
    }
    noted = [row | {"notes": str(sentences.get(str(row.get("reason", "")), ""))} for row in rows]
    return noted, list(sentences.values())
