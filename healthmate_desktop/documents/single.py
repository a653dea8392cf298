"""Files that are one article each: PDF, pictures of pages, web pages, Word files, text and Markdown."""

from __future__ import annotations

import contextlib
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.documents import limits
from healthmate_desktop.domain.documents import DocumentKind, Problem
from healthmate_desktop.domain.ids import SourceId
from healthmate_desktop.domain.library import Article
from healthmate_desktop.errors import UnreadableDocument, UnsupportedDocument
from healthmate_desktop.interop.sources.page_facts import told_by_html, told_by_markdown

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from healthmate_desktop.domain.library import Heading

    Found = Article | Problem | float

_PERSONAL = {
    *(DocumentKind.FHIR, DocumentKind.CCDA, DocumentKind.APPLE_HEALTH, DocumentKind.DICOM),
}
_PERSONAL_TEXT = (
    "This is a health record of a person, and the library is not encrypted, so it was not added. "
    "Add it to the documents of that person."
)
_NO_COLLECTION = (
    "This is a data file of a kind that HealthMate does not know. "
    "It reads MedlinePlus, MedQuAD, openFDA labels, and folders in BEIR layout as JSON."
)
_NO_TEXT = "There is no text in this file, so there is nothing to read."
_NOTHING_READ = "No page of this file could be read; it is damaged or too large."


def refuse_personal(kind: DocumentKind) -> None:
    """Raises UnsupportedDocument."""
    if kind in _PERSONAL:
        raise UnsupportedDocument(_PERSONAL_TEXT)


def article_of_file(content: bytes, kind: DocumentKind, name: str) -> Iterator[Found]:
    """How much was read, problems, and the article last. Raises UnreadableDocument or UnsupportedDocument."""
    refuse_personal(kind)
    if kind is DocumentKind.PDF:
        yield from _pdf(content, name)
    elif kind is DocumentKind.IMAGE:
        yield from _picture(content, name)
    elif kind is DocumentKind.HTML:
        yield _web_page(content, name)
    elif kind is DocumentKind.WORD:
        from healthmate_desktop.documents.word_files import read_word

        read = read_word(content)
        yield from read.problems
        yield _article(kind, read.title, tuple(page.text for page in read.pages), name)
    elif kind in {DocumentKind.TEXT, DocumentKind.MARKDOWN, DocumentKind.TABLE}:
        yield _text(content, kind, name)
    else:
        raise UnsupportedDocument(_NO_COLLECTION)


def _article(kind: DocumentKind, title: str, pages: tuple[str, ...], name: str) -> Article:
    if not any(page.strip() for page in pages):
        raise UnreadableDocument(_NO_TEXT)
    stem = name.rpartition(".")[0] or name
    return Article(
        "", SourceId(""), title.strip() or stem, pages, external_id=name, kind=kind.value
    )


def _text(content: bytes, kind: DocumentKind, name: str) -> Article:
    from healthmate_desktop.documents.text import decode, read_text

    if content.lstrip(b"\xef\xbb\xbf \t\r\n").startswith((b"{", b"[{")):
        raise UnsupportedDocument(_NO_COLLECTION)
    shown_as = DocumentKind.TEXT if kind is DocumentKind.TABLE else kind
    read = read_text(content, shown_as)
    article = _article(kind, read.title, (read.pages[0].text,), name)
    return told_by_markdown(article, decode(content)) if kind is DocumentKind.MARKDOWN else article


def _web_page(content: bytes, name: str) -> Article:
    from healthmate_desktop.documents.html import decoded, read_html

    read = read_html(content)
    article = _article(DocumentKind.HTML, read.title, (read.pages[0].text,), name)
    return told_by_html(article, decoded(content))


def _pdf(content: bytes, name: str) -> Iterator[Found]:
    from healthmate_desktop.documents import pdf
    from healthmate_desktop.documents.headings import PdfHeadings

    document = pdf.open_pdf(content)
    with contextlib.suppress(*pdf.page_errors()):  # as when a page of it is read again to be lit
        pdf.with_fields(document)
    headings = PdfHeadings(document)
    told: list[Heading] = []

    def read(number: int) -> tuple[str, str]:
        try:
            page, heading = pdf.read_page(document, number)
        except pdf.page_errors() as error:
            raise UnreadableDocument(pdf.PAGE_LOST) from error
        told.extend(headings.of(page))
        return page.text, heading

    for found in _pages(DocumentKind.PDF, document.page_count, read, pdf.title_of(document), name):
        if isinstance(found, Article):
            yield replace(found, headings=tuple(told), published=pdf.date_of(document))
        else:
            yield found


def _picture(content: bytes, name: str) -> Iterator[Found]:
    from healthmate_desktop.documents import pictures

    picture = pictures.open_picture(content)

    def read(number: int) -> tuple[str, str]:
        page, heading = pictures.read_page(picture, number)
        return page.text, heading

    yield from _pages(DocumentKind.IMAGE, pictures.count_pages(picture), read, "", name)


def _pages(
    kind: DocumentKind, total: int, read: Callable[[int], tuple[str, str]], title: str, name: str
) -> Iterator[Found]:
    """Page by page; a lost page is empty, and a problem."""
    texts: list[str] = []
    length = lost = 0
    for number in range(1, total + 1):
        limits.allow_another_page()
        try:
            text, heading = read(number)
        except UnreadableDocument as error:
            yield Problem(f"page {number}", str(error))
            text, heading, lost = "", "", lost + 1
        length += len(text)
        if length > limits.LONGEST_TEXT:
            yield Problem(f"page {number}", "The text is too long, so it ends here.")
            break
        title = title or heading
        texts.append(text)
        yield number / total
    if lost == len(texts):
        raise UnreadableDocument(_NOTHING_READ)
    yield _article(kind, title, tuple(texts), name)
