"""A person's documents: what there is, and the very place a citation stands on."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from healthmate_desktop.domain.answers import Place
from healthmate_desktop.domain.documents import Origin, Problem, boxes_of
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import HealthMateError, InvalidInput, NotFound, VaultDamaged

if TYPE_CHECKING:
    from collections.abc import Generator, Sequence

    from healthmate_desktop.domain.answers import Citation
    from healthmate_desktop.domain.documents import Document, Page
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Originals, PageReader, Vault

MOST_FOUND = 200  # passages that one search looks at
LONGEST_NAME = 200  # letters


@dataclass(frozen=True, slots=True)
class CheckReport:
    """What a check of the vault found."""

    documents: int
    problems: tuple[Problem, ...]


@dataclass(frozen=True, slots=True)
class Listed:
    """A document as it stands in a list."""

    document: Document
    origin: Origin


@dataclass(frozen=True, slots=True)
class ImportCount:
    """What came with one import and is still there; `records` counts those that nobody accepted too."""

    documents: int
    records: int
    accepted: int


@dataclass(frozen=True, slots=True)
class Reading:
    """What was read. `sureness` is the mean of the words that were read from pictures, 0 to 1."""

    pages: int = 0
    lost: int = 0
    by_ocr: int = 0
    sureness: float = 0.0
    weakest: int = 0  # the page that was read least surely; 0 = none was read from a picture
    passages: int = 0
    rejected: int = 0  # proposals that were turned down, or were here already


def reading_of(document: Document, pages: Sequence[Page], passages: int) -> Reading:
    """Of those pages that are there."""
    scanned = {
        page.number: sum(word.confidence for word in page.words) / len(page.words)
        for page in pages
        if page.by_ocr and page.words
    }
    return Reading(
        pages=len(pages),
        lost=document.page_count - len(pages),
        by_ocr=sum(page.by_ocr for page in pages),
        sureness=sum(scanned.values()) / len(scanned) if scanned else 0.0,
        weakest=min(scanned, key=lambda number: scanned[number]) if scanned else 0,
        passages=passages,
    )


class DocumentService:
    """Lists, opens and draws the documents of a person."""

    def __init__(
        self, vault: Vault, access: Access, originals: Originals, reader: PageReader
    ) -> None:
        self._vault = vault
        self._access = access
        self._originals = originals
        self._reader = reader

    def of_patient(self, patient_id: PatientId) -> list[Document]:
        """Newest first."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            return tx.documents.of_patient(patient_id)

    def listed(self, patient_id: PatientId) -> list[Listed]:
        """The newest addition first."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            documents = tx.documents.of_patient(patient_id)
            origins = tx.documents.origins(patient_id)
        return [Listed(document, origins.get(document.id, Origin())) for document in documents]

    def find(self, patient_id: PatientId, words: str) -> list[Document]:
        """Those whose text has all of the words, the best match first. Raises NotFound."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            found = tx.passages.full_text(patient_id, words, MOST_FOUND)
            passages = tx.passages.get([passage_id for passage_id, _ in found])
            ids = dict.fromkeys(DocumentId(passage.document_id) for passage in passages)
            return [tx.documents.get(document_id) for document_id in ids]

    def rename(self, document_id: DocumentId, name: str) -> None:
        """Raises InvalidInput or NotFound."""
        name = storable(name.strip())
        if not name or len(name) > LONGEST_NAME:
            raise InvalidInput("A document needs a name of up to 200 letters.")
        with self._access.write(Action.ADD) as tx:
            tx.documents.rename(document_id, name)

    def assign(self, document_id: DocumentId, patient_id: PatientId) -> None:
        """Give a document, and all that was read from it, to another person. Raises NotFound."""
        with self._access.write(Action.ADD, patient_id) as tx:
            tx.records.move_of(document_id, patient_id)
            tx.documents.assign(document_id, patient_id)

    def remove(self, document_id: DocumentId) -> None:
        """Delete a document, its records and the file itself. That it was there stays in the log. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            tx.records.remove_of(document_id)
            tx.documents.remove(document_id)
        self._originals.remove_deleted()

    def count_of_import(self, import_id: str, patient_id: PatientId) -> ImportCount:
        """What `undo_import` would take away now."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            ids = {document.id for document in tx.documents.of_import(import_id, patient_id)}
            counts = tx.records.counts(patient_id)
        theirs = {key: count for key, count in counts.items() if key[0] in ids}
        accepted = sum(count for (_, state), count in theirs.items() if state == "accepted")
        return ImportCount(len(ids), sum(theirs.values()), accepted)

    def undo_import(self, import_id: str, patient_id: PatientId) -> int:
        """Delete all that came with one import and is still this person's; say how many documents that were."""
        with self._access.write(Action.ADD, patient_id) as tx:
            documents = tx.documents.of_import(import_id, patient_id)
            for document in documents:
                tx.records.remove_of(document.id)
                tx.documents.remove(document.id)
        self._originals.remove_deleted()
        return len(documents)

    def reading(self, document_id: DocumentId) -> Generator[None, None, Reading]:
        """What was read from a document, page by page, so that it can be stopped. Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            passages = tx.passages.count(document_id)
            counts = tx.records.counts(document.patient_id)
        self._access.note_look(document.patient_id)
        found: list[Page] = []
        for number in range(1, document.page_count + 1):
            with contextlib.suppress(NotFound), self._access.read(Action.VIEW) as tx:
                found.append(tx.documents.page(document_id, number))
            yield
        reading = reading_of(document, found, passages)
        return replace(reading, rejected=counts.get((document_id, "rejected"), 0))

    def page(self, document_id: DocumentId, number: int) -> Page:
        """What was read from a page, numbered from 1. Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            page = tx.documents.page(document_id, number)
        self._access.note_look(document.patient_id)
        return page

    def picture(self, document_id: DocumentId, number: int, width: int) -> bytes:
        """The page as PNG, drawn from the original by the reader child. Raises HealthMateError."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
        self._access.note_look(document.patient_id)
        return self._reader.draw(self._originals.get(document_id), number, width)

    def place(self, citation: Citation) -> Place:
        """Where a citation of a person's document stands. Raises NotFound."""
        document_id = DocumentId(citation.document_id)
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            page = tx.documents.page(document_id, citation.page)
        self._access.note_look(document.patient_id)
        drawable = document.kind is not None and document.kind.has_pictures
        boxes = boxes_of(page, citation.start, citation.start + len(citation.quote))
        return Place(
            citation=citation,
            text=page.text,
            boxes=boxes if drawable else (),
            width=page.width,
            height=page.height,
            page_count=document.page_count,
        )

    def check(self) -> CheckReport:
        """Check the database and open every original. Takes as long as reading all of it."""
        problems: list[Problem] = []
        documents: list[Document] = []
        try:
            problems += [Problem("database", message) for message in self._vault.check()]
            with self._access.read(Action.VIEW) as tx:
                documents = [d for p in tx.patients.all() for d in tx.documents.of_patient(p.id)]
        except VaultDamaged as error:  # too damaged to go on
            problems.append(Problem("database", str(error)))
        for document in documents:
            try:
                self._originals.check(document.id)
            except HealthMateError as error:
                problems.append(Problem(f"document {document.id}", str(error)))
        return CheckReport(len(documents), tuple(problems))
