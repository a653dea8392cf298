"""Small documents drawn for the tests, and a way to read them in this process. No real person is in them."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache
from typing import TYPE_CHECKING, Any

import pymupdf
from PIL import Image, ImageDraw, ImageFont

from healthmate_desktop.documents import child, wire

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Page, ReadDocument
    from healthmate_desktop.domain.proposals import Proposal

LETTER = (
    "The patient was seen on 4 March for a follow-up of asthma. She uses her inhaler twice a day "
    "and has had no attacks since January. Her peak flow was 410 litres per minute. "
    "We agreed to continue the same treatment and to meet again in six months."
)
COLUMN_ONE = (
    "Asthma narrows the airways and makes breathing hard. Most people with asthma can live "
    "well when they use a preventer every day. A reliever opens the airways within minutes "
    "and is used when symptoms come. Keep it with you wherever you go during the day."
)
COLUMN_TWO = (
    "Vaccines teach the body to know a germ before it meets it. Flu changes each year and so "
    "does its vaccine, which is offered every autumn. Side effects are mild and pass within "
    "two days. Ask at your surgery whether you are due for one before the winter starts."
)
ROWS = (
    ("Test", "Result", "Unit", "Range"),
    ("Sodium", "141", "mmol/L", "136-145"),
    ("Potassium", "4.4", "mmol/L", "3.4-5.0"),
    ("Haemoglobin", "13.2", "g/dL", "12.0-15.5"),
    ("Ferritin", "9", "ug/L", "15-150"),
)


def read(content: bytes, name: str = "file") -> ReadDocument:
    """What the child does, without a child: quick, and seen by coverage."""
    pages: list[Page] = []
    proposals: list[Proposal] = []
    for message in child.answer({"do": "read", "content": content, "name": name}):
        if "error" in message:
            raise wire.unpacked_error(message["error"])
        if "page" in message:
            pages.append(wire.unpacked_page(message["page"]))
        if "proposals" in message:
            proposals += wire.unpacked_proposals(message["proposals"])
        if "done" in message:
            return wire.unpacked_end(message["done"], pages, proposals)
    raise AssertionError("the child said no end")


def saved(document: Any, **options: Any) -> bytes:
    content = bytes(document.tobytes(**options))
    document.close()
    return content


@cache
def letter_pdf(pages: int = 1, rotation: int = 0) -> bytes:
    document = pymupdf.open()
    for number in range(1, pages + 1):
        page = document.new_page(width=595, height=842)
        page.insert_text((72, 80), f"Clinic letter {number}", fontsize=20)
        page.insert_textbox((72, 110, 520, 400), LETTER, fontsize=11)
        page.set_rotation(rotation)
    return saved(document)


def table_pdf(*, ruled: bool = False) -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            page.insert_text((72 + 110 * column, 100 + 20 * number), cell, fontsize=10)
        if ruled:
            page.draw_line((66, 106 + 20 * number), (500, 106 + 20 * number))
    return saved(document)


def framed_table_pdf() -> bytes:
    """Rules around the table, under its head and between its columns, but none between its rows."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    for number, row in enumerate(ROWS):
        for column, cell in enumerate(row):
            page.insert_text((72 + 110 * column, 100 + 13 * number), cell, fontsize=10)
    for y in (90, 103, 156):
        page.draw_line((66, y), (500, y))
    for x in (66, 176, 286, 396, 500):
        page.draw_line((x, 90), (x, 156))
    return saved(document)


def wrapped_table_pdf() -> bytes:
    """Two ruled rows; the cells of the first hold two lines."""
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    for y in (86, 106, 136, 156):
        page.draw_line((66, y), (400, y))
    for x in (66, 180, 290, 400):
        page.draw_line((x, 86), (x, 156))
    texts = {
        (72, 100): "Medicine", (186, 100): "Directions", (296, 100): "Status",
        (72, 118): "Atenolol tablets", (186, 118): "one tablet every", (296, 118): "Active",
        (72, 130): "25 mg", (186, 130): "12 hours",
        (72, 150): "Folic acid", (186, 150): "once a day", (296, 150): "Stopped",
    }  # fmt: skip
    for place, text in texts.items():
        page.insert_text(place, text, fontsize=10)
    return saved(document)


def columns_pdf() -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_text((72, 80), "Two leaflets", fontsize=18)
    page.insert_textbox((72, 110, 285, 500), COLUMN_ONE, fontsize=11)
    page.insert_textbox((310, 110, 523, 500), COLUMN_TWO, fontsize=11)
    return saved(document)


def form_pdf() -> bytes:
    document = pymupdf.open()
    page = document.new_page(width=595, height=842)
    page.insert_text((72, 100), "Allergies:", fontsize=11)
    field = pymupdf.Widget()
    field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
    field.field_name = "allergies"
    field.field_value = "Penicillin"
    field.rect = pymupdf.Rect(140, 85, 400, 105)
    page.add_widget(field)
    return saved(document)


def locked_pdf() -> bytes:
    document = pymupdf.open(stream=letter_pdf(), filetype="pdf")
    return saved(document, encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="secret", owner_pw="o")


def scan_of_table() -> bytes:
    return picture(_drawn(table_pdf(), 200))


@cache
def scan(dpi: int = 150) -> Image.Image:
    """The letter as a grey picture of a page."""
    return _drawn(letter_pdf(), dpi)


def _drawn(pdf: bytes, dpi: int) -> Image.Image:
    document = pymupdf.open(stream=pdf, filetype="pdf")
    pixmap = document[0].get_pixmap(dpi=dpi, colorspace=pymupdf.csGRAY)
    document.close()
    return Image.frombytes("L", (pixmap.width, pixmap.height), pixmap.samples)


def picture(image: Image.Image, kind: str = "PNG", **options: Any) -> bytes:
    content = io.BytesIO()
    image.save(content, kind, **options)
    return content.getvalue()


def scanned_pdf(pages: int = 1) -> bytes:
    document = pymupdf.open()
    for _ in range(pages):
        page = document.new_page(width=595, height=842)
        page.insert_image(page.rect, stream=picture(scan()))
    return saved(document)


def words_picture(text: str, size: tuple[int, int] = (900, 200)) -> Image.Image:
    image = Image.new("L", size, 255)
    ImageDraw.Draw(image).text((40, 60), text, fill=0, font=ImageFont.load_default(40))
    return image


def png_of_size(width: int, height: int) -> bytes:
    """A PNG whose header promises a picture that is not there."""
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(b"\0"))


def _chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def pdf_with_stream(stream: bytes, *, count: int = 1, resources: bytes = b"") -> bytes:
    """A PDF of one page, written by hand, whose content is the Flate `stream`."""
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count %d>>" % count,
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R/Resources<<%s>>>>"
        % resources,
        b"<</Length %d/Filter/FlateDecode>>stream\n%s\nendstream" % (len(stream), stream),
    ]
    return _pdf(parts)


def picture_bomb_pdf(side: int) -> bytes:
    """A page with a picture of side x side pixels in a few kilobytes."""
    body = zlib.compress(b"\0" * 1_000_000, 9)
    parts = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        (
            b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 612 792]/Contents 4 0 R"
            b"/Resources<</XObject<</I 5 0 R>>>>>>"
        ),
        b"<</Length 26>>stream\nq 612 0 0 792 0 0 cm /I Do\nendstream",
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/ColorSpace/DeviceRGB"
        b"/BitsPerComponent 8/Length %d/Filter/FlateDecode>>stream\n%s\nendstream"
        % (side, side, len(body), body),
    ]
    return _pdf(parts)


def _pdf(parts: list[bytes]) -> bytes:
    out = b"%PDF-1.5\n"
    places = []
    for number, part in enumerate(parts, 1):
        places.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    return out + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n"
        % (size, table, size, len(out))
    )
