"""Files made to harm, each by a small function, and the few parts that honest files of these formats are built from.

Run as a program it reads one such file from standard input under the limits of the reader child, and tells what came.
"""

from __future__ import annotations

import io
import json
import os
import re
import stat
import struct
import sys
import zipfile
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

MEGABYTE = 1024 * 1024


# What honest files are built from


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


# Files made to harm


@dataclass(frozen=True)
class Bomb:
    """`reads` names what is tried in a limited process besides the reader; `says` is what it has to tell."""

    make: Callable[[], bytes]
    name: str = "file"
    reads: str = ""
    says: str = ""
    slow: bool = False


BOMBS: dict[str, Bomb] = {}


def _bomb(
    title: str, name: str = "file", reads: str = "", says: str = "", *, slow: bool = False
) -> Callable[[Callable[[], bytes]], Callable[[], bytes]]:
    def keep(make: Callable[[], bytes]) -> Callable[[], bytes]:
        BOMBS[title] = Bomb(make, name, reads, says, slow)
        return make

    return keep


def flate(unit: bytes, times: int, bits: int = 15) -> bytes:
    """Many copies of `unit`, compressed a piece at a time so that the test itself stays small."""
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    pieces = [packer.compress(unit * 1000) for _ in range(times // 1000)]
    return b"".join(pieces) + packer.flush()


def pdf(parts: list[bytes], trailer: bytes = b"") -> bytes:
    """A PDF of these objects, the first of which is the catalogue."""
    out = b"%PDF-1.5\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    ends = b"trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n" % (
        len(parts) + 1,
        trailer,
        len(out),
    )
    return out + b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(parts) + 1, table) + ends


def page_pdf(
    stream: bytes, filters: bytes = b"/FlateDecode", extra: bytes = b"", *more: bytes
) -> bytes:
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R%s>>" % extra,
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length %d/Filter[%s]>>stream\n%s\nendstream" % (len(stream), filters, stream),
        *more,
    ])  # fmt: skip


@_bomb("pdf: blank stream of 300 MB", "a.pdf", slow=True)
def _pdf_blank() -> bytes:
    return page_pdf(flate(b" " * 100, 3_000_000))


@_bomb("pdf: Flate in Flate in Flate", "a.pdf", slow=True)
def _pdf_nested() -> bytes:
    stream = zlib.compress(zlib.compress(flate(b" " * 100, 3_000_000), 9), 9)
    return page_pdf(stream, b"/FlateDecode" * 3)


@_bomb("pdf: 200 filters", "a.pdf")
def _pdf_filters() -> bytes:
    return page_pdf(zlib.compress(b"BT ET"), b"/FlateDecode" * 200)


@_bomb("pdf: cross-references in a circle", "a.pdf")
def _pdf_xref_loop() -> bytes:
    whole = page_pdf(zlib.compress(b"BT ET"))
    start = int(whole.rpartition(b"startxref\n")[2].split()[0])
    return whole.replace(b"/Root 1 0 R", b"/Root 1 0 R/Prev %d" % start)


@_bomb("pdf: pages that hold themselves", "a.pdf")
def _pdf_tree_loop() -> bytes:
    return pdf([b"<</Type/Catalog/Pages 2 0 R>>", b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 9>>"])


@_bomb("pdf: a million pages", "a.pdf")
def _pdf_pages() -> bytes:
    kids = b"3 0 R " * 1_000_000
    return pdf([
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[%s]/Count 1000000>>" % kids,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>",
    ])  # fmt: skip


@_bomb("pdf: 100,000 brackets", "a.pdf")
def _pdf_deep() -> bytes:
    return page_pdf(zlib.compress(b"[" * 100_000), b"/FlateDecode", b"/Deep " + b"[" * 100_000)


@_bomb("pdf: 20 million saved states", "a.pdf", slow=True)
def _pdf_states() -> bytes:
    return page_pdf(flate(b"q ", 20_000_000))


@_bomb("pdf: a form that draws itself", "a.pdf")
def _pdf_form_loop() -> bytes:
    form = (
        b"<</Type/XObject/Subtype/Form/BBox[0 0 9 9]/Resources<</XObject<</I 5 0 R>>>>"
        b"/Length 12>>stream\n/I Do /I Do \nendstream"
    )
    return page_pdf(zlib.compress(b"/I Do"), b"/FlateDecode", b"", form)


@_bomb("pdf: scripts, a program and a file inside", "a.pdf")
def _pdf_active() -> bytes:
    extra = (
        b"/OpenAction<</S/Launch/F(calc.exe)>>/Names<</JavaScript<<"
        b"/Names[(a)<</S/JavaScript/JS(app.alert\\(1\\))>>]>>>>"
    )
    return page_pdf(zlib.compress(b"BT ET"), b"/FlateDecode", extra)


def _png(width: int, height: int, *chunks: tuple[bytes, bytes]) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = [(b"IHDR", header), *chunks, (b"IDAT", zlib.compress(b"\0" * 100)), (b"IEND", b"")]
    made = (
        struct.pack(">I", len(b)) + k + b + struct.pack(">I", zlib.crc32(k + b)) for k, b in parts
    )
    return b"\x89PNG\r\n\x1a\n" + b"".join(made)


@_bomb("png: 50,000 by 50,000", "a.png")
def _png_large() -> bytes:
    return _png(50_000, 50_000)


@_bomb("png: a comment of 200 MB", "a.png")
def _png_comment() -> bytes:
    return _png(40, 40, (b"zTXt", b"a\x00\x00" + flate(bytes(1000), 200_000)))


@_bomb("gif: 100,000 frames", "a.gif")
def _gif_frames() -> bytes:
    frame = b"\x2c\0\0\0\0\x01\0\x01\0\0\x02\x02\x44\x01\0"
    return b"GIF89a\x01\0\x01\0\x80\0\0\0\0\0\xff\xff\xff" + frame * 100_000 + b";"


@_bomb("tiff: pages in a circle", "a.tif")
def _tiff_loop() -> bytes:
    tags = ((256, 1), (257, 1), (258, 8), (259, 1), (262, 1), (273, 8), (278, 1), (279, 1))
    body = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0\x0a\0\0\0\0\0" + struct.pack("<H", len(tags)) + body + struct.pack("<I", 10)


@_bomb("jpeg: a header of 65,535 by 65,535", "a.jpg")
def _jpeg_large() -> bytes:
    frame = b"\xff\xc0\0\x0b\x08\xff\xff\xff\xff\x01\x01\x11\0"
    return b"\xff\xd8" + frame + b"\xff\xda\0\x08\x01\x01\0\0\x3f\0" + b"\0" * 50 + b"\xff\xd9"


@_bomb("zip: 1,000 to 1", "a.zip", "zip", "hundred times")
def _zip_ratio() -> bytes:
    return zipped([("zeros.txt", bytes(30 * MEGABYTE))])


@_bomb("zip: more than 1 GB in all", "a.zip", "zip", "more than 1 GB", slow=True)
def _zip_total() -> bytes:
    return zipped((f"{number}.txt", bytes(60 * MEGABYTE)) for number in range(20))


@_bomb("zip: parts over one another", "a.zip", "zip", "damaged|more than 1 GB")
def _zip_overlap() -> bytes:
    """Each entry of the list points to the one part there is."""
    packed = flate(bytes(1000), 20_000, -15)
    crc = zlib.crc32(bytes(20_000_000))
    local = (
        struct.pack("<4sHHHHHIIIHH", b"PK\3\4", 20, 0, 8, 0, 0, crc, len(packed), 20_000_000, 1, 0)
        + b"a"
        + packed
    )
    listed = b"".join(
        struct.pack(
            "<4sHHHHHHIIIHHHHHII",
            b"PK\1\2",
            20,
            20,
            0,
            8,
            0,
            0,
            crc,
            len(packed),
            20_000_000,
            4,
            0,
            0,
            0,
            0,
            0,
            0,
        )
        + b"%04d" % number
        for number in range(9999)
    )
    return (
        local
        + listed
        + struct.pack("<4sHHHHIIH", b"PK\5\6", 0, 0, 9999, 9999, len(listed), len(local), 0)
    )


@_bomb("zip: 100,000 entries", "a.zip", "zip", "10,000 files", slow=True)
def _zip_entries() -> bytes:
    return zipped(((f"{number}", b"") for number in range(100_000)), zipfile.ZIP_STORED)


@_bomb("zip: names that lead out", "a.zip", "zip", "leads out")
def _zip_slip() -> bytes:
    names = ("../../evil.txt", "/etc/evil", "C:\\evil.txt", "a/../../evil.txt", "..\\evil.txt")
    return zipped((name, b"evil") for name in names)


@_bomb("zip: a link", "a.zip", "zip", "link")
def _zip_link() -> bytes:
    info = zipfile.ZipInfo("letter.txt")
    info.create_system = 3
    info.external_attr = (stat.S_IFLNK | 0o777) << 16
    return zipped([(info, b"/etc/passwd")])


@_bomb("zip: 12 archives in one another", "a.zip", "zip", "too deep")
def _zip_deep() -> bytes:
    content = b"letter"
    for _ in range(12):
        content = zipped([("inner.zip", content)])
    return content


@_bomb("zip: 100 times 100 archives", "a.zip", "zip", "too deep")
def _zip_wide() -> bytes:
    inner = zipped([("zeros.txt", bytes(900_000))])
    middle = zipped((f"{number}.zip", inner) for number in range(100))
    return zipped((f"{number}.zip", middle) for number in range(100))


@_bomb("zip: a size that is not true", "a.zip", "zip", "damaged")
def _zip_lie() -> bytes:
    content = zipped([("a.txt", bytes(50 * MEGABYTE))])
    return content.replace(struct.pack("<I", 50 * MEGABYTE), struct.pack("<I", 1000))


@_bomb("zip: packed with bzip2", "a.zip", "zip", "does not know")
def _zip_bzip2() -> bytes:
    return zipped([("a.txt", bytes(20 * MEGABYTE))], zipfile.ZIP_BZIP2)


@_bomb("zip: 9,000 times the same name", "a.zip", "zip")
def _zip_names() -> bytes:
    content = zipped((f"{number:05}.txt", b"x") for number in range(9000))
    return re.sub(rb"\d{5}\.txt", b"00000.txt", content)


@_bomb("zip: names that read backwards", "a.zip", "zip")
def _zip_rtlo() -> bytes:
    return zipped([("letter\u202etxt.exe", b"MZ"), ("a\u0000b\u200f.txt", b"x")])


@_bomb("zip: a list that is no list", "a.zip", "zip", "damaged")
def _zip_list() -> bytes:
    return zipped([("a.txt", b"x")]).replace(b"PK\1\2", b"PK\1\3")


LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
CDA = "<ClinicalDocument xmlns='urn:hl7-org:v3'><title>{}</title></ClinicalDocument>"
DOCTYPE = f'<!DOCTYPE x [<!ENTITY l0 "ha">{LAUGHS}]>'


@_bomb("xml: billion laughs", "a.xml")
def _xml_laughs() -> bytes:
    return f"<?xml version='1.0'?>{DOCTYPE}{CDA}".format("&l9;").encode()


@_bomb("xml: quadratic growth", "a.xml")
def _xml_quadratic() -> bytes:
    entity = "a" * 100_000
    return f"<!DOCTYPE x [<!ENTITY a '{entity}'>]>{CDA}".format("&a;" * 50_000).encode()


@_bomb("xml: a file of this computer", "a.xml")
def _xml_external() -> bytes:
    return f"<!DOCTYPE x [<!ENTITY f SYSTEM 'file:///etc/passwd'>]>{CDA}".format("&f;").encode()


@_bomb("xml: 200,000 deep", "a.xml")
def _xml_deep() -> bytes:
    return (
        b'<?xml version="1.0"?><ClinicalDocument xmlns="urn:hl7-org:v3">'
        + b"<a>" * 200_000
        + b"</a>" * 200_000
        + b"</ClinicalDocument>"
    )


def _resource(**fields: object) -> bytes:
    return json.dumps(
        {"resourceType": "Observation", "status": "final", "code": {"text": "Sodium"}, **fields}
    ).encode()


@_bomb("json: 100,000 deep", "a.json")
def _json_deep() -> bytes:
    return (
        b'{"resourceType":"Bundle","type":"collection","entry":'
        + b"[" * 100_000
        + b"]" * 100_000
        + b"}"
    )


@_bomb("json: a number of 10,000 digits", "a.json")
def _json_digits() -> bytes:
    return _resource(valueQuantity={"value": 7}).replace(b"7", b"7" * 10_000)


@_bomb("json: an exponent of nine digits", "a.json")
def _json_exponent() -> bytes:
    return _resource(valueQuantity={"value": 7}).replace(b"7", b"7e999999999")


@_bomb("json: NaN and Infinity", "a.json")
def _json_nan() -> bytes:
    return _resource(valueQuantity={"value": float("nan"), "low": float("inf")})


@_bomb("json: the same key twice", "a.json")
def _json_twice() -> bytes:
    return _resource().replace(
        b'"status": "final"', b'"status": "final", "status": "entered-in-error"'
    )


@_bomb("json: references in a circle", "a.json")
def _json_circle() -> bytes:
    resources = [
        {
            "resourceType": "Observation",
            "id": f"{n}",
            "status": "final",
            "code": {"text": "x"},
            "hasMember": [{"reference": f"Observation/{(n + 1) % 3}"}],
        }
        for n in range(3)
    ]
    return json.dumps(
        {
            "resourceType": "Bundle",
            "type": "collection",
            "entry": [{"resource": r} for r in resources],
        }
    ).encode()


@_bomb("json: the year 0000 and the year 99999", "a.json")
def _json_year() -> bytes:
    return _resource(
        effectiveDateTime="0000-00-00", issued="99999-01-01T00:00:00Z", valueDateTime="0000"
    )


@_bomb("json: a text of 50 MB", "a.json", slow=True)
def _json_long() -> bytes:
    return _resource(valueString="a" * (50 * MEGABYTE))


@_bomb("text: a name that reads backwards", "letter\u202efdp.exe")
def _text_name() -> bytes:
    return b"A letter\x00 with \xe2\x80\xae marks\x07 in it."


@_bomb("csv: formulas", "a.csv", "csv")
def _csv_formulas() -> bytes:
    return b'Date,Test,Value\n2024-03-05,"=HYPERLINK(""http://x.invalid"",""Sodium"")",=1+1\n2024-03-05,@SUM(A1),-2+3+cmd|calc!A0\n'


@_bomb("csv: one line of 150 MB", "a.csv", "csv", "longer than 1 MB", slow=True)
def _csv_line() -> bytes:
    return b"Date,Test,Value\n" + b"a" * (150 * MEGABYTE) + b"\n2024-03-05,Sodium,141\n"


@_bomb("csv: quotation marks that never close", "a.csv", "csv", "quotation mark")
def _csv_quotes() -> bytes:
    return b"Date,Test,Value\n" + b'2024-03-05,"Sodium,141\n' * 200_000


@_bomb("csv: a million cells in a row", "a.csv", "csv", "1,000 cells|longer than 1 MB")
def _csv_cells() -> bytes:
    return (b"a," * 400_000 + b"\n") * 5


@_bomb("csv: NUL between all letters", "a.csv", "csv")
def _csv_nul() -> bytes:
    return (
        b"\x00".join(bytes([letter]) for letter in b"Date,Test,Value\n2024-03-05,Sodium,141\n" * 50)
        + b"\x00\x00"
    )


@_bomb("xlsx: a cell at the far end", "a.xlsx", "xlsx", "1,000 cells")
def _xlsx_far() -> bytes:
    dimension = SHEET.replace("<sheetData>", '<dimension ref="A1:XFD1048576"/><sheetData>')
    far = row(1048576, cell("XFD1048576", 1)) + row(2_000_000_000, cell("A2000000000", 2))
    return workbook({"Results": dimension.format(far).encode()})


@_bomb("xlsx: 4 million shared strings", "a.xlsx", "xlsx", "more text|hundred times", slow=True)
def _xlsx_strings() -> bytes:
    return workbook(
        {"Results": row(1, cell("A1", 0, "s"))},
        strings=b"<sst>" + b"<si><t>a</t></si>" * 4_000_000 + b"</sst>",
    )


@_bomb("xlsx: billion laughs", "a.xlsx", "xlsx", "no honest program")
def _xlsx_laughs() -> bytes:
    sheet = f"{DOCTYPE}{SHEET}".format(row(1, cell("A1", "&l9;", "inlineStr")))
    return workbook({"Results": sheet.encode()})


@_bomb("xlsx: rows without end", "a.xlsx", "xlsx", "hundred times", slow=True)
def _xlsx_rows() -> bytes:
    return workbook({"Results": "<row/>" * 10_000_000})


@_bomb("xlsx: numbers of 100,000 digits", "a.xlsx", "xlsx")
def _xlsx_digits() -> bytes:
    numbers = (
        cell(f"A{n}", value)
        for n, value in enumerate(("9" * 100_000, "1e999999999", "NaN", "-1e-999999"), 1)
    )
    return workbook({"Results": "".join(row(n, each) for n, each in enumerate(numbers, 1))})


@_bomb("xlsx: a tag of 60 MB", "a.xlsx", "xlsx", "no honest program|hundred times", slow=True)
def _xlsx_tag() -> bytes:
    noise = zlib.compress(os.urandom(200_000)).hex() * 150
    return workbook({"Results": f'<row r="1" x="{noise}"/>'})


@_bomb("docx: billion laughs", "a.docx", "docx", "no honest program")
def _docx_laughs() -> bytes:
    return word(f"{DOCTYPE}{WORD}".format(para("&l9;")).encode())


@_bomb("docx: 30,000 tables in one another", "a.docx", "docx", "no honest program")
def _docx_deep() -> bytes:
    return word("<w:tbl><w:tr><w:tc>" * 30_000)


@_bomb("docx: 300 MB of one letter", "a.docx", "docx", "hundred times", slow=True)
def _docx_long() -> bytes:
    return word(para("a" * (300 * MEGABYTE)))


@_bomb("docx: 20,000 lists", "a.docx", "docx", slow=True)
def _docx_lists() -> bytes:
    numbering = "".join(
        f'<w:abstractNum w:abstractNumId="{n}"><w:lvl w:ilvl="0"/></w:abstractNum>'
        f'<w:num w:numId="{n}"><w:abstractNumId w:val="{n}"/></w:num>'
        for n in range(20_000)
    )
    items = "".join(
        para(
            f"item {n * 7919 % 20_000}",
            extra=f'<w:numPr><w:ilvl w:val="{n % 9}"/><w:numId w:val="{n}"/></w:numPr>',
        )
        for n in range(20_000)
    )
    xml = f'<w:numbering xmlns:w="x">{numbering}</w:numbering>'.encode()
    return word(items, parts={"numbering.xml": ("numbering", xml)})


@_bomb("docx: parts that lead to themselves and outside", "a.docx", "docx")
def _docx_links() -> bytes:
    return word(
        para("A letter"),
        parts={
            "../word/document.xml": ("header", WORD.format(para("A letter")).encode()),
            "../../../../etc/passwd": ("footer", b"<x/>"),
            "http://x.invalid/a.xml": ("styles", b"<x/>"),
        },
    )


_UNDEFINED = 0xFFFFFFFF


@_bomb("dicom: sequences in one another without end", "a.dcm", "dicom", "no honest program")
def _dicom_deep() -> bytes:
    inner = element(0x00081115, "SQ", b"", length=_UNDEFINED) + element(
        0xFFFEE000, "", b"", length=_UNDEFINED
    )
    return dicom(element(0x00080060, "CS", b"CT") + inner * 100_000)


@_bomb("dicom: 1,000 to 1", "a.dcm", "dicom", "no honest program|damaged")
def _dicom_deflated() -> bytes:
    return dicom(
        element(0x00080060, "CS", b"CT") + element(0x7FE00010, "OW", bytes(100 * MEGABYTE)),
        DEFLATED,
    )


@_bomb("dicom: lengths beyond the file", "a.dcm", "dicom", "missing")
def _dicom_beyond() -> bytes:
    return dicom(
        element(0x00080060, "CS", b"CT") + element(0x7FE00010, "OW", b"", length=0xFFFFFFFE)
    )


@_bomb("dicom: 65,535 by 65,535", "a.dcm", "dicom", "too large")
def _dicom_large() -> bytes:
    sides = element(0x00280010, "US", b"\xff\xff") + element(0x00280011, "US", b"\xff\xff")
    return dicom(element(0x00080060, "CS", b"CT") + sides + element(0x7FE00010, "OW", bytes(100)))


@_bomb("dicom: a million elements of nothing", "a.dcm", "dicom", "no honest program")
def _dicom_many() -> bytes:
    return dicom(element(0x00080060, "CS", b"CT") + element(0x00090001, "LO", b"") * 1_000_000)


# A limited process to read one in


def read_here(reads: str, content: bytes) -> Iterator[str]:
    """What a person would be told, and nothing of what was read."""
    from healthmate_desktop.documents import archives, dicom, sheets, word_files
    from healthmate_desktop.domain.documents import Problem
    from healthmate_desktop.errors import DocumentError

    def found() -> Iterator[object]:
        if reads == "zip":
            yield from archives.members(content)
        elif reads == "docx":
            yield from word_files.read_word(content).problems
            for sheet in word_files.read_word_tables(content):
                yield from sheet.rows
        elif reads == "dicom":
            yield from dicom.read_dicom(content)
            yield dicom.draw_dicom(content, 100)
        else:
            for sheet in (
                [sheets.read_csv(content)] if reads == "csv" else sheets.read_workbook(content)
            ):
                yield from sheet.rows
                yield from sheet.problems

    try:
        for each in found():
            if isinstance(each, Problem):
                yield each.message
    except DocumentError as error:
        yield str(error)


def _main() -> NoReturn:
    import psutil

    from healthmate_desktop.documents import limits

    limits.limit_process()
    told = sorted(set(read_here(sys.argv[1], sys.stdin.buffer.read())))
    peak = psutil.Process().memory_info().rss // MEGABYTE  # libraries keep what they were given
    if sys.platform == "linux":
        status = Path("/proc/self/status").read_text(encoding="ascii")
        peak = int(status.partition("VmHWM:")[2].split()[0]) // 1024
    os.write(1, json.dumps({"told": told, "megabytes": peak}).encode())
    os._exit(0)  # nothing may be written, not even what was covered


if __name__ == "__main__":
    _main()
