"""Records in memory, checked or not, with the ways of a review to them."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import DocumentId, RecordId
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record, RecordState
from healthmate_desktop.errors import NotFound
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import Review, Reviewed, ReviewService, Waiting, differs

if TYPE_CHECKING:
    from collections.abc import Sequence

    from healthmate_desktop.domain.documents import Box, Document
    from healthmate_desktop.domain.ids import PatientId
    from healthmate_desktop.domain.proposals import Resource
    from ui.window_fakes import FakeDocuments, FakePatients


def measured(
    name: str,
    value: str,
    unit: str = "mmol/L",
    *,
    limits: str = "",
    when: str = "2026-07-14",
    code: str = "",
) -> Resource:
    """An Observation; a value that is no number is kept in words."""
    resource: dict[str, Any] = {
        "resourceType": "Observation",
        "status": "final",
        "code": {"text": name}
        | ({"coding": [{"system": "http://loinc.org", "code": code}]} if code else {}),
        "effectiveDateTime": when,
    }
    if value.replace(".", "").isdigit():
        resource["valueQuantity"] = {"value": Decimal(value), "unit": unit}
    else:
        resource["valueString"] = value
    if limits:
        resource["referenceRange"] = [{"text": limits}]
    return resource


def record(
    key: str,
    document: Document,
    resource: Resource,
    state: RecordState = "proposed",
    *,
    doubts: Sequence[str] = (),
    page: int = 0,
    box: Box | None = None,
    where: str = "",
    text: str = "",
) -> Record:
    return Record(
        id=RecordId(key),
        patient_id=document.patient_id,
        document_id=document.id,
        state=state,
        resource=resource,
        spot=Spot(where, page, (box,) if box else ()),
        text=text,
        doubts=tuple(doubts),
        fingerprint=fingerprint(resource),
    )


class FakeRecords(RecordService):
    def __init__(self) -> None:
        self.kept: list[Record] = []

    def of_document(self, document_id: DocumentId) -> list[Record]:
        return [r for r in self.kept if r.document_id == document_id and r.state == "accepted"]

    def states(self) -> dict[str, str]:
        return {record.id: record.state for record in self.kept}

    def get(self, record_id: RecordId) -> Record:
        for kept in self.kept:
            if kept.id == record_id:
                return kept
        raise NotFound("That record is not here any more.")

    def change(self, record_ids: Sequence[str], **values: Any) -> None:
        self.kept = [replace(r, **values) if r.id in record_ids else r for r in self.kept]


class FakeReview(ReviewService):
    """`failure` is that of the next decision."""

    def __init__(
        self, records: FakeRecords, documents: FakeDocuments, patients: FakePatients
    ) -> None:
        self._records, self._documents, self._patients = records, documents, patients
        self.asked = 0
        self.failure: Exception | None = None

    def waiting(self, patient_id: PatientId) -> list[Waiting]:
        self.asked += 1
        counted = [
            Waiting(document, len(self._proposed(document.id)))
            for document in self._documents.kept
            if document.patient_id == patient_id
        ]
        return [each for each in counted if each.proposals]

    def open(self, document_id: DocumentId) -> Review:
        document = next((d for d in self._documents.kept if d.id == document_id), None)
        if document is None:
            raise NotFound("This document is not kept here any more.")
        patient = self._patients.get(document.patient_id)
        found = sorted(map(self._reviewed, self._proposed(document_id)), key=lambda r: r.plain)
        strangers = tuple(p for p in document.people if differs(p, patient))
        return Review(document, tuple(found), strangers)

    def accept(self, record_ids: Sequence[RecordId]) -> None:
        self._fail()
        self._records.change(record_ids, state="accepted")

    def reject(self, record_ids: Sequence[RecordId]) -> None:
        self._fail()
        self._records.change(record_ids, state="rejected")

    def accept_plain(self, document_id: DocumentId) -> int:
        self._fail()
        plain = [found.record.id for found in self.open(document_id).proposals if found.plain]
        self._records.change(plain, state="accepted")
        return len(plain)

    def correct(self, record_id: RecordId, resource: Resource) -> None:
        self._fail()
        self._records.change([record_id], resource=resource, state="accepted")

    def _proposed(self, document_id: DocumentId) -> list[Record]:
        return [
            r for r in self._records.kept if r.document_id == document_id and r.state == "proposed"
        ]

    def _reviewed(self, proposal: Record) -> Reviewed:
        accepted = [r for r in self._records.kept if r.state == "accepted"]
        facts = proposal.facts
        twin = next((r for r in accepted if r.fingerprint == proposal.fingerprint), None)
        rivals = [
            r
            for r in accepted
            if r.fingerprint != proposal.fingerprint
            and (r.facts.display, r.facts.effective) == (facts.display, facts.effective)
        ]
        return Reviewed(proposal, twin, tuple(rivals))

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
