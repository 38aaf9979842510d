"""Cells that no grammar should see: not done, dates and numbers that a spreadsheet program made,
error values.
"""

from __future__ import annotations

import datetime
import math
import re
from functools import lru_cache

from thal_core.genotype import allele_rules
from thal_core.genotype.result import Genotype, missing, refused
from thal_core.words import Message

_MONTHS = {
    name: number
    for number, name in enumerate(
        ("JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"),
        start=1,
    )
}
_MONTH = (
    r"(?P<month_name>JAN(?:UARY)?|FEB(?:RUARY)?|MAR(?:CH)?|APR(?:IL)?|MAY|JUNE?|JULY?|AUG(?:UST)?|SEPT?(?:EMBER)?"
    r"|OCT(?:OBER)?|NOV(?:EMBER)?|DEC(?:EMBER)?)"
)
_TIME = r"(?:[ T]\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?)?"
_DATES = tuple(
    re.compile(pattern + _TIME)
    for pattern in (
        rf"(?P<day>\d{{1,2}})[-/ .]?{_MONTH}(?:[-/ .,]*(?:\d{{4}}|\d{{2}}))?",
        rf"{_MONTH}[-/ .]?(?P<day>\d{{1,2}})(?:[-/ .,]+(?:\d{{4}}|\d{{2}}))?",
        r"(?:(?:\d{4}|\d{2})年)?(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?",
        r"(?:19|20)\d{2}[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})",
        r"(?P<month>\d{1,2})[-/.](?P<day>\d{1,2})[-/.](?:19|20)\d{2}",
    )
)
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:E[-+]?\d+)?")
_SERIALS = range(20000, 75000)  # 1954 to 2105 as day numbers of a spreadsheet
_ERROR = re.compile(r"#(?:NAME|VALUE|REF|DIV/0|NUM|NULL|SPILL|CALC|名称|N/A)[?!]?", re.I)


def as_text(cell: object) -> str:
    """The cell as text; whole numbers without their ``.0``, what is empty as the empty text."""
    if cell is None or (isinstance(cell, float) and math.isnan(cell)):
        return ""
    text = str(cell).strip()
    return re.sub(r"^([-+]?\d+)\.0+$", r"\1", text)


def read_damage(raw: str, folded: str) -> Genotype | None:
    """Missing words and what spreadsheet programs leave behind; None for anything else.

    ``folded`` is the normalised text of the cell ``raw``.
    """
    if not raw or {raw.casefold(), folded.casefold()} & _missing_words():
        return missing(raw)
    if not folded:
        return refused(raw, Message("genotype.no_allele"))
    if _ERROR.fullmatch(folded):
        name = folded.startswith("#NAME") or "名称" in folded
        return refused(
            raw,
            Message("genotype.excel_name")
            if name
            else Message("genotype.excel_error", {"value": raw}),
        )
    return _date(raw, folded) or _number(raw, folded)


@lru_cache(maxsize=1)
def _missing_words() -> frozenset[str]:
    return frozenset(word.casefold() for word in allele_rules.words()["missing"])


def _date(raw: str, text: str) -> Genotype | None:
    for pattern in _DATES:
        match = pattern.fullmatch(text)
        if not match:
            continue
        found = match.groupdict()
        month = int(found["month"]) if found.get("month") else _MONTHS[found["month_name"][:3]]
        return _refuse_date(raw, month, int(found["day"]))
    return None


def _refuse_date(raw: str, month: int, day: int) -> Genotype:
    pair = f"CD{min(month, day)}-{max(month, day)}"
    found = allele_rules.at_site().get(pair)
    typed = f"{min(month, day)}/{max(month, day)}" if found else f"{month}/{day}"
    return refused(
        raw, Message("genotype.excel_date", {"typed": typed}), found[0].name if found else ""
    )


def _number(raw: str, text: str) -> Genotype | None:
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    whole = text.lstrip("+-").isdigit()
    if whole and int(text) in _SERIALS:
        day = datetime.date(1899, 12, 30) + datetime.timedelta(days=int(text))
        return _refuse_date(raw, day.month, day.day)
    if _may_name_an_allele(text):
        return None
    computed = _computed(value, decimals=len(text.partition(".")[2]))
    if not computed:
        return refused(raw, Message("genotype.number", {"value": text}))
    typed, names = computed
    return refused(
        raw,
        Message("genotype.excel_computed", {"typed": typed, "value": text}),
        allele_rules.written_name(names),
    )


def _may_name_an_allele(number: str) -> bool:
    two_or_three_digits = number.isdigit() and 1 < len(number.lstrip("0")) < 4
    return (
        two_or_three_digits
        or number in allele_rules.at_site()
        or number == "-43"
        or number.lstrip("-") in ("3.7", "4.2", "20.5")
    )


def _computed(value: float, decimals: int) -> tuple[str, tuple[str, ...]] | None:
    """The formula that gives this number and the alleles it was; None where none or several do.

    Every allele over itself gives 1; of those -28 is the frequent one, so that 1 is read as
    -28/-28.
    """
    if value == 1:
        return "-28/-28", ("-28", "-28")
    tolerance = 0.5 * 10.0 ** -min(decimals, 9)
    fitting = {
        typed: names
        for typed, (result, names) in _formulas().items()
        if abs(result - value) <= tolerance and (decimals or result == value)
    }
    return next(iter(fitting.items())) if len(set(fitting.values())) == 1 else None


@lru_cache(maxsize=1)
def _formulas() -> dict[str, tuple[float, tuple[str, ...]]]:
    """What a spreadsheet program computes from genotypes that begin with a minus sign."""
    promoters = {
        site: (float(site), site) for site in allele_rules.at_site() if site.startswith("-")
    }
    promoters["-43"] = (-43.0, "CD43")
    found: dict[str, tuple[float, tuple[str, ...]]] = {}
    for first, (numerator, one) in promoters.items():
        for second, (divisor, other) in promoters.items():
            pair = (one, other) if numerator >= divisor else (other, one)
            if numerator % divisor:
                found[f"{first}/{second}"] = (numerator / divisor, pair)
            found.setdefault(f"{first}{second}", (numerator + divisor, pair))
        for number, named in allele_rules.by_number().items():
            if named.bare_number == "yes" and numerator % float(number):
                found[f"{first}/{number}"] = (numerator / float(number), (one, named.name))
        for site, (named, *_) in allele_rules.at_site().items():
            if site.startswith("CD") and "-" in site:
                left, right = map(float, site[2:].split("-"))
                found[f"{first}/{site[2:]}"] = (numerator / left - right, (one, named.name))
    return found
