"""Pages and what was read from a document, made ready off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind, boxes_of
from healthmate_desktop.domain.ids import PassageId
from healthmate_desktop.domain.passages import Passage, passages_of_pages
from healthmate_desktop.errors import NotFound
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, with_picture

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.documents import Box, Document, Page
    from healthmate_desktop.services.documents import DocumentService

_FORMATTED = {DocumentKind.MARKDOWN, DocumentKind.HTML}
SHARPEST = 3200  # pixels across


@dataclass(frozen=True, slots=True)
class Spot:
    """The place to open: letters of the page, the boxes of a value, or the very letters it was read from."""

    document_id: str
    page: int = 1
    start: int = 0
    length: int = 0
    boxes: tuple[Box, ...] = ()
    quote: str = ""


def load_sheet(service: DocumentService, document: Document, spot: Spot) -> Sheet:
    """Raises HealthMateError."""
    page = service.page(document.id, spot.page)
    lit = _lit(page, spot)
    sheet = Sheet(
        name=f"Page {spot.page} of {document.name}",
        text=page.text,
        lit=lit,
        boxes=spot.boxes or (boxes_of(page, *lit) if lit else ()),
        size=(page.width, page.height),
        markdown=document.kind in _FORMATTED,
        words=page.words,
    )
    return with_picture(sheet, lambda: service.picture(document.id, spot.page, PICTURE_WIDTH))


def _lit(page: Page, spot: Spot) -> tuple[int, int] | None:
    if spot.length:
        return spot.start, spot.start + spot.length
    start = page.text.find(spot.quote) if spot.quote and not spot.boxes else -1
    return (start, start + len(spot.quote)) if start >= 0 else None


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `sureness` is the mean of the words that were read from pictures, 0 to 1."""

    pages: int = 0
    lost: int = 0
    by_ocr: int = 0
    sureness: float = 0.0
    weakest: int = 0  # the page that was read least surely; 0 = none was read from a picture
    passages: int = 0


def reading_of(service: DocumentService, document: Document) -> Generator[None, None, Reading]:
    """Page by page, so that it can be stopped."""
    texts: list[tuple[int, str]] = []
    scanned: dict[int, float] = {}
    by_ocr = 0
    for number in range(1, document.page_count + 1):
        try:
            page = service.page(document.id, number)
        except NotFound:  # it was lost when the file was read
            continue
        yield
        texts.append((number, page.text))
        by_ocr += page.by_ocr
        if page.by_ocr and page.words:
            sureness = sum(word.confidence for word in page.words) / len(page.words)
            scanned[number] = sureness
    like = Passage(PassageId(""), "person", document.id, document.name, "")
    return Reading(
        pages=len(texts),
        lost=document.page_count - len(texts),
        by_ocr=by_ocr,
        sureness=sum(scanned.values()) / len(scanned) if scanned else 0.0,
        weakest=min(scanned, key=lambda number: scanned[number]) if scanned else 0,
        passages=len(passages_of_pages(texts, like)),
    )
