"""Headers, levels, numbers and P of printed tables, in either language and in the styles of
journals.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache

import pandas as pd

from thal_core.issues import UnknownChoice
from thal_core.rules.catalogue import (
    class_order,
    class_title,
    criteria,
    event_label,
    field_label,
    read_rules,
)
from thal_core.words import label
from thal_core.words.escape import plain_number
from thal_core.words.wording import Wording

NAMES_OF_COLUMNS = frozenset(
    {"analyte", "variable", "quantity", "item", "feature", "terms", "term"}
)
GENOTYPES = frozenset({"genotype", "allele_1", "allele_2"})
MONTHS = frozenset({"month", "month_i", "month_j", "from_month", "to_month"})
DASH = "–"


@dataclass(frozen=True)
class PStyle:
    """How P is printed (rules/p_styles.csv): with or without the leading zero, exact down to
    ``least``, three decimals up to ``three_to`` and two above.
    """

    style: str
    leading_zero: bool
    least: float
    three_to: float
    words: Wording

    def text(self, value: float) -> str:
        """``0.012`` · ``.012`` · ``<0.001``; never 0.000 and never 1.00; blank where there is
        none.
        """
        if pd.isna(value):
            return ""
        decimals = 3 if value <= self.three_to else 2
        most = 1 - 10.0**-decimals
        if value < self.least:
            words = f"<{self.least:g}"
        elif value > most:
            words = f">{most:g}"
        else:
            words = f"{value:.{decimals}f}"
        return words if self.leading_zero else words.replace("0.", ".", 1)


@lru_cache(maxsize=1)
def p_styles() -> dict[str, PStyle]:
    """All styles of P by name; the first is the usual one."""
    return {
        row["style"]: PStyle(
            row["style"],
            row["leading_zero"] == "yes",
            float(row["least"]),
            float(row["three_to"]),
            Wording.of_row(row, "label"),
        )
        for row in read_rules("p_styles")
    }


def p_style(name: str = "") -> PStyle:
    """The style of this name, the usual one where none is given. Raises UnknownChoice."""
    if not name:
        return next(iter(p_styles().values()))
    if name not in p_styles():
        raise UnknownChoice("choice.unknown", what="P style", given=name, allowed=list(p_styles()))
    return p_styles()[name]


def column_text(column: str, language: str) -> str:
    """A table column as its header says it: the word of the screen, else the criterion's or the
    cohort's, else as the sheet has it.
    """
    if column in criteria():
        return criteria()[column].label(language)
    own = label(f"report.column.{column}", language, "")
    return own or label(f"ui.column.{column}", language, "") or field_label(column, language)


def value_text(value: object, column: str, language: str) -> str:
    """A cell that is no number, in words: ``female`` → 女; words of the sheet stay as they are."""
    if value is None or (isinstance(value, float) and math.isnan(value)) or value is pd.NA:
        return ""
    if isinstance(value, bool):
        value = "yes" if value else "no"
    text = str(value)
    if column in GENOTYPES:
        return _LEADING_MINUS.sub("−", text)
    if isinstance(value, float):
        return whole(value)
    if text in criteria():
        return criteria()[text].label(language)
    if column in NAMES_OF_COLUMNS and " + " in text:
        return " + ".join(value_text(part, column, language) for part in text.split(" + "))
    if column in NAMES_OF_COLUMNS and field_label(text, language) != text:
        return field_label(text, language)
    if text in class_order():
        return text
    for code in (f"report.{column}.{text}", f"ui.value.{text}", f"sensitivity.{text}"):
        if word := label(code, language, ""):
            return word
    return event_label(text, language)


_LEADING_MINUS = re.compile(r"(?:(?<=^)|(?<=/))-(?=\d)")  # a true minus: no program computes it


def printable(text: str) -> str:
    """Text without the signs that no XML file can hold (control signs, half characters)."""
    return _NOT_PRINTABLE.sub("", text)


_NOT_PRINTABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def class_text(level: str, language: str) -> str:
    """A response class in words, with a capital."""
    return class_title(level, language) if level in class_order() else level


def decimals(size: float) -> int:
    """How many decimals a quantity as large as ``size`` deserves: three digits at least."""
    if math.isnan(size) or math.isinf(size) or size == 0 or size >= 1000:
        return 0
    return 1 if size >= 10 else 2 if size >= 1 else 3


def number(value: float, size: float | None = None) -> str:
    """A number as tables print it, with a true minus sign. size: of the largest of a column, so
    that all of it has the same decimals.
    """
    if pd.isna(value):
        return DASH
    if math.isinf(value):
        return "∞" if value > 0 else "−∞"
    digits = decimals(abs(value) if size is None else size)
    return f"{round(value, digits) + 0.0:,.{digits}f}".replace("-", "−")


def whole(value: float) -> str:
    """A count, or a month: 12, 1.5, never 12.0."""
    return DASH if pd.isna(value) else plain_number(float(value)).replace("-", "−")


def percent(value: float, total: float) -> str:
    """Per cent without decimals below 200 patients, one from there on (Annals)."""
    return DASH if pd.isna(value) else f"{value:.{1 if total >= 200 else 0}f}"
