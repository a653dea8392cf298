"""PDFs and pictures made to harm."""

from __future__ import annotations

import struct
import zlib
from functools import partial

from bomb_kinds import Bomb, flate, keep

PICTURES: dict[str, Bomb] = {}
_bomb = partial(keep, PICTURES)


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
