"""A person's documents: what there is, and the very place a citation stands on."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.answers import Place
from healthmate_desktop.domain.documents import Problem, boxes_of
from healthmate_desktop.domain.ids import DocumentId
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.domain.text import storable
from healthmate_desktop.errors import HealthMateError, InvalidInput, VaultDamaged

if TYPE_CHECKING:
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

    def undo_import(self, import_id: str, patient_id: PatientId) -> int:
        """Delete all that came with one import and is still this person's; say how many documents that were."""
        with self._access.write(Action.ADD, patient_id) as tx:
            documents = tx.documents.of_import(import_id, patient_id)
            for document in documents:
                tx.records.remove_of(document.id)
                tx.documents.remove(document.id)
        self._originals.remove_deleted()
        return len(documents)

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
                self._originals.get(document.id)
            except HealthMateError as error:
                problems.append(Problem(f"document {document.id}", str(error)))
        return CheckReport(len(documents), tuple(problems))
