"""Tell what a file is from its content. The name decides only between plain text and Markdown."""

from __future__ import annotations

import re

from healthmate_desktop.documents.archives import Archive, Inside, inside, is_zip, refuse_unread
from healthmate_desktop.documents.dicom import is_dicom
from healthmate_desktop.documents.sheets import is_table
from healthmate_desktop.documents.text import utf16_without_mark
from healthmate_desktop.documents.word_files import refuse_old_files
from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.ccda.detecting import is_ccda
from healthmate_desktop.interop.fhir import is_fhir

_PICTURES = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\x00",
    b"MM\x00*",
    b"GIF87a",
    b"GIF89a",
)
_HTML = re.compile(rb"<!doctype\s+html|<html[\s>]|<head[\s>]|<body[\s>]", re.IGNORECASE)
_MARKDOWN_NAME = (".md", ".markdown", ".mdown")
_UTF_MARKS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff")
_HEAD = 4096
_LONG_HEAD = 65536

_READABLE = "It reads PDF and Word files, pictures, web pages, text, tables, FHIR, C-CDA and ZIP files of these."
_ARCHIVE = (
    "This is an archive. It is kept. Add it again, so that the files in it are taken in one by one."
)
_NO_FILES = "There is no file in this archive, so there is nothing to read. It is kept."
_PACKED = "HealthMate can not read this kind of archive. The file is kept. Unpack it, and add the files in it."
_XML = (
    "HealthMate reads XML files of C-CDA and of Apple Health, and this is neither. It is kept. "
    "Save it as a PDF or a web page, and add that."
)
_UNKNOWN = f"This kind of file is not one HealthMate can read yet. It is kept. {_READABLE}"


def kind_of(content: bytes, name: str) -> DocumentKind:
    """Raises UnreadableDocument for an empty file and UnsupportedDocument for a kind that can't be read."""
    if not content.strip(b"\x00 \t\r\n"):
        raise UnreadableDocument(
            "The file is empty, so there is nothing to read. Add it again from where it came from."
        )
    head = content[:_HEAD]
    if b"%PDF-" in head[:1024]:
        return DocumentKind.PDF
    if head.startswith(_PICTURES) or _is_webp(head) or _is_bmp(head):
        return DocumentKind.IMAGE
    refuse_old_files(content)
    if is_zip(head):
        return _kind_of_archive(content)
    if head.startswith((b"\x1f\x8b", b"7z\xbc", b"Rar!")):
        raise UnsupportedDocument(_PACKED)
    if is_dicom(content[:_LONG_HEAD]):
        return DocumentKind.DICOM
    return _kind_of_text(content, name)


def _kind_of_archive(content: bytes) -> DocumentKind:
    archive = Archive(content)
    kind = inside(archive)
    refuse_unread(kind)
    if kind is Inside.WORD:
        return DocumentKind.WORD
    if kind is Inside.WORKBOOK:
        return DocumentKind.SHEET
    if not archive.entries:
        raise UnreadableDocument(_NO_FILES)
    raise UnsupportedDocument(_ARCHIVE)


def _kind_of_text(content: bytes, name: str) -> DocumentKind:
    head = content[:_HEAD]
    if not _is_text(head):
        raise UnsupportedDocument(_UNKNOWN)
    plain = head.replace(b"\x00", b"").lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n")
    if is_fhir(content[:_LONG_HEAD]):
        return DocumentKind.FHIR
    if is_ccda(content[:_LONG_HEAD]):
        return DocumentKind.CCDA
    if _HTML.search(plain):
        return DocumentKind.HTML
    if plain.startswith(b"<?xml"):
        raise UnsupportedDocument(_XML)
    if is_table(content, name):
        return DocumentKind.TABLE
    return DocumentKind.MARKDOWN if name.lower().endswith(_MARKDOWN_NAME) else DocumentKind.TEXT


def _is_webp(head: bytes) -> bool:
    return head[:4] == b"RIFF" and head[8:12] == b"WEBP"


def _is_bmp(head: bytes) -> bool:
    """`BM` alone begins many a text; the reserved bytes and the size of the next header do not."""
    return head[:2] == b"BM" and head[6:10] == b"\x00" * 4 and head[15:18] == b"\x00" * 3


def _is_text(head: bytes) -> bool:
    if head.startswith(_UTF_MARKS) or utf16_without_mark(head):
        return True
    strange = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return strange <= max(3, len(head) // 100)
