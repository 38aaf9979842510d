"""Adverse events, drugs and doses named in text, with what is denied left out."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache

from thal_core.intake.text.codes import MISSING, parse_code
from thal_core.intake.text.fold import plain, simplified
from thal_core.intake.text.timepoints import parse_time
from thal_core.rules.catalogue import read_rules, study_drug

_CLAUSE = re.compile(r"[。；;\n！!？?]|\.\s|\.$")
_PHRASE = re.compile(r"[,，、/+]| and | 和 | 及 | 与 |及|伴")
_TIME = re.compile(
    r"(?:用药|治疗|服药)后?第?\s?\d{1,4}(?:\.\d{1,4})?个?(?:月|周|年)后?|第\s?\d{1,4}个?(?:月|周|年)"
    r"|(?<!\d)(?<!\d\.)\d{1,4}(?:\.\d{1,4})?个?(?:月|周|年)(?=后|时|出现|起)"
    r"|(?:month|week)\s?\d+|(?<![a-z\d])[mw]\s?\d+(?![a-z\d])|(?:at|after)\s\d+\s?(?:months?|weeks?|mo)(?![a-z])",
    re.I,
)
_GRADE = re.compile(
    r"(?:grade|G|CTCAE)\s?([1-5]|I{1,3}|IV)(?![a-z\d])|([1-5]|[ⅠⅡⅢⅣ]|I{1,3}|IV)\s?(?:级|度)"
    r"|(轻度|中度|重度|轻微|严重|mild|moderate|severe)",
    re.I,
)
_DOSE = re.compile(
    r"(?<!\d)(?<!\d\.)(\d{1,6}(?:\.\d{1,4})?)\s?mg(?:\s?(?:/\s?(?:d|day|日|天|晚)|qn|qd|每晚|每日|每天|daily))?(?!\s?/\s?(?:kg|dl|ml|l))"
    r"(?:\s?(bid|tid|每日两次|每日2次|一天两次))?",
    re.I,
)


@dataclass(frozen=True)
class Found:
    """One adverse event named in a text."""

    event: str
    month: float | None = None
    grade: float | None = None


@dataclass(frozen=True)
class Terms:
    """Spellings of a list of things, and the one pattern that finds the longest of them
    anywhere.
    """

    pattern: re.Pattern[str]
    meaning: dict[str, str]

    def found_in(self, text: str) -> list[tuple[int, int, str]]:
        return [(m.start(), m.end(), self.meaning[m[0]]) for m in self.pattern.finditer(text)]


def terms(spellings: dict[str, str]) -> Terms:
    longest_first = sorted(spellings, key=lambda term: -len(term))
    bounded = [
        rf"(?<![a-z]){re.escape(t)}(?![a-z])" if t.isascii() else re.escape(t)
        for t in longest_first
    ]
    begins = "".join(re.escape(char) for char in sorted({term[0] for term in spellings if term}))
    return Terms(
        re.compile(rf"(?=[{begins}])(?:{'|'.join(bounded)})"), spellings
    )  # most places begin none of them


@lru_cache(maxsize=1)
def _events() -> Terms:
    return terms(
        {
            plain(t).lower(): row["event"]
            for row in read_rules("events")
            for t in row["terms"].split("|")
        }
    )


@lru_cache(maxsize=1)
def _drugs() -> Terms:
    return terms(
        {
            plain(n).lower(): row["drug"]
            for row in read_rules("drugs")
            for n in row["names"].split("|")
        }
    )


@lru_cache(maxsize=8)
def _negations(place: str) -> tuple[str, ...]:
    """Words of rules/negations.csv: ``before`` and ``after`` a term they deny it, at the ``start``
    of a cell all of it; ``stated`` (patterns) and ``again`` end a denial.
    """
    return tuple(
        plain(r["word"]).lstrip(" :") if place == "after" else r["word"]
        for r in read_rules("negations")
        if r["place"] == place
    )


def denies(text: str) -> bool:
    """Does a cell begin with a denial? ``无``, ``no rash``, ``none``; not ``normal``."""
    start = simplified(plain(text)).lower()
    return any(
        re.match(rf"{re.escape(w)}(?![a-z])" if w.isascii() else re.escape(w), start)
        for w in _negations("start")
    )


def events_in(text: str) -> tuple[Found, ...]:
    """Adverse events that a text states; ``未见血栓`` and ``no DVT`` state none."""
    found: dict[str, Found] = {}
    for clause in _CLAUSE.split(simplified(plain(text)).lower()):
        month = month_in(clause)
        denied = False
        for phrase in _PHRASE.split(clause):
            denied = _denial_reaches(phrase, denied)
            for begin, end, event in _events().found_in(phrase):
                if not _denied(phrase, begin, end, denied):
                    found.setdefault(
                        event,
                        Found(
                            event,
                            month_in(phrase) if month_in(phrase) is not None else month,
                            _grade_in(phrase),
                        ),
                    )
    return tuple(found.values())


def _denial_reaches(phrase: str, denied: bool) -> bool:
    """``未见皮疹、水肿``: a denial holds over the phrases it lists, until something is
    stated again.
    """
    if any(_says(word, phrase) for word in _negations("before")):
        return True
    stated = re.search("|".join(_negations("stated")), phrase)
    return denied and not stated


def _says(word: str, phrase: str) -> bool:
    return word in phrase and (not word.isascii() or bool(_whole_word(word).search(phrase)))


@lru_cache(maxsize=200)
def _whole_word(word: str) -> re.Pattern[str]:
    """A word of the rules, not as a part of a longer one."""
    return re.compile(rf"(?<![a-z]){re.escape(word)}(?![a-z])")


def _denied(phrase: str, begin: int, end: int, listed: bool) -> bool:
    before, after = _negations("before"), _negations("after")
    stated_before = phrase[:begin]
    if any(phrase[end:].lstrip(" :").startswith(word) for word in after):
        return True
    denied_at = max((stated_before.rfind(w) for w in before if _says(w, stated_before)), default=-1)
    stated_again = max((stated_before.rfind(w) for w in _negations("again")), default=-1)
    return (denied_at >= 0 and denied_at + 1 >= stated_again) or (
        listed and denied_at < 0 and not any(_says(w, phrase) for w in before)
    )


def month_in(text: str) -> float | None:
    """The one month that a text names; None where it names none."""
    match = _TIME.search(text)
    time = parse_time(match[0].strip()) if match else None
    return time.value if time is not None and time.kind == "month" else None


def _grade_in(text: str) -> float | None:
    match = _GRADE.search(text)
    if not match:
        return None
    code = parse_code(next(g for g in match.groups() if g), "grade")
    return float(code) if code not in (None, MISSING) else None


def drugs_in(text: str) -> tuple[str, ...]:
    """Names of drugs in the text, in the catalogue's spelling and the text's order."""
    return tuple(
        dict.fromkeys(drug for _, _, drug in _drugs().found_in(simplified(plain(text)).lower()))
    )


def dose_in(text: str) -> float | None:
    """The one dose of the study drug (mg/day) that a text states beside the drug's name or alone;
    None else.
    """
    words = plain(text)
    doses = {float(m[1]) * (2 if m[2] else 1) for m in _DOSE.finditer(words)}
    drugs = set(drugs_in(words)) - {study_drug()}
    return doses.pop() if len(doses) == 1 and not drugs else None
