"""What honest Office, archive and DICOM files are built from, by hand: only the few parts that each format needs."""

from __future__ import annotations

import io
import struct
import zipfile
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def zipped(
    parts: Iterable[tuple[str | zipfile.ZipInfo, bytes]], packing: int = zipfile.ZIP_DEFLATED
) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for name, part in parts:
            info = name if isinstance(name, zipfile.ZipInfo) else zipfile.ZipInfo(name)
            info.compress_type = packing
            archive.writestr(info, part)
    return content.getvalue()


_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Override PartName="/{part}" ContentType="application/vnd.openxmlformats-officedocument.{kind}.main+xml"/></Types>'
)
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def _relations(*targets: tuple[str, str, str]) -> bytes:
    rows = (
        f'<Relationship Id="{i}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for i, kind, target in targets
    )
    return f'<Relationships xmlns="{_OFFICE}">{"".join(rows)}</Relationships>'.encode()


SHEET = "<worksheet xmlns='urn:sheet'><sheetData>{}</sheetData></worksheet>"


def workbook(
    sheets: dict[str, str | bytes],
    *,
    strings: bytes = b"",
    styles: bytes = b"",
    book: str = "",
    kind: str = "spreadsheetml.sheet",
    state: str = "visible",
) -> bytes:
    """An Excel file; a sheet is what stands in its `sheetData`, or its whole XML as bytes."""
    parts: list[tuple[str | zipfile.ZipInfo, bytes]] = [
        ("[Content_Types].xml", _TYPES.format(part="xl/workbook.xml", kind=kind).encode()),
        ("_rels/.rels", _relations(("r1", "officeDocument", "xl/workbook.xml"))),
    ]
    listed = "".join(
        f'<sheet name="{name}" sheetId="{n}" r:id="s{n}" state="{state}"/>'
        for n, name in enumerate(sheets, 1)
    )
    book_xml = f'<workbook xmlns:r="{_OFFICE}">{book}<sheets>{listed}</sheets></workbook>'
    targets = [
        (f"s{n}", "worksheet", f"worksheets/sheet{n}.xml") for n in range(1, len(sheets) + 1)
    ]
    if strings:
        targets.append(("t", "sharedStrings", "/xl/sharedStrings.xml"))
        parts.append(("xl/sharedStrings.xml", strings))
    if styles:
        targets.append(("y", "styles", "styles.xml"))
        parts.append(("xl/styles.xml", styles))
    parts += [
        ("xl/workbook.xml", book_xml.encode()),
        ("xl/_rels/workbook.xml.rels", _relations(*targets)),
    ]
    for number, sheet in enumerate(sheets.values(), 1):
        whole = sheet if isinstance(sheet, bytes) else SHEET.format(sheet).encode()
        parts.append((f"xl/worksheets/sheet{number}.xml", whole))
    return zipped(parts)


def row(number: int | str, *cells: str) -> str:
    return f'<row r="{number}">{"".join(cells)}</row>'


def cell(place: str, value: object, kind: str = "n", style: int | str = "") -> str:
    styled = f' s="{style}"' if style != "" else ""
    if kind == "inlineStr":
        return f'<c r="{place}" t="inlineStr"{styled}><is><t>{value}</t></is></c>'
    return f'<c r="{place}" t="{kind}"{styled}><v>{value}</v></c>'


WORD = "<w:document xmlns:w='urn:word'><w:body>{}</w:body></w:document>"


def word(
    body: str | bytes,
    *,
    parts: dict[str, tuple[str, bytes]] | None = None,
    others: dict[str, bytes] | None = None,
    kind: str = "wordprocessingml.document",
) -> bytes:
    """A Word file. `parts` are the body's own: name to kind and XML; `others` are only there."""
    whole = body if isinstance(body, bytes) else WORD.format(body).encode()
    own = parts or {}
    listed = ((f"p{n}", k, name) for n, (name, (k, _)) in enumerate(own.items()))
    return zipped([
        ("[Content_Types].xml", _TYPES.format(part="word/document.xml", kind=kind).encode()),
        ("_rels/.rels", _relations(("r1", "officeDocument", "word/document.xml"))),
        ("word/document.xml", whole),
        ("word/_rels/document.xml.rels", _relations(*listed)),
        *((f"word/{name}", xml) for name, (_, xml) in own.items()),
        *((others or {}).items()),
    ])  # fmt: skip


def para(text: str, style: str = "", extra: str = "") -> str:
    styled = f'<w:pStyle w:val="{style}"/>' if style else ""
    return f'<w:p><w:pPr>{styled}{extra}</w:pPr><w:r><w:t xml:space="preserve">{text}</w:t></w:r></w:p>'


EXPLICIT, IMPLICIT = "1.2.840.10008.1.2.1", "1.2.840.10008.1.2"
DEFLATED, BIG = "1.2.840.10008.1.2.1.99", "1.2.840.10008.1.2.2"
_LONG = ("OB", "OW", "SQ", "UN", "UT")


def element(
    tag: int, kind: str, value: bytes, *, syntax: str = EXPLICIT, length: int | None = None
) -> bytes:
    """One element of a DICOM file."""
    order = ">" if syntax == BIG else "<"
    value += b"" if len(value) % 2 == 0 else b"\x00" if kind in ("UI", "OB") else b" "
    size = len(value) if length is None else length
    head = struct.pack(order + "HH", tag >> 16, tag & 0xFFFF)
    if syntax == IMPLICIT or tag >> 16 == 0xFFFE:
        return head + struct.pack(order + "I", size) + value
    if kind in _LONG:
        return head + kind.encode() + b"\0\0" + struct.pack(order + "I", size) + value
    return head + kind.encode() + struct.pack(order + "H", size) + value


def dicom(elements: bytes, syntax: str = EXPLICIT, preamble: int = 128) -> bytes:
    if syntax == DEFLATED:
        packer = zlib.compressobj(9, zlib.DEFLATED, -15)
        elements = packer.compress(elements) + packer.flush()
    meta = element(0x00020010, "UI", syntax.encode())
    return bytes(preamble) + b"DICM" + meta + elements
