"""One spelling for what looks alike: full width, HTML, dashes, arrows, Greek, Roman numerals."""

from __future__ import annotations

import html
import re
import unicodedata

_BREAK = re.compile(r"</?(?:br|p|div|li|td|tr)\b[^<>]*>", re.I)
_TAG = re.compile(r"</?[a-z][^<>]*>", re.I)
_LATEX = re.compile(r"\\(?=(?:beta|alpha|gamma|delta)\b)", re.I)
_ARROW = re.compile(r"(?<=[ACGT])\s{0,9}(?:[→➔⇒➡⟶>]|[-=]{1,9}>)\s{0,9}(?=[ACGT])", re.I)
_DASH_LIKE_HAN = re.compile(r"(?<=[0-9A-Z])[一ー](?=[0-9A-Z])", re.I)
_TRANS_HGVS = re.compile(r"C\.\[([^\[\];]+)\];\[([^\[\];]+)\]")
_SIGN_THEN_SPACE = re.compile(r"(^|[/,;+&(β、])\s?-\s(?=\d)")
_BETA_IN_BRACKETS = re.compile(r"β ?\(((?:CD|IVS|-?\d)[^()]*)\)")
_CLASS_ZERO = re.compile(r"β\s*(?:[°˚]|O(?![A-Z]))")
_GREEK = str.maketrans({"Β": "β", "Α": "α", "Γ": "γ", "Δ": "δ", "△": "δ", "∆": "δ"})
_REPLACED = (  # in this order: the initiation codon before codons in general
    ("起始密码子", "INTM"),
    ("INITIATION CODON", "INTM"),
    ("BETA", "β"),
    ("ALPHA", "α"),
    ("GAMMA", "γ"),
    ("DELTA", "δ"),
    ("CODONS", "CD"),
    ("CODON", "CD"),
    ("密码子", "CD"),
)
_BRACKETS = str.maketrans("[]【】〔〕〖〗", "()()()()")
_DROPPED = str.maketrans("", "", "^{}$'\"‘’“”′`")


def normalise(raw: str) -> str:
    """Upper-case text with one kind of dash, slash, arrow and bracket; β and α stand for every
    spelling of them.
    """
    text = _LATEX.sub("", html.unescape(raw).replace("ß", "β"))
    text = _TAG.sub("", _BREAK.sub("; ", text))
    text = unicodedata.normalize("NFKC", text.replace("º", "°"))
    text = "".join(map(_plain, text))
    text = _ARROW.sub(">", text).translate(_DROPPED).upper().translate(_GREEK)
    for spelling, one in _REPLACED:
        text = text.replace(spelling, one)
    text = _DASH_LIKE_HAN.sub("-", _CLASS_ZERO.sub("β0", text))
    text = _TRANS_HGVS.sub(_two_hgvs, text).translate(_BRACKETS)
    text = re.sub(r"\s+", " ", text).strip(" =.。,;")
    return _SIGN_THEN_SPACE.sub(r"\1-", _BETA_IN_BRACKETS.sub(r"β\1", text))


def _plain(character: str) -> str:
    if character in "∕⁄\\":
        return "/"
    if character in "−﹣⁻":
        return "-"
    if character == "∼":
        return "~"
    category = unicodedata.category(character)
    if category == "Pd":
        return "-"
    if category == "Cf":
        return ""
    return " " if category in ("Cc", "Zl", "Zp") else character


def _two_hgvs(match: re.Match[str]) -> str:
    return "/".join("βN" if change == "=" else f"C.{change}" for change in match.groups())
