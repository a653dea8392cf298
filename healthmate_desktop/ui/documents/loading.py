"""Pages and what was read from a document, made ready off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind, boxes_of
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, with_picture

if TYPE_CHECKING:
    from healthmate_desktop.domain.documents import Box, Document, Page
    from healthmate_desktop.services.documents import DocumentService

_FORMATTED = {DocumentKind.MARKDOWN, DocumentKind.HTML}


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
