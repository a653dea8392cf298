"""The person's look at what was read out of a document, before any of it counts."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.records import RecordFilter
from healthmate_desktop.domain.sessions import Action

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import NamedPerson, Resource
    from healthmate_desktop.domain.records import Record
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Transaction


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document with proposals nobody has looked at."""

    document: Document
    proposals: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One proposal beside what the vault has already."""

    record: Record
    twin: Record | None  # says the same and is accepted: "already here"
    rivals: tuple[Record, ...]  # accepted, of the same thing and time, and they say something else

    @property
    def plain(self) -> bool:
        """Whether it may be accepted together with others, unseen."""
        return not self.record.doubts and self.twin is None and not self.rivals


@dataclass(frozen=True, slots=True)
class Review:
    """All proposals of a document, doubtful ones first; `strangers` are other people it says it is about."""

    document: Document
    proposals: tuple[Reviewed, ...]
    strangers: tuple[NamedPerson, ...]


class ReviewService:
    """Accepts, corrects and rejects proposals. Each change is one event of the log."""

    def __init__(self, access: Access) -> None:
        self._access = access

    def waiting(self, patient_id: PatientId) -> list[Waiting]:
        """Newest document first."""
        with self._access.read(Action.VIEW, patient_id) as tx:
            counts = tx.records.counts(patient_id)
            documents = tx.documents.of_patient(patient_id)
        return [
            Waiting(document, counts[document.id, "proposed"])
            for document in documents
            if (document.id, "proposed") in counts
        ]

    def open(self, document_id: DocumentId) -> Review:
        """Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            patient = tx.patients.get(document.patient_id)
            proposals = reviewed(tx, document)
        self._access.note_look(document.patient_id)
        ordered = sorted(proposals, key=lambda found: found.plain)  # stable: as on the page
        strangers = tuple(p for p in document.people if differs(p, patient))
        return Review(document, tuple(ordered), strangers)

    def accept(self, record_ids: Sequence[RecordId]) -> None:
        """From now on they count."""
        with self._access.write(Action.ADD) as tx:
            tx.records.set_state(record_ids, "accepted")

    def reject(self, record_ids: Sequence[RecordId]) -> None:
        """They are kept with their document, and count nowhere."""
        with self._access.write(Action.ADD) as tx:
            tx.records.set_state(record_ids, "rejected")

    def accept_plain(self, document_id: DocumentId) -> int:
        """Accept all that nothing speaks against, and say how many that were. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            document = tx.documents.get(document_id)
            plain = [found.record.id for found in reviewed(tx, document) if found.plain]
            tx.records.set_state(plain, "accepted")
        return len(plain)

    def correct(self, record_id: RecordId, resource: Resource) -> None:
        """Keep what the person made of a proposal, and accept it. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            tx.records.change(record_id, resource, fingerprint(resource))
            tx.records.set_state([record_id], "accepted")


def reviewed(tx: Transaction, document: Document) -> list[Reviewed]:
    """The proposals of a document as they stand in it."""
    wanted = RecordFilter(state="proposed", document_id=document.id)
    proposals = tx.records.of_patient(document.patient_id, wanted)
    twins = tx.records.twins(document.patient_id, [record.fingerprint for record in proposals])
    return [
        Reviewed(record, twins.get(record.fingerprint), tuple(tx.records.rivals(record)))
        for record in proposals
    ]


def differs(named: NamedPerson, patient: Patient) -> bool:
    """Whether this is somebody else: another birth date, or no word of the name in common."""
    if patient.birth_date is not None and named.birth_date:
        shorter = patient.birth_date.isoformat()[: len(named.birth_date)]
        return named.birth_date[: len(shorter)] != shorter
    words = _words(named.name)
    return bool(words) and not words & _words(patient.name)


def _words(name: str) -> set[str]:
    """Without accents and initials."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c))
    return {word for word in letters.split() if len(word) > 1}
