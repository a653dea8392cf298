"""Documents of one person with pages, words and pictures, and the screen over them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.documents import Box, Document, DocumentKind, Page, Problem, Word
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.errors import NotFound, UnreadableDocument
from healthmate_desktop.services.documents import Reading, reading_of
from ui.page_png import png
from ui.record_fakes import FakeReview
from ui.window_fakes import ROSA, TOMAS, WHEN, FakeDocuments, FakeVault

if TYPE_CHECKING:
    from collections.abc import Generator

    from healthmate_desktop.domain.documents import DocumentState

NOTE = "# Visit\n\n- **Pulse** 68 a minute\n- Weight 71.4 kg"
LINE = "Glucose 7.2 up"
WORDS = (  # of that line, on a page in points
    Word(0, 7, Box(40, 400, 85, 412)),
    Word(8, 11, Box(90, 400, 110, 412)),
    Word(12, 14, Box(115, 400, 130, 412)),
)
GLUCOSE = Box(38, 398, 132, 414)


def document(
    key: str,
    kind: DocumentKind | None = DocumentKind.PDF,
    state: DocumentState = "ready",
    pages: int = 1,
    *problems: Problem,
    import_id: str = "",
) -> Document:
    name = f"{key}.pdf"
    return Document(
        DocumentId(key),
        ROSA.id,
        name,
        kind,
        1,
        key,
        WHEN,
        state,
        pages,
        tuple(problems),
        import_id=import_id,
    )


class Kept(FakeDocuments):
    """Pages 1 and 2 of each can be opened; that of "note" is text."""

    def __init__(self, *files: Document) -> None:
        super().__init__()
        self.kept = list(files)
        self.drawable, self.lists, self.drawn = True, 0, list[tuple[str, int]]()
        self.widths: list[int] = []
        self.rejected = 0
        self.pages: dict[tuple[str, int], str] = {}  # other words than `LINE`

    def of_patient(self, patient_id: object) -> list[Document]:
        self.lists += 1
        return [d for d in self.kept if d.patient_id == patient_id]

    def page(self, document_id: DocumentId, number: int) -> Page:
        if document_id == "note":
            return Page(1, NOTE)
        if number > 2:
            raise NotFound("This page is not there any more.")
        text = self.pages.get((document_id, number), LINE)
        words = WORDS if text == LINE else ()
        page = Page(number, text, 595, 842, words)
        if document_id == "photo":
            sure = tuple(replace(word, confidence=0.5) for word in words)
            return replace(page, words=sure, by_ocr=True)
        return page

    def reading(self, document_id: DocumentId) -> Generator[None, None, Reading]:
        document = next(d for d in self.kept if d.id == document_id)
        found = []
        for number in range(1, document.page_count + 1):
            with suppress(NotFound):
                found.append(self.page(document_id, number))
            yield
        with_text = sum(bool(page.text) for page in found)
        return replace(reading_of(document, found, with_text), rejected=self.rejected)

    def picture(self, document_id: DocumentId, number: int, width: int) -> bytes:
        self.drawn.append((document_id, number))
        self.widths.append(width)
        if not self.drawable:
            raise UnreadableDocument("This page can't be drawn. It is kept.")
        return png()


def vault_with(kept: Kept) -> FakeVault:
    vault = FakeVault(people=(ROSA, TOMAS))
    vault.documents = kept
    vault.review = FakeReview(vault.records, kept, vault.patients)
    return vault
