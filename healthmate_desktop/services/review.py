"""The person's look at what was read out of a document, before any of it counts."""

from __future__ import annotations

import unicodedata
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from healthmate_desktop.domain.corrections import corrected
from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.sessions import Action
from healthmate_desktop.errors import InvalidInput

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from healthmate_desktop.domain.documents import Document
    from healthmate_desktop.domain.ids import DocumentId, PatientId, RecordId
    from healthmate_desktop.domain.patients import Patient
    from healthmate_desktop.domain.proposals import NamedPerson
    from healthmate_desktop.domain.records import Record, Standing
    from healthmate_desktop.services.access import Access
    from healthmate_desktop.services.ports import Transaction

_TITLES = {
    *("mr", "mrs", "ms", "miss", "mx", "dr", "prof"),
    *("herr", "frau", "sr", "sra", "srta", "don", "dona", "mme", "mlle"),
}
MOST_AT_ONCE = 300  # proposals that are read in one go
_WHOSE_FIRST = (
    "This document names someone else. Nothing of it was taken. Say first whose records these are."
)


@dataclass(frozen=True, slots=True)
class Waiting:
    """A document with proposals nobody has looked at."""

    document: Document
    proposals: int


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One proposal beside what the vault has already."""

    record: Record
    standing: Standing
    twin: Record | None = None  # says the same and is accepted: "already here"
    rivals: tuple[Record, ...] = ()  # accepted, of the same thing and time; they say something else


@dataclass(frozen=True, slots=True)
class Review:
    """The first proposals of a document, doubtful ones first, and how many there are in all.

    `strangers` are other people it says it is about: whose it is has to be said first.
    """

    document: Document
    proposals: tuple[Reviewed, ...]
    counts: Mapping[Standing, int]
    strangers: tuple[NamedPerson, ...]


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided at once, so that it can be put back. No record is ever lost by one."""

    decided: tuple[RecordId, ...]  # proposals
    set_aside: tuple[RecordId, ...] = ()  # accepted ones that made way for them
    before: Record | None = None  # what a corrected one said


class ReviewService:
    """Accepts, corrects and rejects proposals, and takes that back. The log tells of each record that changes.

    From a document that names someone else nothing is taken before `confirm_person`.
    """

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

    def open(self, document_id: DocumentId, limit: int = MOST_AT_ONCE) -> Review:
        """Raises NotFound."""
        with self._access.read(Action.VIEW) as tx:
            document = tx.documents.get(document_id)
            strangers = _strangers(tx, document)
            standings = tx.records.standings(document_id)
            proposals = _reviewed(tx, document.patient_id, standings, limit)
        self._access.note_look(document.patient_id)
        return Review(document, proposals, Counter(standings.values()), strangers)

    def accept(self, record_id: RecordId) -> Decision:
        """From now on it counts. Raises NotFound, or InvalidInput for a document of someone else."""
        with self._access.write(Action.ADD) as tx:
            _own(tx, record_id)
            tx.records.set_state([record_id], "accepted")
        return Decision((record_id,))

    def reject(self, record_id: RecordId) -> Decision:
        """It is kept with its document, and counts nowhere. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            tx.records.get(record_id)
            tx.records.set_state([record_id], "rejected")
        return Decision((record_id,))

    def replace(self, record_id: RecordId, rivals: Sequence[RecordId]) -> Decision:
        """It counts in the place of these, which are kept as rejected; the log names it with each of them.

        Those that do not contradict it any more are left as they are. Raises as `accept`.
        """
        with self._access.write(Action.ADD) as tx:
            record = _own(tx, record_id)
            old = tuple(rival.id for rival in tx.records.rivals(record) if rival.id in rivals)
            tx.records.set_state([record_id], "accepted")
            tx.records.set_state(old, "rejected")
            for rival in old:
                tx.audit.add(
                    "record.replaced",
                    subject=f"record/{rival}",
                    patient_id=record.patient_id,
                    details={"by": record_id},
                )
        return Decision((record_id,), old)

    def correct(self, record_id: RecordId, texts: Mapping[str, str]) -> Decision:
        """Keep what the person made of a proposal, by the fields it has, and accept it.

        Raises as `accept`, and InvalidInput for words that can't be kept.
        """
        with self._access.write(Action.ADD) as tx:
            record = _own(tx, record_id)
            printed = bool(record.spot.page)  # its codes were found by the name on the page
            resource = corrected(record.resource, texts, keep_codes=not printed)
            tx.records.change(record_id, resource, fingerprint(resource))
            tx.records.set_state([record_id], "accepted")
        return Decision((record_id,), before=record)

    def accept_plain(self, document_id: DocumentId) -> Decision:
        """Accept all that nothing speaks against. Raises as `accept`."""
        with self._access.write(Action.ADD) as tx:
            _require_person(tx, document_id)
            plain = _standing_so(tx, document_id, "plain")
            tx.records.set_state(plain, "accepted")
        return Decision(plain)

    def reject_known(self, document_id: DocumentId) -> Decision:
        """Leave out all that the records say already. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            tx.documents.get(document_id)
            known = _standing_so(tx, document_id, "here")
            tx.records.set_state(known, "rejected")
        return Decision(known)

    def put_back(self, decision: Decision) -> None:
        """As it was before; what was removed since stays so. Raises NotFound for a removed one that was corrected."""
        with self._access.write(Action.ADD) as tx:
            if decision.before is not None:
                before = decision.before
                tx.records.change(before.id, before.resource, before.fingerprint)
            tx.records.set_state(decision.decided, "proposed")
            tx.records.set_state(decision.set_aside, "accepted")

    def confirm_person(self, document_id: DocumentId) -> None:
        """It is this person's though it names another; kept with the document. Raises NotFound."""
        with self._access.write(Action.ADD) as tx:
            tx.documents.confirm_person(document_id)


def _reviewed(
    tx: Transaction, patient_id: PatientId, standings: Mapping[RecordId, Standing], limit: int
) -> tuple[Reviewed, ...]:
    records = tx.records.some(list(standings)[:limit])
    known = [record.fingerprint for record in records if standings[record.id] == "here"]
    twins = tx.records.twins(patient_id, known)
    return tuple(
        Reviewed(
            record,
            standings[record.id],
            twins.get(record.fingerprint),
            tuple(tx.records.rivals(record)) if standings[record.id] == "look" else (),
        )
        for record in records
    )


def _standing_so(
    tx: Transaction, document_id: DocumentId, standing: Standing
) -> tuple[RecordId, ...]:
    found = tx.records.standings(document_id)
    return tuple(record_id for record_id, each in found.items() if each == standing)


def _own(tx: Transaction, record_id: RecordId) -> Record:
    """A record that may be taken."""
    record = tx.records.get(record_id)
    if record.document_id is not None:
        _require_person(tx, record.document_id)
    return record


def _require_person(tx: Transaction, document_id: DocumentId) -> None:
    if _strangers(tx, tx.documents.get(document_id)):
        raise InvalidInput(_WHOSE_FIRST)


def _strangers(tx: Transaction, document: Document) -> tuple[NamedPerson, ...]:
    patient = tx.patients.get(document.patient_id)
    return tuple(named for named in document.people if differs(named, patient))


def differs(named: NamedPerson, patient: Patient) -> bool:
    """Whether this is somebody else: another birth date, or another name; not who was confirmed.

    A family shares a name: without a birth date that agrees, one of both names has to be all of the other.
    """
    if named.taken_for == patient.id:
        return False
    same_day = False
    if patient.birth_date is not None and named.birth_date:
        shorter = patient.birth_date.isoformat()[: len(named.birth_date)]
        if named.birth_date[: len(shorter)] != shorter:
            return True
        same_day = len(shorter) == len("2026-06-03")
    on_page, here = _words(named.name), _words(patient.name)
    if not on_page or not here:
        return False
    return not on_page & here if same_day else not (on_page <= here or here <= on_page)


def _words(name: str) -> set[str]:
    """Without accents, initials and titles."""
    plain = unicodedata.normalize("NFKD", name.casefold())
    letters = "".join(c if c.isalpha() else " " for c in plain if not unicodedata.combining(c))
    return {word for word in letters.split() if len(word) > 1} - _TITLES
