"""What a file is comes from its bytes; text comes out clean in any usual encoding."""

from __future__ import annotations

import gzip
import io
import zipfile

import pytest
from document_samples import letter_pdf, picture, words_picture

from healthmate_desktop.documents.detect import kind_of
from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument

pytestmark = pytest.mark.unit


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "TIFF", "BMP", "GIF", "WEBP"])
def test_pictures_are_known_by_their_first_bytes(kind: str) -> None:
    assert kind_of(picture(words_picture("x"), kind), "notes.txt") is DocumentKind.IMAGE


def test_pdf_is_known_also_with_junk_before_it_and_a_wrong_name() -> None:
    assert kind_of(b"\r\n\x00junk" + letter_pdf(), "photo.png") is DocumentKind.PDF


@pytest.mark.parametrize(
    ("content", "name", "kind"),
    [
        (b"BM is how this text begins, and it is no bitmap", "a", DocumentKind.TEXT),
        (b"# Asthma\n\nText", "asthma.md", DocumentKind.MARKDOWN),
        (b"# Asthma\n\nText", "asthma.txt", DocumentKind.TEXT),
        (b"\xef\xbb\xbf<!DOCTYPE html><p>x", "a.txt", DocumentKind.HTML),
        ("<html><p>x".encode("utf-16"), "a", DocumentKind.HTML),
        ("Größe 5".encode("utf-16-le"), "a", DocumentKind.TEXT),
    ],
)
def test_text_formats(content: bytes, name: str, kind: DocumentKind) -> None:
    assert kind_of(content, name) is kind


@pytest.mark.parametrize("content", [b"", b"\x00\x00", b" \r\n\t "])
def test_empty_file_is_told_as_empty(content: bytes) -> None:
    with pytest.raises(UnreadableDocument, match="The file is empty"):
        kind_of(content, "letter.pdf")


def _zip() -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        archive.writestr("../../evil.txt", "x" * 100)
    return content.getvalue()


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (_zip(), "This is an archive. It is kept. Add it again"),
        (gzip.compress(b"x" * 100), "this kind of archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "before 2007"),
        (b"{\\rtf1 hello}", "RTF"),
        (b"<?xml version='1.0'?><letter/>", "XML"),
        (bytes(range(256)) * 20, "This kind of file is not one HealthMate can read yet"),
        (b"\x7fELF" + bytes(2000), "This kind of file"),
    ],
)
def test_other_kinds_are_refused_in_clear_words(content: bytes, words: str) -> None:
    with pytest.raises(UnsupportedDocument, match=words):
        kind_of(content, "letter.pdf")
