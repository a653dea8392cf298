"""Documents as they arrive and as they are read: pages, words and where each word stands."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NamedTuple

if TYPE_CHECKING:
    from datetime import datetime

    from healthmate_desktop.domain.ids import DocumentId, PatientId
    from healthmate_desktop.domain.proposals import NamedPerson, Proposal


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle on a page in points (1/72 inch), origin at the top left, x1 > x0 and y1 > y0."""

    x0: float
    y0: float
    x1: float
    y1: float


@dataclass(frozen=True, slots=True)
class Word:
    """`page.text[start:end]` is the word; `confidence` is 0 to 1, and 1 for text that was not OCR'd."""

    start: int
    end: int
    box: Box
    confidence: float = 1.0


@dataclass(frozen=True, slots=True)
class Page:
    """One page as read. Text formats without pages are one page without words, of size 0."""

    number: int  # from 1
    text: str
    width: float = 0.0  # points, as shown, after rotation
    height: float = 0.0
    words: tuple[Word, ...] = ()
    by_ocr: bool = False


class DocumentKind(StrEnum):
    """What the bytes are, found from their content and never from the file's name alone."""

    PDF = "pdf"
    IMAGE = "image"
    TEXT = "text"
    MARKDOWN = "markdown"
    HTML = "html"
    WORD = "docx"
    SHEET = "xlsx"
    TABLE = "csv"
    FHIR = "fhir"
    CCDA = "ccda"
    APPLE_HEALTH = "apple_health"
    DICOM = "dicom"
    ARCHIVE = "zip"

    @property
    def has_pictures(self) -> bool:
        """Whether its pages can be drawn."""
        return self in {DocumentKind.PDF, DocumentKind.IMAGE, DocumentKind.DICOM}


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read. `where` is fit to show: "page 3"."""

    where: str
    message: str


class BytesRead(NamedTuple):
    """How far a large file is read."""

    done: int
    total: int


UNSURE_COLUMNS = "It is not sure what the columns of this table mean."
"""Begins each problem of such a table, and is a doubt of all that was read from it: nothing of it counts unseen."""
COLUMNS_AS_BEFORE = "The columns of this table were read as you said before."


@dataclass(frozen=True, slots=True)
class ReadDocument:
    kind: DocumentKind
    title: str  # from the content (heading, metadata); "" if it has none
    pages: tuple[Page, ...]
    problems: tuple[Problem, ...] = ()
    proposals: tuple[Proposal, ...] = ()
    people: tuple[NamedPerson, ...] = ()


DocumentState = Literal["importing", "ready", "unreadable"]


@dataclass(frozen=True, slots=True)
class Document:
    """A file kept for a person (FHIR DocumentReference). The bytes are in the vault, encrypted."""

    id: DocumentId
    patient_id: PatientId
    name: str
    kind: DocumentKind | None  # None while it could not be told
    size: int  # bytes
    sha256: str  # of the original bytes
    added_at: datetime  # UTC
    state: DocumentState
    page_count: int = 0
    problems: tuple[Problem, ...] = ()
    people: tuple[NamedPerson, ...] = ()  # whom it says it is about
    import_id: str = ""  # of the import that brought it


def has_unsure_columns(document: Document | ReadDocument) -> bool:
    """Whether a person should say what the columns of a table in it mean."""
    return any(problem.message.startswith(UNSURE_COLUMNS) for problem in document.problems)


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a document comes from, as far as what was read from it says; both may be empty."""

    dated: str = ""  # FHIR date of the newest thing it tells of
    sender: str = ""  # an organisation, else whoever wrote it


def boxes_of(page: Page, start: int, end: int) -> tuple[Box, ...]:
    """The boxes of `page.text[start:end]`, one a line of print. Empty where the page has no words."""
    lines: list[Box] = []
    for word in page.words:
        if word.end <= start or word.start >= end:
            continue
        box = word.box
        if lines and _same_line(lines[-1], box):
            last = lines[-1]
            lines[-1] = Box(
                last.x0, min(last.y0, box.y0), max(last.x1, box.x1), max(last.y1, box.y1)
            )
        else:
            lines.append(box)
    return tuple(lines)


def _same_line(line: Box, word: Box) -> bool:
    overlap = min(line.y1, word.y1) - max(line.y0, word.y0)
    return overlap > 0.5 * min(line.y1 - line.y0, word.y1 - word.y0) and word.x0 >= line.x0
