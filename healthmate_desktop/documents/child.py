"""The reader process: one untrusted file in, its pages out. It is limited and may be killed at any time."""

from __future__ import annotations

import os
from dataclasses import replace
from typing import TYPE_CHECKING, NoReturn

from healthmate_desktop.children import Message, serve
from healthmate_desktop.documents import limits, wire
from healthmate_desktop.documents.detect import kind_of
from healthmate_desktop.documents.health_export import read_export
from healthmate_desktop.documents.page_records import PagesRead
from healthmate_desktop.documents.structured import STRUCTURED, read_structured
from healthmate_desktop.domain.documents import DocumentKind, Problem, ReadDocument
from healthmate_desktop.errors import DocumentError, UnreadableDocument, UnsupportedDocument

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from healthmate_desktop.domain.documents import Page
    from healthmate_desktop.interop.tables import KnownColumns, Look

_NOTHING_READ = (
    "No page of this file could be read; it is damaged or too large. It is kept. "
    "Add it again from where it came from, or print it to a new PDF and add that."
)
_CUT_OFF = "The end of the file is missing, so pages may be missing too. Add the file again from where it came from."


def main() -> NoReturn:
    os.environ["OPENBLAS_NUM_THREADS"] = (
        "1"  # each of its threads would reserve memory we do not have
    )
    limits.limit_process()
    serve(answer, read_export)


def answer(request: Message) -> Iterator[Message]:
    """`ready` first: a process that dies before it is a broken installation, and after it a bad file."""
    yield {"ready": True}
    if request["do"] == "print":
        yield from _print(request["summary"])
        return
    try:
        content, name = bytes(request["content"]), str(request["name"])
        if request["do"] in {"articles", "collection"}:
            yield from _for_library(request["do"], content, name)
            return
        if request["do"] == "unpack":
            yield from _unpack(content)
            return
        kind = kind_of(content, name)
        if request["do"] == "draw":
            yield {"png": _draw(content, kind, int(request["page"]), int(request["width"]))}
        elif request["do"] == "read_page":
            yield wire.packed_page(_read_page(content, kind, int(request["page"])))
        elif request["do"] == "look":
            yield wire.packed_looks(_look(content, kind, wire.unpacked_columns(request)))
        else:
            yield from _read(content, kind, wire.unpacked_columns(request))
    except DocumentError as error:
        yield wire.packed_error(error)


def _for_library(task: str, content: bytes, name: str) -> Iterator[Message]:
    from healthmate_desktop.documents.articles import collection_within, read_articles

    limits.allow_another_page()  # this process may have read other files before
    if task == "articles":
        yield from read_articles(content, name)
    else:
        yield {"collection": str(collection_within(content) or "")}


def _unpack(content: bytes) -> Iterator[Message]:
    """Nothing comes out of what is one file packed as an archive, such as a Word file. Raises UnreadableDocument."""
    from healthmate_desktop.documents.archives import Archive, Inside, inside, members

    if inside(Archive(content)) is Inside.FILES:
        for each in members(content):
            limits.allow_another_page()
            yield (
                wire.packed_left_out(each)
                if isinstance(each, Problem)
                else wire.packed_member(*each)
            )
    yield {"unpacked": True}


def _read(content: bytes, kind: DocumentKind, columns: KnownColumns) -> Iterator[Message]:
    if kind is DocumentKind.PDF:
        yield from _read_pdf(content)
    elif kind is DocumentKind.IMAGE:
        yield from _read_picture(content)
    elif kind in STRUCTURED:
        yield from read_structured(content, kind, columns)
    elif kind is DocumentKind.WORD:
        yield from _read_word(content)
    elif kind is DocumentKind.HTML:
        yield from _read_web_page(content)
    else:
        yield from _whole(_read_text(content, kind))


def _look(content: bytes, kind: DocumentKind, columns: KnownColumns) -> list[Look]:
    """Raises UnreadableDocument or UnsupportedDocument."""
    from healthmate_desktop.documents.grids import look_at_grids

    return list(look_at_grids(content, kind, columns))


def _read_page(content: bytes, kind: DocumentKind, number: int) -> Page:
    """Raises UnreadableDocument, also where there is no such page."""
    if kind is DocumentKind.PDF:
        from healthmate_desktop.documents import pdf

        try:
            document = pdf.open_pdf(content)
            pdf.with_fields(document)
            return pdf.read_page(document, number)[0]
        except pdf.page_errors() as error:
            raise UnreadableDocument(pdf.PAGE_LOST) from error
    if kind is DocumentKind.IMAGE:
        from healthmate_desktop.documents import pictures

        return pictures.read_page(pictures.open_picture(content), number)[0]
    if kind is DocumentKind.DICOM:
        from healthmate_desktop.documents.dicom import describe_dicom

        return describe_dicom(content)
    return _read_text(content, kind).pages[0]


def _read_word(content: bytes) -> Iterator[Message]:
    from healthmate_desktop.documents.word_files import read_word

    document = read_word(content)
    limits.allow_another_page()
    aligned = {page.number: page for page in read_word(content, aligned=True).pages}
    yield from _whole(document, aligned)


def _read_web_page(content: bytes) -> Iterator[Message]:
    from healthmate_desktop.documents.html import read_html

    document = _read_text(content, DocumentKind.HTML)
    yield from _whole(document, {1: read_html(content, aligned=True).pages[0]})


def _whole(document: ReadDocument, aligned: Mapping[int, Page] | None = None) -> Iterator[Message]:
    """`aligned` are its pages as they are looked through, where that is not as they are shown."""
    yield {"total": len(document.pages)}
    pages = PagesRead()
    for page in document.pages:
        yield pages.add(page, (aligned or {}).get(page.number, page))
    yield from pages.end(replace(document, pages=()))


def _read_text(content: bytes, kind: DocumentKind) -> ReadDocument:
    from healthmate_desktop.documents.html import read_html
    from healthmate_desktop.documents.text import read_text

    document = read_html(content) if kind is DocumentKind.HTML else read_text(content, kind)
    if not document.pages[0].text.strip():
        raise UnreadableDocument(
            "There is no text in this file, so there is nothing to read. It is kept."
        )
    return document


def _read_pdf(content: bytes) -> Iterator[Message]:
    from healthmate_desktop.documents import pdf

    document = pdf.open_pdf(content)
    cut_off = pdf.looks_cut_off(document, content)
    problems = [Problem("the file", _CUT_OFF)] if cut_off else []
    try:
        pdf.with_fields(document)
    except pdf.page_errors():
        problems.append(Problem("the form", "What was filled into this form could not be read."))

    def read(number: int) -> tuple[Page, str]:
        try:
            return pdf.read_page(document, number)
        except pdf.page_errors() as error:
            raise UnreadableDocument(pdf.PAGE_LOST) from error

    yield from _pages(DocumentKind.PDF, document.page_count, read, pdf.title_of(document), problems)


def _read_picture(content: bytes) -> Iterator[Message]:
    from healthmate_desktop.documents import pictures

    picture = pictures.open_picture(content)
    total = pictures.count_pages(picture)

    def read(number: int) -> tuple[Page, str]:
        return pictures.read_page(picture, number)

    yield from _pages(DocumentKind.IMAGE, total, read, "", [])


def _pages(
    kind: DocumentKind,
    total: int,
    read: Callable[[int], tuple[Page, str]],
    title: str,
    problems: list[Problem],
) -> Iterator[Message]:
    """Page by page; a page that can't be read is a problem, and only all of them together an error."""
    if total < 1:
        raise UnreadableDocument(_NOTHING_READ)
    yield {"total": total}
    pages, length = PagesRead(), 0
    for number in range(1, total + 1):
        limits.allow_another_page()
        try:
            page, heading = read(number)
        except UnreadableDocument as error:
            problems.append(Problem(f"page {number}", str(error)))
            yield {"lost": number}
            continue
        length += len(page.text)
        if length > limits.LONGEST_TEXT:
            problems.append(Problem(f"page {number}", "The text is too long, so it ends here."))
            break
        title = title or heading
        yield pages.add(page)
    if not pages.numbers:
        raise UnreadableDocument(problems[-1].message if total == 1 else _all_lost(problems))
    yield from pages.end(ReadDocument(kind, title, (), tuple(problems)))


def _all_lost(problems: list[Problem]) -> str:
    """One reason if all pages share it, such as missing Tesseract."""
    reasons = {problem.message for problem in problems if problem.where.startswith("page ")}
    return reasons.pop() if len(reasons) == 1 and "kept" in min(reasons) else _NOTHING_READ


def _print(fields: Message) -> Iterator[Message]:
    """A summary that we made ourselves, on paper."""
    from healthmate_desktop.documents.summary_pdf import SummaryPdf, unpacked

    paper = SummaryPdf(unpacked(fields))
    for done, total in paper.pages():
        yield {"laid": [done, total]}
    yield {"pdf": paper.finished()}


def _draw(content: bytes, kind: DocumentKind, number: int, width: int) -> bytes:
    if kind is DocumentKind.PDF:
        from healthmate_desktop.documents import pdf

        document = pdf.open_pdf(content)
        try:
            return pdf.draw_page(document, number, width)
        except pdf.page_errors() as error:
            raise UnreadableDocument(pdf.PAGE_LOST + " The file is kept.") from error
    if kind is DocumentKind.IMAGE:
        from healthmate_desktop.documents import pictures

        return pictures.draw_page(pictures.open_picture(content), number, width)
    if kind is DocumentKind.DICOM:
        from healthmate_desktop.documents.dicom import draw_dicom

        return draw_dicom(content, width, number)
    raise UnsupportedDocument("This file is text and has no pages to draw. Read its text instead.")
