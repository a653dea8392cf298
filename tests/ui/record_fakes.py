"""Records in memory, checked or not, with the ways of a review to them."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any, get_args

from healthmate_desktop.domain.corrections import corrected
from healthmate_desktop.domain.facts import fingerprint
from healthmate_desktop.domain.ids import DocumentId, RecordId
from healthmate_desktop.domain.proposals import Spot
from healthmate_desktop.domain.records import Record, RecordState, Standing
from healthmate_desktop.errors import NotFound
from healthmate_desktop.services.records import RecordService
from healthmate_desktop.services.review import (
    MOST_AT_ONCE,
    Decision,
    Review,
    Reviewed,
    ReviewService,
    Waiting,
    differs,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

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

    def open(self, document_id: DocumentId, limit: int = MOST_AT_ONCE) -> Review:
        document = next((d for d in self._documents.kept if d.id == document_id), None)
        if document is None:
            raise NotFound("This document is not kept here any more.")
        patient = self._patients.get(document.patient_id)
        order = list[Standing](get_args(Standing))
        found = sorted(
            map(self._reviewed, self._proposed(document_id)), key=lambda r: order.index(r.standing)
        )
        counts = Counter(reviewed.standing for reviewed in found)
        strangers = tuple(p for p in document.people if differs(p, patient))
        return Review(document, tuple(found[:limit]), counts, strangers)

    def accept(self, record_id: RecordId) -> Decision:
        return self._decide([record_id], "accepted")

    def reject(self, record_id: RecordId) -> Decision:
        return self._decide([record_id], "rejected")

    def replace(self, record_id: RecordId, rivals: Sequence[RecordId]) -> Decision:
        self._decide([record_id], "accepted")
        return replace(Decision((record_id,)), set_aside=self._decide(rivals, "rejected").decided)

    def accept_plain(self, document_id: DocumentId) -> Decision:
        return self._decide(self._standing_so(document_id, "plain"), "accepted")

    def reject_known(self, document_id: DocumentId) -> Decision:
        return self._decide(self._standing_so(document_id, "here"), "rejected")

    def correct(self, record_id: RecordId, texts: Mapping[str, str]) -> Decision:
        before = self._records.get(record_id)
        resource = corrected(before.resource, texts, keep_codes=not before.spot.page)
        self._fail()
        self._records.change([record_id], resource=resource, state="accepted")
        return Decision((record_id,), before=before)

    def put_back(self, decision: Decision) -> None:
        self._fail()
        if decision.before is not None:
            self._records.change(decision.decided, resource=decision.before.resource)
        self._records.change(decision.decided, state="proposed")
        self._records.change(decision.set_aside, state="accepted")

    def confirm_person(self, document_id: DocumentId) -> None:
        self._fail()
        self._documents.kept = [
            replace(d, people=tuple(replace(p, taken_for=d.patient_id) for p in d.people))
            if d.id == document_id
            else d
            for d in self._documents.kept
        ]

    def _decide(self, record_ids: Sequence[RecordId], state: RecordState) -> Decision:
        self._fail()
        self._records.change(record_ids, state=state)
        return Decision(tuple(record_ids))

    def _standing_so(self, document_id: DocumentId, standing: Standing) -> list[RecordId]:
        found = self.open(document_id, limit=len(self._records.kept)).proposals
        return [each.record.id for each in found if each.standing == standing]

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
        doubtful = bool(proposal.doubts or rivals)
        standing: Standing = "here" if twin else "look" if doubtful else "plain"
        return Reviewed(proposal, standing, twin, tuple(rivals))

    def _fail(self) -> None:
        failure, self.failure = self.failure, None
        if failure is not None:
            raise failure
