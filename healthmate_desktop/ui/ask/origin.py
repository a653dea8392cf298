"""Where a sentence of an answer came from, read off the GUI thread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import DocumentKind
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.ui.dates import day, month
from healthmate_desktop.ui.documents.sheet import PICTURE_WIDTH, Sheet, cut, sheet_of, with_picture
from healthmate_desktop.ui.library.article import cuts_of

if TYPE_CHECKING:
    from healthmate_desktop.domain.answers import Citation
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.documents import DocumentService
    from healthmate_desktop.services.library import LibraryService


@dataclass(frozen=True, slots=True)
class Origin:
    """What the source panel says about a citation, and the page to show."""

    detail: str
    sheet: Sheet
    note: str = ""  # a warning that goes with the source: "Not reviewed by a clinician"


def origin_in_documents(
    service: DocumentService, patient_id: PatientId, citation: Citation
) -> Origin:
    """Raises HealthMateError."""
    place = service.place(citation)
    document = next(d for d in service.of_patient(patient_id) if d.id == citation.document_id)
    name = f"Page {citation.page} of {document.name}"
    formatted = document.kind in {DocumentKind.MARKDOWN, DocumentKind.HTML}
    sheet = with_picture(
        sheet_of(place, name, markdown=formatted),
        lambda: service.picture(DocumentId(citation.document_id), citation.page, PICTURE_WIDTH),
    )
    parts = [] if citation.title == document.name else [document.name]
    if place.page_count > 1:
        parts.append(f"page {citation.page} of {place.page_count}")
    parts.append(f"added {day(document.added_at)}")
    detail = ", ".join(parts)
    return Origin(detail[0].upper() + detail[1:], sheet)


def origin_in_library(service: LibraryService, citation: Citation) -> Origin:
    """Raises HealthMateError."""
    place = service.place(citation)
    article = service.article(citation.document_id)
    source = next(s for s in service.sources() if s.id == article.source_id)
    sheet = with_picture(
        _leaf_of(
            sheet_of(place, f"Page {citation.page} of {article.title}", markdown=not article.file)
        ),
        lambda: service.picture(article.id, citation.page, PICTURE_WIDTH),
    )
    page = f", page {citation.page} of {place.page_count}" if place.page_count > 1 else ""
    dated = month(source.published) if source.published else "date not known"
    return Origin(f"{source.title}{page}, {dated}", sheet, source.note)


def _leaf_of(sheet: Sheet) -> Sheet:
    """Of a long text without a picture only the part that the lit words stand in."""
    if sheet.size[0]:
        return sheet
    at = sheet.lit[0] if sheet.lit else 0
    start, end = next(part for part in reversed(cuts_of(sheet.text)) if part[0] <= at)
    return cut(sheet, start, end)
