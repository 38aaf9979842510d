"""The container of a workbook (zip or OLE): what it is, whether it is safe to unpack, and its
sheets' XML.
"""

from __future__ import annotations

import io
import posixpath
import re
import zipfile
import zlib
from dataclasses import dataclass
from xml.etree import ElementTree

from thal_core.sheets.limits import Refused, limit
from thal_core.sheets.ods_xml import scan_ods_xml
from thal_core.sheets.sheet_xml import SheetFindings, scan_sheet_xml
from thal_core.sheets.xls_records import Unreadable, scan_xls

Notes = tuple[tuple[str, dict[str, str]], ...]
_CHUNK = 1 << 20


class Package:
    """A workbook whose cells calamine reads and of which nothing more could be told."""

    notes: Notes = (("reading.errors_not_named", {}),)

    def findings(self, index: int, sheet: str) -> SheetFindings:
        """What was found about the sheet of this place and name."""
        return SheetFindings()


@dataclass(frozen=True)
class OldPackage(Package):
    """An xls: findings in the order of the sheets."""

    found: list[SheetFindings]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        return self.found[index] if index < len(self.found) else SheetFindings()


@dataclass(frozen=True)
class OfficePackage(Package):
    """An xlsx or xlsm: sheet name → part of the zip file."""

    archive: zipfile.ZipFile
    parts: dict[str, str]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        part = self.parts.get(sheet)
        return scan_sheet_xml(_read_part(self.archive, part), sheet) if part else SheetFindings()


@dataclass(frozen=True)
class OpenDocumentPackage(Package):
    """An ods: all sheets stand in one part, read before calamine unfolds repeated cells."""

    found: dict[str, SheetFindings]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        return self.found.get(sheet, SheetFindings())


def open_package(data: bytes, form: str) -> Package:
    """Refused for what is no workbook, is protected by a password, is damaged or would unpack to
    too much.
    """
    return _open_zip(data) if form == "zip" else _open_ole(data)


def _open_ole(data: bytes) -> Package:
    if "EncryptedPackage".encode("utf-16-le") in data:
        raise Refused("reading.password")
    if "WordDocument".encode("utf-16-le") in data:
        raise Refused("reading.not_a_sheet", form="form.word")
    try:
        return OldPackage(scan_xls(data))
    except Unreadable:
        return Package()


def _open_zip(data: bytes) -> Package:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("reading.damaged") from error
    check_unpacked_size(archive, len(data))
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        _check_parts(archive, re.compile(r"^xl/(sharedStrings|styles|workbook)\.xml|^.*\.rels"))
        return OfficePackage(archive, _sheet_parts(archive))
    if "content.xml" in names and b"opendocument.spreadsheet" in _read_part(
        archive, "META-INF/manifest.xml"
    ):
        return _open_ods(archive)
    raise Refused("reading.not_a_sheet", form=_zip_form(names))


def _open_ods(archive: zipfile.ZipFile) -> Package:
    if b"encryption-data" in _read_part(archive, "META-INF/manifest.xml"):
        raise Refused("reading.password")
    return OpenDocumentPackage(scan_ods_xml(_read_part(archive, "content.xml")))


def _zip_form(names: set[str]) -> str:
    for part, form in (
        ("word/document.xml", "form.word"),
        ("ppt/presentation.xml", "form.slides"),
        ("xl/workbook.bin", "form.binary_workbook"),
        ("content.xml", "form.word"),
    ):
        if part in names:
            return form
    return "form.archive"


def check_unpacked_size(archive: zipfile.ZipFile, packed: int) -> None:
    """The sizes that the zip file states; what it really holds is checked when it is unpacked."""
    parts = archive.infolist()
    unpacked = sum(part.file_size for part in parts)
    suspicious = (
        unpacked > limit("unpack_ratio_from_bytes") and unpacked > limit("unpack_ratio") * packed
    )
    if unpacked > limit("unpacked_bytes") or suspicious or len(parts) > limit("zip_parts"):
        raise Refused("reading.zip_bomb", limit=f"{limit('unpacked_bytes') / 1_000_000:.0f}")
    if any(part.flag_bits & 0x1 for part in parts):
        raise Refused("reading.password")


def _check_parts(archive: zipfile.ZipFile, wanted: re.Pattern[str]) -> None:
    """calamine unpacks these without asking how large they really are."""
    for name in archive.namelist():
        if wanted.fullmatch(name):
            _read_part(archive, name)


def _read_part(archive: zipfile.ZipFile, name: str) -> bytes:
    """A part of at most its stated size (zipfile checks size and checksum), without declarations of
    entities.
    """
    try:
        xml = archive.read(name)
    except KeyError as error:
        raise Refused("reading.damaged") from error
    except (
        zipfile.BadZipFile,
        zlib.error,
        OSError,
        EOFError,
        NotImplementedError,
        RuntimeError,
    ) as error:
        raise Refused("reading.damaged") from error
    if b"<!DOCTYPE" in xml[:_CHUNK] or b"<!ENTITY" in xml[:_CHUNK]:
        raise Refused("reading.entities")
    return xml


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    book = _parse(_read_part(archive, "xl/workbook.xml"))
    relations = _parse(_read_part(archive, "xl/_rels/workbook.xml.rels"))
    targets = {r.get("Id"): r.get("Target", "") for r in relations}
    parts = {}
    for sheet in book.iter():
        if sheet.tag.rpartition("}")[2] == "sheet":
            key = next(
                (v for k, v in sheet.attrib.items() if k.rpartition("}")[2] == "id" and "}" in k),
                None,
            )
            target = targets.get(key, "")
            parts[sheet.get("name", "")] = (
                target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
            )
    return parts


def _parse(xml: bytes) -> ElementTree.Element:
    try:
        return ElementTree.fromstring(xml)
    except ElementTree.ParseError as error:
        raise Refused("reading.damaged") from error
