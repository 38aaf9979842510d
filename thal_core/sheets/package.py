"""The container of a workbook (zip or OLE): what it is, whether it is safe to unpack, and its
sheets' XML.
"""

from __future__ import annotations

import io
import posixpath
import struct
import zipfile
import zlib
from dataclasses import dataclass

import olefile

from thal_core.sheets.limits import Refused, limit
from thal_core.sheets.look import Look, coloured_styles, look_of_sheet_xml
from thal_core.sheets.ods_look import looks_of_ods
from thal_core.sheets.ods_xml import scan_ods_xml
from thal_core.sheets.sheet_xml import SheetFindings, scan_sheet_xml
from thal_core.sheets.xls_records import Unreadable, looks_of_xls, scan_xls
from thal_core.sheets.xml_events import local_name, read_elements, read_events

Notes = tuple[tuple[str, dict[str, str]], ...]
DAMAGED = (OSError, ValueError, IndexError, TypeError, struct.error, RecursionError)  # of olefile
_HEAD = 1 << 20
_UNASKED = ("xl/sharedStrings.xml", "xl/styles.xml", "xl/workbook.xml")


class Package:
    """A workbook whose cells calamine reads and of which nothing more could be told."""

    notes: Notes = (("reading.errors_not_named", {}),)

    def findings(self, index: int, sheet: str) -> SheetFindings:
        """What was found about the sheet of this place and name."""
        return SheetFindings()

    def look(self, index: int, sheet: str) -> Look:
        """What of the sheet is hidden, commented or coloured."""
        return Look()


@dataclass(frozen=True)
class OldPackage(Package):
    """An xls: findings in the order of the sheets."""

    found: list[SheetFindings]
    looks: list[Look]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        return self.found[index] if index < len(self.found) else SheetFindings()

    def look(self, index: int, sheet: str) -> Look:
        return self.looks[index] if index < len(self.looks) else Look()


@dataclass(frozen=True)
class OfficePackage(Package):
    """An xlsx or xlsm: sheet name → part of the zip file."""

    archive: zipfile.ZipFile
    parts: dict[str, str]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        part = self.parts.get(sheet)
        return scan_sheet_xml(_read_part(self.archive, part), sheet) if part else SheetFindings()

    def look(self, index: int, sheet: str) -> Look:
        part = self.parts.get(sheet)
        if not part:
            return Look()
        styles = self._part("xl/styles.xml")
        marked = coloured_styles(styles) if styles else frozenset()
        return look_of_sheet_xml(_read_part(self.archive, part), marked, self._comments(part))

    def _comments(self, part: str) -> int:
        """How many cells of a sheet have a comment."""
        folder, name = posixpath.split(part)
        relations = self._part(f"{folder}/_rels/{name}.rels")
        targets = [
            posixpath.normpath(posixpath.join(folder, a.get("Target", "")))
            for _, a in (read_elements(relations) if relations else ())
            if a.get("Type", "").endswith("/comments")
        ]
        parts = [self._part(target.lstrip("/")) for target in targets]
        return sum(_count_of("comment", xml) for xml in parts)

    def _part(self, name: str) -> bytes:
        """A part that a workbook may lack."""
        return _read_part(self.archive, name) if name in self.archive.namelist() else b""


@dataclass(frozen=True)
class OpenDocumentPackage(Package):
    """An ods: all sheets stand in one part, read before calamine unfolds repeated cells."""

    found: dict[str, SheetFindings]
    looks: dict[str, Look]
    notes: Notes = ()

    def findings(self, index: int, sheet: str) -> SheetFindings:
        return self.found.get(sheet, SheetFindings())

    def look(self, index: int, sheet: str) -> Look:
        return self.looks.get(sheet, Look())


def open_compound_file(data: bytes) -> Package:
    """An xls. Refused for what is no workbook or is protected by a password."""
    try:
        with olefile.OleFileIO(io.BytesIO(data)) as book:
            return _open_xls(book)
    except (*DAMAGED, Unreadable):
        return Package()


def _open_xls(book: olefile.OleFileIO) -> Package:
    if book.exists("EncryptedPackage"):
        raise Refused("reading.password")
    if book.exists("WordDocument"):
        raise Refused("reading.not_a_sheet", form="form.word")
    stream = next((name for name in ("Workbook", "Book") if book.exists(name)), None)
    if stream is None:
        return Package()
    records = book.openstream(stream).read()
    return OldPackage(scan_xls(records), looks_of_xls(records))


def open_zip(data: bytes) -> Package:
    """An xlsx, xlsm or ods. Refused for what is no workbook, is protected by a password, is damaged
    or would unpack to too much.
    """
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, ValueError, OSError, NotImplementedError) as error:
        raise Refused("reading.damaged") from error
    check_unpacked_size(archive, len(data))
    names = set(archive.namelist())
    if "xl/workbook.xml" in names:
        _check_parts(archive)
        return OfficePackage(archive, _sheet_parts(archive))
    if "content.xml" in names and b"opendocument.spreadsheet" in _read_part(
        archive, "META-INF/manifest.xml"
    ):
        return _open_ods(archive)
    raise Refused("reading.not_a_sheet", form=_zip_form(names))


def _open_ods(archive: zipfile.ZipFile) -> Package:
    if b"encryption-data" in _read_part(archive, "META-INF/manifest.xml"):
        raise Refused("reading.password")
    content = _read_part(archive, "content.xml")
    return OpenDocumentPackage(scan_ods_xml(content), looks_of_ods(content))


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


def _check_parts(archive: zipfile.ZipFile) -> None:
    """calamine unpacks these without asking how large they really are."""
    for name in archive.namelist():
        if name in _UNASKED or name.endswith(".rels"):
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
    if b"<!DOCTYPE" in xml[:_HEAD] or b"<!ENTITY" in xml[:_HEAD]:
        raise Refused("reading.entities")
    return xml


def _sheet_parts(archive: zipfile.ZipFile) -> dict[str, str]:
    """Sheet name → part of the zip file."""
    relations = read_elements(_read_part(archive, "xl/_rels/workbook.xml.rels"))
    targets = {a.get("Id"): a.get("Target", "") for _, a in relations}
    return {
        attributes.get("name", ""): _part_name(targets.get(_relation(attributes), ""))
        for name, attributes in read_elements(_read_part(archive, "xl/workbook.xml"))
        if name == "sheet"
    }


def _count_of(wanted: str, xml: bytes) -> int:
    """How many elements of this name there are, up to where the XML breaks off."""
    found: list[str] = []
    read_events(xml, lambda tag, _: found.append(local_name(tag)))
    return found.count(wanted)


def _relation(attributes: dict[str, str]) -> str | None:
    """The attribute ``r:id`` of a sheet, whatever the namespace is called."""
    return next((v for k, v in attributes.items() if " " in k and local_name(k) == "id"), None)


def _part_name(target: str) -> str:
    return target.lstrip("/") if target.startswith("/") else posixpath.normpath(f"xl/{target}")
