"""Files of every format, made in memory from one table (makers only; the reader uses none of these
libraries).
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import struct
import zipfile
from html import escape

import openpyxl
import xlwt
from odf.opendocument import OpenDocumentSpreadsheet
from odf.table import Table, TableCell, TableRow
from odf.text import P

Rows = list[list[object]]
TABLE: Rows = [
    ["id", "性别", "first dose", "Hb (g/L)", "β genotype", "note"],
    ["007", "女", dt.date(2024, 8, 9), 85, "CD41-42/-28", "<0.5"],
    ["008", "男", dt.date(2023, 12, 31), 90.5, "CD17/βE", None],
    ["A-3", "女", None, 101, "IVS-II-654/-29", "8,4"],
]
TEXT = [["" if v is None else str(v) for v in row] for row in TABLE]


def xlsx(rows: Rows = TABLE, **sheets: Rows) -> bytes:
    book = openpyxl.Workbook()
    book.active.title = "data"
    for row in rows:
        book.active.append(row)
    for name, more in sheets.items():
        sheet = book.create_sheet(name)
        for row in more:
            sheet.append(row)
    return saved(book)


def saved(book: openpyxl.Workbook) -> bytes:
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def xls(rows: Rows = TABLE) -> bytes:
    book = xlwt.Workbook(encoding="utf-8")
    sheet = book.add_sheet("data")
    date = xlwt.easyxf(num_format_str="yyyy-mm-dd")
    for r, row in enumerate(rows):
        for c, value in enumerate(row):
            if value is not None:
                sheet.write(r, c, value, *([date] if isinstance(value, dt.date) else []))
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def ods(rows: Rows = TABLE) -> bytes:
    return ods_of([[ods_cell(value) for value in row] for row in rows])


def ods_cell(value: object = None, **attributes: object) -> TableCell:
    if isinstance(value, dt.date):
        attributes |= {"valuetype": "date", "datevalue": value.isoformat()}
    elif isinstance(value, int | float):
        attributes |= {"valuetype": "float", "value": value}
    elif value is not None:
        attributes |= {"valuetype": "string"}
    cell = TableCell(**attributes)
    if value is not None:
        cell.addElement(P(text=str(value)))
    return cell


def ods_of(rows: list[list[TableCell]], repeats: dict[int, int] | None = None) -> bytes:
    document, table = OpenDocumentSpreadsheet(), Table(name="data")
    for number, cells in enumerate(rows):
        row = TableRow(
            **({"numberrowsrepeated": repeats[number]} if repeats and number in repeats else {})
        )
        for cell in cells:
            row.addElement(cell)
        table.addElement(row)
    document.spreadsheet.addElement(table)
    out = io.BytesIO()
    document.write(out)
    return out.getvalue()


def delimited(separator: str = ",", encoding: str = "utf-8", rows: list[list[str]] = TEXT) -> bytes:
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator).writerows(rows)
    return out.getvalue().encode(encoding)


def html(rows: list[list[str]] = TEXT, charset: str = "utf-8") -> bytes:
    body = "".join(
        "<tr>" + "".join(f"<td>{escape(v)}</td>" for v in row) + "</tr>\r\n" for row in rows
    )
    page = (
        f'<html xmlns:x="urn:schemas-microsoft-com:office:excel"><head>'
        f"<meta http-equiv=Content-Type "
        f'content="text/html; charset={charset}"><style>td {{color:red}}</style></head>'
        f"<body><table border=1>{body}</table></body></html>"
    )
    return page.encode("gb18030" if charset == "gb2312" else charset)


def spreadsheet_xml(rows: Rows = TABLE) -> bytes:
    def cell(value: object) -> str:
        kind = (
            "DateTime"
            if isinstance(value, dt.date)
            else "Number"
            if isinstance(value, int | float)
            else "String"
        )
        text = (
            f"{value.isoformat()}T00:00:00.000"
            if isinstance(value, dt.date)
            else escape(str(value))
        )
        return "<Cell/>" if value is None else f'<Cell><Data ss:Type="{kind}">{text}</Data></Cell>'

    body = "".join("<Row>" + "".join(map(cell, row)) + "</Row>" for row in rows)
    return (
        f'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?>'
        f'<Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet" '
        f'xmlns:ss="urn:schemas-microsoft-com:office:spreadsheet">'
        f'<Worksheet ss:Name="data"><Table>{body}</Table></Worksheet></Workbook>'
    ).encode()


def with_part(workbook: bytes, name: str, content: bytes) -> bytes:
    """The same zip file with one part replaced or added."""
    source, out = zipfile.ZipFile(io.BytesIO(workbook)), io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for part in source.namelist():
            if part != name:
                target.writestr(part, source.read(part))
        target.writestr(name, content)
    return out.getvalue()


def sheet_xml(cells: str) -> bytes:
    """An xlsx whose only sheet has this sheetData."""
    space = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
    xml = f'<worksheet xmlns="{space}"><sheetData>{cells}</sheetData></worksheet>'
    return with_part(xlsx(), "xl/worksheets/sheet1.xml", xml.encode())


def with_stated_size(workbook: bytes, name: str, size: int) -> bytes:
    """A zip file that lies about the unpacked size of one part, in both of its directories."""
    data, info = bytearray(workbook), zipfile.ZipFile(io.BytesIO(workbook)).getinfo(name)
    struct.pack_into("<I", data, info.header_offset + 22, size)
    place = data.find(b"PK\x01\x02")
    while data[place + 46 : place + 46 + len(name)] != name.encode():
        place = data.find(b"PK\x01\x02", place + 4)
    struct.pack_into("<I", data, place + 24, size)
    return bytes(data)


def compound_file(stream: str) -> bytes:
    """An OLE file whose only stream has this name."""
    old, new = ("Workbook".encode("utf-16-le"), stream.encode("utf-16-le"))
    entry = old.ljust(64, b"\0") + struct.pack("<H", len(old) + 2)
    assert entry in xls()
    return xls().replace(entry, new.ljust(64, b"\0") + struct.pack("<H", len(new) + 2))
