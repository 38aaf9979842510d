"""What kind of file these bytes are, judged by content alone (rules/signatures.csv)."""

from __future__ import annotations

import codecs
import re
from functools import lru_cache

from thal_core.rules.catalogue import read_rules

HTML, SPREADSHEET_XML, TEXT = "html", "spreadsheet_xml", "text"
ZIP, COMPOUND = "zip", "ole"
_HEAD = 8192


@lru_cache(maxsize=1)
def _signatures() -> tuple[tuple[bytes, str], ...]:
    return tuple(
        (bytes.fromhex(row["starts_with_hex"]), row["form"]) for row in read_rules("signatures")
    )


def file_form(data: bytes) -> str:
    """``zip, ole, html, spreadsheet_xml, text`` or, for what is no sheet, a words code naming
    it.
    """
    for start, form in _signatures():
        if data.startswith(start):
            return form
    return _text_form(data[:_HEAD])


def declared_encoding(data: bytes) -> str | None:
    """The encoding that the head of an HTML page or XML document names."""
    match = re.search(
        rb"""(?:charset|encoding)\s{0,9}=\s{0,9}["']?\s{0,9}([A-Za-z0-9_.:-]+)""", data[:_HEAD]
    )
    name = match[1].decode().lower().replace("windows-", "cp") if match else ""
    name = {"gb2312": "gb18030", "gbk": "gb18030", "iso-8859-1": "cp1252"}.get(name, name)
    return (
        name
        if re.fullmatch(r"utf-8|gb18030|big5(-hkscs)?|cp\d+|iso-8859-\d+|tis-620", name)
        else None
    )


def _text_form(head: bytes) -> str:
    wide = (
        head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE))
        or head[1:2] == b"\x00"
        or head[:1] == b"\x00"
    )
    text = head.replace(b"\x00", b"") if wide else head
    text = (
        text.removeprefix(codecs.BOM_UTF8)
        .removeprefix(codecs.BOM_UTF16_LE)
        .removeprefix(codecs.BOM_UTF16_BE)
    )
    text = text.lstrip().lower()
    if text.startswith(b"mime-version:"):
        return "form.web_archive"
    if not text.startswith(b"<"):
        return TEXT
    if b"urn:schemas-microsoft-com:office:spreadsheet" in text and b"<html" not in text:
        return SPREADSHEET_XML
    if any(
        tag in text
        for tag in (b"<html", b"<!doctype html", b"<table", b"<meta", b"<style", b"<tr", b"<body")
    ):
        return HTML
    return "form.xml" if text.startswith(b"<?xml") else TEXT
