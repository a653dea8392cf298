"""Files made to harm: bounded in time and memory, told in clear words, and never more than one file lost."""

from __future__ import annotations

import contextlib
import random
import struct
import time
import zlib
from typing import TYPE_CHECKING

import psutil
import pytest
from document_samples import (
    letter_pdf,
    locked_pdf,
    pdf_with_stream,
    picture,
    picture_bomb_pdf,
    png_of_size,
    read,
    table_pdf,
    words_picture,
)

from healthmate_desktop.documents import limits, pdf
from healthmate_desktop.documents.client import Reader
from healthmate_desktop.errors import ChildDied, DocumentError, UnreadableDocument

if TYPE_CHECKING:
    from collections.abc import Callable

    from healthmate_desktop.domain.documents import ReadDocument

pytestmark = pytest.mark.security


def _read(content: bytes) -> ReadDocument:
    reading = Reader().read(content, "file.pdf")
    while True:
        try:
            next(reading)
        except StopIteration as end:
            document: ReadDocument = end.value
            return document


def test_locked_pdf_asks_for_an_unlocked_copy() -> None:
    with pytest.raises(UnreadableDocument, match=r"password.*It is kept"):
        read(locked_pdf())


def test_cut_off_pdf_gives_what_is_left_and_says_so() -> None:
    whole = letter_pdf(20)
    document = read(whole[: len(whole) * 2 // 3])
    assert 0 < len(document.pages) <= 20
    assert document.problems[0].where == "the file"


def test_damaged_page_is_named_and_the_others_are_read() -> None:
    import pymupdf

    damaged = pymupdf.open(stream=letter_pdf(3), filetype="pdf")
    damaged.xref_set_key(damaged[1].xref, "MediaBox", "[0 0 0.0001 99999999]")
    damaged.xref_set_key(damaged[1].xref, "CropBox", "[0 0 0.0001 99999999]")
    damaged.update_stream(damaged[1].get_contents()[0], b"\xff\x00 garbage (((")
    document = read(damaged.tobytes())
    lost = [problem.where for problem in document.problems]
    assert {page.number for page in document.pages} >= {1, 3}
    assert lost == ["page 2"] or document.pages[1].text == ""


@pytest.mark.parametrize("content", [b"%PDF-1.7\n", b"%PDF-1.4\n" + bytes(range(256)) * 40])
def test_garbage_pdf_is_unreadable(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="kept"):
        read(content)


def test_pdf_with_too_many_pages_or_parts_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(UnreadableDocument, match=r"2,000 pages|damaged"):
        read(pdf_with_stream(zlib.compress(b""), count=1_000_000))
    monkeypatch.setattr(pdf, "MOST_OBJECTS", 3)
    with pytest.raises(UnreadableDocument, match="500,000 parts"):
        read(letter_pdf())


def test_page_with_too_many_words_costs_that_page(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_WORDS", 20)
    with pytest.raises(UnreadableDocument):
        read(letter_pdf())


def test_text_over_the_limit_ends_there(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "LONGEST_TEXT", 700)
    document = read(letter_pdf(5))
    assert len(document.pages) == 2
    assert document.problems[-1].where == "page 3"


@pytest.mark.parametrize("size", [(50_000, 50_000), (8_000, 8_000), (40_000, 10)])
def test_picture_too_large_is_refused_by_its_header(size: tuple[int, int]) -> None:
    started = time.monotonic()
    with pytest.raises(UnreadableDocument, match="too large"):
        read(png_of_size(*size))
    assert time.monotonic() - started < 2


def test_broken_pictures_are_unreadable() -> None:
    whole = picture(words_picture("Blood pressure"))
    for content in (whole[:100], whole[:600], png_of_size(100, 100), b"GIF89a" + b"\xff" * 30):
        with pytest.raises(UnreadableDocument):
            read(content)


def _flate(unit: bytes, times: int) -> bytes:
    """Many copies of `unit`, compressed a piece at a time so that the test itself stays small."""
    packer = zlib.compressobj(9)
    pieces = [packer.compress(unit * 1000) for _ in range(times // 1000)]
    return b"".join(pieces) + packer.flush()


def _nested() -> bytes:
    stream = zlib.compress(zlib.compress(_flate(b" " * 100, 3_000_000), 9), 9)
    filters = b"[/FlateDecode/FlateDecode/FlateDecode]"
    return pdf_with_stream(stream).replace(b"/FlateDecode", filters)


def _many_words() -> bytes:
    font = b"/Font<</F<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>>>"
    stream = zlib.compress(b"BT /F 9 Tf " + b"1 0 0 1 9 9 Tm (bomb ) Tj " * 2_000_000 + b"ET", 9)
    return pdf_with_stream(stream, resources=font)


def _png_with_long_comment() -> bytes:
    chunk = b"zTXt" + b"a\x00\x00" + _flate(bytes(1000), 200_000)
    whole = struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk))
    png = picture(words_picture("x"))
    return png[:33] + whole + png[33:]


_BOMBS: dict[str, Callable[[], bytes]] = {
    "blank stream": lambda: pdf_with_stream(_flate(b" " * 100, 3_000_000)),
    "nested streams": _nested,
    "words": _many_words,
    "saved states": lambda: pdf_with_stream(_flate(b"q ", 20_000_000)),
    "picture": lambda: picture_bomb_pdf(60_000),
    "png comment": _png_with_long_comment,
}


@pytest.mark.slow
@pytest.mark.parametrize("make", _BOMBS.values(), ids=_BOMBS)
def test_bombs_are_bounded(make: Callable[[], bytes]) -> None:
    bomb = make()
    started = time.monotonic()
    with contextlib.suppress(UnreadableDocument):
        document = _read(bomb)
        assert sum(len(page.text) for page in document.pages) <= limits.LONGEST_TEXT
    assert time.monotonic() - started < 100
    assert psutil.Process().children() == []


def test_memory_bomb_costs_one_file() -> None:
    reader = Reader()
    with pytest.raises(UnreadableDocument):
        list(reader.read(picture_bomb_pdf(300_000), "bomb.pdf"))
    assert psutil.Process().children() == []
    assert set(reader.read(letter_pdf(), "letter.pdf")) == {(1, 1)}


def _mutated(seed: bytes, chance: random.Random) -> bytes:
    content = bytearray(seed)
    for _ in range(chance.choice((1, 3, 10, 60))):
        if len(content) < 8:
            break
        at = chance.randrange(len(content))
        how = chance.randrange(5)
        if how == 0:
            content[at] ^= 1 << chance.randrange(8)
        elif how == 1:
            content[at : at + chance.randrange(1, 40)] = chance.randbytes(chance.randrange(40))
        elif how == 2:
            del content[at : at + chance.randrange(1, 200)]
        elif how == 3:
            content[at:at] = content[max(0, at - 80) : at]
        else:
            number = str(chance.choice((-1, 0, 65_536, 2**31, 2**63))).encode()
            content[at : at + len(number)] = number
    return bytes(content)


def _seeds() -> list[bytes]:
    words = words_picture("Blood pressure 128", (400, 120))
    return [
        letter_pdf(2),
        table_pdf(ruled=True),
        *(picture(words, kind) for kind in ("PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP")),
        b"<!doctype html><title>Iron</title><h1>Iron</h1><table><tr><td>Ferritin<td>9</table>",
        "---\ntitle: Fièvre\n---\n# Fièvre\n\n- 39 °C\n".encode(),
        "Fièvre".encode("utf-16"),
    ]


def _fuzz(rounds: int, seed: int) -> None:
    chance = random.Random(seed)
    seeds = _seeds()
    for number in range(rounds):
        content = _mutated(seeds[number % len(seeds)], chance)
        with contextlib.suppress(DocumentError, ChildDied):
            for page in _read(content).pages:
                assert all(page.text[word.start : word.end] for word in page.words)
    assert psutil.Process().children() == []


def test_mutated_files_only_ever_give_document_errors() -> None:
    _fuzz(rounds=11, seed=1)


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_mutated_files_only_ever_give_document_errors() -> None:
    _fuzz(rounds=154, seed=2)
